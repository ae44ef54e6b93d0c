//! Logins that no cookie holds.

use std::time::Duration;

use http::StatusCode;
use passport_core::{Clock, Error, Grants, LoginRefused, Logout, Passport, Replaced, Token};
use passport_session::{Key, MemoryRevocations, SealedSessions, Sessions};

use crate::support::{Fault, Person, Site, SiteBuilder, User, Users};

const DAY: Duration = Duration::from_secs(86_400);

struct Stage {
    site: Site,
    grants: Grants<User>,
}

fn stage() -> Stage {
    stage_with(|builder| builder)
}

fn stage_with(more: impl FnOnce(passport_core::Builder<User>) -> passport_core::Builder<User>) -> Stage {
    let builder = SiteBuilder::new();
    let devices = builder.sessions.clone().cookie("device").absolute_timeout(7 * DAY).idle_timeout(DAY);
    let site = builder.site_with(more);
    Stage { grants: site.passport.grants(devices).unwrap(), site }
}

impl Stage {
    async fn open(&self, name: &str) -> Token {
        let visit = self.site.visit("");
        let token = self.grants.open(&visit.auth(), self.site.users.get(name), &1_u32).await.unwrap();
        assert!(visit.end().await.sets_no_cookie(), "a grant is no cookie's");
        token
    }

    async fn holder(&self, token: &Token) -> String {
        let found = self.grants.find(token).await.unwrap();
        found.map_or_else(|| "nobody".to_owned(), |granted| granted.user().name().to_owned())
    }

    async fn replace(&self, token: &Token, expected: u32) -> Result<Option<Replaced>, Error> {
        let Some(granted) = self.grants.find(token).await? else { return Ok(None) };
        let change = |now: u32| (now == expected).then_some(now + 1);
        self.grants.replace(token, granted, change).await.map(Some)
    }
}

#[tokio::test]
async fn a_grant_leads_to_its_user_and_logs_nobody_in() {
    let stage = stage();
    let visit = stage.site.visit("");
    let token = stage.grants.open(&visit.auth(), stage.site.users.get("alice"), &7_u32).await.unwrap();
    assert_eq!(visit.who().await, "nobody");
    assert_eq!(stage.holder(&token).await, "alice");
    assert_eq!(stage.grants.find(&token).await.unwrap().unwrap().state::<u32>().unwrap(), 7);
    assert_eq!(stage.holder(&Token::new(&[b'A'; 43])).await, "nobody");
    assert_eq!(stage.holder(&Token::new(b"garbage")).await, "nobody");
}

#[tokio::test]
async fn the_id_of_a_grant_is_no_cookie_and_a_cookie_is_no_grant() {
    let stage = stage();
    let token = stage.open("alice").await;
    let id = String::from_utf8(token.as_bytes().to_vec()).unwrap();
    assert_eq!(stage.site.who(&format!("session={id}")).await, "nobody");
    assert_eq!(stage.site.who(&format!("device={id}")).await, "nobody");
    let cookie = stage.site.logged_in("alice").await;
    let id = cookie.split_once('=').unwrap().1;
    assert_eq!(stage.holder(&Token::new(id.as_bytes())).await, "nobody");
}

#[tokio::test]
async fn a_grant_is_on_the_list_of_the_users_sessions_and_ends_by_its_handle() {
    let stage = stage();
    let token = stage.open("alice").await;
    let cookie = stage.site.logged_in("alice").await;
    let visit = stage.site.visit(&cookie);
    let all = visit.auth().sessions().await.unwrap();
    let other = all.iter().find(|info| !info.current).unwrap();
    assert_eq!(all.len(), 2);
    assert!(visit.auth().end_session(other.handle).await.unwrap());
    assert_eq!(stage.holder(&token).await, "nobody");
}

#[tokio::test]
async fn whatever_ends_all_of_a_users_sessions_ends_the_grants() {
    let stage = stage();
    for how in ["everywhere", "others", "end_sessions", "change", "remove"] {
        let (token, bob) = (stage.open("alice").await, stage.open("bob").await);
        let cookie = stage.site.logged_in("alice").await;
        match how {
            "everywhere" => {
                drop(stage.site.visit(&cookie).auth().logout_with(Logout::everywhere()).await.unwrap());
            }
            "others" => drop(stage.site.visit(&cookie).auth().logout_with(Logout::others()).await.unwrap()),
            "end_sessions" => drop(stage.site.passport.end_sessions("alice").await.unwrap()),
            "change" => stage.site.users.change("alice"),
            _ => stage.site.users.remove("alice"),
        }
        assert_eq!(stage.holder(&token).await, "nobody", "{how}");
        assert_eq!(stage.holder(&bob).await, "bob", "{how}");
    }
}

#[tokio::test]
async fn a_logout_here_leaves_the_grants_alone() {
    let stage = stage();
    let token = stage.open("alice").await;
    let cookie = stage.site.logged_in("alice").await;
    stage.site.visit(&cookie).auth().logout().await.unwrap();
    assert_eq!(stage.holder(&token).await, "alice");
}

#[tokio::test]
async fn a_grant_of_a_changed_user_is_gone_from_the_store_once_somebody_asks() {
    let stage = stage();
    let token = stage.open("alice").await;
    assert_eq!(stage.site.sessions_of("alice").await, 1);
    stage.site.users.change("alice");
    assert_eq!(stage.holder(&token).await, "nobody");
    assert_eq!(stage.site.sessions_of("alice").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_expect_one_value_one_replaces_it() {
    let stage = std::sync::Arc::new(stage());
    let token = stage.open("alice").await;
    let tries = (0..20).map(|_| {
        let (stage, token) = (stage.clone(), token.clone());
        tokio::spawn(async move { stage.replace(&token, 1).await.unwrap().unwrap() })
    });
    let mut done = 0;
    for tried in tries.collect::<Vec<_>>() {
        done += usize::from(tried.await.unwrap() == Replaced::Done);
    }
    assert_eq!(done, 1);
    assert_eq!(stage.grants.find(&token).await.unwrap().unwrap().state::<u32>().unwrap(), 2);
}

#[tokio::test]
async fn a_grant_that_ended_meanwhile_is_not_written() {
    let stage = stage();
    let token = stage.open("alice").await;
    let granted = stage.grants.find(&token).await.unwrap().unwrap();
    assert!(stage.grants.end(&token).await.unwrap());
    assert!(!stage.grants.end(&token).await.unwrap(), "once");
    let replaced = stage.grants.replace(&token, granted, |now: u32| Some(now)).await.unwrap();
    assert_eq!(replaced, Replaced::Gone);
    assert_eq!(stage.holder(&token).await, "nobody");
}

#[tokio::test]
async fn a_grant_ends_when_it_was_idle_too_long_and_with_its_absolute_timeout() {
    let stage = stage();
    let (idle, busy) = (stage.open("alice").await, stage.open("alice").await);
    for turn in 1..=7 {
        assert_eq!(stage.replace(&busy, turn).await.unwrap(), Some(Replaced::Done), "{turn}");
        stage.site.clock.advance(DAY.saturating_sub(Duration::from_millis(1)));
    }
    assert_eq!(stage.holder(&idle).await, "nobody");
    assert_eq!(stage.holder(&busy).await, "alice");
    stage.site.clock.advance(Duration::from_millis(7));
    assert_eq!(stage.holder(&busy).await, "nobody");
}

#[tokio::test]
async fn a_store_that_fails_is_an_error_and_no_end() {
    let stage = stage();
    let token = stage.open("alice").await;
    for operation in ["load", "update"] {
        stage.site.store.arm(operation, Fault::Fail);
        let failed = stage.replace(&token, 1).await.unwrap_err();
        assert_eq!(failed.status(), StatusCode::SERVICE_UNAVAILABLE, "{operation}");
        stage.site.store.heal();
    }
    stage.site.users.fail(true);
    assert!(matches!(stage.grants.find(&token).await, Err(Error::User(_))));
    stage.site.users.fail(false);
    stage.site.store.arm("delete", Fault::Fail);
    assert!(stage.grants.end(&token).await.is_err());
    assert_eq!(stage.holder(&token).await, "alice", "it has not ended");
    stage.site.store.heal();

    stage.site.store.arm("create", Fault::Fail);
    let visit = stage.site.visit("");
    let failed = stage.grants.open(&visit.auth(), stage.site.users.get("bob"), &1).await.unwrap_err();
    assert_eq!(failed.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(stage.site.sessions_of("bob").await, 0);
}

#[tokio::test]
async fn a_hook_refuses_a_grant_and_a_foreign_site_gets_none() {
    let refuse = |builder: passport_core::Builder<User>| {
        builder.before_login(async |_| Err(LoginRefused::because("not today")))
    };
    let closed = stage_with(refuse);
    let (visit, alice) = (closed.site.visit(""), closed.site.users.get("alice"));
    let refused = closed.grants.open(&visit.auth(), alice, &1).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(_)));

    let open = stage();
    let (foreign, alice) = (open.site.foreign(""), open.site.users.get("alice"));
    assert!(matches!(open.grants.open(&foreign.auth(), alice, &1).await, Err(Error::CrossSite)));
    assert_eq!(open.site.sessions_of("alice").await, 0);
}

#[tokio::test]
async fn grants_that_a_logout_everywhere_would_miss_are_refused_at_start() {
    let sessions = Sessions::in_memory();
    let passport = Passport::builder(Users::<User>::new(), &sessions).build().unwrap();
    let elsewhere = passport.grants(Sessions::in_memory().cookie("device")).unwrap_err();
    assert!(elsewhere.to_string().contains("another store"), "{elsewhere}");
    assert!(matches!(passport.grants(&sessions), Err(Error::CookieTaken(_))));
    let sealed = SealedSessions::new(Key::generate().unwrap(), MemoryRevocations::new());
    assert!(matches!(passport.grants(&sealed), Err(Error::NeedsStore(_))));
    assert!(passport.grants(Sessions::over(sessions.store()).cookie("device")).is_ok());
    let zero = Sessions::over(sessions.store()).cookie("device").idle_timeout(Duration::ZERO);
    assert!(matches!(passport.grants(zero), Err(Error::Config(_))));
}

#[tokio::test]
async fn a_reference_is_good_until_the_user_changes() {
    let stage = stage();
    let (passport, users) = (&stage.site.passport, &stage.site.users);
    let reference = passport.reference(&users.get("alice")).unwrap();
    assert_eq!(reference.key(), br#""alice""#);
    assert_eq!(passport.resolve(&reference).await.unwrap().unwrap().name(), "alice");
    let other = passport_core::UserRef::new(*br#""bob""#, *reference.fingerprint());
    assert!(passport.resolve(&other).await.unwrap().is_none(), "of another user");
    users.change("alice");
    assert!(passport.resolve(&reference).await.unwrap().is_none());
    users.fail(true);
    assert!(matches!(passport.resolve(&reference).await, Err(Error::User(_))));
}

#[tokio::test]
async fn a_session_that_ends_meanwhile_leaves_no_grant_behind() {
    for (at, scope) in [Logout::everywhere(), Logout::others(), Logout::here()].into_iter().enumerate() {
        let stage = stage();
        let (stolen, own) = (stage.site.logged_in("alice").await, stage.site.logged_in("alice").await);
        let slow = stage.site.visit(&stolen);
        assert_eq!(slow.who().await, "alice");
        // Here: of that very session.
        let visit = stage.site.visit(if at == 2 { &stolen } else { &own });
        drop(visit.auth().logout_with(scope).await.unwrap());
        let user = slow.auth().require_user().await.unwrap();
        let opened = stage.grants.open(&slow.auth(), user, &1_u32).await;
        assert!(matches!(opened, Err(Error::Ended)), "{at}: {opened:?}");
        assert!(slow.end().await.sets_no_cookie());
        let left = stage.site.store.sessions_of("user", "alice", stage.site.clock.now()).await;
        assert_eq!(left, usize::from(at > 0), "{at}");
    }
}

#[tokio::test]
async fn a_grant_that_a_password_has_earned_asks_nothing_of_the_session() {
    let stage = stage();
    let visit = stage.site.visit(&stage.site.logged_in("bob").await);
    assert_eq!(visit.who().await, "bob");
    let ended = visit.session().logout().await.unwrap();
    assert_eq!(ended.ended, 1);
    let token = stage.grants.open(&visit.auth(), stage.site.users.get("alice"), &1_u32).await.unwrap();
    assert_eq!(stage.holder(&token).await, "alice");
}

#[tokio::test]
async fn a_grant_whose_session_cannot_be_asked_again_is_not_left_behind() {
    let stage = stage();
    let cookie = stage.site.logged_in("alice").await;
    for what in ["load", "users"] {
        let visit = stage.site.visit(&cookie);
        let user = visit.auth().require_user().await.unwrap();
        match what {
            "users" => stage.site.users.fail(true),
            load => stage.site.store.arm(load, Fault::Fail),
        }
        let opened = stage.grants.open(&visit.auth(), user, &1_u32).await;
        assert_eq!(opened.unwrap_err().status(), StatusCode::SERVICE_UNAVAILABLE, "{what}");
        stage.site.users.fail(false);
        stage.site.store.heal();
        assert_eq!(stage.site.sessions_of("alice").await, 1, "{what}: nobody has its token");
    }
}

#[tokio::test]
async fn what_went_wrong_is_told_also_if_the_grant_cannot_be_ended() {
    let stage = stage();
    let visit = stage.site.visit(&stage.site.logged_in("alice").await);
    let user = visit.auth().require_user().await.unwrap();
    stage.site.users.fail(true);
    stage.site.store.arm("delete", Fault::Fail);
    let opened = stage.grants.open(&visit.auth(), user, &1_u32).await;
    assert!(matches!(opened, Err(Error::User(_))), "{opened:?}");
}
