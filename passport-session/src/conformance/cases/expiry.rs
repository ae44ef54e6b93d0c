//! Time that runs out.

use std::time::Duration;

use crate::{
    Written,
    conformance::{
        case::{Case, Outcome, equal, expect},
        trial::{MANY, SHORT, Trial, answered, login, visitor},
    },
};

const EXPIRED: &str = "expired counts as nothing there";
const MOMENT: Duration = Duration::from_millis(1);

pub(super) const CASES: &[Case] = &[
    Case::new("a session lives until its last moment and no longer", EXPIRED, |trial| {
        Box::pin(last_moment(trial))
    }),
    Case::new("an expired session is nothing to anybody", EXPIRED, |trial| Box::pin(nothing(trial))),
    Case::new("a sweep takes no live session", "sweep removes expired records and marks", |trial| {
        Box::pin(sweep(trial))
    }),
];

async fn last_moment(trial: &Trial<'_>) -> Outcome {
    trial.needs_turned_clock("it would have to meet the exact millisecond")?;
    let record = login(&[&trial.user("alice")]);
    let (id, touched, extended) = (trial.id(), trial.id(), trial.id());
    for id in [id, touched, extended] {
        trial.create_at(id, &record, trial.life_of(SHORT)).await?;
    }
    trial.advance(SHORT.saturating_sub(MOMENT)).await;
    let came = trial.live("in the last moment", id).await?;
    equal(
        "touch in the last moment",
        answered("touch", trial.store.touch(touched, trial.life()).await)?,
        true,
    )?;
    let version = trial.live("in the last moment", extended).await?.version;
    let written = trial.store.update(extended, &record, version, trial.life()).await;
    expect("update in the last moment", "Done", written, |came| matches!(came, Ok(Written::Done(_))))?;
    trial.advance(MOMENT).await;
    trial.nothing("at the moment of its end", id).await?;
    let came = answered("update", trial.store.update(id, &record, came.version, trial.life()).await)?;
    equal("update at the moment of its end", came, Written::Gone)?;
    trial.live("what was touched in the last moment", touched).await?;
    trial.live("what was written in the last moment", extended).await.map(drop)
}

async fn nothing(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let (id, new) = (trial.id(), trial.id());
    let version = trial.create_at(id, &login(&[&alice]), trial.life_of(SHORT)).await?;
    trial.advance(SHORT + Duration::from_secs(1)).await;
    trial.nothing("after it expired", id).await?;
    equal("list the user", trial.listed(&alice).await?, vec![])?;
    let rotated = trial.store.rotate(id, new, &login(&[&alice]), version, trial.life(), MANY).await;
    equal("rotate after it expired", answered("rotate", rotated)?, Written::Gone)?;
    trial.nothing("what it was to be rotated to", new).await?;
    let came = answered("delete", trial.second.delete(id, trial.now()).await)?;
    equal("delete after it expired", came, false)?;
    trial.not_live("after all", id).await
}

async fn sweep(trial: &Trial<'_>) -> Outcome {
    let record = login(&[&trial.user("alice")]);
    let (mut live, mut short) = (vec![], vec![]);
    for _ in 0..10 {
        live.push(trial.created(&record).await?.0);
        live.push(trial.created(&visitor(&[])).await?.0);
        let id = trial.id();
        trial.create_at(id, &record, trial.life_of(SHORT)).await?;
        short.push(id);
    }
    let (old, version) = trial.created(&record).await?;
    let (new, _) = trial.moved(old, &record, version).await?;
    trial.advance(SHORT + Duration::from_secs(1)).await;
    let mut rounds = 0;
    while answered("sweep", trial.store.sweep(trial.now()).await)? != 0 {
        rounds += 1;
        expect("sweep until nothing is left", "an end", rounds, |rounds| *rounds < 100_000)?;
    }
    for id in live {
        trial.live("a live session after a sweep", id).await?;
    }
    for id in short {
        trial.nothing("an expired session after a sweep", id).await?;
    }
    trial.ended("a live mark after a sweep", old).await?;
    let came = answered("delete", trial.store.delete(old, trial.now()).await)?;
    equal("delete through a mark after a sweep", came, true)?;
    trial.ended("where the mark led", new).await
}
