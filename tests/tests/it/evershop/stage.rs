//! The shop in this process, over a store that fails and a clock that is turned by hand; and a browser for it.

use std::ops::{Deref, DerefMut};

use axum::Router;
use example_evershop::{AdminUser, Customer, Secrets, Shop, Table};
use passport_session::{FakeClock, Sessions};
use passport_tests::client::Answer;
use serde_json::{Value, json};

use crate::support::{Caller, TestStore};

pub(crate) const ALICE: (&str, &str) = ("alice@example.com", "correct horse battery staple");
pub(crate) const BOB: (&str, &str) = ("bob@example.com", "wonderland is far away");
pub(crate) const ROOT: (&str, &str) = ("root@example.com", "the admin of all things");

pub(crate) struct Stage {
    pub(crate) app: Router,
    pub(crate) store: TestStore,
    pub(crate) clock: FakeClock,
    pub(crate) customers: Table<Customer>,
    pub(crate) admins: Table<AdminUser>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with(|shop| shop)
    }

    pub(crate) fn with(more: impl FnOnce(Shop) -> Shop) -> Self {
        let (store, clock) = (TestStore::new(), FakeClock::new());
        let sessions = Sessions::over(store.clone()).clock(clock.clone()).insecure_cookie_for_development();
        let shop = more(Shop::over(&sessions, Secrets::random().unwrap()).unwrap());
        let (customers, admins) = (shop.customers(), shop.admins());
        Self { app: shop.app().unwrap(), store, clock, customers, admins }
    }

    /// Somebody without cookies.
    pub(crate) fn browser(&self) -> Browser {
        Browser(Caller::of(&self.app))
    }

    /// A customer who is logged in.
    pub(crate) async fn customer(&self, who: (&str, &str)) -> Browser {
        let mut browser = self.browser();
        browser.login("/customer/login", who).await.is(200);
        browser
    }

    /// Disables a customer or enables one again, as somebody with access to the table does.
    pub(crate) fn set_active(&self, email: &str, active: bool) {
        let id = self.customers.with_email(email).unwrap().person.id;
        self.customers.set_active(id, active).unwrap();
    }
}

/// A visitor of the shop.
#[derive(Clone)]
pub(crate) struct Browser(Caller);

impl Deref for Browser {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl DerefMut for Browser {
    fn deref_mut(&mut self) -> &mut Caller {
        &mut self.0
    }
}

impl Browser {
    pub(crate) async fn post_json(&mut self, path: &str, json: &Value) -> Answer {
        self.send("POST", path, &[("content-type", "application/json")], &json.to_string()).await
    }

    pub(crate) async fn login(&mut self, path: &str, (email, password): (&str, &str)) -> Answer {
        self.post_json(path, &json!({ "email": email, "password": password })).await
    }

    /// With an access token, and without the cookies.
    pub(crate) async fn bearer(&self, token: &str, path: &str) -> Answer {
        let mut program = self.0.clone();
        program.cookies.clear();
        program.send("GET", path, &[("authorization", &format!("Bearer {token}"))], "").await
    }

    /// Whom the two realms know by the session, as the two functions and the two others say it.
    pub(crate) async fn whoami(&mut self) -> [Option<String>; 2] {
        let mut names = [None, None];
        for (name, (realm, known, current)) in names.iter_mut().zip([
            ("customer", "isCustomerLoggedIn", "currentCustomer"),
            ("user", "isUserLoggedIn", "currentUser"),
        ]) {
            let answer = self.get(&format!("/api/{realm}/whoami")).await.is(200).json();
            *name = answer["data"][current]["full_name"].as_str().map(str::to_owned);
            assert_eq!(answer["data"][known], name.is_some(), "{answer}");
        }
        names
    }

    /// The customer's name.
    pub(crate) async fn who(&mut self) -> Option<String> {
        let [customer, _] = self.whoami().await;
        customer
    }

    pub(crate) async fn cart(&mut self) -> Value {
        self.get("/cart").await.is(200).json()["data"]["items"].clone()
    }

    pub(crate) async fn put(&mut self, item: &str) {
        self.post_json("/cart", &json!({ "item": item })).await.is(200);
    }
}

/// EverShop's shape of an error.
pub(crate) trait Fails {
    /// Goes on only with this status and this message.
    #[track_caller]
    fn fails(self, status: u16, message: &str) -> Self;
}

impl Fails for Answer {
    fn fails(self, status: u16, message: &str) -> Self {
        self.says(status, &format!(r#"{{"error":{{"status":{status},"message":"{message}"}}}}"#))
    }
}
