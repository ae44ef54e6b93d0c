//! Programs that tests need and cargo cannot bring.

use std::{
    io::Write,
    process::{Command, Stdio},
};

/// Whether a program is installed. Where it is not, says so, see [`missing`].
///
/// # Panics
///
/// If the program is missing and `CI` is set.
pub fn is_installed(program: &str) -> bool {
    let asked = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = asked.is_ok_and(|status| status.success());
    if !there {
        missing(program);
    }
    there
}

/// Says that a test is skipped because a program is missing: a newcomer's run passes without, one with `CI` set fails.
///
/// # Panics
///
/// If `CI` is set.
pub fn missing(program: &str) {
    // Past the test runner, which would keep it from a run that passes.
    let _ = writeln!(std::io::stderr(), "skipped: {program} is not installed");
    assert!(std::env::var_os("CI").is_none(), "{program} is not installed, and CI is set");
}
