//! What a person does with a page in a browser. Each waits as long as a machine that is very busy may need.

use std::time::{Duration, Instant};

use fantoccini::{Client, Locator, elements::Element};
use passport_tests::program::Program;

const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn goto(page: &Client, site: &Program, path: &str) {
    page.goto(&format!("http://{}{path}", site.addr)).await.unwrap();
}

/// Waits until the page that was asked for is there, all of it.
pub(crate) async fn arrive(page: &Client, site: &Program, path: &str) {
    let url = format!("http://{}{path}", site.addr).parse().unwrap();
    let arrived = page.wait().at_most(PATIENCE).for_url(&url).await;
    arrived.unwrap_or_else(|error| panic!("{path}: {error}"));
    let begun = Instant::now();
    while script(page, "document.readyState").await != "complete" {
        assert!(begun.elapsed() < PATIENCE, "{path} is never complete");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Waits until there is an element that this finds: the first one.
pub(crate) async fn appears(page: &Client, css: &str) -> Element {
    let found = page.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
    found.unwrap_or_else(|error| panic!("{css}: {error}"))
}

pub(crate) async fn text(page: &Client, css: &str) -> String {
    appears(page, css).await.text().await.unwrap()
}

pub(crate) async fn type_into(page: &Client, css: &str, typed: &str) {
    appears(page, css).await.send_keys(typed).await.unwrap();
}

pub(crate) async fn click(page: &Client, css: &str) {
    appears(page, css).await.click().await.unwrap();
}

/// What a script of this page would see.
pub(crate) async fn script(page: &Client, expression: &str) -> serde_json::Value {
    page.execute(&format!("return {expression}"), vec![]).await.unwrap()
}
