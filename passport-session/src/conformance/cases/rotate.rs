//! Sessions that move to a new id.

use crate::{
    StoreError, Written,
    conformance::{
        case::{Case, Outcome, equal, expect},
        trial::{HOUR, MANY, SHORT, Trial, answered, done, login, visitor},
    },
};

const ATOMIC: &str = "rotate is atomic: never both ids, never neither";

const SHORTENS: &str = "the new id lives until `life.expires`, also where that is earlier than before";

pub(super) const CASES: &[Case] = &[
    Case::new("a login moves a visitor's session to a new id", ATOMIC, |trial| Box::pin(moves(trial))),
    Case::new("a move from an older version moves nothing", ATOMIC, |trial| Box::pin(conflict(trial))),
    Case::new("what has ended does not move", ATOMIC, |trial| Box::pin(gone(trial))),
    Case::new("a move to an id that is taken moves nothing", ATOMIC, |trial| Box::pin(taken(trial))),
    Case::new("a move sets when the session ends, also to earlier", SHORTENS, |trial| {
        Box::pin(shortens(trial))
    }),
    Case::new("the list follows a session to its new id", "list is by the record's owners", |trial| {
        Box::pin(listed(trial))
    }),
];

async fn moves(trial: &Trial<'_>) -> Outcome {
    let (old, version) = trial.created(&visitor(&[("cart", b"tea")])).await?;
    let (new, record) = (trial.id(), login(&[&trial.user("alice")]));
    let life = trial.life_of(2 * HOUR);
    let version = done("rotate", trial.store.rotate(old, new, &record, version, life, MANY).await)?;
    trial.ended("the old id", old).await?;
    let came = trial.live("the new id", new).await?;
    equal("compare the version", came.version, version)?;
    equal("compare the bytes", came.record.as_bytes(), record.as_bytes())?;
    let same = trial.same_time(came.life.expires, life.expires);
    expect("compare the life", format!("{life:?}"), came.life, |_| same)
}

async fn conflict(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let record = login(&[&alice]);
    let (old, first) = trial.created(&record).await?;
    let second = done("update", trial.store.update(old, &record, first, trial.life()).await)?;
    let new = trial.id();
    let came = trial.second.rotate(old, new, &record, first, trial.life(), MANY).await;
    equal("rotate at an older version", answered("rotate", came)?, Written::Conflict)?;
    equal("compare the version", trial.live("the old id", old).await?.version, second)?;
    trial.nothing("the new id", new).await?;
    equal("list the user", trial.listed(&alice).await?, vec![old])
}

async fn gone(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let record = login(&[&alice]);
    let (deleted, at_deleted) = trial.created(&record).await?;
    answered("delete", trial.store.delete(deleted, trial.now()).await)?;
    let (moved, at_moved) = trial.created(&record).await?;
    let (now, _) = trial.moved(moved, &record, at_moved).await?;
    for (old, version) in [(deleted, at_deleted), (moved, at_moved)] {
        let new = trial.id();
        let came = trial.second.rotate(old, new, &record, version, trial.life(), MANY).await;
        equal("rotate an id that has ended", answered("rotate", came)?, Written::Gone)?;
        trial.nothing("the new id", new).await?;
    }
    equal("list the user", trial.listed(&alice).await?, vec![now])
}

async fn taken(trial: &Trial<'_>) -> Outcome {
    let (alice, bob) = (trial.user("alice"), trial.user("bob"));
    let (old, version) = trial.created(&login(&[&alice])).await?;
    let (other, _) = trial.created(&login(&[&bob])).await?;
    let came = trial.store.rotate(old, other, &login(&[&alice]), version, trial.life(), MANY).await;
    expect("rotate to a live id", "Err(Exists)", came, |came| matches!(came, Err(StoreError::Exists)))?;
    let came = trial.store.rotate(old, old, &login(&[&alice]), version, trial.life(), MANY).await;
    expect("rotate to its own id", "Err(Exists)", came, |came| matches!(came, Err(StoreError::Exists)))?;
    equal("compare the version", trial.live("what did not move", old).await?.version, version)?;
    equal("list who was to move", trial.listed(&alice).await?, vec![old])?;
    equal("list who was in the way", trial.listed(&bob).await?, vec![other])
}

async fn shortens(trial: &Trial<'_>) -> Outcome {
    for record in [visitor(&[]), login(&[&trial.user("alice")])] {
        let (old, version) = trial.created(&record).await?;
        let (new, life) = (trial.id(), trial.life_of(SHORT));
        done("rotate", trial.store.rotate(old, new, &record, version, life, MANY).await)?;
        trial.same_life("compare the life", trial.live("the new id", new).await?.life, life)?;
    }
    Ok(())
}

async fn listed(trial: &Trial<'_>) -> Outcome {
    let (alice, bob) = (trial.user("alice"), trial.user("bob"));
    let (old, version) = trial.created(&login(&[&alice])).await?;
    let (new, version) = trial.moved(old, &login(&[&alice]), version).await?;
    equal("list the user who moved", trial.listed(&alice).await?, vec![new])?;
    let (last, _) = trial.moved(new, &login(&[&bob]), version).await?;
    equal("list who was logged in before", trial.listed(&alice).await?, vec![])?;
    equal("list who is logged in now", trial.listed(&bob).await?, vec![last])
}
