//! The manual's page of rules is rendered from the table.

use std::fmt::Write;

use super::table::{Answer, Rule, beyond, sections};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../passport-core/src/manual/passport_rules.md");

const INTRODUCTION: &str = "\
# Passport.js, rule by rule

Passport.js 0.7 comes with 545 tests. This is what they say, in 134 rules, and what became of each here:

- **held**: it is the same. The test that shows it is in `tests/tests/it`, under the path that is named.
- **by type**: the compiler makes the wrong case impossible, by the signature that is named.
- **differs**: it is otherwise on purpose, and the sentence says why.
";

const BEYOND: &str = "\
## What Passport's tests do not cover

Cases that Passport leaves open or gets wrong, and what shows that they are right here.
";

#[test]
fn the_manuals_page_of_rules_is_up_to_date() {
    let page = page();
    if std::env::var_os("REWRITE_MANUAL").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    }
    let written = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert!(written == page, "run `REWRITE_MANUAL=1 cargo test -p passport-tests rules`");
}

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (heading, rules) in sections() {
        writeln!(page, "\n## {heading}\n").unwrap();
        table(&mut page, &rules);
    }
    writeln!(page, "\n{BEYOND}").unwrap();
    table(&mut page, &beyond());
    page
}

fn table(page: &mut String, rules: &[Rule]) {
    page.push_str("| | Passport | here |\n|---|---|---|\n");
    for rule in rules {
        let answer = match &rule.answer {
            Answer::Held(test) => format!("**held**: `{}`", test.name),
            Answer::ByType(signature) => format!("**by type**: {signature}"),
            Answer::Differs(sentence) => format!("**differs**: {sentence}"),
        };
        writeln!(page, "| {} | {} | {answer} |", rule.number, rule.words).unwrap();
    }
}
