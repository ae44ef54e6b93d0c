//! The routes of `authRouter`: log in, see who is logged in, log out.

mod page;

use axum::{
    Json, Router,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use example_shared::{User, Users};
use passport_axum::{CurrentUser, GuardLayer, PassportLayer};
use passport_core::{Error, Passport, PassportExt};
use passport_local::Local;
use passport_session::Sessions;
use serde_json::{Value, json};

/// The whole program, for these users and with their sessions kept here.
///
/// # Errors
///
/// If something is configured in a way that cannot work.
pub fn app(users: Users, sessions: &Sessions) -> Result<Router, Error> {
    let passport = Passport::builder(users.clone(), sessions).strategy("local", Local::new(users)).build()?;
    let login = GuardLayer::new(passport.authenticate("local")?);
    let auth = Router::new()
        // The guard has logged the user in when the handler is asked.
        .route("/login", post(me).layer(login))
        .route("/me", get(me))
        .route("/logout", delete(logout))
        .layer(PassportLayer::new(passport));
    Ok(Router::new()
        .nest("/api/auth", auth)
        // The same handler, where no layer has put a session into the request.
        .route("/api/bare/logout", delete(logout))
        .merge(page::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(not_found))
}

/// `DELETE /api/auth/logout`.
async fn logout(req: Request) -> Response {
    match req.logout().await {
        Ok(_) => "Logout successful".into_response(),
        Err(Error::NotInstalled(_)) => StatusCode::OK.into_response(),
        Err(error @ Error::CrossSite) => passport_axum::Error(error).into_response(),
        Err(error) => {
            error.report("logout");
            (StatusCode::BAD_REQUEST, "Unable to log out").into_response()
        }
    }
}

/// The protected endpoint: 401 for visitors.
async fn me(user: CurrentUser<User>) -> Json<Value> {
    Json(json!({ "username": user.name }))
}

/// Express knows a route by its method too: `GET /api/auth/logout` is no route.
async fn not_found() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "Not Found")
}
