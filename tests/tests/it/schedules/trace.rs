//! What has happened so far: the ids there ever were, what is behind them now, and what everybody was told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use passport_core::{Handle, Timestamp};
use passport_session::{IdHash, Loaded, SessionStore};

use super::{
    board::{Call, Op},
    errand::{Answer, Errand, Told},
    server::{CookieNow, id_of},
    sight::{SeenLogin, Sight, Who},
};

/// One request, from outside.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    pub(super) errand: Errand,
    pub(super) number: usize,
    /// The id that the browser sent.
    pub(super) sent: Option<IdHash>,
    /// Whether there was a session behind it then.
    pub(super) found: bool,
    /// The step of its first call.
    pub(super) began: Option<usize>,
    /// The step in which it was answered.
    pub(super) ended: Option<usize>,
    pub(super) answer: Option<Answer>,
    /// The id of its new cookie.
    pub(super) issued: Option<IdHash>,
}

impl Fact {
    pub(super) fn new(errand: Errand, number: usize, sent: Option<IdHash>, found: bool) -> Self {
        Self { errand, number, sent, found, began: None, ended: None, answer: None, issued: None }
    }

    pub(super) fn new_cookie(&self) -> Option<&String> {
        match &self.answer.as_ref()?.cookie {
            Some(CookieNow::Issued(value)) => Some(value),
            _ => None,
        }
    }

    pub(super) fn was_told(&self, what: &Told) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.told == *what)
    }

    /// Notes what it was answered.
    pub(super) fn is_answered(&mut self, answer: Answer, step: usize) {
        (self.ended, self.answer) = (Some(step), Some(answer));
        self.issued = self.new_cookie().map(|value| id_of(value));
    }

    /// Whether it was answered that this is done, and in which steps.
    pub(super) fn confirmed(&self) -> Option<(usize, usize)> {
        self.began.zip(self.ended).filter(|_| self.was_told(&Told::Done))
    }
}

/// An id that the store was ever asked to keep.
#[derive(Clone, Debug)]
pub(super) struct Ghost {
    pub(super) id: IdHash,
    /// The request that made it; `None`: it was there in the beginning.
    pub(super) by: Option<usize>,
    pub(super) at: usize,
    /// The id that a rotation moved here, and whether somebody was logged in there.
    pub(super) from: Option<(IdHash, bool)>,
    /// What was there when it was first seen: nobody logs in to an id that there is.
    pub(super) first: Option<Arc<Sight>>,
    pub(super) now: Option<Arc<Sight>>,
    pub(super) before: Option<Arc<Sight>>,
    pub(super) ended: bool,
}

/// The history of one schedule.
#[derive(Clone, Default)]
pub(super) struct Trace {
    pub(super) step: usize,
    pub(super) now: Timestamp,
    pub(super) facts: Vec<Fact>,
    pub(super) ghosts: Vec<Ghost>,
    pub(super) calls: Vec<Call>,
    /// Whose data a session holds: everybody who was logged in there since it was nobody's.
    pub(super) whose: BTreeMap<[u8; 16], BTreeSet<Who>>,
    /// What alice's logins know of her password, by how often she changed it.
    pub(super) fingerprints: Vec<[u8; 16]>,
    pub(super) epoch: u64,
}

impl Trace {
    pub(super) fn ghost(&self, id: IdHash) -> Option<&Ghost> {
        self.ghosts.iter().find(|ghost| ghost.id == id)
    }

    /// Everything that lives.
    pub(super) fn alive(&self) -> impl Iterator<Item = (&Ghost, &Sight)> {
        self.ghosts.iter().filter_map(|ghost| Some((ghost, ghost.now.as_deref()?)))
    }

    /// What lived before the last step.
    pub(super) fn alive_before(&self) -> impl Iterator<Item = (&Ghost, &Sight)> {
        self.ghosts.iter().filter_map(|ghost| Some((ghost, ghost.before.as_deref()?)))
    }

    pub(super) fn by_handle_before(&self, handle: Handle) -> Option<&Sight> {
        self.alive_before().map(|(_, sight)| sight).find(|sight| sight.handle == handle)
    }

    /// What was called in the last step.
    pub(super) fn just_called(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().rev().take_while(|call| call.step == self.step)
    }

    /// Whether a write of this request came too late, or collided.
    pub(super) fn collided(&self, by: usize) -> bool {
        let failed = |op| matches!(op, Op::Update { done: false, .. } | Op::Rotate { done: false, .. });
        self.calls.iter().any(|call| call.by == by && failed(call.op))
    }

    pub(super) fn errand(&self, by: usize) -> Errand {
        self.facts[by].errand
    }

    /// Whether a call jumped the clock before this step was over.
    pub(super) fn jumped_by(&self, step: usize) -> bool {
        self.calls.iter().any(|call| call.step <= step && self.jumps(call))
    }

    pub(super) fn jumps(&self, call: &Call) -> bool {
        call.op == Op::Outside && self.errand(call.by).passes().is_some()
    }

    /// Which user, not admin, the id stands for that this request has sent.
    pub(super) fn user_of(&self, fact: &Fact) -> Option<Who> {
        let first = self.ghost(fact.sent?)?.first.as_ref()?;
        first.login("user").map(|login| login.who)
    }

    /// Whether the one who presents this is let in.
    pub(super) fn is_usable(&self, sight: &Sight, login: &SeenLogin) -> bool {
        let current = login.who.1 != "alice"
            || self.fingerprints.get(usize::try_from(self.epoch).unwrap()) == Some(&login.fingerprint);
        current && sight.live(self.now).any(|live| live == login)
    }

    /// The row of ids that rotations made, from this one back to the first.
    pub(super) fn ancestry(&self, id: IdHash) -> Vec<&Ghost> {
        let mut row = Vec::new();
        let mut at = Some(id);
        while let Some(ghost) = at.and_then(|id| self.ghost(id)) {
            row.push(ghost);
            at = ghost.from.map(|(from, _)| from);
        }
        row
    }

    /// The id under which the login that is in `realm` at `id` was made; in the beginning or by a login.
    pub(super) fn origin(&self, id: IdHash, realm: &str) -> &Ghost {
        let row = self.ancestry(id);
        let made_here = |ghost: &&Ghost| ghost.by.is_some_and(|by| logs_into(self.errand(by)) == Some(realm));
        row.iter().copied().find(made_here).unwrap_or_else(|| row.last().copied().unwrap())
    }

    /// Takes in what happened in a step.
    pub(super) async fn observe(
        &mut self,
        store: &dyn SessionStore,
        step: usize,
        now: Timestamp,
        epoch: u64,
        calls: Vec<Call>,
    ) -> Result<(), String> {
        let new = calls[self.calls.len().min(calls.len())..].to_vec();
        (self.step, self.now, self.epoch, self.calls) = (step, now, epoch, calls);
        for ghost in &mut self.ghosts {
            ghost.before.clone_from(&ghost.now);
        }
        for call in new {
            let (id, from) = match call.op {
                Op::Create { id } => (id, None),
                Op::Rotate { from, to, .. } => {
                    let led = self.ghost(from).and_then(|old| old.before.as_ref());
                    (to, Some((from, led.is_some_and(|old| !old.logins.is_empty()))))
                }
                _ => continue,
            };
            // A rotation that collided tries the same new id again.
            self.ghosts.retain(|ghost| ghost.id != id || ghost.before.is_some());
            let ghost = Ghost {
                id,
                by: Some(call.by),
                at: step,
                from,
                first: None,
                now: None,
                before: None,
                ended: false,
            };
            self.ghosts.push(ghost);
        }
        let mut revived = None;
        for ghost in &mut self.ghosts {
            ghost.now =
                match store.load(ghost.id, now).await.map_err(|error| format!("the store fails: {error}"))? {
                    Loaded::Found { record, life, .. } => match ghost.before.take() {
                        Some(same) if same.record == record && same.life == life => {
                            ghost.before = Some(same.clone());
                            Some(same)
                        }
                        other => {
                            ghost.before = other;
                            Some(Arc::new(Sight::of(&record, life)))
                        }
                    },
                    Loaded::Ended | Loaded::None => None,
                };
            if ghost.first.is_none() {
                ghost.first.clone_from(&ghost.now);
            }
            if ghost.ended && ghost.now.is_some() {
                revived = Some("a session that had ended lives again under its old id".to_owned());
            }
            ghost.ended |= ghost.before.is_some() && ghost.now.is_none();
        }
        revived.map_or(Ok(()), Err)
    }
}

/// The realm that a login is in.
pub(super) fn logs_into(errand: Errand) -> Option<&'static str> {
    match errand {
        Errand::LoginAlice | Errand::LoginBob => Some("user"),
        Errand::LoginRoot => Some("admin"),
        _ => None,
    }
}
