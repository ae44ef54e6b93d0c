//! What is asked of the server: one command, one answer.

use std::{slice, sync::LazyLock};

use redis::{Cmd, RedisResult, Value, aio::MultiplexedConnection};

use crate::{fault::is_unknown_script, scripts::Lua};

/// One command.
pub(crate) enum Request {
    Plain(Cmd),
    /// A script, with what follows its name.
    Script(&'static LazyLock<Lua>, Vec<Vec<u8>>),
}

impl Request {
    pub(crate) fn get(key: &str) -> Self {
        let mut cmd = redis::cmd("GET");
        cmd.arg(key);
        Self::Plain(cmd)
    }

    pub(crate) fn script<const K: usize, const A: usize>(
        script: &'static LazyLock<Lua>,
        keys: [&str; K],
        args: [&[u8]; A],
    ) -> Self {
        let mut rest = vec![K.to_string().into_bytes()];
        rest.extend(keys.iter().map(|key| key.as_bytes().to_vec()));
        rest.extend(args.iter().map(|arg| arg.to_vec()));
        Self::Script(script, rest)
    }

    /// Sends it. A script that the server has forgotten is sent as a whole.
    pub(crate) async fn send(&self, connection: &mut MultiplexedConnection) -> RedisResult<Value> {
        match self {
            Self::Plain(cmd) => cmd.query_async(connection).await,
            Self::Script(script, rest) => {
                match command("EVALSHA", script.hash(), rest).query_async(connection).await {
                    Err(error) if is_unknown_script(&error) => {
                        command("EVAL", script.code(), rest).query_async(connection).await
                    }
                    answer => answer,
                }
            }
        }
    }
}

fn command(name: &str, script: &str, rest: &[Vec<u8>]) -> Cmd {
    let mut cmd = redis::cmd(name);
    cmd.arg(script);
    for arg in rest {
        cmd.arg(slice::from_ref(arg));
    }
    cmd
}
