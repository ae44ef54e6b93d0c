//! Cookie-only sessions through the same door.

use http::{HeaderMap, HeaderValue, Method, header};
use passport_core::{Auth, Error, Logout, Passport, Pending};
use passport_session::{FakeClock, Key, MemoryRevocations, SealedSessions};

use crate::support::{Person, User, Users, who};

struct Site {
    passport: Passport<User>,
    users: Users<User>,
    clock: FakeClock,
}

fn site() -> Site {
    let (users, clock) = (Users::new(), FakeClock::new());
    let sessions = SealedSessions::new(Key::generate().unwrap(), MemoryRevocations::new())
        .clock(clock.clone())
        .insecure_cookie_for_development();
    Site { passport: Passport::builder(users.clone(), &sessions).build().unwrap(), users, clock }
}

impl Site {
    fn visit(&self, cookie: &str) -> (Pending, Auth<User>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::try_from(cookie).unwrap());
        let pending = self.passport.begin(&Method::POST, None, &headers, None);
        let auth = pending.session().auth().unwrap();
        (pending, auth)
    }

    async fn logged_in(&self, name: &str) -> String {
        let (pending, auth) = self.visit("");
        auth.login(self.users.get(name)).await.unwrap();
        set_cookie(pending).await.unwrap()
    }

    async fn who(&self, cookie: &str) -> String {
        who(&self.visit(cookie).1).await
    }
}

/// The cookie that the answer sets, if any.
async fn set_cookie(pending: Pending) -> Option<String> {
    let mut headers = HeaderMap::new();
    pending.finish().await.unwrap().apply(&mut headers);
    let set = headers.get(header::SET_COOKIE)?.to_str().unwrap();
    Some(set.split(';').next().unwrap().to_owned())
}

#[tokio::test]
async fn a_login_in_the_cookie_is_found_again() {
    let site = site();
    let alice = site.logged_in("alice").await;
    assert_eq!(site.who(&alice).await, "alice");
}

#[tokio::test]
async fn a_copy_of_the_cookie_is_dead_after_the_logout() {
    let site = site();
    let alice = site.logged_in("alice").await;
    let (pending, auth) = site.visit(&alice);
    assert_eq!(auth.logout().await.unwrap().ended, 1);
    assert_eq!(set_cookie(pending).await.as_deref(), Some("session="));
    assert_eq!(site.who(&alice).await, "nobody");
    site.clock.advance(std::time::Duration::from_secs(120));
    assert_eq!(site.who(&alice).await, "nobody");
}

#[tokio::test]
async fn an_older_copy_of_the_cookie_is_dead_too() {
    let site = site();
    let older = site.logged_in("alice").await;
    let (pending, auth) = site.visit(&older);
    auth.session().insert("page", 7).unwrap();
    let newer = set_cookie(pending).await.unwrap();
    assert_ne!(older, newer);
    let (_pending, auth) = site.visit(&newer);
    auth.logout().await.unwrap();
    assert_eq!((site.who(&older).await.as_str(), site.who(&newer).await.as_str()), ("nobody", "nobody"));
}

#[tokio::test]
async fn the_cookie_from_before_a_login_is_dead() {
    let site = site();
    let (pending, auth) = site.visit("");
    auth.session().insert("cart", "tea").unwrap();
    let before = set_cookie(pending).await.unwrap();
    let (pending, auth) = site.visit(&before);
    auth.login(site.users.get("alice")).await.unwrap();
    let after = set_cookie(pending).await.unwrap();
    let cart = async |cookie: &str| site.visit(cookie).1.session().get::<String>("cart").await.unwrap();
    assert_eq!((cart(&before).await, cart(&after).await.as_deref()), (None, Some("tea")));
}

#[tokio::test]
async fn a_slow_request_brings_no_session_back_after_a_logout() {
    let site = site();
    let alice = site.logged_in("alice").await;
    let (slow, slow_auth) = site.visit(&alice);
    assert_eq!(who(&slow_auth).await, "alice");
    slow_auth.session().insert("page", 7).unwrap();
    site.visit(&alice).1.logout().await.unwrap();
    assert_eq!(set_cookie(slow).await, None);
    assert_eq!(site.who(&alice).await, "nobody");
}

#[tokio::test]
async fn a_changed_password_ends_every_copy() {
    let site = site();
    let alice = site.logged_in("alice").await;
    site.users.change("alice");
    let (pending, auth) = site.visit(&alice);
    assert_eq!(who(&auth).await, "nobody");
    assert_eq!(set_cookie(pending).await.as_deref(), Some("session="));
}

#[tokio::test]
async fn what_needs_a_store_says_so() {
    let site = site();
    let alice = site.logged_in("alice").await;
    let (_pending, auth) = site.visit(&alice);
    let session = auth.session();
    let errors = [
        session.take::<u8>("n").await.err(),
        session.update("n", |n: Option<u8>| n.unwrap_or(0) + 1).await.err(),
        auth.sessions().await.err(),
        auth.logout_with(Logout::others()).await.err(),
        auth.logout_with(Logout::everywhere()).await.err(),
        site.passport.end_sessions("alice").await.err(),
    ];
    for (at, error) in errors.iter().enumerate() {
        assert!(matches!(error, Some(Error::NeedsStore(_))), "call {at}: {error:?}");
    }
    assert_eq!(site.who(&alice).await, "alice");
}

#[tokio::test]
async fn another_user_sees_nothing_of_the_first() {
    let site = site();
    let alice = site.logged_in("alice").await;
    let (pending, auth) = site.visit(&alice);
    auth.session().insert("secret", "alice's").unwrap();
    let alice = set_cookie(pending).await.unwrap();
    let (pending, auth) = site.visit(&alice);
    auth.login(User::of("bob", 0)).await.unwrap();
    let bob = set_cookie(pending).await.unwrap();
    let (_pending, auth) = site.visit(&bob);
    assert_eq!(who(&auth).await, "bob");
    assert_eq!(auth.session().get::<String>("secret").await.unwrap(), None);
    assert_eq!(site.who(&alice).await, "nobody");
}
