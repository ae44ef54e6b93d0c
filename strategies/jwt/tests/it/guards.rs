//! What a guard answers.

use std::ops::ControlFlow;

use bytes::Bytes;
use http::{Request, header};
use passport_core::{Guard, Outcome};
use passport_jwt::Jwt;

use crate::stage::{Customer, Stage, outcome};

/// The status and the challenges.
async fn answer(stage: &Stage, req: Request<Bytes>) -> (u16, String) {
    match stage.shop.authenticate("jwt").unwrap().run(&req).await {
        ControlFlow::Continue(()) => (200, String::new()),
        ControlFlow::Break(answer) => {
            let all = answer.headers().get_all(header::WWW_AUTHENTICATE).iter();
            let all: Vec<_> = all.map(|challenge| challenge.to_str().unwrap()).collect();
            (answer.status().as_u16(), all.join(" | "))
        }
    }
}

#[tokio::test]
async fn a_guard_refuses_with_a_challenge_that_says_what_was_wrong() {
    let stage = Stage::new();
    let (pair, admin) = (stage.pair("alice").await, stage.office_pair("alice").await);
    let of = |token: &str| Stage::begin(&stage.shop, token).1;
    assert_eq!(answer(&stage, of(pair.access())).await, (200, String::new()));
    let nothing = (401, "Bearer".to_owned());
    assert_eq!(answer(&stage, of("")).await, nothing);
    assert_eq!(answer(&stage, of(admin.access())).await, nothing, "another realm's: nobody");
    let invalid = r#"Bearer error="invalid_token", error_description="Invalid token""#;
    assert_eq!(answer(&stage, of("garbage")).await, (401, invalid.to_owned()));
    stage.clock.advance(crate::stage::HOUR);
    let expired = r#"Bearer error="invalid_token", error_description="Token has expired""#;
    assert_eq!(answer(&stage, of(pair.access())).await, (401, expired.to_owned()));
}

#[tokio::test]
async fn a_token_anywhere_but_in_its_header_is_not_looked_at() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    let token = pair.access();
    let strategy = Jwt::<Customer>::new(&stage.rules);
    let request = || Request::builder().method("POST");
    for req in [
        request().uri(format!("/?access_token={token}&jwt={token}&token={token}")).body(Bytes::new()),
        request()
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(format!("access_token={token}"))),
        request().header(header::COOKIE, format!("token={token}; jwt={token}")).body(Bytes::new()),
        request().header("x-authorization", format!("Bearer {token}")).body(Bytes::new()),
        request().header(header::PROXY_AUTHORIZATION, format!("Bearer {token}")).body(Bytes::new()),
        request().header(header::AUTHORIZATION, format!("Token {token}")).body(Bytes::new()),
        request().header(header::AUTHORIZATION, token.to_owned()).body(Bytes::new()),
    ] {
        assert!(matches!(outcome(&strategy, &req.unwrap()).await, Outcome::Pass));
    }
}

#[tokio::test]
async fn two_authorization_headers_are_refused_also_if_both_are_right() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    let right = format!("Bearer {}", pair.access());
    for other in [right.as_str(), "Basic YWxpY2U6eA==", "Bearer x"] {
        for turned in [false, true] {
            let (_pending, mut req) = Stage::begin(&stage.shop, "");
            let mut values = [right.as_str(), other];
            if turned {
                values.reverse();
            }
            for value in values {
                req.headers_mut().append(header::AUTHORIZATION, value.parse().unwrap());
            }
            assert_eq!(answer(&stage, req).await.0, 400, "{other}");
        }
    }
}
