//! The site: two tables, two passports, one store.

use std::{net::IpAddr, net::SocketAddr, sync::LazyLock};

use axum::{
    Router,
    extract::ConnectInfo,
    http::{Extensions, HeaderMap, StatusCode},
    middleware::map_response,
    response::{IntoResponse, Response},
};
use example_shared::pages::SECURITY_HEADERS;
use passport_axum::PassportLayer;
use passport_core::{BoxError, Builder, Hooks, Passport};
use passport_local::{Argon2id, Local, Password};
use passport_session::Sessions;

use crate::{AdminUser, Customer, Table, back_office, cart, storefront};

/// One message for an unknown email, a disabled account and a wrong password.
pub(crate) const WRONG: &str = "Invalid email or password";

/// The shop and its back office, before they open.
#[must_use = "a shop serves nobody until its `app()` is served"]
pub struct Shop {
    customers: Table<Customer>,
    admins: Table<AdminUser>,
    shop: Builder<Customer>,
    office: Builder<AdminUser>,
}

impl Shop {
    /// A shop whose sessions are in the store of these, in cookies of its own: `sid` for customers and `asid` for
    /// administrators.
    ///
    /// # Errors
    ///
    /// If the known people cannot be made.
    pub fn over(sessions: &Sessions) -> Result<Self, BoxError> {
        let (customers, admins) = known_people()?;
        let (sid, asid) = (sessions.clone().cookie("sid"), sessions.clone().cookie("asid"));
        let shop = Passport::builder(customers.clone(), &sid)
            .realm("customer")
            .strategy("local", Local::new(customers.clone()).fields("email", "password")?.message(WRONG))
            .login_page("/account/login");
        let office = Passport::builder(admins.clone(), &asid)
            .realm("admin")
            .strategy("local", Local::new(admins.clone()).fields("email", "password")?.message(WRONG))
            .login_page("/admin/login");
        Ok(Self { customers, admins, shop, office })
    }

    /// Adds hooks around the logins and logouts of customers: `hookBefore`, `hookAfter`.
    pub fn customer_hooks(self, hooks: impl Hooks<Customer>) -> Self {
        Self { shop: self.shop.hooks(hooks), ..self }
    }

    /// Adds hooks around the logins and logouts of administrators.
    pub fn admin_hooks(self, hooks: impl Hooks<AdminUser>) -> Self {
        Self { office: self.office.hooks(hooks), ..self }
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
        Ok(Router::new()
            .merge(storefront::routes(&shop)?)
            .merge(cart::routes())
            .merge(back_office::routes(&office)?)
            .fallback(not_found)
            .layer(map_response(with_security_headers))
            // Two layers, two cookies: both kinds of user are on every request.
            .layer(PassportLayer::new(office).client_address(peer))
            .layer(PassportLayer::new(shop).client_address(peer)))
    }
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
