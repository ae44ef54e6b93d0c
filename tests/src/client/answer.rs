//! What came back, and what a test expects of it.

use std::fmt;

use serde_json::Value;

/// One answer, as it came.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The first line of the request.
    pub request: String,
    /// Its status.
    pub status: u16,
    /// Its headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
}

impl Answer {
    pub(super) fn parse(request: &str, all: &[u8]) -> Option<Self> {
        let end = all.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&all[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let body = if chunked { dechunk(&all[end + 4..])? } else { all[end + 4..].to_vec() };
        let (request, body) = (request.to_owned(), String::from_utf8_lossy(&body).into_owned());
        Some(Self { request, status, headers, body })
    }

    /// The only value of a header; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    /// All values of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Everything but the date: what must not differ between two answers that must look alike.
    pub fn without_date(&self) -> (u16, Vec<(String, String)>, String) {
        let mut headers: Vec<_> = self.headers.iter().filter(|(name, _)| name != "date").cloned().collect();
        // Some frameworks send them in another order each time.
        headers.sort();
        (self.status, headers, self.body.clone())
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// If it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("no JSON, {error}: {self}"))
    }

    /// Goes on only with this status.
    ///
    /// # Panics
    ///
    /// If it is another.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert!(self.status == status, "expected {status}: {self}");
        self
    }

    /// Goes on only with this status and this body.
    ///
    /// # Panics
    ///
    /// If one of them is another.
    #[track_caller]
    pub fn says(self, status: u16, body: &str) -> Self {
        assert!(self.status == status && self.body == body, "expected {status} {body:?}: {self}");
        self
    }

    /// Goes on only if it sends the browser to this page by a 303.
    ///
    /// # Panics
    ///
    /// If it does not.
    #[track_caller]
    pub fn goes_to(self, page: &str) -> Self {
        assert!((self.status, self.header("location")) == (303, page), "expected 303 to {page:?}: {self}");
        self
    }

    /// Goes on only with this status and a body `{"error": "…"}`.
    ///
    /// # Panics
    ///
    /// If one of them is another.
    #[track_caller]
    pub fn is_error(self, status: u16) -> Self {
        assert!(self.status == status, "expected {status}: {self}");
        assert!(self.header("content-type") == "application/json", "an error is JSON: {self}");
        let json = self.json();
        let sentence = json["error"].as_str().unwrap_or_default();
        let alone = json.as_object().is_some_and(|members| members.len() == 1);
        assert!(!sentence.is_empty() && alone, "an error is {{\"error\":\"…\"}}: {self}");
        self
    }

    /// Goes on only if the answer neither sets nor expires any cookie.
    ///
    /// # Panics
    ///
    /// If it does.
    #[track_caller]
    pub fn without_cookie(self) -> Self {
        assert!(self.all("set-cookie").is_empty(), "expected no cookie: {self}");
        self
    }

    /// The value that this answer gives to a cookie.
    ///
    /// # Panics
    ///
    /// If it sets no such cookie, or expires it.
    #[track_caller]
    pub fn cookie(&self, name: &str) -> String {
        let pairs =
            self.all("set-cookie").into_iter().filter_map(|set| set.split(';').next()?.split_once('='));
        let value =
            pairs.filter(|(own, _)| *own == name).map(|(_, value)| value).next_back().unwrap_or_default();
        assert!(!value.is_empty(), "expected the cookie `{name}`: {self}");
        value.to_owned()
    }

    /// Whether the answer takes a cookie away.
    pub fn expires(&self, name: &str) -> bool {
        self.all("set-cookie").iter().any(|set| {
            let gone = set.to_ascii_lowercase().contains("max-age=0");
            set.strip_prefix(name).is_some_and(|rest| rest.starts_with("=;")) && gone
        })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answered {}", self.request, self.status)?;
        for (name, value) in &self.headers {
            write!(f, "\n  {name}: {value}")?;
        }
        write!(f, "\n  {:?}", self.body)
    }
}

fn dechunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(line + 2..line + 2 + size)?);
        rest = rest.get(line + 4 + size..)?;
    }
}
