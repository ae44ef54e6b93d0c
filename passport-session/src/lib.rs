//! Sessions behind a cookie: ids, lifetimes, and where records live.

mod claims;
mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
mod cookie;
mod deadline;
mod envelope;
#[cfg(any(test, feature = "testing"))]
mod fake_clock;
mod id;
mod into_store;
mod lifetime;
mod manager;
mod memory;
mod random;
mod retry;
#[cfg(feature = "sealed")]
mod sealed;
mod sessions;
mod settings;
mod store;
mod strategy;
#[cfg(test)]
mod testing;

#[cfg(any(test, feature = "testing"))]
pub use self::fake_clock::FakeClock;
#[cfg(feature = "sealed")]
pub use self::sealed::{
    Key, KeyError, Keys, MemoryRevocations, Revocations, SealedSessions, StoreRevocations,
};
pub use passport_core::MARK_SECONDS;

pub use self::store::{Beyond, Entry, Limit, Loaded, MARK_CHAIN, SessionStore, StoreError, Written};
pub use self::{
    clock::TokioClock, envelope::Envelope, id::IdHash, into_store::IntoStore, memory::MemoryStore,
    sessions::Sessions, strategy::SessionStrategy,
};
