//! Several kinds of user in one browser: in one session, or with a cookie each.

use http::StatusCode;
use passport_core::Logout;

use crate::support::{Site, SiteBuilder};

async fn names(site: &Site, cookies: &str) -> (String, String) {
    let visit = site.visit(cookies);
    (visit.who().await, visit.which_admin().await)
}

fn are(names: &(String, String), user: &str, admin: &str) -> bool {
    (names.0.as_str(), names.1.as_str()) == (user, admin)
}

#[tokio::test]
pub(crate) async fn a_second_realm_leaves_the_first_one_as_it_was() {
    let site = SiteBuilder::new().two_realms();
    let alice = site.logged_in("alice").await;
    assert!(are(&names(&site, &alice).await, "alice", "nobody"));
    let visit = site.visit(&alice);
    visit.login_admin("root").await;
    let both = visit.end().await.cookie();
    assert!(are(&names(&site, &both).await, "alice", "root"));
    assert!(are(&names(&site, &alice).await, "nobody", "nobody"), "the old id is dead");
}

#[tokio::test]
async fn users_of_two_realms_with_one_id_are_two_people() {
    let site = SiteBuilder::new().two_realms();
    let visit = site.visit("");
    visit.login("root").await;
    let root = visit.end().await.cookie();
    assert!(are(&names(&site, &root).await, "root", "nobody"));
    let visit = site.visit(&root);
    visit.login_admin("root").await;
    let both = visit.end().await.cookie();
    // Ending the user's sessions does not end the admin's of the same id.
    assert_eq!(site.passport.end_sessions("root").await.unwrap(), 1);
    assert!(are(&names(&site, &both).await, "nobody", "root"));
}

#[tokio::test]
pub(crate) async fn a_logout_of_one_realm_keeps_the_other_under_a_new_id() {
    let site = SiteBuilder::new().two_realms();
    let both = site.logged_in_twice().await.cookies();
    let visit = site.visit(&both);
    let done = visit.auth().logout().await.unwrap();
    assert_eq!((done.ended, done.destroyed), (1, false));
    assert_eq!((visit.who().await.as_str(), visit.which_admin().await.as_str()), ("nobody", "root"));
    let after = visit.end().await.cookie();
    assert!(are(&names(&site, &after).await, "nobody", "root"));
    assert!(are(&names(&site, &both).await, "nobody", "nobody"));
}

#[tokio::test]
async fn a_logout_that_names_no_realm_spares_none() {
    let site = SiteBuilder::new().two_realms();
    let both = site.logged_in_twice().await.cookies();
    let visit = site.visit(&both);
    assert_eq!(visit.session().logout().await.unwrap().ended, 1, "one session");
    assert_eq!((visit.who().await.as_str(), visit.which_admin().await.as_str()), ("nobody", "nobody"));
    assert!(visit.end().await.takes_the_cookie_away());
    assert!(are(&names(&site, &both).await, "nobody", "nobody"));
}

#[tokio::test]
async fn logging_out_of_a_realm_where_nobody_is_changes_nothing_for_the_other() {
    let site = SiteBuilder::new().two_realms();
    let alice = site.logged_in_with("alice", "cart", "tea").await;
    let visit = site.visit(&alice);
    assert_eq!(visit.admin().logout().await.unwrap().ended, 0);
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.who(&alice).await, "alice");
    assert_eq!(site.holds(&alice, "cart").await.as_deref(), Some("tea"));
}

#[tokio::test]
async fn logging_out_everywhere_in_one_realm_keeps_the_other_one_everywhere() {
    let site = SiteBuilder::new().two_realms();
    let (here, there) = (site.logged_in_twice().await.cookies(), site.logged_in_twice().await.cookies());
    let visit = site.visit(&here);
    let done = visit.auth().logout_with(Logout::everywhere()).await.unwrap();
    assert_eq!(done.ended, 2);
    let after = visit.end().await.cookie();
    assert!(are(&names(&site, &after).await, "nobody", "root"));
    assert!(are(&names(&site, &there).await, "nobody", "root"));
}

#[tokio::test]
async fn of_two_cookies_each_realm_has_its_own() {
    let site = SiteBuilder::new().two_cookies();
    let browser = site.logged_in_twice().await;
    assert!(browser.cookies().contains("asid=") && browser.cookies().contains("session="));
    assert!(are(&names(&site, &browser.cookies()).await, "alice", "root"));
}

#[tokio::test]
async fn a_logout_of_one_cookie_does_not_touch_the_other() {
    let site = SiteBuilder::new().two_cookies();
    let mut browser = site.logged_in_twice().await;
    let visit = site.visit(&browser.cookies());
    visit.admin().logout().await.unwrap();
    let answer = visit.end().await;
    assert!(answer.takes_the_cookie_away() && answer.set_cookies()[0].starts_with("asid="));
    browser.keep(&answer);
    assert!(are(&names(&site, &browser.cookies()).await, "alice", "nobody"));
}

#[tokio::test]
async fn a_logout_that_names_no_realm_ends_the_sessions_of_both_cookies() {
    let site = SiteBuilder::new().two_cookies();
    let browser = site.logged_in_twice().await;
    let visit = site.visit(&browser.cookies());
    assert_eq!(visit.session().logout().await.unwrap().ended, 2);
    assert_eq!(visit.end().await.set_cookies().len(), 2);
    assert!(are(&names(&site, &browser.cookies()).await, "nobody", "nobody"));
}

#[tokio::test]
async fn an_id_sent_under_the_other_cookies_name_is_nobody() {
    let site = SiteBuilder::new().two_cookies();
    let browser = site.logged_in_twice().await;
    let swapped =
        browser.cookies().replace("asid=", "x=").replace("session=", "asid=").replace("x=", "session=");
    assert!(are(&names(&site, &swapped).await, "nobody", "nobody"));
}

#[tokio::test]
async fn a_write_goes_to_the_innermost_session_and_stays_there() {
    let site = SiteBuilder::new().two_cookies();
    let visit = site.visit("");
    visit.session().insert("a", "admin's").unwrap();
    let answer = visit.end().await;
    assert!(answer.cookie().starts_with("asid="));
    let visit = site.visit(&answer.cookie());
    assert_eq!(visit.get("a").await, None, "the user's session");
    let own = visit.admin().session().get::<String>("a").await.unwrap();
    assert_eq!(own.as_deref(), Some("admin's"));
}

#[tokio::test]
async fn an_error_of_one_of_two_sessions_is_an_error_of_the_answer() {
    use crate::support::Fault;
    let site = SiteBuilder::new().two_cookies();
    let browser = site.logged_in_twice().await;
    let visit = site.visit(&browser.cookies());
    visit.put("a", "1");
    site.store.arm("update", Fault::Fail);
    let answer = visit.end().await;
    assert_eq!(answer.failed, Some(StatusCode::SERVICE_UNAVAILABLE));
    assert!(answer.sets_no_cookie());
}

/// The user whom the request saw has been ended meanwhile, and another realm's login has kept the session: the id that the browser
/// sent ends with the login all the same, and the other login goes along.
#[tokio::test]
async fn a_login_moves_a_session_that_lost_a_user_meanwhile() {
    let site = SiteBuilder::new().two_realms();
    let both = site.logged_in_twice().await.cookies();
    let visit = site.visit(&both);
    assert!(are(&(visit.who().await, visit.which_admin().await), "alice", "root"));
    visit.put("cart", "of alice");
    let other = site.logged_in("alice").await;
    site.visit(&other).auth().logout_with(Logout::everywhere()).await.unwrap();
    assert!(are(&names(&site, &both).await, "nobody", "root"));
    visit.login("bob").await;
    assert!(are(&(visit.who().await, visit.which_admin().await), "bob", "root"));
    let new = visit.end().await.cookie();
    assert!(are(&names(&site, &both).await, "nobody", "nobody"), "the old id is dead");
    assert!(are(&names(&site, &new).await, "bob", "root"));
    assert_eq!(site.holds(&new, "cart").await, None);
    site.visit(&new).session().logout().await.unwrap();
    assert!(are(&names(&site, &new).await, "nobody", "nobody"));
}
