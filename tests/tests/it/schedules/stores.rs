//! Stores under schedules by chance: the one in memory, and the broken ones, which have to fail.

use std::sync::Arc;

use passport_session::MemoryStore;

use super::{
    broken,
    explore::MakeStore,
    random::{Time, play},
};

/// How many schedules a store has to stand.
const SEEDS: u64 = 1_000;

#[tokio::test]
async fn the_store_in_memory_stands_schedules_by_chance() {
    for time in [Time::OfTheCaller, Time::OfTheStore] {
        let tally = play("in memory", SEEDS / 2, time, |_| async {
            let store = Arc::new(MemoryStore::with_capacity(1_000));
            [store.clone() as _, store as _]
        });
        println!("in memory, by chance: {:?}", tally.await.unwrap_or_else(|violation| panic!("{violation}")));
    }
}

async fn caught(what: &str, store: MakeStore) {
    let played = play(what, SEEDS, Time::OfTheCaller, |world| {
        let store = store(&world.board);
        async move { [Arc::clone(&store), store] }
    });
    let violation = played.await.err();
    println!("{}", violation.unwrap_or_else(|| panic!("{what}: no schedule broke a rule")));
}

#[tokio::test]
async fn chance_finds_an_update_that_inserts() {
    caught("an update that inserts", broken::update_inserts).await;
}

#[tokio::test]
async fn chance_finds_a_rotation_in_two_steps() {
    caught("a rotation in two steps", broken::rotate_in_steps).await;
}

#[tokio::test]
async fn chance_finds_writes_of_whole_records() {
    caught("writes of whole records", broken::whole_records).await;
}
