//! By which keys tokens are signed: a pair for each realm, as EverShop names them.

use std::env;

use passport_core::{BoxError, Error};
use passport_jwt::{Key, Keys, Rules};

/// Who signs: the claim `iss`.
const ISSUER: &str = "evershop";

/// What the tokens of both realms are like.
#[derive(Clone, Debug)]
pub struct Secrets {
    pub(crate) customer: Rules,
    pub(crate) admin: Rules,
}

impl Secrets {
    /// Random ones: tokens end with the process, and no other process accepts them.
    ///
    /// # Errors
    ///
    /// If the system has no random numbers.
    pub fn random() -> Result<Self, Error> {
        let rules =
            || Rules::new(ISSUER, Keys::new(Key::random("access")?), Keys::new(Key::random("refresh")?));
        Ok(Self { customer: rules()?, admin: rules()? })
    }

    /// Those that `JWT_CUSTOMER_SECRET`, `JWT_CUSTOMER_REFRESH_SECRET`, `JWT_ADMIN_SECRET` and `JWT_ADMIN_REFRESH_SECRET` hold;
    /// random ones if none of the four is set.
    ///
    /// # Errors
    ///
    /// If some are set and others are not, or one is too short.
    pub fn from_env() -> Result<Self, BoxError> {
        let names = [
            "JWT_CUSTOMER_SECRET",
            "JWT_CUSTOMER_REFRESH_SECRET",
            "JWT_ADMIN_SECRET",
            "JWT_ADMIN_REFRESH_SECRET",
        ];
        let [Some(customer), Some(customer_refresh), Some(admin), Some(admin_refresh)] =
            names.map(|name| env::var(name).ok())
        else {
            return match names.iter().find(|name| env::var_os(name).is_some()) {
                None => Ok(Self::random()?),
                Some(set) => Err(format!("{set} is set: set all of {} as texts", names.join(", ")).into()),
            };
        };
        let rules = |access: &str, refresh: &str| {
            Rules::new(
                ISSUER,
                Keys::new(Key::hs256("access", access)?),
                Keys::new(Key::hs256("refresh", refresh)?),
            )
        };
        Ok(Self { customer: rules(&customer, &customer_refresh)?, admin: rules(&admin, &admin_refresh)? })
    }
}
