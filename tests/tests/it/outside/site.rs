//! The running app that a case talks to.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::Command,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use passport_tests::{
    client::{Answer, Visitor},
    frameworks::KNOWN,
    program::Program,
};

/// The known users' credentials, as a form.
pub(super) const ALICE: &str = "username=alice&password=correct+horse+battery+staple";
pub(super) const BOB: &str = "username=bob&password=wonderland+is+far+away";
pub(super) const ROOT: &str = "username=root&password=the+admin+of+all+things";

/// The app on one framework.
pub(super) struct Site {
    pub(super) framework: &'static str,
    server: Arc<Server>,
}

struct Server {
    program: Program,
    log: PathBuf,
}

/// Runs a case on every framework, each on a server that it shares: for what changes neither clock nor users
/// nor the store's health, and ends nobody's sessions but its own.
pub(super) fn everywhere(case: impl Fn(&Site)) {
    for framework in KNOWN {
        case(&Site { framework, server: shared(framework) });
    }
}

/// Runs a case on every framework, each on a server of its own with these arguments.
pub(super) fn alone(args: &[&str], case: impl Fn(&Site)) {
    for framework in KNOWN {
        case(&Site::start(framework, args, &[]));
    }
}

/// One for each framework, as long as a case uses it.
fn shared(framework: &'static str) -> Arc<Server> {
    static SERVERS: Mutex<Vec<(&str, Weak<Server>)>> = Mutex::new(Vec::new());
    let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
    let running =
        servers.iter().find(|(name, _)| *name == framework).and_then(|(_, server)| server.upgrade());
    running.unwrap_or_else(|| {
        let server = Arc::new(Server::start(framework, &[], &[]));
        servers.retain(|(name, _)| *name != framework);
        servers.push((framework, Arc::downgrade(&server)));
        server
    })
}

/// The program, built together with these tests.
pub(super) fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_conformance"))
}

impl Site {
    /// A server of its own.
    pub(super) fn start(framework: &'static str, args: &[&str], env: &[(&str, &str)]) -> Self {
        Self { framework, server: Arc::new(Server::start(framework, args, env)) }
    }

    pub(super) fn addr(&self) -> &str {
        &self.server.program.addr
    }

    pub(super) fn process(&self) -> u32 {
        self.server.program.id()
    }

    /// What the server has written to its standard error.
    pub(super) fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.server.log).unwrap_or_default()).into_owned()
    }

    /// Somebody without cookies.
    pub(super) fn visitor(&self) -> Visitor {
        Visitor::new(self.addr())
    }

    /// Somebody who logs in as the first user.
    #[track_caller]
    pub(super) fn alice(&self) -> Visitor {
        self.logged_in("/login", ALICE)
    }

    /// Somebody who logs in as the second user.
    #[track_caller]
    pub(super) fn bob(&self) -> Visitor {
        self.logged_in("/login", BOB)
    }

    #[track_caller]
    pub(super) fn logged_in(&self, path: &str, credentials: &str) -> Visitor {
        let mut visitor = self.visitor();
        visitor.post(path, credentials).is(200);
        visitor
    }

    /// A control call that is answered as one that worked.
    #[track_caller]
    pub(super) fn control(&self, what: &str, body: &str) {
        self.visitor().post_json(&format!("/control/{what}"), body).says(204, "");
    }

    #[track_caller]
    pub(super) fn advance(&self, seconds: u64) {
        self.control("clock", &format!(r#"{{"advance_ms":{}}}"#, seconds * 1_000));
    }

    /// Lets one operation of the store fail from now on.
    #[track_caller]
    pub(super) fn fail(&self, operation: &str) {
        self.control("store", &format!(r#"{{"fail":"{operation}"}}"#));
    }

    /// Sends a request without anything that this client would add to it by itself.
    #[track_caller]
    pub(super) fn raw(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let sent = passport_tests::client::send(self.addr(), method, path, headers, body);
        sent.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let tail = log.char_indices().rev().nth(4_000).map_or(&*log, |(at, _)| &log[at..]);
            eprintln!("on {}, whose standard error ends with:\n{tail}", self.framework);
        }
    }
}

impl Server {
    fn start(framework: &str, args: &[&str], env: &[(&str, &str)]) -> Self {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let name = format!("conformance-{}-{}.log", std::process::id(), STARTED.fetch_add(1, Relaxed));
        let log = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let file = File::create(&log).expect("the log can be written");
        let mut command = command();
        command.args(["--framework", framework]).args(args).envs(env.iter().copied()).stderr(file);
        Self { program: Program::spawn(command), log }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Somebody may have tidied up already.
        let _ = fs::remove_file(&self.log);
    }
}

/// Whether the answer says that it depends on the cookie.
#[track_caller]
pub(super) fn varies(answer: &Answer) {
    let named = |value: &&str| value.split(',').any(|name| name.trim().eq_ignore_ascii_case("cookie"));
    assert!(
        answer.all("vary").iter().filter(|value| named(value)).count() == 1,
        "expected Vary: Cookie, once: {answer}"
    );
}
