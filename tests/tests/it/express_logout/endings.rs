//! What the original answers, over the network.

use passport_tests::{
    client::{Answer, Visitor},
    program::Program,
};

use super::RIGHT;

fn alice(site: &Program) -> Visitor {
    let mut alice = Visitor::new(&site.addr);
    alice.post_json("/api/auth/login", RIGHT).says(200, r#"{"username":"alice"}"#);
    alice
}

fn logout(visitor: &mut Visitor) -> Answer {
    visitor.delete("/api/auth/logout")
}

#[test]
fn a_logout_is_told_and_the_session_is_over() {
    let site = Program::start("example-express-logout", &[]);
    let mut alice = alice(&site);
    alice.get("/api/auth/me").says(200, r#"{"username":"alice"}"#);
    logout(&mut alice).says(200, "Logout successful");
    alice.get("/api/auth/me").is(401);
    assert_eq!(site.terminate(), Some(0));
}

#[test]
fn a_logout_of_nobody_and_a_second_one_are_told_the_same() {
    let site = Program::start("example-express-logout", &[]);
    logout(&mut Visitor::new(&site.addr)).says(200, "Logout successful");
    let mut copy = alice(&site);
    logout(&mut copy.clone()).says(200, "Logout successful");
    logout(&mut copy).says(200, "Logout successful");
}

#[test]
fn where_no_session_layer_is_the_answer_is_empty() {
    let site = Program::start("example-express-logout", &[]);
    let mut alice = alice(&site);
    alice.delete("/api/bare/logout").says(200, "").without_cookie();
    alice.get("/api/auth/me").is(200);
}

#[test]
fn only_delete_is_a_logout() {
    let site = Program::start("example-express-logout", &[]);
    let mut alice = alice(&site);
    for method in ["GET", "POST", "PUT", "PATCH"] {
        alice.send(method, "/api/auth/logout", &[], "").says(404, "Not Found").without_cookie();
    }
    alice.get("/api/auth").says(404, "Not Found");
    alice.get("/nowhere").says(404, "Not Found");
    alice.get("/api/auth/me").is(200);
}

#[test]
fn a_form_logs_in_as_well_as_json() {
    let site = Program::start("example-express-logout", &[]);
    let mut bob = Visitor::new(&site.addr);
    bob.post("/api/auth/login", "username=bob&password=wonderland+is+far+away").is(200);
    bob.get("/api/auth/me").says(200, r#"{"username":"bob"}"#);
}

#[test]
fn a_login_that_is_none_is_refused_and_leaves_no_cookie() {
    let site = Program::start("example-express-logout", &[]);
    let mut visitor = Visitor::new(&site.addr);
    for (body, status) in [
        (r#"{"username":"alice","password":"wrong"}"#, 401),
        (r#"{"username":"nobody","password":"wrong"}"#, 401),
        (r#"{"username":"%","password":"correct horse battery staple"}"#, 401),
        (r#"{"username":"ali%","password":"correct horse battery staple"}"#, 401),
        (r#"{"username":["alice"],"password":"correct horse battery staple"}"#, 400),
        (r#"{"username":{"like":"alice"},"password":"correct horse battery staple"}"#, 400),
        (r#"{"username":7,"password":"correct horse battery staple"}"#, 400),
        (r#"{"username":null,"password":"correct horse battery staple"}"#, 400),
        (r#"{"username":"alice","password":true}"#, 400),
        (r#"{"username":"alice"}"#, 400),
        (r#"{"password":"correct horse battery staple"}"#, 400),
        ("{}", 400),
        ("[]", 400),
        ("{", 400),
        ("\"", 400),
    ] {
        visitor.post_json("/api/auth/login", body).is(status).without_cookie();
    }
    visitor
        .send("POST", "/api/auth/login", &[("content-type", "text/plain")], RIGHT)
        .is(415)
        .without_cookie();
    visitor.post("/api/auth/login?username=alice&password=correct+horse+battery+staple", "").is(400);
    visitor.send("POST", "/api/auth/login", &[], "").is(401).without_cookie();
    let long = format!(r#"{{"username":"alice","password":"{}"}}"#, "x".repeat(70_000));
    visitor.post_json("/api/auth/login", &long).is(413).without_cookie();
    visitor.get("/api/auth/me").is(401).without_cookie();
}
