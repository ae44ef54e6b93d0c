//! Where a login leads.

use passport_tests::client::Answer;

use super::site::{ALICE, Site, everywhere};

fn login(site: &Site, query: &str) -> Answer {
    let mut visitor = site.visitor();
    let answer = visitor.post(&format!("/login?{query}"), ALICE).is(303);
    answer.cookie("session");
    visitor.get("/me").is(200);
    answer
}

fn encoded(path: &str) -> String {
    path.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat()
}

#[test]
fn a_login_leads_to_the_page_that_was_asked_for() {
    everywhere(|site| {
        for page in ["/", "/profile", "/a/b.c?tab=1&x=%2F", "/a%20b", "/...", "/caf%C3%A9"] {
            let answer = login(site, &format!("return_to={}", encoded(page)));
            assert_eq!(answer.header("location"), page, "{answer}");
        }
        assert_eq!(login(site, "return_to=/profile").header("location"), "/profile");
        assert_eq!(login(site, "x=1&return_to=%2Fprofile&y=2").header("location"), "/profile");
    });
}

#[test]
fn a_login_leads_nowhere_else() {
    everywhere(|site| {
        let long = format!("/{}", "a".repeat(10 * 1024));
        for page in [
            "",
            "evil",
            "//evil",
            "///evil",
            "/\\evil",
            "\\\\evil",
            "\\/evil",
            "/.//evil",
            "/a/..//evil",
            "/a/../../evil",
            "/%2e//evil",
            "/%2e%2e//evil",
            "https:evil",
            "https://evil",
            "http:///evil",
            "//user@evil",
            "/@evil//",
            "http://127.0.0.1@evil",
            "/\t/evil",
            "\t//evil",
            "/\n/evil",
            "/\r\nset-cookie: session=x",
            " //evil",
            "/ /evil",
            "javascript:alert(1)",
            "data:text/html,x",
            "/\u{ff0f}evil",
            "\u{ff0f}\u{ff0f}evil",
            "/%2fevil",
            "/%5cevil",
            "/%252fevil",
            "/%09/evil",
            "/\u{0}evil",
            &long,
        ] {
            let answer = login(site, &format!("return_to={}", encoded(page)));
            assert_eq!(answer.header("location"), "/", "{page:?}: {answer}");
        }
        for raw in
            ["return_to=//evil", "return_to=/%5cevil", "return_to=https://evil", "return_to=%zz", "return_to"]
        {
            let mut visitor = site.visitor();
            let answer = visitor.post(&format!("/login?{raw}"), ALICE);
            assert!(answer.status == 200 || answer.header("location") == "/", "{answer}");
        }
        // The first one that is given is the one that counts.
        let answer = login(site, "return_to=//evil&return_to=/profile");
        assert!(["/", "/profile"].contains(&answer.header("location")), "{answer}");
    });
}

#[test]
fn a_wrong_password_leads_nowhere() {
    everywhere(|site| {
        let answer = site.visitor().post("/login?return_to=/profile", "username=alice&password=wrong");
        let answer = answer.is_error(401).without_cookie();
        assert_eq!(answer.header("location"), "", "{answer}");
    });
}
