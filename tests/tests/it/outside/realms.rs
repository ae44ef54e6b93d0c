//! Two kinds of user in one browser.

use serde_json::json;

use super::site::{ALICE, BOB, ROOT, everywhere};

#[test]
fn an_administrator_logs_in_beside_a_user() {
    everywhere(|site| {
        let mut both = site.alice();
        let answer = both.post("/admin/login", ROOT).is(200);
        assert_eq!(answer.json(), json!({ "username": "root" }), "{answer}");
        answer.cookie("admin_session");
        assert_eq!(answer.all("set-cookie").len(), 1, "{answer}");
        assert_eq!(both.get("/me").is(200).json(), json!({ "username": "alice", "realm": "user" }));
        assert_eq!(both.get("/admin/me").is(200).json(), json!({ "username": "root", "realm": "admin" }));
    });
}

#[test]
fn a_logout_ends_its_own_realm_only() {
    everywhere(|site| {
        let mut both = site.alice();
        both.post("/admin/login", ROOT).is(200);
        let mut other = both.clone();

        both.post("/admin/logout", "").says(204, "");
        both.get("/admin/me").is_error(401);
        both.get("/me").is(200);

        other.get("/admin/me").is_error(401);
        other.post("/admin/login", ROOT).is(200);
        other.post("/logout", "").says(204, "");
        other.get("/me").is_error(401);
        other.get("/admin/me").is(200);
    });
}

#[test]
fn a_users_password_opens_no_other_realm() {
    everywhere(|site| {
        for credentials in [ALICE, BOB] {
            site.visitor().post("/admin/login", credentials).is_error(401).without_cookie();
        }
        site.visitor().post("/login", ROOT).is_error(401).without_cookie();
        site.alice().get("/admin/me").is_error(401);
        site.logged_in("/admin/login", ROOT).get("/me").is_error(401);
    });
}

#[test]
fn an_id_under_the_name_of_another_cookie_is_nobodys() {
    everywhere(|site| {
        let user = site.alice().cookies["session"].clone();
        let admin = site.logged_in("/admin/login", ROOT).cookies["admin_session"].clone();
        let mut swapped = site.visitor().with_cookie("session", &admin).with_cookie("admin_session", &user);
        swapped.get("/me").is_error(401);
        swapped.get("/admin/me").is_error(401);
        swapped.clone().post("/logout", "").says(204, "");
        swapped.clone().post("/admin/logout", "").says(204, "");
        site.visitor().with_cookie("session", &user).get("/me").is(200);
        site.visitor().with_cookie("admin_session", &admin).get("/admin/me").is(200);
    });
}

#[test]
fn the_notes_are_the_users_and_not_the_administrators() {
    everywhere(|site| {
        let mut admin = site.logged_in("/admin/login", ROOT);
        assert_eq!(admin.get("/notes").is(200).json(), json!({}));
        admin.put("/notes/a", "b").is(204).cookie("session");
        admin.post("/admin/logout", "").is(204);
        assert_eq!(admin.get("/notes").is(200).json(), json!({ "a": "b" }));
    });
}
