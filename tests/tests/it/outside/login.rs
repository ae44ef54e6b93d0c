//! Logging in: what is accepted, what is refused, and how alike refusals look.

use passport_tests::client::{Answer, InFlight, begin_bytes};
use serde_json::json;

use super::site::{ALICE, BOB, Site, alone, everywhere};

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[test]
fn a_form_logs_in() {
    everywhere(|site| {
        let mut alice = site.visitor();
        let answer = alice.post("/login", ALICE).is(200);
        assert_eq!(answer.json(), json!({ "username": "alice" }), "{answer}");
        assert_eq!(answer.header("content-type"), "application/json", "{answer}");
        answer.cookie("session");
        let me = alice.get("/me").is(200);
        assert_eq!(me.json(), json!({ "username": "alice", "realm": "user" }), "{me}");
    });
}

#[test]
fn json_logs_in() {
    everywhere(|site| {
        let mut bob = site.visitor();
        let answer = bob.post_json("/login", r#"{"username":"bob","password":"wonderland is far away"}"#);
        assert_eq!(answer.is(200).json(), json!({ "username": "bob" }));
        assert_eq!(bob.get("/me").is(200).json()["username"], "bob");
    });
}

#[test]
fn the_type_of_the_body_may_have_parameters_and_capitals() {
    everywhere(|site| {
        for kind in ["application/x-www-form-urlencoded; charset=utf-8", "Application/X-WWW-Form-Urlencoded"]
        {
            site.visitor().send("POST", "/login", &[("content-type", kind)], ALICE).is(200);
        }
        let body = r#"{"password":"correct horse battery staple","more":[1],"username":"alice"}"#;
        let kind = ("content-type", "application/json ; charset=utf-8");
        site.visitor().send("POST", "/login", &[kind], body).is(200);
    });
}

#[test]
fn any_other_type_of_body_is_415() {
    everywhere(|site| {
        for kind in
            ["text/plain", "multipart/form-data; boundary=x", "application/jsonp", "application", "*/*", ""]
        {
            let answer = site.visitor().send("POST", "/login", &[("content-type", kind)], ALICE);
            answer.is_error(415).without_cookie();
        }
        site.visitor().send("POST", "/login", &[], ALICE).is_error(415).without_cookie();
        site.visitor().send("POST", "/login", &[FORM, JSON], ALICE).is_error(415).without_cookie();
    });
}

#[test]
fn a_malformed_body_is_400() {
    everywhere(|site| {
        for body in [
            "",
            "{",
            "[]",
            "null",
            "7",
            r#""alice""#,
            "{}",
            r#"{"username":"alice"}"#,
            r#"{"password":"x"}"#,
            r#"{"username":"alice","password":null}"#,
            r#"{"username":"alice","password":7}"#,
            r#"{"username":"alice","password":true}"#,
            r#"{"username":"alice","password":["correct horse battery staple"]}"#,
            r#"{"username":"alice","password":{"$ne":""}}"#,
            r#"{"username":["alice"],"password":"correct horse battery staple"}"#,
            r#"{"username":"alice","username":"alice","password":"correct horse battery staple"}"#,
            r#"{"username":"alice","password":"x","password":"correct horse battery staple"}"#,
            r#"{"username":"alice","password":""}"#,
            r#"{"username":"","password":"x"}"#,
            r#"{"username":"alice","password":"x"} more"#,
            ALICE,
        ] {
            site.visitor().post_json("/login", body).is_error(400).without_cookie();
        }
        for body in [
            "",
            "username=alice",
            "password=x",
            "username=alice&password=",
            "username=&password=x",
            "username=alice&password=%",
            "username=alice&password=%4",
            "username=alice&password=%zz",
            "username=alice&password=%ff",
            "username=alice&username=bob&password=x",
            "username=alice&password=x&password=correct+horse+battery+staple",
            "username[]=alice&password[]=x",
            r#"{"username":"alice","password":"correct horse battery staple"}"#,
        ] {
            site.visitor().post("/login", body).is_error(400).without_cookie();
        }
        let answer = site.raw("POST", "/login", &[FORM], b"username=alice&password=\xff");
        answer.is_error(400).without_cookie();
    });
}

#[test]
fn a_password_is_never_read_from_the_address() {
    everywhere(|site| {
        for body in ["", "username=alice", "x=y"] {
            let mut visitor = site.visitor();
            let answer = visitor.post(&format!("/login?{ALICE}"), body).without_cookie();
            assert!(answer.status == 400 || answer.status == 401, "{answer}");
            visitor.get("/me").is_error(401);
        }
        site.visitor().send("GET", &format!("/login?{ALICE}"), &[], "").is_error(405).without_cookie();
    });
}

#[test]
fn a_body_beyond_64_kib_is_413() {
    everywhere(|site| {
        let body = |size: usize| format!("{ALICE}&x={}", "x".repeat(size - ALICE.len() - 3));
        site.visitor().post("/login", &body(64 * 1024)).is(200);
        site.visitor().post("/login", &body(64 * 1024 + 1)).is_error(413).without_cookie();
        let megabyte = format!("username=alice&password={}", "x".repeat(1024 * 1024));
        site.visitor().post("/login", &megabyte).is_error(413).without_cookie();
        let json = format!(r#"{{"username":"alice","password":"{}"}}"#, "x".repeat(70_000));
        site.visitor().post_json("/login", &json).is_error(413).without_cookie();
        site.visitor().get("/public").is(200);
    });
}

#[test]
fn wrong_unknown_disabled_and_endless_look_alike() {
    alone(&[], |site| {
        site.control("users/bob", r#"{"disabled":true}"#);
        let wrong =
            site.visitor().post("/login", "username=alice&password=wrong").is_error(401).without_date();
        let endless = "x".repeat(2_048);
        for (name, password) in [
            ("alice", "correct+horse+battery+stapl"),
            ("alice", "Correct+horse+battery+staple"),
            ("alice", "correct+horse+battery+staple%00"),
            ("Alice", "correct+horse+battery+staple"),
            ("alice%00", "correct+horse+battery+staple"),
            ("root", "the+admin+of+all+things"),
            ("nobody", "wrong"),
            ("bob", "wrong"),
            ("bob", "wonderland+is+far+away"),
            ("alice", &endless),
            ("nobody", &endless),
            ("bob", &endless),
        ] {
            let mut visitor = site.visitor();
            let answer = visitor.post("/login", &format!("username={name}&password={password}"));
            let answer = answer.without_cookie();
            assert_eq!(answer.without_date(), wrong, "{name}, {password:.40}: {answer}");
            let json = format!(
                r#"{{"username":"{}","password":"{}"}}"#,
                name.replace("%00", "\\u0000"),
                password.replace('+', " ").replace("%00", "\\u0000")
            );
            let answer = visitor.post_json("/login", &json);
            assert_eq!(answer.without_date(), wrong, "{json:.60}: {answer}");
            visitor.get("/me").is_error(401);
        }
    });
}

#[test]
fn a_password_of_1024_bytes_is_a_password() {
    alone(&[], |site| {
        let long = "é".repeat(512);
        let change = |current: &str, new: &str| format!(r#"{{"current":"{current}","new":"{new}"}}"#);
        let mut alice = site.alice();
        alice
            .post_json("/password", &change("correct horse battery staple", &format!("{long}x")))
            .is_error(400);
        alice.post_json("/password", &change("correct horse battery staple", &long)).says(204, "");
        let login = |password: &str| format!(r#"{{"username":"alice","password":"{password}"}}"#);
        site.visitor().post_json("/login", &login(&long)).is(200);
        site.visitor().post_json("/login", &login(&format!("{long}x"))).is_error(401);
    });
}

#[test]
fn a_failed_login_changes_nothing() {
    everywhere(|site| {
        let mut visitor = site.visitor();
        visitor.post("/login", "username=alice&password=wrong").is_error(401).without_cookie();
        visitor.put("/notes/cart", "book").is(204);
        let before = visitor.cookies.clone();
        visitor.post("/login", "username=alice&password=wrong").is_error(401).without_cookie();
        assert_eq!(visitor.cookies, before);
        assert_eq!(visitor.get("/notes").json(), json!({ "cart": "book" }));

        let mut alice = site.alice();
        alice.post("/login", "username=bob&password=wrong").is_error(401).without_cookie();
        assert_eq!(alice.get("/me").is(200).json()["username"], "alice");
    });
}

#[test]
fn an_anonymous_visitor_is_401() {
    everywhere(|site| {
        for path in ["/me", "/slow?ms=1", "/sessions", "/admin/me"] {
            site.visitor().get(path).is_error(401).without_cookie();
        }
        for path in ["/logout/others", "/logout/everywhere", "/password"] {
            site.visitor().post_json(path, "{}").is_error(401).without_cookie();
        }
        site.visitor().delete("/sessions/0123456789abcdef").is_error(401).without_cookie();
    });
}

#[test]
fn logins_at_once_are_each_their_own_users() {
    everywhere(|site| {
        let begun: Vec<_> = (0..5)
            .flat_map(|_| [("alice", ALICE), ("bob", BOB)])
            .map(|(name, form)| (name, site.visitor().begin_post("/login", form)))
            .collect();
        for (name, login) in begun {
            let mut visitor = site.visitor();
            assert_eq!(visitor.finish(login).is(200).json()["username"], name);
            assert_eq!(visitor.get("/me").is(200).json()["username"], name);
        }
    });
}

/// A login whose body comes in chunks, with no length announced.
#[track_caller]
fn in_chunks(site: &Site, chunks: &[&str]) -> Answer {
    let mut text = format!(
        "POST /login HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\
         content-type: application/x-www-form-urlencoded\r\n\r\n",
        site.addr()
    );
    for chunk in chunks {
        text.extend([&format!("{:x}\r\n", chunk.len()), *chunk, "\r\n"]);
    }
    text.push_str("0\r\n\r\n");
    let sent = begin_bytes(site.addr(), text.as_bytes()).and_then(InFlight::answer);
    sent.unwrap_or_else(|error| panic!("POST /login in chunks: {error}"))
}

#[test]
fn a_body_in_chunks_is_read_to_the_same_limit() {
    everywhere(|site| {
        let (first, second) = ALICE.split_at(20);
        in_chunks(site, &[first, second]).is(200);
        let long = "x".repeat(40_000);
        in_chunks(site, &[ALICE, "&x=", &long]).is(200);
        in_chunks(site, &[ALICE, "&x=", &long, &long]).is_error(413).without_cookie();
    });
}
