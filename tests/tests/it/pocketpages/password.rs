//! Signing in with a password, and changing it.

use super::{ALICE, Site, token, who};

const NEW: &str = "current=correct+horse+battery+staple&new=a+better+one";

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_one_answer() {
    let site = Site::new();
    let form = "email=alice@example.com&password=wrong";
    let wrong = site.visitor().post("/login", form).await.goes_to("/login?error=failed").without_cookie();
    let unknown = site.visitor().post("/login", "email=nobody@example.com&password=wrong").await;
    assert_eq!(wrong.without_date(), unknown.without_date());
    assert!(site.visitor().get("/login?error=failed").await.body.contains("Failed to authenticate."));
}

#[tokio::test]
async fn the_login_brings_the_visitor_back_to_this_site_only() {
    let site = Site::new();
    let mut visitor = site.visitor();
    let page = visitor.get("/profile").await.goes_to("/login?return_to=%2Fprofile");
    let page = visitor.get(page.header("location")).await.is(200);
    assert!(page.body.contains("You must be signed in to see this page."), "{page}");
    assert!(page.body.contains(r#"name="return_to" value="/profile""#), "{page}");
    visitor.post("/login", &format!("{ALICE}&return_to=/?x=1")).await.goes_to("/?x=1");
    for evil in ["//evil.example", "https://evil.example", "/%5cevil.example", "javascript:alert(1)"] {
        site.visitor().post("/login", &format!("{ALICE}&return_to={evil}")).await.goes_to("/profile");
    }
}

#[tokio::test]
async fn bodies_that_are_no_login_are_refused_and_never_an_error_of_the_server() {
    let site = Site::new();
    for (body, status) in [
        (r#"{"email":["alice"],"password":"x"}"#, 400),
        (r#"{"email":7,"password":"x"}"#, 400),
        (r#"{"email":null,"password":"x"}"#, 400),
        (r#"{"email":{},"password":"x"}"#, 400),
        (r#"{"email":"alice@example.com"}"#, 400),
        (r#"{"password":"x"}"#, 400),
        ("{", 400),
        (r#"{"email":"%","password":"x"}"#, 401),
        (r#"{"email":"alice%","password":"x"}"#, 401),
    ] {
        for path in ["/login", "/admin/login"] {
            let headers = [("content-type", "application/json"), ("accept", "application/json")];
            let answer = site.visitor().send("POST", path, &headers, body).await.is(status);
            answer.without_cookie();
        }
    }
    for path in ["/login", "/admin/login", "/login/code", "/register"] {
        let headers = [("content-type", "text/plain"), ("accept", "application/json")];
        site.visitor().send("POST", path, &headers, "email=a").await.is(415);
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
        let long = format!("email={}", "x".repeat(70_000));
        site.visitor().send("POST", path, &headers, &long).await.is(413);
    }
}

#[tokio::test]
async fn a_change_of_password_ends_every_copied_token_and_keeps_this_browser() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let (mut copy, mut elsewhere) = (alice.clone(), site.signed_in(ALICE).await);
    alice.post("/profile/password", NEW).await.goes_to("/profile?message=changed");
    assert_ne!(token(&alice), token(&copy));
    assert_eq!(who(&mut alice).await, "alice");
    for other in [&mut copy, &mut elsewhere] {
        let header = [("authorization", token(other))];
        let header = [(header[0].0, header[0].1.as_str())];
        site.visitor().send("GET", "/profile", &header, "").await.is(401);
        assert_eq!(who(other).await, "nobody");
    }
    site.clock.advance(super::MINUTE);
    assert_eq!(who(&mut copy).await, "nobody");
    assert!(copy.cookies.is_empty() && elsewhere.cookies.is_empty(), "the cookies healed");
    site.visitor().post("/login", ALICE).await.goes_to("/login?error=failed");
    site.signed_in("email=alice@example.com&password=a+better+one").await;
}

#[tokio::test]
async fn a_wrong_current_password_changes_nothing() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let before = token(&alice);
    let answer = alice.post("/profile/password", "current=wrong&new=a+better+one").await;
    answer.goes_to("/profile?error=current");
    let short = alice.post("/profile/password", "current=correct+horse+battery+staple&new=short").await;
    short.goes_to("/profile?error=short");
    let long = format!("current=correct+horse+battery+staple&new={}", "x".repeat(1_025));
    alice.post("/profile/password", &long).await.goes_to("/profile?error=short");
    for body in ["", "current=x", "new=a+better+one", "current=x&new=y&new=z"] {
        alice.post("/profile/password", body).await.is(422);
    }
    assert_eq!(token(&alice), before);
    site.signed_in(ALICE).await;
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn a_program_changes_the_password_by_its_header() {
    let site = Site::new();
    let alice = token(&site.signed_in(ALICE).await);
    let headers = [("authorization", alice.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let changed = site.visitor().send("POST", "/profile/password", &headers, NEW).await;
    changed.goes_to("/profile?message=changed").without_cookie();
    site.visitor().send("GET", "/profile", &headers[..1], "").await.is(401);
}

#[tokio::test]
async fn nobody_changes_a_password_without_signing_in() {
    let site = Site::new();
    site.visitor().post("/profile/password", NEW).await.goes_to("/login");
    site.signed_in(ALICE).await;
}

#[tokio::test]
async fn a_program_changes_the_password_of_the_one_whom_its_header_names_whoever_the_cookie_is() {
    let site = Site::new();
    let (alice, mut bob) = (site.signed_in(ALICE).await, site.signed_in(super::BOB).await);
    let token = token(&alice);
    let header = [("authorization", token.as_str()), FORM];
    let answer = bob.send("POST", "/profile/password", &header, NEW).await;
    answer.goes_to("/profile?message=changed").without_cookie();
    assert_eq!(who(&mut bob).await, "bob");
    assert_eq!(who(&mut alice.clone()).await, "nobody");
    site.signed_in("email=alice@example.com&password=a+better+one").await;
}

#[tokio::test]
async fn a_change_that_is_refused_to_another_site_has_not_happened() {
    let site = Site::new();
    let alice = site.signed_in(ALICE).await;
    let token = token(&alice);
    let foreign = [("authorization", token.as_str()), ("sec-fetch-site", "cross-site"), FORM];
    site.visitor().send("POST", "/profile/password", &foreign, NEW).await.is(403);
    assert_eq!(who(&mut alice.clone()).await, "alice");
    site.signed_in(ALICE).await;
}
