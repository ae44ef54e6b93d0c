//! Signs users in by username and password, for [`passport_core`].
//!
//! [`Local`] is the strategy. It reads [`Credentials`] from a form or from JSON, never from the address, and
//! asks a verifier who they are: the ready one over your [`Accounts`], one of your own ([`Verify`]), or a closure.
//!
//! | you want | you write |
//! |---|---|
//! | passwords in your own table | [`Local::new`] with your [`Accounts`], or with [`accounts_from`] |
//! | other costs for Argon2id, a gate of its own | [`Local::verify`] with [`Passwords`] and a [`Hasher`] |
//! | something else than that | [`Local::verify`] with your [`Verify`], or [`Local::with`] a closure |
//! | sign-up and change of password | a [`Hasher`], shared with the login |
//! | rate limits | [`Local::before_hash`] |
//!
//! The ready verifier hashes with Argon2id off the threads that answer requests, behind a [`Gate`] that
//! bounds memory and cores. Hashes of older systems are accepted behind the features `bcrypt`, `scrypt` and
//! `pbkdf2`, and replaced at the next login. A wrong password, an unknown name, a disabled user, a user
//! without a password and a hash that cannot be computed get one answer, after the same time; see [`Hasher`]
//! for how, and for what remains.
//!
//! # Examples
//!
//! Sign-up and login, with accounts in memory:
//!
//! ```
//! use std::{collections::HashMap, sync::{Arc, PoisonError, RwLock}};
//!
//! use bytes::Bytes;
//! use passport_core::{BoxError, Outcome, Strategy};
//! use passport_local::{Account, ClientKey, Credentials, Fields, Hasher, Local, accounts_from};
//!
//! struct User { name: String, hash: String }
//! type Users = Arc<RwLock<HashMap<String, Arc<User>>>>;
//!
//! async fn sign_up(users: &Users, req: &http::Request<Bytes>) -> Result<(), BoxError> {
//!     let Credentials { username, password, .. } = match Credentials::from_request(req, &Fields::default()) {
//!         Ok(credentials) => credentials,
//!         Err(failure) => return Err(failure.as_message().into()), // answer with its status and message
//!     };
//!     let hash = Hasher::new().hash(password, &ClientKey::unknown()).await?;
//!     let user = Arc::new(User { name: username.clone(), hash });
//!     users.write().unwrap_or_else(PoisonError::into_inner).entry(username).or_insert(user);
//!     Ok(())
//! }
//!
//! fn login(users: &Users) -> Local<User> {
//!     let users = Arc::clone(users);
//!     Local::new(accounts_from(move |username: String| {
//!         let user = users.read().unwrap_or_else(PoisonError::into_inner).get(&username).cloned();
//!         let account = user.map(|user| Account::new(Arc::clone(&user), &user.name).hash(user.hash.clone()));
//!         async move { Ok(account) }
//!     }))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), BoxError> {
//! let users = Users::default();
//! let form = http::Request::post("/")
//!     .header("content-type", "application/x-www-form-urlencoded")
//!     .body(Bytes::from("username=alice&password=correct+horse"))?;
//! sign_up(&users, &form).await?;
//!
//! let Outcome::Success(success) = login(&users).authenticate(&form).await? else { panic!("refused") };
//! assert_eq!(success.user().name, "alice");
//! # Ok(())
//! # }
//! ```
//!
//! # Development builds
//!
//! Without optimisation a hash takes ten times as long. Let the workspace's `Cargo.toml` say:
//!
//! ```toml
//! [profile.dev.package]
//! argon2.opt-level = 3
//! blake2.opt-level = 3
//! ```
//!
//! and the same for `bcrypt` and `blowfish`, `scrypt` and `salsa20`, `pbkdf2` and `sha2`, if their features
//! are enabled.

mod accounts;
mod admission;
mod argon2id;
mod body;
mod client_key;
mod credentials;
mod effort;
mod fields;
mod gate;
mod hash_error;
mod hasher;
mod local;
mod password;
mod passwords;
mod pseudonym;
mod scheme;
mod verify;

pub use self::{
    accounts::{Account, Accounts, AccountsFrom, accounts_from},
    admission::Admission,
    argon2id::Argon2id,
    client_key::ClientKey,
    credentials::Credentials,
    fields::Fields,
    gate::Gate,
    hash_error::HashError,
    hasher::{Checked, Hasher},
    local::Local,
    password::Password,
    passwords::Passwords,
    scheme::Unusable,
    verify::{Verdict, Verify},
};
