//! New sessions.

use std::sync::Arc;

use crate::{
    StoreError, Written,
    conformance::{
        case::{Case, Outcome, equal, expect},
        storm::storm,
        trial::{MANY, Trial, answered, failed, login, visitor},
    },
};

const INSERT_ONLY: &str = "create only inserts: an id that is live or carries a mark is an error";

pub(super) const CASES: &[Case] = &[
    Case::new("a new session is found as it was written", "create, then load", |trial| {
        Box::pin(found(trial))
    }),
    Case::new("a live session is never overwritten", INSERT_ONLY, |trial| Box::pin(live(trial))),
    Case::new("an id that has ended is never used again", INSERT_ONLY, |trial| Box::pin(marked(trial))),
    Case::new("of twenty who create one id, one does", INSERT_ONLY, |trial| Box::pin(twenty(trial))),
    Case::new("an id that nobody was given is nothing", "only create makes a session", |trial| {
        Box::pin(unknown(trial))
    }),
];

async fn found(trial: &Trial<'_>) -> Outcome {
    let record = visitor(&[("cart", b"tea")]);
    let (id, life) = (trial.id(), trial.life());
    let version = trial.create_at(id, &record, life).await?;
    let came = trial.live("what was created", id).await?;
    equal("compare the version", came.version, version)?;
    equal("compare the bytes", came.record.as_bytes(), record.as_bytes())?;
    let same = trial.same_time(came.life.seen, life.seen) && trial.same_time(came.life.expires, life.expires);
    expect("compare the life", format!("{life:?}"), came.life, |_| same)
}

async fn live(trial: &Trial<'_>) -> Outcome {
    let record = login(&[&trial.user("alice")]);
    let (id, version) = trial.created(&record).await?;
    let again = trial.second.create(id, &visitor(&[]), trial.life(), MANY).await;
    expect("create under a live id", "Err(Exists)", again, |came| matches!(came, Err(StoreError::Exists)))?;
    let came = trial.live("the first", id).await?;
    equal("compare the version", came.version, version)?;
    equal("compare the bytes", came.record.as_bytes(), record.as_bytes())
}

async fn marked(trial: &Trial<'_>) -> Outcome {
    let record = login(&[&trial.user("alice")]);
    let (old, version) = trial.created(&record).await?;
    let (new, version) = trial.moved(old, &record, version).await?;
    let again = trial.store.create(old, &record, trial.life(), MANY).await;
    expect("create under a moved id", "Err(Exists)", again, |came| matches!(came, Err(StoreError::Exists)))?;
    let (gone, _) = trial.created(&visitor(&[])).await?;
    answered("delete", trial.store.delete(gone, trial.now()).await)?;
    let again = trial.store.create(gone, &record, trial.life(), MANY).await;
    expect("create under a deleted id", "Err(Exists)", again, |came| {
        matches!(came, Err(StoreError::Exists))
    })?;
    let again = trial.store.rotate(new, gone, &record, version, trial.life(), MANY).await;
    expect("rotate to a deleted id", "Err(Exists)", again, |came| matches!(came, Err(StoreError::Exists)))?;
    trial.ended("the deleted id", gone).await?;
    trial.live("the session that did not move", new).await.map(drop)
}

async fn twenty(trial: &Trial<'_>) -> Outcome {
    let id = trial.id();
    let create = |number: usize| {
        let (store, life) = (trial.handle(number), trial.life());
        let record = visitor(&[("who", &number.to_le_bytes())]);
        Box::pin(async move {
            match store.create(id, &record, life, MANY).await {
                Ok(version) => Ok(Some((version, record))),
                Err(StoreError::Exists) => Ok(None),
                other => failed("create one id twenty times at once", "Ok or Err(Exists)", &other),
            }
        }) as _
    };
    let created = storm((0..20).map(create).collect()).await?;
    let winners: Vec<_> = created.into_iter().flatten().collect();
    equal("count who created it", winners.len(), 1)?;
    let came = trial.live("what was created", id).await?;
    equal("compare with who created it", &(came.version, came.record), &winners[0])
}

async fn unknown(trial: &Trial<'_>) -> Outcome {
    let (id, new, record) = (trial.id(), trial.id(), visitor(&[]));
    let store = Arc::clone(&trial.store);
    trial.nothing("an unknown id", id).await?;
    equal("touch it", answered("touch", store.touch(id, trial.life()).await)?, false)?;
    equal("delete it", answered("delete", store.delete(id, trial.now()).await)?, false)?;
    let updated = answered("update", store.update(id, &record, 1, trial.life()).await)?;
    equal("update it", updated, Written::Gone)?;
    let rotated = answered("rotate", store.rotate(id, new, &record, 1, trial.life(), MANY).await)?;
    equal("rotate it", rotated, Written::Gone)?;
    trial.nothing("it afterwards", id).await?;
    trial.nothing("where it was to be rotated to", new).await
}
