//! The conformance app on bare hyper, with no adapter: this is what an adapter does, written by hand.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::{Request, Response, StatusCode, request::Parts};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use passport_core::Session;
use tokio::net::TcpListener;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message,
        handshake::server::create_response_with_body,
        protocol::{CloseFrame, Role},
    },
};

use crate::app::{App, BODY_LIMIT};

/// Serves until the process is told to end.
///
/// # Errors
///
/// If the listener breaks.
pub async fn serve(listener: TcpListener, app: App) -> Result<(), String> {
    loop {
        let (stream, _) = listener.accept().await.map_err(|error| error.to_string())?;
        let app = app.clone();
        tokio::spawn(async move {
            let service =
                service_fn(|req| async { Ok::<_, Infallible>(serve_one(&app, req).await.map(Full::new)) });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            // A client that goes away in the middle is no concern of the others.
            let _ = connection.with_upgrades().await;
        });
    }
}

/// One request from its beginning to its end.
async fn serve_one(app: &App, mut req: Request<Incoming>) -> Response<Bytes> {
    if req.uri().path() == "/bare" {
        return App::bare(req.method());
    }
    // Each passport begins the request, the outer one first. Nothing is awaited or looked up yet.
    let admin = app.admin().begin(req.method(), req.uri().authority(), req.headers(), None);
    let outer = Some(admin.session().clone());
    let user = app.user().begin(req.method(), req.uri().authority(), req.headers(), outer);
    // The innermost session is the request's. It knows those around it.
    req.extensions_mut().insert(user.session().clone());

    let mut response = handle(app, req).await;

    // Whatever the handler answered, each passport ends the request, the inner one first.
    for pending in [user, admin] {
        match pending.finish().await {
            Ok(headers) => headers.apply(response.headers_mut()),
            // What the handler wrote could not be kept, so its answer would not be true.
            Err(answer) => response = *answer,
        }
    }
    response
}

async fn handle(app: &App, req: Request<Incoming>) -> Response<Bytes> {
    let (parts, body) = req.into_parts();
    if App::is_socket(&parts) {
        return socket(app, parts).await.unwrap_or_else(|reply| reply);
    }
    if let Err(reply) = App::before_body(&parts) {
        return reply;
    }
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => app.answer(Request::from_parts(parts, body.to_bytes())).await,
        Err(_) => App::status(StatusCode::PAYLOAD_TOO_LARGE),
    }
}

/// A WebSocket for the logged-in user.
async fn socket(app: &App, parts: Parts) -> Result<Response<Bytes>, Response<Bytes>> {
    let (name, session) = app.admit_socket(&parts).await?;
    let mut req = Request::from_parts(parts, ());
    let response = create_response_with_body(&req, Bytes::new).map_err(|_| App::no_handshake())?;
    let upgrade = hyper::upgrade::on(&mut req);
    tokio::spawn(async move {
        if let Ok(stream) = upgrade.await {
            let socket = WebSocketStream::from_raw_socket(TokioIo::new(stream), Role::Server, None).await;
            echo(socket, name, session).await;
        }
    });
    Ok(response)
}

async fn echo(
    mut socket: WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>,
    name: String,
    session: Session,
) {
    if socket.send(Message::text(name)).await.is_err() {
        return;
    }
    let mut ended = std::pin::pin!(session.ended());
    loop {
        tokio::select! {
            () = &mut ended => {
                let (code, reason) = App::ENDED;
                // Whether the other side still listens does not matter.
                let _ = socket.close(Some(CloseFrame { code: code.into(), reason: reason.into() })).await;
                return;
            }
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => if socket.send(Message::Text(text)).await.is_err() { return },
                Some(Ok(_)) => {}
                _ => return,
            },
        }
    }
}
