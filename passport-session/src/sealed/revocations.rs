//! What has ended: cookie-only sessions ask it at every read.

use std::sync::Arc;

use async_trait::async_trait;
use passport_core::{BoxError, BoxFuture, Handle, Timestamp};

/// Keeps the handles of cookie-only sessions that have ended before their time.
///
/// A cookie that was sealed stays good until its end, also a copy of it in somebody else's hands. So that a logout
/// counts, the session's handle is written here and every read asks for it.
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not keep revocations",
    note = "use `MemoryRevocations`, `StoreRevocations::over(store)`, or implement `passport_session::Revocations` for it, with `#[async_trait]` on the impl block"
)]
pub trait Revocations: Send + Sync + 'static {
    /// Ends the session with this handle, at `now`. It may be forgotten at `until`, and not before.
    ///
    /// Whether it was live until now: of several calls at once exactly one is told `true`. When it returns,
    /// [`revoked`](Self::revoked) knows of it everywhere, and a crash does not undo it.
    ///
    /// # Errors
    ///
    /// Any: the logout fails, and the session may be alive or not.
    async fn revoke(&self, handle: Handle, until: Timestamp, now: Timestamp) -> Result<bool, BoxError>;

    /// When the session with this handle was ended; `None` if it was not.
    ///
    /// # Errors
    ///
    /// Any: nobody is signed in by that cookie, and the answer is 503.
    async fn revoked(&self, handle: Handle, now: Timestamp) -> Result<Option<Timestamp>, BoxError>;
}

// By hand what `async_trait` would write, without a second box around the first.
impl<R: Revocations + ?Sized> Revocations for Arc<R> {
    fn revoke<'a, 'b>(
        &'a self,
        handle: Handle,
        until: Timestamp,
        now: Timestamp,
    ) -> BoxFuture<'b, Result<bool, BoxError>>
    where
        'a: 'b,
        Self: 'b,
    {
        (**self).revoke(handle, until, now)
    }

    fn revoked<'a, 'b>(
        &'a self,
        handle: Handle,
        now: Timestamp,
    ) -> BoxFuture<'b, Result<Option<Timestamp>, BoxError>>
    where
        'a: 'b,
        Self: 'b,
    {
        (**self).revoked(handle, now)
    }
}
