//! Writers that collide at one session: one after the other in this process, at random across processes.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, Weak},
    time::Duration,
};

use passport_core::{Clock, Error};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{IdHash, random::Random};

/// The longest pause is this many times doubled: 128 ms.
const DOUBLINGS: u32 = 7;

/// Where writers line up: a line for each session that has one, and nobody ever waits in two.
#[derive(Default)]
pub(crate) struct Queue(std::sync::Mutex<HashMap<IdHash, Weak<Mutex<()>>>>);

impl Queue {
    /// A writer that has not collided yet: it takes no lock.
    pub(crate) fn writer<'a>(&'a self, id: &IdHash, clock: &'a dyn Clock, random: &'a Random) -> Writer<'a> {
        Writer { queue: self, id: *id, clock, random, place: None, collisions: 0, in_line: false }
    }

    fn line(&self, id: &IdHash) -> Arc<Mutex<()>> {
        let mut lines = self.lines();
        if let Some(line) = lines.get(id).and_then(Weak::upgrade) {
            return line;
        }
        let line = Arc::new(Mutex::new(()));
        lines.insert(*id, Arc::downgrade(&line));
        line
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, HashMap<IdHash, Weak<Mutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One write, over all its attempts.
pub(crate) struct Writer<'a> {
    queue: &'a Queue,
    id: IdHash,
    clock: &'a dyn Clock,
    random: &'a Random,
    /// The head of the line, once it was reached: kept until the write is over.
    place: Option<OwnedMutexGuard<()>>,
    collisions: u32,
    /// Also if it was given up while waiting.
    in_line: bool,
}

/// The last one in a line takes it away.
impl Drop for Writer<'_> {
    fn drop(&mut self) {
        drop(self.place.take());
        if self.in_line {
            let mut lines = self.queue.lines();
            if lines.get(&self.id).is_some_and(|line| line.strong_count() == 0) {
                lines.remove(&self.id);
            }
        }
    }
}

impl Writer<'_> {
    /// Waits before the next attempt: in line after the first collision, and for a while, longer each time, after
    /// every further one: then the others are in another process, and know nothing of this line.
    pub(crate) async fn collided(&mut self) -> Result<(), Error> {
        if self.place.is_none() {
            self.in_line = true;
            self.place = Some(self.queue.line(&self.id).lock_owned().await);
            return Ok(());
        }
        self.collisions += 1;
        self.clock.sleep(pause(self.collisions, u16::from_le_bytes(self.random.take()?))).await;
        Ok(())
    }
}

/// Between a half and all of 2, 4, 8 … 128 ms.
fn pause(collisions: u32, chance: u16) -> Duration {
    let half = Duration::from_millis(1) * (1 << (collisions.clamp(1, DOUBLINGS) - 1));
    half + half * u32::from(chance) / u32::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FakeClock;

    #[test]
    fn pauses_grow_to_an_eighth_of_a_second_and_no_further() {
        let millis = |collisions, chance| pause(collisions, chance).as_millis();
        assert_eq!((millis(1, 0), millis(1, u16::MAX)), (1, 2));
        assert_eq!((millis(2, 0), millis(2, u16::MAX)), (2, 4));
        assert_eq!((millis(7, 0), millis(7, u16::MAX)), (64, 128));
        assert_eq!((millis(u32::MAX, 0), millis(u32::MAX, u16::MAX)), (64, 128));
    }

    #[tokio::test]
    async fn one_that_gave_up_waiting_leaves_no_line_behind() {
        let (queue, clock, random) = (Queue::default(), FakeClock::new(), Random::default());
        let id = IdHash::from_bytes([7; 32]);
        let mut first = queue.writer(&id, &clock, &random);
        first.collided().await.unwrap();
        let mut second = queue.writer(&id, &clock, &random);
        let waits = std::time::Duration::from_millis(1);
        let mut waiting = Box::pin(second.collided());
        assert!(tokio::time::timeout(waits, &mut waiting).await.is_err());
        drop(first);
        assert_eq!(queue.lines().len(), 1, "somebody waits in it");
        drop(waiting);
        drop(second);
        assert!(queue.lines().is_empty());
    }

    #[tokio::test]
    async fn a_second_writer_of_one_session_waits_for_the_first() {
        let (queue, clock, random) = (Queue::default(), FakeClock::new(), Random::default());
        let id = IdHash::from_bytes([7; 32]);
        let mut first = queue.writer(&id, &clock, &random);
        let mut second = queue.writer(&id, &clock, &random);
        first.collided().await.unwrap();
        let mut waiting = Box::pin(second.collided());
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("the line was free"),
            () = tokio::task::yield_now() => {}
        }
        drop(first);
        waiting.await.unwrap();
    }
}
