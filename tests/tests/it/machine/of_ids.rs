//! Users that are nothing but an id, and users from closures.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Method, header};
use passport_core::{BoxError, Closures, Fingerprint, Passport, Session};
use passport_session::Sessions;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Id(u32);

fn begin<U: Send + Sync + 'static>(passport: &Passport<U>, cookie: Option<&str>) -> passport_core::Pending {
    let mut headers = HeaderMap::new();
    if let Some(cookie) = cookie {
        headers.insert(header::COOKIE, HeaderValue::try_from(cookie).unwrap());
    }
    passport.begin(&Method::POST, None, &headers, None)
}

async fn cookie(pending: passport_core::Pending) -> String {
    let mut headers = HeaderMap::new();
    pending.finish().await.unwrap().apply(&mut headers);
    headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test]
pub(crate) async fn an_id_is_its_own_user() {
    let passport = Passport::<Id>::of_ids(Sessions::in_memory()).build().unwrap();
    let pending = begin(&passport, None);
    pending.session().auth::<Id>().unwrap().login(Id(0)).await.unwrap();
    let cookie = cookie(pending).await;
    let pending = begin(&passport, Some(&cookie));
    let user = pending.session().auth::<Id>().unwrap().user().await.unwrap();
    assert_eq!(user.as_deref(), Some(&Id(0)), "zero is an id like any other");
}

#[tokio::test]
async fn the_sessions_of_an_id_can_be_ended() {
    let passport = Passport::<Id>::of_ids(Sessions::in_memory()).build().unwrap();
    let pending = begin(&passport, None);
    pending.session().auth::<Id>().unwrap().login(Id(7)).await.unwrap();
    let cookie = cookie(pending).await;
    assert_eq!(passport.end_sessions(&Id(7)).await.unwrap(), 1);
    let pending = begin(&passport, Some(&cookie));
    assert_eq!(pending.session().auth::<Id>().unwrap().user().await.unwrap(), None);
}

#[derive(Debug)]
struct Member {
    number: u32,
    epoch: u64,
}

fn members(epoch: u64) -> Closures<Member, u32> {
    Closures::new(
        |member: &Member| member.number,
        move |number: u32| async move {
            match number {
                13 => Err(BoxError::from("bad luck")),
                _ => Ok((number < 10).then(|| Arc::new(Member { number, epoch }))),
            }
        },
        |member: &Member| Fingerprint::epoch(member.epoch),
    )
}

async fn found(session: &Session) -> Result<Option<u32>, passport_core::Error> {
    Ok(session.auth::<Member>()?.user().await?.map(|member| member.number))
}

#[tokio::test]
async fn three_closures_are_a_user_store() {
    let sessions = Sessions::in_memory();
    let passport = Passport::builder(members(0), &sessions).build().unwrap();
    let log_in = async |number| {
        let pending = begin(&passport, None);
        let auth = pending.session().auth::<Member>().unwrap();
        auth.login(Member { number, epoch: 0 }).await.unwrap();
        cookie(pending).await
    };
    let (seven, gone, unlucky) = (log_in(7).await, log_in(10).await, log_in(13).await);
    assert_eq!(found(begin(&passport, Some(&seven)).session()).await.unwrap(), Some(7));
    assert_eq!(found(begin(&passport, Some(&gone)).session()).await.unwrap(), None);
    assert!(found(begin(&passport, Some(&unlucky)).session()).await.is_err());
    drop(passport);
    let changed = Passport::builder(members(1), &sessions).build().unwrap();
    assert_eq!(found(begin(&changed, Some(&seven)).session()).await.unwrap(), None);
}

#[tokio::test]
async fn a_key_of_another_type_is_nobody_and_ends_nothing() {
    let sessions = Sessions::in_memory();
    let numbers = Passport::<Id>::of_ids(&sessions).build().unwrap();
    let pending = begin(&numbers, None);
    pending.session().auth::<Id>().unwrap().login(Id(7)).await.unwrap();
    let cookie = cookie(pending).await;
    drop(numbers);

    let names = Passport::<String>::of_ids(&sessions).build().unwrap();
    let pending = begin(&names, Some(&cookie));
    assert_eq!(pending.session().auth::<String>().unwrap().user().await.unwrap(), None);
    let mut headers = HeaderMap::new();
    pending.finish().await.unwrap().apply(&mut headers);
    assert_eq!(headers.get(header::SET_COOKIE), None);
    drop(names);

    let numbers = Passport::<Id>::of_ids(&sessions).build().unwrap();
    let pending = begin(&numbers, Some(&cookie));
    let user = pending.session().auth::<Id>().unwrap().user().await.unwrap();
    assert_eq!(user.as_deref(), Some(&Id(7)), "the older version is back");
}

#[tokio::test]
async fn a_user_store_that_panics_at_once_fails_the_question_alone() {
    let users = Closures::new(
        |member: &Member| member.number,
        |number: u32| match number {
            13 => panic!("bad luck"),
            _ => std::future::ready(Ok(Some(Arc::new(Member { number, epoch: 0 })))),
        },
        |member: &Member| Fingerprint::epoch(member.epoch),
    );
    let passport = Passport::builder(users, Sessions::in_memory()).build().unwrap();
    let pending = begin(&passport, None);
    pending.session().auth::<Member>().unwrap().login(Member { number: 13, epoch: 0 }).await.unwrap();
    let cookie = cookie(pending).await;
    let pending = begin(&passport, Some(&cookie));
    for _ in 0..2 {
        let error = found(pending.session()).await.unwrap_err();
        assert!(matches!(error, passport_core::Error::User(_)), "{error}");
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Name(String);

/// As while a new version of the application is rolled out: the old one still answers.
#[tokio::test]
async fn a_grant_whose_key_cannot_be_read_stays() {
    let sessions = Sessions::in_memory();
    let devices = || Sessions::over(sessions.store()).cookie("device");
    let named = || Passport::<Name>::of_ids(&sessions).build().unwrap();
    let token = {
        let passport = named();
        let pending = begin(&passport, None);
        let auth = pending.session().auth::<Name>().unwrap();
        passport.grants(devices()).unwrap().open(&auth, Name("alice".into()), &1).await.unwrap()
    };
    {
        let numbered = Passport::<Id>::of_ids(&sessions).build().unwrap();
        assert!(numbered.grants(devices()).unwrap().find(&token).await.unwrap().is_none());
    }
    let found = named().grants(devices()).unwrap().find(&token).await.unwrap();
    assert_eq!(found.map(|granted| granted.user().0.clone()).as_deref(), Some("alice"));
}
