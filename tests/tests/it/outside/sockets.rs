//! WebSockets end with the session that opened them.

use std::time::{Duration, Instant};

use passport_tests::client::{Frame, Socket, Visitor};

use super::site::{ALICE, BOB, ROOT, Site, alone, everywhere};

/// The contract's second, and what a busy machine adds.
const SOON: Duration = Duration::from_millis(1_500);

/// Opens one and reads the name. `None` where the framework has no WebSocket.
#[track_caller]
fn open(visitor: &Visitor, name: &str) -> Option<Socket> {
    let mut socket = match visitor.open("/ws", &[]) {
        Ok(socket) => socket,
        Err(answer) => {
            answer.is_error(501);
            return None;
        }
    };
    let first = socket.next_within(Duration::from_secs(10)).expect("a frame");
    assert_eq!(first, Some(Frame::Text(name.to_owned())));
    Some(socket)
}

#[track_caller]
fn echoes(socket: &mut Socket, text: &str) {
    socket.send(text).expect("the socket is open");
    let answer = socket.next_within(Duration::from_secs(10)).expect("the socket is open");
    assert_eq!(answer, Some(Frame::Text(text.to_owned())));
}

#[track_caller]
fn closes(mut socket: Socket) {
    let begun = Instant::now();
    let frame = socket.next_within(SOON).expect("a frame before the end");
    assert_eq!(frame, Some(Frame::Close(Some(4401))), "after {:?}", begun.elapsed());
}

/// Whether a socket of alice is closed by something.
fn is_closed_by(args: &[&str], end: impl Fn(&Site, &mut Visitor)) {
    alone(args, |site| {
        let mut alice = site.alice();
        let Some(mut socket) = open(&alice, "alice") else { return };
        echoes(&mut socket, "still here");
        end(site, &mut alice);
        closes(socket);
    });
}

#[test]
fn a_socket_says_who_opened_it_and_echoes() {
    everywhere(|site| {
        let alice = site.alice();
        let Some(mut socket) = open(&alice, "alice") else { return };
        for text in ["hello", "", "é🍪", &"x".repeat(125)] {
            echoes(&mut socket, text);
        }
    });
}

#[test]
fn a_socket_needs_somebody_who_is_logged_in() {
    everywhere(|site| {
        let mut anonymous = site.visitor();
        anonymous.put("/notes/a", "b").is(204);
        for visitor in [site.visitor(), anonymous, site.logged_in("/admin/login", ROOT)] {
            match visitor.open("/ws", &[]) {
                Ok(_) => panic!("a socket for nobody"),
                Err(answer) => assert!(matches!(answer.status, 401 | 501), "{answer}"),
            }
        }
        site.visitor().get("/ws").without_cookie().is_error(401);
    });
}

#[test]
fn a_get_without_an_upgrade_is_an_error_like_others() {
    everywhere(|site| {
        let answer = site.alice().get("/ws").without_cookie();
        assert!(matches!(answer.status, 400 | 426 | 501), "{answer}");
        let status = answer.status;
        answer.is_error(status);
    });
}

#[test]
fn a_logout_closes_the_socket() {
    is_closed_by(&[], |_, alice| drop(alice.post("/logout", "").is(204)));
    is_closed_by(&[], |_, alice| drop(alice.delete("/logout").is(200)));
    is_closed_by(&[], |_, alice| drop(alice.post("/logout/everywhere", "").is(200)));
    is_closed_by(&[], |_, alice| {
        alice.put("/notes/a", "b").is(204);
        alice.post("/logout/keep", "").is(204);
    });
}

#[test]
fn a_logout_from_another_browser_closes_the_socket() {
    is_closed_by(&[], |site, _| drop(site.alice().post("/logout/others", "").is(200)));
    is_closed_by(&[], |site, _| drop(site.alice().post("/logout/everywhere", "").is(200)));
    is_closed_by(&[], |site, alice| {
        let sessions = alice.get("/sessions").is(200).json();
        let handle = sessions[0]["handle"].as_str().unwrap_or_default().to_owned();
        site.alice().delete(&format!("/sessions/{handle}")).says(204, "");
    });
}

#[test]
fn a_password_change_closes_the_sockets_of_other_sessions() {
    is_closed_by(&[], |site, _| {
        let change = r#"{"current":"correct horse battery staple","new":"the new one"}"#;
        site.alice().post_json("/password", change).is(204);
    });
}

#[test]
fn another_login_in_the_browser_closes_the_socket() {
    is_closed_by(&[], |_, alice| drop(alice.post("/login", BOB).is(200)));
    is_closed_by(&[], |_, alice| drop(alice.post("/login", ALICE).is(200)));
}

#[test]
fn a_user_who_may_no_longer_loses_the_socket() {
    is_closed_by(&[], |site, _| site.control("users/alice", r#"{"disabled":true}"#));
    is_closed_by(&[], |site, _| site.control("users/alice", r#"{"deleted":true}"#));
    is_closed_by(&[], |site, _| {
        site.control("users/alice", r#"{"disabled":true}"#);
        site.control("users/alice", r#"{"disabled":false}"#);
    });
}

#[test]
fn a_session_that_expires_loses_the_socket() {
    is_closed_by(&["--idle-secs", "600"], |site, _| site.advance(600));
    is_closed_by(&["--idle-secs", "600", "--absolute-secs", "1000"], |site, alice| {
        site.advance(590);
        alice.get("/me").is(200);
        site.advance(410);
    });
}

#[test]
fn an_open_socket_is_no_activity() {
    is_closed_by(&["--idle-secs", "600"], |site, alice| {
        let mut second = open(alice, "alice").expect("one is open already");
        for _ in 0..2 {
            site.advance(250);
            // Longer than the socket takes to look after its session.
            assert_eq!(second.next_within(SOON).expect("the socket is open"), None);
            echoes(&mut second, "I am active");
        }
        site.advance(100);
    });
}

#[test]
fn what_others_do_closes_no_socket() {
    alone(&[], |site| {
        let mut alice = site.alice();
        let Some(mut socket) = open(&alice, "alice") else { return };
        site.bob().post("/logout/everywhere", "").is(200);
        site.alice().post("/logout", "").is(204);
        alice.put("/notes/a", "b").is(204);
        alice.get("/me").is(200);
        alice.post("/logout/others", "").is(200);
        let mut visitor = site.visitor();
        visitor.put("/notes/a", "b").is(204);
        visitor.post("/logout", "").is(204);
        site.control("users/bob", r#"{"disabled":true}"#);
        assert_eq!(socket.next_within(SOON).expect("the socket is open"), None);
        echoes(&mut socket, "still here");
    });
}

#[test]
fn a_store_that_fails_for_a_while_closes_no_socket() {
    alone(&[], |site| {
        let mut alice = site.alice();
        let Some(mut socket) = open(&alice, "alice") else { return };
        site.fail("all");
        assert_eq!(socket.next_within(SOON).expect("the socket is open"), None);
        site.fail("none");
        echoes(&mut socket, "still here");
        alice.post("/logout", "").is(204);
        closes(socket);
    });
}

#[test]
fn every_socket_of_the_session_is_closed() {
    alone(&[], |site| {
        let mut alice = site.alice();
        let sockets: Vec<_> = (0..10).filter_map(|_| open(&alice, "alice")).collect();
        alice.post("/logout", "").is(204);
        sockets.into_iter().for_each(closes);
    });
}
