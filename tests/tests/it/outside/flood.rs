//! More logins than the machine can hash.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use passport_tests::client::Visitor;

use super::site::{ALICE, Site, alone};

const FOREIGN: &[(&str, &str)] =
    &[("sec-fetch-site", "cross-site"), ("content-type", "application/x-www-form-urlencoded")];

/// The most memory that a process ever had, in KiB.
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(u64::MAX)
}

/// A permit for each core, 19 MiB for each permit, and 64 MiB for everything else.
fn bound() -> u64 {
    let permits = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    (permits * 19 + 64) * 1024
}

#[track_caller]
fn memory_is_bounded(site: &Site) {
    let peak = peak(site.process());
    println!("{}: at most {} MiB of {} MiB", site.framework, peak / 1024, bound() / 1024);
    assert!(peak < bound(), "{peak} KiB, where {} are allowed", bound());
}

/// The time that 99 of 100 requests to a route stay below.
fn p99(visitor: &mut Visitor, path: &str) -> Duration {
    let mut times: Vec<Duration> = (0..200)
        .map(|_| {
            let begun = Instant::now();
            visitor.get(path).is(200);
            begun.elapsed()
        })
        .collect();
    times.sort();
    times[197]
}

#[test]
fn five_hundred_logins_at_once_are_hashed_or_told_to_come_back() {
    alone(&[], |site| {
        // Not alice: her oldest session goes, with so many new ones.
        let mut bob = site.bob();
        let begun = Instant::now();
        let flood: Vec<_> = (0..500).map(|_| site.visitor().begin_post("/login", ALICE)).collect();
        let opened = begun.elapsed();

        // While the queue is full, what needs no hash is answered.
        let refused = site.visitor().post("/login", ALICE);
        assert!(matches!(refused.status, 200 | 503), "{refused}");
        site.visitor().send("POST", "/login", FOREIGN, ALICE).is_error(403);
        let endless = "x".repeat(2_048);
        site.visitor().post("/login", &format!("username=alice&password={endless}")).is_error(401);
        site.visitor().post("/login", &format!("username=nobody&password={endless}")).is_error(401);
        site.visitor()
            .post("/login", &format!("username=alice&password={}", "x".repeat(1 << 20)))
            .is_error(413);
        site.visitor().post("/login", "username=alice").is_error(400);
        let (public, me) = (p99(&mut bob, "/public"), p99(&mut bob, "/me"));
        println!("{}: p99 of /public {public:?}, of /me {me:?}", site.framework);
        // All hashes one after the other take longer, also on a machine that has other things to do.
        assert!(public < Duration::from_secs(3) && me < Duration::from_secs(3), "{public:?} {me:?}");

        let mut hashed = 0;
        let mut overflow = 0;
        for login in flood {
            let answer = site.visitor().finish(login);
            match answer.status {
                200 => hashed += 1,
                503 => {
                    let after = answer.header("retry-after").parse::<u64>();
                    assert!(after.is_ok_and(|seconds| (1..=60).contains(&seconds)), "{answer}");
                    answer.is_error(503).without_cookie();
                    overflow += 1;
                }
                _ => panic!("{answer}"),
            }
        }
        println!("{}: {hashed} hashed, {overflow} refused", site.framework);
        // Those who come one by one, because the machine lets this test wait, find room.
        assert!(
            overflow > 0 || opened > Duration::from_secs(2),
            "{hashed} hashed, {overflow} refused, {opened:?}"
        );
        // On a machine so busy that the deadline of a login comes first, those are refused too.
        assert!(
            hashed >= 256 || begun.elapsed() > Duration::from_secs(30),
            "{hashed} hashed, {overflow} refused"
        );
        memory_is_bounded(site);
        site.alice();
    });
}

#[test]
fn clients_that_hang_up_leave_no_hash_behind() {
    alone(&[], |site| {
        for _ in 0..2_000 {
            drop(site.visitor().begin_post("/login", ALICE));
        }
        site.visitor().get("/public").is(200);
        let begun = Instant::now();
        while site.visitor().post("/login", ALICE).status != 200 {
            assert!(begun.elapsed() < Duration::from_secs(60), "nobody can log in any more");
            thread::sleep(Duration::from_millis(200));
        }
        memory_is_bounded(site);
    });
}

#[test]
fn changing_passwords_waits_in_the_same_queue() {
    alone(&[], |site| {
        // Not alice: her oldest session goes, with so many new ones.
        let mut bob = site.bob();
        let flood: Vec<_> = (0..400).map(|_| site.visitor().begin_post("/login", ALICE)).collect();
        let change = r#"{"current":"wrong","new":"the new one"}"#;
        let answer = bob.post_json("/password", change).without_cookie();
        if answer.status == 503 {
            let after = answer.header("retry-after").parse::<u64>();
            assert!(after.is_ok_and(|seconds| seconds > 0), "{answer}");
        } else {
            answer.is_error(403);
        }
        drop(flood);
    });
}
