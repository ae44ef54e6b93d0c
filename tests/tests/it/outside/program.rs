//! The program itself: how it starts, what it says, how it ends.

use std::{
    io::Read,
    net::TcpListener,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use passport_tests::{client::Visitor, frameworks::KNOWN, program::Program};

use super::site::{Site, alone, command};

/// Runs a program that is expected to refuse to start: what it wrote to standard output and standard error.
fn refused(mut command: Command) -> (String, String) {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let begun = Instant::now();
    let status = loop {
        if let Ok(Some(status)) = child.try_wait() {
            break status;
        }
        if begun.elapsed() > Duration::from_secs(20) {
            let _ = child.kill();
            panic!("{command:?} runs instead of refusing");
        }
        thread::sleep(Duration::from_millis(5));
    };
    let [mut out, mut error] = [String::new(), String::new()];
    child.stdout.take().map(|mut pipe| pipe.read_to_string(&mut out));
    child.stderr.take().map(|mut pipe| pipe.read_to_string(&mut error));
    assert_eq!(status.code(), Some(1), "{command:?}: {error}");
    assert!(
        !error.contains("panicked") && error.trim().contains(' '),
        "{command:?}: a sentence, not {error:?}"
    );
    assert!(!out.contains("listening"), "{command:?}: {out}");
    (out, error)
}

fn refused_with(args: &[&str]) -> String {
    let mut command = command();
    command.env("ADDR", "127.0.0.1:0").args(args);
    refused(command).1
}

#[test]
fn an_unknown_framework_is_refused() {
    let error = refused_with(&["--framework", "express"]);
    assert!(error.contains("express"), "{error}");
    assert!(KNOWN.iter().all(|known| error.contains(known)), "{error}");
    refused_with(&["--framework", ""]);
}

#[test]
fn a_store_that_there_is_not_is_refused() {
    for framework in KNOWN {
        for store in ["mongo://localhost", "", "x", "memory:x", "Memory", "file:/tmp/sessions", "://"] {
            let error = refused_with(&["--framework", framework, "--sessions", store]);
            assert!(error.to_lowercase().contains("store"), "{store}: {error}");
        }
        // Not in this build, or not to be reached: either way no other store takes their place.
        for store in
            ["redis://127.0.0.1:1", "postgres://nobody@127.0.0.1:1/x", "sqlite:/nonexistent/folder/file"]
        {
            refused_with(&["--framework", framework, "--sessions", store]);
            let mut command = command();
            command.env("ADDR", "127.0.0.1:0").env("SESSIONS", store).args(["--framework", framework]);
            refused(command);
        }
    }
}

#[test]
fn an_address_that_cannot_be_had_is_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").and_then(|listener| Ok((listener.local_addr()?, listener)));
    let (addr, _listener) = taken.expect("a free port");
    for framework in KNOWN {
        let error = refused_with(&["--framework", framework, "--addr", &addr.to_string()]);
        assert!(error.contains(&addr.to_string()), "{error}");
        for wrong in ["nowhere", "127.0.0.1", "127.0.0.1:99999", "", "192.0.2.1:0"] {
            refused_with(&["--framework", framework, "--addr", wrong]);
        }
        let mut command = command();
        command.env("ADDR", addr.to_string()).args(["--framework", framework]);
        refused(command);
    }
}

#[test]
fn an_option_that_means_nothing_is_refused() {
    for args in [
        &["--nonsense", "1"][..],
        &["--nonsense"],
        &["nonsense"],
        &["--framework"],
        &["--sessions"],
        &["--addr"],
        &["--idle-secs"],
        &["--idle-secs", "soon"],
        &["--idle-secs", "-1"],
        &["--idle-secs", "0"],
        &["--absolute-secs", "0"],
        &["--idle-secs", "600", "--absolute-secs", "60"],
        &["--cookies", "maybe"],
        &["--cookies"],
    ] {
        refused_with(args);
    }
    let mut command = command();
    command.env("ADDR", "127.0.0.1:0").env("COOKIES", "maybe");
    refused(command);
}

#[test]
fn it_says_where_it_listens_and_nothing_else() {
    for framework in KNOWN {
        let mut command = command();
        command.args(["--framework", framework]).env("ADDR", "127.0.0.1:0").env("RUST_LOG", "trace");
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{error}"));
        let mut out = child.stdout.take().expect("a pipe");
        let mut line = Vec::new();
        while !line.ends_with(b"\n") {
            let mut byte = [0];
            out.read_exact(&mut byte).expect("a line");
            line.push(byte[0]);
        }
        let line = String::from_utf8_lossy(&line).into_owned();
        let addr = line
            .strip_prefix("listening on http://127.0.0.1:")
            .map(|port| format!("127.0.0.1:{}", port.trim()));
        let addr = addr.unwrap_or_else(|| panic!("{framework} said {line:?}"));
        Visitor::new(&addr).get("/public").is(200);
        Visitor::new(&addr).post("/login", super::site::ALICE).is(200);
        let _ = child.kill();
        let _ = child.wait();
        let mut rest = String::new();
        out.read_to_string(&mut rest).expect("the rest");
        assert_eq!(rest, "", "{framework}");
    }
}

#[test]
fn options_come_from_the_environment_too() {
    for framework in KNOWN {
        let env = [("SESSIONS", "memory"), ("COOKIES", "secure")];
        let site = Site::start(framework, &[], &env);
        assert!(site.alice().cookies.contains_key("__Host-session"));
        let site = Site::start(framework, &["--cookies", "dev"], &env);
        assert!(site.alice().cookies.contains_key("session"));
        // The command line is nearer than the environment.
        Site::start(framework, &["--sessions", "memory"], &[("SESSIONS", "mongo:")]).alice();
    }
}

fn ends(end: impl Fn(Program) -> Option<i32>) {
    for framework in KNOWN {
        // A machine that is very busy may let it wait for its turn, but not every time.
        let quick = (0..5).any(|_| time_to_end(framework, &end) < Duration::from_secs(2));
        assert!(quick, "{framework} never ends within two seconds");
    }
}

fn time_to_end(framework: &str, end: impl Fn(Program) -> Option<i32>) -> Duration {
    let mut command = command();
    command.args(["--framework", framework]).stderr(Stdio::null());
    let program = Program::spawn(command);
    let mut alice = Visitor::new(&program.addr);
    alice.post("/login", super::site::ALICE).is(200);
    // Neither a request in flight nor an open connection keeps it.
    let slow = alice.begin("GET", "/slow?ms=20000", &[], "");
    let socket = alice.open("/ws", &[]);
    let idle = std::net::TcpStream::connect(&program.addr);
    let begun = Instant::now();
    assert_eq!(end(program), Some(0), "{framework}");
    let took = begun.elapsed();
    drop((slow, socket, idle));
    took
}

#[test]
fn sigterm_ends_it_within_two_seconds() {
    ends(Program::terminate);
}

#[test]
fn ctrl_c_ends_it_within_two_seconds() {
    ends(Program::interrupt);
}

#[test]
fn two_of_them_do_not_know_each_other() {
    alone(&[], |one| {
        alone(&[], |other| {
            let id = one.alice().cookies["session"].clone();
            other.visitor().with_cookie("session", &id).get("/me").is_error(401);
            one.visitor().with_cookie("session", &id).get("/me").is(200);
        });
    });
}
