use super::*;

#[tokio::test]
async fn a_user_sees_live_sessions_only() {
    let f = fixture();
    f.create(&[f.alice()]).await;
    let brief = Login { idle: MINUTE, ..f.alice() };
    f.create(&[brief, Login { realm: "admin", ..f.alice() }]).await;
    assert_eq!(f.sessions.list(&brief.owner()).await.unwrap().len(), 2);
    f.clock.advance(MINUTE);
    assert_eq!(f.sessions.list(&brief.owner()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_session_ends_by_its_public_name_for_its_owner_only() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let handle = f.find(&token).await.unwrap().record.handle();
    let (alice, bob) = (f.alice().owner(), f.login("bob", None).owner());
    assert!(!f.sessions.end(&bob, handle).await.unwrap());
    assert!(!f.sessions.end(&alice, Handle::new([0; 16])).await.unwrap());
    assert!(f.sessions.end(&alice, handle).await.unwrap());
    assert!(!f.sessions.end(&alice, handle).await.unwrap());
    assert!(matches!(f.sessions.load(&token).await, Ok(Lookup::Ended)));
}

#[tokio::test]
async fn ending_one_users_login_leaves_the_other_in_the_session_and_extends_nothing() {
    let f = fixture();
    let token = f.create(&[f.alice(), Login { realm: "admin", ..f.alice() }]).await;
    let before = f.find(&token).await.unwrap();
    f.clock.advance(MINUTE);
    f.store.inner().faults.extend([None, Some(crate::testing::Fault::Conflict)]);
    assert!(f.sessions.end(&f.alice().owner(), before.record.handle()).await.unwrap());
    let found = f.find(&token).await.unwrap();
    assert!(found.record.login("user").is_none() && found.record.login("admin").is_some());
    assert_eq!(found.life, Life { seen: f.clock.now(), expires: before.life.expires });
}

#[tokio::test]
async fn all_of_a_users_sessions_end_but_one() {
    let f = fixture();
    let (here, there) = (f.create(&[f.alice()]).await, f.create(&[f.alice()]).await);
    assert_eq!(f.sessions.delete_all(&f.alice().owner(), Some(&here)).await.unwrap(), 1);
    assert!(f.find(&here).await.is_some() && f.find(&there).await.is_none());
}
