//! What administrators see: the same as customers, in a realm of its own.

use axum::{
    Router,
    extract::Request,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use passport_axum::{Buffered, CurrentUser, Error, GuardLayer};
use passport_core::{Message, Passport, PassportExt, ReturnTo};
use serde_json::json;

use crate::{
    AdminUser, EvershopRequest,
    answer::{Answer, ApiError, data},
    body::{self, Login},
    pages,
    storefront::wanted,
};

pub(crate) fn routes(office: &Passport<AdminUser>) -> Result<Router, passport_core::Error> {
    let login = office
        .authenticate("local")?
        .success_return_to_or("/admin")
        .failure_redirect("/admin/login")
        .failure_message(pages::WRONG);
    Ok(Router::new()
        .route("/admin", get(dashboard))
        .route("/admin/login", post(()).layer(GuardLayer::new(login)).get(login_page))
        .route("/admin/logout", post(logout))
        .route("/admin/user/login", post(admin_login_json))
        .route("/admin/user/logout", get(admin_logout_json).post(admin_logout_json)))
}

/// For administrators only: others, customers too, are sent to the back office's login page.
async fn dashboard(admin: CurrentUser<AdminUser>) -> Html<String> {
    Html(pages::dashboard(&admin))
}

/// Who is logged in already is sent on.
async fn login_page(req: Request) -> Result<Response, Error> {
    let return_to = wanted(req.uri());
    if req.get_current_user().await?.is_some() {
        return Ok(Redirect::to(return_to.as_ref().map_or("/admin", ReturnTo::as_str)).into_response());
    }
    let message = Message::of_query(req.uri(), &[pages::WRONG]);
    Ok(Html(pages::login(&pages::OFFICE, message.as_ref(), return_to.as_ref())).into_response())
}

async fn logout(req: Request) -> Result<Redirect, Error> {
    req.logout_user().await?;
    Ok(Redirect::to("/admin/login"))
}

async fn admin_login_json(Buffered(req): Buffered) -> Answer {
    let Login { email, password } = body::json(&req, "Email or password is invalid")?;
    req.login_user_with_email(&email, password).await?;
    let session = req.auth::<AdminUser>()?.session().handle().await?;
    Ok(data(json!({ "sid": session })))
}

async fn admin_logout_json(req: Request) -> Answer {
    req.logout_user().await.map_err(ApiError::not_saved)?;
    Ok(data(json!({})))
}
