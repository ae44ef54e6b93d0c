//! Time, with everything interleaved: a hundred requests of one subject, then of the next, thousands of times over.
//! Of each subject's rounds the lower tenth counts. What a busy machine does to it, it does to all alike, and a ratio
//! of two of them stays.

use std::time::{Duration, Instant};

use passport_cost::{
    drive::{AHEAD, Stack},
    requests::Route,
};
use passport_test_servers::Random;

use crate::stacks::{Subject, VISITORS};

/// Requests in one round of one subject: short beside the turn that the system gives a process.
const BATCH: usize = 128;
/// Requests before that, which bring the caches back from the subject before: by each of the visitors, or what is
/// measured is what the other subjects have driven out.
const WARM: usize = 128;
const _: () = assert!(BATCH.is_multiple_of(AHEAD), "as many are timed as the time is divided by");
const _: () = assert!(WARM >= VISITORS, "each visitor comes by once before the clock starts");

/// How often each subject is built: where its memory lies moves a route by some ten nanoseconds, so the average of these
/// counts.
const BUILDS: usize = 3;

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
    let built = (0..BUILDS).flat_map(|_| subjects);
    let mut stacks: Vec<Box<dyn Stack>> = built.map(|subject| (subject.make)()).collect();
    let routes = |at: usize| subjects[at % subjects.len()].routes;
    let pairs: Vec<(usize, Route)> =
        (0..stacks.len()).flat_map(|at| routes(at).iter().map(move |route| (at, *route))).collect();
    let nanos = interleave(&mut stacks, &pairs, time);
    // All routes of all subjects, once for each time that they were built.
    let each = pairs.len() / BUILDS;
    let average = |at: usize| nanos.iter().skip(at).step_by(each).sum::<f64>() / BUILDS as f64;
    let timed = |(at, &(subject, route)): (usize, &(usize, Route))| Timed {
        key: subjects[subject].key,
        route,
        nanos: average(at),
    };
    pairs.iter().take(each).enumerate().map(timed).collect()
}

/// The nanoseconds of each pair of a stack and a route.
pub fn interleave(stacks: &mut [Box<dyn Stack>], pairs: &[(usize, Route)], time: Duration) -> Vec<f64> {
    interleave_by(stacks, pairs, time, |_, _| Round { warm: WARM, timed: BATCH, ahead: AHEAD })
}

/// How many requests a round has.
pub struct Round {
    /// Those before the clock starts.
    pub warm: usize,
    /// Those that are timed.
    pub timed: usize,
    /// How many of them are made before they are answered, while the clock stands still.
    pub ahead: usize,
}

/// The same in rounds of another size, by stack and route.
pub fn interleave_by(
    stacks: &mut [Box<dyn Stack>],
    pairs: &[(usize, Route)],
    time: Duration,
    size: impl Fn(usize, Route) -> Round,
) -> Vec<f64> {
    let mut rounds = vec![Vec::new(); pairs.len()];
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    let mut random = Random::new(0);
    let end = Instant::now() + time;
    while Instant::now() < end {
        // Whoever comes after its own kind finds the caches warm: so everyone comes after everyone.
        shuffle(&mut order, &mut random);
        for &pair in &order {
            let ((at, route), rounds) = (pairs[pair], &mut rounds[pair]);
            let stack = &mut stacks[at];
            let Round { warm, timed, ahead } = size(at, route);
            stack.prepare(route, warm);
            stack.run();
            let mut nanos = 0;
            for _ in 0..timed / ahead {
                stack.prepare(route, ahead);
                let start = Instant::now();
                stack.run();
                nanos += start.elapsed().as_nanos();
            }
            rounds.push(u32::try_from(nanos).unwrap_or(u32::MAX));
        }
    }
    let lower_tenth = |(mut rounds, &(at, route)): (Vec<u32>, &(usize, Route))| {
        rounds.sort_unstable();
        f64::from(rounds[rounds.len() / 10]) / size(at, route).timed as f64
    };
    rounds.into_iter().zip(pairs).map(lower_tenth).collect()
}

/// Another order each time, and the same ones in each run.
fn shuffle(order: &mut [usize], random: &mut Random) {
    for last in (1..order.len()).rev() {
        order.swap(last, random.below(last + 1));
    }
}
