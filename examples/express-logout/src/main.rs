//! The Express tutorial's logout route, on axum: `DELETE /api/auth/logout` with its three endings.
//!
//! Run it with `cargo run -p example-express-logout`, open <http://127.0.0.1:3000>, and sign in as `alice` with the password
//! `correct horse battery staple`. The route itself is `logout` in `lib.rs`.

use std::process::ExitCode;

use example_express_logout::app;
use example_shared::Site;
use passport_core::BoxError;

fn main() -> ExitCode {
    example_shared::run(serve)
}

async fn serve(site: Site) -> Result<(), BoxError> {
    let app = app(site.users.clone(), &site.sessions)?;
    let server = axum::serve(site.listen().await?, app);
    Ok(server.with_graceful_shutdown(site.stopped()).await?)
}
