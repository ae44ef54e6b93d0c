use super::*;
use crate::effort::tests::{Counting, Work};

const CHEAP: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

fn cheap() -> Hasher {
    Hasher::with(Argon2id::new(256, 2, 1).unwrap(), Gate::new(1, 8))
}

/// Checks with an engine that counts, and says that nothing matches.
async fn count(password: &str, stored: Option<&str>) -> (Checked, Vec<Work>) {
    let counting = Arc::new(Counting::default());
    let hasher = Hasher { engine: counting.clone(), ..cheap() };
    let checked = hasher.check(Password::new(password), stored, &ClientKey::unknown()).await.unwrap();
    let log = counting.log.lock().unwrap().clone();
    (checked, log)
}

#[tokio::test]
async fn a_name_that_nobody_has_is_hashed_for_all_the_same() {
    let (checked, log) = count("secret", None).await;
    assert_eq!(checked, Checked::Wrong);
    assert!(matches!(log[..], [Work::Spent(Cost::Argon2(_), 512)]), "{log:?}");
}

#[tokio::test]
async fn an_absurd_hash_is_not_computed_but_takes_as_long() {
    let (checked, log) = count(
        "secret",
        Some("$argon2id$v=19$m=4194304,t=9,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"),
    )
    .await;
    assert_eq!(checked, Checked::Unusable(Unusable::Absurd));
    assert!(matches!(log[..], [Work::Spent(Cost::Argon2(_), 512)]), "{log:?}");
}

#[tokio::test]
async fn a_password_that_is_too_long_is_wrong_and_never_hashed() {
    for stored in [None, Some(CHEAP)] {
        let (checked, log) = count(&"x".repeat(1025), stored).await;
        assert_eq!((checked, log), (Checked::Wrong, vec![]));
    }
}

#[tokio::test]
async fn what_was_hashed_is_right_and_the_rest_is_wrong() {
    let (hasher, client) = (cheap(), ClientKey::unknown());
    let hash = hasher.hash(Password::new("correct horse"), &client).await.unwrap();
    let right = hasher.check(Password::new("correct horse"), Some(&hash), &client).await.unwrap();
    assert_eq!(right, Checked::Right { upgrade: None });
    let wrong = hasher.check(Password::new("Correct horse"), Some(&hash), &client).await.unwrap();
    assert_eq!(wrong, Checked::Wrong);
}

#[tokio::test]
async fn a_password_is_the_same_however_its_letters_are_composed() {
    let (hasher, client) = (cheap(), ClientKey::unknown());
    let hash = hasher.hash(Password::new("caf\u{e9}"), &client).await.unwrap();
    let decomposed = hasher.check(Password::new("cafe\u{301}"), Some(&hash), &client).await.unwrap();
    assert!(decomposed.is_right());
    let hash = hasher.hash(Password::new("cafe\u{301}"), &client).await.unwrap();
    let composed = hasher.check(Password::new("caf\u{e9}"), Some(&hash), &client).await.unwrap();
    assert!(composed.is_right());
}

#[tokio::test]
async fn a_weaker_hash_comes_with_a_better_one() {
    let (hasher, client) =
        (Hasher::with(Argon2id::new(512, 2, 1).unwrap(), Gate::new(1, 8)), ClientKey::unknown());
    let checked = hasher.check(Password::new("password"), Some(CHEAP), &client).await.unwrap();
    let Checked::Right { upgrade: Some(better) } = checked else { panic!("{checked:?}") };
    assert!(better.starts_with("$argon2id$v=19$m=512,t=2,p=1$"), "{better}");
    let again = hasher.check(Password::new("password"), Some(&better), &client).await.unwrap();
    assert_eq!(again, Checked::Right { upgrade: None });
}

#[tokio::test]
async fn a_full_gate_is_an_error_that_says_when_to_come_back() {
    let hasher = Hasher::with(Argon2id::default(), Gate::new(1, 0));
    let (free, release) = std::sync::mpsc::channel::<()>();
    let gate = hasher.gate().clone();
    let running = tokio::spawn(async move { gate.run(&ClientKey::unknown(), move || release.recv()).await });
    tokio::task::yield_now().await;
    let error = hasher.check(Password::new("secret"), None, &ClientKey::unknown()).await.unwrap_err();
    assert_eq!(error.status(), http::StatusCode::SERVICE_UNAVAILABLE);
    let failure = error.into_failure().unwrap();
    assert!(failure.as_retry_after().is_some());
    free.send(()).unwrap();
    running.await.unwrap().unwrap().unwrap();
}

#[test]
fn an_example_that_would_be_refused_is_an_error_at_start() {
    assert!(Hasher::new().expect("$2b$31$").is_err());
}

#[cfg(feature = "bcrypt")]
#[tokio::test]
async fn beyond_what_bcrypt_sees_nothing_is_upgraded() {
    let client = ClientKey::unknown();
    let hash = bcrypt::hash("x".repeat(80), 4).unwrap();
    for (typed, upgrades) in
        [("x".repeat(72), true), ("x".repeat(80), false), ("x".repeat(72) + "typo", false)]
    {
        let checked = cheap().check(Password::new(typed), Some(&hash), &client).await.unwrap();
        let Checked::Right { upgrade } = checked else { panic!("{checked:?}") };
        assert_eq!(upgrade.is_some(), upgrades);
    }
}
