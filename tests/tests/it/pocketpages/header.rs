//! The header before the cookie.

use passport_tests::client::Answer;

use super::{ALICE, BOB, MINUTE, ROOT, Site, token, who};
use crate::support::Caller;

async fn profile(visitor: &mut Caller, authorization: &str) -> Answer {
    visitor.send("GET", "/profile", &[("authorization", authorization)], "").await
}

#[tokio::test]
async fn the_header_comes_before_the_cookie_with_and_without_the_word_bearer() {
    let site = Site::new();
    let alice = token(&site.signed_in(ALICE).await);
    let mut bob = site.signed_in(BOB).await;
    for value in [alice.clone(), format!("Bearer {alice}"), format!("bearer {alice}")] {
        let page = profile(&mut bob, &value).await.is(200).without_cookie();
        assert!(page.body.contains("alice@example.com") && !page.body.contains("bob"), "{page}");
        assert_eq!(page.header("cache-control"), "private, no-store");
    }
    assert_eq!(who(&mut bob).await, "bob");
}

#[tokio::test]
async fn a_header_alone_is_enough_and_makes_no_cookie() {
    let site = Site::new();
    let alice = token(&site.signed_in(ALICE).await);
    let mut program = site.visitor();
    profile(&mut program, &alice).await.is(200).without_cookie();
    assert!(program.cookies.is_empty());
}

#[tokio::test]
async fn a_wrong_header_is_refused_whatever_the_cookie_says() {
    let site = Site::new();
    let mut root = site.visitor();
    root.post("/admin/login", ROOT).await.is(303);
    let (alice, root) = (site.signed_in(ALICE).await, token(&root));
    for wrong in ["garbage", "Bearer garbage", "Bearer ", &root, &token(&alice)[1..], &"x".repeat(5_000)] {
        let answer = profile(&mut alice.clone(), wrong).await.is(401).without_cookie();
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{answer}");
    }
}

#[tokio::test]
async fn what_a_proxy_asks_for_is_not_this_sites_to_judge() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    profile(&mut alice, "Basic YWxpY2U6c2VjcmV0").await.is(200);
}

#[tokio::test]
async fn a_program_that_signs_out_ends_its_token_everywhere() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let copy = token(&alice);
    let header = [("authorization", copy.as_str())];
    site.visitor().send("POST", "/logout", &header, "").await.goes_to("/login?message=signed_out");
    profile(&mut site.visitor(), &copy).await.is(401);
    assert_eq!(who(&mut alice).await, "nobody");
    site.visitor().send("POST", "/logout", &header, "").await.goes_to("/login?message=signed_out");
}

#[tokio::test]
async fn a_token_in_a_header_lives_thirty_minutes_and_is_not_renewed() {
    let site = Site::new();
    let alice = token(&site.signed_in(ALICE).await);
    for _ in 0..2 {
        site.clock.advance(10 * MINUTE);
        profile(&mut site.visitor(), &alice).await.is(200).without_cookie();
    }
    site.clock.advance(10 * MINUTE);
    profile(&mut site.visitor(), &alice).await.is(401);
}
