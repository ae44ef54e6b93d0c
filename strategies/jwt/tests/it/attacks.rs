//! Tokens that must not work.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::{
    forging::{header, part, read, signed, with_claim},
    stage::{ACCESS, REFRESH, Stage},
};

const INVALID: &str = "Invalid token";

#[tokio::test]
async fn what_a_stranger_makes_as_the_shop_would_is_accepted_only_with_the_shops_secret() {
    let stage = Stage::new();
    let good = stage.pair("alice").await;
    assert_eq!(stage.who(good.access()).await, "alice");
    // Otherwise the other tests of this file would show nothing.
    assert_eq!(stage.who(&signed(&header(), &read(good.access(), 1), ACCESS)).await, "alice");
    assert_eq!(stage.who(&signed(&header(), &read(good.access(), 1), REFRESH)).await, INVALID);
    assert_eq!(stage.who(&signed(&header(), &read(good.access(), 1), b"")).await, INVALID);
}

#[tokio::test]
async fn a_token_cannot_choose_its_algorithm() {
    let stage = Stage::new();
    let good = stage.pair("alice").await;
    let claims = read(good.access(), 1);
    for alg in ["none", "None", "NONE", "nOnE", "", "HS512", "HS384", "hs256", "EdDSA", "RS256", "ES256"] {
        let header = json!({ "alg": alg, "typ": "at+jwt", "kid": "a1" }).to_string();
        let token = signed(&header, &claims, ACCESS);
        assert_eq!(stage.who(&token).await, INVALID, "{alg}");
        let unsigned = token.rsplit_once('.').unwrap().0;
        for token in [format!("{unsigned}."), unsigned.to_owned()] {
            assert_eq!(stage.who(&token).await, INVALID, "{alg}, unsigned");
        }
    }
}

#[tokio::test]
async fn a_header_that_leads_to_another_key_or_to_other_rules_is_refused() {
    let stage = Stage::new();
    let good = stage.pair("alice").await;
    let claims = read(good.access(), 1);
    let secret = part(ACCESS);
    for header in [
        json!({ "alg": "HS256", "typ": "at+jwt" }).to_string(),
        json!({ "alg": "HS256", "typ": "at+jwt", "kid": "" }).to_string(),
        json!({ "alg": "HS256", "typ": "at+jwt", "kid": "r1" }).to_string(),
        json!({ "alg": "HS256", "typ": "at+jwt", "kid": "../../dev/null" }).to_string(),
        json!({ "alg": "HS256", "typ": "at+jwt", "kid": ["a1"] }).to_string(),
        json!({ "alg": "HS256", "typ": "JWT", "kid": "a1" }).to_string(),
        json!({ "alg": "HS256", "typ": "rt+jwt", "kid": "a1" }).to_string(),
        json!({ "alg": "HS256", "kid": "a1" }).to_string(),
        json!({ "alg": "HS256", "typ": "at+jwt", "kid": "a1", "crit": ["exp"] }).to_string(),
        json!({ "alg": "HS256", "typ": "at+jwt", "kid": "a1", "b64": false }).to_string(),
        json!({ "alg": "HS256", "typ": "at+jwt", "kid": "a1", "zip": "DEF" }).to_string(),
        json!({ "alg": "HS256", "typ": "at+jwt", "kid": "a1", "jku": "https://evil" }).to_string(),
        json!({ "alg": "HS256", "typ": "at+jwt", "kid": "a1", "jwk": { "kty": "oct", "k": secret } })
            .to_string(),
        r#"{"alg":"none","alg":"HS256","typ":"at+jwt","kid":"a1"}"#.to_owned(),
        r#"{"alg":"HS256","typ":"at+jwt","kid":"a1","kid":"a1"}"#.to_owned(),
        r#"["HS256","at+jwt","a1"]"#.to_owned(),
        format!("{} ,", header()),
        "null".to_owned(),
        String::new(),
    ] {
        assert_eq!(stage.who(&signed(&header, &claims, ACCESS)).await, INVALID, "{header}");
    }
}

#[tokio::test]
async fn claims_that_are_missing_or_of_another_shape_are_refused_even_if_signed() {
    let stage = Stage::new();
    let good = stage.pair("alice").await;
    for name in
        ["iss", "aud", "tokenType", "tokenKind", "sub", "fpr", "sid", "generation", "iat", "nbf", "exp"]
    {
        let without = with_claim(good.access(), name, json!(null), ACCESS);
        assert_eq!(stage.who(&without).await, INVALID, "without {name}");
        let odd = with_claim(good.access(), name, json!([1]), ACCESS);
        assert_eq!(stage.who(&odd).await, INVALID, "{name}");
    }
    for (name, value) in [
        ("exp", json!(-1)),
        ("exp", json!(1e300)),
        ("exp", json!("4102444800")),
        ("nbf", json!(4_102_444_800_u64)),
        ("iat", json!(u64::MAX)),
        ("aud", json!(["customer"])),
        ("iss", json!("evil")),
        ("fpr", json!("")),
        ("sub", json!("")),
        ("sub", json!("alice")),
        ("sub", json!("\"bob\"")),
        ("sub", json!("\"nobody\"")),
    ] {
        let odd = with_claim(good.access(), name, value.clone(), ACCESS);
        assert_eq!(stage.who(&odd).await, INVALID, "{name} {value}");
    }
    let values = read(good.access(), 1).as_object().unwrap().values().cloned().collect::<Vec<_>>();
    assert_eq!(stage.who(&signed(&header(), &json!(values), ACCESS)).await, INVALID, "a list");
    let twice = format!("{{\"exp\":4102444800,{}", &read(good.access(), 1).to_string()[1..]);
    let signed_twice = crate::forging::signed_text(&header(), &twice, ACCESS);
    assert_eq!(stage.who(&signed_twice).await, INVALID, "a claim that is there twice");
}

#[tokio::test]
async fn a_refresh_token_is_no_access_token_and_the_other_way_round() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    assert_eq!(stage.who(pair.refresh()).await, INVALID);
    assert_eq!(stage.who_asking(pair.refresh()).await, INVALID);
    assert_eq!(stage.refresh(pair.access()).await.unwrap_err(), "Invalid");
    // Also if one secret were for both.
    let turned = with_claim(pair.refresh(), "tokenKind", json!("access"), ACCESS);
    assert_eq!(stage.who(&turned).await, INVALID);
    let turned = signed(&header(), &read(pair.refresh(), 1), ACCESS);
    assert_eq!(stage.who(&turned).await, INVALID);
    assert!(stage.refresh(pair.refresh()).await.is_ok(), "nothing was used up");
}

#[tokio::test]
async fn a_token_of_the_other_realm_is_passed_over_and_opens_nothing() {
    let stage = Stage::new();
    let (admin, alice) = (stage.office_pair("alice").await, stage.pair("alice").await);
    for token in [admin.access(), admin.refresh()] {
        assert_eq!(stage.who(token).await, "pass");
        assert_eq!(stage.refresh(token).await.unwrap_err(), "OtherRealm");
    }
    // That it is another realm's is nobody's word but its own.
    let posing = with_claim(alice.access(), "tokenType", json!("admin"), ACCESS);
    assert_eq!(stage.who(&posing).await, "pass");
    let posing = with_claim(admin.access(), "tokenType", json!("customer"), b"a-guessed-secret");
    assert_eq!(stage.who(&posing).await, INVALID);
    // Even with the shop's own secret the audience tells.
    let resigned = with_claim(admin.access(), "tokenType", json!("customer"), ACCESS);
    assert_eq!(stage.who(&resigned).await, INVALID);
}

#[tokio::test]
async fn a_token_has_one_spelling() {
    let stage = Stage::new();
    let good = stage.pair("alice").await;
    let good = good.access();
    let (head, last) = good.split_at(good.len() - 1);
    // The last character of 32 bytes carries two bits that must be zero.
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for other in alphabet.chars().filter(|other| *other != last.chars().next().unwrap()) {
        assert_eq!(stage.who(&format!("{head}{other}")).await, INVALID, "{other}");
    }
    let (payload, signature) = good.rsplit_once('.').unwrap();
    for other in [
        format!("{good}="),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.{signature}"),
        format!("{payload}..{signature}"),
        payload.to_owned(),
        format!("{payload}.{}", STANDARD.encode(signature)),
        good.replace('.', ""),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
    ] {
        assert_eq!(stage.who(&other).await, INVALID, "{other}");
    }
}

#[tokio::test]
async fn a_huge_token_is_refused_before_anything_is_decoded() {
    let stage = Stage::new();
    let good = stage.pair("alice").await;
    for size in [4_000, 4_097, 60_000] {
        let huge = with_claim(good.access(), "more", json!("x".repeat(size)), ACCESS);
        assert_eq!(stage.who(&huge).await, INVALID, "{size}");
        assert_eq!(stage.refresh(&huge).await.unwrap_err(), "Invalid", "{size}");
    }
    let deep = format!("{}{}", "[".repeat(1_500), "]".repeat(1_500));
    let deep = crate::forging::signed_text(&header(), &deep, ACCESS);
    assert_eq!(stage.who(&deep).await, INVALID);
}
