//! Thirty minutes without activity.

use super::{ALICE, MINUTE, Site, who};

#[tokio::test]
async fn thirty_minutes_without_a_request_sign_out_and_say_so() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    site.clock.advance(30 * MINUTE);
    let answer = alice.get("/profile").await.goes_to("/login?reason=session_expired");
    assert!(answer.expires("pb_auth"), "{answer}");
    let page = alice.get("/login?reason=session_expired").await.is(200);
    assert!(page.body.contains("nothing happened for thirty minutes"), "{page}");
    alice.get("/profile").await.goes_to("/login?return_to=%2Fprofile");
}

#[tokio::test]
async fn a_moment_less_does_not() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    site.clock.advance(std::time::Duration::from_millis(30 * 60_000 - 1));
    assert_eq!(who(&mut alice).await, "alice");
}

#[tokio::test]
async fn activity_keeps_the_session_until_its_last_day_is_over() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    for _ in 0..35 {
        site.clock.advance(20 * MINUTE);
        assert_eq!(who(&mut alice).await, "alice");
    }
    site.clock.advance(20 * MINUTE);
    alice.get("/profile").await.goes_to("/login?reason=session_expired");
}

#[tokio::test]
async fn a_page_for_everybody_heals_an_expired_cookie_and_comes() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    site.clock.advance(31 * MINUTE);
    let page = alice.get("/").await.is(200);
    assert!(page.expires("pb_auth") && !page.body.contains("alice"), "{page}");
}

#[tokio::test]
async fn a_form_that_was_left_open_says_that_the_session_expired() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    site.clock.advance(31 * MINUTE);
    let form = "current=correct+horse+battery+staple&new=something+else";
    alice.clone().post("/profile/password", form).await.goes_to("/login?reason=session_expired");
    alice.post("/profile", "action=logout").await.goes_to("/login?reason=session_expired");
    site.signed_in(ALICE).await;
}

#[tokio::test]
async fn an_expired_copy_of_a_session_that_lives_on_is_no_way_in() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let mut old = alice.clone();
    for _ in 0..4 {
        site.clock.advance(10 * MINUTE);
        assert_eq!(who(&mut alice).await, "alice");
    }
    old.get("/profile").await.goes_to("/login?reason=session_expired");
}
