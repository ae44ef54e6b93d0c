//! What other programs measure: the counter of allocations, valgrind.

use std::{
    collections::HashMap,
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

use passport_cost::requests::Route;

use crate::stacks::Subject;

/// Allocations and bytes a request, by key and route.
pub type Counted = HashMap<(String, String), (f64, f64)>;

/// Allocations of all subjects.
pub fn allocations() -> Counted {
    let line = |line: &str| {
        let mut parts = line.split('\t');
        let key = (parts.next()?.to_owned(), parts.next()?.to_owned());
        Some((key, (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?)))
    };
    count(&[]).lines().filter_map(line).collect()
}

/// Bytes a session at a million sessions: asked for, and resident.
pub fn memory() -> Vec<(String, f64, f64)> {
    let line = |line: &str| {
        let mut parts = line.split('\t');
        Some((parts.next()?.to_owned(), parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    count(&["memory"]).lines().filter_map(line).collect()
}

fn count(args: &[&str]) -> String {
    let output = Command::new(sibling("count")).args(args).stderr(Stdio::inherit()).output();
    let output = output.expect("`count` is built: use tests/benches/run");
    assert!(output.status.success(), "counting failed");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Instructions a request, by valgrind. It knows no SHA instructions, so every block hashed counts 3,400 instead of
/// some hundred. `None`: it is not installed.
pub fn instructions(subject: &Subject, route: Route) -> Option<f64> {
    const REQUESTS: usize = 500;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*run_measured*"])
        .arg(env::current_exe().ok()?)
        .args(["repeat", subject.key, route.name(), &REQUESTS.to_string()])
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let collected = said.lines().find_map(|line| line.split_once("Collected : "))?.1;
    Some(collected.trim().parse::<f64>().ok()? / REQUESTS as f64)
}

fn sibling(name: &str) -> PathBuf {
    env::current_exe().expect("this program has a path").with_file_name(name)
}
