//! Measures the store: `cargo run --release -p passport-store-sqlite --example measure -- FOLDER SESSIONS`.
//!
//! Reading with a thousand and with a million sessions (or as many as it is told), writing with 1, 16 and 256 at once, and
//! what others notice while a tenth of them, expired, is swept.

use std::{
    error::Error,
    num::NonZeroU32,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use passport_core::{Clock, Handle, Life, Record, Timestamp};
use passport_session::{Beyond, FakeClock, IdHash, Limit, Loaded, SessionStore};
use passport_store_sqlite::{Builder, SqliteStore};

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

const LIMIT: Limit = Limit { most: NonZeroU32::MAX, beyond: Beyond::Refuse };
const HOUR: Duration = Duration::from_secs(3600);
const LOADS: u64 = 20_000;

/// As spread as hashes are.
fn id(number: u64) -> IdHash {
    let mut bytes = [0; 32];
    for (at, part) in (0..).zip(bytes.chunks_mut(8)) {
        let mut bits = (4 * number + at).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        part.copy_from_slice(&(bits ^ (bits >> 31)).to_le_bytes());
    }
    IdHash::from_bytes(bytes)
}

fn record(number: u64) -> Fallible<Record> {
    let key = format!("\"user {}\"", number / 2);
    let data: [(&str, &[u8]); 1] = [("cart", b"tea, milk, bread and some butter")];
    Ok(Record::sample(Handle::new([7; 16]), Timestamp::from_millis(1), &[("user", &key)], &data)?)
}

fn life(now: Timestamp) -> Life {
    Life { seen: now, expires: now.plus(HOUR) }
}

/// Creates these sessions, so many at once, and says how long that took.
async fn create(
    store: &Arc<SqliteStore>,
    clock: &FakeClock,
    from: u64,
    to: u64,
    at_once: u64,
) -> Fallible<()> {
    let began = Instant::now();
    let task = |first: u64| {
        let (store, clock) = (Arc::clone(store), clock.clone());
        tokio::spawn(async move {
            for number in (from + first..to).step_by(usize::try_from(at_once)?) {
                store.create(id(number), &record(number)?, life(clock.now()), LIMIT).await?;
            }
            Fallible::Ok(())
        })
    };
    let tasks: Vec<_> = (0..at_once).map(task).collect();
    for task in tasks {
        task.await??;
    }
    let took = began.elapsed();
    let each = took / u32::try_from(to - from)?;
    println!("create {:>8} sessions, {at_once:>3} at once: {took:.1?}, {each:.1?} each", to - from);
    Ok(())
}

/// Loads sessions one after another, as `/me` does.
async fn load(store: &SqliteStore, clock: &FakeClock, sessions: u64) -> Fallible<()> {
    let mut times = Vec::new();
    for number in 0..LOADS {
        let id = id(number.wrapping_mul(2_654_435_761) % sessions);
        let began = Instant::now();
        let loaded = store.load(id, clock.now()).await?;
        times.push(began.elapsed());
        if !matches!(loaded, Loaded::Found { .. }) {
            return Err("a session is missing".into());
        }
    }
    say(&format!("load 1 of {sessions:>8} sessions"), times);
    Ok(())
}

fn say(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 1000];
    println!(
        "{what}: median {:.1?}, 99 % {:.1?}, 99.9 % {:.1?}, longest {:.1?}",
        at(500),
        at(990),
        at(999),
        at(1000)
    );
}

/// A number that nobody else has.
fn id_of_its_own() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1 << 60);
    NEXT.fetch_add(1, Ordering::SeqCst)
}

/// What others notice while expired sessions go. `reads` loads, otherwise writes.
async fn meanwhile(
    store: Arc<SqliteStore>,
    now: Timestamp,
    over: Arc<AtomicBool>,
    reads: bool,
) -> Fallible<()> {
    let mut times = Vec::new();
    let number = id_of_its_own();
    let mut version = store.create(id(number), &record(number)?, life(now), LIMIT).await?;
    while !over.load(Ordering::SeqCst) {
        let began = Instant::now();
        if reads {
            store.load(id(number), now).await?;
        } else if let passport_session::Written::Done(next) =
            store.update(id(number), &record(number)?, version, life(now)).await?
        {
            version = next;
        }
        times.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let what = if reads { "  load" } else { "  update" };
    say(what, times);
    Ok(())
}

/// Two instances, as two processes are, write at the same time, sixteen at once each.
async fn two(builder: impl Fn() -> Builder, now: Timestamp) -> Fallible<()> {
    let began = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..2 {
        let store = Arc::new(builder().open().await?);
        for _ in 0..16 {
            let (store, number) = (Arc::clone(&store), id_of_its_own());
            tasks.push(tokio::spawn(async move {
                let mut times = Vec::new();
                store.create(id(number), &record(number)?, life(now), LIMIT).await?;
                while began.elapsed() < Duration::from_secs(5) {
                    let began = Instant::now();
                    store.touch(id(number), life(now)).await?;
                    times.push(began.elapsed());
                }
                Fallible::Ok(times)
            }));
        }
    }
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    let each = began.elapsed() / u32::try_from(times.len())?;
    say(&format!("touch in two processes, 16 at once in each, {each:.1?} each"), times);
    Ok(())
}

#[tokio::main]
async fn main() -> Fallible<()> {
    let folder = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let sessions: u64 = std::env::args().nth(2).map_or(Ok(1_000_000), |number| number.parse())?;
    let expired = sessions / 10;
    let path = folder.join("measure.db");
    for beside in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{beside}", path.display()));
    }
    let clock = FakeClock::new();
    let builder = || SqliteStore::builder(&path).clock(clock.clone()).deadline(Duration::from_secs(60));
    let store = Arc::new(builder().sweep_every(100 * HOUR).open().await?);
    create(&store, &clock, 0, 1_000, 1).await?;
    load(&store, &clock, 1_000).await?;
    create(&store, &clock, 1_000, 11_000, 16).await?;
    create(&store, &clock, 11_000, sessions, 256).await?;
    load(&store, &clock, sessions).await?;
    two(|| builder().sweep_every(100 * HOUR), clock.now()).await?;
    println!("the file has {} MB", std::fs::metadata(&path)?.len() / 1_000_000);

    clock.advance(2 * HOUR);
    let over = Arc::new(AtomicBool::new(false));
    let watch = |reads| tokio::spawn(meanwhile(Arc::clone(&store), clock.now(), Arc::clone(&over), reads));
    let over_first = Arc::new(AtomicBool::new(false));
    let watch_first =
        |reads| tokio::spawn(meanwhile(Arc::clone(&store), clock.now(), Arc::clone(&over_first), reads));
    let first = [watch_first(true), watch_first(false)];
    println!("without a sweep:");
    tokio::time::sleep(Duration::from_secs(10)).await;
    over_first.store(true, Ordering::SeqCst);
    for task in first {
        task.await??;
    }
    println!("during the sweep:");
    let watching = [watch(true), watch(false)];
    // Another instance, which sweeps as it does by itself.
    let sweeping = builder().sweep_every(Duration::from_secs(1)).open().await?;
    let (began, mut left) = (Instant::now(), sessions);
    let count = rusqlite::Connection::open(&path)?;
    count.busy_timeout(Duration::from_secs(60))?;
    while left > sessions - expired {
        tokio::time::sleep(Duration::from_millis(100)).await;
        left =
            u64::try_from(count.query_row("SELECT count(*) FROM sessions", [], |row| row.get::<_, i64>(0))?)?;
    }
    println!("by itself, in another process's way: {} went in {:.1?}", sessions - left, began.elapsed());
    drop(sweeping);
    let began = Instant::now();
    let mut swept = 0;
    while swept < expired {
        swept += store.sweep(clock.now()).await?;
    }
    println!("sweep on demand: {swept} went in {:.1?}", began.elapsed());
    over.store(true, Ordering::SeqCst);
    for task in watching {
        task.await??;
    }
    Ok(())
}
