//! How an example starts and stops.

use std::{env, io, pin::pin, process::ExitCode, time::Duration};

use passport_core::BoxError;
use tokio::{runtime, select, signal, sync::watch, time};
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{Settings, Site, sentence};

/// How long requests under way may take after the signal to end: with [`REST`], less than two seconds.
const GRACE: Duration = Duration::from_secs(1);
/// How long what runs beside requests, such as hashing, may take after that.
const REST: Duration = Duration::from_millis(500);

/// Runs an example until SIGTERM or Ctrl-C. Whatever keeps it from running is one sentence on standard error, and exit
/// code 1.
///
/// # Examples
///
/// ```no_run
/// # use passport_core::BoxError;
/// use example_shared::Site;
///
/// fn main() -> std::process::ExitCode {
///     example_shared::run(serve)
/// }
///
/// async fn serve(site: Site) -> Result<(), BoxError> {
///     let listener = site.listen().await?;
///     // … answer requests on it until `site.stopped()`.
///     Ok(())
/// }
/// ```
pub fn run<F>(serve: impl FnOnce(Site) -> F) -> ExitCode
where
    F: Future<Output = Result<(), BoxError>>,
{
    run_with("memory", serve)
}

/// As [`run`], with another session store where `SESSIONS` is not set.
pub fn run_with<F>(sessions: &str, serve: impl FnOnce(Site) -> F) -> ExitCode
where
    F: Future<Output = Result<(), BoxError>>,
{
    match start(sessions, serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", sentence(&*error));
            ExitCode::FAILURE
        }
    }
}

fn start<F>(sessions: &str, serve: impl FnOnce(Site) -> F) -> Result<(), BoxError>
where
    F: Future<Output = Result<(), BoxError>>,
{
    log()?;
    let settings = Settings::from_env(sessions)?;
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let (stop, stopped) = watch::channel(false);
        let mut serving = pin!(async { serve(Site::open(settings, stopped).await?).await });
        select! {
            // The signals first: they are listened for before the site says that it is ready.
            biased;
            caught = end_signal() => caught?,
            ended = &mut serving => return ended,
        }
        tracing::info!("stopping");
        stop.send_replace(true);
        // Connections that are still open then are cut.
        time::timeout(GRACE, serving).await.unwrap_or(Ok(()))
    });
    runtime.shutdown_timeout(REST);
    ended
}

/// Log lines go to standard error: from `info` on, unless `RUST_LOG` says otherwise, as in `warn,passport=debug`.
fn log() -> Result<(), BoxError> {
    let levels = env::var("RUST_LOG").unwrap_or_else(|_| "info".to_owned());
    let levels: Targets = levels.parse().map_err(|error| format!("RUST_LOG cannot be read: {error}"))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    tracing_subscriber::registry().with(levels).with(lines).try_init()?;
    Ok(())
}

/// Resolves at SIGTERM or Ctrl-C.
async fn end_signal() -> io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
        select! {
            caught = signal::ctrl_c() => caught,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    signal::ctrl_c().await
}
