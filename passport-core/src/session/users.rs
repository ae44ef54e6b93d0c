//! Who is behind this request: asked once, remembered until the request ends.

use std::{
    any::{Any, TypeId},
    sync::Arc,
};

use super::{Core, Session, ask::Question, brought::Brought};
use crate::{Error, Login, Passport, events, passport::Inner};

type AnyUser = Arc<dyn Any + Send + Sync>;

/// What this request knows of its users, by their type.
#[derive(Default)]
pub(crate) struct Memos {
    /// Most requests ask for one kind only.
    first: Option<Memo>,
    more: Vec<Memo>,
    /// Realms whose user is gone, or is not who it was: `finish` ends those logins.
    stale: Vec<&'static str>,
}

pub(super) struct Memo {
    kind: TypeId,
    user: Option<AnyUser>,
    /// Authenticated for this request alone, by a credential in it: a logout forgets that for the rest of the request, and leaves the
    /// credential as good as it was.
    by_request: bool,
}

impl Memo {
    pub(super) fn user<U: Send + Sync + 'static>(&self) -> Option<Arc<U>> {
        self.user.clone()?.downcast().ok()
    }
}

impl Memos {
    pub(super) fn known(&self, kind: TypeId) -> Option<&Memo> {
        self.first.iter().chain(&self.more).find(|memo| memo.kind == kind)
    }

    fn remember(&mut self, memo: Memo) {
        if let Some(known) = self.first.iter_mut().chain(&mut self.more).find(|known| known.kind == memo.kind)
        {
            *known = memo;
        } else if self.first.is_none() {
            self.first = Some(memo);
        } else {
            self.more.push(memo);
        }
    }

    pub(super) fn logged_in(&mut self, kind: TypeId, user: AnyUser, realm: &'static str) {
        self.note_nobody(realm);
        self.remember_by_session(kind, Some(user));
    }

    pub(super) fn logged_out(&mut self, kind: TypeId, realm: &'static str) {
        self.note_nobody(realm);
        self.remember_by_session(kind, None);
    }

    /// What the session said. Whoever was authenticated for this request alone stays; and whose user was gone stays so, until
    /// somebody says otherwise.
    fn forget_sessions(&mut self) {
        self.first.take_if(|memo| !memo.by_request);
        self.more.retain(|memo| memo.by_request);
    }

    /// A logout of users of this kind, or of all, is under way: until the store has answered, nobody knows who is there. Whoever
    /// was authenticated for this request alone stays.
    pub(super) fn doubt(&mut self, kind: Option<TypeId>) {
        let stays = |memo: &Memo| memo.by_request || kind.is_some_and(|kind| memo.kind != kind);
        self.first.take_if(|memo| !stays(memo));
        self.more.retain(stays);
    }

    /// Takes out what the session said, as long as nobody knows where it is; [`restore`](Self::restore) puts it back.
    pub(super) fn hold(&mut self) -> Vec<Memo> {
        let all = self.first.take().into_iter().chain(std::mem::take(&mut self.more));
        let (held, stay): (Vec<_>, Vec<_>) = all.partition(|memo| !memo.by_request);
        self.restore(stay);
        held
    }

    pub(super) fn restore(&mut self, held: Vec<Memo>) {
        for memo in held {
            self.remember(memo);
        }
    }

    pub(super) fn forget_all(&mut self) {
        (self.first, self.more) = (None, Vec::new());
        self.stale.clear();
    }

    /// Nobody is logged in to this realm: then nobody's user is gone.
    pub(super) fn note_nobody(&mut self, realm: &'static str) {
        self.stale.retain(|stale| *stale != realm);
    }

    /// Remembers whom the session names.
    pub(super) fn remember_by_session(&mut self, kind: TypeId, user: Option<AnyUser>) {
        self.remember(Memo { kind, user, by_request: false });
    }

    /// The one who is logged in to this realm is gone, or is not who it was: the end of the request ends that login.
    fn note_gone(&mut self, kind: TypeId, realm: &'static str) {
        self.logged_out(kind, realm);
        self.stale.push(realm);
    }

    /// Whether the one who is logged in to this realm was found to be gone, and nobody has said otherwise since.
    pub(super) fn found_gone(&self, realm: &'static str) -> bool {
        self.stale.contains(&realm)
    }

    pub(super) fn stale(&self) -> &[&'static str] {
        &self.stale
    }

    pub(super) fn take_stale(&mut self) -> Vec<&'static str> {
        std::mem::take(&mut self.stale)
    }
}

impl Core {
    /// The login to this passport's realm.
    pub(super) fn login<U>(&self, passport: &Inner<U>) -> Option<Login<'_>> {
        self.record()?.record.login(passport.realm)
    }

    /// Remembers that nobody is logged in, or nobody who can be named.
    pub(super) fn remember_nobody<U: Send + Sync + 'static>(&mut self, passport: &Inner<U>) {
        self.memos.logged_out(TypeId::of::<U>(), passport.realm);
    }

    /// Remembers who is logged in.
    pub(super) fn remember_user<U: Send + Sync + 'static>(&mut self, passport: &Inner<U>, user: &Arc<U>) {
        self.memos.logged_in(TypeId::of::<U>(), user.clone(), passport.realm);
    }

    /// Remembers that who is logged in is gone, or is not who it was: the request's end logs that one out.
    pub(super) fn remember_gone<U: Send + Sync + 'static>(&mut self, passport: &Inner<U>) {
        if let Some(login) = self.login(passport) {
            events::user_gone(passport.realm, login.key);
        }
        self.memos.note_gone(TypeId::of::<U>(), passport.realm);
    }
}

impl Session {
    /// Asks the store and the user store again.
    pub(crate) async fn recheck<U: Send + Sync + 'static>(
        &self,
        passport: &Passport<U>,
    ) -> Result<Option<Arc<U>>, Error> {
        let mut core = self.lock_core().await?;
        if let Some(memo) = core.memos.known(TypeId::of::<U>()).filter(|memo| memo.by_request) {
            return Ok(memo.user());
        }
        core.memos.forget_sessions();
        core.forget();
        // Locked all the while: another task of this request could put the user there who is at hand.
        Question::anew(self, &passport.0, core).await
    }

    /// Authenticates this request alone. Whom the session itself had found stays logged in by the session.
    pub(crate) async fn assign<U: Send + Sync + 'static>(&self, user: Arc<U>) -> Result<(), Error> {
        let mut core = self.lock_core().await?;
        let kind = TypeId::of::<U>();
        let found = core.memos.known(kind).and_then(|memo| memo.user.as_ref());
        if found.is_none_or(|found| !std::ptr::addr_eq(Arc::as_ptr(found), Arc::as_ptr(&user))) {
            core.memos.remember(Memo { kind, user: Some(user), by_request: true });
            // What this answer shows depends on a credential that no cache looks at.
            core.private = true;
        }
        Ok(())
    }

    /// What this answer shows is for this caller alone.
    pub(crate) async fn keep_out_of_caches(&self) -> Result<(), Error> {
        self.lock_core().await?.private = true;
        Ok(())
    }

    /// Whom the session has let in, as far as this request has asked.
    pub(crate) async fn known_by_session<U: Send + Sync + 'static>(&self) -> Result<Option<Arc<U>>, Error> {
        let core = self.lock_core().await?;
        let memo = core.memos.known(TypeId::of::<U>()).filter(|memo| !memo.by_request);
        Ok(memo.and_then(Memo::user))
    }

    /// Whether the user was authenticated for this request alone: just now, then.
    pub(crate) async fn is_by_request<U: 'static>(&self) -> Result<bool, Error> {
        let core = self.lock_core().await?;
        Ok(core.memos.known(TypeId::of::<U>()).is_some_and(|memo| memo.by_request && memo.user.is_some()))
    }
}

impl Session {
    /// Whether the visitor has a session.
    pub(crate) async fn exists(&self) -> Result<bool, Error> {
        let mut core = self.lock_core().await?;
        Ok(core.load(&self.0).await?.is_some())
    }

    /// Whether the browser holds a session cookie that opens nothing: its session is over, or it never was one.
    ///
    /// Tell the visitor that the session has expired, and [`logout`](Self::logout) takes the cookie away. Do so on pages that
    /// a visitor goes to, and not on what they load: a login that is under way meanwhile would lose its new cookie. For
    /// that reason a session that was ended within the last minute does not count, and neither do several cookies at once, of
    /// which nobody can say which is the visitor's.
    ///
    /// # Errors
    ///
    /// If the store cannot be asked: nobody knows, then, whether the session is over.
    pub async fn lapsed(&self) -> Result<bool, Error> {
        let mut core = self.lock_core().await?;
        core.load(&self.0).await?;
        Ok(core.is_absent()
            && !core.logged_out
            && (core.token().is_some() || matches!(self.0.brought, Brought::Malformed)))
    }
}
