//! The conformance app on actix-web.

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, HttpServer,
    guard::fn_guard,
    http::StatusCode,
    rt,
    web::{self, Payload},
};
use actix_ws::{CloseReason, Message, MessageStream};
use http::{Method, Request, request::Parts};
use passport_actix::{Buffered, passport};
use passport_core::Session;
use tokio::net::TcpListener;

use crate::app::{App, BODY_LIMIT, Reply};

/// Serves until the process is told to end. Signals are the program's own to handle, on every framework.
///
/// # Errors
///
/// If the listener breaks.
pub async fn serve(listener: TcpListener, app: App) -> Result<(), String> {
    let listener = listener.into_std().map_err(|error| error.to_string())?;
    let server = HttpServer::new(move || {
        let answering = app.clone();
        let handler = move |req: HttpRequest, body: Payload| handle(answering.clone(), req, body);
        let inside = web::scope("")
            .default_service(web::to(handler))
            // The innermost session is the one that `req.session()` means; what is wrapped last is outside.
            .wrap(passport(app.user()))
            .wrap(passport(app.admin()));
        // As it came: actix's own router would take `/b%61re` as well.
        let is_bare = fn_guard(|req| req.head().uri.path() == "/bare");
        actix_web::App::new().route("/bare", web::route().guard(is_bare).to(bare)).service(inside)
    });
    let server = server.listen(listener).map_err(|error| error.to_string())?;
    server.disable_signals().run().await.map_err(|error| error.to_string())
}

async fn bare(req: HttpRequest) -> HttpResponse {
    answer(App::bare(&req.method().as_str().parse().unwrap_or(Method::POST)))
}

/// Every route that is the same on all frameworks.
async fn handle(app: App, req: HttpRequest, body: Payload) -> HttpResponse {
    // Without the body yet: some requests are refused before it is read.
    let Ok(Buffered(head)) = Buffered::extract(&req).await else {
        return answer(App::status(http::StatusCode::BAD_REQUEST));
    };
    let (parts, _) = head.into_parts();
    if App::is_socket(&parts) {
        return socket(&app, &parts, &req, body).await.unwrap_or_else(answer);
    }
    if let Err(reply) = App::before_body(&parts) {
        return answer(reply);
    }
    answer(match body.to_bytes_limited(BODY_LIMIT).await {
        Ok(Ok(body)) => app.answer(Request::from_parts(parts, body)).await,
        _ => App::status(http::StatusCode::PAYLOAD_TOO_LARGE),
    })
}

fn answer(reply: Reply) -> HttpResponse {
    let (parts, body) = reply.into_parts();
    let status = StatusCode::from_u16(parts.status.as_u16());
    let mut response = HttpResponse::build(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    for (name, value) in &parts.headers {
        response.append_header((name.as_str(), value.as_bytes()));
    }
    response.body(body)
}

/// A WebSocket for the logged-in user.
async fn socket(app: &App, parts: &Parts, req: &HttpRequest, body: Payload) -> Result<HttpResponse, Reply> {
    let (name, session) = app.admit_socket(parts).await?;
    let (response, socket, messages) = actix_ws::handle(req, body).map_err(|_| App::no_handshake())?;
    rt::spawn(echo(socket, messages, name, session));
    Ok(response)
}

async fn echo(mut socket: actix_ws::Session, mut messages: MessageStream, name: String, session: Session) {
    if socket.text(name).await.is_err() {
        return;
    }
    let mut ended = std::pin::pin!(session.ended());
    loop {
        let sent = tokio::select! {
            () = &mut ended => {
                let (code, reason) = App::ENDED;
                let reason = CloseReason { code: code.into(), description: Some(reason.to_owned()) };
                // Whether the other side still listens does not matter.
                let _ = socket.close(Some(reason)).await;
                return;
            }
            message = messages.recv() => match message {
                Some(Ok(Message::Text(text))) => socket.text(text).await,
                Some(Ok(Message::Ping(bytes))) => socket.pong(&bytes).await,
                Some(Ok(Message::Close(reason))) => {
                    let _ = socket.close(reason).await;
                    return;
                }
                Some(Ok(_)) => Ok(()),
                _ => return,
            },
        };
        if sent.is_err() {
            return;
        }
    }
}
