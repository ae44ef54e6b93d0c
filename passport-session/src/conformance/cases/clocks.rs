//! Callers whose clocks differ.

use std::time::Duration;

use passport_core::{Life, Timestamp};

use crate::{
    Loaded,
    conformance::{
        case::{Case, Outcome, Stop, equal, expect},
        trial::{HOUR, MANY, Trial, answered, done, failed, login},
    },
};

const OWN_CLOCK: &str = "a store that several processes share judges by its own clock: it keeps a record for \
                         `expires - seen` from the write on, and answers in the caller's time";
/// How far the clocks are apart: more than the session lives.
const APART: Duration = Duration::from_secs(2 * 3600);

pub(super) const CASES: &[Case] = &[
    Case::new("processes whose clocks differ see one session", OWN_CLOCK, |trial| Box::pin(one(trial))),
    Case::new("a process whose clock is wrong makes sessions that live as long", OWN_CLOCK, |trial| {
        Box::pin(lives(trial))
    }),
];

/// What the clocks of three processes say: one is slow, one is right, one is fast.
fn clocks(trial: &Trial<'_>) -> [Timestamp; 3] {
    let (now, apart) = (trial.now(), u64::try_from(APART.as_millis()).unwrap_or(u64::MAX));
    [Timestamp::from_millis(now.as_millis().saturating_sub(apart)), now, now.plus(APART)]
}

fn hour_from(now: Timestamp) -> Life {
    Life { seen: now, expires: now.plus(HOUR) }
}

async fn loaded(trial: &Trial<'_>, id: crate::IdHash, now: Timestamp) -> Result<Life, Stop> {
    match answered("load", trial.second.load(id, now).await)? {
        Loaded::Found { life, .. } => Ok(life),
        other => failed(format!("load by a clock that says {now:?}"), "a live session", &other),
    }
}

async fn one(trial: &Trial<'_>) -> Outcome {
    trial.needs_own_clock()?;
    let alice = trial.user("alice");
    let (id, _) = trial.created(&login(&[&alice])).await?;
    for now in clocks(trial) {
        trial.same_life("load by each clock", loaded(trial, id, now).await?, hour_from(now))?;
        let list = answered("list", trial.store.list(&alice.owner(), now).await)?;
        equal("count the list by each clock", list.len(), 1)?;
        trial.same_life("list by each clock", list[0].listed.life, hour_from(now))?;
    }
    let [slow, now, fast] = clocks(trial);
    for by in [slow, fast, slow] {
        let life = Life { seen: by, expires: by.plus(HOUR / 2) };
        equal("touch by each clock", answered("touch", trial.store.touch(id, life).await)?, true)?;
        trial.same_life("load after a touch", loaded(trial, id, now).await?, hour_from(now))?;
    }
    equal("delete by a fast clock", answered("delete", trial.store.delete(id, fast).await)?, true)?;
    for now in clocks(trial) {
        let came = answered("load", trial.second.load(id, now).await)?;
        expect("load by each clock after a logout", "Ended", came, |came| matches!(came, Loaded::Ended))?;
    }
    Ok(())
}

async fn lives(trial: &Trial<'_>) -> Outcome {
    trial.needs_own_clock()?;
    let alice = trial.user("alice");
    let record = login(&[&alice]);
    let [slow, now, fast] = clocks(trial);
    for wrong in [slow, fast] {
        let life = hour_from(wrong);
        let (id, new) = (trial.id(), trial.id());
        let version = trial.create_at(id, &record, life).await?;
        trial.same_life("load what was created", loaded(trial, id, now).await?, hour_from(now))?;
        let version = done("update", trial.store.update(id, &record, version, life).await)?;
        trial.same_life("load what was updated", loaded(trial, id, now).await?, hour_from(now))?;
        let rotated = trial.store.rotate(id, new, &record, version, life, MANY).await;
        done("rotate", rotated)?;
        trial.same_life("load what was rotated", loaded(trial, new, now).await?, hour_from(now))?;
        let ended = trial.store.delete_all(&alice.owner(), None, wrong).await;
        equal("delete_all", answered("delete_all", ended)?, 1)?;
        trial.ended("what was ended", new).await?;
    }
    Ok(())
}
