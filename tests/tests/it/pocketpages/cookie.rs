//! The cookie: hardened, trusted in nothing but its seal, and healed.

use super::{ALICE, BOB, ROOT, Site, token, who};

#[tokio::test]
async fn no_script_reads_the_cookie_and_no_other_site_sends_it() {
    let site = Site::new();
    let answer = site.visitor().post("/login", ALICE).await.is(303);
    let set = answer.header("set-cookie");
    assert!(
        set.starts_with("pb_auth=") && set.contains("; HttpOnly") && set.contains("; SameSite=Lax"),
        "{set}"
    );
    assert!(set.contains("; Path=/") && !set.contains("Domain") && !set.contains("Max-Age"), "{set}");
    assert!(!set.contains("alice"), "nothing of the record can be read in it: {set}");
}

#[tokio::test]
async fn a_cookie_that_is_garbage_heals_itself() {
    let site = Site::new();
    for garbage in [
        "garbage",
        "eyJhbGciOiJIUzI1NiJ9.e30.ZRrHA1JJJW8opsbCGfG_HACGpVUMN_a9IV7pAx_Zmeo",
        "%7B%22token%22%3A%22x%22%2C%22record%22%3A%7B%22id%22%3A1%7D%7D",
        "%7B%7D",
        "null",
        "\"\"",
        &"A".repeat(300),
        &"A".repeat(3_900),
    ] {
        let mut visitor = site.visitor().with_cookie("pb_auth", garbage);
        let page = visitor.get("/").await.is(200);
        assert!(page.body.contains("Sign in") && page.expires("pb_auth"), "{garbage}: {page}");
        assert!(visitor.cookies.is_empty());
        visitor.get("/").await.is(200).without_cookie();
        let mut visitor = site.visitor().with_cookie("pb_auth", garbage);
        assert!(visitor.get("/profile").await.goes_to("/login?reason=session_expired").expires("pb_auth"));
        visitor.get("/profile").await.goes_to("/login?return_to=%2Fprofile").without_cookie();
    }
}

#[tokio::test]
async fn garbage_is_no_hindrance_to_sign_in() {
    let site = Site::new();
    let mut alice = site.visitor().with_cookie("pb_auth", "garbage");
    alice.post("/login", ALICE).await.goes_to("/profile");
    assert_eq!(who(&mut alice).await, "alice");
}

#[tokio::test]
async fn what_a_page_loads_takes_no_cookie_away() {
    let site = Site::new();
    let mut visitor = site.visitor().with_cookie("pb_auth", "garbage");
    for mode in ["cors", "no-cors", "same-origin"] {
        visitor.send("GET", "/", &[("sec-fetch-mode", mode)], "").await.is(200).without_cookie();
    }
    let elsewhere = [("sec-fetch-mode", "navigate"), ("sec-fetch-site", "cross-site")];
    visitor.send("GET", "/", &elsewhere, "").await.is(200).without_cookie();
    let here = [("sec-fetch-mode", "navigate"), ("sec-fetch-site", "none")];
    assert!(visitor.send("GET", "/", &here, "").await.is(200).expires("pb_auth"));
}

#[tokio::test]
async fn no_letter_of_the_cookie_can_be_changed() {
    let site = Site::new();
    let alice = token(&site.signed_in(ALICE).await);
    let step = alice.len() / 40;
    for at in (0..alice.len()).step_by(step) {
        let mut changed = alice.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let mut visitor = site.visitor().with_cookie("pb_auth", &changed);
        assert_eq!(who(&mut visitor).await, "nobody", "letter {at}");
    }
    for cut in [1, 10, alice.len() / 2, alice.len() - 1] {
        let mut visitor = site.visitor().with_cookie("pb_auth", &alice[..cut]);
        assert_eq!(who(&mut visitor).await, "nobody", "cut at {cut}");
    }
}

#[tokio::test]
async fn a_cookie_of_another_sites_key_opens_nothing() {
    let (site, other) = (Site::new(), Site::new());
    let alice = token(&other.signed_in(ALICE).await);
    assert_eq!(who(&mut site.visitor().with_cookie("pb_auth", &alice)).await, "nobody");
}

#[tokio::test]
async fn two_cookies_at_once_are_nobody_and_a_logout_ends_both() {
    let site = Site::new();
    let (alice, bob) = (site.signed_in(ALICE).await, site.signed_in(BOB).await);
    let both = format!("{}; pb_auth={}", token(&alice), token(&bob));
    let mut visitor = site.visitor().with_cookie("pb_auth", &both);
    assert_eq!(who(&mut visitor).await, "nobody");
    assert!(visitor.post("/logout", "").await.is(303).expires("pb_auth"));
    assert_eq!(
        (who(&mut alice.clone()).await, who(&mut bob.clone()).await),
        ("nobody".into(), "nobody".into())
    );
}

#[tokio::test]
async fn an_administrators_cookie_is_no_users_and_the_other_way_round() {
    let site = Site::new();
    let mut root = site.visitor();
    root.post("/admin/login", ROOT).await.goes_to("/admin");
    assert_eq!(who(&mut root).await, "nobody");
    assert!(root.get("/admin").await.is(200).body.contains("root@example.com"));
    let mut alice = site.signed_in(ALICE).await;
    alice.get("/admin").await.goes_to("/admin/login?return_to=%2Fadmin");
    site.visitor().post("/login", ROOT).await.goes_to("/login?error=failed");
    site.visitor().post("/admin/login", ALICE).await.goes_to("/admin/login?error=failed");
}

#[tokio::test]
async fn a_login_gets_a_new_token_and_the_old_one_is_dead() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let mut before = alice.clone();
    alice.post("/login", ALICE).await.goes_to("/profile");
    assert_ne!(token(&alice), token(&before));
    assert_eq!(who(&mut before).await, "nobody");
    alice.post("/login", BOB).await.goes_to("/profile");
    assert_eq!(who(&mut alice).await, "bob");
}

#[tokio::test]
async fn a_private_page_is_in_no_cache_and_a_public_one_sets_no_cookie() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let page = alice.get("/profile").await.is(200);
    assert_eq!((page.header("cache-control"), page.header("vary")), ("private, no-store", "Cookie"));
    for path in ["/", "/login", "/outbox", "/admin/login", "/page.js", "/style.css", "/nowhere"] {
        site.visitor().get(path).await.without_cookie();
    }
}
