//! What is shown of secrets: nothing.

use crate::stage::{ACCESS, REFRESH, Stage};

#[tokio::test]
async fn neither_a_secret_nor_a_token_is_shown_by_debug() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    let strategy =
        passport_jwt::Jwt::<crate::stage::Customer>::new(&stage.rules).ask_the_store(&stage.families);
    let shown = format!("{:?} {:?} {:?} {:?}", stage.rules, stage.tokens, pair, strategy);
    for secret in [ACCESS, REFRESH] {
        let text = std::str::from_utf8(secret).unwrap();
        let bytes = format!("{secret:?}");
        assert!(!shown.contains(text) && !shown.contains(&bytes[1..20]), "{shown}");
    }
    for token in [pair.access(), pair.refresh()] {
        assert!(!shown.contains(&token[..20]) && !shown.contains(&token[token.len() - 20..]), "{shown}");
    }
    assert!(shown.contains("a1"), "the name of a key is no secret");
}

#[tokio::test]
async fn an_error_repeats_nothing_of_the_token() {
    let stage = Stage::new();
    let marked = "MARKED.MARKED.MARKED";
    for token in [marked, "MARKED", &"MARKED".repeat(1_000)] {
        let error = stage.tokens.refresh(token).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("MARKED"));
        assert!(!stage.who(token).await.contains("MARKED"));
    }
}

#[tokio::test]
async fn a_token_holds_no_more_of_the_user_than_the_key() {
    let stage = Stage::new();
    let claims = crate::forging::read(stage.pair("alice").await.access(), 1);
    let names: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    let expected =
        ["aud", "exp", "fpr", "generation", "iat", "iss", "nbf", "sid", "sub", "tokenKind", "tokenType"];
    assert_eq!(names, expected);
    assert_eq!(claims["sub"], "\"alice\"");
}
