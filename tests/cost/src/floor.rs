//! A layer as small as one can be written by hand: it parses the cookie, hashes it, looks it up in a sharded map and
//! puts the user into the request. No timeout, no logout, no foreign sites: what no layer can be cheaper than.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use http::{HeaderValue, Request, header};
use sha2::{Digest, Sha256};
use tower_layer::Layer;
use tower_service::Service;

use crate::users::User;

const NAME: &[u8] = b"__Host-session=";

/// The hand-written layer. Its clones are the same sessions.
#[derive(Clone, Debug)]
pub struct Floor(Arc<[Shard; 64]>);

/// The service of [`Floor`].
#[derive(Clone, Debug)]
pub struct FloorService<S> {
    floor: Floor,
    inner: S,
}

#[derive(Debug, Default)]
struct Shard(Mutex<HashMap<[u8; 32], Arc<User>, BuildHasherDefault<Prefix>>>);

/// A hash is uniform: its first bytes are its own hash.
#[derive(Debug, Default)]
struct Prefix(u64);

impl Hasher for Prefix {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    // The length of the array.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Default for Floor {
    fn default() -> Self {
        Self(Arc::new(std::array::from_fn(|_| Shard::default())))
    }
}

impl Floor {
    /// Logs a user in, and returns the cookie.
    ///
    /// # Panics
    ///
    /// Never: hexadecimal digits are a header's value.
    #[expect(clippy::expect_used, reason = "hexadecimal digits are a header's value")]
    pub fn log_in(&self, user: Arc<User>) -> HeaderValue {
        let id = format!("{:043x}", user.id.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let hash = hash(id.as_bytes());
        self.shard(&hash).lock().unwrap_or_else(PoisonError::into_inner).insert(hash, user);
        HeaderValue::try_from(format!("__Host-session={id}")).expect("digits")
    }

    /// Who is logged in by this `Cookie` header.
    pub fn find(&self, cookie: &[u8]) -> Option<Arc<User>> {
        let mut pairs = cookie.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let hash = hash(pairs.find_map(|pair| pair.strip_prefix(NAME))?);
        self.shard(&hash).lock().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned()
    }

    fn shard(&self, hash: &[u8; 32]) -> &Mutex<HashMap<[u8; 32], Arc<User>, BuildHasherDefault<Prefix>>> {
        &self.0[usize::from(hash[31]) % self.0.len()].0
    }
}

fn hash(id: &[u8]) -> [u8; 32] {
    Sha256::digest(id).into()
}

impl<S> Layer<S> for Floor {
    type Service = FloorService<S>;

    fn layer(&self, inner: S) -> FloorService<S> {
        FloorService { floor: self.clone(), inner }
    }
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for FloorService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        let cookie = request.headers().get(header::COOKIE);
        if let Some(user) = cookie.and_then(|cookie| self.floor.find(cookie.as_bytes())) {
            request.extensions_mut().insert(user);
        }
        self.inner.call(request)
    }
}
