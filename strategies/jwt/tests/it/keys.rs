//! Keys: changing them, and those that are refused.

use passport_core::{Auth, Passport};
use passport_jwt::{Jwt, Key, Keys, Rules, Tokens};

use crate::stage::{ACCESS, Customer, REFRESH, Stage, key, rules};

const NEW: &[u8] = b"a-new-secret-that-is-long-enough-0123456789";

/// What the shop makes of tokens when it goes by other rules from now on.
async fn who_by(stage: &Stage, rules: &Rules, token: &str) -> String {
    let (_pending, req) = Stage::begin(&stage.shop, token);
    match crate::stage::outcome(&Jwt::<Customer>::new(rules), &req).await {
        passport_core::Outcome::Success(success) => success.user().name.clone(),
        passport_core::Outcome::Fail(failure) => failure.as_message().to_owned(),
        _ => "pass".to_owned(),
    }
}

#[tokio::test]
async fn an_old_key_is_accepted_while_it_is_among_the_keys() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    let refresh = || Keys::new(key("r1", REFRESH));
    let both = Keys::rotating([key("a2", NEW), key("a1", ACCESS)]).unwrap();
    let both = Rules::new("shop", both, refresh()).unwrap();
    let alone = Rules::new("shop", Keys::new(key("a2", NEW)), refresh()).unwrap();
    assert_eq!(who_by(&stage, &both, pair.access()).await, "alice");
    assert_eq!(who_by(&stage, &alone, pair.access()).await, "Invalid token");

    // What is made from then on is signed by the new one.
    let tokens = Tokens::new(&both, stage.shop.grants(&stage.families).unwrap()).unwrap();
    let next = tokens.refresh(pair.refresh()).await.unwrap();
    assert_eq!(crate::forging::read(next.access(), 0)["kid"], "a2");
    assert_eq!(who_by(&stage, &alone, next.access()).await, "alice");
}

#[tokio::test]
async fn another_key_of_the_same_name_accepts_nothing() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    let other = Rules::new("shop", Keys::new(key("a1", NEW)), Keys::new(key("r1", REFRESH))).unwrap();
    assert_eq!(who_by(&stage, &other, pair.access()).await, "Invalid token");
    let issuer = Rules::new("other", Keys::new(key("a1", ACCESS)), Keys::new(key("r1", REFRESH))).unwrap();
    assert_eq!(who_by(&stage, &issuer, pair.access()).await, "Invalid token");
}

#[test]
fn keys_that_cannot_be_good_are_refused_at_start_with_a_sentence() {
    let short = Key::hs256("a1", [7; 31]).unwrap_err().to_string();
    assert!(short.contains("31 bytes") && short.contains("at least 32"), "{short}");
    assert!(Key::hs256("a1", [7; 32]).is_ok());
    for kid in ["", "a b", "a\"b", "a/b", "ä", &"x".repeat(65)] {
        let error = Key::hs256(kid, ACCESS).unwrap_err().to_string();
        assert!(error.contains("2026-11"), "{error}");
    }
    let twice = Keys::rotating([key("a1", ACCESS), key("a1", NEW)]).unwrap_err().to_string();
    assert!(twice.contains("`a1`"), "{twice}");
    assert!(Keys::rotating([]).is_err());
    let one = Rules::new("shop", Keys::new(key("a1", ACCESS)), Keys::new(key("r1", ACCESS)));
    assert!(one.unwrap_err().to_string().contains("a secret of its own"));
    assert!(Rules::new("", Keys::new(key("a1", ACCESS)), Keys::new(key("r1", REFRESH))).is_err());
    for seconds in [0, 86_401] {
        assert!(rules().access_lifetime(std::time::Duration::from_secs(seconds)).is_err());
    }
}

#[tokio::test]
async fn a_random_key_is_another_each_time() {
    let stage = Stage::new();
    let random =
        || Rules::new("shop", Keys::new(Key::random("a").unwrap()), Keys::new(Key::random("r").unwrap()));
    let (one, other) = (random().unwrap(), random().unwrap());
    let tokens = Tokens::new(&one, stage.shop.grants(&stage.families).unwrap()).unwrap();
    let (pending, _) = Stage::begin(&stage.shop, "");
    let auth: Auth<Customer> = pending.session().auth().unwrap();
    let pair = tokens.issue(&auth, stage.users.get::<false>("alice")).await.unwrap();
    assert_eq!(who_by(&stage, &one, pair.access()).await, "alice");
    assert_eq!(who_by(&stage, &other, pair.access()).await, "Invalid token");
}

#[tokio::test]
async fn a_passport_without_a_user_store_lets_nobody_in_by_a_token() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    let api = Passport::<Customer>::stateless().realm("customer").strategy("jwt", Jwt::new(&stage.rules));
    let api = api.build().unwrap();
    // It has the computer's clock until an adapter brings one.
    api.provide_clock(std::sync::Arc::new(stage.clock.clone()));
    let (_pending, req) = Stage::begin(&api, pair.access());
    let refused = crate::stage::outcome(&Jwt::<Customer>::new(&stage.rules), &req).await;
    assert!(matches!(refused, passport_core::Outcome::Fail(_)));
}

#[cfg(feature = "eddsa")]
mod ed25519 {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::forging::{read, signed};

    const SEED: [u8; 32] = [7; 32];

    fn public() -> [u8; 32] {
        SigningKey::from_bytes(&SEED).verifying_key().to_bytes()
    }

    fn signing() -> Rules {
        Rules::new("shop", Keys::new(Key::ed25519("e1", &SEED).unwrap()), Keys::new(key("r1", REFRESH)))
            .unwrap()
    }

    fn checking() -> Rules {
        let public = Key::ed25519_public("e1", &public()).unwrap();
        Rules::new("shop", Keys::new(public), Keys::new(key("r1", REFRESH))).unwrap()
    }

    async fn access(stage: &Stage) -> String {
        let tokens = Tokens::new(&signing(), stage.shop.grants(&stage.families).unwrap()).unwrap();
        let (pending, _) = Stage::begin(&stage.shop, "");
        let auth: Auth<Customer> = pending.session().auth().unwrap();
        tokens.issue(&auth, stage.users.get::<false>("alice")).await.unwrap().access().to_owned()
    }

    #[tokio::test]
    async fn who_has_the_public_key_checks_and_cannot_sign() {
        let stage = Stage::new();
        let token = access(&stage).await;
        assert_eq!(read(&token, 0)["alg"], "EdDSA");
        assert_eq!(who_by(&stage, &signing(), &token).await, "alice");
        assert_eq!(who_by(&stage, &checking(), &token).await, "alice");
        let error = Tokens::new(&checking(), stage.shop.grants(&stage.families).unwrap()).unwrap_err();
        assert!(error.to_string().contains("must be able to sign"), "{error}");
        assert!(
            Rules::new("shop", Keys::new(Key::ed25519("e1", &SEED).unwrap()), {
                Keys::new(Key::ed25519_public("e2", &public()).unwrap())
            })
            .is_err()
        );
    }

    #[tokio::test]
    async fn a_public_key_is_no_secret_for_hmac() {
        let stage = Stage::new();
        let claims = read(&access(&stage).await, 1);
        for alg in ["HS256", "EdDSA"] {
            let header = format!(r#"{{"alg":"{alg}","typ":"at+jwt","kid":"e1"}}"#);
            for secret in [public().as_slice(), &crate::forging::part(public()).into_bytes(), &SEED] {
                assert_eq!(
                    who_by(&stage, &checking(), &signed(&header, &claims, secret)).await,
                    "Invalid token"
                );
            }
        }
    }

    #[test]
    fn a_weak_public_key_is_refused() {
        assert!(Key::ed25519_public("e1", &[0; 32]).is_err());
        let mut identity = [0; 32];
        identity[0] = 1;
        assert!(Key::ed25519_public("e1", &identity).is_err());
    }
}
