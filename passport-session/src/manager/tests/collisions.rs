use super::*;

#[tokio::test]
async fn a_rotation_keeps_the_logins_own_end_and_the_sessions_name() {
    let f = fixture();
    let old = f.create(&[f.alice()]).await;
    let found = f.find(&old).await.unwrap();
    let (until, handle) = (found.record.login("user").unwrap().until, found.record.handle());
    f.clock.advance(MINUTE);
    let (new, _) = f.sessions.rotate(&old, found, &same).await.unwrap().unwrap();
    assert!(f.find(&old).await.is_none());
    let found = f.find(&new).await.unwrap();
    assert_eq!((found.record.login("user").unwrap().until, found.record.handle()), (until, handle));
}

#[tokio::test]
async fn a_session_that_ended_is_neither_changed_nor_moved_nor_extended() {
    let f = fixture();
    let token = f.create(&[]).await;
    let found = f.find(&token).await.unwrap();
    assert!(f.sessions.delete(&token).await.unwrap());
    assert!(!f.sessions.delete(&token).await.unwrap());
    assert!(matches!(f.sessions.load(&token).await, Ok(Lookup::Ended)));
    assert!(f.sessions.update(&token, found.clone(), &same).await.unwrap().is_none());
    assert!(f.sessions.rotate(&token, found.clone(), &same).await.unwrap().is_none());
    assert!(f.sessions.touch(&token, &found).await.unwrap().is_none());
    assert!(f.store.inner().live.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_parallel_increments_make_a_hundred() {
    let store = TestStore::default();
    store.inner().slow = true;
    let sessions: Arc<dyn SessionManager> = Sessions::over(store).deadline(MINUTE).into();
    let (token, found) = sessions.create(&write(&[], &[("n", &[0])])).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let (sessions, token, found) = (sessions.clone(), token.clone(), found.clone());
        tasks.spawn(async move { sessions.update(&token, found, &increment).await.unwrap().unwrap() });
    }
    let mut counted: Vec<u8> =
        tasks.join_all().await.iter().map(|updated| number(&updated.found.record)).collect();
    counted.sort_unstable();
    assert_eq!(counted, (1..=100).collect::<Vec<u8>>());
}

#[tokio::test]
async fn nobody_waits_until_there_was_a_collision() {
    let f = fixture();
    let token = f.create(&[]).await;
    let found = f.find(&token).await.unwrap();
    f.store.take_calls();
    f.store.collide();
    let mut write = pin!(f.sessions.update(&token, found, &increment));
    assert!(write.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop())).is_ready());
    assert_eq!(f.store.take_calls(), ["update", "load", "update"]);
}

#[tokio::test]
async fn a_session_that_collides_for_ever_is_given_up_at_the_deadline() {
    let f = fixture();
    let token = f.create(&[]).await;
    let found = f.find(&token).await.unwrap();
    f.store.inner().always_collide = true;
    let clock = f.clock.clone();
    let turn = tokio::spawn(async move {
        for _ in 0..2_000 {
            tokio::task::yield_now().await;
            clock.advance(Duration::from_millis(1));
        }
    });
    let result = f.sessions.update(&token, found, &same).await;
    assert!(matches!(result, Err(Error::SessionTimedOut)));
    turn.await.unwrap();
    let attempts = f.store.take_calls().iter().filter(|call| **call == "update").count();
    assert!((10..100).contains(&attempts), "pauses that grow allow some twenty attempts, not {attempts}");
}
