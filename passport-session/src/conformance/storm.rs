//! Many at once.

use std::sync::Arc;

use passport_core::BoxFuture;
use tokio::sync::Barrier;

use super::{case::Stop, trial::failed};

/// What a task of a storm finds wrong, if anything.
pub(super) type Found<T> = Result<T, Stop>;

/// Runs tasks that begin at the same moment, on whatever threads there are, and gives back what each found.
pub(super) async fn storm<T: Send + 'static>(
    tasks: Vec<BoxFuture<'static, Found<T>>>,
) -> Result<Vec<T>, Stop> {
    let barrier = Arc::new(Barrier::new(tasks.len()));
    let begin = |task: BoxFuture<'static, Found<T>>| {
        let barrier = Arc::clone(&barrier);
        tokio::spawn(async move {
            barrier.wait().await;
            task.await
        })
    };
    let running: Vec<_> = tasks.into_iter().map(begin).collect();
    let mut found = Vec::with_capacity(running.len());
    for task in running {
        match task.await {
            Ok(one) => found.push(one?),
            Err(error) => return failed("a call among many at once", "an answer", &error.to_string()),
        }
    }
    Ok(found)
}
