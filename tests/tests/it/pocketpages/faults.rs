//! Where sessions that have ended are written down fails.

use super::{ALICE, Site, token, who};
use crate::support::Fault;

#[tokio::test]
async fn a_logout_that_cannot_be_written_down_is_no_logout() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    site.revocations.arm("create", Fault::Fail);
    for (path, form) in [("/logout", ""), ("/profile", "action=logout")] {
        let answer = alice.post(path, form).await.is(503).without_cookie();
        assert_eq!(answer.header("clear-site-data"), "", "{answer}");
    }
    assert_eq!(who(&mut alice).await, "alice");
    site.revocations.heal();
    alice.post("/logout", "").await.goes_to("/login?message=signed_out");
}

#[tokio::test]
async fn where_nobody_can_say_whether_a_token_has_ended_nobody_is_let_in_or_out() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let header = [("authorization", token(&alice))];
    site.revocations.arm("load", Fault::Fail);
    for path in ["/", "/login", "/profile", "/admin"] {
        alice.get(path).await.is(503).without_cookie();
    }
    let header = [(header[0].0, header[0].1.as_str())];
    site.visitor().send("GET", "/profile", &header, "").await.is(503);
    let form = format!("token={}", token(&alice));
    site.visitor().post("/login/token", &form).await.is(503).without_cookie();
    site.visitor().get("/").await.is(200);
    site.revocations.heal();
    assert_eq!(who(&mut alice).await, "alice");
}

#[tokio::test]
async fn a_token_whose_end_cannot_be_written_down_signs_nobody_in() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    site.revocations.arm("create", Fault::Fail);
    let form = format!("token={}", token(&alice));
    site.visitor().post("/login/token", &form).await.is(503).without_cookie();
    site.revocations.heal();
    assert_eq!(who(&mut alice).await, "alice");
    site.visitor().post("/login/token", &form).await.goes_to("/profile");
}

#[tokio::test]
async fn a_login_over_a_login_that_cannot_end_the_first_is_none() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    site.revocations.arm("create", Fault::Fail);
    alice.post("/login", super::BOB).await.is(503).without_cookie();
    assert_eq!(who(&mut alice).await, "alice");
    // A first login ends nothing, so it needs nobody to write it down.
    site.signed_in(super::BOB).await;
}

#[tokio::test]
async fn a_change_of_password_counts_also_if_this_browser_could_not_be_kept_signed_in() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    site.revocations.arm("create", Fault::Fail);
    let form = "current=correct+horse+battery+staple&new=a+better+one";
    alice.post("/profile/password", form).await.is(503).without_cookie();
    site.revocations.heal();
    assert_eq!(who(&mut alice).await, "nobody");
    site.signed_in("email=alice@example.com&password=a+better+one").await;
}

#[tokio::test]
async fn an_expired_cookie_that_cannot_be_written_down_is_still_nobody() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    site.clock.advance(31 * super::MINUTE);
    site.revocations.arm("create", Fault::Fail);
    alice.get("/profile").await.is(503).without_cookie();
    site.revocations.heal();
    alice.get("/profile").await.goes_to("/login?reason=session_expired");
}
