//! A logout everywhere that meets everything else.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use passport_core::{BoxFuture, Life, Record};

use crate::{
    IdHash, Loaded, SessionStore, Written,
    conformance::{
        case::{Case, Outcome, Stop, equal},
        storm::{Found, storm},
        trial::{MANY, Trial, User, answered, login, visitor},
    },
};

const ATOMIC: &str = "delete_all is atomic against create, rotate and update: no login of that user that existed before it \
                      began is alive under any id when it returns";
const ROUNDS: usize = 20;
const SESSIONS: usize = 8;

pub(super) const CASES: &[Case] = &[
    Case::new("a logout everywhere misses no session that is moving", ATOMIC, |trial| {
        Box::pin(moving(trial))
    }),
    Case::new("a logout everywhere is undone by no write", ATOMIC, |trial| Box::pin(writing(trial))),
    Case::new("a logout everywhere misses no login that was there before", ATOMIC, |trial| {
        Box::pin(logging_in(trial))
    }),
];

/// Ends a user's sessions after some turns of the others.
fn everywhere(
    trial: &Trial<'_>,
    user: &User,
    turns: usize,
    began: &Arc<AtomicBool>,
) -> BoxFuture<'static, Found<()>> {
    let (store, owner, now) = (trial.handle(turns), user.owner(), trial.now());
    let began = Arc::clone(began);
    Box::pin(async move {
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        began.store(true, Ordering::SeqCst);
        answered("delete_all", store.delete_all(&owner, None, now).await).map(drop)
    })
}

async fn moving(trial: &Trial<'_>) -> Outcome {
    for round in 0..ROUNDS {
        let alice = trial.user("alice");
        let mut tasks = vec![everywhere(trial, &alice, round, &Arc::default())];
        for at in 0..SESSIONS {
            let (id, version) = trial.created(&login(&[&alice])).await?;
            let path: Vec<IdHash> = std::iter::once(id).chain((0..14).map(|_| trial.id())).collect();
            tasks.push(Box::pin(move_on(trial.handle(at), path, login(&[&alice]), version, trial.life())));
        }
        storm(tasks).await?;
        equal("list the user afterwards", trial.listed(&alice).await?, vec![])?;
    }
    Ok(())
}

/// Moves a session from id to id, writing it between, until it has ended or the path has.
async fn move_on(
    store: Arc<dyn SessionStore>,
    path: Vec<IdHash>,
    record: Record,
    mut version: u64,
    life: Life,
) -> Found<()> {
    for pair in path.windows(2) {
        let moved = store.rotate(pair[0], pair[1], &record, version, life, MANY).await;
        let Written::Done(now) = answered("rotate", moved)? else { break };
        let written = answered("update", store.update(pair[1], &record, now, life).await)?;
        let Written::Done(now) = written else { break };
        version = now;
        tokio::task::yield_now().await;
    }
    Ok(())
}

async fn writing(trial: &Trial<'_>) -> Outcome {
    for round in 0..ROUNDS {
        let user = trial.user("alice");
        let admin = User { realm: "admin", key: trial.user("root").key };
        let (id, _) = trial.created(&login(&[&user, &admin])).await?;
        let began = Arc::new(AtomicBool::new(false));
        let mut tasks = vec![everywhere(trial, &user, round, &began)];
        for at in 0..SESSIONS {
            tasks.push(Box::pin(write_on(trial.handle(at), id, trial.life(), Arc::clone(&began))));
        }
        storm(tasks).await?;
        equal("list the user afterwards", trial.listed(&user).await?, vec![])?;
        equal("list the other user of that session", trial.listed(&admin).await?, vec![id])?;
        let owners: Vec<_> = trial.live("that session", id).await?.record.owners().collect();
        equal("compare who is logged in", owners, vec![admin.owner()])?;
    }
    Ok(())
}

/// Writes what it reads, a few times more after the logout everywhere has begun.
async fn write_on(store: Arc<dyn SessionStore>, id: IdHash, life: Life, began: Arc<AtomicBool>) -> Found<()> {
    let mut more = 5;
    while more > 0 {
        if began.load(Ordering::SeqCst) {
            more -= 1;
        }
        if let Loaded::Found { record, version, .. } = answered("load", store.load(id, life.seen).await)? {
            tokio::task::yield_now().await;
            let _ = answered("update", store.update(id, &record, version, life).await)?;
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}

async fn logging_in(trial: &Trial<'_>) -> Outcome {
    for round in 0..ROUNDS {
        let alice = trial.user("alice");
        let began = Arc::new(AtomicBool::new(false));
        let before = Arc::new(std::sync::Mutex::new(vec![]));
        let mut tasks = vec![everywhere(trial, &alice, round, &began)];
        for at in 0..SESSIONS {
            let (store, life, record) = (trial.handle(at), trial.life(), login(&[&alice]));
            let (began, before) = (Arc::clone(&began), Arc::clone(&before));
            let mut visits = vec![];
            for _ in 0..4 {
                visits.push((trial.created(&visitor(&[])).await?, trial.id(), trial.id()));
            }
            tasks.push(Box::pin(async move {
                let note = |id| {
                    // Confirmed before it began: it has to end.
                    if !began.load(Ordering::SeqCst) {
                        before.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(id);
                    }
                };
                for ((old, version), new, another) in visits {
                    answered("create", store.create(another, &record, life, MANY).await)?;
                    note(another);
                    let moved = store.rotate(old, new, &record, version, life, MANY).await;
                    if matches!(answered("rotate", moved)?, Written::Done(_)) {
                        note(new);
                    }
                    tokio::task::yield_now().await;
                }
                Ok::<(), Stop>(())
            }));
        }
        storm(tasks).await?;
        let before = std::mem::take(&mut *before.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        for id in before {
            trial.ended("a login from before the logout everywhere", id).await?;
        }
    }
    Ok(())
}
