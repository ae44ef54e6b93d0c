//! The store's own tables and functions: where they are, and how they come and change.

mod migrate;
mod name;

pub(crate) use self::{
    migrate::{MigrateError, migrate},
    name::Schema,
};
