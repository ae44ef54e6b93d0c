//! A WebSocket (RFC 6455), as small as the tests need it.

use std::{
    io::{Error, Read, Result, Write},
    net::TcpStream,
    time::Duration,
};

use super::{Answer, InFlight, begin};

/// What arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A text.
    Text(String),
    /// The end, with its code.
    Close(Option<u16>),
    /// Anything else: its opcode.
    Other(u8),
}

/// An open WebSocket.
#[derive(Debug)]
pub struct Socket(TcpStream);

impl Socket {
    /// Asks for the upgrade. The inner error is the answer that refused it.
    ///
    /// # Errors
    ///
    /// Of the connection.
    pub(super) fn open(
        addr: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<std::result::Result<Self, Answer>> {
        let mut all = vec![
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        all.extend_from_slice(headers);
        let InFlight { mut stream, request } = begin(addr, "GET", path, &all, b"")?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let answer = Answer::parse(&request, &head).ok_or_else(|| Error::other("no answer"))?;
        if answer.status == 101 {
            return Ok(Ok(Self(stream)));
        }
        // The connection stays open: there is as much as the answer says.
        let mut body = vec![0; answer.header("content-length").parse().unwrap_or_default()];
        stream.read_exact(&mut body)?;
        head.extend(body);
        Ok(Err(Answer::parse(&request, &head).unwrap_or(answer)))
    }

    /// Sends a short text.
    ///
    /// # Errors
    ///
    /// Of the connection, or if the text has more than 125 bytes.
    pub fn send(&mut self, text: &str) -> Result<()> {
        let len = u8::try_from(text.len()).ok().filter(|len| *len < 126);
        let len = len.ok_or_else(|| Error::other("the text is too long"))?;
        // A client must mask; a mask of zeros is one (RFC 6455, section 5.3).
        self.0.write_all(&[&[0x81, 0x80 | len, 0, 0, 0, 0], text.as_bytes()].concat())
    }

    /// The next frame, or `None` if none comes within this time.
    ///
    /// # Errors
    ///
    /// Of the connection.
    pub fn next_within(&mut self, time: Duration) -> Result<Option<Frame>> {
        self.0.set_read_timeout(Some(time))?;
        let mut head = [0; 2];
        match self.0.read_exact(&mut head) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error),
        }
        let len = match head[1] {
            126 => {
                let mut long = [0; 2];
                self.0.read_exact(&mut long)?;
                usize::from(u16::from_be_bytes(long))
            }
            short => usize::from(short),
        };
        let mut body = vec![0; len];
        self.0.read_exact(&mut body)?;
        Ok(Some(match head[0] & 0x0f {
            1 => Frame::Text(String::from_utf8_lossy(&body).into_owned()),
            8 => Frame::Close(body.first_chunk().map(|code| u16::from_be_bytes(*code))),
            other => Frame::Other(other),
        }))
    }
}
