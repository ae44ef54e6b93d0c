//! One schedule: requests, polled one step at a time.

use std::{future::poll_fn, pin::Pin, sync::Arc, task::Poll};

use passport_core::Clock;
use passport_session::SessionStore;

use super::{
    errand::{self, Answer, Errand, Told},
    lane::Lane,
    legal,
    server::{CookieNow, Server, id_of},
    trace::{Fact, Trace},
    world::World,
};
use crate::support::Person;

/// What a schedule does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// This request goes on, until it has to wait again.
    Go(usize),
    /// This one is dropped where it waits.
    Drop(usize),
    /// What this one asked of the store is done, and the request dropped before it hears of it.
    GoAndDrop(usize),
}

impl Move {
    fn of(self) -> usize {
        let (Self::Go(number) | Self::Drop(number) | Self::GoAndDrop(number)) = self;
        number
    }
}

/// What a request does first, without any call.
const BEGINS: &str = "begins";
/// What a request does that collided with another one in the same process.
const IN_LINE: &str = "its turn in line";
const READS: [&str; 2] = ["load", "list"];
const WRITES: [&str; 6] = ["create", "update", "rotate", "touch", "delete", "delete_all"];

/// Requests under way.
pub(super) struct Run<'w> {
    world: &'w World,
    store: Arc<dyn SessionStore>,
    lanes: Vec<Lane>,
    pub(super) trace: Trace,
    script: Vec<Line>,
    dropped: usize,
}

enum Line {
    Made(Move, &'static str),
    Answered(usize),
}

impl<'w> Run<'w> {
    /// Nobody has come yet. The stores are two handles on one.
    pub(super) async fn new(world: &'w World, stores: [Arc<dyn SessionStore>; 2]) -> Self {
        let store = Arc::clone(&stores[0]);
        let trace = world.reset(stores).await;
        world.board.begin();
        Self { world, store, lanes: Vec::new(), trace, script: Vec::new(), dropped: 0 }
    }

    /// One more request, with this cookie, in one of the two processes. Its number.
    pub(super) fn add(&mut self, errand: Errand, process: usize, cookie: Option<&String>) -> usize {
        let World { board, clock, servers, .. } = self.world;
        let number = board.add();
        let (board, server) = (board.clone(), Arc::clone(&servers[process]));
        let future: Pin<Box<dyn Future<Output = Answer> + Send>> = match errand.passes() {
            Some(time) => Box::pin(errand::pass(board, clock.clone(), time)),
            None => Box::pin(errand::run(server, board, errand, number, cookie.cloned())),
        };
        self.lanes.push(Lane::new(number, future));
        let sent = cookie.filter(|_| errand.passes().is_none()).map(|value| id_of(value));
        let found = sent.and_then(|id| self.trace.ghost(id)).is_some_and(|ghost| ghost.now.is_some());
        self.trace.facts.push(Fact::new(errand, number, sent, found));
        number
    }

    /// Lets everybody begin, which is no step: it reaches no store.
    pub(super) async fn begin(&mut self) {
        for number in 0..self.lanes.len() {
            self.go_on(&[number]).await;
        }
    }

    /// What may happen next; nothing, when everybody has been answered.
    pub(super) fn moves(&self, most_drops: usize) -> Vec<Move> {
        let mut moves = Vec::new();
        for lane in self.lanes.iter().filter(|lane| !lane.is_over()) {
            let (number, waits) = (lane.number, self.world.board.waits(lane.number));
            if waits.is_some() || lane.is_woken() {
                moves.push(Move::Go(number));
            }
            if self.dropped < most_drops && lane.started && self.trace.errand(number).passes().is_none() {
                moves.push(Move::Drop(number));
                if waits.is_some_and(|call| READS.contains(&call) || WRITES.contains(&call)) {
                    moves.push(Move::GoAndDrop(number));
                }
            }
        }
        moves
    }

    pub(super) fn passes_time(&self, next: Move) -> bool {
        self.trace.errand(next.of()).passes().is_some()
    }

    pub(super) fn is_over(&self) -> bool {
        self.lanes.iter().all(Lane::is_over)
    }

    /// Whether it makes no difference which of these moves of two requests comes first.
    pub(super) fn does_not_care(&self, one: Move, other: Move) -> bool {
        let asks = |what: Move| match what {
            Move::Go(number) | Move::GoAndDrop(number) => self.what(number),
            Move::Drop(_) => "",
        };
        // Who has collided holds a place in line.
        let leaves = |what: Move| matches!(what, Move::Drop(number) if !self.trace.collided(number));
        // Who is looked up is no concern of the store's, and neither is a request that has done nothing yet.
        let looks = |what: &str| what == "the user" || what == BEGINS;
        let reads = |what: &str| READS.contains(&what) || looks(what);
        let (this, that) = (asks(one), asks(other));
        let same = (reads(this) && reads(that))
            || (looks(this) && WRITES.contains(&that))
            || (looks(that) && WRITES.contains(&this));
        one.of() != other.of() && (same || leaves(one) || leaves(other))
    }

    fn what(&self, number: usize) -> &'static str {
        let started = self.lanes[number].started;
        self.world.board.waits(number).unwrap_or(if started { IN_LINE } else { BEGINS })
    }

    /// Does it, and judges. Several moves at once are several calls that a store gets at the same time.
    pub(super) async fn make(&mut self, moves: &[Move]) -> Result<(), String> {
        let step = self.world.board.next_step();
        let mut going = Vec::new();
        for next in moves {
            let number = next.of();
            self.script.push(Line::Made(*next, self.what(number)));
            self.dropped += usize::from(!matches!(next, Move::Go(_)));
            if matches!(next, Move::Drop(_)) {
                self.lanes[number].drop_it();
                continue;
            }
            if self.world.board.waits(number).is_some() {
                self.trace.facts[number].began.get_or_insert(step);
                self.world.board.grant(number, matches!(next, Move::GoAndDrop(_)));
            }
            going.push(number);
        }
        self.go_on(&going).await;
        for next in moves {
            if let Move::GoAndDrop(number) = next {
                self.lanes[*number].drop_it();
            }
        }
        let (calls, epoch) = (self.world.board.calls(), self.world.epoch());
        self.trace.observe(&*self.store, step, self.world.clock.now(), epoch, calls).await?;
        legal::after_step(&mut self.trace)
    }

    /// Polls these until each has to wait for the schedule.
    async fn go_on(&mut self, numbers: &[usize]) {
        let mut going = numbers.to_vec();
        poll_fn(|cx| {
            going.retain(|number| match self.lanes[*number].poll(&self.world.board, cx) {
                Poll::Pending => true,
                Poll::Ready(None) => false,
                Poll::Ready(Some(answer)) => {
                    self.trace.facts[*number].is_answered(answer, self.trace.step + 1);
                    self.script.push(Line::Answered(*number));
                    false
                }
            });
            if going.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// What was done, for a person to read.
    pub(super) fn script(&self) -> Vec<String> {
        let name = |number: usize| format!("{}. {}", number + 1, self.trace.errand(number).name());
        let line = |line: &Line| match line {
            Line::Made(Move::Go(number), what) => format!("{}: {what}", name(*number)),
            Line::Made(Move::Drop(number), what) => format!("{}: dropped before: {what}", name(*number)),
            Line::Made(Move::GoAndDrop(number), what) => format!("{}: {what}, and dropped", name(*number)),
            Line::Answered(number) => match &self.trace.facts[*number].answer {
                Some(answer) => format!("{}: is told {:?}; {}", name(*number), answer.told, answer.cookie()),
                None => format!("{}: is over", name(*number)),
            },
        };
        self.script.iter().map(line).collect()
    }

    /// Judges the end: the history, and what every cookie there is worth now.
    pub(super) async fn judge(&self) -> Result<(), String> {
        legal::at_last(&self.trace)?;
        self.world.board.open(true);
        let issued = self.trace.facts.iter().filter_map(Fact::new_cookie);
        for (number, cookie) in self.world.cookies.iter().chain(issued).enumerate() {
            self.present(cookie, &self.world.servers[number % 2]).await?;
        }
        Ok(())
    }

    /// Who comes with this cookie now is whom the model expects; and cannot bring back what has ended.
    async fn present(&self, cookie: &str, server: &Arc<Server>) -> Result<(), String> {
        let sight = self.trace.ghost(id_of(cookie)).and_then(|ghost| ghost.now.as_deref());
        let login =
            sight.and_then(|sight| sight.login("user").filter(|login| self.trace.is_usable(sight, login)));
        let legal = login.map(|login| login.who.1);
        let request = server.begin(Some(cookie));
        let user = request.auth().user().await.map_err(|error| format!("{error:?}"))?;
        let user = user.as_ref().map(|user| user.name());
        if user != legal {
            return Err(format!("a late request is {user:?}, and should be {legal:?}"));
        }
        if sight.is_some() || self.trace.jumped_by(self.trace.step) {
            return Ok(());
        }
        let late = errand::run(
            Arc::clone(server),
            self.world.board.clone(),
            Errand::Write,
            0,
            Some(cookie.to_owned()),
        )
        .await;
        match late.told == Told::Ended && late.cookie == Some(CookieNow::AsBefore) {
            true => Ok(()),
            false => Err(format!("a late write to a session that has ended was answered {late:?}")),
        }
    }
}
