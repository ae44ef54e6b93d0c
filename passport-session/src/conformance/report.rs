//! What came of a run.

use std::fmt;

use super::{Case, Failure, Verdict};

/// Every case, and what became of it. Its `Display` has a line for each.
#[derive(Debug, Default)]
#[must_use = "a report may hold failures"]
pub struct Report(Vec<(Case, Result<Verdict, Failure>)>);

impl Report {
    pub(super) fn add(&mut self, case: &Case, result: Result<Verdict, Failure>) {
        self.0.push((*case, result));
    }

    /// Whether no case failed.
    pub fn is_passed(&self) -> bool {
        self.failures().next().is_none()
    }

    /// The rules that the store breaks.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.0.iter().filter_map(|(_, result)| result.as_ref().err())
    }

    /// The cases that could not be tried on this store, and why.
    pub fn not_applicable(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.0.iter().filter_map(|(case, result)| match result {
            Ok(Verdict::NotApplicable(why)) => Some((case.name(), *why)),
            _ => None,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (case, result) in &self.0 {
            match result {
                Ok(Verdict::Passed) => writeln!(f, "ok    {}", case.name())?,
                Ok(Verdict::NotApplicable(why)) => writeln!(f, "n/a   {}: {why}", case.name())?,
                Err(failure) => writeln!(f, "FAIL  {failure}")?,
            }
        }
        Ok(())
    }
}
