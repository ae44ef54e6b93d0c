//! The log says who was logged out, and by what.

use crate::support::{Site, SiteBuilder, Visit, logged};

/// The line of this event, of the only one there is.
fn line<'a>(log: &'a str, event: &str) -> &'a str {
    let mut lines = log.lines().filter(|line| line.contains(event));
    let line = lines.next().unwrap_or_else(|| panic!("no {event} in {log:?}"));
    assert_eq!(lines.next(), None, "one event, one line");
    line
}

/// The line that names whose session has ended.
async fn ended(visit: &Visit, logout: impl AsyncFnOnce(&Visit)) -> String {
    let log = logged(logout(visit)).await;
    line(&log, "session_ended").to_owned()
}

#[tokio::test]
async fn a_logout_says_whose_it_was() {
    let site = Site::new();
    let visit = site.visit(&site.logged_in("alice").await);
    assert_eq!(visit.who().await, "alice");
    let line = ended(&visit, async |visit| drop(visit.auth().logout().await.unwrap())).await;
    assert!(line.contains(r#"realm="user""#) && line.contains(r#"user.id="alice""#), "{line}");
}

/// Of all realms at once: where somebody is told of it, the log knows too.
#[tokio::test]
async fn a_logout_of_all_says_whose_it_was_if_a_hook_is_told() {
    let site = SiteBuilder::new().site_with(|builder| builder.after_logout(|_| async { Ok(()) }));
    let visit = site.visit(&site.logged_in("alice").await);
    let line = ended(&visit, async |visit| drop(visit.session().logout().await.unwrap())).await;
    assert!(line.contains(r#"user.id="alice""#), "{line}");
}

#[tokio::test]
async fn the_end_of_another_session_by_its_handle_says_whose_it_was() {
    let site = Site::new();
    let elsewhere = site.visit(&site.logged_in("alice").await).session().handle().await.unwrap().unwrap();
    let visit = site.visit(&site.logged_in("alice").await);
    let line = ended(&visit, async |visit| assert!(visit.auth().end_session(elsewhere).await.unwrap())).await;
    assert!(line.contains("sessions.ended=1") && line.contains(r#"user.id="alice""#), "{line}");
    let again = logged(async { assert!(!visit.auth().end_session(elsewhere).await.unwrap()) }).await;
    assert_eq!(again, "", "nothing has ended");
}

#[tokio::test]
async fn whose_login_ends_because_that_one_is_gone_is_said_once() {
    let site = Site::new();
    let visit = site.visit(&site.logged_in("alice").await);
    site.users.remove("alice");
    let log = logged(async {
        assert_eq!((visit.who().await.as_str(), visit.who().await.as_str()), ("nobody", "nobody"));
        visit.end().await;
    })
    .await;
    let line = line(&log, "session_user_gone");
    assert!(line.contains(r#"realm="user""#) && line.contains(r#"user.id="alice""#), "{line}");
}
