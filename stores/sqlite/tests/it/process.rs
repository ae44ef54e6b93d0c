//! Other processes: this very program, told to do something else.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use passport_core::Timestamp;
use passport_session::SessionStore;
use passport_store_sqlite::SqliteStore;

use crate::{database::Database, race, work::Line};

const TOLD: &str = "PASSPORT_STORE_SQLITE_PROCESS";
const DATABASE: &str = "PASSPORT_STORE_SQLITE_DATABASE";

/// How many lines of sessions are worked on at once.
pub(crate) const LINES: u32 = 8;

/// A process that says in lines what was confirmed to it.
pub(crate) struct Process {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Process {
    /// Begins one: `lines FIRST` or `counts`.
    pub(crate) fn start(database: &Path, told: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "process::another_process_does_as_it_is_told", "--nocapture"]);
        command.env(TOLD, told).env(DATABASE, database).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// The next thing that was confirmed to it; `None` when it has ended.
    pub(crate) fn said(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            // A line that was cut off by its end says nothing.
            if self.lines.read_line(&mut line).unwrap() == 0 || !line.ends_with('\n') {
                return None;
            }
            if let Some(said) = line.trim_end().strip_prefix("did ") {
                return Some(said.to_owned());
            }
        }
    }

    /// SIGKILL, at once.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    pub(crate) fn ends_well(mut self) {
        while self.said().is_some() {}
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Not by `println!`, which a test keeps to itself; in one piece, so that lines do not mix.
pub(crate) fn say(what: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("did {what}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

pub(crate) async fn open(path: &Path) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::builder(path).deadline(Duration::from_secs(60)).open().await.unwrap())
}

/// Told nothing, it does a little of both and looks at what came of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_does_as_it_is_told() {
    let Ok(told) = std::env::var(TOLD) else {
        let database = Database::new();
        let store = open(&database.path()).await;
        let line = Line { number: 1 };
        for step in 0..20 {
            line.step(&*store, step, Timestamp::system()).await;
            assert_eq!(line.check(&*store, step + 1, Timestamp::system()).await, step + 1);
        }
        race::count(&*store, 3).await;
        assert_eq!(race::counted(&*store).await, 3);
        return;
    };
    let store = open(Path::new(&std::env::var_os(DATABASE).unwrap())).await;
    match told.split_once(' ') {
        Some(("lines", first)) => work_on(store, first.parse().unwrap()).await,
        _ => race::count(&*store, race::EACH).await,
    }
}

/// Works until it is killed.
async fn work_on(store: Arc<SqliteStore>, first: u32) {
    let work = |number| {
        let store: Arc<dyn SessionStore> = store.clone();
        tokio::spawn(async move {
            for step in 0.. {
                Line { number }.step(&*store, step, Timestamp::system()).await;
                say(&format!("{number} {step}"));
            }
        })
    };
    let lines: Vec<_> = (first..first + LINES).map(work).collect();
    for line in lines {
        line.await.unwrap();
    }
}
