//! The program itself, as `cargo run -p example-evershop` starts it.

use passport_tests::{client::Visitor, program::Program};

const ALICE: &str = r#"{"email":"alice@example.com","password":"correct horse battery staple"}"#;
const ROOT: &str = r#"{"email":"root@example.com","password":"the admin of all things"}"#;

#[test]
fn a_visitor_fills_a_cart_signs_in_and_out_in_both_realms() {
    let shop = Program::start("example-evershop", &[]);
    let mut visitor = Visitor::new(&shop.addr);
    visitor.post_json("/cart", r#"{"item":"tea"}"#).says(200, r#"{"data":{"items":["tea"]}}"#);
    visitor.post_json("/customer/login", ALICE).is(200);
    visitor.post_json("/admin/user/login", ROOT).is(200);
    assert!(visitor.get("/account").is(200).body.contains("alice@example.com"));
    assert!(visitor.get("/admin").is(200).body.contains("root@example.com"));
    let copy = visitor.clone();
    visitor.post_json("/customer/logout", "{}").says(200, r#"{"data":{}}"#);
    assert_eq!(visitor.get("/account").status, 303);
    assert_eq!(copy.clone().get("/account").status, 303, "a copied cookie is dead");
    visitor.get("/cart").says(200, r#"{"data":{"items":["tea"]}}"#);
    visitor.get("/admin").is(200);
    visitor.get("/admin/user/logout").says(200, r#"{"data":{}}"#);
    assert_eq!(visitor.get("/admin").status, 303);
    assert_eq!(shop.terminate(), Some(0));
}

#[test]
fn sessions_and_families_in_a_file_outlive_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("shop.db").display());
    let secret = |name: &str| format!("{name}, in a test, 0123456789 abcdefghij");
    let secrets = ["a", "b", "c", "d"].map(secret);
    let env = [
        ("SESSIONS", store.as_str()),
        ("JWT_CUSTOMER_SECRET", &secrets[0]),
        ("JWT_CUSTOMER_REFRESH_SECRET", &secrets[1]),
        ("JWT_ADMIN_SECRET", &secrets[2]),
        ("JWT_ADMIN_REFRESH_SECRET", &secrets[3]),
    ];
    let shop = Program::start("example-evershop", &env);
    let mut visitor = Visitor::new(&shop.addr);
    visitor.post_json("/customer/login", ALICE).is(200);
    let tokens = visitor.post_json("/api/customer/tokens", ALICE).is(200).json();
    let cookies = visitor.cookies.clone();
    assert_eq!(shop.terminate(), Some(0));

    let shop = Program::start("example-evershop", &env);
    let mut visitor = Visitor::new(&shop.addr);
    let refresh = format!(r#"{{"refreshToken":{}}}"#, tokens["data"]["refreshToken"]);
    visitor.post_json("/api/customer/token/refresh", &refresh).is(200);
    visitor.post_json("/api/customer/token/refresh", &refresh).is(401);
    visitor.cookies = cookies;
    visitor.get("/account").is(200);
}

#[test]
fn secrets_that_are_too_short_or_too_few_keep_the_program_from_starting() {
    let (code, said) = Program::run("example-evershop", &[("JWT_ADMIN_SECRET", "hunter2")], &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("JWT_CUSTOMER_SECRET") && !said.contains("hunter2"), "{said}");
    let short = [
        "JWT_CUSTOMER_SECRET",
        "JWT_CUSTOMER_REFRESH_SECRET",
        "JWT_ADMIN_SECRET",
        "JWT_ADMIN_REFRESH_SECRET",
    ]
    .map(|name| (name, "hunter2"));
    let (code, said) = Program::run("example-evershop", &short, &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("at least 32") && !said.contains("hunter2"), "{said}");
}

#[test]
fn the_log_holds_neither_passwords_nor_tokens_nor_cookies() {
    let (read, write) = std::io::pipe().unwrap();
    let log = std::thread::spawn(move || std::io::read_to_string(read).unwrap());
    let shop = Program::start_logging("example-evershop", &[("RUST_LOG", "trace")], write);
    let mut visitor = Visitor::new(&shop.addr);
    let answers = [
        visitor.post_json("/customer/login", ALICE),
        visitor.post_json("/customer/login", r#"{"email":"MARKED-name","password":"MARKED-password"}"#),
        visitor.post_json("/api/customer/tokens", ALICE),
        visitor.post_json("/api/customer/token/refresh", r#"{"refreshToken":"MARKED-token"}"#),
        visitor.send("GET", "/api/customer/whoami", &[("authorization", "Bearer MARKED-access")], ""),
    ];
    let tokens = answers[2].json()["data"].clone();
    let cookie = visitor.cookies["sid"].clone();
    assert_eq!(shop.terminate(), Some(0));
    let log = log.join().unwrap();
    assert!(log.contains("logged in"));
    for secret in ["MARKED", "correct horse", &cookie] {
        assert!(!log.contains(secret), "{secret}");
    }
    for token in ["accessToken", "refreshToken"] {
        let token = tokens[token].as_str().unwrap();
        assert!(!log.contains(token) && !log.contains(token.rsplit('.').next().unwrap()), "{log}");
    }
}
