//! The headers of an answer, on any framework.

use http::{HeaderMap, HeaderName, HeaderValue};

/// What [`Headers::apply`](crate::Headers::apply) needs of an answer's headers.
///
/// The `http` crate's map has it. A framework with a map of its own gets a small type around it that implements
/// this: the rules about cookies and caches stay in one place.
pub trait ResponseHeaders {
    /// All of them, one value at a time. Names may be in upper or lower case.
    fn all(&self) -> impl Iterator<Item = (&str, &[u8])>;

    /// Adds a value beside those that are there.
    fn append(&mut self, name: HeaderName, value: HeaderValue);

    /// Sets the only value.
    fn insert(&mut self, name: HeaderName, value: HeaderValue);

    /// Removes all values.
    fn remove(&mut self, name: &HeaderName);
}

impl ResponseHeaders for HeaderMap {
    fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))
    }

    fn append(&mut self, name: HeaderName, value: HeaderValue) {
        self.append(name, value);
    }

    fn insert(&mut self, name: HeaderName, value: HeaderValue) {
        self.insert(name, value);
    }

    fn remove(&mut self, name: &HeaderName) {
        self.remove(name);
    }
}
