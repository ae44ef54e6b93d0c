//! The limit, where several users are logged in to one session.

use crate::{
    Beyond, IdHash, StoreError,
    conformance::{
        case::{Case, Outcome, Stop, equal, expect},
        trial::{Trial, User, answered, done, limit, login, logins_at, sorted},
    },
};

const EACH: &str = "limit is kept for each of the record's owners, and for each who was not logged in before";
const OWN_LOGIN: &str = "EndOldest ends that user's oldest login, whoever else is logged in there";

pub(super) const CASES: &[Case] = &[
    Case::new("the limit holds for every user of a session", EACH, |trial| Box::pin(each(trial))),
    Case::new("no user of a session may be beyond a limit that refuses", EACH, |trial| {
        Box::pin(refused(trial))
    }),
    Case::new("who was logged in before is held to no limit when another logs in", EACH, |trial| {
        Box::pin(beside(trial))
    }),
    Case::new("equal keys in two realms share no limit", EACH, |trial| Box::pin(realms(trial))),
    Case::new("the oldest login is that of the user at the limit", OWN_LOGIN, |trial| Box::pin(own(trial))),
];

/// Alice, and a user of another realm.
fn users(trial: &Trial<'_>) -> (User, User) {
    (trial.user("alice"), User { realm: "admin", key: trial.user("root").key })
}

/// Two sessions of this user, the older one first.
async fn two(trial: &Trial<'_>, user: &User) -> Result<[IdHash; 2], Stop> {
    let one = trial.created(&logins_at(&[(user, 10)])).await?.0;
    Ok([one, trial.created(&logins_at(&[(user, 20)])).await?.0])
}

async fn each(trial: &Trial<'_>) -> Outcome {
    let (alice, root) = users(trial);
    let (of_alice, of_root) = (two(trial, &alice).await?, two(trial, &root).await?);
    let end_oldest = limit(2, Beyond::EndOldest);
    let (both, record) = (trial.id(), logins_at(&[(&alice, 30), (&root, 30)]));
    let created = trial.store.create(both, &record, trial.life(), end_oldest).await;
    answered("create a third session of two users with a limit of two", created)?;
    for (user, before) in [(&alice, of_alice), (&root, of_root)] {
        equal("list one of them", trial.listed(user).await?, sorted(vec![before[1], both]))?;
    }
    // And again, when both log in to a session that was somebody else's.
    let (old, version) = trial.created(&login(&[&User { realm: "third", key: alice.key.clone() }])).await?;
    let (new, record) = (trial.id(), logins_at(&[(&alice, 40), (&root, 40)]));
    let rotated = trial.store.rotate(old, new, &record, version, trial.life(), end_oldest).await;
    done("rotate to a third session of two users with a limit of two", rotated)?;
    for user in [&alice, &root] {
        equal("list one of them", trial.listed(user).await?, sorted(vec![both, new]))?;
    }
    Ok(())
}

async fn refused(trial: &Trial<'_>) -> Outcome {
    let (alice, root) = users(trial);
    let is_refused = |came: &Result<_, _>| matches!(came, Err(StoreError::LimitReached));
    let ids = two(trial, &root).await?;
    for users in [[&alice, &root], [&root, &alice]] {
        let refuse = limit(2, Beyond::Refuse);
        let came = trial.store.create(trial.id(), &login(&users), trial.life(), refuse).await;
        expect("create with one of two users at the limit", "Err(LimitReached)", came, is_refused)?;
        equal("list who is not at the limit", trial.listed(&alice).await?, vec![])?;
        equal("list who is", trial.listed(&root).await?, sorted(ids.to_vec()))?;
    }
    Ok(())
}

async fn beside(trial: &Trial<'_>) -> Outcome {
    let (alice, root) = users(trial);
    let ids = two(trial, &root).await?;
    let version = trial.live("a session", ids[0]).await?.version;
    let (new, record) = (trial.id(), logins_at(&[(&root, 10), (&alice, 30)]));
    let refuse = limit(1, Beyond::Refuse);
    let came = trial.store.rotate(ids[0], new, &record, version, trial.life(), refuse).await;
    let version = done("log in beside a user who is beyond the limit", came)?;
    let end_oldest = limit(1, Beyond::EndOldest);
    let again = trial.id();
    let came = trial.store.rotate(new, again, &record, version, trial.life(), end_oldest).await;
    done("rotate that session with a limit of one", came)?;
    equal("list who was logged in before", trial.listed(&root).await?, sorted(vec![ids[1], again]))?;
    equal("list who logged in", trial.listed(&alice).await?, vec![again])
}

async fn realms(trial: &Trial<'_>) -> Outcome {
    let user = trial.user("alice");
    let admin = User { realm: "admin", key: user.key.clone() };
    let refuse = limit(1, Beyond::Refuse);
    for who in [&user, &admin] {
        let came = trial.store.create(trial.id(), &login(&[who]), trial.life(), refuse).await;
        answered("create the first session of a realm's user", came)?;
    }
    Ok(())
}

async fn own(trial: &Trial<'_>) -> Outcome {
    let (alice, root) = users(trial);
    // Alice's login is the oldest where neither the first login nor the last one is.
    let (first, _) = trial.created(&logins_at(&[(&root, 1), (&alice, 50)])).await?;
    let (oldest, _) = trial.created(&logins_at(&[(&alice, 10), (&root, 90)])).await?;
    let (last, _) = trial.created(&logins_at(&[(&alice, 60)])).await?;
    let new = trial.id();
    let end_oldest = limit(3, Beyond::EndOldest);
    let created = trial.store.create(new, &logins_at(&[(&alice, 70)]), trial.life(), end_oldest).await;
    answered("create a fourth session with a limit of three", created)?;
    equal("list the user", trial.listed(&alice).await?, sorted(vec![first, last, new]))?;
    equal("list the other user", trial.listed(&root).await?, sorted(vec![first, oldest]))
}
