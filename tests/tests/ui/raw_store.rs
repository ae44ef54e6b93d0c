//! A store, where a passport wants sessions; something else, where sessions want a store.

use passport_core::Passport;
use passport_session::{MemoryStore, Sessions};

struct Database;

fn main() {
    let _ = Passport::<String>::of_ids(MemoryStore::new());
    let _ = Passport::<String>::of_ids(&MemoryStore::new());
    let _ = Sessions::over(Database);
    let _ = Sessions::over(Sessions::in_memory());
}
