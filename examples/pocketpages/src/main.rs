//! Sign-out by clearing a token cookie, as `PocketPages` does it, on axum.
//!
//! Run it with `cargo run -p example-pocketpages`, open <http://127.0.0.1:3000>, and sign in as `alice@example.com` with the
//! password `correct horse battery staple`. The tutorial's `signOut()` is in `sign_out.rs`.

use std::{net::SocketAddr, process::ExitCode};

use example_pocketpages::app;
use example_shared::{Cookies, Site};
use passport_core::BoxError;
use passport_session::{Key, SealedSessions, StoreRevocations};

fn main() -> ExitCode {
    example_shared::run(serve)
}

async fn serve(site: Site) -> Result<(), BoxError> {
    // The session is in the cookie; what has ended before its time is where `SESSIONS` says. The key ends with this program,
    // as its users do.
    let revocations = StoreRevocations::over(site.sessions.store());
    let sessions = SealedSessions::new(Key::generate()?, revocations).cookie("pb_auth");
    let sessions = match site.cookies {
        Cookies::Dev => sessions.insecure_cookie_for_development(),
        Cookies::Secure => sessions,
    };
    let app = app(&sessions)?.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(site.listen().await?, app);
    Ok(server.with_graceful_shutdown(site.stopped()).await?)
}
