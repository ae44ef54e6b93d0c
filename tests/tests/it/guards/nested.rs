//! A guard inside of a nested router.

use axum::{Router, body::Body, routing::get};
use http::{Request, header};
use passport_axum::{CurrentUser, GuardLayer, PassportLayer};
use passport_core::Passport;
use passport_session::Sessions;
use tower::ServiceExt;

async fn location(path: &str) -> String {
    let people = Passport::<u64>::of_ids(Sessions::in_memory()).login_page("/login").build().unwrap();
    let shop = Router::new()
        .route("/guarded", get(async || "for members").layer(GuardLayer::new(people.require_login())))
        .route("/extracted", get(async |user: CurrentUser<u64>| user.to_string()));
    let app = PassportLayer::new(people).around(Router::new().nest("/shop", shop));
    let answer = app.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    answer.headers()[header::LOCATION].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_nested_router_is_left_by_its_whole_address() {
    assert_eq!(location("/shop/guarded?a=b").await, "/login?return_to=%2Fshop%2Fguarded%3Fa%3Db");
    assert_eq!(location("/shop/extracted").await, "/login?return_to=%2Fshop%2Fextracted");
}
