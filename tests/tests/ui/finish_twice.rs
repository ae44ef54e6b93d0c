//! An adapter that ends a request twice, or asks it after its end.

use passport_core::Pending;

async fn twice(pending: Pending) {
    let _ = pending.finish().await;
    let _ = pending.finish().await;
}

async fn after(pending: Pending) {
    let _ = pending.finish().await;
    let _ = pending.session().get::<u32>("cart").await;
}

fn copied(pending: &Pending) -> Pending {
    pending.clone()
}

fn main() {}
