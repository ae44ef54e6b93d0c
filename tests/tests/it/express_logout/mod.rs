//! The Express tutorial's logout route.

mod endings;
mod faults;
mod page;
mod safety;

const RIGHT: &str = r#"{"username":"alice","password":"correct horse battery staple"}"#;
