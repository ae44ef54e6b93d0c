//! The cases, by what they are about.

mod clocks;
mod create;
mod ended;
mod expiry;
mod faults;
mod limit;
mod limit_races;
mod limit_users;
mod logout_everywhere;
mod logout_races;
mod marks;
mod marks_time;
mod owners;
mod records;
mod refused;
mod rotate;
mod seen;
mod sweep;
mod touch;
mod update;
mod what_is_left;
mod write_races;

use std::sync::LazyLock;

use super::Case;

/// Every case, in the order in which [`run`](super::run) tries them: the simple ones first.
pub fn cases() -> &'static [Case] {
    static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
        [
            create::CASES,
            records::CASES,
            update::CASES,
            touch::CASES,
            rotate::CASES,
            seen::CASES,
            refused::CASES,
            marks::CASES,
            marks_time::CASES,
            owners::CASES,
            what_is_left::CASES,
            limit::CASES,
            limit_users::CASES,
            expiry::CASES,
            sweep::CASES,
            clocks::CASES,
            ended::CASES,
            faults::CASES,
            write_races::CASES,
            limit_races::CASES,
            logout_races::CASES,
            logout_everywhere::CASES,
        ]
        .concat()
    });
    &CASES
}
