//! Sentences for the visitor's next page.

use http::Uri;
use passport_core::{Logout, Message};

use crate::support::{Site, Visit};

const WELCOME: Message = Message::new("welcome", "Welcome back.");
const WRONG: Message = Message::new("wrong", "Wrong username or password.");

async fn shown(visit: &Visit, address: &'static str) -> Vec<Message> {
    visit.session().messages(&Uri::from_static(address), &[WELCOME, WRONG]).await.unwrap()
}

#[tokio::test]
pub(crate) async fn a_message_is_shown_once() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let visit = site.visit(&cookie);
    visit.session().add_message(&WELCOME).unwrap();
    visit.end().await;
    for expected in [vec![WELCOME], vec![]] {
        let visit = site.visit(&cookie);
        assert_eq!(shown(&visit, "/").await, expected);
        visit.end().await;
    }
}

#[tokio::test]
pub(crate) async fn messages_are_shown_in_the_order_in_which_they_were_left() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    for message in [&WRONG, &WELCOME] {
        let visit = site.visit(&cookie);
        visit.session().add_message(message).unwrap();
        visit.end().await;
        site.clock.advance(std::time::Duration::from_secs(1));
    }
    assert_eq!(shown(&site.visit(&cookie), "/").await, [WRONG, WELCOME]);
}

#[tokio::test]
async fn messages_of_one_moment_are_shown_in_their_order_too() {
    let site = Site::new();
    let texts: Vec<String> = (0..20).map(|number| format!("Message {number}.")).collect();
    let visit = site.visit("");
    for (at, text) in texts.iter().enumerate() {
        visit.session().add_message(&Message::of_text("note", text.clone())).unwrap();
        if at == 9 {
            visit.login("alice").await;
        }
    }
    let cookie = visit.end().await.cookie();
    let shown: Vec<String> =
        shown(&site.visit(&cookie), "/").await.iter().map(|message| message.text().to_owned()).collect();
    assert_eq!(shown, texts);
}

#[tokio::test]
async fn two_pages_that_load_at_once_show_a_message_once() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let visit = site.visit(&cookie);
    visit.session().add_message(&WELCOME).unwrap();
    visit.end().await;
    let (one, two) = (site.visit(&cookie), site.visit(&cookie));
    assert!(one.get("cart").await.is_some() && two.get("cart").await.is_some());
    let (one, two) = (shown(&one, "/").await, shown(&two, "/").await);
    assert_eq!(one.len() + two.len(), 1);
}

#[tokio::test]
pub(crate) async fn a_message_survives_a_login() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let visit = site.visit(&cookie);
    visit.session().add_message(&WELCOME).unwrap();
    visit.login("alice").await;
    let alice = visit.end().await.cookie();
    assert_eq!(shown(&site.visit(&alice), "/").await, [WELCOME]);
}

#[tokio::test]
async fn a_message_for_alice_is_not_shown_to_bob() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    visit.session().add_message(&WELCOME).unwrap();
    visit.login("bob").await;
    let bob = visit.end().await.cookie();
    assert!(shown(&site.visit(&bob), "/").await.is_empty());
}

#[tokio::test]
async fn a_visitor_without_a_session_reads_the_message_from_the_address() {
    let site = Site::new();
    let visit = site.visit("");
    assert_eq!(shown(&visit, "/?error=wrong").await, [WRONG]);
    assert!(visit.end().await.sets_no_cookie());
    assert!(site.store.calls().is_empty());
}

#[tokio::test]
async fn an_address_cannot_put_words_into_this_sites_mouth() {
    let site = Site::new();
    assert!(shown(&site.visit(""), "/?error=Call+0900+now&message=x").await.is_empty());
}

#[tokio::test]
async fn a_message_both_kept_and_in_the_address_is_shown_once() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let visit = site.visit(&cookie);
    visit.session().add_message(&WRONG).unwrap();
    visit.end().await;
    assert_eq!(shown(&site.visit(&cookie), "/?error=wrong").await, [WRONG]);
}

#[tokio::test]
async fn a_message_makes_a_session_for_a_visitor_without_one() {
    let site = Site::new();
    let visit = site.visit("");
    visit.session().add_message(&WELCOME).unwrap();
    let cookie = visit.end().await.cookie();
    assert_eq!(shown(&site.visit(&cookie), "/").await, [WELCOME]);
}

#[tokio::test]
async fn a_message_left_and_shown_in_one_request_makes_no_session() {
    let site = Site::new();
    let visit = site.visit("");
    visit.session().add_message(&WELCOME).unwrap();
    assert_eq!(shown(&visit, "/").await, [WELCOME]);
    assert!(visit.end().await.sets_no_cookie());
}

#[tokio::test]
async fn a_message_after_a_logout_reaches_the_next_page() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    visit.auth().logout_with(Logout::here()).await.unwrap();
    visit.session().add_message(&WELCOME).unwrap();
    let cookie = visit.end().await.cookie();
    let visit = site.visit(&cookie);
    assert_eq!(visit.who().await, "nobody");
    assert_eq!(shown(&visit, "/").await, [WELCOME]);
}

#[tokio::test]
async fn messages_are_no_data_and_data_are_no_messages() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let visit = site.visit(&cookie);
    visit.session().add_message(&WELCOME).unwrap();
    visit.end().await;
    assert_eq!(site.visit(&cookie).session().keys().await.unwrap(), ["cart"]);
}
