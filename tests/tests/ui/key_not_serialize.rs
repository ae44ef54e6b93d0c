//! A user store whose key no session can keep.

use std::sync::Arc;

use passport_core::{BoxError, Closures, Fingerprint, Passport, UserStore, async_trait};
use passport_session::Sessions;

struct User;
struct Id;

struct Users;

#[async_trait]
impl UserStore for Users {
    type User = User;
    type Key = Id;

    fn serialize_user(&self, _: &User) -> Id {
        Id
    }

    async fn deserialize_user(&self, _: Id) -> Result<Option<Arc<User>>, BoxError> {
        Ok(None)
    }

    fn fingerprint(&self, _: &User) -> Fingerprint {
        Fingerprint::none()
    }
}

fn main() {
    let closures = Closures::new(
        |_: &User| Id,
        |_: Id| async { Ok::<Option<Arc<User>>, BoxError>(None) },
        |_: &User| Fingerprint::none(),
    );
    let _ = Passport::builder(closures, &Sessions::in_memory());
    let _ = Passport::<User>::builder((), &Sessions::in_memory());
}
