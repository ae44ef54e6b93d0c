//! A shop and its office over one store, with tokens for both.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, header};
use passport_core::{
    Auth, BoxError, Fingerprint, Outcome, Passport, Pending, Strategy, UserStore, async_trait,
};
use passport_jwt::{Jwt, Key, Keys, Rules, TokenError, TokenPair, Tokens};
use passport_session::{FakeClock, Sessions};

use crate::stage::store::Faulty;

#[path = "store.rs"]
pub(crate) mod store;

pub(crate) const ACCESS: &[u8] = b"access-secret-of-the-shop-0123456789";
pub(crate) const REFRESH: &[u8] = b"refresh-secret-of-the-shop-0123456789";
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);

/// A user of either kind: a name, and what ends its tokens.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct User<const OFFICE: bool> {
    pub(crate) name: String,
    epoch: u64,
}

pub(crate) type Customer = User<false>;
pub(crate) type Admin = User<true>;

/// Everybody there is. Clones are the same people.
#[derive(Clone)]
pub(crate) struct Users(Arc<Mutex<HashMap<String, u64>>>, Arc<Mutex<bool>>);

impl Users {
    fn new() -> Self {
        let everybody = ["alice", "bob"].map(|name| (name.to_owned(), 0));
        Self(Arc::new(Mutex::new(everybody.into())), Arc::default())
    }

    pub(crate) fn get<const OFFICE: bool>(&self, name: &str) -> User<OFFICE> {
        User { name: name.to_owned(), epoch: self.0.lock().unwrap()[name] }
    }

    pub(crate) fn add(&self, name: &str) {
        self.0.lock().unwrap().insert(name.to_owned(), 0);
    }

    pub(crate) fn change(&self, name: &str) {
        *self.0.lock().unwrap().get_mut(name).unwrap() += 1;
    }

    pub(crate) fn remove(&self, name: &str) {
        self.0.lock().unwrap().remove(name);
    }

    pub(crate) fn fail(&self, down: bool) {
        *self.1.lock().unwrap() = down;
    }
}

/// The same names in both realms.
struct Table<const OFFICE: bool>(Users);

#[async_trait]
impl<const OFFICE: bool> UserStore for Table<OFFICE> {
    type User = User<OFFICE>;
    type Key = String;

    fn serialize_user(&self, user: &Self::User) -> String {
        user.name.clone()
    }

    async fn deserialize_user(&self, name: String) -> Result<Option<Arc<Self::User>>, BoxError> {
        if *self.0.1.lock().unwrap() {
            return Err("the users cannot be reached".into());
        }
        let epoch = self.0.0.lock().unwrap().get(&name).copied();
        Ok(epoch.map(|epoch| Arc::new(User { name, epoch })))
    }

    fn fingerprint(&self, user: &Self::User) -> Fingerprint {
        Fingerprint::epoch(user.epoch)
    }
}

pub(crate) struct Stage {
    pub(crate) users: Users,
    pub(crate) clock: FakeClock,
    pub(crate) store: Faulty,
    pub(crate) families: Sessions,
    pub(crate) rules: Rules,
    pub(crate) shop: Passport<Customer>,
    pub(crate) office: Passport<Admin>,
    pub(crate) tokens: Tokens<Customer>,
    pub(crate) office_tokens: Tokens<Admin>,
}

pub(crate) fn key(kid: &str, secret: &[u8]) -> Key {
    Key::hs256(kid, secret).unwrap()
}

/// The shop's rules.
pub(crate) fn rules() -> Rules {
    Rules::new("shop", Keys::new(key("a1", ACCESS)), Keys::new(key("r1", REFRESH))).unwrap()
}

impl Stage {
    pub(crate) fn new() -> Self {
        let (users, clock, store) = (Users::new(), FakeClock::new(), Faulty::new());
        let sessions = Sessions::over(store.clone()).clock(clock.clone());
        let families =
            sessions.clone().cookie("customer-tokens").absolute_timeout(720 * HOUR).idle_timeout(30 * HOUR);
        let asid = sessions.clone().cookie("asid");
        let rules = rules();
        let office_rules =
            Rules::new("shop", Keys::new(Key::random("a1").unwrap()), Keys::new(Key::random("r1").unwrap()))
                .unwrap();
        let shop = Passport::builder(Table(users.clone()), &sessions)
            .realm("customer")
            .strategy("jwt", Jwt::new(&rules))
            .strategy("asking", Jwt::new(&rules).ask_the_store(&families))
            .build()
            .unwrap();
        let office = Passport::builder(Table(users.clone()), &asid)
            .realm("admin")
            .strategy("jwt", Jwt::new(&office_rules))
            .build()
            .unwrap();
        let tokens = Tokens::new(&rules, shop.grants(&families).unwrap()).unwrap();
        let office_families = office.grants(asid.cookie("admin-tokens")).unwrap();
        let office_tokens = Tokens::new(&office_rules, office_families).unwrap();
        Self { users, clock, store, families, rules, shop, office, tokens, office_tokens }
    }

    /// A request of the shop, and who is behind it.
    pub(crate) fn begin<U: Send + Sync + 'static>(
        passport: &Passport<U>,
        token: &str,
    ) -> (Pending, Request<Bytes>) {
        let mut req = Request::new(Bytes::new());
        if !token.is_empty() {
            let value = format!("Bearer {token}").parse().unwrap();
            req.headers_mut().insert(header::AUTHORIZATION, value);
        }
        let pending = passport.begin(req.method(), None, req.headers(), None);
        req.extensions_mut().insert(pending.session().clone());
        (pending, req)
    }

    pub(crate) async fn pair(&self, name: &str) -> TokenPair {
        let (pending, _) = Self::begin(&self.shop, "");
        let auth: Auth<Customer> = pending.session().auth().unwrap();
        self.tokens.issue(&auth, self.users.get::<false>(name)).await.unwrap()
    }

    pub(crate) async fn office_pair(&self, name: &str) -> TokenPair {
        let (pending, _) = Self::begin(&self.office, "");
        let auth: Auth<Admin> = pending.session().auth().unwrap();
        self.office_tokens.issue(&auth, self.users.get::<true>(name)).await.unwrap()
    }

    /// What the shop's strategy makes of a token: a name, "pass", or why not.
    pub(crate) async fn who(&self, token: &str) -> String {
        self.judged("jwt", token).await
    }

    /// The same of the strategy that asks the store.
    pub(crate) async fn who_asking(&self, token: &str) -> String {
        self.judged("asking", token).await
    }

    async fn judged(&self, strategy: &str, token: &str) -> String {
        let (pending, req) = Self::begin(&self.shop, token);
        let auth: Auth<Customer> = pending.session().auth().unwrap();
        match auth.authenticate(strategy, &req).await {
            Ok(Outcome::Success(success)) => success.user().name.clone(),
            Ok(Outcome::Fail(failure)) => failure.as_message().to_owned(),
            Ok(Outcome::Pass) => "pass".to_owned(),
            Ok(Outcome::Redirect(_)) => "redirect".to_owned(),
            Err(error) => error.status().as_u16().to_string(),
        }
    }

    /// The next pair, or why there is none.
    pub(crate) async fn refresh(&self, token: &str) -> Result<TokenPair, String> {
        self.tokens.refresh(token).await.map_err(|error| name(&error))
    }
}

/// The variant's name.
pub(crate) fn name(error: &TokenError) -> String {
    match error {
        TokenError::Failed(error) => error.status().as_u16().to_string(),
        other => format!("{other:?}"),
    }
}

/// As an application calls a strategy that is in no passport of its own.
pub(crate) async fn outcome(strategy: &Jwt<Customer>, req: &Request<Bytes>) -> Outcome<Customer> {
    strategy.authenticate(req).await.unwrap()
}
