//! The shop in this process, over a store that fails and a clock that is turned by hand; and a browser for it.

use std::collections::BTreeMap;

use axum::{Router, body::Body};
use example_evershop::{AdminUser, Customer, Secrets, Shop, Table};
use http::{HeaderMap, Request, header};
use http_body_util::BodyExt;
use passport_session::{FakeClock, Sessions};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::TestStore;

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
        Browser { app: self.app.clone(), cookies: BTreeMap::new() }
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

/// A jar of cookies. A clone is a copy of them, as a thief would have it.
#[derive(Clone)]
pub(crate) struct Browser {
    app: Router,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<String>,
    ) -> Answer {
        let mut req = Request::builder().method(method).uri(path).header(header::HOST, "shop.example");
        if !self.cookies.is_empty() {
            let all: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            req = req.header(header::COOKIE, all.join("; "));
        }
        for (name, value) in headers {
            req = req.header(*name, *value);
        }
        let answer = self.app.clone().oneshot(req.body(Body::from(body.into())).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            match value {
                "" => drop(self.cookies.remove(name)),
                value => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        let request = format!("{method} {path}");
        Answer { request, status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    pub(crate) async fn post(&mut self, path: &str, json: &Value) -> Answer {
        self.send("POST", path, &[("content-type", "application/json")], json.to_string()).await
    }

    pub(crate) async fn post_form(&mut self, path: &str, form: &str) -> Answer {
        self.send("POST", path, &[("content-type", "application/x-www-form-urlencoded")], form).await
    }

    pub(crate) async fn login(&mut self, path: &str, (email, password): (&str, &str)) -> Answer {
        self.post(path, &json!({ "email": email, "password": password })).await
    }

    /// With an access token, and without the cookies.
    pub(crate) async fn bearer(&self, token: &str, path: &str) -> Answer {
        let mut program = Self { app: self.app.clone(), cookies: BTreeMap::new() };
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
        self.post("/cart", &json!({ "item": item })).await.is(200);
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// Exactly this body, with its status.
    #[track_caller]
    pub(crate) fn says(self, status: u16, body: &str) -> Self {
        assert_eq!((self.status, self.body.as_str()), (status, body), "{}", self.request);
        self
    }

    /// EverShop's shape of an error.
    #[track_caller]
    pub(crate) fn fails(self, status: u16, message: &str) -> Self {
        self.says(status, &format!(r#"{{"error":{{"status":{status},"message":"{message}"}}}}"#))
    }

    #[track_caller]
    pub(crate) fn goes_to(self, path: &str) -> Self {
        assert_eq!((self.status, self.header("location")), (303, path), "{}", self.request);
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn sets_no_cookie(&self) -> bool {
        !self.headers.contains_key(header::SET_COOKIE)
    }
}
