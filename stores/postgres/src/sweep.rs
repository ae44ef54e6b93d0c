//! Removing what has expired, on call and by itself.

use std::{sync::Arc, time::Duration};

use passport_session::StoreError;
use tokio::{task::AbortHandle, time::sleep};
use tokio_postgres::{Row, types::Type};

use crate::{
    call::{Access, Database, Values},
    row::{column, only, version},
};

/// The most rows that one statement looks at: a few milliseconds of work.
const ROWS: i64 = 500;
/// Between statements of one round, so that a round takes no more than a part of one connection.
const PAUSE: Duration = Duration::from_millis(20);

pub(crate) struct Sweep {
    pub(crate) database: Database,
    pub(crate) statement: String,
}

/// The task that sweeps. It ends with this.
pub(crate) struct Sweeping(AbortHandle);

impl Drop for Sweeping {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Sweep {
    /// Removes some. How many went; zero says that nothing is left.
    pub(crate) async fn some(&self) -> Result<u64, StoreError> {
        let values: Values<'_> = &[(&ROWS, Type::INT8)];
        let read = |rows: Vec<Row>| {
            let row = only(&rows)?;
            Ok((column::<i64>(row, 0)?, version(column(row, 1)?)))
        };
        loop {
            let swept = self.database.call(Access::Writes, &self.statement, values, read).await;
            let (looked, removed) = swept?;
            // Sessions that were only found to live longer are no end: behind them others may be over.
            if removed > 0 || looked < ROWS {
                return Ok(removed);
            }
        }
    }

    /// Removes all there is, again and again.
    pub(crate) fn every(self: &Arc<Self>, interval: Duration) -> Sweeping {
        let sweep = Arc::clone(self);
        let task = tokio::spawn(async move {
            loop {
                sleep(interval).await;
                while let Ok(1..) = sweep.some().await {
                    sleep(PAUSE).await;
                }
            }
        });
        Sweeping(task.abort_handle())
    }
}
