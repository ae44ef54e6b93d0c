//! TLS, with certificates that an authority of these tests' own has signed: they are good until 2120.

use std::{net::TcpListener, path::Path, time::Duration};

use passport_session::SessionStore;
use passport_store_redis::RedisStore;
use passport_test_servers::Redis;

use crate::records::{MANY, hour, id, is_live, login, now};

const AUTHORITY: &[u8] = include_bytes!("tls/ca.pem");
const PASSWORD: &str = "a-very-secret-password";

fn start() -> Option<(Redis, u16)> {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/tls");
    let file = |name| folder.join(name).display().to_string();
    let settings =
        ["--tls-port", &port.to_string(), "--tls-cert-file", &file("server.pem"), "--tls-key-file"];
    let rest = ["--tls-auth-clients", "no", "--tls-ca-cert-file", &file("ca.pem"), "--requirepass", PASSWORD];
    let key = file("server.key");
    let settings = [&settings[..], &[&key], &rest].concat();
    Some((Redis::start_with(&settings)?, port))
}

#[tokio::test]
async fn sessions_travel_by_tls_if_the_certificate_is_trusted() {
    let Some((_redis, port)) = start() else { return };
    let url = format!("rediss://:{PASSWORD}@127.0.0.1:{port}/");
    let patient = |url: &str| RedisStore::builder(url).deadline(Duration::from_secs(60));
    let store = patient(&url).root_certificates(AUTHORITY).connect().await.unwrap();
    store.create(id(1), &login("alice"), hour(), MANY).await.unwrap();
    assert!(is_live(&store, id(1)).await);
    let ended = tokio::spawn(store.ended(id(1)).unwrap());
    assert!(store.delete(id(1), now()).await.unwrap());
    ended.await.unwrap();

    let error = patient(&url).connect().await.unwrap_err();
    let said = format!("{error} {error:?}");
    assert!(said.contains(&format!("127.0.0.1:{port}")) && !said.contains(PASSWORD), "{said}");
    let error = patient(&url).root_certificates("no certificate").connect().await;
    assert!(error.is_err());
    // A plain client at the port of TLS, and a name that is not in the certificate.
    let plain = RedisStore::builder(format!("redis://:{PASSWORD}@127.0.0.1:{port}/")).connect().await;
    assert!(plain.is_err());
    let other = patient(&format!("rediss://:{PASSWORD}@127.0.0.2:{port}/")).root_certificates(AUTHORITY);
    assert!(other.connect().await.is_err());
    let unchecked = patient(&format!("{url}#insecure")).root_certificates(AUTHORITY).connect().await;
    assert!(unchecked.is_err(), "certificates are always looked at");
}
