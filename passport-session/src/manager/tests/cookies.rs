use super::*;

#[tokio::test]
async fn a_login_that_is_not_remembered_ends_with_the_browser() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let found = f.find(&token).await.unwrap();
    assert!(!f.sessions.set_cookie(&token, &found).unwrap().to_str().unwrap().contains("Max-Age"));
}

#[tokio::test]
async fn an_id_is_nobody_in_another_cookie_of_the_same_store() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let admin: Arc<dyn SessionManager> = Sessions::over(f.store.clone()).cookie("asid").into();
    assert!(matches!(admin.load(&token).await, Ok(Lookup::None)));
    assert!(!admin.delete(&token).await.unwrap());
    assert!(f.find(&token).await.is_some());
}

#[tokio::test]
async fn what_is_no_id_costs_no_store_call() {
    let f = fixture();
    let token = f.create(&[]).await;
    let found = f.find(&token).await.unwrap();
    f.store.take_calls();
    for wrong in [&b""[..], b"short", &[b'x'; 4_096], &token.as_bytes()[1..]] {
        let wrong = Token::new(wrong);
        assert!(matches!(f.sessions.load(&wrong).await, Ok(Lookup::None)));
        assert!(!f.sessions.delete(&wrong).await.unwrap());
        assert!(f.sessions.update(&wrong, found.clone(), &same).await.unwrap().is_none());
        assert!(f.sessions.rotate(&wrong, found.clone(), &same).await.unwrap().is_none());
        assert!(f.sessions.touch(&wrong, &found).await.unwrap().is_none());
    }
    assert!(f.store.take_calls().is_empty());
}

#[test]
fn a_malformed_cookie_does_not_hide_a_well_formed_one() {
    let f = fixture();
    let (good, other) = ("A".repeat(43), format!("{}E", "B".repeat(42)));
    let find = |header: &str| {
        let mut presented = Presented::default();
        f.sessions.find_tokens(header.as_bytes(), &mut presented);
        presented
    };
    let name = "__Host-session";
    assert!(matches!(find(&format!("{name}=; {name}={good}; {name}=\"x\"")), Presented::One(_)));
    assert!(matches!(find(&format!("{name}={good}; {name}={good}")), Presented::One(_)));
    assert!(matches!(find(&format!("{name}={good}; {name}={other}")), Presented::Several(_)));
    assert!(matches!(find(&format!("session={good}; {name}={good}x")), Presented::Malformed));
    assert!(matches!(find(&format!("session={good}")), Presented::Nothing));
}

#[test]
fn of_five_hundred_cookies_four_are_kept() {
    let f = fixture();
    let ids = (0..500_u32).map(|n| {
        let mut id = [0; 32];
        id[..4].copy_from_slice(&n.to_le_bytes());
        String::from_utf8(encode(&id).as_bytes().to_vec()).unwrap()
    });
    let header = ids.map(|id| format!("__Host-session={id}")).collect::<Vec<_>>().join("; ");
    let mut presented = Presented::default();
    f.sessions.find_tokens(header.as_bytes(), &mut presented);
    assert!(matches!(presented, Presented::TooMany(tokens) if tokens.len() == 4));
}
