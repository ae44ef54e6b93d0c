//! What clients ask of a Redis server.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
};

/// Listens to the commands that clients send to a Redis server (`MONITOR`).
#[derive(Debug)]
pub struct Monitor {
    port: u16,
    asked: u64,
    says: BufReader<TcpStream>,
}

impl Monitor {
    pub(crate) fn new(port: u16) -> Self {
        let mut monitor = Self { port, asked: 0, says: BufReader::new(send(port, "MONITOR")) };
        // Everything is heard from the answer on.
        let answer = monitor.line();
        assert!(answer.starts_with("+OK"), "{answer}");
        monitor
    }

    /// The commands since this was asked last, as the server has them; those that a script runs inside of it do not count.
    ///
    /// # Panics
    ///
    /// If the server does not answer.
    pub fn commands(&mut self) -> Vec<String> {
        self.asked += 1;
        let mark = format!("monitored-{}", self.asked);
        // Whatever was sent before has been heard once this is.
        let _asked = send(self.port, &format!("ECHO {mark}"));
        let mut commands = Vec::new();
        loop {
            let line = self.line();
            if line.contains(&mark) {
                return commands;
            }
            if !line.contains(" lua] ") {
                commands.push(line.trim_end().to_owned());
            }
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        let read = self.says.read_line(&mut line);
        assert!(matches!(read, Ok(1..)), "redis-server is gone: {read:?}");
        line
    }
}

fn send(port: u16, command: &str) -> TcpStream {
    let sent = TcpStream::connect(("127.0.0.1", port)).and_then(|mut stream| {
        stream.write_all(format!("{command}\r\n").as_bytes())?;
        Ok(stream)
    });
    sent.unwrap_or_else(|error| panic!("{command}: {error}"))
}
