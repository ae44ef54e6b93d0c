use passport_core::Error;

use super::*;

#[tokio::test]
async fn unreachable_revocations_are_no_anonymous_visitor_and_no_logout() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let found = f.find(&token).await.unwrap();
    f.revocations.become_(Mood::Unreachable);
    for error in [
        f.sessions.load(&token).await.unwrap_err(),
        f.sessions.update(&token, found.clone(), &same).await.unwrap_err(),
        f.sessions.rotate(&token, found.clone(), &same).await.unwrap_err(),
        f.sessions.touch(&token, &found).await.unwrap_err(),
        f.sessions.delete(&token).await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::Session(_)) && error.status() == 503, "{error:?}");
    }
    f.revocations.become_(Mood::Well);
    assert!(f.find(&token).await.is_some());
    assert!(f.sessions.delete(&token).await.unwrap());
}

#[tokio::test]
async fn revocations_that_hang_are_an_error_after_two_seconds() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    f.revocations.become_(Mood::Silent);
    let clock = f.clock.clone();
    tokio::spawn(async move { clock.advance(Duration::from_secs(2)) });
    assert!(matches!(f.sessions.load(&token).await, Err(Error::SessionTimedOut)));
}

#[tokio::test]
async fn a_new_session_asks_nobody() {
    let f = fixture();
    f.revocations.become_(Mood::Unreachable);
    f.create(&[f.alice()]).await;
    assert!(f.revocations.take_calls().is_empty());
}

#[tokio::test]
async fn every_read_asks_once() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    f.find(&token).await.unwrap();
    f.find(&token).await.unwrap();
    assert_eq!(f.revocations.take_calls(), ["revoked", "revoked"]);
}

/// A cookie under the right key, around a record that begins with this version.
fn sealed_by_another_release(f: &Fixture, version: u8) -> Token {
    let times = [0, u64::MAX, u64::MAX].map(u64::to_le_bytes).concat();
    let record = [&[version][..], &[0; 22]].concat();
    let plain = [times, record].concat();
    let value = seal::encrypt(&key(1).into(), f.sessions.cookie_name(), [0; 24], &plain);
    Token::new(value.unwrap().as_bytes())
}

#[tokio::test]
async fn a_session_of_a_newer_release_is_an_error_and_one_that_cannot_be_decoded_is_nobody() {
    let f = fixture();
    let load = async |version| f.sessions.load(&sealed_by_another_release(&f, version)).await;
    assert!(matches!(load(1).await, Ok(Lookup::Found(_))));
    assert!(matches!(load(2).await, Err(Error::Session(_))));
    assert!(matches!(load(0).await, Ok(Lookup::None)));
}
