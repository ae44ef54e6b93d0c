//! How cost grows: with sessions, with their data, with the sessions of one user, with the cookies of a request.

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use axum_login::AuthSession;
use http::HeaderValue;
use passport_axum::{Auth, PassportLayer, Session};
use passport_core::Passport;
use passport_cost::{
    drive::{Stack, Tower},
    requests::Route,
    stacks::{around, bare, floor, passport},
    users::{Ends, User, Users},
};
use passport_session::{Beyond, MemoryStore, Sessions};

use crate::{
    stacks::{SHORT, axum_login as peer},
    time::interleave,
};

/// One question, and its answers.
pub struct Growth {
    pub title: &'static str,
    pub unit: &'static str,
    pub lines: Vec<Line>,
}

/// Nanoseconds added to the bare route, by size.
pub struct Line {
    pub name: &'static str,
    pub points: Vec<(f64, f64)>,
}

type Make = Box<dyn Fn(usize) -> Box<dyn Stack>>;

/// All of it, at about so long for each size.
pub fn measure(time: Duration) -> Vec<Growth> {
    let lines: Vec<(&'static str, Make, Route)> = vec![
        ("passport", Box::new(|count| sessions(count)), Route::Me),
        ("hand-written floor", Box::new(|count| floored(count)), Route::Me),
        ("axum-login", Box::new(|count| theirs(count)), Route::Me),
    ];
    let by_sessions =
        grow("me, by sessions in the store", "sessions", &[1, 100, 10_000, 1_000_000], lines, time);
    let lines: Vec<(&'static str, Make, Route)> = vec![
        ("passport", Box::new(|kilobytes| data(kilobytes)), Route::Me),
        ("axum-login", Box::new(|kilobytes| their_data(kilobytes)), Route::Me),
    ];
    let by_data =
        grow("reading one small key, by other data in the session", "KB", &[1, 4, 16, 63], lines, time);
    let lines: Vec<(&'static str, Make, Route)> = vec![
        ("me", Box::new(|count| one_user(count)), Route::Me),
        ("login, at the limit of sessions", Box::new(|count| one_user(count)), Route::Login),
    ];
    let by_user = grow("sessions of one user", "sessions", &[1, 10, 100, 1_000], lines, time);
    let lines: Vec<(&'static str, Make, Route)> = vec![
        ("passport, me", Box::new(|count| cookies(passported(100), count)), Route::Me),
        ("passport, public", Box::new(|count| cookies(passported(100), count)), Route::PublicCookie),
        ("axum-login, me", Box::new(|count| cookies(their_tower(100), count)), Route::Me),
    ];
    let by_cookies = grow("cookies in the request", "cookies", &[1, 10, 25, 50], lines, time);
    vec![by_sessions, by_data, by_user, by_cookies]
}

fn grow(
    title: &'static str,
    unit: &'static str,
    sizes: &[usize],
    lines: Vec<(&'static str, Make, Route)>,
    time: Duration,
) -> Growth {
    let mut all: Vec<Line> = lines.iter().map(|(name, ..)| Line { name, points: Vec::new() }).collect();
    for &size in sizes {
        let none = vec![HeaderValue::from_static(crate::stacks::COOKIE)];
        let mut stacks: Vec<Box<dyn Stack>> = vec![Box::new(Tower::new(bare(&users(1)), none))];
        stacks.extend(lines.iter().map(|(_, make, _)| make(size)));
        let own = lines.iter().enumerate().map(|(at, (.., route))| (at + 1, *route));
        let pairs: Vec<_> = own.chain(lines.iter().map(|(.., route)| (0, *route))).collect();
        let nanos = interleave(&mut stacks, &pairs, time);
        for (at, line) in all.iter_mut().enumerate() {
            line.points.push((size as f64, nanos[at] - nanos[at + lines.len()]));
        }
    }
    Growth { title, unit, lines: all }
}

fn users(count: usize) -> Users {
    Users::new(count, SHORT, Ends::Epoch)
}

type Tower0 = Tower<passport_cost::stacks::Passported>;

fn passported(count: usize) -> Tower0 {
    let (routes, layer) = passport(&users(count), MemoryStore::with_capacity(2_000_000));
    Tower::logged_in(around(routes, &layer), count)
}

fn sessions(count: usize) -> Box<dyn Stack> {
    Box::new(passported(count))
}

fn floored(count: usize) -> Box<dyn Stack> {
    let (routes, floor, cookies) = floor(&users(count), count);
    Box::new(Tower::new(around(routes, &floor), cookies))
}

fn their_tower(
    count: usize,
) -> Tower<
    impl tower_service::Service<http::Request<axum::body::Body>, Response = http::Response<axum::body::Body>>
    + Clone,
> {
    let (routes, layer) = peer::routes(&users(count));
    Tower::logged_in(around(routes, &layer), count)
}

fn theirs(count: usize) -> Box<dyn Stack> {
    Box::new(their_tower(count))
}

fn data(kilobytes: usize) -> Box<dyn Stack> {
    let users = users(100);
    let made = Passport::builder(users.clone(), Sessions::in_memory()).build().expect("settings that work");
    let routes = Router::new()
        .route(
            "/me",
            get(async |Session(session): Session| {
                session.get::<String>("small").await.ok().flatten().unwrap_or_default()
            }),
        )
        .route(
            "/login",
            post(move |State(users): State<Users>, auth: Auth<User>| async move {
                auth.session().insert("big", "x".repeat(kilobytes * 1000)).expect("it is gathered");
                auth.session().insert("small", "small").expect("it is gathered");
                auth.login(users.next()).await.expect("it is stored");
            }),
        );
    Box::new(Tower::logged_in(around(routes.with_state(users), &PassportLayer::new(made)), 10))
}

fn their_data(kilobytes: usize) -> Box<dyn Stack> {
    let (_, layer) = peer::routes(&users(100));
    let routes = Router::new()
        .route(
            "/me",
            get(async |session: tower_sessions::Session| {
                session.get::<String>("small").await.ok().flatten().unwrap_or_default()
            }),
        )
        .route(
            "/login",
            post(move |State(users): State<Users>, mut auth: AuthSession<peer::Backend>| async move {
                auth.login(&peer::Account(User::clone(&users.next()))).await.expect("it is stored");
                auth.session.insert("big", "x".repeat(kilobytes * 1000)).await.expect("it is gathered");
                auth.session.insert("small", "small").await.expect("it is gathered");
            }),
        );
    Box::new(Tower::logged_in(around(routes.with_state(users(100)), &layer), 10))
}

fn one_user(count: usize) -> Box<dyn Stack> {
    let most = u32::try_from(count).unwrap_or(u32::MAX);
    let sessions = Sessions::in_memory().limit(most, Beyond::EndOldest);
    let made = Passport::builder(users(1), sessions).build().expect("settings that work");
    let (routes, _) = passport(&users(1), MemoryStore::new());
    Box::new(Tower::logged_in(around(routes, &PassportLayer::new(made)), count))
}

fn cookies<S>(mut tower: Tower<S>, count: usize) -> Box<dyn Stack>
where
    S: tower_service::Service<http::Request<axum::body::Body>, Response = http::Response<axum::body::Body>>
        + Clone
        + 'static,
{
    let others: String = (1..count).map(|at| format!("preference{at}=some-value-{at:04}; ")).collect();
    tower.map_cookies(|own| {
        let own = own.to_str().expect("cookies are text");
        HeaderValue::try_from(format!("{others}{own}")).expect("text")
    });
    Box::new(tower)
}

impl Line {
    /// The slope in words: by each tenfold where the sizes span thousands, by each unit elsewhere.
    pub fn in_words(&self, unit: &str) -> String {
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return String::new();
        };
        let grown = last.1 - first.1;
        let (from, to) = (first.0, last.0);
        if to / from > 10_000.0 {
            let tenfolds = (to / from).log10();
            return format!(
                "{}: {:.0} to {:.0} ns, {:+.0} ns for each tenfold",
                self.name,
                first.1,
                last.1,
                grown / tenfolds
            );
        }
        let slope = grown / (to - from);
        format!("{}: {:.0} to {:.0} ns, {slope:+.1} ns for each of the {unit}", self.name, first.1, last.1)
    }
}
