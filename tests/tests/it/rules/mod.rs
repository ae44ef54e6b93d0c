//! Passport.js in 134 rules, and what each of them is here.

mod is_authenticated;
mod manual;
mod table;
mod users;

use std::collections::BTreeMap;

use self::table::{Answer, beyond, rules};

#[test]
fn every_rule_of_passport_has_one_answer() {
    let numbers: Vec<u16> = rules().iter().map(|rule| rule.number).collect();
    assert_eq!(numbers, (1..=134).collect::<Vec<u16>>());
}

#[test]
fn every_answer_says_enough() {
    for rule in rules().iter().chain(&beyond()) {
        let answer = match &rule.answer {
            Answer::Held(test) => test.name,
            Answer::ByType(answer) | Answer::Differs(answer) => answer,
        };
        assert!(answer.len() > 20 && rule.words.len() > 10, "rule {}", rule.number);
        if let Answer::Differs(sentence) = &rule.answer {
            assert!(sentence.ends_with('.'), "rule {}: a whole sentence", rule.number);
        }
    }
}

#[test]
fn the_test_behind_every_rule_that_is_held_passes() {
    let mut tests = BTreeMap::new();
    for rule in rules().into_iter().chain(beyond()) {
        if let Answer::Held(test) = rule.answer {
            tests.entry(test.name).or_insert(test.run);
        }
    }
    assert!(tests.len() > 40);
    for test in tests.values() {
        test();
    }
}
