//! The table, once, as data: the manual's page is rendered from it.

mod chains;
mod failures;
mod logins;
mod passport_wrong;
mod registry;
mod successes;

use std::any::type_name;

/// One rule of Passport's.
pub(crate) struct Rule {
    pub(crate) number: u16,
    /// What Passport does, in a few words.
    pub(crate) words: &'static str,
    pub(crate) answer: Answer,
}

/// What becomes of a rule here. There is no fourth.
pub(crate) enum Answer {
    /// It holds, and this test shows it.
    Held(Test),
    /// The compiler makes the wrong case impossible: by this signature.
    ByType(&'static str),
    /// It is otherwise, for this reason.
    Differs(&'static str),
}

/// A test that the compiler knows to exist.
pub(crate) struct Test {
    /// Its path in this crate.
    pub(crate) name: &'static str,
    pub(crate) run: Box<dyn Fn()>,
}

fn held<F: Fn() + 'static>(number: u16, words: &'static str, test: F) -> Rule {
    let path = type_name::<F>();
    let name = path.split_once("::").map_or(path, |(_, name)| name);
    Rule { number, words, answer: Answer::Held(Test { name, run: Box::new(test) }) }
}

const fn by_type(number: u16, words: &'static str, signature: &'static str) -> Rule {
    Rule { number, words, answer: Answer::ByType(signature) }
}

const fn differs(number: u16, words: &'static str, sentence: &'static str) -> Rule {
    Rule { number, words, answer: Answer::Differs(sentence) }
}

/// Passport's rules, each under a heading.
pub(crate) fn sections() -> Vec<(&'static str, Vec<Rule>)> {
    let mut all = vec![("Strategies and their names", registry::names())];
    all.extend([
        ("What a session keeps of a user", registry::serializing()),
        ("Finding the user again", registry::deserializing()),
        ("What a strategy had to say", registry::infos()),
        ("Logging in", logins::logins()),
        ("Logging out", logins::logouts()),
        ("Who is logged in", logins::asking()),
        ("Strategies that fail", failures::alone()),
        ("Handlers that run a strategy themselves", failures::in_handlers()),
        ("Several strategies", chains::several()),
        ("Messages for the next page", chains::messages()),
        ("Pass and redirect", successes::passing()),
        ("Strategies that succeed", successes::succeeding()),
        ("Around a request", successes::around()),
        ("The session as a strategy", successes::by_session()),
    ]);
    all
}

/// All of Passport's rules, in order.
pub(crate) fn rules() -> Vec<Rule> {
    sections().into_iter().flat_map(|(_, rules)| rules).collect()
}

/// What Passport's own tests do not cover, or what it gets wrong.
pub(crate) fn beyond() -> Vec<Rule> {
    passport_wrong::cases()
}
