//! Signing in with a token.

use super::{ALICE, BOB, MINUTE, ROOT, Site, token, who};

#[tokio::test]
async fn a_token_signs_in_and_the_session_moves_to_this_browser() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let form = format!("token={}", token(&alice));
    let mut phone = site.visitor();
    phone.post("/login/token", &form).await.goes_to("/profile");
    assert_eq!(who(&mut phone).await, "alice");
    assert_ne!(token(&phone), token(&alice));
    assert_eq!(who(&mut alice).await, "nobody");
    site.visitor().post("/login/token", &form).await.goes_to("/login?error=failed").without_cookie();
}

#[tokio::test]
async fn of_a_hundred_who_present_one_token_at_once_one_gets_in() {
    let site = Site::new();
    let form = format!("token={}", token(&site.signed_in(ALICE).await));
    let all = (0..100).map(|_| {
        let (mut visitor, form) = (site.visitor(), form.clone());
        tokio::spawn(async move { visitor.post("/login/token", &form).await.is(303) })
    });
    let mut in_ = 0;
    for one in all.collect::<Vec<_>>() {
        in_ += usize::from(one.await.unwrap().header("location") == "/profile");
    }
    assert_eq!(in_, 1);
}

#[tokio::test]
async fn a_browser_may_present_the_token_that_it_has() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let form = format!("token={}", token(&alice));
    alice.post("/login/token", &form).await.goes_to("/profile");
    assert_eq!(who(&mut alice).await, "alice");
}

#[tokio::test]
async fn what_is_no_token_signs_nobody_in_and_nobody_out() {
    let site = Site::new();
    let mut root = site.visitor();
    root.post("/admin/login", ROOT).await.is(303);
    let mut bob = site.signed_in(BOB).await;
    for wrong in ["garbage", "", &token(&root), "%", "%00", &"A".repeat(3_000), "x;pb_auth=y"] {
        let form = form_urlencoded::Serializer::new(String::new()).append_pair("token", wrong).finish();
        bob.post("/login/token", &form).await.goes_to("/login?error=failed").without_cookie();
    }
    for body in ["", "x=y", "token[]=a", "token=a&token=b"] {
        bob.post("/login/token", body).await.goes_to("/login?error=failed").without_cookie();
    }
    let json = [("accept", "application/json")];
    bob.send("POST", "/login/token", &json, "token=x").await.is(401).without_cookie();
    assert_eq!(who(&mut bob).await, "bob");
    root.get("/admin").await.is(200);
}

#[tokio::test]
async fn an_expired_token_signs_nobody_in() {
    let site = Site::new();
    let form = format!("token={}", token(&site.signed_in(ALICE).await));
    site.clock.advance(30 * MINUTE);
    site.visitor().post("/login/token", &form).await.goes_to("/login?error=failed");
}
