//! Whatever a stranger sends: what has to hold for any bytes, asked about a few thousand. The fuzz targets in
//! `fuzz/` ask about millions.

mod generator;
mod oracle;

use self::generator::{check, seeds};

#[test]
fn no_cookie_header_finds_a_session_that_it_does_not_name() {
    check("cookie_header", oracle::cookie_header);
}

#[test]
fn nothing_but_a_session_id_is_one() {
    check("session_id", oracle::session_id);
}

#[test]
fn nothing_opens_but_the_cookies_that_were_sealed() {
    check("sealed_cookie", oracle::sealed_cookie);
}

#[test]
fn a_form_names_who_a_browser_reads_in_it() {
    check("form", oracle::form);
}

#[test]
fn a_json_body_names_who_any_parser_reads_in_it() {
    check("json", oracle::json);
}

#[test]
fn no_way_back_leads_to_another_site() {
    check("return_to", oracle::return_to);
}

#[test]
fn no_foreign_origin_passes_for_the_requests_own() {
    check("origin", oracle::origin);
}

#[test]
fn a_record_is_read_as_it_was_written_or_not_at_all() {
    check("record", oracle::record);
}

/// What nothing reads any more would test nothing.
#[test]
fn the_seeds_of_records_are_records() {
    for (name, bytes) in seeds("record") {
        let broken = name.ends_with("-cut.seed") || name == "newer.seed";
        assert_eq!(oracle::is_record(&bytes), !broken, "{name}");
    }
}

#[test]
fn what_a_caller_prefers_does_not_depend_on_the_order() {
    check("accept", oracle::accept);
}
