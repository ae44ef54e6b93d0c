//! The limit, when many log in at once.

use passport_core::BoxFuture;

use crate::{
    Beyond, StoreError, Written,
    conformance::{
        case::{Case, Outcome, equal},
        storm::{Found, storm},
        trial::{Trial, User, failed, limit, login, visitor},
    },
};

const ATOMIC: &str = "limit is enforced atomically, on create and on rotate";
const AT_ONCE: usize = 20;
const MOST: u32 = 5;
const ROUNDS: usize = 5;

pub(super) const CASES: &[Case] = &[
    Case::new("of twenty logins at once five stay", ATOMIC, |trial| {
        Box::pin(create(trial, Beyond::EndOldest, AT_ONCE))
    }),
    Case::new("of twenty logins at once five are let in", ATOMIC, |trial| {
        Box::pin(create(trial, Beyond::Refuse, MOST as usize))
    }),
    Case::new("of twenty visitors who log in at once five stay", ATOMIC, |trial| {
        Box::pin(rotate(trial, Beyond::EndOldest, AT_ONCE))
    }),
    Case::new("of twenty visitors who log in at once five are let in", ATOMIC, |trial| {
        Box::pin(rotate(trial, Beyond::Refuse, MOST as usize))
    }),
];

async fn create(trial: &Trial<'_>, beyond: Beyond, expected: usize) -> Outcome {
    for _ in 0..ROUNDS {
        let alice = trial.user("alice");
        let task = |number| {
            let (store, id, life) = (trial.handle(number), trial.id(), trial.life());
            let record = login(&[&alice]);
            Box::pin(
                async move { let_in(store.create(id, &record, life, limit(MOST, beyond)).await.map(drop)) },
            ) as _
        };
        counted(trial, &alice, (0..AT_ONCE).map(task).collect(), expected).await?;
    }
    Ok(())
}

async fn rotate(trial: &Trial<'_>, beyond: Beyond, expected: usize) -> Outcome {
    for _ in 0..ROUNDS {
        let alice = trial.user("alice");
        let mut tasks: Vec<BoxFuture<'static, Found<bool>>> = vec![];
        for number in 0..AT_ONCE {
            let (old, version) = trial.created(&visitor(&[])).await?;
            let (store, new, life) = (trial.handle(number), trial.id(), trial.life());
            let record = login(&[&alice]);
            tasks.push(Box::pin(async move {
                match store.rotate(old, new, &record, version, life, limit(MOST, beyond)).await {
                    Ok(Written::Done(_)) => let_in(Ok(())),
                    Ok(other) => failed("log a visitor in", "Done or Err(LimitReached)", &other),
                    Err(error) => let_in(Err(error)),
                }
            }));
        }
        counted(trial, &alice, tasks, expected).await?;
    }
    Ok(())
}

/// Begins all of them at once, and counts who was let in and who stays.
async fn counted(
    trial: &Trial<'_>,
    user: &User,
    logins: Vec<BoxFuture<'static, Found<bool>>>,
    expected: usize,
) -> Outcome {
    let let_in = storm(logins).await?;
    equal("count who was let in", let_in.into_iter().filter(|one| *one).count(), expected)?;
    equal("count the list", trial.listed(user).await?.len(), MOST as usize)
}

fn let_in(answer: Result<(), StoreError>) -> Found<bool> {
    match answer {
        Ok(()) => Ok(true),
        Err(StoreError::LimitReached) => Ok(false),
        Err(error) => failed("log in among twenty at once", "Ok or Err(LimitReached)", &error),
    }
}
