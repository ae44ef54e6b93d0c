//! `PocketPages`' sign-out by clearing a token cookie.

mod codes;
mod cookie;
mod expiry;
mod faults;
mod header;
mod page;
mod password;
mod program;
mod records;
mod sign_out;
mod tokens;

use std::time::Duration;

use axum::Router;
use example_pocketpages::app;
use passport_session::{FakeClock, Key, SealedSessions, StoreRevocations};

use crate::support::{Caller, TestStore};

const MINUTE: Duration = Duration::from_secs(60);
const ALICE: &str = "email=alice@example.com&password=correct+horse+battery+staple";
const BOB: &str = "email=bob@example.com&password=wonderland+is+far+away";
const ROOT: &str = "email=root@example.com&password=the+admin+of+all+things";

/// The whole site in this process, what it writes down of sessions that have ended, and its clock.
struct Site {
    app: Router,
    revocations: TestStore,
    clock: FakeClock,
}

impl Site {
    fn new() -> Self {
        let (revocations, clock) = (TestStore::new(), FakeClock::new());
        let kept = StoreRevocations::over(revocations.clone());
        let sessions = SealedSessions::new(Key::generate().unwrap(), kept).cookie("pb_auth");
        let sessions = sessions.clock(clock.clone()).insecure_cookie_for_development();
        Self { app: app(&sessions).unwrap(), revocations, clock }
    }

    fn visitor(&self) -> Caller {
        Caller::of(&self.app)
    }

    async fn signed_in(&self, form: &str) -> Caller {
        let mut user = self.visitor();
        user.post("/login", form).await.goes_to("/profile");
        user
    }
}

/// What the cookie holds.
fn token(user: &Caller) -> String {
    user.cookies["pb_auth"].clone()
}

/// Who the page `/profile` is of; "nobody" if it leads to the login page.
async fn who(user: &mut Caller) -> String {
    let page = user.get("/profile").await;
    if page.status == 303 {
        assert!(page.header("location").starts_with("/login?"), "{page}");
        return "nobody".to_owned();
    }
    let page = page.is(200);
    page.body.split("data-email=\"").nth(1).unwrap().split('@').next().unwrap().to_owned()
}
