//! Lifetimes, by a clock that is turned by hand.

use std::time::Duration;

use passport_core::{Auth, Clock, Timestamp};
use passport_jwt::Tokens;

use crate::stage::{Customer, HOUR, Stage};

const MILLI: Duration = Duration::from_millis(1);

#[tokio::test]
async fn an_access_token_is_good_for_a_quarter_of_an_hour_and_no_longer() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    assert_eq!(pair.expires_in(), HOUR / 4);
    stage.clock.advance((HOUR / 4).saturating_sub(MILLI));
    assert_eq!(stage.who(pair.access()).await, "alice");
    stage.clock.advance(MILLI);
    assert_eq!(stage.who(pair.access()).await, "Token has expired");
    assert_eq!(stage.who_asking(pair.access()).await, "Token has expired");
}

#[tokio::test]
async fn an_access_token_of_an_odd_millisecond_lives_no_longer() {
    let stage = Stage::new();
    stage.clock.advance(Duration::from_millis(999));
    let pair = stage.pair("alice").await;
    stage.clock.advance((HOUR / 4).saturating_sub(MILLI));
    assert_eq!(stage.who(pair.access()).await, "Token has expired");
}

#[tokio::test]
async fn another_lifetime_can_be_set() {
    let stage = Stage::new();
    let rules = crate::stage::rules().access_lifetime(Duration::from_secs(60)).unwrap();
    let tokens = Tokens::new(&rules, stage.shop.grants(&stage.families).unwrap()).unwrap();
    let (pending, _) = Stage::begin(&stage.shop, "");
    let auth: Auth<Customer> = pending.session().auth().unwrap();
    let pair = tokens.issue(&auth, stage.users.get::<false>("alice")).await.unwrap();
    stage.clock.advance(Duration::from_secs(59));
    assert_eq!(stage.who(pair.access()).await, "alice");
    stage.clock.advance(Duration::from_secs(1));
    assert_eq!(stage.who(pair.access()).await, "Token has expired");
}

#[tokio::test]
async fn a_refresh_token_that_is_left_alone_expires_and_one_that_is_used_lives_on() {
    let stage = Stage::new();
    let (idle, mut busy) = (stage.pair("alice").await, stage.pair("alice").await);
    for _ in 0..3 {
        stage.clock.advance(29 * HOUR);
        busy = stage.refresh(busy.refresh()).await.unwrap();
    }
    assert_eq!(stage.refresh(idle.refresh()).await.unwrap_err(), "Expired");
}

#[tokio::test]
async fn a_family_cannot_be_refreshed_for_ever() {
    let stage = Stage::new();
    let mut pair = stage.pair("alice").await;
    for _ in 0..24 {
        stage.clock.advance(29 * HOUR);
        pair = stage.refresh(pair.refresh()).await.unwrap();
    }
    stage.clock.advance((24 * HOUR).saturating_sub(MILLI));
    pair = stage.refresh(pair.refresh()).await.unwrap();
    stage.clock.advance(MILLI);
    assert_eq!(stage.refresh(pair.refresh()).await.unwrap_err(), "Ended", "720 hours from the login");
    assert_eq!(stage.who_asking(pair.access()).await, "Invalid token");
}

#[tokio::test]
async fn a_clock_that_jumps_back_makes_no_token_good_before_its_time() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    let now = stage.clock.now().as_millis();
    stage.clock.set(Timestamp::from_millis(now - 30_000));
    assert_eq!(stage.who(pair.access()).await, "alice", "two servers' clocks may be apart a little");
    stage.clock.set(Timestamp::from_millis(now - 31_000));
    assert_eq!(stage.who(pair.access()).await, "Invalid token");
}
