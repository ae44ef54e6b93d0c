//! A logout that meets other requests of its session.

use std::sync::Arc;

use passport_core::{BoxFuture, Life};

use crate::{
    IdHash, Loaded, SessionStore, Written,
    conformance::{
        case::{Case, Outcome, equal},
        storm::{Found, storm},
        trial::{MANY, Trial, answered, login},
    },
};

const ENDED: &str = "what has ended stays ended: update and touch never create";
const FOLLOWS: &str = "a logout that loses against a rotation still ends the session";
const ROUNDS: usize = 40;

pub(super) const CASES: &[Case] = &[
    Case::new("a logout among writes stays a logout", ENDED, |trial| Box::pin(writes(trial))),
    Case::new("a logout among moves ends the session wherever it is", FOLLOWS, |trial| {
        Box::pin(moves(trial))
    }),
    Case::new("of twenty logouts at once one ends the session", ENDED, |trial| Box::pin(twenty(trial))),
];

async fn writes(trial: &Trial<'_>) -> Outcome {
    for _ in 0..ROUNDS {
        let alice = trial.user("alice");
        let (id, _) = trial.created(&login(&[&alice])).await?;
        let life = trial.life();
        let mut tasks: Vec<BoxFuture<'static, Found<()>>> = vec![];
        for at in 0..3 {
            tasks.push(Box::pin(write_until_gone(trial.handle(at), id, life)));
            tasks.push(Box::pin(touch_until_gone(trial.handle(at), id, life)));
        }
        let store = trial.handle(1);
        tasks.push(Box::pin(async move {
            tokio::task::yield_now().await;
            let ended = answered("delete", store.delete(id, life.seen).await)?;
            equal("delete while others write", ended, true)
        }));
        storm(tasks).await?;
        trial.ended("a logout among writes", id).await?;
        equal("list the user", trial.listed(&alice).await?, vec![])?;
    }
    Ok(())
}

async fn write_until_gone(store: Arc<dyn SessionStore>, id: IdHash, life: Life) -> Found<()> {
    while let Loaded::Found { record, version, .. } = answered("load", store.load(id, life.seen).await)? {
        let _ = answered("update", store.update(id, &record, version, life).await)?;
        tokio::task::yield_now().await;
    }
    Ok(())
}

async fn touch_until_gone(store: Arc<dyn SessionStore>, id: IdHash, life: Life) -> Found<()> {
    while answered("touch", store.touch(id, life).await)? {
        tokio::task::yield_now().await;
    }
    Ok(())
}

async fn moves(trial: &Trial<'_>) -> Outcome {
    for round in 0..ROUNDS {
        let alice = trial.user("alice");
        let record = login(&[&alice]);
        let (first, mut version) = trial.created(&record).await?;
        let (client, logout, life) = (trial.handle(0), trial.handle(1), trial.life());
        let ids: Vec<IdHash> = std::iter::once(first).chain((0..12).map(|_| trial.id())).collect();
        let path = ids.clone();
        let moving: BoxFuture<'static, Found<()>> = Box::pin(async move {
            for pair in path.windows(2) {
                let moved = client.rotate(pair[0], pair[1], &record, version, life, MANY).await;
                let Written::Done(now) = answered("rotate", moved)? else { break };
                version = now;
                tokio::task::yield_now().await;
            }
            Ok(())
        });
        let ending: BoxFuture<'static, Found<()>> = Box::pin(async move {
            for _ in 0..round % 8 {
                tokio::task::yield_now().await;
            }
            let ended = answered("delete", logout.delete(first, life.seen).await)?;
            equal("delete the first id while the session moves", ended, true)
        });
        storm(vec![moving, ending]).await?;
        for id in ids {
            trial.not_live("after a logout among moves", id).await?;
        }
        equal("list the user", trial.listed(&alice).await?, vec![])?;
    }
    Ok(())
}

async fn twenty(trial: &Trial<'_>) -> Outcome {
    let (id, _) = trial.created(&login(&[&trial.user("alice")])).await?;
    let logout = |at| {
        let (store, now) = (trial.handle(at), trial.now());
        Box::pin(async move { answered("delete", store.delete(id, now).await) }) as _
    };
    let ended = storm((0..20).map(logout).collect()).await?;
    equal("count those that ended it", ended.into_iter().filter(|ended| *ended).count(), 1)?;
    trial.ended("what twenty logged out", id).await
}
