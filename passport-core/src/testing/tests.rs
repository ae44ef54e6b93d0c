//! The kit finds what is wrong with a strategy, and nothing where nothing is.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, header};

use super::{Report, StrategyKit};
use crate::{BoxError, Failure, Outcome, Strategy, Subject, async_trait};

/// What is wrong with a [`Token`].
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Nothing,
    PanicsAtLargeHeaders,
    NeverAnswersBytes,
    ErrorForBytes,
    LetsEmptyIn,
    RepeatsInMessage,
    RepeatsInSubject,
    RedirectsAnywhere,
    /// Keeps what belongs to a request in itself.
    SharesState,
    /// Stays busy when its request is given up.
    StaysBusy,
}

/// Admits by a token, the user's name.
struct Token {
    wrong: Wrong,
    last: Mutex<String>,
    busy: Mutex<bool>,
}

impl Token {
    fn judge(&self, token: &[u8]) -> Result<Outcome<String>, BoxError> {
        let Ok(token) = std::str::from_utf8(token) else {
            assert!(self.wrong != Wrong::NeverAnswersBytes);
            return match self.wrong {
                Wrong::ErrorForBytes => Err("no UTF-8".into()),
                _ => Ok(Outcome::fail("Unknown token.")),
            };
        };
        assert!(token.len() < 1024 || self.wrong != Wrong::PanicsAtLargeHeaders);
        Ok(match (token.trim(), self.wrong) {
            ("", Wrong::LetsEmptyIn) => Outcome::success("alice".to_owned()),
            (name @ ("alice" | "bob"), _) => Outcome::success(name.to_owned()),
            (name, Wrong::RepeatsInMessage) => Outcome::fail(format!("Nobody is called {name}.")),
            (name, Wrong::RepeatsInSubject) => {
                Failure::new("Unknown token.").about(Subject::Known(name.to_owned())).into()
            }
            _ => Outcome::fail("Unknown token."),
        })
    }
}

#[async_trait]
impl Strategy for Token {
    type User = String;

    async fn authenticate(&self, req: &Request<Bytes>) -> Result<Outcome<String>, BoxError> {
        if self.wrong == Wrong::RedirectsAnywhere
            && let Some(to) = req.uri().query().and_then(|query| query.strip_prefix("return_to="))
        {
            return Ok(Outcome::Redirect(to.split('&').next().unwrap_or_default().parse()?));
        }
        let Some(value) = req.headers().get(header::AUTHORIZATION) else { return Ok(Outcome::Pass) };
        let Some(token) = value.as_bytes().strip_prefix(b"Bearer") else { return Ok(Outcome::Pass) };
        if self.wrong == Wrong::NeverAnswersBytes && std::str::from_utf8(token).is_err() {
            std::future::pending::<()>().await;
        }
        if self.wrong == Wrong::StaysBusy && std::mem::replace(&mut *lock(&self.busy), true) {
            return Ok(Outcome::fail("Busy."));
        }
        lock(&self.last).clone_from(&String::from_utf8_lossy(token).into_owned());
        tokio::task::yield_now().await;
        *lock(&self.busy) = false;
        match self.wrong {
            Wrong::SharesState => {
                let last = lock(&self.last).clone();
                self.judge(last.as_bytes())
            }
            _ => self.judge(token),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn kit(wrong: Wrong) -> StrategyKit<Token> {
    let kit = StrategyKit::new(Token { wrong, last: Mutex::default(), busy: Mutex::default() });
    match wrong {
        Wrong::NeverAnswersBytes => kit.deadline(Duration::from_millis(50)),
        _ => kit,
    }
}

fn of(name: &str) -> Request<Bytes> {
    let value = format!("Bearer {name}");
    Request::get("/").header(header::AUTHORIZATION, value).body(Bytes::new()).unwrap()
}

async fn abused(wrong: Wrong) -> Report {
    kit(wrong).abuse(|| of("alice"), || of("bob"), String::clone).await
}

/// The report says that this is what is wrong.
fn assert_finds(report: &Report, words: &str) {
    let found = report.failures().any(|failure| failure.contains(words) && failure.contains("sent: "));
    assert!(found, "{words} is not in: {report}");
}

#[tokio::test]
async fn a_good_strategy_passes() {
    let report = abused(Wrong::Nothing).await;
    assert!(report.is_passed(), "{report}");
    assert!(report.requests() > 250, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_strategy_passes_on_several_threads() {
    let kit = kit(Wrong::Nothing).in_parallel(tokio::spawn);
    let report = kit.abuse(|| of("alice"), || of("bob"), String::clone).await;
    assert!(report.is_passed(), "{report}");
}

#[tokio::test]
async fn what_is_wrong_is_found_and_said() {
    for (wrong, words) in [
        (Wrong::PanicsAtLargeHeaders, "a large Bearer: it panics"),
        (Wrong::NeverAnswersBytes, "it never answers"),
        (Wrong::ErrorForBytes, "an error is for what it could not find out"),
        (Wrong::LetsEmptyIn, "Bearer and a space: it lets somebody in"),
        (Wrong::RepeatsInMessage, "Bearer with a marker: it repeats what was sent"),
        (Wrong::RepeatsInSubject, "Bearer with a marker: it repeats what was sent"),
        (Wrong::RedirectsAnywhere, "it redirects to where the request says"),
        (Wrong::SharesState, "was taken for"),
        (Wrong::StaysBusy, "after a request whose client went away: \"alice\" must get in"),
    ] {
        let report = abused(wrong).await;
        assert!(!report.is_passed(), "{words}");
        assert_finds(&report, words);
    }
}

#[tokio::test]
async fn two_requests_of_one_user_show_nothing() {
    let report = kit(Wrong::Nothing).abuse(|| of("bob"), || of("bob"), String::clone).await;
    assert!(report.to_string().contains("must belong to two users; both are \"bob\""), "{report}");
    let report = kit(Wrong::Nothing).abuse(|| of("bob"), || of("nobody"), String::clone).await;
    assert_finds(&report, "alone, must succeed");
}

#[tokio::test]
async fn each_answer_can_be_expected() {
    let kit = kit(Wrong::Nothing);
    kit.send(of("alice")).await.expect_success(|found| assert_eq!(**found.user(), "alice"));
    kit.send(of("carol")).await.expect_fail(|failure| assert_eq!(failure.as_message(), "Unknown token."));
    kit.send(Request::new("")).await.expect_pass();
    let redirects = self::kit(Wrong::RedirectsAnywhere);
    let to = Request::get("/?return_to=/there").body("").unwrap();
    redirects.send(to).await.expect_redirect(|to| assert_eq!(to.path(), "/there"));
    let bytes = Request::get("/").header(header::AUTHORIZATION, b"Bearer \xff".as_slice()).body("").unwrap();
    let errors = self::kit(Wrong::ErrorForBytes);
    errors.send(bytes).await.expect_error(|error| assert_eq!(error.to_string(), "no UTF-8"));
}

#[tokio::test]
#[should_panic = "expected a pass\n  came: a failure: \"Unknown token.\"\n  sent: GET /, authorization: Bearer carol, body: (empty)"]
async fn another_answer_than_expected_is_told_with_what_was_sent() {
    kit(Wrong::Nothing).send(of("carol")).await.expect_pass();
}

#[tokio::test]
#[should_panic = "came: nothing, before the deadline"]
async fn a_strategy_that_never_answers_is_told_of() {
    let bytes = Request::get("/").header(header::AUTHORIZATION, b"Bearer \xff".as_slice()).body("").unwrap();
    kit(Wrong::NeverAnswersBytes).send(bytes).await.expect_pass();
}

struct Endless;

#[async_trait]
impl Strategy for Endless {
    type User = String;

    async fn authenticate(&self, _: &Request<Bytes>) -> Result<Outcome<String>, BoxError> {
        loop {
            std::thread::park();
        }
    }
}

/// Ends its process: it does so only where the next one runs it, in a process of its own.
#[tokio::test]
async fn a_strategy_that_never_waits() {
    if std::env::var_os("ENDLESS").is_none() {
        return;
    }
    let kit = StrategyKit::new(Endless).deadline(Duration::from_millis(20));
    kit.send(of("alice")).await.expect_pass();
}

#[test]
fn a_strategy_that_never_waits_ends_the_process_and_says_for_which_request() {
    let test = ["testing::tests::a_strategy_that_never_waits", "--exact"];
    let ended = std::process::Command::new(std::env::current_exe().unwrap())
        .args(test)
        .env("ENDLESS", "1")
        .output()
        .unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(101), "{told}");
    assert!(told.contains("never returns\n  sent: GET /, authorization: Bearer alice"), "{told}");
}
