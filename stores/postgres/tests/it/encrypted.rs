//! Encrypted connections.

use std::{
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use passport_core::Timestamp;
use passport_session::SessionStore;
use passport_store_postgres::{ConnectError, PostgresStore};
use passport_test_servers::missing;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring::default_provider,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio::time::timeout;

use crate::{
    sample::{created, hour, login},
    server::Database,
};

/// Has the server encrypt from now on, as `localhost`. Its certificate.
fn encrypt(database: &Database) -> CertificateDer<'static> {
    database.sql(
        "COPY (SELECT 1) TO PROGRAM 'openssl req -x509 -newkey rsa:2048 -nodes -keyout server.key -out server.crt -days 3 \
         -subj /CN=localhost -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE \
         && chmod 600 server.key'",
    );
    database.sql("ALTER SYSTEM SET ssl = on");
    database.sql("SELECT pg_reload_conf()");
    while database.sql("SHOW ssl") != "on" {}
    CertificateDer::from_pem_slice(database.sql("SELECT pg_read_file('server.crt')").as_bytes()).unwrap()
}

fn trusting(certificate: Option<CertificateDer<'static>>) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificate);
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}

async fn open(url: &str, config: Arc<ClientConfig>) -> Result<PostgresStore, ConnectError> {
    PostgresStore::builder(url).deadline(Duration::from_secs(60)).tls(config).connect().await
}

#[tokio::test]
async fn a_connection_is_encrypted_and_leads_to_the_server_that_was_meant() {
    // It does not know `--version` everywhere.
    let asked = Command::new("openssl").arg("version").stdout(Stdio::null()).status();
    if !asked.is_ok_and(|status| status.success()) {
        return missing("openssl");
    }
    let Some(database) = Database::alone() else { return };
    let certificate = encrypt(&database);
    let by_name = database.url().replace("127.0.0.1", "localhost");
    let store = open(&by_name, trusting(Some(certificate.clone()))).await.unwrap();
    let (live, version) = created(&store, 1).await;
    let plain = "SELECT count(*) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) \
                 WHERE a.application_name = 'passport' AND NOT s.ssl";
    assert_eq!(database.sql(plain), "0");
    // A call that is given up is cancelled over an encrypted connection too.
    let hold = database.holding("SELECT 1 FROM passport.sessions FOR UPDATE");
    let mine = login(1, "mine");
    let update = store.update(live, &mine, version, hour());
    assert!(timeout(Duration::from_millis(300), update).await.is_err());
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while database.sql(waits) != "0" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(hold);
    assert!(store.delete(live, Timestamp::system()).await.unwrap());

    let other_name = open(database.url(), trusting(Some(certificate))).await.unwrap_err();
    assert!(other_name.to_string().contains("certificate"), "{other_name}");
    let unknown = open(&by_name, trusting(None)).await.unwrap_err();
    assert!(unknown.to_string().contains("certificate"), "{unknown}");
}

#[tokio::test]
async fn a_server_that_does_not_encrypt_is_refused_whatever_the_address_says() {
    let Some(database) = Database::shared() else { return };
    for mode in ["", "?sslmode=prefer", "?sslmode=disable"] {
        let error = open(&format!("{}{mode}", database.url()), trusting(None)).await.unwrap_err();
        assert!(matches!(error, ConnectError::Unreachable { .. }), "{error:?}");
    }
}
