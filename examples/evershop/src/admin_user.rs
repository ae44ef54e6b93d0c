//! Who runs the shop.

use passport_core::BoxError;
use serde_json::{Value, json};

use crate::{Person, table::Row};

/// An administrator, as handlers see one: the back office's realm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminUser {
    /// The columns that a customer has too.
    pub person: Person,
    /// `*`, or the ids of the routes that this administrator may use, with commas between.
    pub roles: String,
}

impl AdminUser {
    /// A new administrator, who may use these routes.
    pub(crate) fn new(id: u64, email: &str, full_name: &str, roles: &str) -> Result<Self, BoxError> {
        Ok(Self { person: Person::new(id, email, full_name)?, roles: roles.to_owned() })
    }

    /// Whether this administrator may use a route.
    pub fn may(&self, route: &str) -> bool {
        self.roles == "*" || self.roles.split(',').any(|role| role.trim() == route)
    }
}

impl Row for AdminUser {
    fn person(&self) -> &Person {
        &self.person
    }

    fn person_mut(&mut self) -> &mut Person {
        &mut self.person
    }

    fn payload(&self) -> Value {
        let Person { id, uuid, email, full_name, active, created_at, updated_at, .. } = &self.person;
        json!({
            "admin_user_id": id, "uuid": uuid, "email": email, "full_name": full_name,
            "status": u8::from(*active), "roles": self.roles, "created_at": created_at, "updated_at": updated_at,
        })
    }
}
