//! What came of the abuse.

use std::fmt;

/// The most failures that are shown: the first ones tell most.
const SHOWN: usize = 10;

/// What a strategy did not stand. Its `Display` says for each what was sent and what came.
#[derive(Debug, Default)]
#[must_use = "a report may hold failures: `assert!(report.is_passed(), \"{report}\")`"]
pub struct Report {
    requests: usize,
    failures: Vec<String>,
}

impl Report {
    pub(super) fn sent(&mut self, requests: usize) {
        self.requests += requests;
    }

    pub(super) fn fail(&mut self, failure: String) {
        self.failures.push(failure);
    }

    /// Whether the strategy stood all of it.
    pub fn is_passed(&self) -> bool {
        self.failures.is_empty()
    }

    /// What it did not stand.
    pub fn failures(&self) -> impl Iterator<Item = &str> {
        self.failures.iter().map(String::as_str)
    }

    /// How many requests were sent.
    pub fn requests(&self) -> usize {
        self.requests
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} requests, {} failures", self.requests, self.failures.len())?;
        self.failures.iter().take(SHOWN).try_for_each(|failure| writeln!(f, "FAIL  {failure}"))?;
        match self.failures.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => writeln!(f, "and {more} more"),
        }
    }
}
