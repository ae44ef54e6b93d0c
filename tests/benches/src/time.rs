//! Time, with everything interleaved: some dozen requests of one subject, then of the next, thousands of times over.
//! Of each subject's rounds the lower tenth counts. What a busy machine does to it, it does to all alike, and a ratio
//! of two of them stays.

use std::time::{Duration, Instant};

use passport_cost::{drive::Stack, requests::Route};

use crate::stacks::Subject;

/// Requests in one round of one subject: short beside the turn that the system gives a process.
const BATCH: usize = 128;
/// Requests before that, which bring the caches back from the subject before.
const WARM: usize = 32;

/// What one subject takes on one route.
#[derive(Clone, Copy)]
pub struct Timed {
    /// The subject's key.
    pub key: &'static str,
    /// The route.
    pub route: Route,
    /// Nanoseconds a request.
    pub nanos: f64,
}

/// Measures all routes of all subjects.
pub fn measure(subjects: &[Subject], time: Duration) -> Vec<Timed> {
    let mut stacks: Vec<Box<dyn Stack>> = subjects.iter().map(|subject| (subject.make)()).collect();
    let pairs: Vec<(usize, Route)> = (0..subjects.len())
        .flat_map(|at| subjects[at].routes.iter().map(move |route| (at, *route)))
        .collect();
    let nanos = interleave(&mut stacks, &pairs, time);
    let timed = |(&(at, route), nanos): (&(usize, Route), f64)| Timed { key: subjects[at].key, route, nanos };
    pairs.iter().zip(nanos).map(timed).collect()
}

/// The nanoseconds of each pair of a stack and a route.
pub fn interleave(stacks: &mut [Box<dyn Stack>], pairs: &[(usize, Route)], time: Duration) -> Vec<f64> {
    interleave_by(stacks, pairs, time, |_, _| (WARM, BATCH))
}

/// The same in rounds of another size, by stack and route: so many requests to warm up, and so many that are timed.
pub fn interleave_by(
    stacks: &mut [Box<dyn Stack>],
    pairs: &[(usize, Route)],
    time: Duration,
    size: impl Fn(usize, Route) -> (usize, usize),
) -> Vec<f64> {
    let mut rounds = vec![Vec::new(); pairs.len()];
    let end = Instant::now() + time;
    while Instant::now() < end {
        for (&(at, route), rounds) in pairs.iter().zip(&mut rounds) {
            let stack = &mut stacks[at];
            let (warm, batch) = size(at, route);
            stack.prepare(route, warm);
            stack.run();
            stack.prepare(route, batch);
            let start = Instant::now();
            stack.run();
            rounds.push(u32::try_from(start.elapsed().as_nanos()).unwrap_or(u32::MAX));
        }
    }
    let lower_tenth = |(mut rounds, &(at, route)): (Vec<u32>, &(usize, Route))| {
        rounds.sort_unstable();
        f64::from(rounds[rounds.len() / 10]) / size(at, route).1 as f64
    };
    rounds.into_iter().zip(pairs).map(lower_tenth).collect()
}
