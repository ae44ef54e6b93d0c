//! Removing what has expired.

use std::time::{Duration, Instant};

use super::Tables;
use crate::failed::Stop;

/// How long one sweep goes on, at most: whoever writes waits for it.
const TIME: Duration = Duration::from_millis(10);
/// How long a row stays after it has expired, in milliseconds: clocks are set back a little now and then.
const MARGIN: i64 = 60_000;

impl Tables<'_> {
    /// Removes at most so many rows. How many went.
    pub(crate) fn sweep(&mut self, most: u32) -> Result<u64, Stop> {
        let began = Instant::now();
        let mut sql = self.sql("SELECT n FROM sessions WHERE expires <= ?1 ORDER BY expires LIMIT ?2")?;
        let expired: Vec<i64> = sql
            .query_map((self.now.saturating_sub(MARGIN), most), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut removed = 0;
        for n in expired {
            self.remove(n)?;
            removed += 1;
            if began.elapsed() > TIME {
                break;
            }
        }
        Ok(removed)
    }
}
