//! The pages. Every value in them is escaped by the templates in `templates/`.

use askama::Template;
use passport_core::{Message, ReturnTo};

use crate::{AdminUser, Customer, shop};

/// What a visitor reads after a failed login, whatever its cause.
pub(crate) const WRONG: Message = Message::new("wrong", shop::WRONG);

/// Whose login page it is.
pub(crate) struct Realm {
    title: &'static str,
    action: &'static str,
}

/// The customers'.
pub(crate) const SHOP: Realm = Realm { title: "Sign in", action: "/account/login" };
/// The administrators'.
pub(crate) const OFFICE: Realm = Realm { title: "Back office", action: "/admin/login" };

/// The shop's front: who is there, and what is in the cart.
pub(crate) fn home(customer: Option<&Customer>, cart: &[String]) -> String {
    rendered(&Home { style: STYLE, customer, cart })
}

/// A login form.
pub(crate) fn login(realm: &Realm, message: Option<&Message>, return_to: Option<&ReturnTo>) -> String {
    rendered(&Login { style: STYLE, realm, message, return_to })
}

/// A customer's own page.
pub(crate) fn account(customer: &Customer) -> String {
    rendered(&Account { style: STYLE, customer })
}

/// The dashboard of the back office.
pub(crate) fn dashboard(admin: &AdminUser) -> String {
    rendered(&Dashboard { style: STYLE, admin })
}

/// The style sheet whose hash is in `SECURITY_HEADERS`.
const STYLE: &str = include_str!("../../shared/templates/style.css");

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    style: &'static str,
    customer: Option<&'a Customer>,
    cart: &'a [String],
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login<'a> {
    style: &'static str,
    realm: &'a Realm,
    message: Option<&'a Message>,
    return_to: Option<&'a ReturnTo>,
}

#[derive(Template)]
#[template(path = "account.html")]
struct Account<'a> {
    style: &'static str,
    customer: &'a Customer,
}

#[derive(Template)]
#[template(path = "dashboard.html")]
struct Dashboard<'a> {
    style: &'static str,
    admin: &'a AdminUser,
}

fn rendered(page: &impl Template) -> String {
    page.render().unwrap_or_else(|error| unreachable!("a string takes all that is written to it: {error}"))
}
