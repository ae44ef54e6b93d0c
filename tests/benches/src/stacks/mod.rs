//! Everything that is measured, by name.

mod actix;
pub mod axum_login;
pub mod more;
mod waiting;

use passport_cost::{
    drive::{Stack, Tower},
    requests::Route,
    stacks::{Place, around, bare, floor, passport},
    users::{Ends, Users},
};
use passport_session::MemoryStore;
use tower_layer::Layer;

pub use self::{actix::Actix, waiting::Waiting};

/// How many visitors are logged in; their cookies come one after the other.
pub const VISITORS: usize = 100;
/// How many users there are: whoever logs in is the next one.
const USERS: usize = 20_000;
/// An Argon2id hash, as it is stored.
pub const LONG: usize = 97;
/// As in the peers' own examples.
pub const SHORT: usize = 6;

/// One thing to measure.
pub struct Subject {
    /// On the command line.
    pub key: &'static str,
    /// In tables.
    pub name: &'static str,
    /// The key of what its added cost is counted from.
    pub bare: &'static str,
    /// The routes it has.
    pub routes: &'static [Route],
    /// Builds it.
    pub make: fn() -> Box<dyn Stack>,
}

const ME: &[Route] = &[Route::Me];
const READS: &[Route] = &[Route::Public, Route::PublicCookie, Route::Me];

/// All there is.
pub fn all() -> Vec<Subject> {
    let subject = |key, name, bare, routes, make| Subject { key, name, bare, routes, make };
    let all = &Route::ALL;
    vec![
        subject("axum", "axum, bare", "axum", all, || boxed(bare(&users()))),
        subject("nothing-inside", "a layer that does nothing, `Router::layer`", "axum", READS, || {
            boxed(bare(&users()).layer(Nothing).with_state(()))
        }),
        subject("floor-around", "hand-written floor, around the router", "axum", READS, || {
            floored(Place::Around)
        }),
        subject("floor-inside", "hand-written floor, `Router::layer`", "axum", READS, || {
            floored(Place::Inside)
        }),
        subject("passport-around", "**passport**, around the router", "axum", all, || {
            passported(Place::Around, Ends::Epoch, SHORT)
        }),
        subject("passport-inside", "**passport**, `Router::layer`", "axum", all, || {
            passported(Place::Inside, Ends::Epoch, SHORT)
        }),
        subject("passport-hash", "**passport**, around the router, 97-byte hash", "axum", all, || {
            passported(Place::Around, Ends::Hash, LONG)
        }),
        subject("passport-asked", "**passport**, around the router, users asked for", "axum", ME, || {
            over(Place::Around, &users().asked_for())
        }),
        subject("login-around", "axum-login, around the router, 6-byte hash", "axum", all, || {
            boxed_peer(Place::Around, SHORT)
        }),
        subject("login-inside", "axum-login, `Router::layer`, 6-byte hash", "axum", all, || {
            boxed_peer(Place::Inside, SHORT)
        }),
        subject("login-around-long", "axum-login, around the router, 97-byte hash", "axum", all, || {
            boxed_peer(Place::Around, LONG)
        }),
        subject("login-inside-long", "axum-login, `Router::layer`, 97-byte hash", "axum", all, || {
            boxed_peer(Place::Inside, LONG)
        }),
        subject("actix", "actix, bare", "actix", all, || Box::new(Actix::bare(&users()))),
        subject("floor-actix", "hand-written floor on actix", "actix", READS, || {
            Box::new(Actix::floor(&users()))
        }),
        subject("passport-actix", "**passport** on actix", "actix", all, || {
            Box::new(Actix::passport(&users()))
        }),
        subject("passport-actix-asked", "**passport** on actix, users asked for", "actix", ME, || {
            Box::new(Actix::passport(&users().asked_for()))
        }),
        subject("identity", "actix-session + actix-identity, cookie store", "actix", all, || {
            Box::new(Actix::identity(&users()))
        }),
    ]
}

/// The users of every stack.
pub fn users() -> Users {
    Users::new(USERS, SHORT, Ends::Epoch)
}

/// One of them.
pub fn find(key: &str) -> Option<Subject> {
    all().into_iter().find(|subject| subject.key == key)
}

fn boxed(router: axum::Router) -> Box<dyn Stack> {
    Box::new(Tower::new(router, vec![http::HeaderValue::from_static(COOKIE)]))
}

/// As long as a real one.
pub const COOKIE: &str = "__Host-session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn floored(place: Place) -> Box<dyn Stack> {
    let (routes, floor, cookies) = floor(&users(), VISITORS);
    match place {
        Place::Around => Box::new(Tower::new(around(routes, &floor), cookies)),
        Place::Inside => Box::new(Tower::new(routes.layer(floor).with_state::<()>(()), cookies)),
    }
}

fn passported(place: Place, ends: Ends, hash: usize) -> Box<dyn Stack> {
    over(place, &Users::new(USERS, hash, ends))
}

fn over(place: Place, users: &Users) -> Box<dyn Stack> {
    let (routes, layer) = passport(users, MemoryStore::new());
    match place {
        Place::Around => Box::new(Tower::logged_in(around(routes, &layer), VISITORS)),
        Place::Inside => Box::new(Tower::logged_in(routes.layer(layer).with_state::<()>(()), VISITORS)),
    }
}

fn boxed_peer(place: Place, hash: usize) -> Box<dyn Stack> {
    let (routes, layer) = axum_login::routes(&Users::new(USERS, hash, Ends::Hash));
    match place {
        Place::Around => Box::new(Tower::logged_in(around(routes, &layer), VISITORS)),
        Place::Inside => Box::new(Tower::logged_in(routes.layer(layer).with_state::<()>(()), VISITORS)),
    }
}

/// A layer of one's own that hands every request on: what `Router::layer` itself costs.
#[derive(Clone)]
struct Nothing;

#[derive(Clone)]
struct Through<S>(S);

impl<S> Layer<S> for Nothing {
    type Service = Through<S>;

    fn layer(&self, inner: S) -> Through<S> {
        Through(inner)
    }
}

impl<R, S: tower_service::Service<R>> tower_service::Service<R> for Through<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> S::Future {
        self.0.call(request)
    }
}
