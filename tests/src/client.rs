//! A client that controls every byte it sends.

mod answer;
pub mod cookies;
mod socket;
mod visitor;

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

pub use self::{
    answer::Answer,
    socket::{Frame, Socket},
    visitor::Visitor,
};

/// How long an answer may take before the test fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request that has been sent, and whose answer has not been read.
#[derive(Debug)]
pub struct InFlight {
    stream: TcpStream,
    request: String,
}

impl InFlight {
    /// Whether the answer has begun to arrive.
    pub fn has_answered(&self) -> bool {
        let peeked = self.stream.set_nonblocking(true).and_then(|()| self.stream.peek(&mut [0]));
        // A stream that cannot be switched back fails when it is read.
        let _ = self.stream.set_nonblocking(false);
        peeked.is_ok()
    }

    /// Waits for the end of the connection: everything that came, which may be several answers.
    ///
    /// # Errors
    ///
    /// Of the connection.
    pub fn everything(mut self) -> std::io::Result<String> {
        let mut all = Vec::new();
        self.stream.read_to_end(&mut all)?;
        Ok(String::from_utf8_lossy(&all).into_owned())
    }

    /// Waits for the answer and reads it to its end.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn answer(mut self) -> std::io::Result<Answer> {
        let mut all = Vec::new();
        // A server that refuses a body may cut the connection after its answer: what came, counts.
        let read = self.stream.read_to_end(&mut all);
        match (Answer::parse(&self.request, &all), read) {
            (Some(answer), _) => Ok(answer),
            (None, Err(error)) => Err(error),
            (None, Ok(_)) => {
                let text = String::from_utf8_lossy(&all);
                Err(std::io::Error::other(format!("no answer to {}: {text:?}", self.request)))
            }
        }
    }
}

/// Sends one request over a connection of its own.
///
/// # Errors
///
/// Of the connection.
pub fn begin(
    addr: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<InFlight> {
    let mut head = format!("{method} {path} HTTP/1.1\r\n");
    for (name, value) in [("host", addr), ("connection", "close")] {
        if !headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)) {
            head.extend([name, ": ", value, "\r\n"]);
        }
    }
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    if !body.is_empty() || matches!(method, "POST" | "PUT") {
        head.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
    }
    head.push_str("\r\n");
    begin_bytes(addr, &[head.as_bytes(), body].concat())
}

/// Sends these very bytes over a connection of their own.
///
/// # Errors
///
/// Of the connection.
pub fn begin_bytes(addr: &str, bytes: &[u8]) -> std::io::Result<InFlight> {
    let mut stream = TcpStream::connect(addr)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // A server may refuse a large body before all of it has come: its answer says why.
    let _ = stream.write_all(bytes);
    let head = bytes.split(|byte| *byte == b'\r').next().unwrap_or_default();
    Ok(InFlight { stream, request: String::from_utf8_lossy(head).into_owned() })
}

/// Sends one request over a connection of its own, and reads the answer to its end.
///
/// # Errors
///
/// Of the connection, or if the answer is none.
pub fn send(
    addr: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<Answer> {
    begin(addr, method, path, headers, body)?.answer()
}
