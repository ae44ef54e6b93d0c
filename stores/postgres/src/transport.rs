//! The connection below the protocol: plain, or encrypted.

use tokio::task::AbortHandle;
use tokio_postgres::{
    AsyncMessage, CancelToken, Client, Config, Connection, Error, NoTls, Socket,
    tls::{MakeTlsConnect, TlsStream},
};

use std::{future::poll_fn, sync::Arc};

/// What becomes of notifications. Called by the connection's own task.
pub(crate) type Hear = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// How connections are made.
#[derive(Clone)]
pub(crate) enum Transport {
    Plain,
    #[cfg(feature = "tls")]
    Encrypted(crate::tls::MakeTls),
}

impl Transport {
    /// Connects. The task that moves the bytes ends with the client, or when it is aborted.
    pub(crate) async fn connect(
        &self,
        config: &Config,
        hear: Option<Hear>,
    ) -> Result<(Client, AbortHandle), Error> {
        match self {
            Self::Plain => start(config, NoTls, hear).await,
            #[cfg(feature = "tls")]
            Self::Encrypted(tls) => start(config, tls.clone(), hear).await,
        }
    }

    /// Asks the server to give up what it is doing for another connection.
    pub(crate) async fn cancel(&self, token: CancelToken) -> Result<(), Error> {
        match self {
            Self::Plain => token.cancel_query(NoTls).await,
            #[cfg(feature = "tls")]
            Self::Encrypted(tls) => token.cancel_query(tls.clone()).await,
        }
    }
}

async fn start<T>(config: &Config, tls: T, hear: Option<Hear>) -> Result<(Client, AbortHandle), Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: TlsStream + Unpin + Send + 'static,
{
    let (client, connection) = config.connect(tls).await?;
    let driver = tokio::spawn(drive(connection, hear));
    Ok((client, driver.abort_handle()))
}

/// Moves bytes until the connection is over. Whoever waits for an answer then hears of it.
async fn drive<S>(mut connection: Connection<Socket, S>, hear: Option<Hear>)
where
    S: TlsStream + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let (AsyncMessage::Notification(said), Some(hear)) = (message, &hear) {
            hear(said.channel(), said.payload());
        }
    }
}
