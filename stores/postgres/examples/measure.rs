//! Measures the store over a server of its own: `cargo run --release -p passport-store-postgres --example measure`.
//!
//! It needs PostgreSQL installed, some minutes and two gigabytes of disk. What it prints is in the README.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]

use std::{
    fmt::Write,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use passport_core::{Handle, Life, Record, Timestamp};
use passport_session::{Beyond, IdHash, Limit, Loaded, SessionStore, Written};
use passport_store_postgres::PostgresStore;
use passport_test_servers::Postgres;

struct Bench {
    server: Arc<Postgres>,
    name: String,
    store: Arc<PostgresStore>,
    next: u64,
}

fn life() -> Life {
    let seen = Timestamp::system();
    Life { seen, expires: seen.plus(Duration::from_secs(3600)) }
}

fn limit() -> Limit {
    Limit { most: NonZeroU32::new(100).unwrap(), beyond: Beyond::EndOldest }
}

fn login(user: u64) -> Record {
    let key = user.to_string();
    let data: [(&str, &[u8]); 1] = [("cart", &[b'x'; 100])];
    Record::sample(Handle::new([7; 16]), Timestamp::from_millis(1), &[("user", &key)], &data).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    let mut digits = String::new();
    for byte in bytes {
        write!(digits, "{byte:02x}").unwrap();
    }
    digits
}

/// Spread as hashes are.
fn id_of(number: u64) -> IdHash {
    let mut bytes = [0; 32];
    for (at, part) in bytes.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        let mixed = (number * 4 + at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        *part = (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9).to_be_bytes();
    }
    IdHash::from_bytes(bytes)
}

fn show(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |part: usize| took[(took.len() - 1) * part / 1000];
    let last = took[took.len() - 1];
    println!("{what:<44} median {:>9.3?}  99 % {:>9.3?}  longest {last:>9.3?}", at(500), at(990));
}

impl Bench {
    async fn new(server: &Arc<Postgres>) -> Self {
        let url = server.database();
        let name = url.rsplit('/').next().unwrap().to_owned();
        let store = Arc::new(PostgresStore::connect(&url).await.unwrap());
        Self { server: Arc::clone(server), name, store, next: 1 << 40 }
    }

    fn sql(&self, statement: &str) -> String {
        self.server.sql(&self.name, statement)
    }

    fn new_id(&mut self) -> IdHash {
        self.next += 1;
        id_of(self.next)
    }

    /// Sessions with a login each, as the store writes them, in bulk; ids are hashes of their numbers.
    fn fill(&self, from: u64, to: u64, left: i64) {
        let record = hex(login(1).as_bytes());
        self.sql(&format!(
            "INSERT INTO passport.sessions (id, record, version, seen, expires, due) \
             SELECT i, '\\x01'::bytea || substr(i, 1, 16) || '\\x{record}', nextval('passport.versions'), \
                 passport.clock(), passport.clock() + {left} + n % 1000, passport.clock() + {left} + n % 1000 \
             FROM (SELECT n, sha256(n::text::bytea) AS i FROM generate_series({from}, {to} - 1) AS n) AS new; \
             INSERT INTO passport.logins SELECT substr(sha256(n::text::bytea), 1, 16), sha256(n::text::bytea), 1 \
             FROM generate_series({from}, {to} - 1) AS n"
        ));
        self.sql("VACUUM ANALYZE passport.sessions; ");
        self.sql("VACUUM ANALYZE passport.logins");
        self.sql("CHECKPOINT");
    }

    fn some_ids(&self, of: u64, count: u64) -> Vec<IdHash> {
        let ids = self.sql(&format!(
            "SELECT encode(sha256((n * {} % {of})::text::bytea), 'hex') FROM generate_series(1, {count}) AS n",
            7_919
        ));
        let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        let id = |line: &str| {
            let bytes: Vec<u8> = line.as_bytes().as_chunks::<2>().0.iter().map(byte).collect();
            IdHash::from_bytes(bytes.try_into().unwrap())
        };
        ids.lines().map(id).collect()
    }

    async fn load(&self, id: IdHash) -> Duration {
        let begun = Instant::now();
        let came = self.store.load(id, Timestamp::system()).await.unwrap();
        let took = begun.elapsed();
        assert!(matches!(came, Loaded::Found { .. }));
        took
    }

    async fn writes(&mut self, size: &str) {
        let (mut created, mut updated, mut touched, mut rotated, mut deleted) =
            (vec![], vec![], vec![], vec![], vec![]);
        for user in 0..1_000 {
            let (a, b, record) = (self.new_id(), self.new_id(), login(user));
            let begun = Instant::now();
            let version = self.store.create(a, &record, life(), limit()).await.unwrap();
            created.push(begun.elapsed());
            let begun = Instant::now();
            let Written::Done(version) = self.store.update(a, &record, version, life()).await.unwrap() else {
                panic!()
            };
            updated.push(begun.elapsed());
            let begun = Instant::now();
            assert!(self.store.touch(a, life()).await.unwrap());
            touched.push(begun.elapsed());
            let begun = Instant::now();
            let moved = self.store.rotate(a, b, &record, version, life(), limit()).await.unwrap();
            assert!(matches!(moved, Written::Done(_)));
            rotated.push(begun.elapsed());
            let begun = Instant::now();
            assert!(self.store.delete(b, Timestamp::system()).await.unwrap());
            deleted.push(begun.elapsed());
        }
        show(&format!("create, {size}"), created);
        show(&format!("update, {size}"), updated);
        show(&format!("touch, {size}"), touched);
        show(&format!("rotate, {size}"), rotated);
        show(&format!("delete, {size}"), deleted);
    }

    /// What a visitor waits, with and without a sweep beside.
    async fn sweep(&mut self) {
        self.fill(2_000_000, 2_100_000, -3_600_000);
        for sweeps in [false, true] {
            let over = Arc::new(AtomicBool::new(false));
            let visitor = tokio::spawn(visit(Arc::clone(&self.store), self.new_id(), Arc::clone(&over)));
            let (begun, mut swept) = (Instant::now(), 0);
            let mut calls = vec![];
            if sweeps {
                loop {
                    let begun = Instant::now();
                    let went = self.store.sweep(Timestamp::system()).await.unwrap();
                    calls.push(begun.elapsed());
                    swept += went;
                    if went == 0 {
                        break;
                    }
                }
            } else {
                tokio::time::sleep(Duration::from_secs(10)).await;
            }
            over.store(true, Ordering::SeqCst);
            let (loads, updates) = visitor.await.unwrap();
            println!("{swept} swept in {:?}", begun.elapsed());
            let beside = if sweeps { "beside the sweep" } else { "alone" };
            show(&format!("load {beside}"), loads);
            show(&format!("update {beside}"), updates);
            if sweeps {
                show("one call of sweep", calls);
            }
        }
    }

    /// What it costs that somebody listens.
    async fn ends(&mut self) {
        let waited_for = self.new_id();
        self.store.create(waited_for, &login(1), life(), limit()).await.unwrap();
        for round in 0..4 {
            let waiting = (round % 2 == 1).then(|| tokio::spawn(self.store.ended(waited_for).unwrap()));
            let listens = if waiting.is_some() { "1" } else { "0" };
            while self.sql("SELECT count(*) FROM passport.listeners") != listens {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            let begun = Instant::now();
            let mut tasks = vec![];
            for task in 0..8 {
                let (store, first) = (Arc::clone(&self.store), self.next + 1 + task * 1_000);
                tasks.push(tokio::spawn(async move {
                    for at in first..first + 500 {
                        store.create(id_of(at), &login(at), life(), limit()).await.unwrap();
                        assert!(store.delete(id_of(at), Timestamp::system()).await.unwrap());
                    }
                }));
            }
            self.next += 8_000;
            for task in tasks {
                task.await.unwrap();
            }
            let rate = 4_000.0 / begun.elapsed().as_secs_f64();
            println!("eight at once, {listens} listening: {rate:.0} logins and logouts a second");
            if let Some(waiting) = waiting {
                waiting.abort();
            }
        }
    }
}

/// Loads and updates one session until it is over.
async fn visit(
    store: Arc<PostgresStore>,
    id: IdHash,
    over: Arc<AtomicBool>,
) -> (Vec<Duration>, Vec<Duration>) {
    let (record, mut loads, mut updates) = (login(1), vec![], vec![]);
    let mut version = store.create(id, &record, life(), limit()).await.unwrap();
    while !over.load(Ordering::SeqCst) {
        let begun = Instant::now();
        store.load(id, Timestamp::system()).await.unwrap();
        loads.push(begun.elapsed());
        let begun = Instant::now();
        let Written::Done(now) = store.update(id, &record, version, life()).await.unwrap() else { panic!() };
        version = now;
        updates.push(begun.elapsed());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    (loads, updates)
}

/// In turn, so that whatever else the machine does is in both.
async fn loads(small: &Bench, large: &Bench) {
    let (few, many) = (small.some_ids(1_000, 20_000), large.some_ids(1_000_000, 20_000));
    for round in 0..2 {
        let (mut of_few, mut of_many) = (vec![], vec![]);
        for (a, b) in few.iter().zip(&many) {
            of_few.push(small.load(*a).await);
            of_many.push(large.load(*b).await);
        }
        // The first round brings the pages into memory.
        if round == 1 {
            show("load, of a thousand", of_few);
            show("load, of a million", of_many);
        }
    }
}

#[tokio::main]
async fn main() {
    let settings = ["shared_buffers=1GB", "max_wal_size=4GB"];
    let Some(server) = Postgres::start_with(&settings).map(Arc::new) else { return };
    let (mut small, mut large) = (Bench::new(&server).await, Bench::new(&server).await);
    small.fill(0, 1_000, 86_400_000);
    let begun = Instant::now();
    large.fill(0, 1_000_000, 86_400_000);
    println!("filled with a million in {:?}", begun.elapsed());
    let sizes = "pg_total_relation_size('passport.sessions') + pg_total_relation_size('passport.logins')";
    println!("on disk: {}", large.sql(&format!("SELECT pg_size_pretty({sizes})")));
    loads(&small, &large).await;
    small.writes("of a thousand").await;
    large.writes("of a million").await;
    small.ends().await;
    large.sweep().await;
}
