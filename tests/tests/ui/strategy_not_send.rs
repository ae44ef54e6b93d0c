//! A strategy that two threads cannot share.

use std::{cell::Cell, rc::Rc};

use passport_core::{BoxError, Outcome, Strategy, async_trait};

struct Holding(Rc<u32>);

#[async_trait]
impl Strategy for Holding {
    type User = String;

    async fn authenticate(&self, _: &http::Request<bytes::Bytes>) -> Result<Outcome<String>, BoxError> {
        Ok(Outcome::Pass)
    }
}

struct Counting(Cell<u32>);

#[async_trait]
impl Strategy for Counting {
    type User = String;

    async fn authenticate(&self, _: &http::Request<bytes::Bytes>) -> Result<Outcome<String>, BoxError> {
        Ok(Outcome::Pass)
    }
}

struct Waiting;

#[async_trait]
impl Strategy for Waiting {
    type User = String;

    async fn authenticate(&self, _: &http::Request<bytes::Bytes>) -> Result<Outcome<String>, BoxError> {
        let name = Rc::new("alice".to_owned());
        std::future::ready(()).await;
        Ok(Outcome::success(String::clone(&name)))
    }
}

fn main() {}
