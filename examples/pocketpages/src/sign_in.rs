//! `signInWithPassword`, `signInWithToken`, `signInWithOTP`: a strategy each, and a route.

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use passport_axum::{Auth, Buffered, Error, GuardLayer};
use passport_core::{Error as PassportError, Outcome, Passport};

use crate::{
    Admin, App, User,
    one_time_code::id_of,
    said::{CODE, FAILED, refused},
};

pub(crate) fn routes(users: &Passport<User>, admins: &Passport<Admin>) -> Result<Router<App>, PassportError> {
    let to_profile = |strategy| {
        let guard = users.authenticate(strategy)?.success_return_to_or("/profile");
        Ok::<_, PassportError>(GuardLayer::new(guard.failure_redirect("/login").failure_message(FAILED)))
    };
    let to_admin = admins.authenticate("password")?.success_return_to_or("/admin");
    let to_admin = to_admin.failure_redirect("/admin/login").failure_message(FAILED);
    Ok(Router::new()
        // The guards answer these themselves: nothing is left for a handler.
        .route("/login", post(()).layer(to_profile("password")?))
        .route("/login/token", post(()).layer(to_profile("token")?))
        .route("/admin/login", post(()).layer(GuardLayer::new(to_admin)))
        .route("/login/code", post(by_code)))
}

/// In a handler, because a wrong code leads back to the same question.
async fn by_code(auth: Auth<User>, Buffered(req): Buffered) -> Result<Response, Error> {
    match auth.authenticate("code", &req).await? {
        Outcome::Success(success) => {
            auth.login(success).await?;
            Ok(Redirect::to("/profile").into_response())
        }
        outcome => {
            let page = id_of(&req).map_or_else(|| "/login".to_owned(), |id| format!("/login?otpId={id}"));
            let status = if let Outcome::Fail(failure) = outcome { failure.as_status() } else { None };
            Ok(refused(auth.session(), &page, &CODE, status.unwrap_or(StatusCode::BAD_REQUEST)))
        }
    }
}
