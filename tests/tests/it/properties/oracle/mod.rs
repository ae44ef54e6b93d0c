//! What must hold for whatever a stranger sends, one function for each thing that is parsed: it takes any bytes
//! and panics if something does not hold. The tests beside it run them on the seeds and on a few thousand variations;
//! the targets in `fuzz/` run them on millions.

#![allow(unreachable_pub, reason = "the fuzz targets include this module and use it from outside")]

mod accept;
mod cookie_header;
mod counting;
mod form;
mod json;
mod origin;
mod record;
mod return_to;
mod sealed_cookie;
mod session_id;
mod site;

pub use self::{
    accept::accept,
    cookie_header::cookie_header,
    form::form,
    json::json,
    origin::origin,
    record::{is_record, record},
    return_to::return_to,
    sealed_cookie::sealed_cookie,
    session_id::session_id,
};
