//! Programs under test: built once, started on a free port, ended with the test.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

/// A running program.
#[derive(Debug)]
pub struct Program {
    child: Child,
    /// Where it listens.
    pub addr: String,
}

impl Program {
    /// Starts the main binary of a package.
    ///
    /// # Panics
    ///
    /// If it cannot be built, or does not say where it listens.
    pub fn start(package: &str, env: &[(&str, &str)]) -> Self {
        let mut command = Command::new(built(package, package));
        command.env("RUST_LOG", "error");
        Self::launch(command, env)
    }

    /// Starts the main binary of a package, whose standard error goes where the test says.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub fn start_logging(package: &str, env: &[(&str, &str)], log: impl Into<Stdio>) -> Self {
        let mut command = Command::new(built(package, package));
        command.stderr(log);
        Self::launch(command, env)
    }

    /// Starts the conformance app on a framework.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub fn conformance(framework: &str, args: &[&str]) -> Self {
        let mut command = Command::new(built("passport-tests", "conformance"));
        command.args(["--framework", framework]).args(args);
        Self::launch(command, &[])
    }

    /// Runs a program that is expected to end at once: its exit code, and its standard error.
    ///
    /// # Panics
    ///
    /// If it cannot be built or run.
    pub fn run(package: &str, env: &[(&str, &str)], args: &[&str]) -> (Option<i32>, String) {
        let binary = if package == "passport-tests" { "conformance" } else { package };
        let mut command = Command::new(built(package, binary));
        command.args(args).env("ADDR", "127.0.0.1:0").envs(env.iter().copied());
        let output = command.output().unwrap_or_else(|error| panic!("{package}: {error}"));
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn launch(mut command: Command, env: &[(&str, &str)]) -> Self {
        command.envs(env.iter().copied());
        Self::spawn(command)
    }

    /// Starts a prepared command on a free port.
    ///
    /// # Panics
    ///
    /// If it does not say where it listens.
    pub fn spawn(mut command: Command) -> Self {
        command.env("ADDR", "127.0.0.1:0").stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut line = String::new();
        let read = child.stdout.take().map(|out| BufReader::new(out).read_line(&mut line));
        let addr = line.trim().strip_prefix("listening on http://").map(str::to_owned);
        let addr = addr
            .unwrap_or_else(|| panic!("{command:?} said {line:?} ({read:?}) instead of where it listens"));
        Self { child, addr }
    }

    /// The process, as the system knows it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it is still there.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks it to end, and waits: its exit code.
    ///
    /// # Panics
    ///
    /// If it cannot be asked.
    pub fn terminate(self) -> Option<i32> {
        self.end_by("-TERM")
    }

    /// As [`terminate`](Self::terminate), as Ctrl-C does it.
    ///
    /// # Panics
    ///
    /// If it cannot be asked.
    pub fn interrupt(self) -> Option<i32> {
        self.end_by("-INT")
    }

    fn end_by(mut self, signal: &str) -> Option<i32> {
        let asked = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(asked.is_ok_and(|status| status.success()), "the program can be asked to end");
        self.child.wait().ok().and_then(|status| status.code())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The path of a package's binary. All of them are built together, once: each alone would have its dependencies compiled
/// anew, with no more than the features that it asks for.
fn built(package: &str, binary: &str) -> PathBuf {
    static BUILT: OnceLock<HashMap<String, PathBuf>> = OnceLock::new();
    let path = BUILT.get_or_init(build_all).get(binary);
    path.cloned().unwrap_or_else(|| panic!("cargo built no {binary} of {package}"))
}

fn build_all() -> HashMap<String, PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--locked", "--workspace", "--bins", "--message-format=json"]);
    let output =
        command.stderr(Stdio::inherit()).output().unwrap_or_else(|error| panic!("cargo build: {error}"));
    assert!(output.status.success(), "cargo build failed");
    let text = String::from_utf8_lossy(&output.stdout);
    let built = text.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some((message["target"]["name"].as_str()?.to_owned(), message["executable"].as_str()?.into()))
    });
    built.collect()
}
