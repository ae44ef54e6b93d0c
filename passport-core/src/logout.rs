//! What to end, how, and who is told.

use http::Uri;
use serde_core::de::DeserializeOwned;

use crate::{Client, Timestamp};

/// What a logout ends, and what else it does.
///
/// # Examples
///
/// ```
/// use passport_core::Logout;
///
/// let policy = Logout::everywhere().clear_site_data();
/// # let _ = policy;
/// ```
#[derive(Clone, Debug)]
#[must_use = "a policy ends nothing by itself: pass it to `logout_with`"]
pub struct Logout {
    pub(crate) scope: Scope,
    pub(crate) keep: Keep,
    pub(crate) provider: Provider,
    pub(crate) clear: ClearSiteData,
}

/// What the browser is asked to forget (W3C Clear Site Data, section 3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ClearSiteData {
    #[default]
    Nothing,
    Cache,
    Everything,
}

/// Which of the user's sessions a logout ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// This one.
    Here,
    /// All but this one.
    Others,
    /// All.
    Everywhere,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    Nothing,
    Data,
    DataAndId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    Untold,
    BestEffort,
    Required,
}

impl Logout {
    const fn new(scope: Scope) -> Self {
        Self { scope, keep: Keep::Nothing, provider: Provider::Untold, clear: ClearSiteData::Cache }
    }

    /// Ends this session's login: what `logout()` does.
    pub const fn here() -> Self {
        Self::new(Scope::Here)
    }

    /// Ends the user's logins in all other sessions, and leaves this one alone. If several session cookies came with the request nobody
    /// knows whose the others are: then the logout is an error.
    pub const fn others() -> Self {
        Self::new(Scope::Others)
    }

    /// Ends the user's logins in all sessions, this one included. If several session cookies came with the request those sessions end,
    /// and the logout is an error, as of [`others`](Self::others).
    pub const fn everywhere() -> Self {
        Self::new(Scope::Everywhere)
    }

    /// Keeps this session's data (a cart) for the visitor who is nobody now, under a new session id.
    ///
    /// # Security
    ///
    /// Whoever uses this browser next sees the data. Somebody else who logs in does not inherit it.
    pub const fn keep_data(mut self) -> Self {
        self.keep = Keep::Data;
        self
    }

    /// Keeps this session's data and its id, for clients that cannot follow a new one.
    ///
    /// # Security
    ///
    /// A copied cookie stays a key to the data. Use [`Logout::keep_data`] unless something breaks.
    pub const fn dangerous_keep_data_and_id(mut self) -> Self {
        self.keep = Keep::DataAndId;
        self
    }

    /// Tells the provider that made the login; if it cannot be told, that is logged.
    pub const fn tell_provider(mut self) -> Self {
        self.provider = Provider::BestEffort;
        self
    }

    /// Tells the provider that made the login; if it cannot be told, that is the logout's error. The login
    /// here has ended all the same.
    pub const fn require_provider(mut self) -> Self {
        self.provider = Provider::Required;
        self
    }

    /// Sends `Clear-Site-Data: "cache", "cookies", "storage"`: the browser forgets all that it holds of this site.
    /// Not with [`Logout::others`]: this browser stays logged in.
    ///
    /// # Security
    ///
    /// The cookies of other programs on this host go too, whatever their port. And Chromium clears the storage before it leaves
    /// the page that asked for the logout, then keeps that page for the back button. Where a private page must not come back,
    /// log out without this, and send the header with something that the next page loads, such as a style sheet.
    pub const fn clear_site_data(mut self) -> Self {
        self.clear = ClearSiteData::Everything;
        self
    }

    /// Sends no `Clear-Site-Data`. Unless this is called, a logout sends `"cache"`.
    ///
    /// # Security
    ///
    /// Browsers may keep whole pages for the back button, also those with `Cache-Control: no-store`: Chromium
    /// shows them again after a logout unless its cache was cleared.
    pub const fn dangerous_keep_cache(mut self) -> Self {
        self.clear = ClearSiteData::Nothing;
        self
    }
}

impl Default for Logout {
    fn default() -> Self {
        Self::here()
    }
}

/// What a logout did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedOut {
    /// How many sessions lost a login, this one included.
    pub ended: u64,
    /// Whether this session's record is gone: it is not if another realm is still logged in, or its data was kept.
    pub destroyed: bool,
    /// Where the browser should go next, if a provider said so.
    pub next: Option<Uri>,
}

/// A login that has ended, as hooks and strategies are told of it.
#[derive(Clone, Debug)]
pub struct EndedLogin {
    pub(crate) realm: &'static str,
    pub(crate) strategy: Box<str>,
    pub(crate) at: Timestamp,
    pub(crate) key: Box<[u8]>,
    pub(crate) scope: Scope,
    pub(crate) client: Client,
}

impl EndedLogin {
    /// Its realm.
    pub fn realm(&self) -> &'static str {
        self.realm
    }

    /// The name of the strategy that made it; `"login"` if a handler did.
    pub fn strategy(&self) -> &str {
        &self.strategy
    }

    /// When it was made.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The user's key, if it reads as a `K`.
    pub fn key<K: DeserializeOwned>(&self) -> Option<K> {
        serde_json::from_slice(&self.key).ok()
    }

    /// Which sessions the logout ended.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Who asked for the logout.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

/// What a provider answered to a logout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderLogout {
    /// Where the browser should go next.
    pub next: Option<Uri>,
}

impl ProviderLogout {
    /// The browser should go here next.
    pub fn go_to(next: Uri) -> Self {
        Self { next: Some(next) }
    }
}
