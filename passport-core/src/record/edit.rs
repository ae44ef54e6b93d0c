//! From one record to the next. Every write is such a function, so that it can be applied again to a newer
//! record when two requests collide.

use super::{Changes, Handle, Kind, Login, NewLogin, Owner, Record, codec};
use crate::{Client, Error, Timestamp};

type Entry<'a> = (Kind, &'a str, &'a [u8]);

impl Record {
    /// This newer record, if it is still that of the users whom a request saw before. One of them may have been ended in it,
    /// while another realm's login kept it alive: then what that request gathered was that user's, and not the other's.
    pub(crate) fn if_still_of(&self, seen: &Self) -> Result<&Self, Error> {
        let whose = |owner| self.owners().chain(self.past_owners()).any(|other| other == owner);
        if seen == self || seen.owners().all(whose) { Ok(self) } else { Err(Error::Ended) }
    }

    /// With the changes of a request.
    pub(crate) fn with(&self, changes: &Changes) -> Result<Self, Error> {
        self.build(&self.client(), self.logins(), self.past_owners(), self.entries_with(changes))
    }

    /// With `login` in its realm, under what will be a new id. The other realms' logins stay.
    ///
    /// Data moves along if it was nobody's, or is the same user's, or belongs to somebody who is logged in
    /// beside; otherwise all of it goes. What passport keeps for itself never moves. `changes` were
    /// gathered by this request before its login; `after` is for the one who is logged in now.
    pub(crate) fn with_login(
        &self,
        login: &NewLogin,
        client: &Client,
        changes: &Changes,
        after: &Changes,
    ) -> Result<Self, Error> {
        let moves = self.data_moves_to(login);
        let logins = self.logins().filter(|old| old.realm != login.realm).chain([login.as_login()]);
        let moved = self.entries_with(changes).filter(|entry| moves && entry.0 != Kind::Private);
        let moved = moved.filter(|entry| after.get(entry.0, entry.1).is_none());
        let past = self.past_owners().filter(|owner| moves && *owner != login.as_login().owner());
        self.build(client, logins, past, moved.chain(after.written()))
    }

    /// Whether the data may be seen by the user who logs in: it was nobody's, or the same user's, or belongs
    /// to somebody who stays logged in beside.
    pub(crate) fn data_moves_to(&self, login: &NewLogin) -> bool {
        let replaced = self.login(login.realm);
        // Most data was never anybody's: then nobody's name has to be hashed.
        if replaced.is_none() && self.past_owners().next().is_none() {
            return true;
        }
        let new = login.as_login().owner();
        let beside: Vec<Owner> =
            self.logins().filter(|old| old.realm != login.realm).map(|old| old.owner()).collect();
        let replaced = replaced.map(|old| old.owner());
        self.past_owners().chain(replaced).all(|owner| owner == new || beside.contains(&owner))
    }

    /// With another fingerprint for the same user: after a password change.
    pub(crate) fn with_refreshed(&self, fresh: &NewLogin, changes: &Changes) -> Result<Self, Error> {
        let logins = self.logins().map(|old| match old.realm == fresh.realm {
            true => Login { fingerprint: fresh.fingerprint, ..old },
            false => old,
        });
        let moved = self.entries_with(changes).filter(|entry| entry.0 != Kind::Private);
        self.build(&self.client(), logins, self.past_owners(), moved)
    }

    /// Under what will be a new id: everything but what passport keeps for itself.
    pub(crate) fn moved(&self, changes: &Changes) -> Result<Self, Error> {
        let moved = self.entries_with(changes).filter(|entry| entry.0 != Kind::Private);
        self.build(&self.client(), self.logins(), self.past_owners(), moved)
    }

    /// Without the logins that `ends` names, and without data: the next user must not find it.
    pub(crate) fn without_logins(&self, ends: impl Fn(&Login<'_>) -> bool) -> Result<Self, Error> {
        let kept = self.logins().filter(|login| !ends(login));
        self.build(&self.client(), kept, std::iter::empty(), std::iter::empty())
    }

    /// Without the logins that `ends` names, but with the data, which remembers whose it is.
    pub(crate) fn without_logins_keeping_data(
        &self,
        ends: impl Fn(&Login<'_>) -> bool,
        changes: &Changes,
    ) -> Result<Self, Error> {
        let ended = self.logins().filter(|login| ends(login)).map(|login| login.owner());
        let mut past: Vec<Owner> = self.past_owners().chain(ended).collect();
        past.sort_unstable();
        past.dedup();
        let kept = self.logins().filter(|login| !ends(login));
        let data = self.entries_with(changes).filter(|entry| entry.0 == Kind::Data);
        self.build(&self.client(), kept, past.into_iter(), data)
    }

    /// Without this user's logins and without data; `None` if no login is left, which ends the session.
    /// Stores use it to end a user's sessions.
    pub fn without_owner(&self, owner: &Owner) -> Option<Self> {
        let left = self.without_logins(|login| login.owner() == *owner).ok()?;
        left.has_logins().then_some(left)
    }

    /// Without the logins whose time is over at `now`, when the session was last seen at `seen`. `None` if
    /// there are none: nothing to write. The data remembers whose it was.
    pub fn without_expired(&self, now: Timestamp, seen: Timestamp) -> Option<Self> {
        if self.logins().all(|login| login.is_live(now, seen)) {
            return None;
        }
        let over = |login: &Login<'_>| !login.is_live(now, seen);
        let kept = self.without_logins_keeping_data(over, &Changes::default());
        // Too many former owners to remember: then the data goes too, but the login never stays.
        let kept = kept.or_else(|_| self.without_logins(over));
        Some(kept.unwrap_or_else(|_| Self::empty(self.handle())))
    }

    /// The same under another public name, for sessions that change it with their id.
    pub fn with_handle(&self, handle: Handle) -> Self {
        let mut bytes = self.as_bytes().to_vec();
        bytes[1..17].copy_from_slice(handle.as_bytes());
        Self(bytes.into())
    }

    fn entries_with<'a>(&'a self, changes: &'a Changes) -> impl Iterator<Item = Entry<'a>> {
        self.entries().filter(|entry| changes.get(entry.0, entry.1).is_none()).chain(changes.written())
    }

    fn build<'a>(
        &self,
        client: &Client,
        logins: impl Iterator<Item = Login<'a>>,
        past: impl Iterator<Item = Owner>,
        entries: impl Iterator<Item = Entry<'a>>,
    ) -> Result<Self, Error> {
        let agent = client.user_agent().unwrap_or_default().as_bytes();
        let mut out = Vec::with_capacity(self.as_bytes().len() + agent.len() + 128);
        out.extend_from_slice(&self.as_bytes()[..17]);
        let logins_at = out.len();
        out.push(0);
        for login in logins {
            out[logins_at] = next(out[logins_at], "255 logins")?;
            codec::put_login(&mut out, &login);
        }
        let past_at = out.len();
        out.push(0);
        for owner in past {
            out[past_at] = next(out[past_at], "the data of 255 former users")?;
            out.extend_from_slice(owner.as_bytes());
        }
        codec::put(&mut out, agent);
        let address = client.address().map(|address| address.to_string()).unwrap_or_default();
        codec::put(&mut out, address.as_bytes());
        let entries_at = out.len();
        out.extend_from_slice(&[0; 2]);
        let mut count = 0_u16;
        for (kind, key, value) in entries {
            count = count.checked_add(1).ok_or(Error::TooLarge("256 keys"))?;
            out.push(kind.as_byte());
            codec::put(&mut out, key.as_bytes());
            codec::put(&mut out, value);
        }
        out[entries_at..entries_at + 2].copy_from_slice(&count.to_le_bytes());
        Self(out.as_slice().into()).checked()
    }
}

fn next(count: u8, most: &'static str) -> Result<u8, Error> {
    count.checked_add(1).ok_or(Error::TooLarge(most))
}
