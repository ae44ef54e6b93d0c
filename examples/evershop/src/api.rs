//! The rest of the API: who is asking, and what administrators may do.

use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderValue, header},
    routing::{get, patch, post},
};
use passport_axum::{Buffered, GuardLayer};
use passport_core::Passport;
use serde::Deserialize;
use serde_json::json;

use crate::{
    AdminUser, Customer, EvershopRequest, Row, Table,
    answer::{Answer, ApiError, data},
    body, registration,
};

#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) customers: Table<Customer>,
    pub(crate) shop: Passport<Customer>,
}

impl Api {
    pub(crate) fn routes(self, office: &Passport<AdminUser>) -> Result<Router, passport_core::Error> {
        // By cookie or by token; whoever presents nothing is let through, and nobody.
        let customer = GuardLayer::new(self.shop.authenticate(["session", "jwt"])?.optional());
        let admin = GuardLayer::new(office.authenticate(["session", "jwt"])?.optional());
        let known = GuardLayer::new(office.authenticate(["session", "jwt"])?);
        let may_update = GuardLayer::new(office.require_login().and(|admin| admin.may("updateCustomer")));
        // An administrator, and one who may do this very thing. The outer guard, the last one, runs first.
        let customers = Router::new()
            .route("/customers/{uuid}", patch(update_customer))
            .route_layer(may_update)
            .route_layer(known);
        Ok(Router::new()
            .merge(customers)
            .route("/customer/whoami", get(which_customer).layer(customer))
            .route("/user/whoami", get(which_user).layer(admin))
            .route("/customers", post(registration::create_customer))
            .with_state(self))
    }
}

/// An API answers in JSON, whoever asks: the layer is for the outside of everything.
pub(crate) async fn speaks_json(mut req: Request) -> Request {
    if req.uri().path().starts_with("/api/") {
        req.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    }
    req
}

async fn which_customer(req: Request) -> Answer {
    let customer = req.get_current_customer().await?.map(|customer| customer.payload());
    let logged_in = req.is_customer_logged_in().await?;
    Ok(data(json!({ "isCustomerLoggedIn": logged_in, "currentCustomer": customer })))
}

async fn which_user(req: Request) -> Answer {
    let user = req.get_current_user().await?.map(|user| user.payload());
    let logged_in = req.is_user_logged_in().await?;
    Ok(data(json!({ "isUserLoggedIn": logged_in, "currentUser": user })))
}

/// `updateCustomer`, as far as it matters here: `status` 0 disables, and everything that the customer had ends at once.
async fn update_customer(
    State(api): State<Api>,
    Path(uuid): Path<String>,
    Buffered(req): Buffered,
) -> Answer {
    #[derive(Deserialize)]
    struct Update {
        status: u8,
    }
    let Update { status } = body::json(&req, "A status is required")?;
    let (Some(customer), 0 | 1) = (api.customers.with_uuid(&uuid), status) else {
        return Err(ApiError::bad_request("Invalid customer or status"));
    };
    let id = customer.person.id;
    let customer = api.customers.set_active(id, status == 1).unwrap_or(customer);
    api.shop.end_sessions(&id).await?;
    Ok(data(customer.payload()))
}
