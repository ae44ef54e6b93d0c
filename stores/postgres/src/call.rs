//! One call of the database: a connection, a statement, an answer, all before the deadline.

use std::time::Duration;

use deadpool::managed::PoolError;
use passport_core::BoxError;
use passport_session::StoreError;
use tokio::time::{sleep, timeout};
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};

use crate::{
    connection::{Lease, Pool},
    fault::Fault,
};

/// Whether a call may be made twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It changes nothing.
    Reads,
    /// It has to happen once.
    Writes,
}

/// The values of a statement, with their types: so the server is not asked for them first.
pub(crate) type Values<'a> = &'a [(&'a (dyn ToSql + Sync), Type)];

/// The pool, and how long a call may take.
#[derive(Clone)]
pub(crate) struct Database {
    pub(crate) pool: Pool,
    pub(crate) deadline: Duration,
}

impl Database {
    /// Runs a statement and reads its rows. The deadline covers the wait for a connection, connecting, and every further
    /// attempt. A call that is dropped gives its connection up.
    pub(crate) async fn call<T>(
        &self,
        access: Access,
        statement: &str,
        values: Values<'_>,
        read: impl Fn(Vec<Row>) -> Result<T, StoreError> + Send + Sync,
    ) -> Result<T, StoreError> {
        let attempts = self.attempts(access, statement, values, read);
        timeout(self.deadline, attempts).await.unwrap_or(Err(StoreError::TimedOut))
    }

    async fn attempts<T>(
        &self,
        access: Access,
        statement: &str,
        values: Values<'_>,
        read: impl Fn(Vec<Row>) -> Result<T, StoreError> + Send + Sync,
    ) -> Result<T, StoreError> {
        let mut collisions = 0;
        loop {
            let lease = self.lease().await?;
            let Some(client) = lease.client() else { return Err(StoreError::Other("no connection".into())) };
            let error = match client.query_typed(statement, values).await {
                Ok(rows) => {
                    let answer = read(rows);
                    // Another id's record: whatever comes next on this connection may be another's too.
                    if !matches!(answer, Err(StoreError::Foreign)) {
                        lease.give_back();
                    }
                    return answer;
                }
                Err(error) => error,
            };
            let (fault, used) = (Fault::of(&error), lease.is_used());
            if fault.spares_connection() {
                lease.give_back();
            } else {
                drop(lease);
            }
            match fault {
                Fault::Collision => {
                    collisions += 1;
                    sleep(pause(collisions)).await;
                }
                // It was lost while nobody used it: the next one is tried, in the end a new one.
                Fault::Refused if used => {}
                Fault::Broken if used && access == Access::Reads => {}
                _ => return Err(fault.into_store_error(error)),
            }
        }
    }

    async fn lease(&self) -> Result<Lease, StoreError> {
        match self.pool.get().await {
            Ok(object) => Ok(Lease::new(object)),
            Err(PoolError::Backend(error)) => Err(match Fault::of(&error) {
                Fault::TimedOut => StoreError::TimedOut,
                _ => Fault::Refused.into_store_error(error),
            }),
            Err(other) => Err(StoreError::Other(BoxError::from(other.to_string()))),
        }
    }
}

/// 1, 2, 4 … 64 ms: the lock manager has let one of two through, so there is little to wait for.
fn pause(collisions: u32) -> Duration {
    Duration::from_millis(1 << (collisions - 1).min(6))
}
