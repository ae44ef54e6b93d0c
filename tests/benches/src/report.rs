//! What was measured, as a page, and the part of it that the README shows.

use std::fmt::Write;

use passport_cost::requests::Route;

use crate::{chart::added, growth::Growth, stacks::Subject, time::Timed, tools::Counted};

/// All that was measured.
pub struct Measured {
    pub subjects: Vec<Subject>,
    pub timed: Vec<Timed>,
    pub counted: Counted,
    /// By key and route; none without valgrind.
    pub instructions: Vec<(&'static str, Route, f64)>,
    pub memory: Vec<(String, f64, f64)>,
    /// None without wrk.
    pub http: Option<Vec<(&'static str, Route, f64)>>,
    pub growth: Vec<Growth>,
    pub machine: String,
}

/// What each ratio should be at the most: ours, theirs, the route, the target. Without a target it is shown all the same.
const TARGETS: [(&str, &str, Route, Option<f64>); 15] = [
    ("passport-around", "login-around", Route::Public, Some(1.0 / 4.0)),
    ("passport-around", "login-around", Route::PublicCookie, Some(1.0 / 8.0)),
    ("passport-around", "login-around", Route::Me, Some(1.0 / 3.0)),
    ("passport-asked", "login-around", Route::Me, Some(1.0 / 3.0)),
    ("passport-inside", "login-inside", Route::Public, Some(2.0 / 5.0)),
    ("passport-inside", "login-inside", Route::PublicCookie, Some(4.0 / 15.0)),
    ("passport-inside", "login-inside", Route::Me, Some(2.0 / 5.0)),
    ("passport-around", "login-around", Route::Login, Some(2.0 / 3.0)),
    ("passport-around", "floor-around", Route::Me, Some(2.5)),
    ("passport-asked", "floor-around", Route::Me, Some(2.5)),
    ("passport-actix", "identity", Route::Me, Some(2.0 / 5.0)),
    ("passport-actix-asked", "identity", Route::Me, Some(2.0 / 5.0)),
    ("passport-actix", "identity", Route::Public, None),
    ("passport-actix", "identity", Route::PublicCookie, None),
    ("passport-actix", "identity", Route::Login, None),
];

impl Measured {
    fn added(&self, key: &str, route: Route) -> Option<f64> {
        added(&self.subjects, &self.timed, key, route)
    }

    fn name(&self, key: &str) -> &str {
        self.subjects.iter().find(|subject| subject.key == key).map_or("", |subject| subject.name)
    }

    /// Ratios, against what they should be.
    pub fn ratios(&self) -> String {
        let mut out =
            "| route | ours | theirs | ours : theirs | ratio | target | |\n|---|---|---|---|---|---|---|\n"
                .to_owned();
        for (ours, theirs, route, target) in TARGETS {
            let (Some(own), Some(other)) = (self.added(ours, route), self.added(theirs, route)) else {
                continue;
            };
            let ratio = own / other;
            let met = match target {
                Some(target) if ratio <= target => format!("{target:.3} | met"),
                Some(target) => format!("{target:.3} | missed"),
                None => " | ".to_owned(),
            };
            let _ = writeln!(
                out,
                "| {} | {} | {} | {own:.0} : {other:.0} ns | {ratio:.3} | {met} |",
                route.name(),
                self.name(ours),
                self.name(theirs)
            );
        }
        out
    }

    /// Nanoseconds and allocations that each adds.
    pub fn table(&self) -> String {
        let mut out = "| added to the bare route: ns / allocations / bytes |".to_owned();
        for route in Route::ALL {
            let _ = write!(out, " {} |", route.name());
        }
        out.push_str("\n|---|---|---|---|---|\n");
        for subject in &self.subjects {
            let _ = write!(out, "| {} |", subject.name);
            for route in Route::ALL {
                let cell = self.cell(subject, route).unwrap_or_default();
                let _ = write!(out, " {cell} |");
            }
            out.push('\n');
        }
        out
    }

    fn cell(&self, subject: &Subject, route: Route) -> Option<String> {
        let counted = |key: &str| self.counted.get(&(key.to_owned(), route.name().to_owned())).copied();
        let own = counted(subject.key)?;
        if subject.key == subject.bare {
            let nanos =
                self.timed.iter().find(|timed| timed.key == subject.key && timed.route == route)?.nanos;
            return Some(format!("({nanos:.0} / {:.0} / {:.0})", own.0, own.1));
        }
        let bare = counted(subject.bare)?;
        let nanos = self.added(subject.key, route)?;
        Some(format!("{nanos:.0} / {:.0} / {:.0}", own.0 - bare.0, own.1 - bare.1))
    }

    fn instructions(&self) -> String {
        if self.instructions.is_empty() {
            return "valgrind is not installed: not counted.\n".to_owned();
        }
        let mut out = "| added instructions |".to_owned();
        for route in Route::ALL {
            let _ = write!(out, " {} |", route.name());
        }
        out.push_str("\n|---|---|---|---|---|\n");
        let of = |key: &str, route| {
            self.instructions.iter().find(|(own, at, _)| *own == key && *at == route).map(|found| found.2)
        };
        for subject in &self.subjects {
            let _ = write!(out, "| {} |", subject.name);
            for route in Route::ALL {
                let cell = match (of(subject.key, route), of(subject.bare, route)) {
                    (Some(own), Some(_)) if subject.key == subject.bare => format!("({own:.0})"),
                    (Some(own), Some(bare)) => format!("{:.0}", own - bare),
                    _ => String::new(),
                };
                let _ = write!(out, " {cell} |");
            }
            out.push('\n');
        }
        out
    }

    fn memory(&self) -> String {
        let mut out =
            "| a million sessions of a million users, bytes each | asked for | resident |\n|---|---|---|\n"
                .to_owned();
        for (key, asked, resident) in &self.memory {
            let _ = writeln!(out, "| {key} | {asked:.0} | {resident:.0} |");
        }
        out
    }

    fn http(&self) -> String {
        let Some(http) = &self.http else { return "wrk is not installed: not measured.\n".to_owned() };
        let bare = http.first().map_or(1.0, |first| first.2);
        let mut out = "| over HTTP | route | requests/s | of bare |\n|---|---|---|---|\n".to_owned();
        for (key, route, rate) in http {
            let _ = writeln!(out, "| {key} | {} | {rate:.0} | {:.0} % |", route.name(), rate / bare * 100.0);
        }
        out
    }

    fn growth(&self) -> String {
        let mut out = String::new();
        for growth in &self.growth {
            let _ = writeln!(out, "- {}", growth.title);
            for line in &growth.lines {
                let _ = writeln!(out, "  - {}", line.in_words(growth.unit));
            }
        }
        out
    }

    /// The whole page.
    pub fn page(&self) -> String {
        format!(
            "# What it costs\n\nWritten by `tests/benches/run`; [README.md](README.md) says how to read it. {}\n\n\
             ## Ratios\n\n{}\n![added nanoseconds](cost.svg)\n\n## Time and allocations\n\n{}\n## Instructions\n\n{}\n\
             ## Memory\n\n{}\n## Over HTTP\n\n{}\n## How it grows\n\n{}\n![growth](growth.svg)\n",
            self.machine,
            self.ratios(),
            self.table(),
            self.instructions(),
            self.memory(),
            self.http(),
            self.growth()
        )
    }
}
