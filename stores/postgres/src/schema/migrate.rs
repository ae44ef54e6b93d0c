//! From whatever is there to what this release needs.

use passport_session::MARK_CHAIN;
use tokio_postgres::{Client, Error};

use super::Schema;

/// Every step from an empty database to now. A step that was released is never changed, only followed by another, and
/// leaves in place what the release before it calls: both run at once while servers are replaced.
const STEPS: &[&str] = &[include_str!("1.sql"), include_str!("2.sql")];

/// What this release leaves a schema at.
const NEWEST: usize = STEPS.len();

/// Why a schema cannot be used.
#[derive(Debug)]
pub(crate) enum MigrateError {
    /// A newer release was here.
    TooNew {
        found: i32,
        known: usize,
    },
    /// There is something else under that name.
    NotOurs,
    Failed(Error),
}

impl From<Error> for MigrateError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Creates the schema, or brings it up to date. Of several servers that start at once, one does it.
pub(crate) async fn migrate(client: &mut Client, schema: &Schema) -> Result<(), MigrateError> {
    // The usual start: nothing to do, nothing to lock, and no right to create anything is needed.
    if version(client, schema).await? == Some(NEWEST) {
        return Ok(());
    }
    let transaction = client.transaction().await?;
    transaction.batch_execute(&lock(schema)).await?;
    let from = match version(transaction.client(), schema).await? {
        Some(from) => from,
        None => {
            create(transaction.client(), schema).await?;
            0
        }
    };
    for step in &STEPS[from..] {
        let step = schema.fill(step).replace("{chain}", &MARK_CHAIN.to_string());
        transaction.batch_execute(&step).await?;
    }
    let note = schema.fill("UPDATE {schema}.schema_version SET version = ");
    transaction.batch_execute(&format!("{note}{NEWEST}")).await?;
    transaction.commit().await?;
    Ok(())
}

/// Which version is there; `None` where there is none.
async fn version(client: &Client, schema: &Schema) -> Result<Option<usize>, MigrateError> {
    let there = "SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE n.nspname = $1::text AND c.relname = 'schema_version'";
    // By reading the catalogue: `to_regclass` may repeat what it answered before somebody else was let in.
    if client.query_opt(there, &[&schema.name()]).await?.is_none() {
        return Ok(None);
    }
    let name = schema.fill("{schema}.schema_version");
    let row = client.query_opt(&format!("SELECT version FROM {name}"), &[]).await?;
    let found: i32 = row.ok_or(MigrateError::NotOurs)?.try_get(0)?;
    match usize::try_from(found) {
        Ok(version) if version <= NEWEST => Ok(Some(version)),
        _ => Err(MigrateError::TooNew { found, known: NEWEST }),
    }
}

/// A schema of version 0. It may be there, empty: made by an administrator for a user who may not.
async fn create(client: &Client, schema: &Schema) -> Result<(), MigrateError> {
    let there = "SELECT FROM pg_namespace n WHERE n.nspname = $1::text";
    if client.query_opt(there, &[&schema.name()]).await?.is_none() {
        client.batch_execute(&schema.fill("CREATE SCHEMA {schema}")).await?;
    }
    let table = "CREATE TABLE {schema}.schema_version (version integer NOT NULL); \
                 INSERT INTO {schema}.schema_version VALUES (0)";
    client.batch_execute(&schema.fill(table)).await?;
    Ok(())
}

/// Held until the transaction is over.
fn lock(schema: &Schema) -> String {
    format!("SELECT pg_advisory_xact_lock(hashtextextended('passport schema {}', 0))", schema.name())
}
