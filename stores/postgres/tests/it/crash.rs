//! The server is killed in the middle of its work: whatever it had confirmed is true afterwards.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use passport_core::Timestamp;
use passport_session::{IdHash, Loaded, SessionStore, Written};
use passport_store_postgres::PostgresStore;
use tokio::time::sleep;

use crate::{
    sample::{Dice, hour, id, login, many, note, owner},
    server::Database,
};

const ROUNDS: u64 = 10;
const WORKERS: u64 = 6;

/// What a worker knows of its session.
#[derive(Clone, Debug, Default)]
struct Known {
    /// Where it may be, and what may be in it: each was confirmed, or attempted since.
    places: Vec<(IdHash, String)>,
    /// Whether it may be nowhere.
    may_be_gone: bool,
    /// Where it cannot be any more: moved away from, or logged out, and confirmed.
    dead: Vec<IdHash>,
}

impl Known {
    fn gone(dead: Vec<IdHash>) -> Self {
        Self { places: vec![], may_be_gone: true, dead }
    }
}

/// One step at random. What it does not get an answer to may have happened or not.
async fn step(store: &PostgresStore, user: u64, known: &mut Known, dice: &mut Dice) {
    let now = Timestamp::system();
    let text = format!("{user} {}", dice.roll());
    let record = login(user, &text);
    let [(at, old)] = &known.places[..] else {
        let new = id();
        let before = std::mem::take(&mut known.dead);
        *known = Known { places: vec![(new, text)], may_be_gone: true, dead: before };
        if store.create(new, &record, hour(), many()).await.is_ok() {
            known.may_be_gone = false;
        }
        return;
    };
    let (at, old) = (*at, old.clone());
    let version = match store.load(at, now).await {
        Ok(Loaded::Found { version, record, .. }) => {
            assert_eq!(note(&record), old, "user {user}");
            version
        }
        Ok(other) => {
            assert!(known.may_be_gone, "user {user}: a confirmed session is {other:?}");
            return *known = Known::gone(known.dead.clone());
        }
        Err(_) => return,
    };
    known.may_be_gone = false;
    match dice.roll() % 6 {
        0 => {
            known.may_be_gone = true;
            if store.delete(at, now).await.is_ok() {
                known.dead.push(at);
                *known = Known::gone(known.dead.clone());
            }
        }
        1 => {
            known.may_be_gone = true;
            if store.delete_all(&owner(user), None, now).await.is_ok() {
                known.dead.push(at);
                *known = Known::gone(known.dead.clone());
            }
        }
        2 | 3 => {
            let new = id();
            known.places.push((new, text.clone()));
            let moved = store.rotate(at, new, &record, version, hour(), many()).await;
            if let Ok(written) = moved {
                assert!(matches!(written, Written::Done(_)), "user {user}: {written:?}");
                known.dead.push(at);
                known.places = vec![(new, text)];
            }
        }
        _ => {
            known.places.push((at, text.clone()));
            if let Ok(written) = store.update(at, &record, version, hour()).await {
                assert!(matches!(written, Written::Done(_)), "user {user}: {written:?}");
                known.places = vec![(at, text)];
            }
        }
    }
}

/// After the restart: exactly what was confirmed, or one of the things that may have happened.
async fn check(store: &PostgresStore, user: u64, known: &mut Known) {
    let now = Timestamp::system();
    for dead in &known.dead {
        let came = store.load(*dead, now).await.unwrap();
        assert!(!matches!(came, Loaded::Found { .. }), "user {user}: a session that had ended lives");
    }
    let mut ids: Vec<IdHash> = known.places.iter().map(|(at, _)| *at).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut live = vec![];
    for at in ids {
        if let Loaded::Found { record, .. } = store.load(at, now).await.unwrap() {
            let came = (at, note(&record));
            assert!(known.places.contains(&came), "user {user}: {came:?} is none of {known:?}");
            live.push(came);
        }
    }
    assert!(live.len() <= 1, "user {user}: it is in two places, {live:?}");
    assert!(known.may_be_gone || live.len() == 1, "user {user}: a confirmed session has gone, {known:?}");
    let listed: Vec<IdHash> =
        store.list(&owner(user), now).await.unwrap().iter().map(|entry| entry.id).collect();
    assert_eq!(listed, live.iter().map(|(at, _)| *at).collect::<Vec<_>>(), "user {user}: the list");
    for (at, _) in &known.places {
        if live.iter().all(|(place, _)| place != at) && !known.dead.contains(at) {
            known.dead.push(*at);
        }
    }
    // What has been looked at is settled from here on.
    *known = match live.pop() {
        Some(place) => Known { places: vec![place], may_be_gone: false, dead: known.dead.clone() },
        None => Known::gone(known.dead.clone()),
    };
}

/// A server that would rather forget: unless the store asks for it, nothing that was confirmed has left its memory. It
/// is the server that is killed and not the machine, so `fsync` makes no difference but to how long this takes.
const FORGETFUL: &[&str] =
    &["synchronous_commit=off", "wal_writer_delay=10s", "wal_writer_flush_after=0", "fsync=off"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_confirmed_is_true_after_the_server_was_killed() {
    let Some(database) = Database::alone_with(FORGETFUL) else { return };
    let store = Arc::new(database.patient().pool(4).connect().await.unwrap());
    let mut dice = Dice::new(0x5eed);
    let mut workers: Vec<Known> = (0..WORKERS).map(|_| Known::gone(vec![])).collect();
    for round in 0..ROUNDS {
        let over = Arc::new(AtomicBool::new(false));
        let tasks = workers.into_iter().zip(0..).map(|(mut known, user)| {
            let (store, over) = (Arc::clone(&store), Arc::clone(&over));
            let mut dice = Dice::new(round << 32 | user);
            tokio::spawn(async move {
                while !over.load(Ordering::SeqCst) {
                    // More than one place, or none for certain: the last step had no answer, and the server is away.
                    if known.places.len() > 1 || known.places.len() == 1 && known.may_be_gone {
                        sleep(Duration::from_millis(5)).await;
                    } else {
                        step(&store, user, &mut known, &mut dice).await;
                    }
                }
                known
            })
        });
        let tasks: Vec<_> = tasks.collect();
        sleep(Duration::from_millis(100 + dice.roll() % 400)).await;
        database.server().kill();
        over.store(true, Ordering::SeqCst);
        workers = vec![];
        for task in tasks {
            workers.push(task.await.unwrap());
        }
        database.server().restart();
        for (user, known) in (0..).zip(&mut workers) {
            check(&store, user, known).await;
        }
    }
    let dead: usize = workers.iter().map(|known| known.dead.len()).sum();
    println!("{dead} ids had ended, and stayed so");
    assert!(dead > 0, "nothing was tried");
}
