use super::*;

#[tokio::test]
async fn an_anonymous_session_ends_exactly_after_the_idle_timeout() {
    let f = fixture();
    let token = f.create(&[]).await;
    f.clock.advance((MINUTE * 30).saturating_sub(Duration::from_millis(1)));
    assert!(f.find(&token).await.is_some());
    f.clock.advance(Duration::from_millis(1));
    assert!(f.find(&token).await.is_none());
}

#[tokio::test]
async fn activity_extends_a_session_until_its_absolute_end() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    for _ in 0..(12 * 3 - 1) {
        f.clock.advance(MINUTE * 20);
        let found = f.find(&token).await.unwrap();
        assert!(found.due);
        assert!(f.sessions.touch(&token, &found).await.unwrap().is_some());
    }
    f.clock.advance((MINUTE * 20).saturating_sub(Duration::from_millis(1)));
    assert_eq!(f.find(&token).await.unwrap().record.logins().count(), 1);
    f.clock.advance(Duration::from_millis(1));
    assert!(f.find(&token).await.is_none());
}

#[tokio::test]
async fn reading_is_written_down_at_most_once_a_minute() {
    let f = fixture();
    let token = f.create(&[]).await;
    f.clock.advance(MINUTE.saturating_sub(Duration::from_millis(1)));
    assert!(!f.find(&token).await.unwrap().due);
    f.clock.advance(Duration::from_millis(1));
    let found = f.find(&token).await.unwrap();
    assert!(found.due);
    let touched = f.sessions.touch(&token, &found).await.unwrap().unwrap().found;
    assert!(!touched.due);
    assert!(!f.find(&token).await.unwrap().due);
}

#[tokio::test]
async fn a_remembered_login_lives_its_days_without_a_request_and_not_a_moment_longer() {
    let f = fixture();
    let days = MINUTE * 60 * 24 * 30;
    let token = f.create(&[f.login("alice", Some(days))]).await;
    f.clock.advance(days.saturating_sub(Duration::from_secs(1)));
    let found = f.find(&token).await.unwrap();
    let cookie = f.sessions.set_cookie(&token, &found).unwrap();
    assert!(cookie.to_str().unwrap().ends_with("; Max-Age=1"));
    f.clock.advance(Duration::from_secs(1));
    assert!(f.find(&token).await.is_none());
}

#[tokio::test]
async fn an_expired_login_goes_and_the_other_ones_data_stays() {
    let f = fixture();
    let token = f.create(&[f.alice(), Login { idle: MINUTE, ..Login::of("admin", "root") }]).await;
    f.clock.advance(MINUTE);
    let found = f.find(&token).await.unwrap();
    assert_eq!((found.expired, found.record.logins().count(), number(&found.record)), (true, 1, 0));
    assert!(found.record.login("admin").is_none());
}

#[tokio::test]
async fn noting_a_request_brings_no_expired_login_back() {
    let f = fixture();
    let token = f.create(&[f.alice(), Login { idle: MINUTE, ..Login::of("admin", "root") }]).await;
    let early = f.find(&token).await.unwrap();
    f.clock.advance(MINUTE);
    let found = f.find(&token).await.unwrap();
    for found in [found, early] {
        let touched = f.sessions.touch(&token, &found).await.unwrap().unwrap().found;
        assert!(touched.record.login("admin").is_none());
        assert!(f.find(&token).await.unwrap().record.login("admin").is_none());
    }
}

#[tokio::test]
async fn a_slow_request_writes_without_the_login_that_expired_meanwhile() {
    let f = fixture();
    let token = f.create(&[f.alice(), Login { idle: MINUTE, ..Login::of("admin", "root") }]).await;
    let found = f.find(&token).await.unwrap();
    f.clock.advance(MINUTE);
    let updated = f.sessions.update(&token, found, &same).await.unwrap().unwrap().found;
    assert!(updated.record.login("admin").is_none());
}

#[tokio::test]
async fn a_slow_request_ends_no_login_that_another_request_kept_alive() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let slow = f.find(&token).await.unwrap();
    f.clock.advance(MINUTE * 20);
    let found = f.find(&token).await.unwrap();
    f.sessions.touch(&token, &found).await.unwrap().unwrap();
    f.clock.advance(MINUTE * 20);
    let updated = f.sessions.update(&token, slow, &same).await.unwrap().unwrap().found;
    assert_eq!(updated.record.logins().count(), 1);
}

#[tokio::test]
async fn a_clock_that_is_turned_back_extends_nothing_and_ends_nothing() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let before = f.find(&token).await.unwrap();
    f.clock.set(Timestamp::from_millis(f.clock.now().as_millis() - 60 * 60 * 1_000));
    let found = f.find(&token).await.unwrap();
    assert!(!found.due);
    let touched = f.sessions.touch(&token, &found).await.unwrap().unwrap().found;
    assert_eq!(touched.life.expires, before.life.expires);
    let updated = f.sessions.update(&token, before.clone(), &same).await.unwrap().unwrap().found;
    assert_eq!(updated.life.expires, before.life.expires);
    assert_eq!(f.find(&token).await.unwrap().life.expires, before.life.expires);
}
