//! Serves the conformance app: `cargo run -p passport-tests --bin conformance -- --framework axum`.

use std::{io::Write, process::ExitCode};

use passport_tests::{
    app::{App, Settings},
    frameworks,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("conformance: {sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let settings = settings(std::env::args().skip(1))?;
    if !frameworks::is_known(&settings.framework) {
        let known = frameworks::KNOWN.join(", ");
        return Err(format!(
            "there is no framework `{}` in this build; there is: {known}",
            settings.framework
        ));
    }
    let app = App::new(&settings).await?;
    let listener = TcpListener::bind(&settings.addr).await;
    let listener = listener.map_err(|error| format!("cannot listen on {}: {error}", settings.addr))?;
    let addr = listener.local_addr().map_err(|error| error.to_string())?;
    let mut end = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    println!("listening on http://{addr}");
    std::io::stdout().flush().map_err(|error| error.to_string())?;
    tokio::select! {
        served = frameworks::serve(&settings.framework, listener, app) => served,
        _ = end.recv() => Ok(()),
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

fn settings(mut args: impl Iterator<Item = String>) -> Result<Settings, String> {
    let from_env = |name, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let mut settings = Settings {
        framework: "axum".to_owned(),
        addr: from_env("ADDR", "127.0.0.1:3000"),
        sessions: from_env("SESSIONS", "memory"),
        secure: is_secure(&from_env("COOKIES", "dev"))?,
        idle: None,
        absolute: None,
    };
    while let Some(name) = args.next() {
        let value = args.next().ok_or_else(|| format!("`{name}` needs a value"))?;
        let seconds =
            || value.parse().map_err(|_| format!("`{name}` needs a number of seconds, not `{value}`"));
        match name.as_str() {
            "--framework" => settings.framework = value,
            "--addr" => settings.addr = value,
            "--sessions" => settings.sessions = value,
            "--cookies" => settings.secure = is_secure(&value)?,
            "--idle-secs" => settings.idle = Some(seconds()?),
            "--absolute-secs" => settings.absolute = Some(seconds()?),
            _ => return Err(format!("there is no option `{name}`")),
        }
    }
    Ok(settings)
}

fn is_secure(cookies: &str) -> Result<bool, String> {
    match cookies {
        "dev" => Ok(false),
        "secure" => Ok(true),
        other => Err(format!("cookies are `dev` or `secure`, not `{other}`")),
    }
}
