//! A real browser: headless Chromium, driven by `chromedriver`.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;

use passport_test_servers::is_installed;

/// Chromium's driver, and a browser of its own profile.
#[derive(Debug)]
pub struct Browser {
    /// What drives the page.
    pub page: Client,
    driver: Child,
    /// Kept open: the driver may have more to say.
    _says: BufReader<ChildStdout>,
}

impl Browser {
    /// Starts one, if it is installed.
    ///
    /// # Panics
    ///
    /// If it is installed and does not start; if it is not installed and `CI` is set.
    pub async fn start() -> Option<Self> {
        if !is_installed("chromedriver") {
            return None;
        }
        let (driver, says, port) =
            (0..5).find_map(|_| launch()).unwrap_or_else(|| panic!("chromedriver does not start"));
        let mut browser = ClientBuilder::new(HttpConnector::new());
        browser.capabilities(serde_json::from_value(capabilities()).unwrap_or_default());
        let address = format!("http://127.0.0.1:{port}");
        for _ in 0..10 {
            match browser.connect(&address).await {
                Ok(page) => return Some(Self { page, driver, _says: says }),
                // On a busy machine a browser may take longer to start than the driver waits.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
        panic!("chromedriver starts no browser");
    }

    /// Ends the browser.
    pub async fn close(self) {
        // The driver ends its browser also if this fails.
        let _ = self.page.clone().close().await;
    }
}

/// A test that failed leaves no browser behind: the driver takes it along when it is asked to end.
impl Drop for Browser {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.driver.id().to_string()]).status();
        let _ = self.driver.wait();
    }
}

/// A driver, and the port that it chose. `None` if somebody else took that meanwhile.
fn launch() -> Option<(Child, BufReader<ChildStdout>, u16)> {
    let mut driver = Command::new("chromedriver");
    driver.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
    let mut driver = driver.spawn().unwrap_or_else(|error| panic!("chromedriver: {error}"));
    let mut says = driver.stdout.take().map(BufReader::new);
    let port = says.as_mut().and_then(port);
    let Some((says, port)) = says.zip(port) else {
        let _ = driver.kill();
        let _ = driver.wait();
        return None;
    };
    Some((driver, says, port))
}

/// The port, as the driver says it.
fn port(says: &mut BufReader<ChildStdout>) -> Option<u16> {
    let line =
        says.lines().map_while(Result::ok).find(|line| line.contains("started successfully on port"))?;
    line.rsplit(' ').next()?.trim_end_matches('.').parse().ok()
}

fn capabilities() -> serde_json::Value {
    serde_json::json!({ "goog:chromeOptions": { "args": [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ] } })
}
