//! Writers that meet.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use passport_core::{BoxFuture, Kind, Life, Record, Timestamp};

use crate::{
    IdHash, Loaded, SessionStore, Written,
    conformance::{
        case::{Case, Outcome, equal},
        storm::{Found, storm},
        trial::{MANY, Trial, User, answered, done, failed, login, record_at, visitor},
    },
};

const VERSION: &str = "update replaces the record of the version that was read, and only that one";
const ATOMIC: &str = "rotate is atomic: never both ids, never neither";

pub(super) const CASES: &[Case] = &[
    Case::new("a hundred increments at once make a hundred", VERSION, |trial| Box::pin(hundred(trial))),
    Case::new("two who write different keys both keep theirs", VERSION, |trial| Box::pin(two_keys(trial))),
    Case::new("of twenty moves at once one happens", ATOMIC, |trial| Box::pin(one_moves(trial))),
    Case::new("who watches a move sees one session at any time", ATOMIC, |trial| Box::pin(watched(trial))),
];

fn number(record: &Record, key: &str) -> u64 {
    let value = record.get(Kind::Data, key).and_then(|value| value.try_into().ok());
    value.map_or(0, u64::from_le_bytes)
}

/// Adds one to a number of a session, as often as it takes.
async fn increment(store: Arc<dyn SessionStore>, id: IdHash, key: &str, life: Life) -> Found<()> {
    loop {
        let Loaded::Found { record, version, .. } = answered("load", store.load(id, life.seen).await)? else {
            return failed("load a session that many write", "a live session", &"none");
        };
        let mut a = number(&record, "a");
        let mut b = number(&record, "b");
        *(if key == "a" { &mut a } else { &mut b }) += 1;
        let record = visitor(&[("a", &a.to_le_bytes()), ("b", &b.to_le_bytes())]);
        // Time for others to write what this has not read.
        tokio::task::yield_now().await;
        match answered("update", store.update(id, &record, version, life).await)? {
            Written::Done(_) => return Ok(()),
            Written::Conflict => tokio::task::yield_now().await,
            Written::Gone => return failed("update a session that many write", "Done or Conflict", &"Gone"),
        }
    }
}

async fn hundred(trial: &Trial<'_>) -> Outcome {
    let (id, _) = trial.created(&visitor(&[])).await?;
    let task = |at| Box::pin(increment(trial.handle(at), id, "a", trial.life())) as _;
    storm((0..100).map(task).collect()).await?;
    let came = trial.live("after a hundred increments", id).await?;
    equal("read the number", number(&came.record, "a"), 100)
}

async fn two_keys(trial: &Trial<'_>) -> Outcome {
    let (id, _) = trial.created(&visitor(&[])).await?;
    let (one, two) = (trial.live("by the first", id).await?, trial.live("by the second", id).await?);
    let record = visitor(&[("a", b"from the first")]);
    let written = trial.store.update(id, &record, one.version, trial.life()).await;
    done("write the first's key", written)?;
    let record = visitor(&[("b", b"from the second")]);
    let written = answered("update", trial.second.update(id, &record, two.version, trial.life()).await)?;
    equal("write the second's key to the version that both read", written, Written::Conflict)?;
    let writer = |at: usize, key: &'static str| {
        let (store, life) = (trial.handle(at), trial.life());
        Box::pin(async move {
            for _ in 0..30 {
                increment(Arc::clone(&store), id, key, life).await?;
            }
            Ok(())
        }) as BoxFuture<'static, Found<()>>
    };
    storm(vec![writer(0, "a"), writer(1, "b")]).await?;
    let came = trial.live("after both wrote", id).await?;
    equal("read both numbers", (number(&came.record, "a"), number(&came.record, "b")), (30, 30))
}

async fn one_moves(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    for round in 0..10 {
        let record = if round % 2 == 0 { visitor(&[]) } else { login(&[&alice]) };
        let (old, version) = trial.created(&record).await?;
        let mover = |at| {
            let (store, new, life) = (trial.handle(at), trial.id(), trial.life());
            let record = login(&[&alice]);
            Box::pin(async move {
                let came = answered("rotate", store.rotate(old, new, &record, version, life, MANY).await)?;
                Ok(matches!(came, Written::Done(_)).then_some(new))
            }) as _
        };
        let answers = storm((0..20).map(mover).collect()).await?;
        let winners: Vec<IdHash> = answers.into_iter().flatten().collect();
        equal("count the moves that happened", winners.len(), 1)?;
        trial.ended("the old id", old).await?;
        trial.live("the id of the one that happened", winners[0]).await?;
        equal("list the user", trial.listed(&alice).await?, winners)?;
        answered("delete_all", trial.store.delete_all(&alice.owner(), None, trial.now()).await)?;
    }
    Ok(())
}

async fn watched(trial: &Trial<'_>) -> Outcome {
    for round in 0..40 {
        let alice = trial.user("alice");
        let record = record_at(Timestamp::from_millis(1), &[&alice], &[("a", &[b'x'; 1000])]);
        let (old, version) = trial.created(&record).await?;
        let (new, life) = (trial.id(), trial.life());
        let moved = Arc::new(AtomicBool::new(false));
        let mut tasks: Vec<BoxFuture<'static, Found<()>>> = vec![];
        for at in 0..3 {
            let (store, moved, alice) = (trial.handle(at), Arc::clone(&moved), alice.clone());
            tasks.push(Box::pin(async move {
                while !moved.load(Ordering::SeqCst) {
                    watch(&*store, old, new, &alice, life.seen).await?;
                    tokio::task::yield_now().await;
                }
                watch(&*store, old, new, &alice, life.seen).await
            }));
        }
        let store = trial.handle(round);
        tasks.push(Box::pin(async move {
            tokio::task::yield_now().await;
            let written = store.rotate(old, new, &record, version, life, MANY).await;
            moved.store(true, Ordering::SeqCst);
            match answered("rotate", written)? {
                Written::Done(_) => Ok(()),
                other => failed("rotate while others look", "Done", &other),
            }
        }));
        storm(tasks).await?;
    }
    Ok(())
}

/// One look: the new id is not there before the old one has gone, and is there once it has.
async fn watch(store: &dyn SessionStore, old: IdHash, new: IdHash, user: &User, now: Timestamp) -> Found<()> {
    let is_live = async |id| Ok(matches!(answered("load", store.load(id, now).await)?, Loaded::Found { .. }));
    if is_live(new).await? && is_live(old).await? {
        return failed("load the new id, then the old one", "never both", &"both");
    }
    if !is_live(old).await? && !is_live(new).await? {
        return failed("load the old id, then the new one", "never neither", &"neither");
    }
    let listed = answered("list", store.list(&user.owner(), now).await)?.len();
    equal("list the user while one session moves", listed, 1)
}
