//! Time that runs out.

use std::time::Duration;

use passport_core::{Life, Timestamp};

use crate::{
    Written,
    conformance::{
        case::{Case, Outcome, equal, expect},
        trial::{HOUR, MANY, SHORT, Trial, answered, done, login, sorted},
    },
};

const EXPIRED: &str = "expired counts as nothing there";
const MOMENT: Duration = Duration::from_millis(1);

pub(super) const CASES: &[Case] = &[
    Case::new("a session lives until its last moment and no longer", EXPIRED, |trial| {
        Box::pin(last_moment(trial))
    }),
    Case::new("an expired session is nothing to anybody", EXPIRED, |trial| Box::pin(nothing(trial))),
    Case::new("an id that has expired can be used again", EXPIRED, |trial| Box::pin(again(trial))),
    Case::new("a session whose time is over when it is written is nothing", EXPIRED, |trial| {
        Box::pin(over(trial))
    }),
    Case::new(
        "a session that never expires stays",
        "it is live while `expires` is later than now",
        |trial| Box::pin(never(trial)),
    ),
];

async fn last_moment(trial: &Trial<'_>) -> Outcome {
    trial.needs_turned_clock("it would have to meet the exact millisecond")?;
    let record = login(&[&trial.user("alice")]);
    let (id, touched, extended) = (trial.id(), trial.id(), trial.id());
    for id in [id, touched, extended] {
        trial.create_at(id, &record, trial.life_of(SHORT)).await?;
    }
    trial.advance(SHORT.saturating_sub(MOMENT)).await;
    let came = trial.live("in the last moment", id).await?;
    equal(
        "touch in the last moment",
        answered("touch", trial.store.touch(touched, trial.life()).await)?,
        true,
    )?;
    let version = trial.live("in the last moment", extended).await?.version;
    let written = trial.store.update(extended, &record, version, trial.life()).await;
    expect("update in the last moment", "Done", written, |came| matches!(came, Ok(Written::Done(_))))?;
    trial.advance(MOMENT).await;
    trial.nothing("at the moment of its end", id).await?;
    let came = answered("update", trial.store.update(id, &record, came.version, trial.life()).await)?;
    equal("update at the moment of its end", came, Written::Gone)?;
    trial.live("what was touched in the last moment", touched).await?;
    trial.live("what was written in the last moment", extended).await.map(drop)
}

async fn nothing(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let (id, new) = (trial.id(), trial.id());
    let version = trial.create_at(id, &login(&[&alice]), trial.life_of(SHORT)).await?;
    trial.advance(SHORT + Duration::from_secs(1)).await;
    trial.nothing("after it expired", id).await?;
    equal("list the user", trial.listed(&alice).await?, vec![])?;
    let rotated = trial.store.rotate(id, new, &login(&[&alice]), version, trial.life(), MANY).await;
    equal("rotate after it expired", answered("rotate", rotated)?, Written::Gone)?;
    trial.nothing("what it was to be rotated to", new).await?;
    let came = answered("delete", trial.second.delete(id, trial.now()).await)?;
    equal("delete after it expired", came, false)?;
    trial.not_live("after all", id).await
}

async fn again(trial: &Trial<'_>) -> Outcome {
    let (alice, bob) = (trial.user("alice"), trial.user("bob"));
    let (expired, another) = (trial.id(), trial.id());
    for id in [expired, another] {
        trial.create_at(id, &login(&[&alice]), trial.life_of(SHORT)).await?;
    }
    let (old, version) = trial.created(&login(&[&bob])).await?;
    trial.advance(SHORT + Duration::from_secs(1)).await;
    trial.create_at(expired, &login(&[&bob]), trial.life()).await?;
    let moved = trial.store.rotate(old, another, &login(&[&bob]), version, trial.life(), MANY).await;
    done("rotate to an id that has expired", moved)?;
    equal("list who was logged in before", trial.listed(&alice).await?, vec![])?;
    equal("list who is logged in now", trial.listed(&bob).await?, sorted(vec![expired, another]))
}

async fn over(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let record = login(&[&alice]);
    let at_once = trial.life_of(Duration::ZERO);
    let before = Life { seen: trial.now(), expires: Timestamp::from_millis(1) };
    for life in [at_once, before] {
        let (created, moved) = (trial.id(), trial.id());
        trial.create_at(created, &record, life).await?;
        trial.not_live("what was created with no time left", created).await?;
        let (old, version) = trial.created(&record).await?;
        let rotated = trial.store.rotate(old, moved, &record, version, life, MANY).await;
        done("rotate with no time left", rotated)?;
        trial.not_live("what was rotated with no time left", moved).await?;
        trial.not_live("the id before", old).await?;
        equal("list the user", trial.listed(&alice).await?, vec![])?;
    }
    Ok(())
}

async fn never(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let record = login(&[&alice]);
    let forever = Life { seen: trial.now(), expires: Timestamp::NEVER };
    let id = trial.id();
    let version = trial.create_at(id, &record, forever).await?;
    equal("touch", answered("touch", trial.store.touch(id, forever).await)?, true)?;
    let version = done("update", trial.store.update(id, &record, version, forever).await)?;
    let new = trial.id();
    done("rotate", trial.store.rotate(id, new, &record, version, forever, MANY).await)?;
    let came = trial.live("after all", new).await?.life.expires;
    let years = trial.now().plus(10 * 365 * 24 * HOUR);
    expect("compare when it expires", "ten years from now or later", came, |came| *came > years)?;
    equal("list the user", trial.listed(&alice).await?, vec![new])?;
    equal("delete", answered("delete", trial.store.delete(id, trial.now()).await)?, true)
}
