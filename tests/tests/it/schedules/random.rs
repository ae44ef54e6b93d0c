//! Schedules by chance, for stores that cannot be asked about every one: several browsers, several rounds, two server
//! processes on two handles of one store.

use std::sync::Arc;

use passport_session::SessionStore;
use passport_test_servers::Random;

use super::{
    errand::Errand,
    run::{Move, Run},
    server::CookieNow,
    world::{Start, World},
};
use crate::support::number;

/// Whose clock decides what has expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    /// The caller's: then some of the schedules let time pass.
    OfTheCaller,
    /// The store's own, which no test can turn.
    OfTheStore,
}

/// What was tried.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) schedules: u64,
    pub(super) requests: u64,
    pub(super) steps: u64,
}

const STARTS: [Start; 4] = [Start::NoCookie, Start::Anonymous, Start::Alice, Start::TwoRealms];
const ERRANDS: [Errand; 20] = [
    Errand::LoginAlice,
    Errand::LoginAlice,
    Errand::LoginBob,
    Errand::LoginRoot,
    Errand::Logout,
    Errand::LogoutOfAllRealms,
    Errand::LogoutKeepingData,
    Errand::LogoutOthers,
    Errand::LogoutEverywhere,
    Errand::Write,
    Errand::WriteAtTheEnd,
    Errand::ReadThenWrite,
    Errand::Increment,
    Errand::Increment,
    Errand::Remove,
    Errand::Extend,
    Errand::Rotate,
    Errand::Rotate,
    Errand::ChangePassword,
    Errand::ChangePassword,
];

/// Plays the schedules of so many seeds; `SCHEDULES_SEED` and `SCHEDULES_ROUNDS` say otherwise. `stores` makes two
/// handles on one store, for each.
pub(super) async fn play<S, F>(what: &str, seeds: u64, time: Time, stores: S) -> Result<Tally, String>
where
    S: Fn(&World) -> F,
    F: Future<Output = [Arc<dyn SessionStore>; 2]>,
{
    let first = number("SCHEDULES_SEED").unwrap_or(0);
    let mut tally = Tally::default();
    for seed in first..first + number("SCHEDULES_ROUNDS").unwrap_or(seeds) {
        let mut chance = Random::new(seed);
        let start = *chance.of(&STARTS);
        let mut world = World::new(start);
        if chance.one_in(2) {
            world = world.with_gated_users();
        }
        let mut run = Run::new(&world, stores(&world).await).await;
        if let Err(rule) = one(&world, &mut run, &mut chance, time, &mut tally).await {
            let script = run.script().join("\n    ");
            return Err(format!(
                "{what}: {rule}\n  again with SCHEDULES_SEED={seed} SCHEDULES_ROUNDS=1; in the beginning: {start:?}\n    {script}"
            ));
        }
    }
    Ok(tally)
}

/// A few rounds of requests. Everybody in a round comes at once, with the cookies of the round before.
async fn one(
    world: &World,
    run: &mut Run<'_>,
    chance: &mut Random,
    time: Time,
    tally: &mut Tally,
) -> Result<(), String> {
    let mut browsers: Vec<Option<String>> = world.cookies.iter().cloned().map(Some).collect();
    browsers.resize(3, None);
    let most_drops = chance.below(3);
    tally.schedules += 1;
    for _ in 0..2 + chance.below(4) {
        let mut whose = Vec::new();
        for _ in 0..2 + chance.below(3) {
            // The last one is the browser in question.
            let browser = if chance.one_in(3) { chance.below(browsers.len()) } else { browsers.len() - 1 };
            let errand = match time {
                Time::OfTheCaller if chance.one_in(20) => Errand::PassIdleTime,
                _ => *chance.of(&ERRANDS),
            };
            let number = run.add(errand, chance.below(2), browsers[browser].as_ref());
            whose.push((browser, number));
            tally.requests += 1;
        }
        while !run.is_over() {
            // Otherwise the runtime would find this task too busy, and hold up its locks.
            tokio::task::yield_now().await;
            let moves = run.moves(most_drops);
            run.make(&some(run, &moves, chance)?).await?;
            tally.steps += 1;
        }
        whose.sort_by_key(|(_, number)| run.trace.facts[*number].ended);
        for (browser, number) in whose {
            let answer = run.trace.facts[number].answer.as_ref();
            match answer.and_then(|answer| answer.cookie.clone()) {
                Some(CookieNow::Issued(value)) => browsers[browser] = Some(value),
                Some(CookieNow::Removed) => browsers[browser] = None,
                Some(CookieNow::AsBefore) | None => {}
            }
        }
    }
    run.judge().await
}

/// The next step: most of the time of one request, sometimes of several at once; a request is seldom dropped.
fn some(run: &Run<'_>, moves: &[Move], chance: &mut Random) -> Result<Vec<Move>, String> {
    if moves.is_empty() {
        return Err("everybody waits for somebody".to_owned());
    }
    let mut going: Vec<Move> = moves.iter().filter(|next| matches!(next, Move::Go(_))).copied().collect();
    if going.is_empty() || chance.one_in(20) {
        return Ok(vec![*chance.of(moves)]);
    }
    let at_once = if chance.one_in(3) { 1 + chance.below(going.len()) } else { 1 };
    let mut together = Vec::new();
    for _ in 0..at_once {
        together.push(going.swap_remove(chance.below(going.len())));
    }
    // Before or after a call, but not while it is made.
    if together.iter().any(|next| run.passes_time(*next)) {
        together.truncate(1);
    }
    Ok(together)
}
