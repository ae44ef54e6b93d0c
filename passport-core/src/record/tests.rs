use std::time::Duration;

use super::*;
use crate::Timestamp;

fn login(realm: &'static str, user: &str) -> NewLogin {
    NewLogin {
        realm,
        strategy: "local",
        at: Timestamp::from_millis(1_000),
        until: Timestamp::from_millis(100_000),
        idle: Duration::from_secs(10),
        remembered: false,
        fingerprint: [7; 16],
        key: format!("\"{user}\"").into_bytes(),
    }
}

fn changes(pairs: &[(Kind, &str, &str)]) -> Changes {
    let mut changes = Changes::default();
    for (kind, key, value) in pairs {
        changes.set(Change { kind: *kind, key: (*key).into(), value: Some(value.as_bytes().into()) });
    }
    changes
}

fn empty() -> Record {
    Record::empty(Handle::new([9; 16]))
}

fn data(pairs: &[(Kind, &str, &str)]) -> Record {
    empty().with(&changes(pairs)).unwrap()
}

fn log_in(record: &Record, login: &NewLogin) -> Record {
    record.with_login(login, &Client::new(), &Changes::default(), &Changes::default()).unwrap()
}

fn text<'a>(record: &'a Record, key: &str) -> Option<&'a str> {
    record.get(Kind::Data, key).map(|value| std::str::from_utf8(value).unwrap())
}

#[test]
fn a_record_reads_back_what_was_written() {
    let client = Client::new().with_user_agent("Browser 1").with_address("2001:db8::1".parse().unwrap());
    let long = "x".repeat(300);
    let record = empty()
        .with_login(
            &login("user", "alice"),
            &client,
            &changes(&[(Kind::Data, "a", &long)]),
            &changes(&[(Kind::Message, "0", "hi")]),
        )
        .unwrap();
    let again = Record::from_bytes(record.as_bytes()).unwrap();
    assert_eq!(again, record);
    assert_eq!(again.client(), client);
    assert_eq!(again.handle(), Handle::new([9; 16]));
    assert_eq!(text(&again, "a"), Some(&*long));
    assert_eq!(again.get(Kind::Message, "0"), Some(&b"hi"[..]));
    assert_eq!(again.login("user").unwrap(), login("user", "alice").as_login());
    assert_eq!(again.login("admin"), None);
}

#[test]
fn no_prefix_and_no_extension_of_a_record_passes_for_a_record() {
    let record = log_in(&data(&[(Kind::Data, "a", "1")]), &login("user", "alice"));
    let bytes = record.as_bytes();
    for len in 0..bytes.len() {
        assert_eq!(Record::from_bytes(&bytes[..len]), Err(RecordError::Corrupt), "cut to {len}");
    }
    let mut longer = bytes.to_vec();
    longer.push(200);
    assert_eq!(Record::from_bytes(longer), Err(RecordError::Corrupt));
}

#[test]
fn a_newer_schema_is_told_from_garbage() {
    let mut bytes = empty().as_bytes().to_vec();
    bytes[0] = 2;
    assert_eq!(Record::from_bytes(bytes), Err(RecordError::TooNew(2)));
    assert_eq!(Record::from_bytes(&[][..]), Err(RecordError::Corrupt));
    assert_eq!(Record::from_bytes(&[0; 40][..]), Err(RecordError::Corrupt));
}

#[test]
fn a_visitors_cart_moves_into_the_login() {
    let record = log_in(&data(&[(Kind::Data, "cart", "tea")]), &login("user", "alice"));
    assert_eq!(text(&record, "cart"), Some("tea"));
}

#[test]
fn what_passport_keeps_for_itself_does_not_move() {
    let record = data(&[(Kind::Private, "transaction", "1"), (Kind::Message, "0", "hi")]);
    let record = log_in(&record, &login("user", "alice"));
    assert_eq!(record.get(Kind::Private, "transaction"), None);
    assert_eq!(record.get(Kind::Message, "0"), Some(&b"hi"[..]));
}

#[test]
fn the_next_user_finds_nothing_of_the_one_before() {
    let alice =
        log_in(&data(&[(Kind::Data, "cart", "tea"), (Kind::Message, "0", "hi")]), &login("user", "alice"));
    let bob = log_in(&alice, &login("user", "bob"));
    assert_eq!((text(&bob, "cart"), bob.get(Kind::Message, "0")), (None, None));
    assert_eq!(bob.logins().count(), 1);
}

#[test]
fn data_remembers_whose_it_is_after_the_login_ended() {
    let alice = log_in(&data(&[(Kind::Data, "cart", "tea")]), &login("user", "alice"));
    let kept = alice.without_logins_keeping_data(|_| true, &Changes::default()).unwrap();
    assert_eq!((kept.logins().count(), text(&kept, "cart")), (0, Some("tea")));
    assert_eq!(text(&log_in(&kept, &login("user", "alice")), "cart"), Some("tea"));
    assert_eq!(text(&log_in(&kept, &login("user", "bob")), "cart"), None);
    assert_eq!(
        text(&log_in(&kept, &login("admin", "alice")), "cart"),
        None,
        "an equal key in another realm is somebody else"
    );
}

#[test]
fn a_second_realm_logs_in_beside_the_first_and_shares_its_data() {
    let alice = log_in(&data(&[(Kind::Data, "cart", "tea")]), &login("user", "alice"));
    let both = log_in(&alice, &login("admin", "root"));
    assert_eq!((both.logins().count(), text(&both, "cart")), (2, Some("tea")));
    let only_root = both.without_logins(|login| login.realm == "user").unwrap();
    assert_eq!((only_root.logins().count(), text(&only_root, "cart")), (1, None));
}

#[test]
fn ending_a_user_ends_the_record_with_its_last_login() {
    let (alice, root) = (login("user", "alice"), login("admin", "root"));
    let both = log_in(&log_in(&empty(), &alice), &root);
    let left = both.without_owner(&alice.as_login().owner()).unwrap();
    assert_eq!(left.logins().count(), 1);
    assert_eq!(left.without_owner(&root.as_login().owner()), None);
}

#[test]
fn equal_keys_in_two_realms_are_two_owners() {
    assert_ne!(Owner::new("user", b"1"), Owner::new("admin", b"1"));
    assert_ne!(Owner::new("a", b"bc"), Owner::new("ab", b"c"));
}

#[test]
fn an_expired_login_leaves_and_takes_no_other_with_it() {
    let mut short = login("admin", "root");
    short.until = Timestamp::from_millis(2_000);
    let both = log_in(&log_in(&empty(), &login("user", "alice")), &short);
    let seen = Timestamp::from_millis(1_500);
    assert_eq!(both.without_expired(Timestamp::from_millis(1_999), seen), None);
    let left = both.without_expired(Timestamp::from_millis(2_000), seen).unwrap();
    assert_eq!(left.logins().map(|login| login.realm).collect::<Vec<_>>(), ["user"]);
    let idle_over = Timestamp::from_millis(11_500);
    assert_eq!(both.without_expired(idle_over, seen).unwrap().logins().count(), 0);
}

#[test]
fn a_record_is_bounded_in_bytes_and_keys() {
    let big = "x".repeat(64 * 1024);
    assert!(matches!(empty().with(&changes(&[(Kind::Data, "a", &big)])), Err(Error::TooLarge(_))));
    let mut many = Changes::default();
    for key in 0..257 {
        many.set(Change { kind: Kind::Data, key: key.to_string().into(), value: Some(Box::default()) });
    }
    assert!(matches!(empty().with(&many), Err(Error::TooLarge(_))));
}

#[test]
fn a_handle_reads_back_and_nothing_else_does() {
    let handle = Handle::new([0xab; 16]);
    assert_eq!(Handle::parse(&handle.to_string()), Some(handle));
    for wrong in ["", "ab", &"AB".repeat(16), &"+a".repeat(16), &"ab".repeat(17)] {
        assert_eq!(Handle::parse(wrong), None);
    }
}
