//! Who buys.

use passport_core::BoxError;
use serde_json::{Value, json};

use crate::{Person, table::Row};

/// A customer, as handlers see one: the shop's realm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// The columns that an administrator has too.
    pub person: Person,
    /// The customer group.
    pub group_id: u32,
}

impl Customer {
    /// A new customer, in the default group.
    pub(crate) fn new(id: u64, email: &str, full_name: &str) -> Result<Self, BoxError> {
        Ok(Self { person: Person::new(id, email, full_name)?, group_id: 1 })
    }
}

impl Row for Customer {
    fn person(&self) -> &Person {
        &self.person
    }

    fn person_mut(&mut self) -> &mut Person {
        &mut self.person
    }

    fn payload(&self) -> Value {
        let Person { id, uuid, email, full_name, active, created_at, updated_at, .. } = &self.person;
        json!({
            "customer_id": id, "group_id": self.group_id, "uuid": uuid, "email": email, "full_name": full_name,
            "status": u8::from(*active), "created_at": created_at, "updated_at": updated_at,
        })
    }
}
