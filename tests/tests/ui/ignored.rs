//! What can fail, or has not even begun.

#![deny(unused_must_use)]

use passport_axum::PassportExt;
use passport_core::{Auth, Error, Logout};

type User = String;

async fn not_awaited(auth: &Auth<User>, req: http::Request<()>) {
    auth.logout();
    auth.login("alice".to_owned());
    auth.user();
    req.logout();
    req.login::<User>("alice".to_owned());
}

async fn failure_ignored(auth: &Auth<User>, req: http::Request<()>) {
    auth.logout().await;
    auth.logout_with(Logout::everywhere()).await;
    auth.login("alice".to_owned()).await;
    auth.refresh("alice".to_owned()).await;
    auth.session().insert("cart", 1);
    auth.session().save().await;
    auth.refuse_foreign("transfer");
    req.logout().await;
}

async fn quiet(auth: &Auth<User>) -> Result<(), Error> {
    auth.logout().await?;
    Ok(())
}

fn main() {}
