//! "Where you're signed in", in two browsers at once.

use fantoccini::{Client, Locator};
use passport_tests::{browser::Browser, client::Visitor, program::Program};

use crate::support::page::{appears, click, goto, type_into};

const ALICE: &str = "username=alice&password=correct+horse+battery+staple";

/// The program, over a file of its own.
fn start(folder: &tempfile::TempDir) -> Program {
    let sessions = format!("sqlite:{}", folder.path().join("devices.db").display());
    Program::start("example-devices", &[("SESSIONS", &sessions)])
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

async fn sign_in(page: &Client, site: &Program) {
    goto(page, site, "/").await;
    type_into(page, "[name=username]", "alice").await;
    type_into(page, "[name=password]", "correct horse battery staple").await;
    click(page, "form button").await;
    appears(page, ".current").await;
}

async fn count(page: &Client, what: &str) -> usize {
    page.find_all(Locator::Css(what)).await.unwrap().len()
}

#[tokio::test]
async fn a_device_that_is_signed_out_from_another_one_is_told_at_once() {
    let (Some(laptop), Some(phone)) = (Browser::start().await, Browser::start().await) else { return };
    let folder = folder();
    let site = start(&folder);
    sign_in(&phone.page, &site).await;
    sign_in(&laptop.page, &site).await;
    let page = &laptop.page;
    assert_eq!((count(page, ".devices li").await, count(page, ".current").await), (2, 1));
    assert!(page.source().await.unwrap().contains("Chrome on Linux"));
    if let Some(path) = std::env::var_os("SCREENSHOT") {
        page.set_window_size(800, 900).await.unwrap();
        std::fs::write(path, page.screenshot().await.unwrap()).unwrap();
    }

    // Nobody touches the phone: its open page goes to the login page by itself.
    click(page, ".devices li:not(.current) button").await;
    appears(&phone.page, "[name=username]").await;
    appears(page, ".current").await;
    assert_eq!(count(page, ".devices li").await, 1);

    sign_in(&phone.page, &site).await;
    click(&phone.page, "main > form button").await;
    appears(page, "[name=username]").await;
    appears(&phone.page, ".current").await;

    // This device itself.
    click(&phone.page, ".current button").await;
    appears(&phone.page, "[name=username]").await;
    phone.page.back().await.unwrap();
    assert!(
        !phone.page.source().await.unwrap().contains("Signed in as"),
        "the back button shows nothing private"
    );
    laptop.close().await;
    phone.close().await;
}

#[tokio::test]
async fn another_tab_of_the_same_browser_is_told_too() {
    let Some(browser) = Browser::start().await else { return };
    let folder = folder();
    let site = start(&folder);
    let page = &browser.page;
    sign_in(page, &site).await;
    let first = page.window().await.unwrap();
    let second = page.new_window(false).await.unwrap();
    page.switch_to_window(second.handle).await.unwrap();
    goto(page, &site, "/devices").await;
    appears(page, ".current").await;
    click(page, ".current button").await;
    appears(page, "[name=username]").await;
    page.switch_to_window(first).await.unwrap();
    appears(page, "[name=username]").await;
    browser.close().await;
}

fn login(site: &Program, user_agent: &str) -> Visitor {
    let mut visitor = Visitor::new(&site.addr);
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("user-agent", user_agent)];
    visitor.send("POST", "/login", &headers, ALICE).goes_to("/devices");
    visitor
}

/// The addresses that the forms of a page post to.
fn forms(page: &str) -> Vec<String> {
    let actions = page.split("action=\"").skip(1);
    actions.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[test]
fn without_scripts_every_session_can_be_ended_by_its_form() {
    let folder = folder();
    let site = start(&folder);
    let mut laptop = login(&site, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    let mut phone = login(&site, "curl/8.5.0");
    let page = laptop.get("/devices").body;
    assert!(
        page.contains("Firefox on Linux") && page.contains("curl") && page.contains("127.0.0.1"),
        "{page}"
    );
    assert_eq!(page.matches("This device").count(), 1);

    // The session that was made last is the first in the list.
    let handles = forms(&page);
    laptop.post(&handles[0], "").goes_to("/devices");
    assert_eq!(phone.get("/devices").status, 303);
    assert_eq!(laptop.post(&handles[0], "").status, 404, "it has ended already");
    assert_eq!(laptop.get("/devices").body.matches("<li").count(), 1);

    let mut others: Vec<_> = (0..3).map(|_| login(&site, "curl/8.5.0")).collect();
    laptop.post("/devices/sign-out-others", "").goes_to("/devices");
    assert!(others.iter_mut().all(|other| other.get("/devices").status == 303));
    assert_eq!(laptop.get("/devices").body.matches("<li").count(), 1);
}

#[test]
fn nobody_ends_the_session_of_somebody_else() {
    let folder = folder();
    let site = start(&folder);
    let mut alice = login(&site, "curl/8.5.0");
    let own = forms(&alice.get("/devices").body)[0].clone();
    let mut bob = Visitor::new(&site.addr);
    bob.post("/login", "username=bob&password=wonderland+is+far+away");
    assert_eq!(bob.post(&own, "").status, 404);
    assert_eq!(bob.post("/devices/nonsense/sign-out", "").status, 404);
    let foreign = [("sec-fetch-site", "cross-site"), ("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(alice.clone().send("POST", &own, &foreign, "").status, 403);
    assert_eq!(alice.clone().send("POST", "/devices/sign-out-others", &foreign, "").status, 403);
    // A stranger logs in first.
    Visitor::new(&site.addr).post(&own, "").goes_to("/");
    assert_eq!(alice.get("/devices").status, 200);
}

#[test]
fn nobody_is_signed_out_when_the_program_is_started_again() {
    let folder = folder();
    let site = start(&folder);
    let alice = login(&site, "curl/8.5.0");
    assert_eq!(site.terminate(), Some(0));
    let site = start(&folder);
    let cookie = &alice.cookies["session"];
    let mut again = Visitor::new(&site.addr).with_cookie("session", cookie);
    assert_eq!(again.get("/devices").status, 200);
}
