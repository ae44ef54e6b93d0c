//! Requests that only read.

use std::time::Duration;

use crate::conformance::{
    case::{Case, Outcome, equal, expect},
    trial::{HOUR, SHORT, Trial, answered, login, visitor},
};

const TOUCH: &str = "touch changes neither data nor version, and shortens nothing";

pub(super) const CASES: &[Case] = &[
    Case::new("a request that only reads extends the session", TOUCH, |trial| Box::pin(extends(trial))),
    Case::new("a request that only reads shortens no session", TOUCH, |trial| Box::pin(shortens(trial))),
    Case::new(
        "a request that only reads revives nothing",
        "touch says whether the session is live",
        |trial| Box::pin(revives(trial)),
    ),
];

async fn extends(trial: &Trial<'_>) -> Outcome {
    let record = login(&[&trial.user("alice")]);
    let (id, version) = trial.created(&record).await?;
    trial.advance(Duration::from_secs(1)).await;
    let life = trial.life_of(2 * HOUR);
    equal("touch a live session", answered("touch", trial.store.touch(id, life).await)?, true)?;
    let came = trial.live("what was touched", id).await?;
    equal("compare the version", came.version, version)?;
    equal("compare the bytes", came.record.as_bytes(), record.as_bytes())?;
    let same = trial.same_time(came.life.expires, life.expires) && trial.same_time(came.life.seen, life.seen);
    expect("compare the life", format!("{life:?}"), came.life, |_| same)
}

async fn shortens(trial: &Trial<'_>) -> Outcome {
    let (id, _) = trial.created(&visitor(&[])).await?;
    let before = trial.live("what was created", id).await?.life;
    equal("touch", answered("touch", trial.store.touch(id, trial.life_of(SHORT)).await)?, true)?;
    let after = trial.live("after a touch with a shorter life", id).await?.life;
    let same = trial.same_time(after.expires, before.expires);
    expect("compare when it expires", format!("{:?}", before.expires), after.expires, |_| same)
}

async fn revives(trial: &Trial<'_>) -> Outcome {
    let record = login(&[&trial.user("alice")]);
    let (deleted, _) = trial.created(&record).await?;
    answered("delete", trial.second.delete(deleted, trial.now()).await)?;
    let came = answered("touch", trial.store.touch(deleted, trial.life()).await)?;
    equal("touch after a logout", came, false)?;
    trial.ended("after it", deleted).await?;

    let (moved, version) = trial.created(&record).await?;
    trial.moved(moved, &record, version).await?;
    let came = answered("touch", trial.store.touch(moved, trial.life()).await)?;
    equal("touch the old id after a rotation", came, false)?;
    trial.ended("after it", moved).await?;

    let expired = trial.id();
    trial.create_at(expired, &record, trial.life_of(SHORT)).await?;
    trial.advance(SHORT + Duration::from_secs(1)).await;
    let came = answered("touch", trial.store.touch(expired, trial.life()).await)?;
    equal("touch after the session expired", came, false)?;
    trial.not_live("after it", expired).await
}
