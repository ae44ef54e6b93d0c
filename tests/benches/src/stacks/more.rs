//! Rows for stores that are not in this process, on servers that the run itself starts. Each builds passport around the
//! router over a store of its own.

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use passport_cost::{
    drive::{Stack, runtime},
    stacks::{around, bare, passport},
};
use passport_session::{IntoStore, MemoryStore};
use passport_store_postgres::PostgresStore;
use passport_store_redis::RedisStore;
use passport_store_sqlite::SqliteStore;
use passport_test_servers::{Postgres, Redis};
use redis::{Client, aio::MultiplexedConnection};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower_sessions_redis_store::{
    RedisStore as TheirStore,
    fred::prelude::{ClientLike, Config, Pool},
};

use super::{Waiting, axum_login, users};

/// How many requests are under way at a time: each row is measured with each.
pub const AT_A_TIME: [usize; 2] = [1, 32];

/// The servers, and a folder for a file: gone with this.
pub struct Servers {
    pub redis: Option<Redis>,
    pub postgres: Option<Postgres>,
    pub folder: TempDir,
}

/// A row of the tables.
pub struct Row {
    pub key: &'static str,
    pub name: &'static str,
    /// What it cannot do without.
    pub needs: &'static str,
    /// Builds it, for each number of requests at a time; `None`: its server is not installed.
    pub make: fn(&Servers) -> Option<Stacks>,
}

type Stacks = [Box<dyn Stack>; AT_A_TIME.len()];

/// All there is; the first is what the others' added cost is counted from.
pub static ROWS: [Row; 8] = [
    row("bare", "axum, bare", "", |_| {
        let stack = Waiting::new(bare(&users()), runtime());
        Some(AT_A_TIME.map(|count| stack.at_a_time(count)))
    }),
    row("memory", "**passport**, in memory", "", |_| Some(over(async || MemoryStore::new()))),
    row("redis", "**passport-store-redis**", "redis-server", |servers| {
        let url = servers.redis.as_ref()?.url();
        Some(over(async move || RedisStore::connect(url).await.expect("Redis")))
    }),
    row("redis-floor", "the same command by the same client, nothing else", "redis-server", |servers| {
        Some(floor(servers.redis.as_ref()?))
    }),
    row("login-redis", "axum-login, tower-sessions-redis-store", "redis-server", |servers| {
        Some(peer(servers.redis.as_ref()?, 6))
    }),
    row("login-redis-one", "the same, one connection", "redis-server", |servers| {
        Some(peer(servers.redis.as_ref()?, 1))
    }),
    row("sqlite", "**passport-store-sqlite**", "", |servers| {
        let path = servers.folder.path().join("sessions.db");
        Some(over(async move || SqliteStore::open(path).await.expect("a file")))
    }),
    row("postgres", "**passport-store-postgres**", "postgres", |servers| {
        let url = servers.postgres.as_ref()?.database();
        Some(over(async move || PostgresStore::connect(&url).await.expect("PostgreSQL")))
    }),
];

const fn row(
    key: &'static str,
    name: &'static str,
    needs: &'static str,
    make: fn(&Servers) -> Option<Stacks>,
) -> Row {
    Row { key, name, needs, make }
}

impl Servers {
    /// Starts those that are installed.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { redis: Redis::start(), postgres: Postgres::start(), folder }
    }
}

/// Passport over a store that connects on the runtime of its row.
fn over<S: IntoStore>(connect: impl AsyncFnOnce() -> S) -> Stacks {
    let runtime = runtime();
    let store = runtime.block_on(connect());
    let (routes, layer) = within(&runtime, || passport(&users(), store));
    let stack = Waiting::new(around(routes, &layer), runtime);
    AT_A_TIME.map(|count| stack.at_a_time(count))
}

/// What no store in Redis can be cheaper than with this client: `/me` reads a value, `/login` writes one.
fn floor(redis: &Redis) -> Stacks {
    let runtime = runtime();
    let client = Client::open(redis.url()).expect("an address");
    let connection = runtime.block_on(client.get_multiplexed_async_connection()).expect("Redis");
    let routes = Router::new()
        .route("/public", get(async || "ok"))
        .route("/me", get(me))
        .route("/login", post(login))
        .with_state::<()>(connection);
    let stack = Waiting::new(routes, runtime);
    AT_A_TIME.map(|count| stack.at_a_time(count))
}

async fn me(State(mut connection): State<MultiplexedConnection>) -> String {
    let value: Vec<u8> = redis::cmd("GET").arg("floor").query_async(&mut connection).await.expect("Redis");
    format!("user-{:07}", value.len())
}

async fn login(State(mut connection): State<MultiplexedConnection>) {
    // About as long as a session.
    let value = [7_u8; 200];
    let set = redis::cmd("SET").arg("floor").arg(value.as_slice()).arg("EX").arg(3600).to_owned();
    set.query_async::<()>(&mut connection).await.expect("Redis");
}

/// The peer, with a pool of so many connections: six in its own example.
fn peer(redis: &Redis, connections: usize) -> Stacks {
    let runtime = runtime();
    let pool = runtime.block_on(async {
        let config = Config::from_url(&redis.url()).expect("an address");
        let pool = Pool::new(config, None, None, None, connections).expect("a pool");
        let _connections = pool.connect();
        pool.wait_for_connect().await.expect("Redis");
        pool
    });
    let (routes, layer) = axum_login::routes_over(&users(), TheirStore::new(pool));
    let stack = Waiting::new(around(routes, &layer), runtime);
    AT_A_TIME.map(|count| stack.at_a_time(count))
}

/// Some settings start tasks.
fn within<T>(runtime: &Runtime, make: impl FnOnce() -> T) -> T {
    let _within = runtime.enter();
    make()
}
