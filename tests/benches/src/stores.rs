//! What it costs where sessions are on a server: a section of the page of its own.

use std::{fmt::Write, time::Duration};

use passport_cost::{drive::Stack, requests::Route};

use crate::{
    stacks::more::{AT_A_TIME, ROWS, Row, Servers},
    time::{Round, interleave_by},
};

/// The section's first line.
pub const TITLE: &str = "## Session stores\n";

/// Requests for which commands are counted.
const LOOKS: usize = 10;

/// What each ratio should be at the most: ours, theirs, the route, the target if there is one.
const TARGETS: [(&str, &str, Route, Option<f64>); 5] = [
    ("redis", "login-redis", Route::Me, Some(2.0 / 3.0)),
    ("redis", "login-redis-one", Route::Me, Some(2.0 / 3.0)),
    ("redis", "login-redis", Route::PublicCookie, None),
    ("redis", "login-redis", Route::Login, None),
    ("redis", "login-redis-one", Route::Login, None),
];

/// What was measured of the rows whose servers are installed.
pub struct Stores {
    machine: String,
    rows: Vec<&'static Row>,
    missing: Vec<&'static Row>,
    /// Nanoseconds a request, by how many are under way at a time, the row's key, and the route.
    timed: Vec<(usize, &'static str, Route, f64)>,
    /// Commands that Redis is asked for by one request.
    commands: Vec<(&'static str, Route, f64)>,
}

impl Stores {
    /// Starts the servers and measures, for about so long; `machine` says where.
    pub fn measure(time: Duration, machine: impl FnOnce() -> String) -> Self {
        let servers = Servers::start();
        let (mut rows, mut missing, mut stacks) = (Vec::new(), Vec::new(), Vec::new());
        for row in &ROWS {
            match (row.make)(&servers) {
                Some(made) => {
                    rows.push(row);
                    stacks.extend(made);
                }
                None => missing.push(row),
            }
        }
        let commands = commands(&servers, &rows, &mut stacks);
        let pairs: Vec<_> = (0..stacks.len()).flat_map(|at| Route::ALL.map(|route| (at, route))).collect();
        let nanos =
            interleave_by(&mut stacks, &pairs, time, |at, route| match AT_A_TIME[at % AT_A_TIME.len()] {
                // Logins wait for disks.
                many if route == Route::Login => Round { warm: many, timed: 32, ahead: 32 },
                1 => Round { warm: 32, timed: 128, ahead: 128 },
                // Long beside the beginning, where all start at once and every timer is the runtime's first.
                many => Round { warm: many, timed: 1024, ahead: 1024 },
            });
        let timed = pairs.iter().zip(nanos).map(|(&(at, route), nanos)| {
            (AT_A_TIME[at % AT_A_TIME.len()], rows[at / AT_A_TIME.len()].key, route, nanos)
        });
        Self { machine: machine(), timed: timed.collect(), rows, missing, commands }
    }

    fn nanos(&self, at_a_time: usize, key: &str, route: Route) -> Option<f64> {
        let found = self.timed.iter().find(|timed| (timed.0, timed.1, timed.2) == (at_a_time, key, route));
        found.map(|timed| timed.3)
    }

    /// Microseconds that a row adds to the bare one.
    fn added(&self, at_a_time: usize, key: &str, route: Route) -> Option<f64> {
        let bare = self.nanos(at_a_time, ROWS[0].key, route)?;
        Some((self.nanos(at_a_time, key, route)? - bare) / 1000.0)
    }

    /// The section.
    pub fn section(&self) -> String {
        let mut out = format!("{TITLE}\n{}\n\n", self.machine);
        for row in &self.missing {
            let _ = writeln!(out, "{} is not installed: the row {} is skipped.\n", row.needs, row.name);
        }
        self.ratios(&mut out);
        for at_a_time in AT_A_TIME {
            let what = format!("µs added to the bare route, {at_a_time} at a time");
            table(&mut out, &what, &self.rows, |row, route| {
                if row.key == ROWS[0].key {
                    return Some(format!("({:.1})", self.nanos(at_a_time, row.key, route)? / 1000.0));
                }
                Some(format!("{:.1}", self.added(at_a_time, row.key, route)?))
            });
        }
        let asked: Vec<_> = self
            .rows
            .iter()
            .copied()
            .filter(|row| self.commands.iter().any(|own| own.0 == row.key))
            .collect();
        if !asked.is_empty() {
            table(&mut out, "commands that Redis is asked for", &asked, |row, route| {
                let found = self.commands.iter().find(|own| (own.0, own.1) == (row.key, route))?;
                Some(found.2.to_string())
            });
        }
        out
    }

    fn ratios(&self, out: &mut String) {
        out.push_str("| route | at a time | ours | theirs | ours : theirs | ratio | target | |\n");
        out.push_str("|---|---|---|---|---|---|---|---|\n");
        let name = |key| ROWS.iter().find(|row| row.key == key).map_or("", |row| row.name);
        for (ours, theirs, route, target) in TARGETS {
            for at_a_time in AT_A_TIME {
                let added = |key| self.added(at_a_time, key, route);
                let (Some(own), Some(other)) = (added(ours), added(theirs)) else { continue };
                let ratio = own / other;
                let against = target.map_or_else(String::new, |target| format!("{target:.2}"));
                let met = target.map_or("", |target| if ratio <= target { "met" } else { "missed" });
                let _ = writeln!(
                    out,
                    "| {} | {at_a_time} | {} | {} | {own:.1} : {other:.1} µs | {ratio:.2} | {against} | {met} |",
                    route.name(),
                    name(ours),
                    name(theirs)
                );
            }
        }
        out.push('\n');
    }
}

fn table(out: &mut String, what: &str, rows: &[&Row], cell: impl Fn(&Row, Route) -> Option<String>) {
    let _ = write!(out, "| {what} |");
    for route in Route::ALL {
        let _ = write!(out, " {} |", route.name());
    }
    out.push_str("\n|---|---|---|---|---|\n");
    for row in rows {
        let _ = write!(out, "| {} |", row.name);
        for route in Route::ALL {
            let _ = write!(out, " {} |", cell(row, route).unwrap_or_default());
        }
        out.push('\n');
    }
    out.push('\n');
}

/// Sees that the right thing is measured, and what Redis does for it.
fn commands(
    servers: &Servers,
    rows: &[&'static Row],
    stacks: &mut [Box<dyn Stack>],
) -> Vec<(&'static str, Route, f64)> {
    let mut monitor = servers.redis.as_ref().map(|redis| redis.monitor());
    let mut counted = Vec::new();
    for (row, stack) in rows.iter().zip(stacks.iter_mut().step_by(AT_A_TIME.len())) {
        for route in Route::ALL {
            // The first one tells the store the time.
            let (status, body) = stack.look(route);
            assert!(status == 200 && (route != Route::Me || body.starts_with("user-")), "{} {body}", row.key);
            let Some(monitor) = monitor.as_mut().filter(|_| row.needs == "redis-server") else { continue };
            monitor.commands();
            for _ in 0..LOOKS {
                stack.look(route);
            }
            counted.push((row.key, route, monitor.commands().len() as f64 / LOOKS as f64));
        }
    }
    counted
}

/// The page with this section instead of the one that it has.
pub fn replaced(page: &str, section: &str) -> String {
    let (before, after) = match page.split_once(TITLE) {
        Some((before, rest)) => (before, rest.find("\n## ").map_or("", |at| &rest[at + 1..])),
        None => page.find("## How it grows").map_or((page, ""), |at| page.split_at(at)),
    };
    format!("{before}{section}{after}")
}
