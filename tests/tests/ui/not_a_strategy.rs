//! Something else in the place of a strategy.

use passport_core::{BoxError, Outcome, Passport, Strategy};
use passport_session::Sessions;

struct Unimplemented;

fn in_a_builder() {
    let _ = Passport::<String>::of_ids(&Sessions::in_memory()).strategy("own", Unimplemented);
}

struct Plain;

impl Strategy for Plain {
    type User = String;

    async fn authenticate(&self, _: &http::Request<bytes::Bytes>) -> Result<Outcome<String>, BoxError> {
        Ok(Outcome::Pass)
    }
}

fn main() {}
