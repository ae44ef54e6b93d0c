//! What EverShop adds to Express' request, by its own names.

use std::sync::Arc;

use passport_core::{Auth, Error, Failure, Http, LoggedOut, Logout, Outcome, PassportExt, Success};
use passport_local::{Credentials, Password};

use crate::{AdminUser, Customer};

/// `request.loginCustomerWithEmail(…)` and its seven siblings.
///
/// The callbacks of the originals are gone: each future is done when the store has the change, and its error is the
/// callback's `err`. What refuses a login is an error of another kind than what failed.
pub trait EvershopRequest: PassportExt<Http> {
    /// Logs a customer in: `request.loginCustomerWithEmail(email, password, callback)`.
    fn login_customer_with_email(
        &self,
        email: &str,
        password: Password,
    ) -> impl Future<Output = Result<(), LoginError>> + Send + 'static {
        login::<Customer>(self.auth(), Credentials::new(email, password))
    }

    /// Forgets the customer and keeps the cart: `request.logoutCustomer(callback)`.
    fn logout_customer(&self) -> impl Future<Output = Result<LoggedOut, Error>> + Send + 'static {
        logout::<Customer>(self.auth(), Logout::here().keep_data())
    }

    /// Whether the session says who the customer is: `request.isCustomerLoggedIn()`.
    fn is_customer_logged_in(&self) -> impl Future<Output = Result<bool, Error>> + Send + 'static {
        is_logged_in::<Customer>(self.auth())
    }

    /// The customer, by session or by token: `request.getCurrentCustomer()`.
    fn get_current_customer(
        &self,
    ) -> impl Future<Output = Result<Option<Arc<Customer>>, Error>> + Send + 'static {
        self.user()
    }

    /// Logs an administrator in: `request.loginUserWithEmail(email, password, callback)`.
    fn login_user_with_email(
        &self,
        email: &str,
        password: Password,
    ) -> impl Future<Output = Result<(), LoginError>> + Send + 'static {
        login::<AdminUser>(self.auth(), Credentials::new(email, password))
    }

    /// Ends the administrator's session: `request.logoutUser(callback)`. There is nothing in it to keep.
    fn logout_user(&self) -> impl Future<Output = Result<LoggedOut, Error>> + Send + 'static {
        logout::<AdminUser>(self.auth(), Logout::here())
    }

    /// Whether the session says who the administrator is: `request.isUserLoggedIn()`.
    fn is_user_logged_in(&self) -> impl Future<Output = Result<bool, Error>> + Send + 'static {
        is_logged_in::<AdminUser>(self.auth())
    }

    /// The administrator, by session or by token: `request.getCurrentUser()`.
    fn get_current_user(
        &self,
    ) -> impl Future<Output = Result<Option<Arc<AdminUser>>, Error>> + Send + 'static {
        self.user()
    }
}

impl<T: PassportExt<Http>> EvershopRequest for T {}

/// Why nobody was logged in.
#[derive(Debug)]
pub enum LoginError {
    /// The credentials were refused: one message for an unknown email, a disabled account and a wrong password.
    Refused(Failure),
    /// A store, a hook, a foreign site.
    Failed(Error),
}

impl From<Error> for LoginError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Who that is, if the password is right. Nobody is logged in by it.
pub(crate) async fn verified<U: Send + Sync + 'static>(
    auth: &Auth<U>,
    credentials: Credentials,
) -> Result<Success<U>, LoginError> {
    match auth.authenticate("local", &credentials.into_request(auth.session())).await? {
        Outcome::Success(success) => Ok(success),
        Outcome::Fail(failure) => Err(LoginError::Refused(failure)),
        // A password strategy sends nobody elsewhere, and has something to judge here.
        Outcome::Redirect(_) | Outcome::Pass => Err(Error::Unauthenticated.into()),
    }
}

async fn login<U: Send + Sync + 'static>(
    auth: Result<Auth<U>, Error>,
    credentials: Credentials,
) -> Result<(), LoginError> {
    let auth = auth?;
    let success = verified(&auth, credentials).await?;
    Ok(auth.login(success).await?)
}

async fn logout<U: Send + Sync + 'static>(
    auth: Result<Auth<U>, Error>,
    policy: Logout,
) -> Result<LoggedOut, Error> {
    auth?.logout_with(policy).await
}

async fn is_logged_in<U: Send + Sync + 'static>(auth: Result<Auth<U>, Error>) -> Result<bool, Error> {
    let auth = auth?;
    Ok(auth.is_authenticated().await? && !auth.is_by_request().await?)
}
