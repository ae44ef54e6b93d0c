//! Writes to a session that is there.

use std::time::Duration;

use crate::{
    Written,
    conformance::{
        case::{Case, Outcome, equal, expect},
        trial::{HOUR, SHORT, Trial, answered, done, login, sorted, visitor},
    },
};

const VERSION: &str = "update replaces the record of the version that was read, and only that one";
const NEVER_CREATES: &str = "update never creates";

pub(super) const CASES: &[Case] = &[
    Case::new("a write goes to the version that was read", VERSION, |trial| Box::pin(at_version(trial))),
    Case::new("every write has another version", VERSION, |trial| Box::pin(versions(trial))),
    Case::new("a write that comes too late creates nothing", NEVER_CREATES, |trial| {
        Box::pin(too_late(trial))
    }),
    Case::new("a write shortens no session", "update never shortens the time to `expires`", |trial| {
        Box::pin(shortens_nothing(trial))
    }),
    Case::new("the list follows who is logged in", "list is by the record's owners", |trial| {
        Box::pin(owners(trial))
    }),
];

async fn at_version(trial: &Trial<'_>) -> Outcome {
    let (id, first) = trial.created(&visitor(&[("n", b"0")])).await?;
    let one = visitor(&[("n", b"1")]);
    let second = done("update", trial.store.update(id, &one, first, trial.life()).await)?;
    expect("compare versions", "two that differ", (first, second), |(a, b)| a != b)?;
    for version in [first, second.wrapping_add(1000)] {
        let came = trial.second.update(id, &visitor(&[("n", b"2")]), version, trial.life()).await;
        equal("update at another version", answered("update", came)?, Written::Conflict)?;
    }
    let came = trial.live("what was written once", id).await?;
    equal("compare the version", came.version, second)?;
    equal("compare the bytes", came.record.as_bytes(), one.as_bytes())
}

async fn versions(trial: &Trial<'_>) -> Outcome {
    let record = login(&[&trial.user("alice")]);
    let (mut id, mut version) = trial.created(&record).await?;
    let mut seen = vec![version];
    for round in 0..20 {
        if round % 5 == 4 {
            (id, version) = trial.moved(id, &record, version).await?;
            let came = trial.live("what was moved", id).await?;
            equal("compare the version after a rotation", came.version, version)?;
            seen.clear();
        } else {
            let written = trial.store.update(id, &record, version, trial.life()).await;
            version = done("update with an equal record", written)?;
        }
        let known = seen.clone();
        expect("compare versions of one id", format!("none of {known:?}"), version, |new| {
            !known.contains(new)
        })?;
        seen.push(version);
    }
    Ok(())
}

async fn too_late(trial: &Trial<'_>) -> Outcome {
    let record = login(&[&trial.user("alice")]);
    let (deleted, version) = trial.created(&record).await?;
    answered("delete", trial.second.delete(deleted, trial.now()).await)?;
    let came = answered("update", trial.store.update(deleted, &record, version, trial.life()).await)?;
    equal("update after a logout", came, Written::Gone)?;
    trial.ended("after it", deleted).await?;

    let (moved, version) = trial.created(&record).await?;
    let (new, _) = trial.moved(moved, &record, version).await?;
    let came = answered("update", trial.store.update(moved, &record, version, trial.life()).await)?;
    equal("update of the old id after a rotation", came, Written::Gone)?;
    trial.ended("after it", moved).await?;
    trial.live("the new id after it", new).await?;

    let expired = trial.id();
    let version = trial.create_at(expired, &record, trial.life_of(SHORT)).await?;
    trial.advance(SHORT + Duration::from_secs(1)).await;
    let came = answered("update", trial.store.update(expired, &record, version, trial.life()).await)?;
    equal("update after the session expired", came, Written::Gone)?;
    trial.not_live("after it", expired).await
}

async fn shortens_nothing(trial: &Trial<'_>) -> Outcome {
    let (id, version) = trial.created(&visitor(&[])).await?;
    let before = trial.live("what was created", id).await?.life;
    let version = done("update", trial.store.update(id, &visitor(&[]), version, trial.life_of(SHORT)).await)?;
    let after = trial.live("after a write with a shorter life", id).await?.life;
    let same = trial.same_time(after.expires, before.expires);
    expect("compare when it expires", format!("{:?}", before.expires), after.expires, |_| same)?;
    let longer = trial.life_of(2 * HOUR);
    done("update", trial.store.update(id, &visitor(&[]), version, longer).await)?;
    let after = trial.live("after a write with a longer life", id).await?.life;
    let same = trial.same_time(after.expires, longer.expires);
    expect("compare when it expires", format!("{:?}", longer.expires), after.expires, |_| same)
}

async fn owners(trial: &Trial<'_>) -> Outcome {
    let (alice, bob) = (trial.user("alice"), trial.user("bob"));
    let (id, version) = trial.created(&login(&[&alice])).await?;
    let (other, _) = trial.created(&login(&[&bob])).await?;
    let version = done("update", trial.store.update(id, &login(&[&bob]), version, trial.life()).await)?;
    equal("list who was logged in before", trial.listed(&alice).await?, vec![])?;
    equal("list who is logged in now", trial.listed(&bob).await?, sorted(vec![id, other]))?;
    done("update", trial.store.update(id, &visitor(&[]), version, trial.life()).await)?;
    equal("list after that login was taken out", trial.listed(&bob).await?, vec![other])
}
