//! Signing out.

use super::{ALICE, ROOT, Site, who};

const SIGNED_OUT: &str = "/login?message=signed_out";

#[tokio::test]
async fn the_tutorials_form_signs_out_and_says_so() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let page = alice.get("/profile").await.is(200);
    assert!(page.body.contains(r#"<form method="POST""#), "{page}");
    assert!(page.body.contains(r#"<input type="hidden" name="action" value="logout">"#), "{page}");
    let answer = alice.post("/profile", "action=logout").await.goes_to(SIGNED_OUT);
    assert!(answer.header("set-cookie").starts_with("pb_auth=; "), "{answer}");
    let set = answer.header("set-cookie");
    assert!(set.contains("Max-Age=0") && set.contains("Path=/"), "{answer}");
    assert!(alice.cookies.is_empty());
    assert!(alice.get(SIGNED_OUT).await.is(200).body.contains("You have been signed out."));
    assert_eq!(who(&mut alice).await, "nobody");
}

#[tokio::test]
async fn another_action_signs_nobody_out() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    alice.post("/profile", "action=wave").await.goes_to("/profile");
    alice.post("/profile", "").await.is(422);
    alice.post("/profile", "action=logout&action=wave").await.is(422);
    assert_eq!(who(&mut alice).await, "alice");
}

#[tokio::test]
async fn the_scripts_way_signs_out_too() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    alice.post("/logout", "").await.goes_to(SIGNED_OUT);
    assert_eq!(who(&mut alice).await, "nobody");
}

#[tokio::test]
async fn signing_out_twice_or_as_nobody_is_the_same() {
    let site = Site::new();
    let mut copy = site.signed_in(ALICE).await;
    copy.clone().post("/logout", "").await.goes_to(SIGNED_OUT);
    copy.post("/logout", "").await.goes_to(SIGNED_OUT);
    site.visitor().post("/logout", "").await.goes_to(SIGNED_OUT).without_cookie();
}

#[tokio::test]
async fn a_copied_token_is_dead_after_the_logout() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let mut thief = alice.clone();
    assert_eq!(who(&mut thief).await, "alice");
    alice.post("/logout", "").await.is(303);
    assert_eq!(who(&mut thief.clone()).await, "nobody");
    for _ in 0..12 {
        site.clock.advance(super::MINUTE);
        assert_eq!(who(&mut thief.clone()).await, "nobody");
    }
}

#[tokio::test]
async fn a_copy_from_before_the_cookie_was_renewed_is_dead_too() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let mut older = alice.clone();
    site.clock.advance(5 * super::MINUTE);
    assert_eq!(who(&mut alice).await, "alice");
    assert_ne!(super::token(&alice), super::token(&older), "the cookie was renewed");
    assert_eq!(who(&mut older).await, "alice");
    alice.post("/logout", "").await.is(303);
    assert_eq!(who(&mut older).await, "nobody");
}

#[tokio::test]
async fn what_the_browser_keeps_beside_the_cookie_goes_without_a_script() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let answer = alice.post("/profile", "action=logout").await.is(303);
    assert_eq!(answer.header("clear-site-data"), "\"cache\"");
    let page = alice.get(answer.header("location")).await.is(200);
    assert!(page.body.contains("href=\"/signed-out.css\""), "{page}");
    let forget = alice.get("/signed-out.css").await.is(200);
    assert_eq!(forget.header("clear-site-data"), r#""cache", "storage""#);
    assert_eq!(forget.header("cache-control"), "no-store");
    let foreign = [("sec-fetch-site", "cross-site")];
    let refused = alice.send("GET", "/signed-out.css", &foreign, "").await.is(403);
    assert_eq!(refused.header("clear-site-data"), "");
    assert!(!alice.get("/login").await.body.contains("/signed-out.css"));
}

#[tokio::test]
async fn a_get_signs_nobody_out() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    alice.get("/logout").await.says(404, "Not Found").without_cookie();
    alice.get("/profile?action=logout").await.is(200);
    assert_eq!(who(&mut alice).await, "alice");
}

#[tokio::test]
async fn another_site_signs_nobody_out_or_in() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (path, body) in [
        ("/logout", ""),
        ("/profile", "action=logout"),
        ("/login", ALICE),
        ("/login/token", "token=x"),
        ("/login/code", "otpId=x&code=y"),
        ("/register", "email=eve@example.com&password=long+enough"),
        ("/anonymous", ""),
        ("/code", "email=alice@example.com"),
        ("/admin/login", ROOT),
        ("/profile/password", "current=correct+horse+battery+staple&new=something+else"),
    ] {
        for header in
            [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")]
        {
            alice.send("POST", path, &[form, header], body).await.is(403).without_cookie();
        }
    }
    assert_eq!(who(&mut alice).await, "alice");
    assert!(!alice.get("/outbox").await.body.contains("To alice"));
}

#[tokio::test]
async fn signing_out_ends_both_realms_as_the_one_cookie_says() {
    let site = Site::new();
    let mut both = site.signed_in(ALICE).await;
    both.post("/admin/login", ROOT).await.goes_to("/admin");
    assert_eq!(who(&mut both).await, "alice");
    both.get("/admin").await.is(200);
    both.post("/logout", "").await.is(303);
    both.get("/admin").await.goes_to("/admin/login?return_to=%2Fadmin");
}
