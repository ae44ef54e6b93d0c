//! Which realms are taken over a store, or over sealed sessions.

use std::{
    any::Any,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use passport_core::Error;

use crate::SessionStore;

/// The realms over one store, or over the same sealed sessions, each with its passport. A passport that is gone has left its name.
#[derive(Default)]
pub(crate) struct Claims(Mutex<Vec<(&'static str, Weak<dyn Any + Send + Sync>)>>);

impl Claims {
    /// Those of a store: the same ones for all session managers over it in this process.
    pub(crate) fn over(store: &Arc<dyn SessionStore>) -> Arc<Self> {
        let mut stores = STORES.lock().unwrap_or_else(PoisonError::into_inner);
        stores.retain(|(store, claims)| store.strong_count() > 0 && claims.strong_count() > 0);
        let same = |other: &Weak<dyn SessionStore>| std::ptr::addr_eq(other.as_ptr(), Arc::as_ptr(store));
        if let Some(claims) =
            stores.iter().find(|(other, _)| same(other)).and_then(|(_, claims)| claims.upgrade())
        {
            return claims;
        }
        let claims = Arc::new(Self::default());
        stores.push((Arc::downgrade(store), Arc::downgrade(&claims)));
        claims
    }

    /// Takes a realm's name for a passport.
    pub(crate) fn claim(
        &self,
        realm: &'static str,
        passport: Weak<dyn Any + Send + Sync>,
    ) -> Result<(), Error> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        taken.retain(|(_, other)| other.strong_count() > 0);
        if taken.iter().any(|(other, _)| *other == realm) {
            return Err(Error::Config(
                format!(
                    "the realm `{realm}` is taken by another passport over the same sessions: give each kind of user \
                     a realm of its own with `.realm(\"…\")`, also where it has a cookie of its own; and build a passport \
                     once, clones of it are the same"
                )
                .into(),
            ));
        }
        taken.push((realm, passport));
        Ok(())
    }
}

type OfStore = (Weak<dyn SessionStore>, Weak<Claims>);

static STORES: Mutex<Vec<OfStore>> = Mutex::new(Vec::new());

#[cfg(test)]
mod tests {
    use passport_core::Passport;

    use crate::{MemoryStore, Sessions};

    #[test]
    fn two_kinds_of_user_over_one_store_need_two_realms() {
        let shop = Sessions::in_memory();
        let office = Sessions::over(shop.store()).cookie("asid");
        let customers = Passport::<u64>::of_ids(&shop).build().unwrap();
        let error = Passport::<u64>::of_ids(&office).build().unwrap_err();
        assert!(error.to_string().contains("`user` is taken"), "{error}");
        assert!(Passport::<u64>::of_ids(&office).realm("admin").build().is_ok());
        drop(customers);
        assert!(Passport::<u64>::of_ids(&office).build().is_ok(), "the name is free again");
    }

    #[test]
    fn stores_of_their_own_share_no_names() {
        let one = Passport::<u64>::of_ids(Sessions::over(MemoryStore::new())).build();
        let other = Passport::<u64>::of_ids(Sessions::over(MemoryStore::new())).build();
        assert!(one.is_ok() && other.is_ok());
    }
}
