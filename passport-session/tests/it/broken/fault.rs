//! What can be wrong with a store.

/// How a store is broken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// Not at all.
    None,
    /// A save of a missing record writes it: the usual upsert.
    UpdateInserts,
    /// A rotation is a creation and then a deletion.
    RotateInSteps,
    /// A write replaces whatever there is.
    NoVersions,
    /// A write at another version lets the session live longer all the same.
    ConflictExtends,
    /// A logout everywhere goes by a list that it made before.
    DeleteAllByList,
    /// A session that loses one of two logins counts as visited.
    LeftIsTouched,
    /// What comes back from outside is not looked at.
    NoEnvelope,

    /// The limit is counted first and kept afterwards.
    LimitInSteps,
    /// Room is made for a session before it is known whether it comes.
    RefusedEndsOldest,
    /// The limit is looked at before the id.
    LimitBeforeId,
    /// Only the first user of a record is held to the limit.
    LimitForFirst,
    /// A session that only moves is held to the limit like a new one.
    LimitForMovers,
    /// The oldest is the session in which anybody logged in first.
    OldestByFirstLogin,
    /// The oldest is the session in which somebody logged in last longest ago.
    OldestByLastLogin,
    /// One session gives way, however many there are too many.
    OneGivesWay,

    /// When a session was seen is when somebody asks.
    SeenIsNow,
    /// Updates and rotations do not store when the session was seen.
    WritesKeepSeen,
    /// When a session was seen is what the last write says, however late it comes.
    SeenGoesBack,
    /// A rotation to a shorter life keeps the longer one.
    RotateShortensNothing,
    /// An id is never free again.
    ExpiredIsTaken,
    /// A logged-out id is forgotten when the session would have ended.
    MarkEndsWithSession,

    /// A sweep removes nothing.
    SweepsNothing,
    /// A sweep says that nothing went.
    SweepSaysNothing,
    /// A sweep never says that nothing is left.
    SweepNeverEnds,
}
