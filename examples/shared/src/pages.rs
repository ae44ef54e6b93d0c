//! The pages. Every value in them is escaped by the templates in `templates/`.

use askama::Template;
use passport_core::{Message, ReturnTo};

use crate::User;

/// What the visitor reads after a failed login, whatever its cause.
pub const WRONG: Message = Message::new("wrong", "Wrong username or password.");

/// What every answer carries: no scripts, no frames, nothing from elsewhere but this site's own style sheet and forms.
///
/// Not `Referrer-Policy: no-referrer`: with it, browsers send `Origin: null` with this site's own forms, which is how forms of
/// foreign sites look.
pub const SECURITY_HEADERS: [(&str, &str); 3] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'sha256-khXmAyVLPfxMBu7F89qPUjVeqw5XxoeQCKui8WWTLfU='; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
];

/// The page `/`: a login form, or who is logged in and a logout form.
///
/// `return_to` is where the form brings the visitor after the login; `messages` are shown above it.
pub fn home(user: Option<&User>, messages: &[Message], return_to: Option<&ReturnTo>) -> String {
    rendered(&Home { style: STYLE, user, messages, return_to })
}

/// The page `/profile`, of this user.
pub fn profile(user: &User) -> String {
    rendered(&Profile { style: STYLE, user })
}

/// The style sheet. It is in the page itself: one request less, and one route less for each framework.
pub const STYLE: &str = include_str!("../templates/style.css");

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    style: &'static str,
    user: Option<&'a User>,
    messages: &'a [Message],
    return_to: Option<&'a ReturnTo>,
}

#[derive(Template)]
#[template(path = "profile.html")]
struct Profile<'a> {
    style: &'static str,
    user: &'a User,
}

fn rendered(page: &impl Template) -> String {
    page.render().unwrap_or_else(|error| unreachable!("a string takes all that is written to it: {error}"))
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_STANDARD};
    use sha2::{Digest, Sha256};

    use super::*;

    const NASTY: &str = "<script>\"&'";

    fn named(name: &str) -> User {
        User { id: 1, name: name.to_owned(), epoch: 0 }
    }

    #[test]
    fn the_policy_allows_the_style_sheet_as_it_is() {
        let hash = format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(STYLE)));
        assert!(
            SECURITY_HEADERS[0].1.contains(&hash),
            "the style sheet has changed: write {hash} into the policy"
        );
        assert!(home(None, &[], None).contains(&format!("<style>{STYLE}</style>")));
    }

    #[test]
    fn whatever_is_inserted_is_escaped() {
        let message = Message::of_text("nasty", NASTY);
        let return_to = ReturnTo::parse("/a?b='&c").unwrap();
        for page in [
            home(None, &[message], Some(&return_to)),
            home(Some(&named(NASTY)), &[], None),
            profile(&named(NASTY)),
        ] {
            assert!(!page.contains("<script") && !page.contains(NASTY), "{page}");
            assert!(page.contains("&#60;script&#62;"), "{page}");
        }
        assert!(home(None, &[], Some(&return_to)).contains("value=\"/a?b=&#39;&#38;c\""));
    }

    #[test]
    fn a_visitor_gets_the_login_form_and_a_user_the_logout_form() {
        let (visitor, user) = (home(None, &[], None), home(Some(&named("alice")), &[], None));
        assert!(
            visitor.contains("Home page")
                && visitor.contains("action=\"/login\"")
                && !visitor.contains("/logout")
        );
        assert!(user.contains("Home page") && user.contains("alice") && user.contains("action=\"/logout\""));
        assert!(!user.contains("/login"));
    }

    #[test]
    fn the_form_brings_the_visitor_back() {
        let page = home(None, &[], ReturnTo::parse("/profile").as_ref());
        assert!(page.contains("<input type=\"hidden\" name=\"return_to\" value=\"/profile\">"), "{page}");
        assert!(!home(None, &[], None).contains("return_to"));
    }
}
