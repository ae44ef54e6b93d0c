//! One schedule: requests, polled one step at a time.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll, Wake, Waker},
};

use passport_core::Clock;
use passport_session::SessionStore;

use super::{
    errand::{self, Answer, Errand, Told},
    explore::Case,
    legal, poll_once,
    server::{CookieNow, id_of},
    trace::{Fact, Trace},
    world::World,
};

/// What a schedule does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// This request goes on, until it has to wait again.
    Go(usize),
    /// This one is dropped where it waits.
    Drop(usize),
    /// What this one asked for is done, and the request dropped before it hears of it.
    GoAndDrop(usize),
}

impl Move {
    fn of(self) -> usize {
        let (Self::Go(number) | Self::Drop(number) | Self::GoAndDrop(number)) = self;
        number
    }
}

/// What writes to the store.
const STORE_CALLS: [&str; 6] = ["create", "update", "rotate", "touch", "delete", "delete_all"];

/// Requests under way.
pub(super) struct Run<'w> {
    world: &'w World,
    store: Arc<dyn SessionStore>,
    lanes: Vec<Lane>,
    trace: Trace,
    script: Vec<Line>,
    dropped: usize,
}

enum Line {
    Made(Move, &'static str),
    Answered(usize),
}

struct Lane {
    future: Option<Pin<Box<dyn Future<Output = Answer> + Send>>>,
    started: bool,
    woken: Arc<Flag>,
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Relaxed);
    }
}

impl<'w> Run<'w> {
    /// In a fresh store. All requests have begun and wait at their first gate, unless it matters when they begin.
    pub(super) fn new(world: &'w World, case: &Case, store: Arc<dyn SessionStore>) -> Self {
        let trace = poll_once(world.reset([Arc::clone(&store), Arc::clone(&store)]));
        world.board.begin(case.errands.len());
        let mut run = Self { world, store, lanes: Vec::new(), trace, script: Vec::new(), dropped: 0 };
        for (number, errand) in case.errands.iter().enumerate() {
            run.add(*errand, number, if case.two_processes { number % 2 } else { 0 });
        }
        if !case.errands.iter().any(|errand| errand.makes_beginnings_count()) {
            (0..case.errands.len()).for_each(|number| run.poll(number));
        }
        run
    }

    fn add(&mut self, errand: Errand, number: usize, process: usize) {
        let World { board, clock, servers, cookie, .. } = self.world;
        let (board, woken) = (board.clone(), Arc::default());
        let future: Pin<Box<dyn Future<Output = Answer> + Send>> = match errand.passes() {
            Some(time) => Box::pin(errand::pass(board, clock.clone(), time)),
            None => Box::pin(errand::run(Arc::clone(&servers[process]), board, errand, number, cookie.clone())),
        };
        self.lanes.push(Lane { future: Some(future), started: false, woken });
        let sent = cookie.as_deref().filter(|_| errand.passes().is_none()).map(id_of);
        self.trace.facts.push(Fact::new(errand, number, sent));
    }

    /// What may happen next; nothing, when everybody has been answered.
    pub(super) fn moves(&self, most_drops: usize) -> Vec<Move> {
        let drops = self.dropped < most_drops;
        let mut moves = Vec::new();
        for (number, lane) in self.lanes.iter().enumerate().filter(|(_, lane)| lane.future.is_some()) {
            let waits = self.world.board.waits(number).is_some();
            if waits || !lane.started || lane.woken.0.load(Relaxed) {
                moves.push(Move::Go(number));
            }
            if drops && lane.started && self.trace.facts[number].errand.passes().is_none() {
                moves.push(Move::Drop(number));
                if waits {
                    moves.push(Move::GoAndDrop(number));
                }
            }
        }
        moves
    }

    /// Whether it makes no difference which of these moves of two requests comes first.
    pub(super) fn does_not_care(&self, one: Move, other: Move) -> bool {
        let asks = |what: Move| match what {
            Move::Go(number) | Move::GoAndDrop(number) => self.world.board.waits(number),
            Move::Drop(_) => None,
        };
        let leaves = |what: Move| match what {
            // Who has collided holds a place in line.
            Move::Drop(number) => !self.trace.collided(number),
            Move::Go(_) | Move::GoAndDrop(_) => false,
        };
        let same = match (asks(one), asks(other)) {
            (Some("load" | "list" | "the user"), Some("load" | "list" | "the user")) => true,
            // Who is looked up is no concern of the store's.
            (Some("the user"), Some(call)) | (Some(call), Some("the user")) => STORE_CALLS.contains(&call),
            _ => false,
        };
        one.of() != other.of() && (same || leaves(one) || leaves(other))
    }

    pub(super) fn is_over(&self) -> bool {
        self.lanes.iter().all(|lane| lane.future.is_none())
    }

    /// Does it, and judges.
    pub(super) fn make(&mut self, next: Move) -> Result<(), String> {
        let step = self.world.board.next_step();
        let number = next.of();
        let waits = self.world.board.waits(number);
        let what = waits.unwrap_or(if self.lanes[number].started { "its turn in line" } else { "begins" });
        self.script.push(Line::Made(next, what));
        self.dropped += usize::from(!matches!(next, Move::Go(_)));
        match next {
            Move::Drop(_) => {
                self.lanes[number].future = None;
            }
            Move::Go(_) | Move::GoAndDrop(_) => {
                let cut = matches!(next, Move::GoAndDrop(_));
                if waits.is_some() {
                    self.trace.facts[number].began.get_or_insert(step);
                    self.world.board.grant(number, cut);
                }
                self.poll(number);
                if cut {
                    self.lanes[number].future = None;
                    self.trace.facts[number].answer = None;
                }
            }
        }
        let (calls, epoch) = (self.world.board.calls(), self.world.epoch());
        poll_once(self.trace.observe(&*self.store, step, self.world.clock.now(), epoch, calls))?;
        legal::after_step(&mut self.trace)
    }

    fn poll(&mut self, number: usize) {
        let lane = &mut self.lanes[number];
        lane.started = true;
        lane.woken.0.store(false, Relaxed);
        let Some(future) = lane.future.as_mut() else { return };
        self.world.board.poll(number);
        let waker = Waker::from(Arc::clone(&lane.woken));
        if let Poll::Ready(answer) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            lane.future = None;
            self.trace.facts[number].is_answered(answer, self.trace.step + 1);
            self.script.push(Line::Answered(number));
        }
    }

    /// What was done, for a person to read.
    pub(super) fn script(&self) -> Vec<String> {
        let name = |number: usize| format!("{}. {}", number + 1, self.trace.facts[number].errand.name());
        let line = |line: &Line| match line {
            Line::Made(Move::Go(number), what) => format!("{}: {what}", name(*number)),
            Line::Made(Move::Drop(number), what) => format!("{}: dropped before: {what}", name(*number)),
            Line::Made(Move::GoAndDrop(number), what) => format!("{}: {what}, and is dropped", name(*number)),
            Line::Answered(number) => match &self.trace.facts[*number].answer {
                Some(Answer { told, cookie: Some(CookieNow::Issued(_)) }) => {
                    format!("{}: is told {told:?}, with a new cookie", name(*number))
                }
                Some(Answer { told, cookie }) => format!("{}: is told {told:?}, {cookie:?}", name(*number)),
                None => format!("{}: is over", name(*number)),
            },
        };
        self.script.iter().map(line).collect()
    }

    /// Judges the end: the history, and what every cookie there is worth now.
    pub(super) fn judge(&self) -> Result<(), String> {
        legal::at_last(&self.trace)?;
        self.world.board.open(true);
        let answers = self.trace.facts.iter().filter_map(|fact| fact.answer.as_ref());
        let issued = answers.filter_map(|answer| match &answer.cookie {
            Some(CookieNow::Issued(value)) => Some(value.clone()),
            _ => None,
        });
        for cookie in self.world.cookie.iter().cloned().chain(issued) {
            self.present(&cookie)?;
        }
        Ok(())
    }

    /// Who comes with this cookie now is whom the model expects; and cannot bring back what has ended.
    fn present(&self, cookie: &str) -> Result<(), String> {
        let sight = self.trace.ghost(id_of(cookie)).and_then(|ghost| ghost.now.as_deref());
        let login = sight.and_then(|sight| sight.login("user").filter(|login| self.trace.is_usable(sight, login)));
        let legal = login.map(|login| login.who.1);
        for server in &self.world.servers {
            let request = server.begin(Some(cookie));
            let user = poll_once(request.auth().user()).map_err(|error| format!("{error:?}"))?;
            let user = user.as_ref().map(|user| crate::support::Person::name(&**user));
            if user != legal {
                return Err(format!("a late request is {user:?}, and should be {legal:?}"));
            }
        }
        if sight.is_some() || self.trace.jumped_by(self.trace.step) {
            return Ok(());
        }
        let late = errand::run(Arc::clone(&self.world.servers[0]), self.world.board.clone(), Errand::Write, 0, Some(cookie.to_owned()));
        let answer = poll_once(late);
        if answer.told == Told::Ended && answer.cookie == Some(CookieNow::AsBefore) {
            Ok(())
        } else {
            Err(format!("a late write to a session that has ended was answered {answer:?}"))
        }
    }
}
