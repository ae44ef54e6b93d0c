//! When a session was last seen.

use std::time::Duration;

use passport_core::{Life, Timestamp};

use crate::{
    IdHash,
    conformance::{
        case::{Case, Outcome, Stop, equal, expect},
        trial::{MANY, SHORT, Trial, User, answered, done, failed, login},
    },
};

const STORED: &str = "load and list say when the session was last seen, which is what was written";
const NOTED: &str = "create, update, rotate and touch note a request at `life.seen`";
const NEVER_BACK: &str = "touch and update never set `seen` back";

/// So long that a store with a clock of its own cannot take it for none.
const MEANWHILE: Duration = SHORT.saturating_add(Duration::from_secs(1));
/// As long as a slow request may be under way.
const SLOW: Duration = Duration::from_secs(600);

pub(super) const CASES: &[Case] = &[
    Case::new("who looks at a session does not visit it", STORED, |trial| Box::pin(looked_at(trial))),
    Case::new("every write says when the session was seen", NOTED, |trial| Box::pin(noted(trial))),
    Case::new("a slow request does not make a session look older", NEVER_BACK, |trial| Box::pin(slow(trial))),
];

async fn listed_life(trial: &Trial<'_>, user: &User, id: IdHash) -> Result<Life, Stop> {
    let list = answered("list", trial.second.list(&user.owner(), trial.now()).await)?;
    match list.iter().find(|entry| entry.id == id) {
        Some(entry) => Ok(entry.listed.life),
        None => failed("list a user's sessions", "the session among them", &list),
    }
}

async fn looked_at(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let (id, life) = (trial.id(), trial.life());
    trial.create_at(id, &login(&[&alice]), life).await?;
    trial.advance(MEANWHILE).await;
    for _ in 0..2 {
        trial.same_life("load a while after the creation", trial.live("later", id).await?.life, life)?;
        trial.same_life("list a while after the creation", listed_life(trial, &alice, id).await?, life)?;
    }
    Ok(())
}

async fn noted(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let record = login(&[&alice]);
    let (updated, version) = trial.created(&record).await?;
    let (old, version_of_old) = trial.created(&record).await?;
    let (touched, _) = trial.created(&record).await?;
    let moved = trial.id();
    trial.advance(MEANWHILE).await;
    let life = trial.life();
    done("update", trial.store.update(updated, &record, version, life).await)?;
    done("rotate", trial.store.rotate(old, moved, &record, version_of_old, life, MANY).await)?;
    equal("touch", answered("touch", trial.store.touch(touched, life).await)?, true)?;
    for (after, id) in [("an update", updated), ("a rotation", moved), ("a touch", touched)] {
        trial.same_life(&format!("load after {after}"), trial.live(after, id).await?.life, life)?;
        trial.same_life(&format!("list after {after}"), listed_life(trial, &alice, id).await?, life)?;
    }
    Ok(())
}

async fn slow(trial: &Trial<'_>) -> Outcome {
    let record = login(&[&trial.user("alice")]);
    let (id, version) = trial.created(&record).await?;
    let before = trial.live("what was created", id).await?.life;
    let slow = trial.life_from(SLOW);
    equal("touch from a slow request", answered("touch", trial.store.touch(id, slow).await)?, true)?;
    not_back(trial, "a touch from a slow request", id, before.seen).await?;
    done("update from a slow request", trial.store.update(id, &record, version, slow).await)?;
    not_back(trial, "an update from a slow request", id, before.seen).await
}

async fn not_back(trial: &Trial<'_>, after: &str, id: IdHash, seen: Timestamp) -> Outcome {
    let came = trial.live(after, id).await?.life.seen;
    let same = trial.same_time(came, seen);
    expect(format!("compare when it was seen after {after}"), format!("{seen:?}"), came, |_| same)
}
