//! Connections: made as this store needs them, pooled, and never used again after a call that was given up.

use std::time::Duration;

use deadpool::managed::{self, Metrics, Object, RecycleError, RecycleResult};
use tokio::task::AbortHandle;
use tokio_postgres::{Client, Config, Error};

use crate::transport::{Hear, Transport};

pub(crate) type Pool = managed::Pool<Connector>;

/// Makes connections.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) config: Config,
    pub(crate) transport: Transport,
    /// How long somebody waits for a cancellation to arrive.
    pub(crate) deadline: Duration,
}

/// One connection. Dropped, it is closed at once.
pub(crate) struct Connection {
    pub(crate) client: Client,
    driver: AbortHandle,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Connector {
    pub(crate) async fn connect(&self, hear: Option<Hear>) -> Result<Connection, Error> {
        let (client, driver) = self.transport.connect(&self.config, hear).await?;
        Ok(Connection { client, driver })
    }
}

impl managed::Manager for Connector {
    type Type = Connection;
    type Error = Error;

    async fn create(&self) -> Result<Connection, Error> {
        self.connect(None).await
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<Error> {
        match connection.client.is_closed() {
            false => Ok(()),
            true => Err(RecycleError::message("the connection is closed")),
        }
    }
}

/// A connection that is out for one call. Dropped in the middle of it, the connection is closed and its statement
/// cancelled: the next answer on it would be somebody else's.
pub(crate) struct Lease(Option<Object<Connector>>);

impl Lease {
    pub(crate) fn new(object: Object<Connector>) -> Self {
        Self(Some(object))
    }

    /// The connection; `None` is never seen.
    pub(crate) fn client(&self) -> Option<&Client> {
        self.0.as_ref().map(|object| &object.client)
    }

    /// Whether it has been used before: then it may have been lost since.
    pub(crate) fn is_used(&self) -> bool {
        self.0.as_ref().is_some_and(|object| Object::metrics(object).recycle_count > 0)
    }

    /// The call is over, and the connection is fit for the next.
    pub(crate) fn give_back(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(object) = self.0.take() else { return };
        let connector = Object::pool(&object).map(|pool| pool.manager().clone());
        let connection = Object::take(object);
        // Without a runtime there is nobody to send it; the server's own timeout ends the statement then.
        if let (Some(connector), Ok(runtime), false) =
            (connector, tokio::runtime::Handle::try_current(), connection.client.is_closed())
        {
            let token = connection.client.cancel_token();
            runtime.spawn(async move {
                let cancelled = connector.transport.cancel(token);
                let _ = tokio::time::timeout(connector.deadline, cancelled).await;
            });
        }
    }
}
