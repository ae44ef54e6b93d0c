//! What a request costs the database, counted at the database.

use passport_tests::{client::Visitor, program::Program};

use super::{
    super::site::{ALICE, Site},
    database::Database,
};

/// What each kind of request may cost; `since` says what the server was asked since it was asked for that last.
fn costs(site: &Site, mut since: impl FnMut() -> Vec<String>) {
    let mut cost = |what: &str, most: usize, visitor: &mut Visitor, act: &dyn Fn(&mut Visitor)| {
        since();
        act(visitor);
        let asked = since();
        println!("{what}: {}", asked.len());
        assert!(asked.len() <= most, "{what} costs {asked:?}, {most} are allowed");
    };
    // What is done once for each connection is done.
    for _ in 0..3 {
        let mut alice = site.alice();
        alice.get("/me").is(200);
        alice.put("/notes/a", "b").is(204);
        alice.post("/login", ALICE).is(200);
        alice.post("/logout/everywhere", "").is(200);
        site.alice().post("/logout", "").is(204);
        site.alice().delete("/logout").is(200);
    }
    let mut alice = site.visitor();
    cost("a login without a session", 1, &mut alice, &|alice| {
        drop(alice.post("/login", ALICE).is(200));
    });
    cost("/public", 0, &mut alice, &|alice| drop(alice.get("/public").is(200)));
    cost("/me", 1, &mut alice, &|alice| drop(alice.get("/me").is(200)));
    cost("/me of nobody", 0, &mut site.visitor(), &|nobody| drop(nobody.get("/me").is_error(401)));
    cost("a login over a login", 2, &mut alice, &|alice| {
        drop(alice.post("/login", ALICE).is(200));
    });
    cost("auth.logout()", 2, &mut site.alice(), &|alice| drop(alice.post("/logout", "").is(204)));
    for _ in 0..10 {
        site.alice();
    }
    cost("logout everywhere", 2, &mut alice, &|alice| {
        drop(alice.post("/logout/everywhere", "").is(200));
    });
}

/// The program of the main example, whose logout names no realm and has no hooks.
fn costs_of_the_example(url: &str, mut since: impl FnMut() -> Vec<String>) {
    let example = Program::start("example-axum", &[("SESSIONS", url)]);
    for round in 0..2 {
        let mut alice = Visitor::new(&example.addr);
        alice.post("/login", ALICE).is(303);
        since();
        alice.post("/logout", "").is(303);
        let asked = since();
        // What is done once for each connection is done in the first round.
        assert!(round == 0 || asked.len() == 1, "req.logout() costs {asked:?}, 1 is allowed");
    }
}

#[test]
fn redis_is_asked_once_for_who_is_there() {
    let Some(database) = Database::redis() else { return };
    let (site, _) = database.pair();
    let Database::Redis(server) = &database else { unreachable!() };
    let mut monitor = server.monitor();
    costs(&site, || monitor.commands());
    costs_of_the_example(&database.url(), || monitor.commands());
}

#[test]
fn postgres_is_asked_once_for_who_is_there() {
    let Some(database) = Database::postgres_with(&["log_statement=all"]) else { return };
    let (site, _) = database.pair();
    let Database::Postgres { server, .. } = &database else { unreachable!() };
    let mut heard = 0;
    let mut since = || {
        let all = server.statements();
        let new = all[heard..].to_vec();
        heard = all.len();
        new
    };
    costs(&site, &mut since);
    costs_of_the_example(&database.url(), since);
}
