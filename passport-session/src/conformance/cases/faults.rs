//! Databases that answer with something else.

use passport_core::Record;

use crate::{
    Loaded, StoreError,
    conformance::{
        case::{Case, Outcome, expect},
        trial::{Trial, login},
    },
};

pub(super) const CASES: &[Case] = &[
    Case::new(
        "a record that cannot be decoded is an error and stays",
        "load: Corrupt for what cannot be decoded; it is never deleted for that",
        |trial| Box::pin(corrupt(trial)),
    ),
    Case::new(
        "a record of a newer release is an error and stays",
        "load: SchemaTooNew for what a newer release wrote",
        |trial| Box::pin(newer(trial)),
    ),
    Case::new(
        "nobody is handed another session's record",
        "load: Foreign for another id's record",
        |trial| Box::pin(foreign(trial)),
    ),
];

fn sample(trial: &Trial<'_>) -> Record {
    login(&[&trial.user("alice")])
}

async fn corrupt(trial: &Trial<'_>) -> Outcome {
    let (id, _) = trial.created(&sample(trial)).await?;
    trial.corrupt(id).await?;
    for store in [&trial.store, &trial.second, &trial.store] {
        let came = store.load(id, trial.now()).await;
        let is_corrupt = |came: &Result<Loaded, _>| matches!(came, Err(StoreError::Corrupt));
        expect("load bytes that are no record", "Err(Corrupt), each time", came, is_corrupt)?;
    }
    Ok(())
}

async fn newer(trial: &Trial<'_>) -> Outcome {
    let (id, _) = trial.created(&sample(trial)).await?;
    trial.newer_schema(id).await?;
    for store in [&trial.store, &trial.second, &trial.store] {
        let came = store.load(id, trial.now()).await;
        let is_newer = |came: &Result<Loaded, _>| matches!(came, Err(StoreError::SchemaTooNew(_)));
        expect("load a record of a newer release", "Err(SchemaTooNew), each time", came, is_newer)?;
    }
    Ok(())
}

async fn foreign(trial: &Trial<'_>) -> Outcome {
    let (a, _) = trial.created(&sample(trial)).await?;
    let (b, _) = trial.created(&sample(trial)).await?;
    trial.swap(a, b).await?;
    for id in [a, b] {
        let came = trial.store.load(id, trial.now()).await;
        let is_foreign = |came: &Result<Loaded, _>| matches!(came, Err(StoreError::Foreign));
        expect("load what was exchanged with another", "Err(Foreign)", came, is_foreign)?;
    }
    Ok(())
}
