//! Every schedule there is: depth first, each from the beginning.

use std::{fmt, sync::Arc};

use passport_session::{MemoryStore, SessionStore};

use super::{
    board::Board,
    errand::Errand,
    poll_once,
    run::{Move, Run},
    world::{Start, World},
};

/// Requests at the same time, with one cookie.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) errands: Vec<Errand>,
    /// The second request is another process's.
    pub(super) two_processes: bool,
    /// So many of the requests may be dropped, wherever they wait.
    pub(super) most_drops: usize,
}

/// A store for a schedule.
pub(super) type MakeStore = fn(&Board) -> Arc<dyn SessionStore>;

/// The one in memory.
pub(super) fn in_memory(_: &Board) -> Arc<dyn SessionStore> {
    Arc::new(MemoryStore::with_capacity(100))
}

/// A schedule that breaks a rule.
pub(super) struct Violation {
    pub(super) start: Start,
    pub(super) case: Case,
    pub(super) script: Vec<String>,
    pub(super) rule: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.case.errands.iter().map(|errand| errand.name()).collect();
        let processes = if self.case.two_processes { "two processes" } else { "one process" };
        writeln!(f, "{}", self.rule)?;
        writeln!(f, "  {} at once, by {processes}; in the beginning: {:?}", names.join(" + "), self.start)?;
        self.script.iter().try_for_each(|line| writeln!(f, "    {line}"))
    }
}

/// Runs every schedule of a case, but of two that only differ in the order of steps that do not care for each other one.
/// How many there are.
pub(super) fn explore(world: &World, case: &Case, store: MakeStore) -> Result<u64, Box<Violation>> {
    let mut count = 0;
    let mut path = Vec::new();
    loop {
        match poll_once(one(world, case, store, &mut path)) {
            Ok(new) => count += u64::from(new),
            Err((rule, script)) => {
                return Err(Box::new(Violation { start: world.start, case: case.clone(), script, rule }));
            }
        }
        while let Some(fork) = path.last_mut() {
            if fork.turn() {
                break;
            }
            path.pop();
        }
        if path.is_empty() {
            return Ok(count);
        }
    }
}

/// Explores these cases, and says how many schedules that were.
pub(super) fn explore_all(what: &str, world: &World, cases: &[Case]) {
    let mut count = 0;
    for case in cases {
        match explore(world, case, in_memory) {
            Ok(schedules) => count += schedules,
            Err(violation) => panic!("{violation}"),
        }
    }
    println!("{what}, {:?}: {count} schedules of {} cases", world.start, cases.len());
}

/// Where a schedule can go on in several ways.
struct Fork {
    moves: Vec<Move>,
    /// Which one is tried now.
    at: usize,
    /// What was tried elsewhere already, in another order.
    asleep: Vec<Move>,
}

impl Fork {
    fn new(moves: Vec<Move>, asleep: Vec<Move>) -> Option<Self> {
        let at = moves.iter().position(|one| !asleep.contains(one))?;
        Some(Self { moves, at, asleep })
    }

    /// Takes the next way, if there is one.
    fn turn(&mut self) -> bool {
        let next = self.moves[self.at + 1..].iter().position(|one| !self.asleep.contains(one));
        self.at += 1 + next.unwrap_or_default();
        next.is_some()
    }

    /// What need not be tried after the move that is made here: it was before, and does not care for this one.
    fn asleep_after(&self, run: &Run<'_>) -> Vec<Move> {
        let tried = self.moves[..self.at].iter().filter(|one| !self.asleep.contains(one));
        let same = |one: &&Move| run.does_not_care(**one, self.moves[self.at]);
        self.asleep.iter().chain(tried).filter(same).copied().collect()
    }
}

/// Runs the schedule of this path, and adds to it what is new. Whether it is another one than those before.
async fn one(
    world: &World,
    case: &Case,
    store: MakeStore,
    path: &mut Vec<Fork>,
) -> Result<bool, (String, Vec<String>)> {
    let store = store(&world.board);
    let mut run = Run::new(world, [Arc::clone(&store), store]).await;
    for (number, errand) in case.errands.iter().enumerate() {
        run.add(*errand, if case.two_processes { number % 2 } else { 0 }, world.cookie());
    }
    if !case.errands.iter().any(|errand| errand.makes_beginnings_count()) {
        run.begin().await;
    }
    let (mut depth, mut asleep) = (0, Vec::new());
    loop {
        let moves = run.moves(case.most_drops);
        if moves.is_empty() {
            let judged = if run.is_over() {
                run.judge().await
            } else {
                Err("everybody waits for somebody".to_owned())
            };
            return judged.map(|()| true).map_err(|rule| (rule, run.script()));
        }
        if depth == path.len() {
            let Some(fork) = Fork::new(moves, asleep) else { return Ok(false) };
            path.push(fork);
        } else {
            assert_eq!(path[depth].moves, moves, "a schedule runs the same way every time");
        }
        let fork = &path[depth];
        asleep = fork.asleep_after(&run);
        depth += 1;
        run.make(&[fork.moves[fork.at]]).await.map_err(|rule| (rule, run.script()))?;
    }
}
