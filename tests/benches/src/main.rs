use passport_benches::{stacks, time};
use std::time::Duration;
fn main() {
    let subjects = stacks::all();
    for s in &subjects {
        let mut st = (s.make)();
        for r in s.routes {
            println!("{} {:?} {:?}", s.key, r, st.look(*r));
        }
    }
    let secs = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(20);
    let timed = time::measure(&subjects, Duration::from_secs(secs));
    let of = |k: &str, r| timed.iter().find(|t| t.key == k && t.route == r).map(|t| t.nanos);
    for s in &subjects {
        print!("{:24}", s.key);
        for r in s.routes {
            let t = of(s.key, *r).unwrap();
            let b = of(s.bare, *r).unwrap();
            print!(" {:8.1} (+{:7.1})", t, t - b);
        }
        println!();
    }
}
