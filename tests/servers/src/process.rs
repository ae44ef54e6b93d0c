//! A server's process: started until it says that it is ready, signalled, started again.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// How long a server may take to start; a machine may be very busy.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server that can be started again as it was.
#[derive(Debug)]
pub(crate) struct Process {
    child: Mutex<Option<Child>>,
}

impl Process {
    /// Starts a server on a free port. `command` makes its command for a port; it logs to `log`, where `ready` stands once it
    /// can be used.
    pub(crate) fn start(command: impl Fn(u16) -> Command, log: &Path, ready: &str) -> (Self, u16) {
        let begun = Instant::now();
        loop {
            let port = free_port();
            // Between the question and the start, somebody else may have taken the port.
            match launch(command(port), log, ready) {
                Ok(child) => return (Self { child: Mutex::new(Some(child)) }, port),
                Err(said) => assert!(begun.elapsed() < PATIENCE, "the server does not start: {said}"),
            }
        }
    }

    /// Starts it again, after it was killed or stopped.
    pub(crate) fn restart(&self, command: impl Fn() -> Command, log: &Path, ready: &str) {
        let mut child = self.child();
        assert!(child.is_none(), "the server is running");
        let begun = Instant::now();
        // What is left of the one before, its port or its memory, may take a moment to go.
        *child = loop {
            match launch(command(), log, ready) {
                Ok(child) => break Some(child),
                Err(said) => assert!(begun.elapsed() < PATIENCE, "the server does not start again: {said}"),
            }
            thread::sleep(Duration::from_millis(50));
        };
    }

    /// Stops the server and the processes that it started, and waits until all of them stand still.
    pub(crate) fn pause(&self) {
        if let Some(child) = &*self.child() {
            assert!(hold(child.id()).is_ok(), "the server does not stand still");
        }
    }

    /// Lets them go on.
    pub(crate) fn resume(&self) {
        if let Some(child) = &*self.child() {
            send("CONT", &family(child.id()));
        }
    }

    /// Asks the server to end, by a signal, and waits for the end.
    pub(crate) fn stop(&self, signal: &str) {
        if let Some(mut child) = self.child().take() {
            // A server that was paused cannot end.
            send("CONT", &family(child.id()));
            send(signal, &[child.id()]);
            let _ = child.wait();
        }
    }

    /// Ends the server and the processes that it started at once (SIGKILL): afterwards none of them answers anything.
    pub(crate) fn kill(&self) {
        if let Some(mut child) = self.child().take() {
            // One that it starts between the list and the signal would outlive it; who stands still starts none.
            let family = hold(child.id()).unwrap_or_else(|moving| moving);
            send("KILL", &family);
            // Also where there is no program `kill`.
            let _ = child.kill();
            let _ = child.wait();
            let begun = Instant::now();
            while !family.iter().all(|id| has_ended(*id)) && begun.elapsed() < PATIENCE {
                thread::sleep(Duration::from_millis(1));
            }
        }
    }

    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    free.unwrap_or_else(|error| panic!("no free port: {error}")).port()
}

/// Starts a command and waits until it is ready, or has ended: then what it said.
fn launch(mut command: Command, log: &Path, ready: &str) -> Result<Child, String> {
    let file = File::create(log).unwrap_or_else(|error| panic!("{}: {error}", log.display()));
    let again = file.try_clone().unwrap_or_else(|error| panic!("{}: {error}", log.display()));
    command.stdin(Stdio::null()).stdout(file).stderr(again);
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let begun = Instant::now();
    loop {
        let said = fs::read(log).map(|said| String::from_utf8_lossy(&said).into_owned()).unwrap_or_default();
        if said.contains(ready) {
            return Ok(child);
        }
        if matches!(child.try_wait(), Ok(Some(_))) {
            return Err(said);
        }
        if begun.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            return Err(said);
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// Stops a process and its children, and waits until all of them stand still: they. `Err`: some do not.
///
/// No panic: a server is killed, too, while a test that has failed is taken down.
fn hold(parent: u32) -> Result<Vec<u32>, Vec<u32>> {
    let begun = Instant::now();
    loop {
        // Who stands still before the list is made starts nobody after it.
        let starts_none = stands_still(parent);
        let family = family(parent);
        if starts_none && family.iter().all(|id| stands_still(*id)) {
            return Ok(family);
        }
        // Also if there is no program `kill`.
        if !send("STOP", &family) || begun.elapsed() > PATIENCE {
            return Err(family);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// A process and its children, itself first.
fn family(parent: u32) -> Vec<u32> {
    let mut family = vec![parent];
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if state_and_parent(id).is_some_and(|(_, its)| its == parent) {
            family.push(id);
        }
    }
    family
}

/// Whether a process is stopped, or has ended.
fn stands_still(process: u32) -> bool {
    state_and_parent(process).is_none_or(|(state, _)| matches!(state.as_str(), "T" | "Z" | "X"))
}

fn has_ended(process: u32) -> bool {
    state_and_parent(process).is_none_or(|(state, _)| matches!(state.as_str(), "Z" | "X"))
}

/// `None`: there is no such process.
fn state_and_parent(process: u32) -> Option<(String, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // After the name, which may hold anything: the state, then the parent.
    let mut rest = stat.rsplit_once(')')?.1.split_whitespace();
    Some((rest.next()?.to_owned(), rest.next()?.parse().ok()?))
}

/// Whether the signal could be sent at all.
fn send(signal: &str, processes: &[u32]) -> bool {
    let ids = processes.iter().map(ToString::to_string);
    // One that has ended meanwhile needs no signal.
    Command::new("kill").arg(format!("-{signal}")).args(ids).stderr(Stdio::null()).status().is_ok()
}
