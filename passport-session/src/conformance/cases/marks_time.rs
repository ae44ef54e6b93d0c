//! How long marks last.

use std::time::Duration;

use crate::{
    MARK_SECONDS,
    conformance::{
        case::{Case, Outcome, equal},
        trial::{HOUR, MANY, SHORT, Trial, answered, done, login, visitor},
    },
};

const MINUTE: &str = "an empty mark lasts for 60 seconds";
const AS_LONG: &str = "a mark that leads on lasts until the old record would have expired";
const WAITS: &str = "it would have to wait for a minute";
const MOMENT: Duration = Duration::from_millis(1);

pub(super) const CASES: &[Case] = &[
    Case::new("a logged-out id is remembered for a minute", MINUTE, |trial| Box::pin(deleted(trial))),
    Case::new("the id from before a login is remembered for a minute", MINUTE, |trial| {
        Box::pin(rotated(trial))
    }),
    Case::new("a logout follows a move for as long as the old id would have lived", AS_LONG, |trial| {
        Box::pin(as_long(trial))
    }),
    Case::new("a logout follows no move for longer than that", AS_LONG, |trial| Box::pin(no_longer(trial))),
    Case::new("moves long ago do not end a session", "only live marks in a row count", |trial| {
        Box::pin(long_ago(trial))
    }),
];

async fn deleted(trial: &Trial<'_>) -> Outcome {
    trial.needs_turned_clock(WAITS)?;
    let alice = trial.user("alice");
    let (old, version) = trial.created(&login(&[&alice])).await?;
    let (new, _) = trial.moved(old, &login(&[&alice]), version).await?;
    answered("delete", trial.store.delete(old, trial.now()).await)?;
    lasts_a_minute(trial, &[old, new]).await
}

async fn rotated(trial: &Trial<'_>) -> Outcome {
    trial.needs_turned_clock(WAITS)?;
    let (old, version) = trial.created(&visitor(&[])).await?;
    trial.moved(old, &visitor(&[]), version).await?;
    lasts_a_minute(trial, &[old]).await
}

async fn lasts_a_minute(trial: &Trial<'_>, ids: &[crate::IdHash]) -> Outcome {
    trial.advance(Duration::from_secs(MARK_SECONDS).saturating_sub(MOMENT)).await;
    for id in ids {
        trial.ended("almost a minute after the end", *id).await?;
    }
    trial.advance(MOMENT).await;
    for id in ids {
        trial.nothing("a minute after the end", *id).await?;
    }
    Ok(())
}

async fn as_long(trial: &Trial<'_>) -> Outcome {
    trial.needs_turned_clock("it would have to meet the last moment")?;
    let record = login(&[&trial.user("alice")]);
    let (old, version) = trial.created(&record).await?;
    let new = trial.id();
    let life = trial.life_of(3 * HOUR);
    done("rotate", trial.store.rotate(old, new, &record, version, life, MANY).await)?;
    trial.advance(HOUR.saturating_sub(MOMENT)).await;
    trial.ended("the old id in its last moment", old).await?;
    let came = answered("delete", trial.second.delete(old, trial.now()).await)?;
    equal("delete the old id in its last moment", came, true)?;
    trial.ended("the new id", new).await
}

async fn no_longer(trial: &Trial<'_>) -> Outcome {
    let record = login(&[&trial.user("alice")]);
    let old = trial.id();
    let version = trial.create_at(old, &record, trial.life_of(SHORT)).await?;
    let (new, _) = trial.moved(old, &record, version).await?;
    trial.advance(SHORT + Duration::from_secs(1)).await;
    trial.nothing("the old id when its mark is over", old).await?;
    let came = answered("delete", trial.store.delete(old, trial.now()).await)?;
    equal("delete the old id when its mark is over", came, false)?;
    trial.live("the new id", new).await.map(drop)
}

async fn long_ago(trial: &Trial<'_>) -> Outcome {
    let record = login(&[&trial.user("alice")]);
    let mut id = trial.id();
    let mut version = trial.create_at(id, &record, trial.life_of(SHORT)).await?;
    for round in 0..3 {
        // Ten marks that are over after a moment, then the session goes on.
        for _ in 0..10 {
            let new = trial.id();
            let written = trial.store.rotate(id, new, &record, version, trial.life_of(SHORT), MANY).await;
            version = done(&format!("rotate in round {round}"), written)?;
            id = new;
        }
        equal("touch", answered("touch", trial.store.touch(id, trial.life()).await)?, true)?;
        trial.advance(SHORT + Duration::from_secs(1)).await;
        let new = trial.id();
        let written = trial.store.rotate(id, new, &record, version, trial.life_of(SHORT), MANY).await;
        version = done(&format!("rotate after round {round}"), written)?;
        id = new;
    }
    trial.live("the session that moved often", id).await.map(drop)
}
