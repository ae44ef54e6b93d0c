//! Where sessions live: the contract that every store keeps.

use std::num::NonZeroU32;

use async_trait::async_trait;
use passport_core::{BoxError, BoxFuture, Life, Listed, Owner, Record, Timestamp};

use crate::IdHash;

/// How many marks in a row a logout follows; a rotation that would need one more ends the session.
pub const MARK_CHAIN: usize = 16;

/// Keeps sessions: records under the hashes of their ids.
///
/// What has to hold is said at each method, and tried by the suite in `passport_session::conformance` (the
/// feature of that name): run it against your store. Times are milliseconds since the epoch. A store that several processes share
/// judges by its own clock: it keeps a record for `life.expires - life.seen` from the write on, and
/// translates back into the caller's time (`now`) what it answers. Every call goes to the primary; what a
/// call has confirmed survives a crash of the store as configured.
///
/// Where a method has no `now`, `life.seen` is now. Something is live while its `expires` is later than now. A refused call
/// changes nothing: the version is looked at first, then whether an id is taken, then the limit. Whose lists a session
/// is on is what [`Record::owners`] says; a store does not look at a login's own times. What is left of a session that lost
/// a login keeps its life, and gets a new version.
///
/// A record that cannot be decoded, or not by this release, is on lists only as far as the store wrote down whose it is: where a
/// user's logins end, such a record ends whole, and counts; [`list`](Self::list) leaves out what cannot be decoded.
///
/// # Security
///
/// A store sees hashes of ids only. One that keeps records outside of the process wraps them in an
/// [`Envelope`](crate::Envelope), which notices an answer that belongs to another id, and gives up the
/// connection of a call that was cancelled or timed out: the next answer on it may be somebody else's.
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session store",
    note = "implement `passport_session::SessionStore` for it, with `#[async_trait]` on the impl block, and run the conformance suite"
)]
pub trait SessionStore: Send + Sync + 'static {
    /// Inserts a record under an id that is not there. Returns its version.
    ///
    /// Keeps `limit` for each of the record's owners, atomically.
    ///
    /// # Errors
    ///
    /// [`StoreError::Exists`] if the id is live or carries a mark; [`StoreError::LimitReached`].
    async fn create(&self, id: IdHash, record: &Record, life: Life, limit: Limit) -> Result<u64, StoreError>;

    /// Looks an id up. Expired counts as nothing there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] for what cannot be decoded (it is never deleted for that),
    /// [`StoreError::SchemaTooNew`] for what a newer release wrote, [`StoreError::Foreign`] for another id's
    /// record.
    async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError>;

    /// As [`load`](Self::load), for a store that holds its records in this process: an answer without a future. `None`:
    /// it has to be waited for.
    fn load_at_once(&self, _id: IdHash, _now: Timestamp) -> Option<Result<Loaded, StoreError>> {
        None
    }

    /// Replaces the record of this version, and only that one. Never creates. Afterwards the
    /// record lives until the later of its old end and `life.expires`, and `seen` has not gone back.
    async fn update(
        &self,
        id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
    ) -> Result<Written, StoreError>;

    /// Moves the record of this version to a new id, atomically: never both ids, never neither.
    ///
    /// Keeps `limit` for each user who is logged in now and was not before: a session that only moves is not
    /// refused, and ends no other. An id that is live or carries a mark is [`StoreError::Exists`] for `new`.
    ///
    /// The new id lives until `life.expires`, also where that is earlier than before.
    ///
    /// If the record under `old` has logins, a mark from `old` to `new` stays until the old record would have
    /// expired: only [`delete`](Self::delete) follows it. A store may forget it earlier, once the session has ended
    /// and [`MARK_SECONDS`](crate::MARK_SECONDS) are over. If it has none, an empty mark stays for
    /// [`MARK_SECONDS`](crate::MARK_SECONDS): whoever knew the id from before a login cannot end that login. Where already
    /// [`MARK_CHAIN`] live marks in a row lead to `old`, this ends the session instead, as `delete` does, and
    /// answers `Gone`: otherwise a thief could rotate a session out of its owner's reach.
    async fn rotate(
        &self,
        old: IdHash,
        new: IdHash,
        record: &Record,
        version: u64,
        life: Life,
        limit: Limit,
    ) -> Result<Written, StoreError>;

    /// Notes a request at `life.seen`, and lets the record live at least until `life.expires`. Changes neither
    /// data nor version, and shortens nothing. Whether the session is live.
    async fn touch(&self, id: IdHash, life: Life) -> Result<bool, StoreError>;

    /// Ends the session at this id, or where marks lead from it, and leaves an empty mark at every id it passed, for
    /// [`MARK_SECONDS`](crate::MARK_SECONDS). Whether a live session ended. What has expired may be marked too: it is no live session, and stays
    /// dead if the clock is set back.
    async fn delete(&self, id: IdHash, now: Timestamp) -> Result<bool, StoreError>;

    /// The live sessions in which this user is logged in, in no particular order.
    async fn list(&self, owner: &Owner, now: Timestamp) -> Result<Vec<Entry>, StoreError>;

    /// Ends this user's logins in all sessions but `except`: [`Record::without_owner`] says what is left of
    /// each, and one of which nothing is left is deleted as [`delete`](Self::delete) does. How many sessions
    /// that were.
    ///
    /// Atomic against create, rotate and update: no login of that user which existed before this began is
    /// alive under any id when it returns. `except` is one exact id and follows no mark.
    async fn delete_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        now: Timestamp,
    ) -> Result<u64, StoreError>;

    /// Ends this user's logins in all sessions, as [`delete_all`](Self::delete_all), and the session at this id or where marks lead from it, as
    /// [`delete`](Self::delete), whosever it is by now. How many sessions that were.
    ///
    /// A store that is asked over a network does both in one round trip.
    async fn delete_all_and(&self, owner: &Owner, id: IdHash, now: Timestamp) -> Result<u64, StoreError> {
        let ended = self.delete_all(owner, None, now).await?;
        Ok(ended + u64::from(self.delete(id, now).await?))
    }

    /// Resolves when this id is no longer live: at once where this process ends it, within a second where another does. Whether it
    /// also resolves at expiry is the store's choice: whoever waits looks once a second besides. A store that cannot tell
    /// returns `None`.
    fn ended(&self, _id: IdHash) -> Option<BoxFuture<'static, ()>> {
        None
    }

    /// Removes expired records and marks, a bounded number at a time, for stores that do not expire by themselves.
    /// How many went; zero says that nothing is left to sweep.
    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError>;
}

/// What a store has under an id.
#[derive(Clone, Debug)]
pub enum Loaded {
    /// A live record.
    Found {
        /// The record.
        record: Record,
        /// Its version: every write has another.
        version: u64,
        /// When it was last seen alive, and when it expires.
        life: Life,
    },
    /// A mark: it was live until shortly, under this id.
    Ended,
    /// Nothing.
    None,
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a write that collided or came too late has written nothing"]
pub enum Written {
    /// Done; the version now is this.
    Done(u64),
    /// Another write was faster: load and try again.
    Conflict,
    /// There is no live record at this id.
    Gone,
}

/// One of a user's sessions, as a store lists it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where it is.
    pub id: IdHash,
    /// Its record, and when it was last seen.
    pub listed: Listed,
    /// Its version, for a write.
    pub version: u64,
}

/// How many live sessions one user may have, and what happens beyond that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The most.
    pub most: NonZeroU32,
    /// What gives way.
    pub beyond: Beyond,
}

/// What gives way when a user has as many sessions as are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// That user's oldest login ends, as [`delete_all`](SessionStore::delete_all) ends it: who else is logged in
    /// there stays. Of several, any.
    EndOldest,
    /// The new one is refused.
    Refuse,
}

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// It cannot be reached, or broke off.
    #[error("the session store cannot be reached")]
    Unreachable(#[source] BoxError),
    /// It did not answer in time.
    #[error("the session store did not answer in time")]
    TimedOut,
    /// What it holds cannot be decoded.
    #[error("the session store holds a record that cannot be decoded")]
    Corrupt,
    /// What it holds was written by a newer release.
    #[error("the session store holds a record of the newer schema {0}")]
    SchemaTooNew(u8),
    /// It answered with the record of another id.
    #[error("the session store answered with another session's record")]
    Foreign,
    /// There is a session under that id already.
    #[error("the session store has a session under that id already")]
    Exists,
    /// The user has as many sessions as are allowed, and the new one was to be refused.
    #[error("this user has as many sessions as are allowed")]
    LimitReached,
    /// There is no room left.
    #[error("the session store is full")]
    Full,
    /// Anything else.
    #[error("the session store failed")]
    Other(#[source] BoxError),
}
