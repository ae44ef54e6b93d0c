//! Rows for other stores. Each builds passport around the router over a store of its own, and is measured on all
//! routes, beside the rest: `passport_cost::stacks::passport(&users(), store)`. A store that has to be waited for is
//! driven by the runtime in `Tower`.

use passport_cost::drive::Stack;

/// A key, a name for the table, and what builds it.
pub type Row = (&'static str, &'static str, fn() -> Box<dyn Stack>);

/// None yet.
pub const MORE: &[Row] = &[];
