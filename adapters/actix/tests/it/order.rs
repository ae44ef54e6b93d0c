//! When an extractor asks, and how long the session is there.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    App, FromRequest, HttpRequest, HttpResponse,
    body::{BodySize, MessageBody},
    dev::Payload,
    http::StatusCode,
    web::{self, Bytes},
};
use passport_actix::{Auth, CurrentUser, Error, MaybeUser, passport};
use passport_core::PassportExt;

use crate::support::{ask, get, people, post};

type LocalFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

/// An extractor that logs bob in, as a key in a header might, or else logs out.
struct Before<const ENTERS: bool>;

type Enter = Before<true>;
type Leave = Before<false>;

impl<const ENTERS: bool> FromRequest for Before<ENTERS> {
    type Error = Error;
    type Future = LocalFuture<Self>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            match ENTERS {
                true => drop(req.login("bob".to_owned()).await?),
                false => drop(req.logout().await?),
            }
            Ok(Self)
        })
    }
}

async fn login(auth: Auth<String>, name: String) -> Result<HttpResponse, Error> {
    auth.login(name).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[actix_web::test]
async fn an_extractor_knows_what_those_before_it_did() {
    let app = App::new()
        .wrap(passport(people().build().unwrap()))
        .route("/login", web::post().to(login))
        .route("/leave", web::post().to(async |_: Leave, user: CurrentUser<String>| user.to_string()))
        .route(
            "/maybe",
            web::post().to(async |_: Leave, one: MaybeUser<String>, other: Option<CurrentUser<String>>| {
                format!("{:?} {}", one.0, other.is_some())
            }),
        )
        .route("/enter", web::post().to(async |_: Enter, user: CurrentUser<String>| user.to_string()));
    let app = actix_web::test::init_service(app).await;
    let alice = async || ("cookie", ask(&app, post("/login").set_payload("alice")).await.cookie());
    assert_eq!(ask(&app, post("/leave").insert_header(alice().await)).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&app, post("/maybe").insert_header(alice().await)).await.body, "None false");
    assert_eq!(ask(&app, post("/enter").insert_header(alice().await)).await.body, "bob");
    assert_eq!(ask(&app, post("/enter")).await.body, "bob");
}

/// A body that asks for the session when it is sent.
struct Late(Option<HttpRequest>);

impl MessageBody for Late {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(self.0.take().map(|req| Ok(req.session().is_ok().to_string().into())))
    }
}

#[actix_web::test]
async fn a_stream_finds_the_session_whose_end_it_waits_for() {
    let app = App::new()
        .wrap(passport(people().build().unwrap()))
        .route("/", web::get().to(async |req: HttpRequest| HttpResponse::Ok().body(Late(Some(req)))));
    let app = actix_web::test::init_service(app).await;
    assert_eq!(ask(&app, get("/")).await.body, "true");
}
