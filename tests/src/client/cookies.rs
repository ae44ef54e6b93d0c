//! A browser's cookies, by name.

use std::collections::BTreeMap;

/// Does to them what these `Set-Cookie` headers say: one without a value goes.
pub fn keep<'a>(cookies: &mut BTreeMap<String, String>, set: impl IntoIterator<Item = &'a str>) {
    for set in set {
        let pair = set.split(';').next().unwrap_or_default();
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match value {
            "" => drop(cookies.remove(name)),
            value => drop(cookies.insert(name.to_owned(), value.to_owned())),
        }
    }
}

/// The `Cookie` header that sends all of them back, if there are any.
pub fn header(cookies: &BTreeMap<String, String>) -> Option<String> {
    let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    (!pairs.is_empty()).then(|| pairs.join("; "))
}
