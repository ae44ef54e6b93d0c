//! The site: two tables, two passports, one store.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{
    Router,
    extract::ConnectInfo,
    http::{Extensions, HeaderMap, StatusCode},
    middleware::{map_request, map_response},
    response::{IntoResponse, Response},
};
use example_shared::pages::SECURITY_HEADERS;
use passport_axum::PassportLayer;
use passport_core::{BoxError, Builder, Hooks, Passport};
use passport_jwt::{Jwt, Tokens};
use passport_local::{Argon2id, Local, Password};
use passport_session::{SessionStrategy, Sessions};

use crate::{
    AdminUser, Customer, Row, Secrets, Table,
    answer::ApiError,
    api::{self, Api},
    back_office, cart,
    reset::{Mailer, Resets},
    storefront,
    token_routes::TokenRoutes,
};

const HOUR: Duration = Duration::from_secs(3_600);

/// One message for an unknown email, a disabled account and a wrong password.
pub(crate) const WRONG: &str = "Invalid email or password";

/// The shop and its back office, before they open.
#[must_use = "a shop serves nobody until its `app()` is served"]
pub struct Shop {
    customers: Table<Customer>,
    admins: Table<AdminUser>,
    secrets: Secrets,
    families: (Sessions, Sessions),
    more: Router,
    mailer: Mailer,
    shop: Builder<Customer>,
    office: Builder<AdminUser>,
}

impl Shop {
    /// A shop whose sessions are in the store of these, in cookies of its own: `sid` for customers and `asid` for
    /// administrators. Its tokens are signed by these secrets.
    ///
    /// # Errors
    ///
    /// If the known people cannot be made.
    pub fn over(sessions: &Sessions, secrets: Secrets) -> Result<Self, BoxError> {
        let (customers, admins) = known_people()?;
        let (sid, asid) = (sessions.clone().cookie("sid"), sessions.clone().cookie("asid"));
        // As long as the original's refresh tokens are good; and how long one login can be refreshed.
        let families = |name, hours| {
            sessions.clone().cookie(name).absolute_timeout(30 * 24 * HOUR).idle_timeout(hours * HOUR)
        };
        let families = (families("customer-tokens", 30), families("admin-tokens", 15));
        let shop = realm("customer", &customers, &sid, Jwt::new(&secrets.customer))?;
        // An administrator whose tokens were revoked is out at once, and not when the access token expires.
        let office = realm("admin", &admins, &asid, Jwt::new(&secrets.admin).ask_the_store(&families.1))?;
        let (shop, office) = (shop.login_page("/account/login"), office.login_page("/admin/login"));
        let (more, mailer): (_, Mailer) = (Router::new(), Arc::new(|_, _| {}));
        Ok(Self { customers, admins, secrets, families, more, mailer, shop, office })
    }

    /// Adds hooks around the logins and logouts of customers: `hookBefore`, `hookAfter`.
    pub fn customer_hooks(self, hooks: impl Hooks<Customer>) -> Self {
        Self { shop: self.shop.hooks(hooks), ..self }
    }

    /// Adds hooks around the logins and logouts of administrators.
    pub fn admin_hooks(self, hooks: impl Hooks<AdminUser>) -> Self {
        Self { office: self.office.hooks(hooks), ..self }
    }

    /// Adds routes of an extension's own, whose handlers have [`EvershopRequest`](crate::EvershopRequest) too.
    pub fn routes(self, more: Router) -> Self {
        Self { more: self.more.merge(more), ..self }
    }

    /// Sends what a customer who has forgotten the password is sent: the address, and the token that sets a new one. Unless
    /// this is called, nobody is sent anything.
    pub fn mailer(self, mailer: impl Fn(&str, &str) + Send + Sync + 'static) -> Self {
        Self { mailer: Arc::new(mailer), ..self }
    }

    /// The customers.
    pub fn customers(&self) -> Table<Customer> {
        self.customers.clone()
    }

    /// The administrators.
    pub fn admins(&self) -> Table<AdminUser> {
        self.admins.clone()
    }

    /// The site, ready to be served.
    ///
    /// # Errors
    ///
    /// If something is configured in a way that cannot work.
    pub fn app(self) -> Result<Router, BoxError> {
        let (shop, office) = (self.shop.build()?, self.office.build()?);
        let tokens = Tokens::new(&self.secrets.customer, shop.grants(&self.families.0)?)?;
        let admin_tokens = Tokens::new(&self.secrets.admin, office.grants(&self.families.1)?)?;
        let resets = Resets::new(self.customers.clone(), shop.clone(), self.mailer);
        let api = Api { customers: self.customers, shop: shop.clone() }.routes(&office)?;
        let customer = TokenRoutes::new(tokens, shop.clone(), "Customer not found or inactive");
        let user = TokenRoutes::new(admin_tokens, office.clone(), "Admin user not found or inactive");
        Ok(Router::new()
            .merge(self.more)
            .merge(storefront::routes(&shop)?)
            .merge(cart::routes())
            .merge(back_office::routes(&office)?)
            .nest("/api", api.merge(resets.routes()))
            .nest("/api/customer", customer.routes()?)
            .nest("/api/user", user.routes()?)
            .fallback(not_found)
            .layer(map_response(with_security_headers))
            // Two layers, two cookies: both kinds of user are on every request.
            .layer(PassportLayer::new(office).client_address(peer))
            .layer(PassportLayer::new(shop).client_address(peer))
            .layer(map_request(api::speaks_json)))
    }
}

/// One kind of user: by email and password, by session, by token.
fn realm<R: Row>(
    name: &'static str,
    people: &Table<R>,
    sessions: &Sessions,
    tokens: Jwt<R>,
) -> Result<Builder<R>, passport_core::Error> {
    let local = Local::new(people.clone()).fields("email", "password")?.message(WRONG);
    Ok(Passport::builder(people.clone(), sessions)
        .realm(name)
        .strategy("local", local)
        .strategy("session", SessionStrategy::new())
        .strategy("jwt", tokens)
        .render_refusals(|refusal, json| match json {
            true => ApiError::from(refusal).response(),
            false => refusal.response(false),
        }))
}

impl std::fmt::Debug for Shop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shop").field("shop", &self.shop).field("office", &self.office).finish_non_exhaustive()
    }
}

/// No proxy stands before this site: who connects is who asks.
fn peer(_: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip())
}

async fn not_found() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "Not Found")
}

async fn with_security_headers(response: Response) -> impl IntoResponse {
    (SECURITY_HEADERS, response)
}

/// The people whom the README names. Hashing takes a moment, so each process does it once.
fn known_people() -> Result<(Table<Customer>, Table<AdminUser>), BoxError> {
    static HASHES: LazyLock<Result<[String; 3], String>> = LazyLock::new(|| {
        let hash =
            |password| Argon2id::default().hash(&Password::new(password)).map_err(|error| error.to_string());
        Ok([
            hash("correct horse battery staple")?,
            hash("wonderland is far away")?,
            hash("the admin of all things")?,
        ])
    });
    let [alice, bob, root] = HASHES.clone()?;
    let (customers, admins) = (Table::new(), Table::new());
    customers.insert(alice, |id| Customer::new(id, "alice@example.com", "Alice"))?;
    customers.insert(bob, |id| Customer::new(id, "bob@example.com", "Bob"))?;
    admins.insert(root, |id| AdminUser::new(id, "root@example.com", "Root", "*"))?;
    Ok((customers, admins))
}
