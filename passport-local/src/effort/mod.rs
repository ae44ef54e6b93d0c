//! How much work a failed attempt costs, whatever it was about.

#[cfg(test)]
pub(crate) mod tests;

use std::sync::{Mutex, PoisonError};

use crate::{
    Password,
    scheme::{Cost, Memory, Stored},
};

/// Computes hashes. A seam for tests, which count instead.
pub(crate) trait Engine: Send + Sync {
    /// Whether a stored hash is this password's.
    fn matches(&self, stored: &Stored, password: &[u8], memory: &mut Memory) -> bool {
        stored.matches(password, memory)
    }

    /// Does as much work as this many units of a hash of this cost, for nothing.
    fn spend(&self, cost: Cost, units: u64, password: &[u8], memory: &mut Memory) {
        cost.spend(units, password, memory);
    }
}

/// Computes them on this machine's processor.
pub(crate) struct Processor;

impl Engine for Processor {}

/// The costliest hash of each scheme that was met so far; Argon2id as it is configured, at least.
///
/// A failed attempt does the work of one hash of each, so that its duration does not tell what kind of hash
/// the account has, or whether there is an account. What the attempt has computed already counts towards it.
#[derive(Debug)]
pub(crate) struct Effort(Mutex<Vec<Cost>>);

impl Effort {
    pub(crate) fn new(current: Cost) -> Self {
        Self(Mutex::new(vec![current]))
    }

    /// From now on every failure costs at least this.
    pub(crate) fn raise(&self, cost: Cost) {
        let mut costs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match costs.iter_mut().find(|known| known.is_of_the_scheme_of(cost)) {
            Some(known) if known.units() >= cost.units() => {}
            Some(known) => *known = cost,
            None => costs.push(cost),
        }
    }

    /// Whether the password is that of the stored hash. If not, it has cost what every failure costs.
    pub(crate) fn check(
        &self,
        engine: &dyn Engine,
        password: &Password,
        stored: Option<&Stored>,
        memory: &mut Memory,
    ) -> bool {
        let normalized = password.normalized();
        // The old system hashed what was typed as it was typed, and what is typed now may be composed
        // otherwise.
        let mut forms = vec![normalized.as_bytes()];
        if normalized.as_bytes() != password.expose_bytes() {
            forms.push(password.expose_bytes());
        }
        let mut done = 0;
        if let Some(stored) = stored {
            self.raise(stored.cost());
            let forms = if stored.cost().is_legacy() { forms.as_slice() } else { &forms[..1] };
            for form in forms.iter().filter(|form| stored.can_hold(form)) {
                if engine.matches(stored, form, memory) {
                    return true;
                }
                done += stored.cost().units();
            }
        }
        let costs = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for cost in costs {
            let times = if cost.is_legacy() { forms.len() as u64 } else { 1 };
            let counts = stored.is_some_and(|stored| stored.cost().is_of_the_scheme_of(cost));
            let rest = (cost.units() * times).saturating_sub(if counts { done } else { 0 });
            if rest > 0 {
                engine.spend(cost, rest, normalized.as_bytes(), memory);
            }
        }
        false
    }
}
