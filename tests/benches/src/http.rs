//! Over HTTP: servers with one thread on one core, wrk on another, all interleaved.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use axum::body::Body;
use http::{Request, Response};
use passport_cost::{
    drive::cookie_of,
    requests::{HEADERS, Route, request},
    stacks::{around, bare, passport},
    users::{Ends, Users},
};
use passport_session::MemoryStore;
use tower_service::Service;

use crate::stacks::{SHORT, axum_login};

/// What is asked of which server.
pub const ASKED: [(&str, Route); 6] = [
    ("axum", Route::Me),
    ("passport", Route::Public),
    ("passport", Route::PublicCookie),
    ("passport", Route::Me),
    ("axum-login", Route::Public),
    ("axum-login", Route::Me),
];
const RUNS: usize = 10;

/// Requests a second: the median of ten interleaved runs of each. `None`: wrk is not installed.
pub fn measure() -> Option<Vec<(&'static str, Route, f64)>> {
    Command::new("wrk").arg("-v").output().ok()?;
    let servers = ["axum", "passport", "axum-login"].map(Server::start);
    let mut all = vec![Vec::new(); ASKED.len()];
    for _ in 0..RUNS {
        for (&(key, route), rates) in ASKED.iter().zip(&mut all) {
            let server = servers.iter().find(|server| server.key == key)?;
            rates.push(server.ask(route)?);
        }
    }
    let median = |mut rates: Vec<f64>| {
        rates.sort_by(f64::total_cmp);
        f64::midpoint(rates[(RUNS - 1) / 2], rates[RUNS / 2])
    };
    Some(ASKED.into_iter().zip(all).map(|((key, route), rates)| (key, route, median(rates))).collect())
}

struct Server {
    key: &'static str,
    process: Child,
    address: String,
    cookie: String,
}

impl Server {
    fn start(key: &'static str) -> Self {
        let this = env::current_exe().expect("this program has a path");
        let mut process = Command::new("taskset")
            .args(["-c", "0"])
            .arg(this)
            .args(["serve", key])
            .stdout(Stdio::piped())
            .spawn()
            .expect("`taskset` of util-linux");
        let mut lines = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        let mut line = || lines.next().expect("the server has started").expect("it speaks text");
        let (address, cookie) = (line(), line());
        Self { key, process, address, cookie }
    }

    fn ask(&self, route: Route) -> Option<f64> {
        let mut wrk = Command::new("taskset");
        wrk.args(["-c", "1", "wrk", "-t1", "-c32", "-d2s"]);
        for (name, value) in HEADERS.iter().filter(|(name, _)| *name != "host") {
            wrk.arg("-H").arg(format!("{name}: {value}"));
        }
        if route.has_cookie() {
            wrk.arg("-H").arg(format!("cookie: {}", self.cookie));
        }
        let output = wrk.arg(format!("http://{}{}", self.address, route.path())).output().ok()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!said.contains("Non-2xx"), "{} answers {} with an error", self.key, route.path());
        said.lines().find_map(|line| line.strip_prefix("Requests/sec:"))?.trim().parse().ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves one of them, until it is killed; prints its address and a cookie first.
pub fn serve(key: &str) {
    // As in process: ours end with an epoch, the peer's with a hash of their password.
    let users = |ends| Users::new(1_000, SHORT, ends);
    match key {
        "passport" => {
            let (routes, layer) = passport(&users(Ends::Epoch), MemoryStore::new());
            listen(around(routes, &layer));
        }
        "axum-login" => {
            let (routes, layer) = axum_login::routes(&users(Ends::Hash));
            listen(around(routes, &layer));
        }
        _ => listen(bare(&users(Ends::Hash))),
    }
}

fn listen<S>(mut service: S)
where
    S: Service<Request<Body>, Response = Response<Body>, Error = std::convert::Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let none = http::HeaderValue::from_static("none");
        let Ok(answer) = service.call(request(Route::Login, &none)).await;
        let cookie =
            cookie_of(&answer).unwrap_or_else(|| http::HeaderValue::from_static(super::stacks::COOKIE));
        println!("{}\n{}", listener.local_addr().expect("its address"), cookie.to_str().expect("text"));
        axum::serve(listener, Shared(service)).await.expect("it serves");
    });
}

/// `axum::serve` makes a service for each connection: a clone, as a router does.
#[derive(Clone)]
struct Shared<S>(S);

impl<S: Clone, T> Service<T> for Shared<S> {
    type Response = S;
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<S, Self::Error>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: T) -> Self::Future {
        std::future::ready(Ok(self.0.clone()))
    }
}
