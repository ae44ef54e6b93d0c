//! What must be in no log.

use std::{
    fmt::{self, Write},
    sync::{Arc, Mutex},
};

use passport_core::Strategy;
use passport_local::Credentials;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use crate::{accounts::Table, form, hash};

/// Keeps whatever anything says, at every level.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        attributes.record(&mut Fields(&mut self.0.lock().unwrap()));
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Fields(&mut self.0.lock().unwrap()));
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut Fields(&mut self.0.lock().unwrap()));
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn no_password_and_no_hash_is_ever_said() {
    let absurd = "$argon2id$v=19$m=4194304,t=9,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    let weak = "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8";
    let table = Table {
        read_only: true,
        ..Table::of([
            ("alice", Some(hash("marked-secret")), false),
            ("absurd", Some(absurd.into()), false),
            ("weak", Some(weak.into()), false),
        ])
    };
    let (heard, strategy) = (Everything::default(), table.strategy());
    let _guard = tracing::subscriber::set_default(heard.clone());
    let mut shown = String::new();
    for body in [
        "username=alice&password=marked-secret",
        "username=alice&password=marked-wrong",
        "username=marked-name&password=marked-secret",
        "username=absurd&password=marked-secret",
        "username=weak&password=password",
        "username=alice&password=marked-secret&password=marked-secret",
        "password=marked-secret",
    ] {
        let _ =
            write!(shown, "{:?}", Credentials::from_request(&form(body), &passport_local::Fields::default()));
        let _ = write!(shown, "{:?} {strategy:?}", strategy.authenticate(&form(body)).await);
    }
    let heard = heard.0.lock().unwrap().clone();
    assert!(heard.contains("key-of-absurd") && heard.contains("key-of-weak"), "{heard}");
    for said in [heard, shown] {
        assert!(!said.contains("marked") && !said.contains("$argon2"), "{said}");
    }
}
