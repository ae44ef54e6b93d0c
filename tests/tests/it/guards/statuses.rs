//! What those get who did not get in.

use http::{HeaderValue, Method, StatusCode, header};
use passport_core::{Failure, Outcome};

use super::{
    says::{Says, basic, key, says},
    stage::{Reply, Stage, bare, get, post},
};

fn failing(failure: Failure) -> Says {
    says(move |_| Outcome::Fail(failure.clone()))
}

fn with(challenge: Option<&'static str>, status: Option<u16>) -> Says {
    let mut failure = Failure::new("no");
    if let Some(challenge) = challenge {
        failure = failure.challenge(HeaderValue::from_static(challenge));
    }
    if let Some(status) = status {
        failure = failure.status(StatusCode::from_u16(status).unwrap());
    }
    failing(failure)
}

async fn one(strategy: Says) -> Reply {
    let stage = Stage::with(strategy);
    stage.send(stage.guard(), bare(post("/"))).await
}

async fn all(strategies: [Says; 3]) -> Reply {
    let [a, b, c] = strategies;
    let stage = Stage::new(|builder| builder.strategy("a", a).strategy("b", b).strategy("c", c));
    let guard = stage.passport.authenticate(["a", "b", "c"]).unwrap();
    stage.send(guard, bare(post("/"))).await
}

#[tokio::test]
pub(crate) async fn a_failure_is_a_401_with_the_words_unauthorized_and_no_challenge() {
    let reply = one(with(None, None)).await;
    assert_eq!((reply.status, reply.body.as_str()), (StatusCode::UNAUTHORIZED, "Unauthorized"));
    assert!(reply.challenges().is_empty());
    assert!(reply.reached.is_none());
}

#[tokio::test]
pub(crate) async fn a_challenge_is_sent_with_the_401() {
    let reply = one(with(Some("MOCK challenge"), None)).await;
    assert_eq!((reply.status, reply.challenges()), (StatusCode::UNAUTHORIZED, vec!["MOCK challenge"]));
}

#[tokio::test]
pub(crate) async fn another_status_is_sent_without_the_challenge() {
    let reply = one(with(Some("MOCK challenge"), Some(403))).await;
    assert_eq!((reply.status, reply.body.as_str()), (StatusCode::FORBIDDEN, "Forbidden"));
    assert!(reply.challenges().is_empty());
}

#[tokio::test]
pub(crate) async fn a_strategy_chooses_its_status() {
    for (status, words) in [(400, "Bad Request"), (402, "Payment Required")] {
        let reply = one(with(None, Some(status))).await;
        assert_eq!((reply.status.as_u16(), reply.body.as_str()), (status, words));
        assert!(reply.challenges().is_empty());
    }
}

#[tokio::test]
pub(crate) async fn several_challenges_are_sent_in_the_order_of_the_strategies() {
    let reply = all([with(Some("Basic"), None), with(None, None), with(Some("Digest"), None)]).await;
    assert_eq!((reply.status, reply.challenges()), (StatusCode::UNAUTHORIZED, vec!["Basic", "Digest"]));
}

#[tokio::test]
pub(crate) async fn the_first_status_that_was_chosen_wins_and_suppresses_the_challenges() {
    let reply =
        all([with(Some("Basic"), None), with(None, Some(400)), with(Some("Bearer"), Some(403))]).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert!(reply.challenges().is_empty());
}

#[tokio::test]
pub(crate) async fn every_specific_status_is_that_of_the_first() {
    let reply = all([
        with(Some("BASIC challenge"), Some(400)),
        with(None, Some(402)),
        with(Some("BEARER challenge"), Some(403)),
    ])
    .await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
pub(crate) async fn a_list_of_one_is_as_good_as_its_name() {
    let stage = Stage::with(with(Some("Basic"), None));
    for guard in [stage.passport.authenticate("it"), stage.passport.authenticate(["it"])] {
        let reply = stage.send(guard.unwrap(), bare(post("/"))).await;
        assert_eq!((reply.status, reply.challenges()), (StatusCode::UNAUTHORIZED, vec!["Basic"]));
    }
}

#[tokio::test]
pub(crate) async fn who_presented_nothing_is_told_what_would_be_accepted() {
    let stage =
        Stage::new(|builder| builder.strategy("basic", basic()).strategy("key", key().challenge("Key")));
    let guard = stage.passport.authenticate(["basic", "key"]).unwrap();
    let reply = stage.send(guard, bare(get("/"))).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert_eq!(reply.challenges(), ["Basic realm=\"all\"", "Key"]);
}

#[tokio::test]
async fn a_busy_strategy_says_when_to_try_again() {
    let failure = Failure::new("Try again later.").status(StatusCode::SERVICE_UNAVAILABLE);
    let reply = one(failing(failure.retry_after(std::time::Duration::from_millis(1_500)))).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(reply.header(header::RETRY_AFTER), Some("2"));
}

#[tokio::test]
pub(crate) async fn a_guard_treats_every_method_alike() {
    let stage = Stage::with(with(Some("Basic"), None));
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::POST, Method::DELETE] {
        let req = bare(http::Request::builder().method(&method).uri("/").header(header::HOST, "example.com"));
        let reply = stage.send(stage.guard(), req).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{method}");
        assert!(reply.reached.is_none(), "{method}");
    }
}

#[tokio::test]
pub(crate) async fn a_program_gets_the_reason_as_a_problem_document_and_a_browser_words() {
    let stage = Stage::with(failing(Failure::new("Wrong username or password.")));
    let json = stage.send(stage.guard(), bare(post("/").header(header::ACCEPT, "application/json"))).await;
    let problem = json.json();
    assert_eq!((&problem["status"], &problem["title"]), (&401.into(), &"Unauthorized".into()));
    assert_eq!(problem["detail"], "Wrong username or password.");
    for accept in ["*/*", "text/html", "text/html, application/json;q=0.9"] {
        let page = stage.send(stage.guard(), bare(post("/").header(header::ACCEPT, accept))).await;
        assert_eq!(page.header(header::CONTENT_TYPE), Some("text/plain; charset=utf-8"), "{accept}");
        assert_eq!(page.body, "Unauthorized", "{accept}");
    }
}

#[tokio::test]
pub(crate) async fn of_several_failures_the_first_one_says_why() {
    let stage = Stage::new(|builder| {
        builder
            .strategy("a", failing(Failure::new("The first reason.")))
            .strategy("b", failing(Failure::new("The second reason.")))
    });
    let guard = stage.passport.authenticate(["a", "b"]).unwrap();
    let reply = stage.send(guard, bare(post("/").header(header::ACCEPT, "application/json"))).await;
    assert_eq!(reply.json()["detail"], "The first reason.");
}

#[tokio::test]
pub(crate) async fn an_application_renders_refusals_its_own_way() {
    let stage = Stage::new(|builder| {
        let failure = Failure::new("Wrong.").challenge(HeaderValue::from_static("Basic"));
        builder.strategy("it", failing(failure)).render_refusals(|refusal, json| {
            let detail = refusal.detail.as_deref().unwrap_or_default();
            let mut response = http::Response::new(format!("{} {detail} {json}", refusal.status).into());
            *response.status_mut() = refusal.status;
            for challenge in &refusal.challenges {
                response.headers_mut().append("x-challenge", challenge.clone());
            }
            response
        })
    });
    let reply = stage.send(stage.guard(), bare(post("/").header(header::ACCEPT, "application/json"))).await;
    assert_eq!(reply.body, "401 Unauthorized Wrong. true");
    assert_eq!(reply.headers["x-challenge"], "Basic");
    let foreign = post("/").header("sec-fetch-site", "cross-site");
    let reply = stage.send(stage.guard(), bare(foreign)).await;
    assert!(reply.body.starts_with("403 Forbidden"), "errors are rendered alike: {}", reply.body);
}
