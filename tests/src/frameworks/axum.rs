//! The conformance app on axum.

use axum::{
    Router,
    body::Body,
    extract::{
        FromRequestParts, Request, State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::{Method, Response, StatusCode, request::Parts},
    routing::any,
};
use http_body_util::{BodyExt, Limited};
use passport_axum::PassportLayer;
use passport_core::Session;
use tokio::net::TcpListener;

use crate::app::{App, BODY_LIMIT};

/// Serves until the process is told to end.
///
/// # Errors
///
/// If the listener breaks.
pub async fn serve(listener: TcpListener, app: App) -> Result<(), String> {
    let inside = Router::new()
        .fallback(handle)
        .with_state(app.clone())
        // The innermost session is the one that `req.session()` means.
        .layer(PassportLayer::new(app.user()))
        .layer(PassportLayer::new(app.admin()));
    let bare = async |method: Method| App::bare(&method).map(Body::from);
    let router = Router::new().route("/bare", any(bare)).fallback_service(inside);
    axum::serve(listener, router).await.map_err(|error| error.to_string())
}

/// Every route that is the same on all frameworks.
async fn handle(State(app): State<App>, req: Request) -> Response<Body> {
    let (parts, body) = req.into_parts();
    if App::is_socket(&parts) {
        return socket(app, parts).await;
    }
    if let Err(reply) = App::before_body(&parts) {
        return reply.map(Body::from);
    }
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => app.answer(Request::from_parts(parts, body.to_bytes())).await.map(Body::from),
        Err(_) => App::status(StatusCode::PAYLOAD_TOO_LARGE).map(Body::from),
    }
}

/// A WebSocket for the logged-in user. Which refusals come first is the app's to say, not the upgrade's.
async fn socket(app: App, mut parts: Parts) -> Response<Body> {
    let (name, session) = match app.admit_socket(&parts).await {
        Ok(admitted) => admitted,
        Err(reply) => return reply.map(Body::from),
    };
    match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade.on_upgrade(move |socket| echo(socket, name, session)),
        Err(_) => App::no_handshake().map(Body::from),
    }
}

async fn echo(mut socket: WebSocket, name: String, session: Session) {
    if socket.send(Message::Text(name.into())).await.is_err() {
        return;
    }
    let mut ended = std::pin::pin!(session.ended());
    loop {
        tokio::select! {
            () = &mut ended => {
                let (code, reason) = App::ENDED;
                let frame = CloseFrame { code, reason: reason.into() };
                // Whether the other side still listens does not matter.
                let _ = socket.send(Message::Close(Some(frame))).await;
                return;
            }
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => if socket.send(Message::Text(text)).await.is_err() { return },
                Some(Ok(_)) => {}
                _ => return,
            },
        }
    }
}
