//! How a store is opened.

use std::{fmt, future::Future, str::FromStr, time::Duration};

use tokio_postgres::{
    Client, Config, Error,
    config::{Host, TargetSessionAttrs},
};

use crate::{
    ConnectError, PostgresStore,
    call::Database,
    connection::{Connector, Pool},
    error::chain,
    schema::{MigrateError, Schema, migrate},
    transport::Transport,
    watch::Watch,
};

const POOL: usize = 10;
const DEADLINE: Duration = Duration::from_secs(2);
/// The longest deadline: the server takes no longer one for a statement, 24 days.
const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// How long the first connection may take.
const CONNECTING: Duration = Duration::from_secs(10);
/// How long opening may take: another server may be changing the schema meanwhile.
const OPENING: Duration = Duration::from_secs(60);
/// After how long without a word a connection is tried.
const KEEPALIVE: Duration = Duration::from_secs(60);
/// `server_version_num` of PostgreSQL 12.
const OLDEST: u32 = 120_000;

/// Says how a [`PostgresStore`] connects. From [`PostgresStore::builder`].
#[must_use = "nothing is opened before `connect`"]
pub struct Builder {
    url: String,
    schema: String,
    pool: usize,
    deadline: Duration,
    sweep_every: Duration,
    listens: bool,
    transport: Transport,
}

impl Builder {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            schema: "passport".to_owned(),
            pool: POOL,
            deadline: DEADLINE,
            sweep_every: SWEEP_EVERY,
            listens: true,
            transport: Transport::Plain,
        }
    }

    /// Keeps everything in this schema of the database instead of `passport`. It is created if it is not there.
    pub fn schema(self, name: &str) -> Self {
        Self { schema: name.to_owned(), ..self }
    }

    /// Opens up to this many connections instead of 10, and one more while somebody waits for a session to end.
    pub fn pool(self, connections: usize) -> Self {
        Self { pool: connections, ..self }
    }

    /// Gives an operation this long instead of 2 seconds. The wait for a free connection counts. The server gives a
    /// statement up after as long.
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline: deadline.min(LONGEST), ..self }
    }

    /// Looks this often for what has expired, instead of every 60 seconds. Each process does, and none is in another's way.
    pub fn sweep_every(self, interval: Duration) -> Self {
        Self { sweep_every: interval, ..self }
    }

    /// Does not listen for sessions that end elsewhere: whoever waits for an end then asks once a second. For poolers that
    /// lend out a connection for one transaction, such as `PgBouncer` in transaction mode: nothing can be heard through one.
    pub fn without_listening(self) -> Self {
        Self { listens: false, ..self }
    }

    /// Encrypts every connection, with these roots and this cryptography. The server's certificate has to be for the host
    /// in the address. A server that does not encrypt is refused.
    #[cfg(feature = "tls")]
    pub fn tls(self, config: std::sync::Arc<rustls::ClientConfig>) -> Self {
        Self { transport: Transport::Encrypted(crate::tls::MakeTls::new(config)), ..self }
    }

    /// Connects, and creates or updates the schema.
    ///
    /// # Errors
    ///
    /// [`ConnectError`]: a sentence that says what failed, and where.
    pub async fn connect(self) -> Result<PostgresStore, ConnectError> {
        let schema = Schema::new(&self.schema).map_err(|_| ConnectError::Schema(self.schema.clone()))?;
        if self.pool == 0 {
            return Err(ConnectError::Zero("pool"));
        }
        if self.deadline.is_zero() {
            return Err(ConnectError::Zero("deadline"));
        }
        if self.sweep_every.is_zero() {
            return Err(ConnectError::Zero("sweep_every"));
        }
        let config = self.config()?;
        let at = place(&config);
        let connector = Connector {
            config: with_settings(config.clone(), Some(self.deadline)),
            transport: self.transport.clone(),
            deadline: self.deadline,
        };
        // Another server's step may take longer than any session's statement should.
        let patient = Connector { config: with_settings(config, None), ..connector.clone() };
        in_time(OPENING, &at, Box::pin(prepare(&patient, &schema, &at))).await?;
        let building = Pool::builder(connector.clone()).max_size(self.pool).build();
        let pool = building.map_err(|error| unreachable_at(&at, error.to_string(), error))?;
        let database = Database { pool, deadline: self.deadline };
        let watch = self.listens.then(|| Watch::new(connector, &schema));
        Ok(PostgresStore::new(database, &schema, watch, at, self.sweep_every))
    }

    fn config(&self) -> Result<Config, ConnectError> {
        if !self.url.starts_with("postgres://") && !self.url.starts_with("postgresql://") {
            return Err(ConnectError::Address);
        }
        let mut config = Config::from_str(&self.url).map_err(|_| ConnectError::Address)?;
        // Of several hosts, the primary; of one, an error that says so.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        // The system's two hours are longer than firewalls remember a connection.
        config.keepalives_idle(config.get_keepalives_idle().min(KEEPALIVE));
        if config.get_application_name().is_none() {
            config.application_name("passport");
        }
        #[cfg(feature = "tls")]
        if matches!(self.transport, Transport::Encrypted(_)) {
            config.ssl_mode(tokio_postgres::config::SslMode::Require);
        }
        Ok(config)
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Builder");
        out.field("schema", &self.schema).field("pool", &self.pool).field("deadline", &self.deadline);
        out.field("sweep_every", &self.sweep_every);
        out.finish_non_exhaustive()
    }
}

/// What every connection begins with. As startup options: they cost no round trip, and a pooler either takes them or
/// refuses, instead of handing them on to others.
fn with_settings(mut config: Config, statement: Option<Duration>) -> Config {
    let timeout = statement.map_or(0, |time| time.as_millis().max(1));
    let own = format!(
        "-c statement_timeout={timeout} -c default_transaction_isolation=read\\ committed -c search_path=pg_catalog \
         -c jit=off"
    );
    let options = config.get_options().map(|theirs| format!("{theirs} {own}"));
    config.options(options.unwrap_or(own));
    config
}

async fn prepare(connector: &Connector, schema: &Schema, at: &str) -> Result<(), ConnectError> {
    let connecting =
        async { connector.connect(None).await.map_err(|error| unreachable_at(at, chain(&error), error)) };
    let mut connection = in_time(CONNECTING, at, connecting).await?;
    check(&connection.client, at).await?;
    let schema_name = || schema.name().to_owned();
    migrate(&mut connection.client, schema).await.map_err(|error| match error {
        MigrateError::TooNew { found, known } => {
            ConnectError::SchemaTooNew { at: at.to_owned(), schema: schema_name(), found, known }
        }
        MigrateError::NotOurs => {
            let why = "its table schema_version is empty, so it is not this store's".to_owned();
            ConnectError::Migration {
                at: at.to_owned(),
                schema: schema_name(),
                source: why.clone().into(),
                why,
            }
        }
        MigrateError::Failed(error) => {
            let (at, schema, why) = (at.to_owned(), schema_name(), chain(&error));
            ConnectError::Migration { at, schema, why, source: error.into() }
        }
    })
}

/// Whether the server is new enough, and whether it keeps what it confirms.
async fn check(client: &Client, at: &str) -> Result<(), ConnectError> {
    let asked = client
        .query_one("SELECT current_setting('server_version_num'), current_setting('fsync')", &[])
        .await
        .and_then(|row| Ok((row.try_get::<_, String>(0)?, row.try_get::<_, String>(1)?)));
    let (version, fsync) = asked.map_err(|error: Error| unreachable_at(at, chain(&error), error))?;
    if version.parse::<u32>().is_ok_and(|version| version < OLDEST) {
        return Err(ConnectError::TooOld { at: at.to_owned(), version });
    }
    if fsync == "off" {
        tracing::warn!(
            at,
            "PostgreSQL runs with fsync=off: after a crash of its machine, sessions that have ended may live again"
        );
    }
    Ok(())
}

async fn in_time<T>(
    time: Duration,
    at: &str,
    work: impl Future<Output = Result<T, ConnectError>>,
) -> Result<T, ConnectError> {
    let late = || ConnectError::TimedOut { at: at.to_owned() };
    tokio::time::timeout(time, work).await.unwrap_or_else(|_| Err(late()))
}

fn unreachable_at(
    at: &str,
    why: String,
    error: impl std::error::Error + Send + Sync + 'static,
) -> ConnectError {
    ConnectError::Unreachable { at: at.to_owned(), why, source: error.into() }
}

/// Where a database is, without anything secret.
fn place(config: &Config) -> String {
    let ports = config.get_ports();
    let hosts = config.get_hosts().iter().enumerate().map(|(at, host)| {
        let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
        match host {
            Host::Tcp(name) => format!("{name}:{port}"),
            #[cfg(unix)]
            Host::Unix(folder) => format!("{}:{port}", folder.display()),
        }
    });
    let hosts: Vec<_> = hosts.collect();
    let database = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("{}/{database} as {}", hosts.join(","), config.get_user().unwrap_or_default())
}
