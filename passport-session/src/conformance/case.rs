//! One case: a rule, and whether a store keeps it.

use std::{fmt, time::Duration};

use passport_core::BoxFuture;

use super::{Harness, Trial};

/// The longest that a case may take: what takes longer hangs.
const DEADLINE: Duration = Duration::from_secs(120);

/// One rule of the contract, and how it is tried.
#[derive(Clone, Copy)]
pub struct Case {
    name: &'static str,
    rule: &'static str,
    run: for<'a> fn(&'a Trial<'a>) -> BoxFuture<'a, Outcome>,
}

/// What became of a case that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The store keeps the rule.
    Passed,
    /// The rule could not be tried on this store, for this reason.
    NotApplicable(&'static str),
}

/// A rule that a store breaks.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{case}\n    rule:     {rule}\n    done:     {did}\n    expected: {expected}\n    came:     {came}")]
pub struct Failure {
    case: &'static str,
    rule: &'static str,
    did: String,
    expected: String,
    came: String,
}

pub(super) type Outcome = Result<(), Stop>;

/// Why a case goes no further.
#[derive(Debug)]
pub(super) enum Stop {
    NotApplicable(&'static str),
    Failed { did: String, expected: String, came: String },
}

impl Case {
    pub(super) const fn new(
        name: &'static str,
        rule: &'static str,
        run: for<'a> fn(&'a Trial<'a>) -> BoxFuture<'a, Outcome>,
    ) -> Self {
        Self { name, rule, run }
    }

    /// What it shows, in a user's words.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The rule of the contract that it tries.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// Tries it.
    ///
    /// # Errors
    ///
    /// What was done, what was expected and what came.
    pub async fn run(&self, harness: &dyn Harness) -> Result<Verdict, Failure> {
        let whole = async { (self.run)(&Trial::new(harness).await?).await };
        let outcome = tokio::time::timeout(DEADLINE, whole).await;
        let (did, expected, came) = match outcome {
            Ok(Ok(())) => return Ok(Verdict::Passed),
            Ok(Err(Stop::NotApplicable(why))) => return Ok(Verdict::NotApplicable(why)),
            Ok(Err(Stop::Failed { did, expected, came })) => (did, expected, came),
            Err(_) => ("the whole case".into(), format!("an end within {DEADLINE:?}"), "nothing".into()),
        };
        Err(Failure { case: self.name, rule: self.rule, did, expected, came })
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Failure {
    /// The name of the case.
    pub fn case(&self) -> &'static str {
        self.case
    }

    /// The rule that is broken.
    pub fn rule(&self) -> &'static str {
        self.rule
    }
}

/// Goes on if what came is what was expected, and says all three if not.
pub(super) fn expect<T: fmt::Debug>(
    did: impl Into<String>,
    expected: impl Into<String>,
    came: T,
    holds: impl FnOnce(&T) -> bool,
) -> Outcome {
    if holds(&came) {
        return Ok(());
    }
    Err(Stop::Failed { did: did.into(), expected: expected.into(), came: format!("{came:?}") })
}

/// Goes on if these are equal.
#[expect(clippy::needless_pass_by_value, reason = "most are small values, and read better without `&`")]
pub(super) fn equal<T: fmt::Debug + PartialEq>(did: impl Into<String>, came: T, expected: T) -> Outcome {
    let said = format!("{expected:?}");
    expect(did, said, came, |came| *came == expected)
}
