use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use http::StatusCode;
use passport_core::{BoxError, Client, Failure, Outcome, Passport, Strategy, async_trait};
use passport_local::{Account, Admission, ClientKey, Credentials, Local, Verdict, Verify, accounts_from};

use crate::{
    accounts::{Table, User},
    failure, form, hash, user,
};

#[tokio::test]
async fn a_rate_limit_refuses_known_and_unknown_names_before_any_lookup() {
    let table = Table::of([("alice", Some(hash("right")), false)]);
    let strategy = table
        .strategy()
        .before_hash(|_, _| async { Ok(Admission::Refuse { retry_after: Duration::from_secs(60) }) });
    for body in ["username=alice&password=right", "username=nobody&password=right"] {
        let failed = failure(&strategy, &form(body)).await;
        assert_eq!(failed.as_status(), Some(StatusCode::TOO_MANY_REQUESTS));
        assert_eq!(failed.as_retry_after(), Some(Duration::from_secs(60)));
    }
    assert!(table.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_rate_limit_counts_passwords_that_are_too_long() {
    let attempts = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&attempts);
    let strategy = Table::default().strategy().before_hash(move |_, _| {
        *counter.lock().unwrap() += 1;
        async { Ok(Admission::Admit) }
    });
    let _ = failure(&strategy, &form(format!("username=alice&password={}", "x".repeat(1025)))).await;
    assert_eq!(*attempts.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_rate_limit_is_told_the_name_and_the_client() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&told);
    let strategy = Table::default().strategy().before_hash(move |username, client| {
        log.lock().unwrap().push((username, client));
        async { Ok(Admission::Admit) }
    });
    let mut request = form("username=nobody&password=x");
    let _ = failure(&strategy, &request).await;
    let passport = Passport::stateless().strategy("local", Table::default().strategy()).build().unwrap();
    let pending = passport.begin(request.method(), None, request.headers(), None);
    pending.session().set_client(Client::new().with_address("192.0.2.7".parse().unwrap()));
    request.extensions_mut().insert(pending.session().clone());
    let _ = failure(&strategy, &request).await;
    let strategy = strategy.client_key(|req| req.uri().path().strip_prefix('/').map(str::to_owned));
    let _ = failure(&strategy, &request).await;
    let clients: Vec<_> =
        told.lock().unwrap().iter().map(|(name, client)| (name.clone(), client.clone())).collect();
    let nobody = || "nobody".to_owned();
    assert_eq!(
        clients,
        [
            (nobody(), ClientKey::unknown()),
            (nobody(), ClientKey::from("192.0.2.7")),
            (nobody(), ClientKey::from("login")),
        ]
    );
}

#[tokio::test]
async fn a_rate_limit_that_fails_lets_nobody_in() {
    let strategy = Table::of([("alice", Some(hash("right")), false)])
        .strategy()
        .before_hash(|_, _| async { Err("the counter is unreachable".into()) });
    assert!(strategy.authenticate(&form("username=alice&password=right")).await.is_err());
}

#[tokio::test]
async fn a_closure_can_be_the_verifier() {
    let strategy = Local::with(|credentials: Credentials| async move {
        let right = credentials.password.expose_bytes() == b"open sesame";
        Ok(right.then(|| Arc::new(User { name: credentials.username })))
    });
    assert_eq!(user(&strategy, &form("username=ali&password=open+sesame")).await, "ali");
    assert_eq!(failure(&strategy, &form("username=ali&password=open")).await.as_status(), None);
}

#[tokio::test]
async fn a_closure_can_find_the_accounts() {
    let strategy = Local::new(accounts_from(|username: String| async move {
        Ok((username == "alice").then(|| Account::new(User { name: username }, "1").hash(hash("right"))))
    }));
    assert_eq!(user(&strategy, &form("username=alice&password=right")).await, "alice");
}

/// Judges as the password says.
struct Obedient;

#[async_trait]
impl Verify for Obedient {
    type User = User;

    async fn verify(&self, credentials: Credentials, _: &ClientKey) -> Result<Verdict<User>, BoxError> {
        match credentials.password.expose_str() {
            "busy" => Ok(Verdict::Refused(
                Failure::new("Later.")
                    .status(StatusCode::SERVICE_UNAVAILABLE)
                    .retry_after(Duration::from_secs(9)),
            )),
            "error" => Err("out of order".into()),
            _ => Ok(Verdict::Wrong(None)),
        }
    }
}

#[tokio::test]
async fn a_verifier_can_refuse_without_a_verdict() {
    let failed = failure(&Local::verify(Obedient), &form("username=a&password=busy")).await;
    assert_eq!(failed.as_status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(failed.as_retry_after(), Some(Duration::from_secs(9)));
    assert!(failed.as_subject().is_some());
}

#[tokio::test]
async fn a_verifier_that_fails_is_an_error_and_not_a_wrong_password() {
    assert!(Local::verify(Obedient).authenticate(&form("username=a&password=error")).await.is_err());
}

#[tokio::test]
async fn a_verifier_never_sees_a_password_that_is_too_long() {
    let strategy =
        Local::with(|_: Credentials| async { Ok(Some(Arc::new(User { name: "anybody".into() }))) });
    let request = form(format!("username=a&password={}", "x".repeat(1025)));
    assert!(matches!(strategy.authenticate(&request).await.unwrap(), Outcome::Fail(_)));
}
