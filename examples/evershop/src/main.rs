//! A shop and its back office, as in EverShop: customers and administrators in one browser.
//!
//! Run it with `cargo run -p example-evershop`, open <http://127.0.0.1:3000>, and sign in as `alice@example.com` with the
//! password `correct horse battery staple`; the back office is at <http://127.0.0.1:3000/admin>, for `root@example.com`
//! with `the admin of all things`.

use std::{net::SocketAddr, process::ExitCode};

use example_evershop::{Secrets, Shop};
use example_shared::Site;
use passport_core::BoxError;

fn main() -> ExitCode {
    example_shared::run(serve)
}

async fn serve(site: Site) -> Result<(), BoxError> {
    let app = Shop::over(&site.sessions, Secrets::from_env()?)?.app()?;
    let server = axum::serve(site.listen().await?, app.into_make_service_with_connect_info::<SocketAddr>());
    Ok(server.with_graceful_shutdown(site.stopped()).await?)
}
