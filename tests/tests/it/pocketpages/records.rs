//! Registering, and signing in without a name.

use super::{ALICE, Site, who};

#[tokio::test]
async fn who_registers_is_signed_in_and_can_sign_in_again() {
    let site = Site::new();
    let mut eve = site.visitor();
    eve.post("/register", "email=Eve@Example.com&password=long+enough").await.goes_to("/profile");
    assert_eq!(who(&mut eve).await, "eve");
    eve.post("/logout", "").await.is(303);
    site.signed_in("email=eve@example.com&password=long+enough").await;
    eve.post("/login", "email=eve@example.com&password=wrong").await.goes_to("/login?error=failed");
}

#[tokio::test]
async fn a_registration_that_is_none_says_what_is_missing() {
    let site = Site::new();
    for (form, error) in [
        ("password=long+enough", "email"),
        ("email=&password=long+enough", "email"),
        ("email=eve&password=long+enough", "email"),
        ("email=eve%00@example.com&password=long+enough", "email"),
        ("email=eve@example.com", "password"),
        ("email=eve@example.com&password=", "password"),
        ("email=eve@example.com&password=short", "short"),
        (&format!("email=eve@example.com&password={}", "x".repeat(1_025)), "short"),
        ("email=alice@example.com&password=long+enough", "taken"),
        ("email=ALICE@example.com&password=long+enough", "taken"),
    ] {
        let mut visitor = site.visitor();
        let answer = visitor.post("/register", form).await;
        let page = format!("/login?error={error}");
        answer.goes_to(&page).without_cookie();
        assert!(visitor.get(&page).await.is(200).body.contains("role=\"alert\""), "{error}");
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
        visitor.send("POST", "/register", &headers, form).await.is(400).without_cookie();
    }
    site.signed_in(ALICE).await;
}

#[tokio::test]
async fn of_two_who_register_one_address_at_once_one_gets_it() {
    let site = Site::new();
    let all = (0..4).map(|_| {
        let mut visitor = site.visitor();
        tokio::spawn(
            async move { visitor.post("/register", "email=eve@example.com&password=long+enough").await },
        )
    });
    let mut made = 0;
    for one in all.collect::<Vec<_>>() {
        made += usize::from(one.await.unwrap().is(303).header("location") == "/profile");
    }
    assert_eq!(made, 1);
}

#[tokio::test]
async fn without_a_name_each_visitor_is_somebody_else_and_nobody_can_sign_in_as_them() {
    let site = Site::new();
    let (mut one, mut two) = (site.visitor(), site.visitor());
    one.post("/anonymous", "").await.goes_to("/profile");
    two.post("/anonymous", "").await.goes_to("/profile");
    let (first, second) = (who(&mut one).await, who(&mut two).await);
    assert!(first.starts_with("anonymous-") && second.starts_with("anonymous-"), "{first} {second}");
    assert_ne!(first, second);
    for password in ["", "x", "password"] {
        let form = format!("email={first}@example.com&password={password}");
        site.visitor().post("/login", &form).await.without_cookie();
    }
    one.post("/logout", "").await.is(303);
    assert_eq!(who(&mut one).await, "nobody");
}

#[tokio::test]
async fn there_is_an_end_to_the_records_that_strangers_make() {
    let site = Site::new();
    let mut answer = site.visitor().post("/anonymous", "").await;
    for _ in 0..10_000 {
        if answer.header("location") != "/profile" {
            break;
        }
        answer = site.visitor().post("/anonymous", "").await;
    }
    answer.goes_to("/login?error=full").without_cookie();
    site.signed_in(ALICE).await;
}
