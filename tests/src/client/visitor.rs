//! A browser's cookie jar, and nothing else of a browser.

use std::collections::BTreeMap;

use super::{Answer, InFlight, Socket, begin, cookies};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

/// A browser's cookie jar. A clone is a copy of the cookies, as a thief would have it.
#[derive(Clone, Debug)]
pub struct Visitor {
    addr: String,
    /// The cookies it holds.
    pub cookies: BTreeMap<String, String>,
}

impl Visitor {
    /// A visitor without cookies.
    pub fn new(addr: &str) -> Self {
        Self { addr: addr.to_owned(), cookies: BTreeMap::new() }
    }

    /// The same visitor with one more cookie, or another value of it.
    pub fn with_cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Sends a request with the cookies and keeps those of the answer.
    ///
    /// # Panics
    ///
    /// If the server does not answer: what was asked is in the message.
    #[track_caller]
    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let in_flight = self.begin(method, path, headers, body);
        self.finish(in_flight)
    }

    /// Sends a request with the cookies and leaves the answer for later.
    ///
    /// # Panics
    ///
    /// If the server cannot be reached.
    #[track_caller]
    pub fn begin(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> InFlight {
        let cookies = cookies::header(&self.cookies);
        let mut all = headers.to_vec();
        all.extend(cookies.as_deref().map(|all| ("cookie", all)));
        let begun = begin(&self.addr, method, path, &all, body.as_bytes());
        begun.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Waits for an answer and keeps its cookies.
    ///
    /// # Panics
    ///
    /// If the server does not answer.
    #[track_caller]
    pub fn finish(&mut self, in_flight: InFlight) -> Answer {
        let request = in_flight.request.clone();
        let answer = in_flight.answer().unwrap_or_else(|error| panic!("{request}: {error}"));
        cookies::keep(&mut self.cookies, answer.all("set-cookie"));
        answer
    }

    /// Opens a WebSocket; the answer if it is refused.
    ///
    /// # Errors
    ///
    /// The server's refusal.
    ///
    /// # Panics
    ///
    /// If the server does not answer.
    pub fn open(&self, path: &str, headers: &[(&str, &str)]) -> Result<Socket, Answer> {
        let cookies = cookies::header(&self.cookies);
        let mut all = headers.to_vec();
        all.extend(cookies.as_deref().map(|all| ("cookie", all)));
        Socket::open(&self.addr, path, &all).unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// A GET.
    #[track_caller]
    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    /// A PUT of text.
    #[track_caller]
    pub fn put(&mut self, path: &str, text: &str) -> Answer {
        self.send("PUT", path, &[], text)
    }

    /// A DELETE.
    #[track_caller]
    pub fn delete(&mut self, path: &str) -> Answer {
        self.send("DELETE", path, &[], "")
    }

    /// A POST of a form.
    #[track_caller]
    pub fn post(&mut self, path: &str, form: &str) -> Answer {
        self.send("POST", path, &[FORM], form)
    }

    /// A POST of JSON.
    #[track_caller]
    pub fn post_json(&mut self, path: &str, json: &str) -> Answer {
        self.send("POST", path, &[JSON], json)
    }

    /// A POST of a form, whose answer is left for later.
    #[track_caller]
    pub fn begin_post(&self, path: &str, form: &str) -> InFlight {
        self.begin("POST", path, &[FORM], form)
    }
}
