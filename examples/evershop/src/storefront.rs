//! What customers see: pages, and the JSON that EverShop's own pages talk to.

use axum::{
    Router,
    extract::{Query, Request},
    http::Uri,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use passport_axum::{Buffered, CurrentUser, Error, GuardLayer};
use passport_core::{Message, Passport, PassportExt, ReturnTo};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Customer, EvershopRequest,
    answer::{Answer, ApiError, data},
    body::{self, Login},
    cart, pages,
};

pub(crate) fn routes(shop: &Passport<Customer>) -> Result<Router, passport_core::Error> {
    let login = shop
        .authenticate("local")?
        .success_return_to_or("/")
        .failure_redirect("/account/login")
        .failure_message(pages::WRONG);
    Ok(Router::new()
        .route("/", get(home))
        // The guard answers every form itself: nothing is left for the handler.
        .route("/account/login", post(()).layer(GuardLayer::new(login)).get(login_page))
        .route("/account", get(account))
        .route("/account/logout", post(logout))
        .route("/customer/login", post(customer_login_json))
        .route("/customer/logout", get(customer_logout_json).post(customer_logout_json)))
}

async fn home(req: Request) -> Result<Html<String>, Error> {
    let customer = req.get_current_customer().await?;
    let cart = cart::items(req.auth::<Customer>()?.session()).await?;
    Ok(Html(pages::home(customer.as_deref(), &cart)))
}

/// Who is logged in already is sent on.
async fn login_page(req: Request) -> Result<Response, Error> {
    let return_to = wanted(req.uri());
    if req.is_customer_logged_in().await? {
        return Ok(Redirect::to(return_to.as_ref().map_or("/", ReturnTo::as_str)).into_response());
    }
    let message = Message::of_query(req.uri(), &[pages::WRONG]);
    Ok(Html(pages::login(&pages::SHOP, message.as_ref(), return_to.as_ref())).into_response())
}

/// For customers only: others are sent to the login page, which brings them back.
async fn account(customer: CurrentUser<Customer>) -> Html<String> {
    Html(pages::account(&customer))
}

async fn logout(req: Request) -> Result<Redirect, Error> {
    req.logout_customer().await?;
    Ok(Redirect::to("/"))
}

async fn customer_login_json(Buffered(req): Buffered) -> Answer {
    let Login { email, password } = body::json(&req, "Email and password are required")?;
    req.login_customer_with_email(&email, password).await?;
    // The session's public name. Its id is for the cookie alone, which no script can read.
    let session = req.auth::<Customer>()?.session().handle().await?;
    Ok(data(json!({ "sid": session })))
}

async fn customer_logout_json(req: Request) -> Answer {
    req.logout_customer().await.map_err(ApiError::not_saved)?;
    Ok(data(json!({})))
}

/// Where a visitor wanted to go: as a guard of ours says it, or as EverShop's links do. A path of this site, or nothing.
pub(crate) fn wanted(uri: &Uri) -> Option<ReturnTo> {
    #[derive(Deserialize)]
    struct Wanted {
        redirect: String,
    }
    ReturnTo::of_query(uri).or_else(|| {
        let Query(Wanted { redirect }) = Query::try_from_uri(uri).ok()?;
        ReturnTo::parse(&redirect)
    })
}
