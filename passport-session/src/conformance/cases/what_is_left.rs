//! A session that loses one of two logins.

use std::time::Duration;

use crate::{
    Beyond, Written,
    conformance::{
        case::{Case, Outcome, equal},
        trial::{SHORT, Trial, User, answered, limit, login},
    },
};

const KEEPS: &str = "what is left of a session that lost a login keeps its life, and gets a new version";
const OTHERS: &str = "ending a user's sessions changes no other session";

pub(super) const CASES: &[Case] = &[
    Case::new("a session that loses one of two logins lives as long as before", KEEPS, |trial| {
        Box::pin(everywhere(trial))
    }),
    Case::new("a session that loses a login to the limit lives as long as before", KEEPS, |trial| {
        Box::pin(beyond(trial))
    }),
    Case::new("a logout everywhere leaves the excepted session as it is", OTHERS, |trial| {
        Box::pin(excepted(trial))
    }),
];

fn users(trial: &Trial<'_>) -> (User, User) {
    (trial.user("alice"), User { realm: "admin", key: trial.user("root").key })
}

async fn everywhere(trial: &Trial<'_>) -> Outcome {
    let (alice, root) = users(trial);
    let record = login(&[&alice, &root]);
    let (id, version) = trial.created(&record).await?;
    let before = trial.live("what was created", id).await?.life;
    trial.advance(SHORT + Duration::from_secs(1)).await;
    let ended = trial.store.delete_all(&alice.owner(), None, trial.now()).await;
    equal("delete_all of one of two users", answered("delete_all", ended)?, 1)?;
    trial.same_life("compare the life", trial.live("what is left", id).await?.life, before)?;
    let stale = trial.store.update(id, &record, version, trial.life()).await;
    equal("update with the version from before", answered("update", stale)?, Written::Conflict)
}

async fn beyond(trial: &Trial<'_>) -> Outcome {
    let (alice, root) = users(trial);
    let record = login(&[&alice, &root]);
    let (id, version) = trial.created(&record).await?;
    let before = trial.live("what was created", id).await?.life;
    trial.advance(SHORT + Duration::from_secs(1)).await;
    let one = limit(1, Beyond::EndOldest);
    let created = trial.store.create(trial.id(), &login(&[&alice]), trial.life(), one).await;
    answered("create a second session with a limit of one", created)?;
    let left = trial.live("what is left", id).await?;
    equal("compare with Record::without_owner", Some(left.record), record.without_owner(&alice.owner()))?;
    trial.same_life("compare the life", left.life, before)?;
    let stale = trial.store.update(id, &record, version, trial.life()).await;
    equal("update with the version from before", answered("update", stale)?, Written::Conflict)
}

async fn excepted(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let record = login(&[&alice]);
    let (id, version) = trial.created(&record).await?;
    trial.created(&record).await?;
    let before = trial.live("what was created", id).await?.life;
    let ended = trial.store.delete_all(&alice.owner(), Some(id), trial.now()).await;
    equal("delete_all but one", answered("delete_all", ended)?, 1)?;
    let after = trial.live("the excepted session", id).await?;
    equal("compare the bytes", after.record.as_bytes(), record.as_bytes())?;
    equal("compare the version", after.version, version)?;
    trial.same_life("compare the life", after.life, before)
}
