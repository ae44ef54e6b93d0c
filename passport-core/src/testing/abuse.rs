//! The standard abuse: in which order, and what must hold.

use std::fmt::Debug;

use bytes::Bytes;
use http::Request;

use super::{
    Answer, Report, StrategyKit,
    answer::Came,
    changed, junk,
    overlap::{self, TURNS},
    shown::Shown,
};
use crate::{Outcome, Strategy, Subject};

/// How many requests of each user run in parallel, and how often.
const PARALLEL: usize = 4;
const ROUNDS: usize = 4;

/// One run. `users` make the two users' requests, `who` names a user.
pub(super) struct Abuse<'a, S: Strategy, K> {
    pub(super) kit: &'a StrategyKit<S>,
    pub(super) users: [&'a (dyn Fn() -> Request<Bytes> + 'a); 2],
    pub(super) who: &'a dyn Fn(&S::User) -> K,
    pub(super) report: Report,
}

impl<S: Strategy, K: PartialEq + Debug> Abuse<'_, S, K> {
    pub(super) async fn run(mut self) -> Report {
        let Some(names) = self.names().await else { return self.report };
        self.junk().await;
        self.changed(&names[0]).await;
        self.in_turns(&names).await;
        self.broken_off(&names).await;
        self.in_parallel(&names).await;
        self.report
    }

    /// Who the two users are, each alone.
    async fn names(&mut self) -> Option<[K; 2]> {
        let mut names = Vec::new();
        for user in self.users {
            let answer = self.send(user()).await;
            match self.name(&answer) {
                Some(name) => names.push(name),
                None => self.fail("a request of one of the two users, alone, must succeed", &answer),
            }
        }
        let names: [K; 2] = names.try_into().ok()?;
        if names[0] == names[1] {
            let name = format!("the two requests must belong to two users; both are {:?}", names[0]);
            self.report.fail(name);
            return None;
        }
        Some(names)
    }

    async fn junk(&mut self) {
        for (wrong, req) in junk::requests() {
            let answer = self.send(self.kit.prepared(req)).await;
            self.judge(&wrong, &answer, None);
        }
    }

    async fn changed(&mut self, alice: &K) {
        for (wrong, change) in changed::changes(&self.users[0]()) {
            let mut req = self.users[0]();
            change(&mut req);
            let answer = self.send(req).await;
            self.judge(&wrong, &answer, Some(alice));
        }
    }

    async fn in_turns(&mut self, names: &[K; 2]) {
        for turns in TURNS {
            let answers = overlap::in_turns(turns, self.users.map(|user| self.kit.start(user()))).await;
            self.report.sent(2);
            for (answer, name) in answers.iter().zip(names) {
                self.compare("two requests that are polled in turns", answer, name);
            }
        }
    }

    async fn broken_off(&mut self, names: &[K; 2]) {
        for gone in self.users {
            overlap::break_off(self.kit.start(gone()));
            self.report.sent(1);
            for (user, name) in self.users.into_iter().zip(names) {
                let answer = self.send(user()).await;
                self.compare("after a request whose client went away", &answer, name);
            }
        }
    }

    async fn in_parallel(&mut self, names: &[K; 2]) {
        let Some(spawn) = self.kit.spawn() else { return };
        for _ in 0..ROUNDS {
            let users = || self.users.into_iter().cycle().take(2 * PARALLEL);
            let futures = users().map(|user| self.kit.start(user())).collect();
            let answers = overlap::in_parallel(spawn, futures).await;
            self.report.sent(answers.len());
            for (answer, name) in answers.iter().zip(names.iter().cycle()) {
                match answer {
                    Some(answer) => self.compare("requests in parallel", answer, name),
                    None => self.report.fail("a task that `in_parallel` has started was given up".to_owned()),
                }
            }
        }
    }

    async fn send(&mut self, req: Request<Bytes>) -> Answer<S::User> {
        self.report.sent(1);
        self.kit.send(req).await
    }

    fn name(&self, answer: &Answer<S::User>) -> Option<K> {
        match &answer.came {
            Came::Outcome(Outcome::Success(success)) => Some((self.who)(success.user())),
            _ => None,
        }
    }

    /// A request of a user, among others: that user, and nobody else.
    fn compare(&mut self, when: &str, answer: &Answer<S::User>, expected: &K) {
        match self.name(answer) {
            Some(name) if name == *expected => {}
            Some(name) => self.fail(&format!("{when}: {expected:?} was taken for {name:?}"), answer),
            None => self.fail(&format!("{when}: {expected:?} must get in"), answer),
        }
    }

    /// What is malformed: anything but an error, and nobody gets in who is not `allowed`.
    fn judge(&mut self, wrong: &str, answer: &Answer<S::User>, allowed: Option<&K>) {
        let name = self.name(answer);
        let rule = match &answer.came {
            Came::Panic => "it panics",
            Came::Nothing => "it never answers",
            Came::Error(_) => "an error is for what it could not find out; this is a failure or a pass",
            Came::Outcome(Outcome::Success(_)) if name.as_ref() != allowed => "it lets somebody in",
            Came::Outcome(Outcome::Redirect(to))
                if to.host().is_some_and(|host| host.contains(junk::MARKER)) =>
            {
                "it redirects to where the request says"
            }
            Came::Outcome(_) => "",
        };
        if !rule.is_empty() {
            self.fail(&format!("{wrong}: {rule}"), answer);
        }
        if repeats(&answer.came) {
            self.fail(&format!("{wrong}: it repeats what was sent"), answer);
        }
    }

    fn fail(&mut self, what: &str, answer: &Answer<S::User>) {
        self.report.fail(format!("{what}\n  came: {}\n  sent: {}", answer.came, Shown(&answer.sent)));
    }
}

/// Whether what others may read repeats what was sent. People type passwords into the name field.
fn repeats<U>(came: &Came<U>) -> bool {
    match came {
        Came::Outcome(Outcome::Fail(failure)) => {
            let subject = match failure.as_subject() {
                Some(Subject::Known(name) | Subject::Unknown(name)) => name,
                None => "",
            };
            let challenge =
                failure.as_challenge().map_or("".into(), |value| String::from_utf8_lossy(value.as_bytes()));
            [failure.as_message(), subject, &challenge].iter().any(|words| words.contains(junk::MARKER))
        }
        Came::Error(error) => {
            came.to_string().contains(junk::MARKER) || format!("{error:?}").contains(junk::MARKER)
        }
        _ => false,
    }
}
