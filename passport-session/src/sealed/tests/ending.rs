use super::*;

#[tokio::test]
async fn a_copied_cookie_is_dead_after_logout() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    f.clock.advance(MINUTE);
    let found = f.find(&token).await.unwrap();
    let newer = f.sessions.touch(&token, &found).await.unwrap().unwrap().token.unwrap();
    assert!(f.sessions.delete(&newer).await.unwrap());
    assert!(!f.sessions.delete(&newer).await.unwrap());
    for copy in [token, newer] {
        assert!(matches!(f.sessions.load(&copy).await, Ok(Lookup::Ended)));
    }
}

#[tokio::test]
async fn a_minute_after_a_logout_the_old_cookie_is_as_good_as_none() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    f.sessions.delete(&token).await.unwrap();
    f.clock.advance(MINUTE.saturating_sub(Duration::from_millis(1)));
    assert!(matches!(f.sessions.load(&token).await, Ok(Lookup::Ended)));
    f.clock.advance(Duration::from_millis(1));
    assert!(matches!(f.sessions.load(&token).await, Ok(Lookup::None)));
}

#[tokio::test]
async fn a_logout_with_a_copy_that_is_idle_ends_the_newer_copies_too() {
    let f = fixture();
    let old = f.create(&[f.alice()]).await;
    f.clock.advance(MINUTE * 20);
    let found = f.find(&old).await.unwrap();
    let newer = f.sessions.touch(&old, &found).await.unwrap().unwrap().token.unwrap();
    f.clock.advance(MINUTE * 20);
    assert!(f.find(&old).await.is_none());
    assert!(f.sessions.delete(&old).await.unwrap());
    assert!(f.find(&newer).await.is_none());
}

#[tokio::test]
async fn what_a_slow_request_seals_after_a_logout_is_dead() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let found = f.find(&token).await.unwrap();
    f.sessions.delete(&token).await.unwrap();
    assert!(f.sessions.update(&token, found.clone(), &same).await.unwrap().is_none());
    assert!(f.sessions.touch(&token, &found).await.unwrap().is_none());
    assert!(f.sessions.rotate(&token, found, &same).await.unwrap().is_none());
}

#[tokio::test]
async fn what_was_sealed_just_before_a_logout_is_dead_after_it() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let found = f.find(&token).await.unwrap();
    let written = f.sessions.update(&token, found, &same).await.unwrap().unwrap().token.unwrap();
    f.sessions.delete(&token).await.unwrap();
    assert!(f.find(&written).await.is_none());
}

#[tokio::test]
async fn a_write_keeps_the_handle_and_a_rotation_changes_it() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let found = f.find(&token).await.unwrap();
    let handle = found.record.handle();
    let updated = f.sessions.update(&token, found, &same).await.unwrap().unwrap();
    let token = updated.token.unwrap();
    assert_eq!(updated.found.record.handle(), handle);
    let (new, moved) = f.sessions.rotate(&token, updated.found, &same).await.unwrap().unwrap();
    assert_ne!(moved.record.handle(), handle);
    assert!(matches!(f.sessions.load(&token).await, Ok(Lookup::Ended)));
    assert_eq!(number(&f.find(&new).await.unwrap().record), 7);
}

#[tokio::test]
async fn of_two_rotations_one_wins() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let found = f.find(&token).await.unwrap();
    assert!(f.sessions.rotate(&token, found.clone(), &same).await.unwrap().is_some());
    assert!(f.sessions.rotate(&token, found, &same).await.unwrap().is_none());
}

#[tokio::test]
async fn sessions_of_a_user_need_a_store() {
    let f = fixture();
    let owner = f.alice().owner();
    for error in [
        f.sessions.require_store("`take`").unwrap_err(),
        f.sessions.list(&owner).await.unwrap_err(),
        f.sessions.end(&owner, Handle::new([0; 16])).await.unwrap_err(),
        f.sessions.delete_all(&owner, None).await.unwrap_err(),
    ] {
        assert!(matches!(error, passport_core::Error::NeedsStore(_)), "{error}");
    }
}

#[tokio::test]
async fn revocations_in_a_session_store_end_sessions_too() {
    let revocations = StoreRevocations::over(crate::testing::TestStore::default());
    let sessions: Arc<dyn SessionManager> = SealedSessions::new(key(1), revocations).into();
    let until = passport_core::Clock::now(&**sessions.clock()).plus(Duration::from_secs(60));
    let alice = Login { until, ..Login::of("user", "alice") };
    let (token, _) = sessions.create(&write(&[alice], &[])).await.unwrap();
    assert!(matches!(sessions.load(&token).await, Ok(Lookup::Found(_))));
    assert!(sessions.delete(&token).await.unwrap());
    assert!(matches!(sessions.load(&token).await, Ok(Lookup::Ended)));
}

#[tokio::test]
async fn visitors_without_a_login_fill_no_revocations() {
    let store = Arc::new(crate::MemoryStore::with_capacity(10));
    let sessions: Arc<dyn SessionManager> = SealedSessions::new(key(1), StoreRevocations::over(store)).into();
    for _ in 0..100 {
        let (token, _) = sessions.create(&same).await.unwrap();
        assert!(sessions.delete(&token).await.unwrap());
    }
    let until = passport_core::Clock::now(&**sessions.clock()).plus(Duration::from_secs(60));
    let alice = Login { until, ..Login::of("user", "alice") };
    let (token, _) = sessions.create(&write(&[alice], &[])).await.unwrap();
    assert!(sessions.delete(&token).await.unwrap(), "alice can log out");
}

#[tokio::test]
async fn visitors_who_change_their_id_fill_no_revocations() {
    let store = Arc::new(crate::MemoryStore::with_capacity(10));
    let sessions: Arc<dyn SessionManager> = SealedSessions::new(key(1), StoreRevocations::over(store)).into();
    let (mut token, mut found) = sessions.create(&same).await.unwrap();
    for _ in 0..100 {
        (token, found) = sessions.rotate(&token, found, &same).await.unwrap().unwrap();
    }
    let until = passport_core::Clock::now(&**sessions.clock()).plus(Duration::from_secs(60));
    let alice = Login { until, ..Login::of("user", "alice") };
    let (logged_in, _) = sessions.rotate(&token, found, &write(&[alice], &[])).await.unwrap().unwrap();
    assert!(
        matches!(sessions.load(&token).await, Ok(Lookup::Ended)),
        "what a login makes somebody's is noted"
    );
    assert!(sessions.delete(&logged_in).await.unwrap(), "alice can log out");
}
