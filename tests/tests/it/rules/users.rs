//! What a session keeps of a user.

use std::sync::{Arc, Mutex};

use http::{HeaderMap, Method};
use passport_core::{BoxError, Error, Fingerprint, Passport, UserStore, async_trait};
use passport_session::Sessions;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::Error as _};

use crate::support::{Person, Site, SiteBuilder, User};

#[tokio::test]
pub(crate) async fn a_session_keeps_the_key_and_finds_the_user_by_it() {
    let keys = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&keys);
    let site: Site = SiteBuilder::new().site_with(|builder| {
        builder.after_logout(move |login| {
            kept.lock().unwrap().push(login.key::<String>());
            async { Ok(()) }
        })
    });
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    assert_eq!(visit.who().await, "alice");
    visit.auth().logout().await.unwrap();
    assert_eq!(*keys.lock().unwrap(), [Some("alice".to_owned())]);
}

/// A key that cannot be written.
struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("it cannot be written"))
    }
}

impl<'de> Deserialize<'de> for Unwritable {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Ok(Self)
    }
}

struct Store;

#[async_trait]
impl UserStore for Store {
    type User = User;
    type Key = Unwritable;

    fn serialize_user(&self, _: &User) -> Unwritable {
        Unwritable
    }

    async fn deserialize_user(&self, _: Unwritable) -> Result<Option<Arc<User>>, BoxError> {
        Ok(None)
    }

    fn fingerprint(&self, _: &User) -> Fingerprint {
        Fingerprint::none()
    }
}

#[tokio::test]
pub(crate) async fn a_key_that_cannot_be_written_logs_nobody_in() {
    let passport = Passport::builder(Store, Sessions::in_memory()).build().unwrap();
    let pending = passport.begin(&Method::POST, None, &HeaderMap::new(), None);
    let auth = pending.session().auth::<User>().unwrap();
    pending.session().insert("cart", "tea").unwrap();
    assert!(matches!(auth.login(User::of("alice", 0)).await, Err(Error::Key(_))));
    assert!(auth.user().await.unwrap().is_none());
    // And what was gathered is kept.
    let mut headers = HeaderMap::new();
    pending.finish().await.unwrap().apply(&mut headers);
    assert!(headers.contains_key("set-cookie"));
}
