//! The same routes, bare and under each layer.

use std::{hint::black_box, sync::Arc};

use axum::{
    Extension, Router,
    extract::State,
    routing::{get, post},
};
use http::HeaderValue;
use passport_axum::{Auth, CurrentUser, Error, PassportLayer, PassportService};
use passport_core::Passport;
use passport_session::{IntoStore, Sessions};
use tower_layer::Layer;

use crate::{
    floor::{Floor, FloorService},
    users::{User, Users},
};

/// Where a layer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Around the whole router.
    Around,
    /// By `Router::layer`: inside of it, around each route.
    Inside,
}

/// The routes without any layer, as `axum::serve` drives them: without `with_state(())` axum would apply every layer
/// anew on every request.
pub fn bare(users: &Users) -> Router {
    let routes = Router::new()
        .route("/public", get(public))
        .route("/me", get(async || String::from("user-0000000")))
        .route("/login", post(async |State(users): State<Users>| drop(black_box(users.next()))));
    routes.with_state(users.clone()).with_state(())
}

/// The routes under passport, with sessions in this store.
///
/// # Panics
///
/// If the settings cannot work.
#[expect(clippy::expect_used, reason = "the settings are all default")]
pub fn passport(users: &Users, store: impl IntoStore) -> (Router, PassportLayer<User>) {
    let passport =
        Passport::builder(users.clone(), Sessions::over(store)).build().expect("settings that work");
    let routes = Router::new()
        .route("/public", get(public))
        .route("/me", get(async |CurrentUser(user): CurrentUser<User>| user.name.clone()))
        .route("/login", post(login));
    (routes.with_state(users.clone()), PassportLayer::new(passport))
}

async fn login(State(users): State<Users>, auth: Auth<User>) -> Result<(), Error> {
    Ok(auth.login(users.next()).await?)
}

/// The routes under the hand-written layer, which has no login, and the cookies of some who are logged in.
pub fn floor(users: &Users, visitors: usize) -> (Router, Floor, Vec<HeaderValue>) {
    let floor = Floor::default();
    let cookies = (0..visitors).map(|_| floor.log_in(users.next())).collect();
    let routes = Router::new()
        .route("/public", get(public))
        .route("/me", get(async |Extension(user): Extension<Arc<User>>| user.name.clone()))
        .route("/login", post(async |State(users): State<Users>| drop(black_box(users.next()))));
    (routes.with_state(users.clone()), floor, cookies)
}

/// Around the whole router.
pub fn around<L: Layer<Router>>(routes: Router, layer: &L) -> L::Service {
    layer.layer(routes.with_state(()))
}

/// What [`around`] makes of our layer.
pub type Passported = PassportService<User, Router>;
/// What [`around`] makes of the hand-written layer.
pub type Floored = FloorService<Router>;

async fn public() -> &'static str {
    "ok"
}
