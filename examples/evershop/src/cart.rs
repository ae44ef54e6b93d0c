//! The cart: the visitor's data in the shop's session, whether the visitor is logged in or not.

use axum::{
    Form, Router,
    extract::Request,
    response::Redirect,
    routing::{get, post},
};
use passport_axum::{Auth, Buffered, GuardLayer};
use passport_core::{Error, PassportExt, Session, same_origin};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Customer,
    answer::{Answer, ApiError, data},
    body,
};

const CART: &str = "cart";
/// The longest name of a thing, in bytes.
const NAME_LIMIT: usize = 200;

pub(crate) fn routes() -> Router {
    let own = GuardLayer::new(same_origin());
    Router::new()
        .route("/cart", get(show).merge(post(add).layer(own.clone())))
        .route("/cart/add", post(add_by_form).layer(own))
}

#[derive(Deserialize)]
struct Add {
    item: String,
}

/// What is in this visitor's cart.
pub(crate) async fn items(session: &Session) -> Result<Vec<String>, Error> {
    Ok(session.get(CART).await?.unwrap_or_default())
}

async fn show(req: Request) -> Answer {
    let items = items(req.auth::<Customer>()?.session()).await?;
    Ok(data(json!({ "items": items })))
}

async fn add(Buffered(req): Buffered) -> Answer {
    let Add { item } = body::json(&req, "An item is required")?;
    let session = req.auth::<Customer>()?.session().clone();
    put(&session, item).await?;
    Ok(data(json!({ "items": items(&session).await? })))
}

async fn add_by_form(auth: Auth<Customer>, Form(Add { item }): Form<Add>) -> Result<Redirect, ApiError> {
    put(auth.session(), item).await?;
    Ok(Redirect::to("/"))
}

/// Two tabs that add at once lose nothing: the store has each before it answers.
async fn put(session: &Session, item: String) -> Result<(), ApiError> {
    if item.is_empty() || item.len() > NAME_LIMIT {
        return Err(ApiError::bad_request("An item is required"));
    }
    let add = |cart: Option<Vec<String>>| {
        let mut cart = cart.unwrap_or_default();
        cart.push(item.clone());
        cart
    };
    Ok(session.update(CART, add).await?)
}
