//! What was confirmed is there after the process was killed.

use std::collections::HashMap;

use passport_core::Timestamp;

use crate::{
    database::Database,
    process::{LINES, Process, open},
    work::Line,
};

const ROUNDS: u32 = 10;

/// Numbers that look random and are the same each time.
fn scattered(round: u32) -> u32 {
    let mut bits = (round + 1).wrapping_mul(0x9e37_79b9);
    bits ^= bits >> 15;
    bits = bits.wrapping_mul(0x85eb_ca6b);
    bits ^ (bits >> 13)
}

#[tokio::test]
async fn what_was_confirmed_is_true_after_the_process_is_killed() {
    let database = Database::new();
    let mut all = HashMap::new();
    for round in 0..ROUNDS {
        let first = round * LINES;
        let mut process = Process::start(&database.path(), &format!("lines {first}"));
        let mut confirmed: HashMap<u32, u32> = (first..first + LINES).map(|line| (line, 0)).collect();
        let kill_after = 1 + scattered(round) % 250;
        let mut count = 0;
        while let Some(said) = process.said() {
            let (line, step) = said.split_once(' ').unwrap();
            let steps = confirmed.get_mut(&line.parse().unwrap()).unwrap();
            assert_eq!(*steps, step.parse::<u32>().unwrap());
            *steps += 1;
            count += 1;
            if count == kill_after {
                process.kill();
            }
        }
        assert!(count >= kill_after, "it ended by itself, after {count} steps");
        all.extend(confirmed);

        let store = open(&database.path()).await;
        let now = Timestamp::system();
        for (number, steps) in &mut all {
            // A step that was on its way may have been done, and then it stays.
            *steps = Line { number: *number }.check(&*store, *steps, now).await;
        }
        let db = database.directly();
        let whole: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(whole, "ok");
    }
}
