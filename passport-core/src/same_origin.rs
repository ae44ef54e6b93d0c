//! Routes that only this site itself may use.

use std::ops::ControlFlow;

use bytes::Bytes;
use http::{Request, Response, request::Parts};

use crate::{Error, Guard, PassportExt, Verdict, guard};

/// Refuses requests that a foreign site made: for forms and WebSockets that go by the session.
///
/// A trusted origin of the outermost passport passes.
pub fn same_origin() -> SameOrigin {
    SameOrigin(())
}

/// See [`same_origin`].
#[derive(Clone, Copy, Debug)]
#[must_use = "a guard protects nothing until it is put around a route"]
pub struct SameOrigin(());

impl Guard for SameOrigin {
    fn prepare(&self, req: &Parts) -> Result<Option<usize>, Box<Response<Bytes>>> {
        let foreign = req.session().map(|session| session.is_foreign());
        match foreign {
            Ok(false) => Ok(None),
            Ok(true) => Err(guard::answer("same_origin", req, &Error::CrossSite)),
            Err(error) => Err(guard::answer("same_origin", req, &error)),
        }
    }

    async fn run(&self, _: &Request<Bytes>) -> Verdict {
        ControlFlow::Continue(())
    }
}
