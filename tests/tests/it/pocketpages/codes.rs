//! One-time codes.

use passport_tests::client::Answer;

use super::{ALICE, MINUTE, Site, who};
use crate::support::Caller;

/// Asks for a code: the id that it goes by.
async fn ask(visitor: &mut Caller, email: &str) -> String {
    let answer = visitor.post("/code", &format!("email={email}")).await.is(303).without_cookie();
    let location = answer.header("location");
    let id = location.strip_prefix("/login?otpId=").and_then(|rest| rest.strip_suffix("&message=sent"));
    id.unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// The newest code that was mailed to this address.
async fn mailed(site: &Site, email: &str) -> Option<String> {
    let page = site.visitor().get("/outbox").await.is(200).body;
    let mail = page.split(&format!("To {email}: ")).nth(1)?;
    Some(mail.split("class=\"code\">").nth(1)?.split('<').next()?.to_owned())
}

async fn answer(visitor: &mut Caller, id: &str, code: &str) -> Answer {
    visitor.post("/login/code", &format!("otpId={id}&code={code}")).await
}

fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '9' { '0' } else { '9' }).collect()
}

#[tokio::test]
async fn a_code_from_the_mail_signs_in_once() {
    let site = Site::new();
    let mut alice = site.visitor();
    let id = ask(&mut alice, "alice@example.com").await;
    let page = alice.get(&format!("/login?otpId={id}&message=sent")).await.is(200);
    assert!(page.body.contains(&format!(r#"name="otpId" value="{id}""#)), "{page}");
    let code = mailed(&site, "alice@example.com").await.unwrap();
    assert!(code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    answer(&mut alice, &id, &code).await.goes_to("/profile");
    assert_eq!(who(&mut alice).await, "alice");
    let again = answer(&mut site.visitor(), &id, &code).await;
    again.goes_to(&format!("/login?otpId={id}&error=code")).without_cookie();
}

#[tokio::test]
async fn a_code_works_for_three_minutes() {
    let site = Site::new();
    for (seconds, works) in [(179, true), (180, false)] {
        let mut alice = site.visitor();
        let id = ask(&mut alice, "alice@example.com").await;
        let code = mailed(&site, "alice@example.com").await.unwrap();
        site.clock.advance(std::time::Duration::from_secs(seconds));
        let location = answer(&mut alice, &id, &code).await.is(303).header("location").to_owned();
        assert_eq!(location == "/profile", works, "after {seconds} s");
    }
}

#[tokio::test]
async fn five_wrong_codes_are_all_that_may_be_tried_however_many_were_asked_for() {
    let site = Site::new();
    let mut eve = site.visitor();
    let ids = [ask(&mut eve, "alice@example.com").await, ask(&mut eve, "alice@example.com").await];
    let code = mailed(&site, "alice@example.com").await.unwrap();
    for attempt in 0..5 {
        answer(&mut eve, &ids[attempt % 2], &wrong(&code)).await.is(303).without_cookie();
    }
    answer(&mut eve, &ids[1], &code).await.goes_to(&format!("/login?otpId={}&error=code", ids[1]));
    let third = ask(&mut eve, "alice@example.com").await;
    let code = mailed(&site, "alice@example.com").await.unwrap();
    answer(&mut eve, &third, &code).await.goes_to(&format!("/login?otpId={third}&error=code"));
    site.clock.advance(3 * MINUTE);
    let later = ask(&mut eve, "alice@example.com").await;
    let code = mailed(&site, "alice@example.com").await.unwrap();
    answer(&mut eve, &later, &code).await.goes_to("/profile");
}

#[tokio::test]
async fn four_wrong_codes_leave_one_more_try() {
    let site = Site::new();
    let mut alice = site.visitor();
    let id = ask(&mut alice, "alice@example.com").await;
    let code = mailed(&site, "alice@example.com").await.unwrap();
    for _ in 0..4 {
        answer(&mut alice, &id, &wrong(&code)).await.is(303);
    }
    answer(&mut alice, &id, &code).await.goes_to("/profile");
}

#[tokio::test]
async fn asking_tells_nobody_whether_an_address_has_an_account() {
    let site = Site::new();
    for email in ["alice@example.com", "nobody@example.com", "no-address", "%25", ""] {
        assert_eq!(ask(&mut site.visitor(), email).await.len(), 32, "{email}");
    }
    assert!(mailed(&site, "no-address").await.is_none());
    site.visitor().post("/code", "x=y").await.is(422);
}

#[tokio::test]
async fn an_address_without_an_account_gets_one_by_its_code_and_not_by_asking() {
    let site = Site::new();
    let mut new = site.visitor();
    let id = ask(&mut new, "new@example.com").await;
    let taken = "email=new@example.com&password=long+enough";
    let code = mailed(&site, "new@example.com").await.unwrap();
    answer(&mut new, &id, &code).await.goes_to("/profile");
    assert!(new.get("/profile").await.body.contains("new@example.com (verified)"));
    site.visitor().post("/register", taken).await.goes_to("/login?error=taken");
}

#[tokio::test]
async fn who_registered_somebody_elses_address_is_out_when_its_owner_comes() {
    let site = Site::new();
    let mut thief = site.visitor();
    let form = "email=victim@example.com&password=long+enough";
    thief.post("/register", form).await.goes_to("/profile");
    let mut victim = site.visitor();
    let id = ask(&mut victim, "victim@example.com").await;
    let code = mailed(&site, "victim@example.com").await.unwrap();
    answer(&mut victim, &id, &code).await.goes_to("/profile");
    assert_eq!(who(&mut victim).await, "victim");
    assert_eq!(who(&mut thief).await, "nobody");
    thief.post("/login", form).await.goes_to("/login?error=failed");
}

#[tokio::test]
async fn a_code_that_is_none_gets_the_originals_answer() {
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let id = ask(&mut alice, "alice@example.com").await;
    let json = [("accept", "application/json"), ("content-type", "application/x-www-form-urlencoded")];
    for form in [
        format!("otpId={id}&code=x"),
        format!("otpId={id}&code=%25"),
        "otpId=x&code=12345678".to_owned(),
        "otpId=&code=".to_owned(),
        format!("otpId={id}"),
        format!("otpId={id}&otpId={id}&code=1"),
    ] {
        let refused = alice.send("POST", "/login/code", &json, &form).await.is(400).without_cookie();
        assert!(refused.body.contains("Invalid or expired OTP"), "{refused}");
    }
    assert_eq!(who(&mut alice).await, "alice");
    let page = alice.get(&format!("/login?otpId={id}&error=code")).await.is(200);
    assert!(page.body.contains("Invalid or expired OTP"), "{page}");
    let evil = alice.get("/login?otpId=%22%3E%3Cscript%3E&error=%3Cscript%3E").await.is(200);
    assert!(!evil.body.contains("<script>"), "{evil}");
}
