//! A user's own sessions: seeing them, and ending one.

use std::{net::IpAddr, time::Duration};

use http::{Request, header};
use passport_core::{Client, Handle, Session};
use passport_session::Beyond;

use crate::support::{Person, Site, SiteBuilder, request};

async fn from(site: &Site, agent: &str) -> String {
    let visit = site.begin(request("").header(header::USER_AGENT, agent));
    visit.login("alice").await;
    visit.end().await.cookie()
}

#[tokio::test]
async fn a_user_sees_each_session_with_its_browser_and_its_times_the_latest_first() {
    let site = Site::new();
    from(&site, "Phone").await;
    site.clock.advance(Duration::from_secs(5));
    let desk = from(&site, "Desk").await;
    site.logged_in("bob").await;
    let all = site.visit(&desk).auth().sessions().await.unwrap();
    let agents: Vec<_> = all.iter().map(|info| info.client.user_agent().unwrap()).collect();
    assert_eq!(agents, ["Desk", "Phone"]);
    assert_eq!((all[0].current, all[1].current), (true, false));
    assert_eq!(all[0].created.since(all[1].created), Duration::from_secs(5));
    assert_eq!(all[0].strategy, "login");
}

#[tokio::test]
async fn the_list_holds_nothing_that_is_worth_stealing() {
    let site = Site::new();
    let alice = from(&site, "Phone").await;
    let all = site.visit(&alice).auth().sessions().await.unwrap();
    let handle = all[0].handle.to_string();
    assert!(!alice.contains(&handle));
    assert_eq!(site.who(&format!("session={handle}")).await, "nobody");
}

#[tokio::test]
async fn a_user_ends_one_of_the_own_sessions_by_its_handle() {
    let site = Site::new();
    let (phone, desk) = (from(&site, "Phone").await, from(&site, "Desk").await);
    let visit = site.visit(&desk);
    let all = visit.auth().sessions().await.unwrap();
    let other = all.iter().find(|info| !info.current).unwrap().handle;
    assert!(visit.auth().end_session(other).await.unwrap());
    assert!(!visit.auth().end_session(other).await.unwrap(), "there is no such session any more");
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!((site.who(&phone).await.as_str(), site.who(&desk).await.as_str()), ("nobody", "alice"));
}

#[tokio::test]
async fn ending_the_own_session_by_its_handle_is_a_logout() {
    let site = Site::new();
    let alice = from(&site, "Desk").await;
    let visit = site.visit(&alice);
    let own = visit.auth().sessions().await.unwrap()[0].handle;
    assert!(visit.auth().end_session(own).await.unwrap());
    assert!(visit.end().await.takes_the_cookie_away());
}

#[tokio::test]
async fn a_handle_outlives_a_rotation() {
    let site = Site::new();
    let (phone, desk) = (from(&site, "Phone").await, from(&site, "Desk").await);
    let handle = site.visit(&phone).auth().sessions().await.unwrap();
    let handle = handle.iter().find(|info| info.current).unwrap().handle;
    let visit = site.visit(&phone);
    visit.session().rotate().await.unwrap();
    let phone = visit.end().await.cookie();
    assert!(site.visit(&desk).auth().end_session(handle).await.unwrap());
    assert_eq!(site.who(&phone).await, "nobody");
}

#[tokio::test]
async fn another_users_session_counts_as_none() {
    let site = Site::new();
    let (alice, bob) = (from(&site, "Phone").await, site.logged_in("bob").await);
    let handle = site.visit(&alice).auth().sessions().await.unwrap()[0].handle;
    assert!(!site.visit(&bob).auth().end_session(handle).await.unwrap());
    assert!(!site.visit(&bob).auth().end_session(Handle::new([7; 16])).await.unwrap());
    assert!(!site.visit("").auth().end_session(handle).await.unwrap());
    assert_eq!(site.who(&alice).await, "alice");
}

#[tokio::test]
async fn nobody_has_no_sessions() {
    let site = Site::new();
    let cart = site.anonymous().await;
    for cookie in ["", &cart] {
        assert!(site.visit(cookie).auth().sessions().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_oldest_session_gives_way_when_a_user_has_too_many() {
    let site = SiteBuilder::new().sessions(|sessions| sessions.limit(2, Beyond::EndOldest)).site();
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(site.logged_in("alice").await);
        site.clock.advance(Duration::from_secs(1));
    }
    let mut names = Vec::new();
    for cookie in &all {
        names.push(site.who(cookie).await);
    }
    assert_eq!(names, ["nobody", "alice", "alice"]);
}

#[tokio::test]
async fn a_login_beyond_the_limit_is_refused_if_that_was_asked_for() {
    let site = SiteBuilder::new().sessions(|sessions| sessions.limit(1, Beyond::Refuse)).site();
    let first = site.logged_in("alice").await;
    let visit = site.visit("");
    let error = visit.auth().login(site.users.get("alice")).await.unwrap_err();
    assert_eq!(error.status(), http::StatusCode::FORBIDDEN);
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.who(&first).await, "alice");
}

#[tokio::test]
async fn the_address_of_a_client_is_what_the_application_says() {
    let site = Site::new();
    let visit = site
        .begin(Request::post("/").header(header::USER_AGENT, "Phone").header("x-forwarded-for", "10.0.0.1"));
    let address = "192.0.2.7".parse().unwrap();
    visit.session().set_client(Client::new().with_address(address));
    visit.auth().login(crate::support::User::of("alice", 0)).await.unwrap();
    let info = &visit.auth().sessions().await.unwrap()[0];
    assert_eq!(info.client.address(), Some(address));
    assert_eq!(info.client.user_agent(), Some("Phone"), "what is known already stays");
}

/// Where two kinds of user have a session each, the handler has the inner one, and either of them may log in.
#[tokio::test]
async fn the_address_of_a_client_is_that_of_all_its_sessions() {
    let address = "192.0.2.7".parse().unwrap();
    let says: [fn(&Session, IpAddr); 2] = [
        |session, address| session.set_client(Client::new().with_address(address)),
        |session, address| session.set_client_address(address),
    ];
    for say in says {
        let site = SiteBuilder::new().two_cookies();
        let visit = site.visit("");
        say(visit.session(), address);
        visit.login("alice").await;
        visit.login_admin("root").await;
        assert_eq!(visit.auth().sessions().await.unwrap()[0].client.address(), Some(address));
        assert_eq!(visit.admin().sessions().await.unwrap()[0].client.address(), Some(address));
    }
}

/// Whoever stands outside has found the address, and those further in need not find it again.
#[tokio::test]
async fn a_session_that_begins_inside_of_another_knows_its_address() {
    let site = SiteBuilder::new().two_cookies();
    let address = "192.0.2.7".parse().unwrap();
    let visit = site.begin_from(address, request(""));
    visit.login_admin("root").await;
    assert_eq!(visit.admin().sessions().await.unwrap()[0].client.address(), Some(address));
}

/// A proxy may say who the client is. The header that is seen further in is the proxy's own.
#[tokio::test]
async fn the_application_knows_the_client_better_than_a_header_further_in() {
    let site = SiteBuilder::new().two_cookies();
    let request = Request::post("/").header(header::USER_AGENT, "Proxy");
    let visit = site.begin_with(request, |pending| {
        pending.session().set_client(Client::new().with_user_agent("Phone"));
    });
    visit.login_admin("root").await;
    assert_eq!(visit.admin().sessions().await.unwrap()[0].client.user_agent(), Some("Phone"));
}
