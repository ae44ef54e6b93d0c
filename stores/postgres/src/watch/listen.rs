//! One connection that hears of ends, as long as somebody waits.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use passport_session::{IdHash, StoreError};
use tokio::time::{Instant, sleep, timeout};
use tokio_postgres::types::Type;

use super::{ear, table::Table};
use crate::{
    connection::{Connection, Connector},
    row::{column, id},
    schema::Schema,
    transport::Hear,
};

/// Between attempts to connect.
const AGAIN: Duration = Duration::from_millis(500);
/// How long the connection stays open when nobody waits any more.
const LINGER: Duration = Duration::from_secs(5);
/// How often the server is told that somebody listens; it believes so three times as long.
const BEAT: Duration = Duration::from_secs(10);
/// A second look at an id, for an end that began before the server knew that somebody listens.
const SECOND_LOOK: Duration = Duration::from_secs(1);
/// Every further one, for whatever nobody announces: a row that was deleted by hand, a server's clock that was set.
const FURTHER_LOOKS: Duration = Duration::from_secs(5);
/// What is due within this time is looked at together.
const GATHER: Duration = Duration::from_millis(10);

pub(super) struct Listening {
    connector: Connector,
    listen: String,
    beat: String,
    leave: String,
    look: String,
    running: Arc<AtomicBool>,
}

/// While it lives, the task runs.
struct Running(Arc<AtomicBool>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl Listening {
    pub(super) fn new(connector: Connector, schema: &Schema, running: Arc<AtomicBool>) -> Self {
        let long = 3 * BEAT.as_millis();
        let beat = format!(
            "INSERT INTO {{schema}}.listeners AS l (pid, until) VALUES (pg_backend_pid(), {{schema}}.clock() + {long}) \
             ON CONFLICT (pid) DO UPDATE SET until = excluded.until; \
             DELETE FROM {{schema}}.listeners WHERE until < {{schema}}.clock() - {long}"
        );
        Self {
            connector,
            listen: format!("LISTEN \"{}\"", schema.channel()),
            beat: schema.fill(&beat),
            leave: schema.fill("DELETE FROM {schema}.listeners WHERE pid = pg_backend_pid()"),
            look: schema.fill(
                "SELECT s.id, s.expires - n.at FROM {schema}.sessions s, {schema}.clock() AS n(at) \
                 WHERE s.id = ANY ($1) AND s.record IS NOT NULL AND s.expires > n.at",
            ),
            running,
        }
    }

    /// Listens, unless a task does already.
    pub(super) fn start(self: &Arc<Self>, table: &Arc<Table>) {
        if self.running.swap(true, Ordering::SeqCst) {
            return;
        }
        let (listening, table) = (Arc::clone(self), Arc::clone(table));
        tokio::spawn(async move {
            loop {
                let running = Running(Arc::clone(&listening.running));
                listening.run(&table).await;
                drop(running);
                // Somebody may have come after the last look at the table, and seen that this task was running.
                if table.is_empty() || listening.running.swap(true, Ordering::SeqCst) {
                    return;
                }
            }
        });
    }

    /// Until nobody waits any more. A connection that is lost is made anew, and everything looked at again.
    async fn run(&self, table: &Arc<Table>) {
        while !table.is_empty() {
            match self.hear_out(table).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(%error, "cannot hear of sessions that end; trying again");
                    sleep(AGAIN).await;
                }
            }
        }
    }

    async fn hear_out(&self, table: &Arc<Table>) -> Result<(), StoreError> {
        let hear: Hear = {
            let table = Arc::clone(table);
            Arc::new(move |_, payload| ear::hear(&table, payload))
        };
        let connection = self.in_time(self.connector.connect(Some(hear))).await?;
        self.in_time(connection.client.batch_execute(&self.listen)).await?;
        let mut beat = Instant::now();
        table.look_at(&[]);
        let mut idle_since = None;
        loop {
            if Instant::now() >= beat {
                self.in_time(connection.client.batch_execute(&self.beat)).await?;
                beat = Instant::now() + BEAT;
            }
            let (due, next) = table.due();
            if !due.is_empty() {
                self.look(&connection, table, &due).await?;
            } else if next.is_none()
                && *idle_since.get_or_insert_with(Instant::now) + LINGER <= Instant::now()
            {
                // Whether it arrives does not matter: the row grows old.
                let _ = self.in_time(connection.client.batch_execute(&self.leave)).await;
                return Ok(());
            }
            if next.is_some() {
                idle_since = None;
            }
            let until = next.unwrap_or(beat).min(beat).max(Instant::now() + GATHER);
            let until = idle_since.map_or(until, |since| until.min(since + LINGER));
            tokio::select! {
                () = tokio::time::sleep_until(until) => {}
                () = table.changed.notified() => sleep(GATHER).await,
            }
        }
    }

    /// Asks which of these are alive, and wakes who waits for the others.
    async fn look(&self, connection: &Connection, table: &Table, due: &[IdHash]) -> Result<(), StoreError> {
        let begun = Instant::now();
        let asked: Vec<&[u8]> = due.iter().map(|id| &id.as_bytes()[..]).collect();
        let rows =
            self.in_time(connection.client.query_typed(&self.look, &[(&asked, Type::BYTEA_ARRAY)])).await?;
        let mut alive = Vec::with_capacity(rows.len());
        for row in &rows {
            let left = u64::try_from(column::<i64>(row, 1)?).unwrap_or_default();
            alive.push((id(column(row, 0)?)?, Duration::from_millis(left)));
        }
        table.end(ear::missing(due, &alive));
        table.alive(&alive, begun, |looks| if looks < 2 { SECOND_LOOK } else { FURTHER_LOOKS });
        Ok(())
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, StoreError> {
        match timeout(self.connector.deadline, work).await {
            Ok(done) => done.map_err(|error| crate::fault::Fault::of(&error).into_store_error(error)),
            Err(_) => Err(StoreError::TimedOut),
        }
    }
}
