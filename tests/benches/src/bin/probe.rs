use passport_cost::{drive::*, requests::*, stacks::*, users::*};
use std::{hint::black_box, time::Instant};
fn t(name: &str, mut f: impl FnMut()) {
    let mut best = u128::MAX;
    for _ in 0..300 {
        let s = Instant::now();
        for _ in 0..200 {
            f();
        }
        best = best.min(s.elapsed().as_nanos());
    }
    println!("{name:30} {:7.1}", best as f64 / 200.0);
}
fn main() {
    let users = Users::new(1000, 6, Ends::Epoch);
    let (routes, layer) = passport(&users, passport_session::MemoryStore::new());
    let mut p = Tower::logged_in(around(routes, &layer), 10);
    t("me one by one", || {
        drop(black_box(p.answer(Route::Me)));
    });
    t("public one by one", || {
        drop(black_box(p.answer(Route::Public)));
    });
    let mut b =
        Tower::logged_in(around(passport(&users, passport_session::MemoryStore::new()).0, &layer), 10);
    t("again me", || {
        drop(black_box(b.answer(Route::Me)));
    });
    let cookie = http::HeaderValue::from_static("a=b");
    t("request", || {
        drop(black_box(request(Route::Me, &cookie)));
    });
    for n in [1, 4, 8, 16, 32, 64] {
        let mut best = u128::MAX;
        for _ in 0..300 {
            p.prepare(Route::Me, n);
            let s = Instant::now();
            p.run();
            best = best.min(s.elapsed().as_nanos());
        }
        println!("batch {n}: {}", best as f64 / n as f64);
    }
}
