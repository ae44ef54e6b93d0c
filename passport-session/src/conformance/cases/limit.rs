//! How many sessions a user may have.

use std::time::Duration;

use passport_core::{Record, Timestamp};

use crate::{
    Beyond, IdHash, StoreError,
    conformance::{
        case::{Case, Outcome, Stop, equal, expect},
        trial::{SHORT, Trial, User, answered, done, limit, login, record_at, sorted, visitor},
    },
};

const LIMIT: &str =
    "limit: so many live sessions for each user; the oldest login ends, or the new one is refused";

pub(super) const CASES: &[Case] = &[
    Case::new("at the limit the oldest login ends", LIMIT, |trial| Box::pin(oldest(trial))),
    Case::new("at the limit a new login is refused, if so configured", LIMIT, |trial| {
        Box::pin(refused(trial))
    }),
    Case::new("the limit holds for a login that moves a visitor's session", LIMIT, |trial| {
        Box::pin(rotated(trial))
    }),
    Case::new("at the limit a session can still move", LIMIT, |trial| Box::pin(still_moves(trial))),
    Case::new("a limit that was lowered holds from the next login on", LIMIT, |trial| {
        Box::pin(lowered(trial))
    }),
    Case::new("an expired session does not count against the limit", LIMIT, |trial| Box::pin(expired(trial))),
    Case::new("a session that has ended does not count against the limit", LIMIT, |trial| {
        Box::pin(ended(trial))
    }),
    Case::new(
        "at one user's limit the other user of a session stays logged in",
        "EndOldest ends that user's login as delete_all does",
        |trial| Box::pin(other_user(trial)),
    ),
];

fn login_at(user: &User, second: u64) -> Record {
    record_at(Timestamp::from_millis(1000 * second), &[user], &[])
}

/// Three sessions, of which the second's login is the oldest.
async fn three(trial: &Trial<'_>, user: &User) -> Result<Vec<IdHash>, Stop> {
    let mut ids = vec![];
    for second in [20, 10, 30] {
        ids.push(trial.created(&login_at(user, second)).await?.0);
    }
    Ok(ids)
}

async fn oldest(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let ids = three(trial, &alice).await?;
    let new = trial.id();
    let beyond = limit(3, Beyond::EndOldest);
    let created = trial.store.create(new, &login_at(&alice, 40), trial.life(), beyond).await;
    answered("create a fourth session with a limit of three", created)?;
    trial.ended("the session with the oldest login", ids[1]).await?;
    equal("list the user", trial.listed(&alice).await?, sorted(vec![ids[0], ids[2], new]))
}

async fn refused(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let ids = three(trial, &alice).await?;
    let new = trial.id();
    let beyond = limit(3, Beyond::Refuse);
    let came = trial.store.create(new, &login_at(&alice, 40), trial.life(), beyond).await;
    let is_refused = |came: &Result<_, _>| matches!(came, Err(StoreError::LimitReached));
    expect("create a fourth session with a limit of three", "Err(LimitReached)", came, is_refused)?;
    trial.nothing("what was refused", new).await?;
    equal("list the user", trial.listed(&alice).await?, sorted(ids))?;
    let created = trial.store.create(trial.id(), &visitor(&[]), trial.life(), beyond).await;
    answered("create a visitor's session meanwhile", created).map(drop)
}

async fn rotated(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let ids = three(trial, &alice).await?;
    let (old, version) = trial.created(&visitor(&[])).await?;
    let new = trial.id();
    let record = login_at(&alice, 40);
    let refuse = limit(3, Beyond::Refuse);
    let came = trial.store.rotate(old, new, &record, version, trial.life(), refuse).await;
    let is_refused = |came: &Result<_, _>| matches!(came, Err(StoreError::LimitReached));
    expect("rotate to a fourth login with a limit of three", "Err(LimitReached)", came, is_refused)?;
    equal("compare the version", trial.live("the visitor's session", old).await?.version, version)?;
    trial.nothing("what was refused", new).await?;
    equal("list the user", trial.listed(&alice).await?, sorted(ids.clone()))?;
    let end = limit(3, Beyond::EndOldest);
    let came = trial.second.rotate(old, new, &record, version, trial.life(), end).await;
    done("rotate to a fourth login with a limit of three", came)?;
    trial.ended("the session with the oldest login", ids[1]).await?;
    equal("list the user", trial.listed(&alice).await?, sorted(vec![ids[0], ids[2], new]))
}

async fn still_moves(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let ids = three(trial, &alice).await?;
    let (mut id, mut others) = (ids[0], vec![ids[1], ids[2]]);
    // Also if it was lowered to less than there are.
    let limits = [1, 3].into_iter().flat_map(|most| {
        [Beyond::Refuse, Beyond::EndOldest].into_iter().map(move |beyond| limit(most, beyond))
    });
    for limit in limits {
        let (new, version) = (trial.id(), trial.live("a session", id).await?.version);
        let record = login_at(&alice, 40);
        let came = trial.store.rotate(id, new, &record, version, trial.life(), limit).await;
        done(&format!("rotate one of three sessions with a limit of {}", limit.most), came)?;
        id = new;
    }
    others.push(id);
    equal("list the user", trial.listed(&alice).await?, sorted(others))
}

async fn lowered(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let mut ids = three(trial, &alice).await?;
    ids.extend(three(trial, &alice).await?);
    let (another, three) = (trial.id(), limit(3, Beyond::EndOldest));
    let created = trial.store.create(another, &login_at(&alice, 40), trial.life(), three).await;
    answered("create a seventh session with a limit of three", created)?;
    let left = sorted(vec![ids[2], ids[5], another]);
    equal("list the user", trial.listed(&alice).await?, left)?;
    let (old, version) = trial.created(&visitor(&[])).await?;
    let (new, one) = (trial.id(), limit(1, Beyond::EndOldest));
    let rotated = trial.store.rotate(old, new, &login_at(&alice, 50), version, trial.life(), one).await;
    done("rotate to a fourth login with a limit of one", rotated)?;
    equal("list the user", trial.listed(&alice).await?, vec![new])
}

async fn ended(trial: &Trial<'_>) -> Outcome {
    let (alice, refuse) = (trial.user("alice"), limit(1, Beyond::Refuse));
    let record = login(&[&alice]);
    let (deleted, _) = trial.created(&record).await?;
    answered("delete", trial.store.delete(deleted, trial.now()).await)?;
    let mut id = trial.id();
    let created = trial.store.create(id, &record, trial.life(), refuse).await;
    let mut version = answered("create after a logout", created)?;
    (id, version) = trial.moved(id, &record, version).await?;
    done("update", trial.store.update(id, &visitor(&[]), version, trial.life()).await)?;
    let created = trial.store.create(trial.id(), &record, trial.life(), refuse).await;
    answered("create after a logout that kept the session", created)?;
    answered("delete_all", trial.store.delete_all(&alice.owner(), None, trial.now()).await)?;
    let created = trial.store.create(trial.id(), &record, trial.life(), refuse).await;
    answered("create after a logout everywhere", created).map(drop)
}

async fn expired(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    for _ in 0..2 {
        trial.create_at(trial.id(), &login(&[&alice]), trial.life_of(SHORT)).await?;
    }
    trial.advance(SHORT + Duration::from_secs(1)).await;
    let refuse = limit(2, Beyond::Refuse);
    for _ in 0..2 {
        let came = trial.store.create(trial.id(), &login(&[&alice]), trial.life(), refuse).await;
        answered("create after as many as are allowed have expired", came)?;
    }
    Ok(())
}

async fn other_user(trial: &Trial<'_>) -> Outcome {
    let user = trial.user("alice");
    let admin = User { realm: "admin", key: trial.user("root").key };
    let (both, _) = trial.created(&login(&[&user, &admin])).await?;
    let new = trial.id();
    let one = limit(1, Beyond::EndOldest);
    answered("create", trial.store.create(new, &login_at(&user, 40), trial.life(), one).await)?;
    equal("list the user", trial.listed(&user).await?, vec![new])?;
    equal("list the admin", trial.listed(&admin).await?, vec![both])?;
    let left = trial.live("the session of both", both).await?.record;
    let owners: Vec<_> = left.owners().collect();
    equal("compare who is logged in", owners, vec![admin.owner()])
}
