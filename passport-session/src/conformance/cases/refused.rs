//! Calls that are refused.

use passport_core::Record;

use crate::{
    Beyond, IdHash, StoreError, Written,
    conformance::{
        case::{Case, Outcome, Stop, equal, expect},
        trial::{HOUR, MANY, Trial, User, answered, limit, login, sorted, visitor},
    },
};

const NOTHING: &str = "a refused call changes nothing";
const ORDER: &str = "the version is looked at first, then whether an id is taken, then the limit";

pub(super) const CASES: &[Case] = &[
    Case::new("a login at an id that is taken ends no other session", NOTHING, |trial| {
        Box::pin(create_ends_none(trial))
    }),
    Case::new("a move that is refused ends no other session", NOTHING, |trial| {
        Box::pin(rotate_ends_none(trial))
    }),
    Case::new("a write that comes too late extends no session", NOTHING, |trial| {
        Box::pin(extends_none(trial))
    }),
    Case::new("an id that is taken counts before the limit", ORDER, |trial| Box::pin(id_first(trial))),
    Case::new("the version counts before a taken id and the limit", ORDER, |trial| {
        Box::pin(version_first(trial))
    }),
];

/// As many sessions of this user as a limit of two allows.
async fn two(trial: &Trial<'_>, user: &User) -> Result<Vec<IdHash>, Stop> {
    let (one, two) = (trial.created(&login(&[user])).await?.0, trial.created(&login(&[user])).await?.0);
    Ok(sorted(vec![one, two]))
}

fn is_taken<T>(came: &Result<T, StoreError>) -> bool {
    matches!(came, Err(StoreError::Exists))
}

async fn create_ends_none(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let ids = two(trial, &alice).await?;
    let (live, _) = trial.created(&visitor(&[])).await?;
    let (ended, _) = trial.created(&visitor(&[])).await?;
    answered("delete", trial.store.delete(ended, trial.now()).await)?;
    let end_oldest = limit(2, Beyond::EndOldest);
    for id in [live, ended, ids[0]] {
        let came = trial.store.create(id, &login(&[&alice]), trial.life(), end_oldest).await;
        expect("create at a taken id, at the limit", "Err(Exists)", came, is_taken)?;
        equal("list the user", trial.listed(&alice).await?, ids.clone())?;
    }
    Ok(())
}

async fn rotate_ends_none(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let ids = two(trial, &alice).await?;
    let (old, version) = trial.created(&visitor(&[])).await?;
    let (taken, _) = trial.created(&visitor(&[])).await?;
    let (gone, version_of_gone) = trial.created(&visitor(&[])).await?;
    answered("delete", trial.store.delete(gone, trial.now()).await)?;
    let log_in = async |old, new, version| {
        let end_oldest = limit(2, Beyond::EndOldest);
        trial.store.rotate(old, new, &login(&[&alice]), version, trial.life(), end_oldest).await
    };
    expect("rotate to a taken id, at the limit", "Err(Exists)", log_in(old, taken, version).await, is_taken)?;
    equal("list the user", trial.listed(&alice).await?, ids.clone())?;
    let came = answered("rotate", log_in(old, trial.id(), version.wrapping_add(1000)).await)?;
    equal("rotate at another version, at the limit", came, Written::Conflict)?;
    equal("list the user", trial.listed(&alice).await?, ids.clone())?;
    let came = answered("rotate", log_in(gone, trial.id(), version_of_gone).await)?;
    equal("rotate what has ended, at the limit", came, Written::Gone)?;
    equal("list the user", trial.listed(&alice).await?, ids)?;
    equal("compare the version", trial.live("what did not move", old).await?.version, version)
}

async fn extends_none(trial: &Trial<'_>) -> Outcome {
    let (alice, bob) = (trial.user("alice"), trial.user("bob"));
    let (id, version) = trial.created(&login(&[&alice])).await?;
    let before = trial.live("what was created", id).await?;
    let (longer, another) = (trial.life_of(3 * HOUR), version.wrapping_add(1000));
    let came = trial.store.update(id, &login(&[&bob]), another, longer).await;
    equal("update at another version", answered("update", came)?, Written::Conflict)?;
    let came = trial.store.rotate(id, trial.id(), &login(&[&bob]), another, longer, MANY).await;
    equal("rotate at another version", answered("rotate", came)?, Written::Conflict)?;
    let came = trial.store.create(id, &login(&[&bob]), longer, MANY).await;
    expect("create at a live id", "Err(Exists)", came, is_taken)?;
    let after = trial.live("after all that was refused", id).await?;
    equal("compare the version", after.version, version)?;
    equal("compare the bytes", after.record.as_bytes(), before.record.as_bytes())?;
    trial.same_life("compare the life", after.life, before.life)?;
    equal("list who was to be written", trial.listed(&bob).await?, vec![])
}

async fn id_first(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let ids = two(trial, &alice).await?;
    let (old, version) = trial.created(&visitor(&[])).await?;
    let (record, refuse): (Record, _) = (login(&[&alice]), limit(2, Beyond::Refuse));
    let came = trial.store.create(old, &record, trial.life(), refuse).await;
    expect("create at a taken id, at the limit", "Err(Exists)", came, is_taken)?;
    let came = trial.store.rotate(old, ids[0], &record, version, trial.life(), refuse).await;
    expect("rotate to a taken id, at the limit", "Err(Exists)", came, is_taken)
}

async fn version_first(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let ids = two(trial, &alice).await?;
    let (old, version) = trial.created(&visitor(&[])).await?;
    let (record, refuse, another) = (login(&[&alice]), limit(2, Beyond::Refuse), version.wrapping_add(1000));
    for new in [trial.id(), ids[0]] {
        let came = trial.store.rotate(old, new, &record, another, trial.life(), refuse).await;
        equal("rotate at another version", answered("rotate", came)?, Written::Conflict)?;
    }
    answered("delete", trial.store.delete(old, trial.now()).await)?;
    for new in [trial.id(), ids[0]] {
        let came = trial.store.rotate(old, new, &record, version, trial.life(), refuse).await;
        equal("rotate what has ended", answered("rotate", came)?, Written::Gone)?;
    }
    Ok(())
}
