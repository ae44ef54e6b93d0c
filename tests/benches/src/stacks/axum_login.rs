//! axum-login with tower-sessions in memory, as their own examples put them together.

use std::convert::Infallible;

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use axum_login::{AuthManagerLayer, AuthManagerLayerBuilder, AuthSession, AuthUser, AuthnBackend, UserId};
use http::StatusCode;
use passport_cost::users::{User, Users};
use tower_sessions::{MemoryStore, SessionManagerLayer, SessionStore};

/// Its user is cloned into every request.
#[derive(Clone, Debug)]
pub struct Account(pub User);

impl AuthUser for Account {
    type Id = u64;

    fn id(&self) -> u64 {
        self.0.id
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.0.hash.as_bytes()
    }
}

#[derive(Clone, Debug)]
pub struct Backend(Users);

impl AuthnBackend for Backend {
    type User = Account;
    type Credentials = ();
    type Error = Infallible;

    async fn authenticate(&self, (): ()) -> Result<Option<Account>, Infallible> {
        Ok(None)
    }

    async fn get_user(&self, id: &UserId<Self>) -> Result<Option<Account>, Infallible> {
        Ok(self.0.get(*id).map(|user| Account(User::clone(user))))
    }
}

/// The routes and the layer.
pub fn routes(users: &Users) -> (Router, AuthManagerLayer<Backend, MemoryStore>) {
    routes_over(users, MemoryStore::default())
}

/// The same over a store of one's own.
pub fn routes_over<S: SessionStore + Clone>(
    users: &Users,
    store: S,
) -> (Router, AuthManagerLayer<Backend, S>) {
    let routes =
        Router::new().route("/public", get(async || "ok")).route("/me", get(me)).route("/login", post(login));
    let sessions = SessionManagerLayer::new(store);
    (routes.with_state(users.clone()), AuthManagerLayerBuilder::new(Backend(users.clone()), sessions).build())
}

async fn me(auth: AuthSession<Backend>) -> Result<String, StatusCode> {
    auth.user.map(|user| user.0.name).ok_or(StatusCode::UNAUTHORIZED)
}

async fn login(State(users): State<Users>, mut auth: AuthSession<Backend>) -> Result<(), StatusCode> {
    let user = Account(User::clone(&users.next()));
    auth.login(&user).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
