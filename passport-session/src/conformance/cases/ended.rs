//! Waiting for a session to end.

use std::time::Duration;

use passport_core::BoxFuture;
use tokio::time::timeout;

use crate::{
    Beyond,
    conformance::{
        case::{Case, Outcome, Stop, equal},
        trial::{MANY, Trial, User, answered, done, failed, limit, login},
    },
};

const ENDED: &str = "ended resolves when this id is no longer live, and not before";
const SOON: Duration = Duration::from_secs(5);
const MEANWHILE: Duration = Duration::from_millis(30);

pub(super) const CASES: &[Case] = &[
    Case::new("who waits for the end hears of a logout, and of nothing before", ENDED, |trial| {
        Box::pin(logout(trial))
    }),
    Case::new("who waits for the end hears of a move to another id", ENDED, |trial| Box::pin(moved(trial))),
    Case::new("who waits for the end hears of a logout everywhere", ENDED, |trial| {
        Box::pin(everywhere(trial))
    }),
    Case::new("who waits for the end hears when the limit ends the session", ENDED, |trial| {
        Box::pin(beyond(trial))
    }),
    Case::new("who waits for what has ended does not wait", ENDED, |trial| Box::pin(at_once(trial))),
];

fn wait(trial: &Trial<'_>, id: crate::IdHash) -> Result<BoxFuture<'static, ()>, Stop> {
    trial.store.ended(id).ok_or(Stop::NotApplicable("the store is asked again once a second instead"))
}

async fn resolves(when: &str, ended: BoxFuture<'static, ()>) -> Outcome {
    match timeout(SOON, ended).await {
        Ok(()) => Ok(()),
        Err(_) => failed(format!("wait for the end after {when}"), "an end", &"none within 5 s"),
    }
}

async fn logout(trial: &Trial<'_>) -> Outcome {
    let record = login(&[&trial.user("alice")]);
    let (id, version) = trial.created(&record).await?;
    let (other, _) = trial.created(&record).await?;
    let mut ended = wait(trial, id)?;
    done("update", trial.store.update(id, &record, version, trial.life()).await)?;
    answered("touch", trial.store.touch(id, trial.life()).await)?;
    answered("delete", trial.store.delete(other, trial.now()).await)?;
    let early = timeout(MEANWHILE, &mut ended).await.is_ok();
    equal("write it, touch it and delete another: has it ended?", early, false)?;
    answered("delete", trial.store.delete(id, trial.now()).await)?;
    resolves("a logout", ended).await
}

async fn moved(trial: &Trial<'_>) -> Outcome {
    let record = login(&[&trial.user("alice")]);
    let (old, version) = trial.created(&record).await?;
    let (one, two) = (wait(trial, old)?, wait(trial, old)?);
    let new = trial.id();
    done("rotate", trial.store.rotate(old, new, &record, version, trial.life(), MANY).await)?;
    resolves("a move", one).await?;
    resolves("a move", two).await?;
    let mut ended = wait(trial, new)?;
    equal("has the new id ended?", timeout(MEANWHILE, &mut ended).await.is_ok(), false)?;
    answered("delete", trial.store.delete(old, trial.now()).await)?;
    resolves("a logout through the old id", ended).await
}

async fn everywhere(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let (out, _) = trial.created(&login(&[&alice])).await?;
    let (stays, _) = trial.created(&login(&[&alice])).await?;
    let (ended, mut lives) = (wait(trial, out)?, wait(trial, stays)?);
    answered("delete_all", trial.store.delete_all(&alice.owner(), Some(stays), trial.now()).await)?;
    resolves("a logout everywhere", ended).await?;
    equal("has the excepted ended?", timeout(MEANWHILE, &mut lives).await.is_ok(), false)
}

async fn beyond(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let admin = User { realm: "admin", key: trial.user("root").key };
    let (out, _) = trial.created(&login(&[&alice])).await?;
    let (both, _) = trial.created(&login(&[&alice, &admin])).await?;
    let (ended, mut lives) = (wait(trial, out)?, wait(trial, both)?);
    let one = limit(1, Beyond::EndOldest);
    let created = trial.store.create(trial.id(), &login(&[&alice]), trial.life(), one).await;
    answered("create a third session with a limit of one", created)?;
    resolves("a login beyond the limit", ended).await?;
    let early = timeout(MEANWHILE, &mut lives).await.is_ok();
    equal("has the session ended in which another is logged in?", early, false)
}

async fn at_once(trial: &Trial<'_>) -> Outcome {
    let (id, _) = trial.created(&login(&[&trial.user("alice")])).await?;
    answered("delete", trial.store.delete(id, trial.now()).await)?;
    resolves("the end", wait(trial, id)?).await?;
    resolves("nothing, for an unknown id", wait(trial, trial.id())?).await
}
