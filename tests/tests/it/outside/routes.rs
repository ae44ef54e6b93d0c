//! Routes that ask nothing, and what is no route.

use passport_tests::client::{InFlight, begin_bytes};

use super::site::{alone, everywhere};

#[test]
fn a_route_outside_of_the_layer_knows_nothing_of_sessions() {
    everywhere(|site| {
        let answer = site.alice().get("/bare").says(200, "ok").without_cookie();
        assert_eq!((answer.header("vary"), answer.header("cache-control")), ("", ""), "{answer}");
    });
}

#[test]
fn a_route_that_asks_nothing_is_answered_as_if_there_were_no_sessions() {
    everywhere(|site| {
        for mut visitor in [site.visitor(), site.alice()] {
            let answer = visitor.get("/public").says(200, "ok").without_cookie();
            assert_eq!((answer.header("vary"), answer.header("cache-control")), ("", ""), "{answer}");
        }
    });
}

#[test]
fn a_route_that_asks_nothing_needs_no_store() {
    alone(&[], |site| {
        let mut alice = site.alice();
        site.fail("all");
        alice.get("/public").says(200, "ok");
        alice.get("/bare").says(200, "ok");
    });
}

#[test]
fn an_unknown_path_is_not_found_in_plain_words() {
    everywhere(|site| {
        for path in ["/", "/nowhere", "/me/more", "/Me", "/logout/now", "/admin", "/control", "/control/else"]
        {
            for method in ["GET", "POST", "DELETE"] {
                let answer = site.visitor().send(method, path, &[], "").says(404, "Not Found");
                assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8", "{answer}");
            }
        }
    });
}

#[test]
fn nobody_logs_out_by_a_get() {
    everywhere(|site| {
        let mut alice = site.alice();
        alice.get("/logout").is_error(405).without_cookie();
        alice.get("/me").is(200);
    });
}

#[test]
fn a_handler_that_panics_is_one_500_and_no_more() {
    everywhere(|site| {
        let mut alice = site.alice();
        alice.put("/notes/kept", "before").says(204, "");
        for _ in 0..3 {
            alice.get("/boom").is_error(500).without_cookie();
        }
        alice.get("/me").is(200);
        assert_eq!(alice.get("/notes").is(200).json()["kept"], "before");
        site.visitor().get("/boom").is_error(500).without_cookie();
    });
}

#[test]
fn requests_of_one_connection_know_nothing_of_each_other() {
    everywhere(|site| {
        let [alice, bob] =
            [site.alice(), site.bob()].map(|user| format!("cookie: session={}\r\n", user.cookies["session"]));
        let close = "connection: close\r\n".to_owned();
        let request = |header: &str| format!("GET /me HTTP/1.1\r\nhost: {}\r\n{header}\r\n", site.addr());
        let four = [request(&alice), request(""), request(&bob), request(&close)].concat();
        let sent = begin_bytes(site.addr(), four.as_bytes()).and_then(InFlight::everything);
        let text = sent.unwrap_or_else(|error| panic!("{error}"));
        let lines = text
            .split("HTTP/1.1 ")
            .skip(1)
            .map(|answer| (&answer[..3], answer.contains("\"bob\""), answer.contains("\"alice\"")));
        let expected =
            [("200", false, true), ("401", false, false), ("200", true, false), ("401", false, false)];
        assert_eq!(lines.collect::<Vec<_>>(), expected, "{text}");
    });
}
