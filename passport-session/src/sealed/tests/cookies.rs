use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use passport_core::Error;

use super::*;

/// Whether a value is nobody, and nobody was asked about it.
async fn is_nobody(f: &Fixture, sessions: &Arc<dyn SessionManager>, value: &[u8], found: &Found) -> bool {
    let token = Token::new(value);
    let nobody = matches!(sessions.load(&token).await, Ok(Lookup::None))
        && matches!(sessions.update(&token, found.clone(), &same).await, Ok(None))
        && matches!(sessions.rotate(&token, found.clone(), &same).await, Ok(None))
        && matches!(sessions.touch(&token, found).await, Ok(None))
        && matches!(sessions.delete(&token).await, Ok(false));
    nobody && f.revocations.take_calls().is_empty()
}

#[tokio::test]
async fn a_session_reads_back_from_its_cookie_and_shows_nothing_in_it() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let found = f.find(&token).await.unwrap();
    assert_eq!((number(&found.record), found.record.logins().count()), (7, 1));
    let bytes = URL_SAFE_NO_PAD.decode(token.as_bytes()).unwrap();
    assert!(!bytes.windows(5).any(|window| window == b"alice"));
    assert_ne!(f.create(&[f.alice()]).await, token, "equal sessions are sealed differently");
}

#[tokio::test]
async fn every_flipped_bit_is_nobody() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let found = f.find(&token).await.unwrap();
    f.revocations.take_calls();
    let bytes = URL_SAFE_NO_PAD.decode(token.as_bytes()).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut wrong = bytes.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        let value = URL_SAFE_NO_PAD.encode(&wrong);
        assert!(is_nobody(&f, &f.sessions, value.as_bytes(), &found).await, "bit {bit}");
    }
    for at in 0..token.as_bytes().len() {
        for bit in 0..8 {
            let mut wrong = token.as_bytes().to_vec();
            wrong[at] ^= 1 << bit;
            assert!(is_nobody(&f, &f.sessions, &wrong, &found).await, "character {at}, bit {bit}");
        }
    }
}

#[tokio::test]
async fn every_cut_and_every_addition_is_nobody() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let found = f.find(&token).await.unwrap();
    f.revocations.take_calls();
    let value = token.as_bytes();
    for len in 0..value.len() {
        assert!(is_nobody(&f, &f.sessions, &value[..len], &found).await, "cut to {len}");
        assert!(is_nobody(&f, &f.sessions, &value[len + 1..], &found).await, "without its first {len}");
    }
    for more in ["A", "=", "==", "AAAA", " ", "\0"] {
        assert!(is_nobody(&f, &f.sessions, &[value, more.as_bytes()].concat(), &found).await, "{more:?}");
    }
}

#[tokio::test]
async fn garbage_is_nobody() {
    let f = fixture();
    let token = f.create(&[]).await;
    let found = f.find(&token).await.unwrap();
    f.revocations.take_calls();
    for len in [0, 1, 43, 115, 116, 117, 118, 119, 500, 4_000, 100_000] {
        for byte in [b'A', b'_', b'%', 0, 0xff] {
            assert!(is_nobody(&f, &f.sessions, &vec![byte; len], &found).await, "{len} times {byte}");
        }
    }
}

#[tokio::test]
async fn a_session_is_nobody_in_another_cookie() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let found = f.find(&token).await.unwrap();
    f.revocations.take_calls();
    let admin = SealedSessions::new(key(1), f.revocations.clone()).clock(f.clock.clone()).cookie("asid");
    assert!(is_nobody(&f, &admin.into(), token.as_bytes(), &found).await);
}

#[tokio::test]
async fn a_retired_key_opens_until_it_is_dropped_and_seals_nothing() {
    let f = fixture();
    let token = f.create(&[f.alice()]).await;
    let found = f.find(&token).await.unwrap();
    let rotated = f.with_keys(Keys::new(key(2)).and_retired(key(1)));
    assert!(matches!(rotated.load(&token).await, Ok(Lookup::Found(_))));
    let sealed_anew = rotated.touch(&token, &found).await.unwrap().unwrap().token.unwrap();
    f.revocations.take_calls();
    let dropped = f.with_keys(key(2).into());
    assert!(is_nobody(&f, &dropped, token.as_bytes(), &found).await);
    assert!(matches!(dropped.load(&sealed_anew).await, Ok(Lookup::Found(_))));
}

#[tokio::test]
async fn the_largest_session_that_is_sealed_is_one_that_browsers_keep() {
    let f = fixture();
    let create = async |len: usize| {
        let login = Login { remembered: true, until: Timestamp::NEVER, ..f.alice() };
        let data = vec![b'x'; len];
        f.sessions.create(&write(&[login], &[("cart", &data)])).await
    };
    let mut largest = 0;
    for len in 2_000..3_000 {
        match create(len).await {
            Ok((token, found)) => {
                let header = f.sessions.set_cookie(&token, &found).unwrap();
                assert!(header.len() <= 4_096, "{} bytes", header.len());
                assert!(matches!(f.sessions.load(&token).await, Ok(Lookup::Found(_))));
                largest = len;
            }
            Err(error) => {
                assert!(matches!(error, Error::TooLarge(_)) && error.status() == 413);
                assert!(len > largest && len > 2_700, "{len}");
            }
        }
    }
    assert!((2_700..2_999).contains(&largest), "{largest}");
}

#[tokio::test]
async fn a_session_that_grows_too_large_stays_as_it_was() {
    let f = fixture();
    let token = f.create(&[]).await;
    let found = f.find(&token).await.unwrap();
    f.revocations.take_calls();
    let too_much = [0; 4_000];
    let data: [(&str, &[u8]); 1] = [("cart", &too_much)];
    let edit = write(&[], &data);
    assert!(matches!(f.sessions.update(&token, found.clone(), &edit).await, Err(Error::TooLarge(_))));
    assert!(matches!(f.sessions.rotate(&token, found, &edit).await, Err(Error::TooLarge(_))));
    assert!(!f.revocations.take_calls().contains(&"revoke"));
    assert!(f.find(&token).await.is_some());
}

#[tokio::test]
async fn a_malformed_cookie_does_not_hide_a_well_formed_one() {
    let f = fixture();
    let (token, other) = (f.create(&[]).await, f.create(&[]).await);
    let text = |token: &Token| format!("__Host-session={}", String::from_utf8_lossy(token.as_bytes()));
    let find = |header: &str| {
        let mut presented = Presented::default();
        f.sessions.find_tokens(header.as_bytes(), &mut presented);
        presented
    };
    let one = find(&format!("__Host-session=; {}; __Host-session=\"quoted\"", text(&token)));
    assert!(matches!(one, Presented::One(found) if found == token));
    assert!(matches!(find(&format!("{}; {}", text(&token), text(&other))), Presented::Several(_)));
    assert!(matches!(find(&format!("__Host-session={}", "A".repeat(5_000))), Presented::Malformed));
    assert!(matches!(find(&format!("__Host-session={}", "A".repeat(43))), Presented::Malformed));
    assert!(f.revocations.take_calls().is_empty());
}

#[test]
fn a_cookie_name_that_leaves_no_room_is_refused() {
    let sessions: Arc<dyn SessionManager> =
        SealedSessions::new(key(1), MemoryRevocations::new()).cookie(&"a".repeat(4_000)).into();
    assert!(sessions.check().unwrap_err().to_string().contains("`.cookie(…)`"));
    assert!(fixture().sessions.check().is_ok());
}

#[test]
fn two_kinds_of_user_over_the_same_sealed_sessions_need_two_realms() {
    let shop = SealedSessions::new(key(1), MemoryRevocations::new());
    let office = shop.clone().cookie("asid");
    let customers = passport_core::Passport::<u64>::of_ids(&shop).build().unwrap();
    for sessions in [&shop, &office] {
        let error = passport_core::Passport::<String>::of_ids(sessions).build().unwrap_err();
        assert!(error.to_string().contains("`user` is taken"), "{error}");
        assert!(passport_core::Passport::<String>::of_ids(sessions).realm("admin").build().is_ok());
    }
    drop(customers);
    assert!(passport_core::Passport::<String>::of_ids(&office).build().is_ok(), "the name is free again");
}
