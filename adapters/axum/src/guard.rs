//! The guard's layer, which knows how axum nests routers.

use axum::extract::OriginalUri;
use http::{Extensions, Uri};
use passport_core::Guard;
use passport_tower::GuardService;
use tower_layer::Layer;

/// Stands before a route: `GuardLayer::new(passport.authenticate("local")?)`.
///
/// It goes inside of the [`PassportLayer`](crate::PassportLayer). In a nested router it sends visitors back to the whole
/// address that their browser asked for.
#[derive(Clone, Debug)]
#[must_use = "a guard protects nothing until it is layered on a route"]
pub struct GuardLayer<G>(passport_tower::GuardLayer<G>);

impl<G: Guard> GuardLayer<G> {
    /// A layer of this guard.
    pub fn new(guard: G) -> Self {
        Self(passport_tower::GuardLayer::new(guard).whole_address(original))
    }
}

impl<G: Clone, S> Layer<S> for GuardLayer<G>
where
    passport_tower::GuardLayer<G>: Layer<S, Service = GuardService<G, S>>,
{
    type Service = GuardService<G, S>;

    fn layer(&self, inner: S) -> Self::Service {
        self.0.layer(inner)
    }
}

/// What the browser asked for, where a nested router has cut its own part off.
pub(crate) fn original(extensions: &Extensions) -> Option<&Uri> {
    extensions.get::<OriginalUri>().map(|original| &original.0)
}
