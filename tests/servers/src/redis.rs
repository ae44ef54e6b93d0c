//! A Redis server.

use std::process::Command;

use tempfile::TempDir;

use crate::{Monitor, is_installed, process::Process};

const READY: &str = "Ready to accept connections";

/// A Redis server that writes every confirmed change to its log (`appendfsync always`), unless told otherwise.
#[derive(Debug)]
pub struct Redis {
    process: Process,
    port: u16,
    settings: Vec<String>,
    folder: TempDir,
}

impl Redis {
    /// Starts one, if it is installed.
    ///
    /// # Panics
    ///
    /// If it does not start; if it is not installed and `CI` is set.
    pub fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// Starts one with further settings, as `["--maxmemory-policy", "allkeys-lru"]`.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub fn start_with(settings: &[&str]) -> Option<Self> {
        if !is_installed("redis-server") {
            return None;
        }
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
        let settings: Vec<String> = settings.iter().map(ToString::to_string).collect();
        let (process, port) =
            Process::start(|port| command(&folder, port, &settings), &folder.path().join("log"), READY);
        Some(Self { process, port, settings, folder })
    }

    /// Where it listens: `redis://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Listens to what clients ask of it from now on.
    ///
    /// # Panics
    ///
    /// If it does not answer.
    pub fn monitor(&self) -> Monitor {
        Monitor::new(self.port)
    }

    /// Ends it at once (SIGKILL).
    pub fn kill(&self) {
        self.process.kill();
    }

    /// Ends it as an administrator does (SIGTERM).
    pub fn stop(&self) {
        self.process.stop("TERM");
    }

    /// Starts it again, with the files that it had.
    ///
    /// # Panics
    ///
    /// If it is running, or does not start.
    pub fn restart(&self) {
        let command = || command(&self.folder, self.port, &self.settings);
        self.process.restart(command, &self.folder.path().join("log"), READY);
    }

    /// Lets it answer nothing (SIGSTOP), until [`resume`](Self::resume).
    pub fn pause(&self) {
        self.process.pause();
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.process.resume();
    }
}

fn command(folder: &TempDir, port: u16, settings: &[String]) -> Command {
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes"]);
    command.args(["--appendfsync", "always"]).arg("--dir").arg(folder.path()).args(settings);
    command
}
