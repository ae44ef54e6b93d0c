//! The same program, with its code laid out in several ways.
//!
//! Where the linker puts a function decides what it shares a cache line with, and moves a route by some ten nanoseconds:
//! one build would say that something is cheaper which is only luckier. `run` links the program several times, each
//! time with its functions in another order, and the average of what they say counts.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use passport_cost::requests::Route;

use crate::{
    stacks::Subject,
    time::{self, Timed},
};

/// Measures all routes of all subjects, in each layout for a part of this time; in this process, where there are none.
pub fn measure(subjects: &[Subject], time: Duration) -> Vec<Timed> {
    let programs = programs();
    let Ok(count @ 1..) = u32::try_from(programs.len()) else {
        eprintln!(
            "there is one layout of the code: where the linker has put what moves a route by some ten nanoseconds"
        );
        return time::measure(subjects, time);
    };
    let millis = (time / count).as_millis().to_string();
    let said: Vec<String> = programs.iter().map(|program| ask(program, &millis)).collect();
    let routes =
        subjects.iter().flat_map(|subject| subject.routes.iter().map(move |route| (subject.key, *route)));
    let average = |(key, route): (_, Route)| {
        let name = format!("{key}\t{}\t", route.name());
        let nanos = said.iter().map(|lines| nanos(lines, &name).expect("each layout measures all routes"));
        Timed { key, route, nanos: nanos.sum::<f64>() / f64::from(count) }
    };
    routes.map(average).collect()
}

/// What this layout says, for another process to read.
pub fn print(subjects: &[Subject], time: Duration) {
    for Timed { key, route, nanos } in time::measure(subjects, time) {
        println!("{key}\t{}\t{nanos}", route.name());
    }
}

fn ask(program: &Path, millis: &str) -> String {
    let output =
        Command::new(program).args(["times", millis]).output().expect("a program that `run` has linked");
    assert!(output.status.success(), "{}: {}", program.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn nanos(lines: &str, name: &str) -> Option<f64> {
    lines.lines().find_map(|line| line.strip_prefix(name))?.parse().ok()
}

/// What `run` has linked, in a folder that it names: what lies there from another day is of other code.
fn programs() -> Vec<PathBuf> {
    let Some(folder) = env::var_os("LAYOUTS") else { return Vec::new() };
    let files = fs::read_dir(folder).expect("the folder that `run` has made");
    files.map(|file| file.expect("a program that `run` has linked").path()).collect()
}
