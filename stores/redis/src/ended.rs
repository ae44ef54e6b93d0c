//! Waiting for a session to end: by what Redis publishes, by the time at which it expires, and by asking.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use passport_session::{IdHash, StoreError};
use redis::{PushInfo, PushKind, Value};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::{answer, keys, request::Request, scripts, shared::Shared};

/// How often one who waits asks while nothing can be heard, and how often the listening connection is tried.
const EACH_SECOND: Duration = Duration::from_secs(1);
/// One who waits asks at least as often, whatever was heard.
const AT_LEAST: Duration = Duration::from_secs(24 * 3600);

/// The connection that hears which sessions have ended: one for each store, from the first time that somebody waits.
#[derive(Debug)]
pub(crate) struct Listener {
    shared: Arc<Shared>,
    task: Mutex<Option<JoinHandle<()>>>,
    hears: watch::Sender<bool>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(task) = self.task.get_mut().unwrap_or_else(PoisonError::into_inner) {
            task.abort();
        }
    }
}

impl Listener {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, task: Mutex::default(), hears: watch::Sender::new(false) }
    }

    /// Resolves when this id is not live any more.
    pub(crate) async fn ended(self: Arc<Self>, id: IdHash) {
        let name = keys::id(&id);
        let mut watcher = self.shared.watchers.watch(&name);
        let mut hears = self.hears.subscribe();
        loop {
            self.start();
            let heard = *hears.borrow_and_update();
            // In a task of its own: whoever waits may let this future lie for long, and a call that lies is in the way of
            // others.
            let asked = tokio::spawn(left(Arc::clone(&self.shared), name.clone()));
            let answer = tokio::select! {
                () = watcher.ended() => return,
                answer = asked => answer,
            };
            let again = match answer {
                Ok(Ok(None)) => return,
                Ok(Ok(Some(left))) if heard => left.min(AT_LEAST),
                Ok(Ok(Some(left))) => left.min(EACH_SECOND),
                Ok(Err(_)) | Err(_) => EACH_SECOND,
            };
            tokio::select! {
                () = watcher.ended() => return,
                // Whatever was said while nobody listened was missed.
                _ = hears.changed() => {}
                () = sleep(again) => {}
            }
        }
    }

    /// Sees to it that somebody listens, also where the runtime that did has ended.
    fn start(&self) {
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        if task.as_ref().is_none_or(JoinHandle::is_finished) {
            let hears = Hears(self.hears.clone());
            *task = Some(tokio::spawn(listen(Arc::clone(&self.shared), hears)));
        }
    }
}

/// Says whether somebody listens; not any more, when it is dropped.
struct Hears(watch::Sender<bool>);

impl Hears {
    fn say(&self, hears: bool) {
        self.0.send_if_modified(|before| std::mem::replace(before, hears) != hears);
    }
}

impl Drop for Hears {
    fn drop(&mut self) {
        self.say(false);
    }
}

async fn listen(shared: Arc<Shared>, hears: Hears) {
    let mut said = false;
    loop {
        match listen_once(&shared, &hears).await {
            Ok(()) => said = false,
            Err(_) if said => {}
            Err(error) => {
                tracing::warn!(
                    ?error,
                    "nothing is heard from Redis of sessions that end: those who wait ask once a second"
                );
                said = true;
            }
        }
        hears.say(false);
        sleep(EACH_SECOND).await;
    }
}

/// Listens until the connection is lost.
async fn listen_once(shared: &Shared, hears: &Hears) -> Result<(), StoreError> {
    let (sender, mut pushed) = mpsc::unbounded_channel();
    let channel = shared.keys.ended();
    let mut connection = shared.link.listen(sender, &channel).await?;
    hears.say(true);
    loop {
        tokio::select! {
            push = pushed.recv() => match push {
                Some(PushInfo { kind: PushKind::Message, data }) => {
                    if let Some(Value::BulkString(ended)) = data.get(1) {
                        shared.watchers.end(ended);
                    }
                }
                Some(PushInfo { kind: PushKind::Disconnection, .. }) | None => return Ok(()),
                Some(_) => {}
            },
            () = sleep(EACH_SECOND) => {
                let ping = redis::cmd("PING");
                let answer = timeout(shared.link.deadline(), ping.exec_async(&mut connection)).await;
                if !matches!(answer, Ok(Ok(()))) {
                    return Ok(());
                }
            }
        }
    }
}

/// How long a session still has to live; `None` if it has ended.
async fn left(shared: Arc<Shared>, name: String) -> Result<Option<Duration>, StoreError> {
    let args = [shared.keys.prefix().as_bytes(), name.as_bytes()];
    let request = Request::script(&scripts::LEFT, [&shared.keys.session(&name)], args);
    let answer = shared.link.ask_again(&request).await?;
    let (_, mut rest) = answer::timed(answer.value)?;
    match rest.next() {
        Some(Value::Int(left)) if left > 0 => Ok(Some(Duration::from_millis(left.unsigned_abs()))),
        Some(Value::Int(_)) => Ok(None),
        _ => Err(answer::not_understood()),
    }
}
