use super::*;

#[tokio::test]
async fn a_store_that_hangs_is_an_error_after_two_seconds() {
    let f = fixture();
    let token = f.create(&[]).await;
    f.store.hang();
    let clock = f.clock.clone();
    tokio::spawn(async move { clock.advance(Duration::from_secs(2)) });
    assert!(matches!(f.sessions.load(&token).await, Err(Error::SessionTimedOut)));
    assert!(f.find(&token).await.is_some(), "the next request is not held up");
}

#[tokio::test]
async fn a_record_that_cannot_be_decoded_is_an_anonymous_visitor_and_stays() {
    let f = fixture();
    let token = f.create(&[]).await;
    f.store.take_calls();
    f.store.fail(StoreError::Corrupt);
    assert!(matches!(f.sessions.load(&token).await, Ok(Lookup::None)));
    assert_eq!(f.store.take_calls(), ["load"]);
}

#[tokio::test]
async fn a_store_that_cannot_answer_is_no_anonymous_visitor() {
    let f = fixture();
    let token = f.create(&[]).await;
    let faults = [
        StoreError::Unreachable("refused".into()),
        StoreError::SchemaTooNew(2),
        StoreError::Foreign,
        StoreError::Full,
        StoreError::Other("broken".into()),
    ];
    for fault in faults {
        f.store.fail(fault);
        let error = f.sessions.load(&token).await.unwrap_err();
        assert!(matches!(error, Error::Session(_)) && error.status() == 503, "{error:?}");
    }
    f.store.fail(StoreError::TimedOut);
    assert!(matches!(f.sessions.load(&token).await, Err(Error::SessionTimedOut)));
}

#[tokio::test]
async fn one_session_too_many_is_told_from_a_broken_store() {
    let f = fixture();
    f.store.fail(StoreError::LimitReached);
    assert!(matches!(f.sessions.create(&same).await, Err(Error::TooManySessions)));
    f.store.fail(StoreError::Full);
    assert!(matches!(f.sessions.create(&same).await, Err(Error::Session(_))));
    f.create(&[]).await;
    assert_eq!(f.store.inner().limit.map(|limit| limit.most.get()), Some(100));
}
