//! How long marks last.

use std::time::Duration;

use crate::{
    Beyond, MARK_CHAIN, MARK_SECONDS, Written,
    conformance::{
        case::{Case, Outcome, equal},
        trial::{HOUR, MANY, SHORT, Trial, answered, done, limit, login, visitor},
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
    Case::new("what ended without being logged out is remembered for a minute", MINUTE, |trial| {
        Box::pin(otherwise(trial))
    }),
    Case::new(
        "an id that has ended is remembered for longer than the session would have lived",
        MINUTE,
        |trial| Box::pin(outlives(trial)),
    ),
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

async fn otherwise(trial: &Trial<'_>) -> Outcome {
    trial.needs_turned_clock(WAITS)?;
    let (alice, bob) = (trial.user("alice"), trial.user("bob"));
    let (everywhere, _) = trial.created(&login(&[&alice])).await?;
    answered("delete_all", trial.store.delete_all(&alice.owner(), None, trial.now()).await)?;
    let (beyond, _) = trial.created(&login(&[&bob])).await?;
    let one = limit(1, Beyond::EndOldest);
    let created = trial.store.create(trial.id(), &login(&[&bob]), trial.life(), one).await;
    answered("create a second session with a limit of one", created)?;
    let (mut moved, mut version) = trial.created(&login(&[&alice])).await?;
    for _ in 0..MARK_CHAIN {
        (moved, version) = trial.moved(moved, &login(&[&alice]), version).await?;
    }
    let too_far = trial.store.rotate(moved, trial.id(), &login(&[&alice]), version, trial.life(), MANY).await;
    equal("rotate for the seventeenth time", answered("rotate", too_far)?, Written::Gone)?;
    lasts_a_minute(trial, &[everywhere, beyond, moved]).await
}

async fn outlives(trial: &Trial<'_>) -> Outcome {
    let record = login(&[&trial.user("alice")]);
    let (deleted, visited, moved) = (trial.id(), trial.id(), trial.id());
    trial.create_at(deleted, &record, trial.life_of(SHORT)).await?;
    let of_visit = trial.create_at(visited, &visitor(&[]), trial.life_of(SHORT)).await?;
    let of_moved = trial.create_at(moved, &record, trial.life_of(SHORT)).await?;
    answered("delete", trial.store.delete(deleted, trial.now()).await)?;
    trial.moved(visited, &record, of_visit).await?;
    let (new, _) = trial.moved(moved, &record, of_moved).await?;
    answered("delete the id before a move", trial.store.delete(moved, trial.now()).await)?;
    trial.advance(SHORT + Duration::from_secs(1)).await;
    trial.ended("what was logged out", deleted).await?;
    trial.ended("the id from before a login", visited).await?;
    trial.ended("the id that a logout passed", moved).await?;
    trial.ended("where it led", new).await
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
