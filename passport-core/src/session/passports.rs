//! Which passports are around a request, and so which kinds of user it knows.

use std::{
    any::{Any, TypeId, type_name},
    sync::Arc,
};

use bytes::Bytes;
use http::{Response, Uri};

use super::{Session, lock};
use crate::{
    Auth, BoxFuture, Clock, EndedLogin, Error, Login, Passport, Refusal, SessionManager, Timestamp,
    logout::Provider, passport::Inner,
};

/// A `Passport<U>` without its `U`.
pub(crate) trait AnyPassport: Any + Send + Sync {
    fn realm(&self) -> &'static str;
    fn user(&self) -> TypeId;
    fn manager(&self) -> &Arc<dyn SessionManager>;
    fn clock(&self) -> &Arc<dyn Clock>;
    /// Whether a logout has to find out whom it ends, for a hook or a strategy.
    fn listens(&self, provider: Provider) -> bool;
    /// Tells the hooks, and the provider if that was asked for: where the browser should go next.
    fn ended<'a>(
        &'a self,
        login: &'a EndedLogin,
        provider: Provider,
    ) -> BoxFuture<'a, Result<Option<Uri>, Error>>;
    /// Whether the login's user still is who it was.
    fn is_alive<'a>(&'a self, login: Login<'a>) -> BoxFuture<'a, Result<bool, Error>>;
    fn render(&self, refusal: &Refusal, json: bool) -> Response<Bytes>;
}

/// A passport on this request, and what it thinks of where the request comes from.
#[derive(Clone)]
pub(crate) struct Attached {
    pub(crate) passport: Arc<dyn AnyPassport>,
    pub(crate) foreign: bool,
}

impl Attached {
    pub(super) fn manager(&self) -> &Arc<dyn SessionManager> {
        self.passport.manager()
    }
}

impl dyn AnyPassport {
    /// Out of the way of the many requests that need no time.
    #[cold]
    pub(super) fn now(&self) -> Timestamp {
        self.manager().clock().now()
    }
}

impl Session {
    /// This request's view of the users of one kind.
    ///
    /// # Errors
    ///
    /// [`Error::NotInstalled`] if no passport for `U` is around this route, [`Error::RealmTaken`] if two
    /// kinds of user share a realm's name in one session.
    pub fn auth<U: Send + Sync + 'static>(&self) -> Result<Auth<U>, Error> {
        self.refuse_two_of_a_kind::<U>()?;
        self.find()
    }

    /// As [`auth`](Self::auth), of this very passport: another one's realm, cookie and hooks are not what a guard of this
    /// one was made for.
    pub(crate) fn auth_of<U: Send + Sync + 'static>(&self, passport: &Passport<U>) -> Result<Auth<U>, Error> {
        let auth = self.auth::<U>()?;
        if !Arc::ptr_eq(&auth.passport.0, &passport.0) {
            return Err(Error::Config(
                "this guard was made by another passport than the one around this route, for the same type of user: \
                 make both of one `Passport`, or give each kind of user a type of its own"
                    .into(),
            ));
        }
        Ok(auth)
    }

    /// Two passports for one type of user on one request: nobody could say which of them is meant.
    fn refuse_two_of_a_kind<U: 'static>(&self) -> Result<(), Error> {
        if self.0.outer.is_none() && self.0.more.get().is_none() {
            return Ok(());
        }
        let kind = TypeId::of::<U>();
        let mut first = None;
        for session in self.with_outer() {
            for attached in session.passports().iter().filter(|attached| attached.passport.user() == kind) {
                let this = Arc::as_ptr(&attached.passport).cast::<()>();
                if *first.get_or_insert(this) != this {
                    return Err(Error::Config(
                        format!(
                            "two passports for `{}` are around this route: give each kind of user a type of its own",
                            type_name::<U>()
                        )
                        .into(),
                    ));
                }
            }
        }
        Ok(())
    }

    /// The passport on this request, if it is the only one and its users are of this kind: mostly so.
    pub(super) fn only<U: Send + Sync + 'static>(&self) -> Option<&Inner<U>> {
        if self.0.outer.is_some() || self.0.more.get().is_some() {
            return None;
        }
        let any: &(dyn Any + Send + Sync) = &*self.0.attached.passport;
        any.downcast_ref()
    }

    fn find<U: Send + Sync + 'static>(&self) -> Result<Auth<U>, Error> {
        let kind = TypeId::of::<U>();
        if self.0.attached.passport.user() == kind {
            return self.view(&self.0.attached, false);
        }
        if let Some(more) = self.0.more.get() {
            let more = lock(more);
            if let Some(at) = more.iter().position(|other| other.passport.user() == kind) {
                let name = more[at].passport.realm();
                let taken = self.0.attached.passport.realm() == name
                    || more[..at].iter().any(|other| other.passport.realm() == name);
                return self.view(&more[at], taken);
            }
        }
        self.0.outer.as_ref().ok_or(Error::NotInstalled(type_name::<U>()))?.find()
    }

    /// The session of this manager on this request, if there is one.
    pub(crate) fn of_manager(&self, manager: &Arc<dyn SessionManager>) -> Option<&Self> {
        match std::ptr::addr_eq(Arc::as_ptr(self.manager()), Arc::as_ptr(manager)) {
            true => Some(self),
            false => self.0.outer.as_ref()?.of_manager(manager),
        }
    }

    /// Lets a passport further in join the session of its manager, if there is one on this request. The innermost session
    /// stays in the type map: it leads to that one.
    #[cold]
    pub(super) fn try_attach<U: Send + Sync + 'static>(&self, passport: &Passport<U>, foreign: bool) -> bool {
        let Some(shared) = self.of_manager(&passport.0.sessions) else { return false };
        shared.attach(Attached { passport: passport.0.clone(), foreign });
        true
    }

    /// Adds a passport that shares this session, unless it is there already: around a router and once more around
    /// one of its routes.
    fn attach(&self, attached: Attached) {
        let same = |other: &Attached| {
            std::ptr::addr_eq(Arc::as_ptr(&other.passport), Arc::as_ptr(&attached.passport))
        };
        if same(&self.0.attached) {
            return;
        }
        let mut more = lock(self.0.more.get_or_init(Box::default));
        if !more.iter().any(same) {
            more.push(attached);
        }
    }

    /// Every passport on this session.
    pub(super) fn passports(&self) -> Vec<Attached> {
        let mut all = vec![self.0.attached.clone()];
        if let Some(more) = self.0.more.get() {
            all.extend_from_slice(&lock(more));
        }
        all
    }

    /// What answers an error, in the form the caller prefers and the application chose.
    pub fn answer(&self, error: &Error) -> Response<Bytes> {
        self.0.attached.passport.render(&Refusal::of(error), self.0.prefers_json)
    }

    fn view<U: Send + Sync + 'static>(&self, attached: &Attached, taken: bool) -> Result<Auth<U>, Error> {
        if taken {
            return Err(Error::RealmTaken(attached.passport.realm()));
        }
        let any: Arc<dyn Any + Send + Sync> = attached.passport.clone();
        let inner = any.downcast::<Inner<U>>().map_err(|_| Error::NotInstalled(type_name::<U>()))?;
        Ok(Auth { passport: Passport(inner), session: self.clone(), foreign: attached.foreign })
    }
}
