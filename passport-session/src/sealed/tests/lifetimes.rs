use super::*;

const MOMENT: Duration = Duration::from_millis(1);

#[tokio::test]
async fn a_session_ends_exactly_after_the_idle_timeout() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    f.clock.advance((MINUTE * 30).saturating_sub(MOMENT));
    assert!(f.find(&token).await.is_some());
    f.clock.advance(MOMENT);
    assert!(f.find(&token).await.is_none());
}

#[tokio::test]
async fn activity_extends_a_session_until_its_absolute_end() {
    let f = fixture();
    for logins in [&[f.alice()][..], &[]] {
        let mut token = f.create(logins).await;
        for _ in 0..(12 * 3 - 1) {
            f.clock.advance(MINUTE * 20);
            let found = f.find(&token).await.unwrap();
            assert!(found.due);
            token = f.sessions.touch(&token, &found).await.unwrap().unwrap().token.unwrap();
        }
        f.clock.advance((MINUTE * 20).saturating_sub(MOMENT));
        let found = f.find(&token).await.unwrap();
        assert_eq!(found.life.expires, f.clock.now().plus(MOMENT));
        f.clock.advance(MOMENT);
        assert!(f.find(&token).await.is_none());
        assert!(f.sessions.touch(&token, &found).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn an_expired_login_does_not_come_back_in_a_newer_cookie() {
    let f = fixture();
    let token = f.create(&[f.alice(), Login { idle: MINUTE, ..Login::of("admin", "root") }]).await;
    let early = f.find(&token).await.unwrap();
    f.clock.advance(MINUTE);
    let found = f.find(&token).await.unwrap();
    assert!(found.expired);
    for found in [found, early] {
        let touched = f.sessions.touch(&token, &found).await.unwrap().unwrap();
        let read = f.find(&touched.token.unwrap()).await.unwrap();
        assert!(read.record.login("admin").is_none() && read.record.login("user").is_some());
    }
}

#[tokio::test]
async fn a_clock_that_is_turned_back_extends_nothing() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let before = f.find(&token).await.unwrap();
    f.clock.set(Timestamp::from_millis(f.clock.now().as_millis() - 60 * 60 * 1_000));
    assert!(!f.find(&token).await.unwrap().due);
    let touched = f.sessions.touch(&token, &before).await.unwrap().unwrap().found;
    assert!(touched.life.expires <= before.life.expires);
}
