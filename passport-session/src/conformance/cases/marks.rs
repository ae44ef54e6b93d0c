//! What is left at an id that has ended.

use crate::{
    MARK_CHAIN, Written,
    conformance::{
        case::{Case, Outcome, equal},
        trial::{MANY, Trial, answered, login, visitor},
    },
};

const FOLLOWS: &str = "rotate of a record with logins leaves a mark that delete, and only delete, follows";
const CHAIN: &str = "delete follows 16 marks in a row; a rotation that would need one more ends the session";

pub(super) const CASES: &[Case] = &[
    Case::new("an id that was logged out says that it has ended", "delete leaves an empty mark", |trial| {
        Box::pin(deleted(trial))
    }),
    Case::new("a logout ends the session where it has moved", FOLLOWS, |trial| Box::pin(follows(trial))),
    Case::new("nothing but a logout follows a move", FOLLOWS, |trial| Box::pin(only_delete(trial))),
    Case::new(
        "who knew the id from before a login cannot end that login",
        "rotate of a record without logins leaves an empty mark",
        |trial| Box::pin(empty(trial)),
    ),
    Case::new("a logout follows sixteen moves", CHAIN, |trial| Box::pin(sixteen(trial))),
    Case::new("a visitor moves as often as need be", CHAIN, |trial| Box::pin(visitor_moves(trial))),
    Case::new("the seventeenth move ends the session", CHAIN, |trial| Box::pin(seventeen(trial))),
];

async fn deleted(trial: &Trial<'_>) -> Outcome {
    for record in [visitor(&[]), login(&[&trial.user("alice")])] {
        let (id, _) = trial.created(&record).await?;
        equal("delete", answered("delete", trial.store.delete(id, trial.now()).await)?, true)?;
        trial.ended("what was deleted", id).await?;
        equal("delete again", answered("delete", trial.second.delete(id, trial.now()).await)?, false)?;
        trial.ended("what was deleted twice", id).await?;
    }
    Ok(())
}

async fn follows(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let (old, version) = trial.created(&login(&[&alice])).await?;
    let (new, _) = trial.moved(old, &login(&[&alice]), version).await?;
    let came = answered("delete", trial.second.delete(old, trial.now()).await)?;
    equal("delete the old id", came, true)?;
    trial.ended("the old id", old).await?;
    trial.ended("the new id", new).await?;
    equal("list the user", trial.listed(&alice).await?, vec![])
}

async fn only_delete(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let record = login(&[&alice]);
    let (old, first) = trial.created(&record).await?;
    let (new, version) = trial.moved(old, &record, first).await?;
    trial.ended("the old id", old).await?;
    for version in [first, version] {
        let came = answered("update", trial.store.update(old, &visitor(&[]), version, trial.life()).await)?;
        equal("update the old id", came, Written::Gone)?;
        let rotated = trial.store.rotate(old, trial.id(), &record, version, trial.life(), MANY).await;
        equal("rotate the old id", answered("rotate", rotated)?, Written::Gone)?;
    }
    equal("touch the old id", answered("touch", trial.store.touch(old, trial.life()).await)?, false)?;
    equal("compare the version", trial.live("the new id", new).await?.version, version)?;
    let ended = trial.store.delete_all(&alice.owner(), Some(old), trial.now()).await;
    equal("delete_all except the old id", answered("delete_all", ended)?, 1)?;
    trial.ended("the new id", new).await
}

async fn empty(trial: &Trial<'_>) -> Outcome {
    let (old, version) = trial.created(&visitor(&[])).await?;
    let (new, _) = trial.moved(old, &login(&[&trial.user("alice")]), version).await?;
    trial.ended("the id from before the login", old).await?;
    let came = answered("delete", trial.store.delete(old, trial.now()).await)?;
    equal("delete the id from before the login", came, false)?;
    trial.live("the login", new).await.map(drop)
}

async fn sixteen(trial: &Trial<'_>) -> Outcome {
    for start in [0, MARK_CHAIN / 2] {
        let record = login(&[&trial.user("alice")]);
        let (mut id, mut version) = trial.created(&record).await?;
        let mut ids = vec![id];
        for _ in 0..MARK_CHAIN {
            (id, version) = trial.moved(id, &record, version).await?;
            ids.push(id);
        }
        let came = answered("delete", trial.second.delete(ids[start], trial.now()).await)?;
        equal(format!("delete the id from {} moves ago", MARK_CHAIN - start), came, true)?;
        for passed in &ids[start..] {
            trial.ended("an id that the logout passed", *passed).await?;
        }
    }
    Ok(())
}

async fn visitor_moves(trial: &Trial<'_>) -> Outcome {
    let (mut id, mut version) = trial.created(&visitor(&[])).await?;
    for _ in 0..2 * MARK_CHAIN {
        (id, version) = trial.moved(id, &visitor(&[]), version).await?;
    }
    // The marks from before the login do not count either.
    let record = login(&[&trial.user("alice")]);
    for _ in 0..MARK_CHAIN {
        (id, version) = trial.moved(id, &record, version).await?;
    }
    trial.live("a session that moved often", id).await.map(drop)
}

async fn seventeen(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let record = login(&[&alice]);
    let (mut id, mut version) = trial.created(&record).await?;
    for _ in 0..MARK_CHAIN {
        (id, version) = trial.moved(id, &record, version).await?;
    }
    let new = trial.id();
    let came = trial.store.rotate(id, new, &record, version, trial.life(), MANY).await;
    equal("rotate for the seventeenth time", answered("rotate", came)?, Written::Gone)?;
    trial.ended("the id that was not rotated", id).await?;
    trial.nothing("the id that it was not rotated to", new).await?;
    equal("list the user", trial.listed(&alice).await?, vec![])
}
