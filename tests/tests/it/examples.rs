//! The same small site on each framework.

use passport_tests::{client::Visitor, program::Program};

const SITES: [&str; 3] = ["example-axum", "example-hyper", "example-actix"];

#[test]
fn a_visitor_signs_in_and_out_on_every_framework() {
    for package in SITES {
        let site = Program::start(package, &[]);
        let mut visitor = Visitor::new(&site.addr);
        assert!(visitor.get("/").body.contains("Home page"), "{package}");
        let sent = visitor.get("/profile");
        assert_eq!((sent.status, sent.header("location")), (303, "/?return_to=%2Fprofile"), "{package}");
        let wrong = visitor.post("/login", "username=alice&password=wrong&return_to=/profile");
        assert_eq!(
            (wrong.status, wrong.header("location")),
            (303, "/?error=wrong&return_to=%2Fprofile"),
            "{package}"
        );
        let form = "username=alice&password=correct+horse+battery+staple&return_to=%2Fprofile";
        let login = visitor.post("/login", form);
        assert_eq!((login.status, login.header("location")), (303, "/profile"), "{package}: {login:?}");
        let copy = visitor.clone();
        assert!(visitor.get("/profile").body.contains("alice"), "{package}");
        let logout = visitor.post("/logout", "");
        assert_eq!((logout.status, logout.header("location")), (303, "/"), "{package}");
        assert_eq!(copy.clone().get("/profile").status, 303, "{package}: a copied cookie is dead");
        let nowhere = visitor.get("/nowhere");
        assert_eq!((nowhere.status, nowhere.body.as_str()), (404, "Not Found"), "{package}");
        assert_eq!(nowhere.header("content-type"), "text/plain; charset=utf-8", "{package}");
        assert_eq!(site.terminate(), Some(0), "{package}");
    }
}

#[test]
fn a_program_with_a_key_gets_in_until_the_key_is_revoked() {
    let site = Program::start("example-custom-strategy", &[]);
    let mut program = Visitor::new(&site.addr);
    let key = [("x-api-key", "alice-ci-4f1d9c27b8e05a63")];
    let me = program.send("GET", "/api/me", &key, "");
    assert_eq!((me.status, me.all("set-cookie").len()), (200, 0), "{me:?}");
    assert!(me.body.contains("alice"));
    assert_eq!(program.send("GET", "/api/me", &[("x-api-key", "guessed")], "").status, 401);
    assert_eq!(program.get("/api/me").status, 401);
}
