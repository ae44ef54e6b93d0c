//! The store.

use std::{fmt, num::NonZeroU32, sync::Arc, time::Duration};

use async_trait::async_trait;
use passport_core::{BoxFuture, Life, Listed, Owner, Record, Timestamp};
use passport_session::{Beyond, Entry, Envelope, IdHash, Limit, Loaded, SessionStore, StoreError, Written};
use tokio_postgres::{Row, types::Type};

use crate::{
    Builder, ConnectError,
    call::{Access, Database, Values},
    row::{Logins, as_version, column, id, ids, length, life, only, record, version},
    schema::Schema,
    statements::Statements,
    sweep::{Sweep, Sweeping},
    watch::Watch,
};

/// Keeps sessions in a PostgreSQL database, for any number of processes. See [the crate's page](crate).
pub struct PostgresStore {
    database: Database,
    say: Statements,
    watch: Option<Watch>,
    sweep: Arc<Sweep>,
    _sweeping: Sweeping,
    at: String,
    schema: String,
}

impl PostgresStore {
    /// Opens the database at this address, as `postgres://user:password@host:5432/database`, in the schema `passport`.
    ///
    /// # Errors
    ///
    /// As [`Builder::connect`].
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        Self::builder(url).connect().await
    }

    /// Says more about the connection to the database at this address.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }

    /// With its sweep under way: needs a runtime.
    pub(crate) fn new(
        database: Database,
        schema: &Schema,
        watch: Option<Watch>,
        at: String,
        sweep_every: Duration,
    ) -> Self {
        let say = Statements::new(schema);
        let sweep = Arc::new(Sweep { database: database.clone(), statement: say.sweep.clone() });
        let sweeping = sweep.every(sweep_every);
        let schema = schema.name().to_owned();
        Self { database, say, watch, sweep, _sweeping: sweeping, at, schema }
    }

    async fn write<T>(
        &self,
        statement: &str,
        values: Values<'_>,
        read: impl Fn(&Row) -> Result<T, StoreError> + Send + Sync,
    ) -> Result<T, StoreError> {
        self.database.call(Access::Writes, statement, values, |rows| read(only(&rows)?)).await
    }

    /// Tells those in this process who wait; the others hear of it from the server.
    fn ended_here(&self, ids: &[IdHash]) {
        if let Some(watch) = &self.watch {
            watch.end(ids);
        }
    }

    /// What became of a create, an update or a rotation.
    fn outcome(&self, (written, version, over): (Answer, u64, Vec<IdHash>)) -> Result<Written, StoreError> {
        self.ended_here(&over);
        match written {
            Answer::Done => Ok(Written::Done(version)),
            Answer::Conflict => Ok(Written::Conflict),
            Answer::Gone => Ok(Written::Gone),
            Answer::Exists => Err(StoreError::Exists),
            Answer::Limit => Err(StoreError::LimitReached),
        }
    }
}

enum Answer {
    Done,
    Conflict,
    Gone,
    Exists,
    Limit,
}

fn answer(row: &Row) -> Result<(Answer, u64, Vec<IdHash>), StoreError> {
    let written = match column(row, 0)? {
        "done" => Answer::Done,
        "conflict" => Answer::Conflict,
        "gone" => Answer::Gone,
        "exists" => Answer::Exists,
        "limit" => Answer::Limit,
        _ => return Err(StoreError::Other("PostgreSQL answered with an unknown word".into())),
    };
    Ok((written, version(column::<Option<i64>>(row, 1)?.unwrap_or_default()), ids(row, 2)?))
}

fn refuses(limit: Limit) -> bool {
    limit.beyond == Beyond::Refuse
}

fn most(most: NonZeroU32) -> i64 {
    // Beyond what an array may hold there is no difference.
    i64::from(most.get()).min(i64::from(i32::MAX))
}

#[async_trait]
impl SessionStore for PostgresStore {
    async fn create(&self, id: IdHash, record: &Record, life: Life, limit: Limit) -> Result<u64, StoreError> {
        let (logins, envelope) = (Logins::of(record), Envelope::seal(id, record));
        let values: Values<'_> = &[
            (&&id.as_bytes()[..], Type::BYTEA),
            (&envelope, Type::BYTEA),
            (&logins.owners(), Type::BYTEA_ARRAY),
            (&logins.times(), Type::INT8_ARRAY),
            (&length(life), Type::INT8),
            (&most(limit.most), Type::INT8),
            (&refuses(limit), Type::BOOL),
        ];
        match self.outcome(self.write(&self.say.create, values, answer).await?)? {
            Written::Done(version) => Ok(version),
            Written::Conflict | Written::Gone => Err(StoreError::Other("a create answers neither".into())),
        }
    }

    async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError> {
        let values: Values<'_> = &[(&&id.as_bytes()[..], Type::BYTEA)];
        let read = |rows: Vec<Row>| match rows.first() {
            None => Ok(Loaded::None),
            Some(row) => {
                let Some(envelope) = column::<Option<&[u8]>>(row, 0)? else { return Ok(Loaded::Ended) };
                let Some(record) = record(id, envelope, column(row, 4)?)? else { return Ok(Loaded::Ended) };
                let life = life(now, column(row, 2)?, column(row, 3)?);
                Ok(Loaded::Found { record, version: version(column(row, 1)?), life })
            }
        };
        self.database.call(Access::Reads, &self.say.load, values, read).await
    }

    async fn update(
        &self,
        id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
    ) -> Result<Written, StoreError> {
        let (logins, envelope) = (Logins::of(record), Envelope::seal(id, record));
        let values: Values<'_> = &[
            (&&id.as_bytes()[..], Type::BYTEA),
            (&envelope, Type::BYTEA),
            (&as_version(version), Type::INT8),
            (&logins.owners(), Type::BYTEA_ARRAY),
            (&logins.times(), Type::INT8_ARRAY),
            (&length(life), Type::INT8),
        ];
        self.outcome(self.write(&self.say.update, values, answer).await?)
    }

    async fn rotate(
        &self,
        old: IdHash,
        new: IdHash,
        record: &Record,
        version: u64,
        life: Life,
        limit: Limit,
    ) -> Result<Written, StoreError> {
        let (logins, envelope) = (Logins::of(record), Envelope::seal(new, record));
        let values: Values<'_> = &[
            (&&old.as_bytes()[..], Type::BYTEA),
            (&&new.as_bytes()[..], Type::BYTEA),
            (&envelope, Type::BYTEA),
            (&as_version(version), Type::INT8),
            (&logins.owners(), Type::BYTEA_ARRAY),
            (&logins.times(), Type::INT8_ARRAY),
            (&length(life), Type::INT8),
            (&most(limit.most), Type::INT8),
            (&refuses(limit), Type::BOOL),
        ];
        self.outcome(self.write(&self.say.rotate, values, answer).await?)
    }

    async fn touch(&self, id: IdHash, life: Life) -> Result<bool, StoreError> {
        let values: Values<'_> = &[(&&id.as_bytes()[..], Type::BYTEA), (&length(life), Type::INT8)];
        self.write(&self.say.touch, values, |row| column(row, 0)).await
    }

    async fn delete(&self, id: IdHash, _: Timestamp) -> Result<bool, StoreError> {
        let values: Values<'_> = &[(&&id.as_bytes()[..], Type::BYTEA)];
        let ended = self.write(&self.say.delete, values, |row| ids(row, 0)).await?;
        self.ended_here(&ended);
        Ok(!ended.is_empty())
    }

    async fn list(&self, owner: &Owner, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        let values: Values<'_> = &[(&&owner.as_bytes()[..], Type::BYTEA)];
        let read = |rows: Vec<Row>| {
            let mut entries = Vec::with_capacity(rows.len());
            for row in &rows {
                let id = id(column(row, 5)?)?;
                match record(id, column(row, 0)?, column(row, 4)?) {
                    Ok(Some(record)) => {
                        let life = life(now, column(row, 2)?, column(row, 3)?);
                        let listed = Listed { record, life };
                        entries.push(Entry { id, listed, version: version(column(row, 1)?) });
                    }
                    Ok(None) => {}
                    // To its visitor it is no session either. One bad row must not hide all others.
                    Err(StoreError::Corrupt) => {
                        tracing::error!(
                            "a session record cannot be decoded: it is on no list, and stays in the store"
                        );
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(entries)
        };
        self.database.call(Access::Reads, &self.say.list, values, read).await
    }

    async fn delete_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        _: Timestamp,
    ) -> Result<u64, StoreError> {
        let except = except.as_ref().map(|id| &id.as_bytes()[..]);
        let values: Values<'_> = &[(&&owner.as_bytes()[..], Type::BYTEA), (&except, Type::BYTEA)];
        let read = |row: &Row| Ok((version(column(row, 0)?), ids(row, 1)?));
        let (live, ended) = self.write(&self.say.delete_all, values, read).await?;
        self.ended_here(&ended);
        Ok(live)
    }

    async fn delete_all_and(&self, owner: &Owner, id: IdHash, _: Timestamp) -> Result<u64, StoreError> {
        let values: Values<'_> = &[(&&owner.as_bytes()[..], Type::BYTEA), (&&id.as_bytes()[..], Type::BYTEA)];
        let read = |row: &Row| Ok((version(column(row, 0)?), ids(row, 1)?, ids(row, 2)?));
        let (live, ended, here) = self.write(&self.say.delete_all_and, values, read).await?;
        self.ended_here(&ended);
        self.ended_here(&here);
        Ok(live + u64::from(!here.is_empty()))
    }

    fn ended(&self, id: IdHash) -> Option<BoxFuture<'static, ()>> {
        Some(self.watch.as_ref()?.ended(id))
    }

    async fn sweep(&self, _: Timestamp) -> Result<u64, StoreError> {
        self.sweep.some().await
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("PostgresStore");
        out.field("at", &self.at).field("schema", &self.schema).finish_non_exhaustive()
    }
}
