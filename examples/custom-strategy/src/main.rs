//! A strategy of your own: API keys for programs, beside a login for people, on axum.
//!
//! Run it with `cargo run -p example-custom-strategy`, then:
//!
//! ```sh
//! curl -i http://127.0.0.1:3000/api/me                                             # 401: neither key nor session
//! curl -H 'x-api-key: alice-ci-4f1d9c27b8e05a63' http://127.0.0.1:3000/api/me      # {"name":"alice"}
//! curl -c jar -d 'username=alice' --data-urlencode 'password=correct horse battery staple' http://127.0.0.1:3000/login
//! curl -b jar http://127.0.0.1:3000/api/me                                         # {"name":"alice"}, by the session
//! curl -b jar -X DELETE http://127.0.0.1:3000/api/keys/ci                          # revokes the key
//! curl -i -H 'x-api-key: alice-ci-4f1d9c27b8e05a63' http://127.0.0.1:3000/api/me   # 401, at once
//! ```
//!
//! The strategy is in `api_key.rs`.

mod api_key;
mod keys;

use std::process::ExitCode;

use axum::{
    Json, Router, ServiceExt,
    extract::{Path, Request, State},
    http::{StatusCode, Uri},
    middleware::map_response,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{delete, get, post},
};
use example_shared::{
    Site, User,
    pages::{self, SECURITY_HEADERS, WRONG},
};
use passport_axum::{CurrentUser, Error, GuardLayer, MaybeUser, PassportLayer, Session};
use passport_core::{BoxError, Passport, PassportExt, ReturnTo};
use passport_local::Local;
use passport_session::SessionStrategy;
use serde_json::{Value, json};

use crate::{api_key::ApiKey, keys::Keys};

fn main() -> ExitCode {
    example_shared::run(serve)
}

async fn serve(site: Site) -> Result<(), BoxError> {
    let keys = Keys::of(site.users.clone());
    let passport = Passport::builder(site.users.clone(), &site.sessions)
        .strategy("local", Local::new(site.users.clone()))
        .strategy("session", SessionStrategy::new())
        .strategy("api-key", ApiKey(keys.clone()))
        .login_page("/")
        .build()?;
    let login = passport
        .authenticate("local")?
        .success_return_to_or("/profile")
        .failure_redirect("/")
        .failure_message(WRONG);
    // People by their session, programs by their key: the handlers need not know which.
    let person_or_program = passport.authenticate(["session", "api-key"])?;

    let api = Router::new()
        .route("/me", get(me))
        .route("/keys/{name}", delete(revoke))
        .route_layer(GuardLayer::new(person_or_program))
        .with_state(keys);
    let routes = Router::new()
        .nest("/api", api)
        .route("/", get(home))
        .route("/login", post(()).route_layer(GuardLayer::new(login)))
        .route("/profile", get(profile))
        .route("/logout", post(logout))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(map_response(with_security_headers));
    let app = PassportLayer::new(passport).around(routes);

    let server = axum::serve(site.listen().await?, ServiceExt::<Request>::into_make_service(app));
    Ok(server.with_graceful_shutdown(site.stopped()).await?)
}

async fn me(user: CurrentUser<User>) -> Json<Value> {
    Json(json!({ "name": user.name }))
}

/// Revokes one of the user's own keys: the next request with it is refused.
async fn revoke(user: CurrentUser<User>, State(keys): State<Keys>, Path(name): Path<String>) -> StatusCode {
    if keys.revoke(&user, &name) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}

async fn home(MaybeUser(user): MaybeUser<User>, session: Session, uri: Uri) -> Result<Html<String>, Error> {
    let messages = session.messages(&uri, &[WRONG]).await?;
    Ok(Html(pages::home(user.as_deref(), &messages, ReturnTo::of_query(&uri).as_ref())))
}

async fn profile(user: CurrentUser<User>) -> Html<String> {
    Html(pages::profile(&user))
}

async fn logout(req: Request) -> Result<Redirect, Error> {
    req.logout().await?;
    Ok(Redirect::to("/"))
}

async fn not_found() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "Not Found")
}

async fn with_security_headers(response: Response) -> impl IntoResponse {
    (SECURITY_HEADERS, response)
}
