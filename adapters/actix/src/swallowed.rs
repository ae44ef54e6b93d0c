//! Rejections that `Option` has swallowed.
//!
//! actix makes an extractor of every `Option` of one, and turns each error into `None`. For a visitor who is not logged
//! in that is what it looks like. A store that cannot be reached must not look the same.

use std::{
    cell::Cell,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
};

use actix_web::{HttpMessage, HttpRequest};
use bytes::Bytes;
use http::Response;

use crate::error::Rejection;

/// What an extractor comes to: itself, or a rejection.
pub(crate) enum Extracted<T> {
    User(T),
    /// Nobody in whose name the request may act, which `None` says as well.
    Nobody(Rejection),
    /// It could not be found out.
    Fault(Rejection),
}

/// Whether there ever was a fault in this process. Before the first one no request has to be looked through for its own.
static EVER: AtomicBool = AtomicBool::new(false);

/// The faults of a request, and whether anybody has seen them.
#[derive(Default)]
struct Faults(Vec<Rc<Fault>>);

struct Fault {
    answer: Arc<Response<Bytes>>,
    swallowed: Cell<bool>,
}

pin_project_lite::pin_project! {
    /// An extractor's future, which notices when its rejection is dropped before itself. So does `Option`: who gets a
    /// `Result`, or answers with the error, still has it when the future has gone.
    pub(crate) struct Watched<F> {
        #[pin]
        extract: F,
        req: HttpRequest,
        fault: Option<(Weak<Seen>, Rc<Fault>)>,
    }

    impl<F> PinnedDrop for Watched<F> {
        fn drop(this: Pin<&mut Self>) {
            if let Some((seen, fault)) = this.project().fault
                && seen.strong_count() == 0
            {
                fault.swallowed.set(true);
            }
        }
    }
}

/// Is there for as long as a rejection or a copy of it.
#[derive(Debug)]
pub(crate) struct Seen;

impl<F> Watched<F> {
    pub(crate) fn new(req: HttpRequest, extract: F) -> Self {
        Self { extract, req, fault: None }
    }
}

impl<T, F: Future<Output = Extracted<T>>> Future for Watched<F> {
    type Output = Result<T, Rejection>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut rejection = match ready!(this.extract.poll(cx)) {
            Extracted::User(user) => return Poll::Ready(Ok(user)),
            Extracted::Nobody(rejection) => return Poll::Ready(Err(rejection)),
            Extracted::Fault(rejection) => rejection,
        };
        EVER.store(true, Relaxed);
        let fault = Rc::new(Fault { answer: Arc::clone(&rejection.answer), swallowed: Cell::new(false) });
        let mut extensions = this.req.extensions_mut();
        match extensions.get_mut::<Faults>() {
            Some(faults) => faults.0.push(Rc::clone(&fault)),
            None => drop(extensions.insert(Faults(vec![Rc::clone(&fault)]))),
        }
        drop(extensions);
        *this.fault = Some((rejection.watch(), fault));
        Poll::Ready(Err(rejection))
    }
}

/// The answer to send instead of the handler's, which took a fault for a visitor.
pub(crate) fn answer(req: &HttpRequest) -> Option<Response<Bytes>> {
    if !EVER.load(Relaxed) {
        return None;
    }
    let faults = req.extensions_mut().remove::<Faults>()?.0;
    faults.iter().find(|fault| fault.swallowed.get()).map(|fault| (*fault.answer).clone())
}
