//! The pages. Every value in them is escaped by the templates in `templates/`.

use askama::Template;
use axum::{extract::State, http::Uri, response::Html};
use passport_axum::{CurrentUser, MaybeUser};
use passport_core::{Message, ReturnTo};

use crate::{
    Admin, App, User,
    one_time_code::of_pairs,
    outbox::Mail,
    said::{self, MUST_BE_SIGNED_IN, SESSION_EXPIRED, SIGNED_OUT},
};

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    user: Option<&'a User>,
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login<'a> {
    user: Option<&'a User>,
    said: Option<&'a str>,
    return_to: Option<&'a ReturnTo>,
    /// The id of the code that is asked for.
    otp_id: Option<&'a str>,
    /// Whether somebody was signed in here just now: the browser's store is cleared.
    forget: bool,
}

#[derive(Template)]
#[template(path = "profile.html")]
struct Profile<'a> {
    user: Option<&'a User>,
    said: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "outbox.html")]
struct Outbox<'a> {
    user: Option<&'a User>,
    mails: &'a [Mail],
}

#[derive(Template)]
#[template(path = "admin_login.html")]
struct AdminLogin<'a> {
    user: Option<&'a User>,
    said: Option<&'a str>,
    return_to: Option<&'a ReturnTo>,
}

#[derive(Template)]
#[template(path = "admin.html")]
struct AdminPage<'a> {
    user: Option<&'a User>,
    admin: &'a Admin,
}

pub(crate) async fn home(MaybeUser(user): MaybeUser<User>) -> Html<String> {
    rendered(&Home { user: user.as_deref() })
}

pub(crate) async fn login(MaybeUser(user): MaybeUser<User>, uri: Uri) -> Html<String> {
    let (said, return_to) = (said::here(&uri), ReturnTo::of_query(&uri));
    let otp_id = of_pairs(uri.query().unwrap_or_default().as_bytes());
    rendered(&Login {
        user: user.as_deref(),
        said: words(said.as_ref(), return_to.as_ref()),
        return_to: return_to.as_ref(),
        otp_id: otp_id.as_deref(),
        forget: user.is_none()
            && said.as_ref().is_some_and(|said| [SIGNED_OUT, SESSION_EXPIRED].contains(said)),
    })
}

/// For users only: others are sent to the login page, which brings them back.
pub(crate) async fn profile(user: CurrentUser<User>, uri: Uri) -> Html<String> {
    let said = said::here(&uri);
    rendered(&Profile { user: Some(&user), said: said.as_ref().map(Message::text) })
}

/// What would have been mailed. A real site has no such page: whoever reads it signs in as whoever asked for a code.
pub(crate) async fn outbox(MaybeUser(user): MaybeUser<User>, State(app): State<App>) -> Html<String> {
    rendered(&Outbox { user: user.as_deref(), mails: &app.outbox.mails() })
}

pub(crate) async fn admin_login(MaybeUser(user): MaybeUser<User>, uri: Uri) -> Html<String> {
    let (said, return_to) = (said::here(&uri), ReturnTo::of_query(&uri));
    let said = words(said.as_ref(), return_to.as_ref());
    rendered(&AdminLogin { user: user.as_deref(), said, return_to: return_to.as_ref() })
}

/// For administrators only.
pub(crate) async fn admin(admin: CurrentUser<Admin>, MaybeUser(user): MaybeUser<User>) -> Html<String> {
    rendered(&AdminPage { user: user.as_deref(), admin: &admin })
}

/// Why the visitor is on a login page.
fn words<'a>(said: Option<&'a Message>, return_to: Option<&ReturnTo>) -> Option<&'a str> {
    said.map(Message::text).or(return_to.map(|_| MUST_BE_SIGNED_IN))
}

fn rendered(page: &impl Template) -> Html<String> {
    let page = page.render();
    Html(page.unwrap_or_else(|error| unreachable!("a string takes all that is written to it: {error}")))
}
