//! A user's sessions: listing and ending them.

use std::time::Duration;

use crate::{
    Written,
    conformance::{
        case::{Case, Outcome, equal, expect},
        trial::{SHORT, Trial, User, answered, login, sorted, visitor},
    },
};

const LIST: &str = "list: the live sessions of one user of one realm; a record names its owners";
const EVERYWHERE: &str = "delete_all ends this user's logins in all sessions but one exact id";
const AND: &str = "delete_all_and ends a user's logins in all sessions, and one session, whosever it is, wherever it has moved";

pub(super) const CASES: &[Case] = &[
    Case::new("a user's list is that user's live sessions", LIST, |trial| Box::pin(listed(trial))),
    Case::new("equal keys in two realms are two users", LIST, |trial| Box::pin(realms(trial))),
    Case::new("a session in which two are logged in is on both lists", LIST, |trial| Box::pin(both(trial))),
    Case::new("an expired session is on no list", LIST, |trial| Box::pin(expired(trial))),
    Case::new("a logout everywhere ends every session but the excepted", EVERYWHERE, |trial| {
        Box::pin(all_but_one(trial))
    }),
    Case::new("a logout everywhere leaves the other user of a session logged in", EVERYWHERE, |trial| {
        Box::pin(partly(trial))
    }),
    Case::new("a logout everywhere follows the asking session to another user", AND, |trial| {
        Box::pin(and_where_it_went(trial))
    }),
    Case::new("a logout everywhere counts the asking session once", AND, |trial| Box::pin(and_once(trial))),
    Case::new("a logout everywhere without sessions ends none", EVERYWHERE, |trial| Box::pin(nobody(trial))),
];

async fn listed(trial: &Trial<'_>) -> Outcome {
    let (alice, bob) = (trial.user("alice"), trial.user("bob"));
    let record = login(&[&alice]);
    let mut created = vec![];
    for _ in 0..3 {
        created.push(trial.created(&record).await?);
    }
    trial.created(&login(&[&bob])).await?;
    trial.created(&visitor(&[])).await?;
    let (out, _) = trial.created(&record).await?;
    answered("delete", trial.store.delete(out, trial.now()).await)?;
    let list = answered("list", trial.second.list(&alice.owner(), trial.now()).await)?;
    let mut came: Vec<_> = list.iter().map(|entry| (entry.id, entry.version)).collect();
    came.sort_unstable();
    created.sort_unstable();
    equal("list three of five sessions, with their versions", came, created)?;
    for entry in &list {
        equal("compare the bytes", entry.listed.record.as_bytes(), record.as_bytes())?;
        let expires = trial.life().expires;
        let same = trial.same_time(entry.listed.life.expires, expires);
        expect("compare when it expires", format!("{expires:?}"), entry.listed.life.expires, |_| same)?;
    }
    Ok(())
}

async fn realms(trial: &Trial<'_>) -> Outcome {
    let user = trial.user("alice");
    let admin = User { realm: "admin", key: user.key.clone() };
    let (as_user, _) = trial.created(&login(&[&user])).await?;
    let (as_admin, _) = trial.created(&login(&[&admin])).await?;
    equal("list the user", trial.listed(&user).await?, vec![as_user])?;
    equal("list the admin", trial.listed(&admin).await?, vec![as_admin])?;
    let ended = answered("delete_all", trial.store.delete_all(&user.owner(), None, trial.now()).await)?;
    equal("delete_all of the user", ended, 1)?;
    trial.ended("the user's session", as_user).await?;
    trial.live("the admin's session", as_admin).await.map(drop)
}

async fn both(trial: &Trial<'_>) -> Outcome {
    let user = trial.user("alice");
    let admin = User { realm: "admin", key: user.key.clone() };
    let (id, _) = trial.created(&login(&[&user, &admin])).await?;
    equal("list the user", trial.listed(&user).await?, vec![id])?;
    equal("list the admin", trial.listed(&admin).await?, vec![id])?;
    answered("delete", trial.store.delete(id, trial.now()).await)?;
    equal("list the user after a logout", trial.listed(&user).await?, vec![])?;
    equal("list the admin after a logout", trial.listed(&admin).await?, vec![])
}

async fn expired(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    trial.create_at(trial.id(), &login(&[&alice]), trial.life_of(SHORT)).await?;
    let (live, _) = trial.created(&login(&[&alice])).await?;
    trial.advance(SHORT + Duration::from_secs(1)).await;
    equal("list after one of two expired", trial.listed(&alice).await?, vec![live])?;
    let ended = answered("delete_all", trial.store.delete_all(&alice.owner(), None, trial.now()).await)?;
    equal("delete_all after one of two expired", ended, 1)
}

async fn all_but_one(trial: &Trial<'_>) -> Outcome {
    let (alice, bob) = (trial.user("alice"), trial.user("bob"));
    let mut ids = vec![];
    for _ in 0..4 {
        ids.push(trial.created(&login(&[&alice])).await?.0);
    }
    let (other, _) = trial.created(&login(&[&bob])).await?;
    let ended = trial.store.delete_all(&alice.owner(), Some(ids[2]), trial.now()).await;
    equal("delete_all except one of four", answered("delete_all", ended)?, 3)?;
    for id in [ids[0], ids[1], ids[3]] {
        trial.ended("a session that was not excepted", id).await?;
    }
    trial.live("the excepted session", ids[2]).await?;
    trial.live("another user's session", other).await?;
    equal("list the user", trial.listed(&alice).await?, vec![ids[2]])?;
    let ended = trial.second.delete_all(&alice.owner(), None, trial.now()).await;
    equal("delete_all except none", answered("delete_all", ended)?, 1)?;
    trial.ended("the last session", ids[2]).await
}

async fn partly(trial: &Trial<'_>) -> Outcome {
    let user = trial.user("alice");
    let admin = User { realm: "admin", key: trial.user("root").key };
    let record = login(&[&user, &admin]);
    let (id, version) = trial.created(&record).await?;
    let (alone, _) = trial.created(&login(&[&user])).await?;
    let ended = answered("delete_all", trial.store.delete_all(&user.owner(), None, trial.now()).await)?;
    equal("delete_all of one of two users of a session", ended, 2)?;
    trial.ended("the session in which only that user was logged in", alone).await?;
    let left = trial.live("the session of both", id).await?;
    let expected = record.without_owner(&user.owner());
    equal("compare with Record::without_owner", Some(&left.record), expected.as_ref())?;
    let stale = trial.second.update(id, &record, version, trial.life()).await;
    equal("update with the version from before", answered("update", stale)?, Written::Conflict)?;
    equal("list the user", trial.listed(&user).await?, vec![])?;
    equal("list the admin", trial.listed(&admin).await?, sorted(vec![id]))
}

async fn nobody(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    equal("list a user without sessions", trial.listed(&alice).await?, vec![])?;
    let ended = trial.store.delete_all(&alice.owner(), Some(trial.id()), trial.now()).await;
    equal("delete_all of a user without sessions", answered("delete_all", ended)?, 0)
}

async fn and_where_it_went(trial: &Trial<'_>) -> Outcome {
    let (alice, bob) = (trial.user("alice"), trial.user("bob"));
    let (asking, version) = trial.created(&login(&[&alice])).await?;
    let (elsewhere, _) = trial.created(&login(&[&alice])).await?;
    let (stays, _) = trial.created(&login(&[&bob])).await?;
    let (moved, _) = trial.moved(asking, &login(&[&bob]), version).await?;
    let ended = trial.store.delete_all_and(&alice.owner(), asking, trial.now()).await;
    equal(
        "delete_all_and of two sessions, one of them another user's",
        answered("delete_all_and", ended)?,
        2,
    )?;
    trial.ended("the user's other session", elsewhere).await?;
    trial.ended("the asking session, where it went", moved).await?;
    trial.ended("the asking session, where it was", asking).await?;
    trial.live("the other user's other session", stays).await?;
    equal("list the other user", trial.listed(&bob).await?, vec![stays])
}

async fn and_once(trial: &Trial<'_>) -> Outcome {
    let alice = trial.user("alice");
    let (asking, _) = trial.created(&login(&[&alice])).await?;
    let (elsewhere, _) = trial.created(&login(&[&alice])).await?;
    let ended = trial.store.delete_all_and(&alice.owner(), asking, trial.now()).await;
    equal("delete_all_and of two sessions", answered("delete_all_and", ended)?, 2)?;
    trial.ended("the asking session", asking).await?;
    trial.ended("the user's other session", elsewhere).await?;
    let ended = trial.store.delete_all_and(&alice.owner(), asking, trial.now()).await;
    equal("delete_all_and once more", answered("delete_all_and", ended)?, 0)
}
