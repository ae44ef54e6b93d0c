//! Removing what has expired, on call and by itself.

use std::{sync::Arc, time::Duration};

use passport_session::StoreError;
use tokio::{
    task::AbortHandle,
    time::{Instant, sleep},
};
use tokio_postgres::{Row, types::Type};

use crate::{
    call::{Access, Database, Values},
    row::{column, only, version},
};

/// The most rows that one statement looks at: a few milliseconds of work.
const ROWS: i64 = 200;
/// The least between the statements of one round; a slow server is left alone for as long as it took.
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
                let mut begun = Instant::now();
                while let Ok(1..) = sweep.some().await {
                    sleep(begun.elapsed().max(PAUSE)).await;
                    begun = Instant::now();
                }
            }
        });
        Sweeping(task.abort_handle())
    }
}
