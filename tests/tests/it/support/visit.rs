//! One request, by hand.

use http::HeaderMap;
use passport_core::{Auth, Finish, Pending, Session};

use super::{Admin, Answer, Person, User, Users};

/// A request under way.
pub(crate) struct Visit {
    /// Outermost first.
    pendings: Vec<Pending>,
    users: Users<User>,
    admins: Users<Admin>,
}

impl Visit {
    pub(crate) fn new(pendings: Vec<Pending>, users: Users<User>, admins: Users<Admin>) -> Self {
        Self { pendings, users, admins }
    }

    /// What the handler sees: the innermost.
    pub(crate) fn session(&self) -> &Session {
        self.pendings.last().unwrap().session()
    }

    pub(crate) fn auth(&self) -> Auth<User> {
        self.session().auth().unwrap()
    }

    pub(crate) fn admin(&self) -> Auth<Admin> {
        self.session().auth().unwrap()
    }

    pub(crate) async fn login(&self, name: &str) {
        self.auth().login(self.users.get(name)).await.unwrap();
    }

    pub(crate) async fn login_admin(&self, name: &str) {
        self.admin().login(self.admins.get(name)).await.unwrap();
    }

    pub(crate) async fn who(&self) -> String {
        who(&self.auth()).await
    }

    pub(crate) async fn which_admin(&self) -> String {
        who(&self.admin()).await
    }

    pub(crate) fn put(&self, key: &str, value: &str) {
        self.auth().session().insert(key, value).unwrap();
    }

    pub(crate) async fn get(&self, key: &str) -> Option<String> {
        self.auth().session().get(key).await.unwrap()
    }

    /// The end of a request with one passport around it, not awaited yet.
    pub(crate) fn ending(mut self) -> Finish {
        let pending = self.pendings.pop().unwrap();
        assert!(self.pendings.is_empty());
        pending.finish()
    }

    /// The end of the request, as layers do it: the innermost first.
    pub(crate) async fn end(self) -> Answer {
        let mut answer = Answer { failed: None, headers: HeaderMap::new() };
        for pending in self.pendings.into_iter().rev() {
            match pending.finish().await {
                Ok(headers) => headers.apply(&mut answer.headers),
                Err(instead) => {
                    answer = Answer { failed: Some(instead.status()), headers: instead.headers().clone() };
                }
            }
        }
        answer
    }
}

/// A name, or "nobody".
pub(crate) async fn who<U: Person>(auth: &Auth<U>) -> String {
    auth.user().await.unwrap().map_or_else(|| "nobody".to_owned(), |user| user.name().to_owned())
}
