//! A PostgreSQL server.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use tempfile::TempDir;

use crate::{missing, process::Process};

const READY: &str = "database system is ready to accept connections";

/// A PostgreSQL server whose superuser is `passport`, without a password.
#[derive(Debug)]
pub struct Postgres {
    process: Process,
    port: u16,
    settings: Vec<String>,
    programs: PathBuf,
    databases: AtomicU32,
    folder: TempDir,
}

impl Postgres {
    /// Starts one, if it is installed.
    ///
    /// # Panics
    ///
    /// If it does not start; if it is not installed and `CI` is set.
    pub fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// Starts one with further settings, as `["max_connections=20"]`.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub fn start_with(settings: &[&str]) -> Option<Self> {
        let Some(programs) = programs() else {
            missing("postgres");
            return None;
        };
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
        init(&programs, &folder);
        let settings: Vec<String> = settings.iter().map(ToString::to_string).collect();
        let start = |port| command(&programs, &folder, port, &settings);
        let (process, port) = Process::start(start, &folder.path().join("log"), READY);
        Some(Self { process, port, settings, programs, databases: AtomicU32::new(0), folder })
    }

    /// Where a new and empty database is: `postgres://passport@127.0.0.1:PORT/NAME`.
    ///
    /// # Panics
    ///
    /// If it cannot be made.
    pub fn database(&self) -> String {
        let name = format!("passport{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        format!("postgres://passport@127.0.0.1:{}/{name}", self.port)
    }

    /// Runs a statement in a database, past everything that is tested: what it answers, a row a line.
    ///
    /// # Panics
    ///
    /// If it fails.
    pub fn sql(&self, database: &str, statement: &str) -> String {
        let output = self
            .psql(database)
            .args(["-c", statement])
            .output()
            .unwrap_or_else(|error| panic!("psql: {error}"));
        assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// A client in a database, to be given statements.
    pub fn psql(&self, database: &str) -> Command {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", "passport"]);
        psql.args(["-p", &self.port.to_string(), "-d", database]);
        psql
    }

    /// The statements that it has run since it was started, if it was started with `log_statement=all`; the first line
    /// of each.
    pub fn statements(&self) -> Vec<String> {
        let log = fs::read(self.folder.path().join("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let run = log.lines().filter(|line| {
            ["execute ", "statement: "].iter().any(|kind| line.contains(&format!("LOG:  {kind}")))
        });
        run.map(str::to_owned).collect()
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends it and all of its processes at once (SIGKILL).
    pub fn kill(&self) {
        self.process.kill();
    }

    /// Ends it as an administrator in a hurry does (SIGINT): connections are closed, what is under way is rolled back.
    pub fn stop(&self) {
        self.process.stop("INT");
    }

    /// Starts it again, with the files that it had.
    ///
    /// # Panics
    ///
    /// If it is running, or does not start.
    pub fn restart(&self) {
        let command = || command(&self.programs, &self.folder, self.port, &self.settings);
        self.process.restart(command, &self.folder.path().join("log"), READY);
    }

    /// Lets it answer nothing (SIGSTOP to all of its processes), until [`resume`](Self::resume).
    pub fn pause(&self) {
        self.process.pause();
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.process.resume();
    }
}

/// The folder of the server's programs, which distributions keep off the path.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = versions.map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    let folders = std::env::split_paths(&path).chain(versions.into_iter().rev());
    folders
        .into_iter()
        .find(|folder| ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).exists()))
}

fn init(programs: &Path, folder: &TempDir) {
    if let Some((user, group)) = unprivileged() {
        let given = std::os::unix::fs::chown(folder.path(), Some(user), Some(group));
        given.unwrap_or_else(|error| panic!("{}: {error}", folder.path().display()));
    }
    let mut initdb = as_its_own_user(programs.join("initdb"));
    initdb.args(["--no-sync", "--auth=trust", "--username=passport", "--encoding=UTF8", "--no-locale", "-D"]);
    initdb.arg(folder.path().join("data")).current_dir(folder.path()).stdout(Stdio::null());
    let output = initdb.output().unwrap_or_else(|error| panic!("initdb: {error}"));
    assert!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr));
}

fn command(programs: &Path, folder: &TempDir, port: u16, settings: &[String]) -> Command {
    let mut command = as_its_own_user(programs.join("postgres"));
    command.current_dir(folder.path()).arg("-D").arg(folder.path().join("data"));
    command.args(["-h", "127.0.0.1", "-p", &port.to_string(), "-c", "unix_socket_directories="]);
    for setting in settings {
        command.args(["-c", setting]);
    }
    command
}

/// PostgreSQL refuses to run as root: then it runs as the user that its package made.
fn as_its_own_user(program: PathBuf) -> Command {
    let mut command = Command::new(program);
    if let Some((user, group)) = unprivileged() {
        command.uid(user).gid(group);
    }
    command
}

fn unprivileged() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").is_ok_and(|this| this.uid() != 0) {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map(str::parse);
        Some((ids.next()?.ok()?, ids.next()?.ok()?))
    };
    named("postgres").or_else(|| named("nobody"))
}
