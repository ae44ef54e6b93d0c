//! What an example is handed.

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use passport_core::BoxError;
use passport_session::Sessions;
use tokio::{net::TcpListener, sync::watch};

use crate::{Cookies, Settings, Users};

/// The parts that an example puts its routes around.
#[derive(Debug)]
pub struct Site {
    /// Alice and Bob.
    pub users: Users,
    /// Where their sessions live, as `SESSIONS` and `COOKIES` ask for.
    pub sessions: Sessions,
    /// Which cookie `COOKIES` asks for, for sessions that an example makes itself.
    pub cookies: Cookies,
    addr: String,
    stop: watch::Receiver<bool>,
}

impl Site {
    /// The site that the settings ask for; `stop` becomes true when it is to end.
    pub(crate) async fn open(settings: Settings, stop: watch::Receiver<bool>) -> Result<Self, BoxError> {
        let sessions = Sessions::over(settings.sessions.open().await?);
        let sessions = match settings.cookies {
            Cookies::Secure => sessions,
            Cookies::Dev => sessions.insecure_cookie_for_development(),
        };
        Ok(Self { users: Users::customers(), sessions, cookies: settings.cookies, addr: settings.addr, stop })
    }

    /// Listens where `ADDR` says, and tells so on standard output: call it when everything else is ready.
    ///
    /// # Errors
    ///
    /// If the address is none, or another program has it.
    pub async fn listen(&self) -> Result<TcpListener, BoxError> {
        let listener = TcpListener::bind(&self.addr).await.map_err(|error| self.cannot_listen(&error))?;
        announce(listener.local_addr()?)?;
        Ok(listener)
    }

    /// Resolves when the program is to end: give it to the server's graceful shutdown.
    pub fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stop = self.stop.clone();
        async move {
            // An error says that the sender is gone: that is an end, too.
            let _ = stop.wait_for(|stop| *stop).await;
        }
    }

    fn cannot_listen(&self, error: &io::Error) -> String {
        let addr = &self.addr;
        match error.kind() {
            io::ErrorKind::AddrInUse => {
                format!("{addr} is in use by another program: choose another address, as in ADDR=127.0.0.1:0")
            }
            io::ErrorKind::InvalidInput => {
                format!("ADDR is {addr:?}: write a host and a port, as in 127.0.0.1:3000")
            }
            _ => format!("cannot listen on {addr:?}: {error}"),
        }
    }
}

/// The one line on standard output, for people and for scripts.
fn announce(addr: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "listening on http://{addr}")?;
    out.flush()
}
