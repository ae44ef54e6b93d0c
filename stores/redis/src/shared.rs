//! What the store and those who wait for an end share: the connection, the names of keys, the server's time.

use passport_core::Timestamp;
use passport_session::{IdHash, Loaded, StoreError};

use crate::{
    answer::{self, Change},
    fault::only_reads,
    keys::{self, Keys},
    link::{Answer, Link},
    request::Request,
    scripts,
    stored::Stored,
    time::{self, ServerTime},
    watchers::Watchers,
};

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) link: Link,
    pub(crate) keys: Keys,
    pub(crate) time: ServerTime,
    pub(crate) watchers: Watchers,
}

/// What is under a key.
struct Fetched {
    value: Option<Vec<u8>>,
    /// The server's time, in milliseconds.
    now: u64,
    line: u64,
}

impl Shared {
    /// Runs a script that changes something.
    pub(crate) async fn change(&self, request: &Request) -> Result<Change, StoreError> {
        let answer = self.link.ask(request).await?;
        self.changed(answer)
    }

    /// Runs a script that changes nothing more if it runs twice.
    pub(crate) async fn change_again(&self, request: &Request) -> Result<Change, StoreError> {
        let answer = self.link.ask_again(request).await?;
        self.changed(answer)
    }

    pub(crate) async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError> {
        let fetched = self.fetch(&self.keys.session(&keys::id(&id))).await?;
        let Some(value) = &fetched.value else { return Ok(Loaded::None) };
        let session = match Stored::parse(value)? {
            Stored::Mark => return Ok(Loaded::Ended),
            Stored::Session(session) => session,
        };
        match session.record(id) {
            Ok(record) => {
                let life = time::life(now, fetched.now, session.seen, session.expires);
                Ok(Loaded::Found { record, version: session.version, life })
            }
            Err(error) => {
                self.distrust(&error, fetched.line);
                Err(error)
            }
        }
    }

    /// After somebody else's record: whatever has happened to that connection, nobody else sees more of it.
    pub(crate) fn distrust(&self, error: &StoreError, line: u64) {
        if matches!(error, StoreError::Foreign) {
            self.link.give_up(line);
        }
    }

    /// By a plain command as long as the server's time is known, else by a script that tells it. The script is refused by
    /// a server that is no primary any more.
    async fn fetch(&self, key: &str) -> Result<Fetched, StoreError> {
        if let Some(now) = self.time.now(self.link.number()) {
            return self.fetch_at(key, now).await;
        }
        let script = Request::script(&scripts::LOAD, [key], [self.keys.prefix().as_bytes()]);
        let answer = match self.link.ask_again(&script).await {
            Err(error) if only_reads(&error) => {
                // It still knows who is logged in.
                let answer = self.link.ask_again(&Request::Plain(redis::cmd("TIME"))).await?;
                return self.fetch_at(key, answer::time(answer.value)?).await;
            }
            answer => answer?,
        };
        let (now, mut rest) = answer::timed(answer.value)?;
        self.time.told(now, answer.asked, answer.line);
        Ok(Fetched { value: answer::bytes(rest.next())?, now, line: answer.line })
    }

    async fn fetch_at(&self, key: &str, now: u64) -> Result<Fetched, StoreError> {
        let answer = self.link.ask_again(&Request::get(key)).await?;
        Ok(Fetched { value: answer::bytes(Some(answer.value))?, now, line: answer.line })
    }

    fn changed(&self, answer: Answer) -> Result<Change, StoreError> {
        let (asked, line) = (answer.asked, answer.line);
        let change = Change::read(answer.value)?;
        self.time.told(change.now, asked, line);
        self.watchers.end(&change.ended);
        Ok(change)
    }
}
