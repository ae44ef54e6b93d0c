//! Time, with everything interleaved: a few dozen requests of one subject, then of the next, thousands of times over.
//! Of each subject's rounds the lower tenth counts. What a busy machine does to it, it does to all alike, and a ratio
//! of two of them stays.

use std::time::{Duration, Instant};

use passport_cost::{drive::Stack, requests::Route};

use crate::stacks::Subject;

/// Requests in one round of one subject: short beside the turn that the system gives a process.
const BATCH: usize = 32;

/// What one subject takes on one route.
pub struct Timed {
    /// The subject's key.
    pub key: &'static str,
    /// The route.
    pub route: Route,
    /// Nanoseconds a request, the lower tenth of all rounds.
    pub nanos: f64,
}

/// Measures for about so long.
pub fn measure(subjects: &[Subject], time: Duration) -> Vec<Timed> {
    let mut stacks: Vec<Box<dyn Stack>> = subjects.iter().map(|subject| (subject.make)()).collect();
    let pairs = subjects
        .iter()
        .enumerate()
        .flat_map(|(at, subject)| subject.routes.iter().map(move |route| (at, *route)));
    let mut rounds: Vec<(usize, Route, Vec<u32>)> =
        pairs.map(|(at, route)| (at, route, Vec::new())).collect();
    let end = Instant::now() + time;
    while Instant::now() < end {
        for (at, route, taken) in &mut rounds {
            let stack = &mut stacks[*at];
            // The first requests warm the caches, also for the stack that was measured before.
            stack.prepare(*route, BATCH / 4);
            stack.run();
            stack.prepare(*route, BATCH);
            let start = Instant::now();
            stack.run();
            taken.push(u32::try_from(start.elapsed().as_nanos()).unwrap_or(u32::MAX));
        }
    }
    let done = rounds.into_iter().map(|(at, route, mut taken)| {
        taken.sort_unstable();
        let nanos = f64::from(taken[taken.len() / 10]) / BATCH as f64;
        Timed { key: subjects[at].key, route, nanos }
    });
    done.collect()
}
