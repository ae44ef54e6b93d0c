//! Cleaning up.

use std::time::Duration;

use crate::conformance::{
    case::{Case, Outcome, Stop, equal, expect},
    trial::{SHORT, Trial, answered, login, visitor},
};

const SWEEP: &str = "sweep removes expired records and marks";
const COUNTS: &str =
    "sweep removes a bounded number at a time, and says how many went: zero says that nothing is left";
/// Longer than a mark lasts and a shared store waits before it sweeps.
const LONG: Duration = Duration::from_secs(600);

pub(super) const CASES: &[Case] = &[
    Case::new("a sweep takes no live session", SWEEP, |trial| Box::pin(takes_none(trial))),
    Case::new("a sweep says how many went", COUNTS, |trial| Box::pin(counts(trial))),
];

/// Sweeps until nothing is left, and says how many went.
async fn swept(trial: &Trial<'_>) -> Result<u64, Stop> {
    let (mut rounds, mut swept) = (0, 0_u64);
    loop {
        let went = answered("sweep", trial.store.sweep(trial.now()).await)?;
        if went == 0 {
            return Ok(swept);
        }
        swept = swept.saturating_add(went);
        rounds += 1;
        expect("sweep until nothing is left", "an end", rounds, |rounds| *rounds < 100_000)?;
    }
}

async fn counts(trial: &Trial<'_>) -> Outcome {
    trial.needs_turned_clock("a store with a clock of its own leaves a minute's margin")?;
    trial.needs_sweeps()?;
    swept(trial).await?;
    for _ in 0..5 {
        trial.create_at(trial.id(), &login(&[&trial.user("alice")]), trial.life_of(SHORT)).await?;
        trial.create_at(trial.id(), &visitor(&[]), trial.life_of(SHORT)).await?;
        let (id, _) = trial.created(&login(&[&trial.user("alice")])).await?;
        answered("delete", trial.store.delete(id, trial.now()).await)?;
    }
    trial.advance(LONG).await;
    let came = swept(trial).await?;
    expect("sweep ten expired sessions and five marks", "15 or more", came, |came| *came >= 15)?;
    equal("sweep again", answered("sweep", trial.store.sweep(trial.now()).await)?, 0)
}

async fn takes_none(trial: &Trial<'_>) -> Outcome {
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
    swept(trial).await?;
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
