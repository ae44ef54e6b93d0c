//! How a store is handed over.

use std::sync::Arc;

use crate::SessionStore;

/// A store, or an [`Arc`] of one that is shared: what [`Sessions::over`](crate::Sessions::over) takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session store",
    note = "hand over a `SessionStore`, an `Arc` of one, or the `.store()` of other sessions"
)]
pub trait IntoStore {
    /// The store, shared.
    fn into_store(self) -> Arc<dyn SessionStore>;
}

impl<S: SessionStore> IntoStore for S {
    fn into_store(self) -> Arc<dyn SessionStore> {
        Arc::new(self)
    }
}

impl<S: SessionStore> IntoStore for Arc<S> {
    fn into_store(self) -> Arc<dyn SessionStore> {
        self
    }
}

impl IntoStore for Arc<dyn SessionStore> {
    fn into_store(self) -> Arc<dyn SessionStore> {
        self
    }
}
