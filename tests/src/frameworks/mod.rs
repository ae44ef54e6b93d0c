//! The conformance app on each framework: what the framework forces to be its own.

#[cfg(feature = "actix")]
pub mod actix;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "hyper")]
pub mod hyper;

use tokio::net::TcpListener;

use crate::app::App;

/// Serves until the process is told to end.
///
/// # Errors
///
/// A sentence for the one who started the program: the framework is unknown, or could not serve.
pub async fn serve(framework: &str, listener: TcpListener, app: App) -> Result<(), String> {
    match framework {
        #[cfg(feature = "axum")]
        "axum" => axum::serve(listener, app).await,
        #[cfg(feature = "hyper")]
        "hyper" => hyper::serve(listener, app).await,
        #[cfg(feature = "actix")]
        "actix" => actix::serve(listener, app).await,
        other => Err(format!("there is no framework `{other}` in this build: {}", KNOWN.join(", "))),
    }
}

/// Whether this build serves on a framework of that name.
pub fn is_known(framework: &str) -> bool {
    KNOWN.contains(&framework)
}

/// The frameworks in this build.
pub const KNOWN: &[&str] = &[
    #[cfg(feature = "axum")]
    "axum",
    #[cfg(feature = "hyper")]
    "hyper",
    #[cfg(feature = "actix")]
    "actix",
];
