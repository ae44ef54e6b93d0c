use std::collections::BTreeMap;

use super::*;
use crate::scheme::Argon2Cost;

/// Counts work instead of doing it.
#[derive(Default)]
pub(crate) struct Counting {
    /// What every comparison answers.
    pub(crate) right: bool,
    pub(crate) log: Mutex<Vec<Work>>,
}

/// Work that was asked for, in units of a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Compared(Cost),
    Spent(Cost, u64),
}

impl Engine for Counting {
    fn matches(&self, stored: &Stored, _password: &[u8], _memory: &mut Memory) -> bool {
        self.log.lock().unwrap().push(Work::Compared(stored.cost()));
        self.right
    }

    fn spend(&self, cost: Cost, units: u64, _password: &[u8], _memory: &mut Memory) {
        self.log.lock().unwrap().push(Work::Spent(cost, units));
    }
}

const CURRENT: Cost = Cost::Argon2(Argon2Cost { memory_kib: 256, passes: 2, lanes: 1 });

fn stored(hash: &str) -> Stored {
    Stored::read(hash).unwrap()
}

fn argon2(params: &str) -> Stored {
    stored(&format!("$argon2id$v=19${params}$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"))
}

fn fail(effort: &Effort, password: &str, stored: Option<&Stored>) -> Vec<Work> {
    let counting = Counting::default();
    assert!(!effort.check(&counting, &Password::new(password), stored, &mut Memory::default()));
    counting.log.into_inner().unwrap()
}

/// The units of each scheme.
fn sum(log: &[Work]) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for work in log {
        let (cost, units) = match work {
            Work::Compared(cost) => (cost, cost.units()),
            Work::Spent(cost, units) => (cost, *units),
        };
        let scheme = format!("{cost:?}").split('(').next().unwrap().to_owned();
        *sums.entry(scheme).or_default() += units;
    }
    sums
}

#[test]
fn an_unknown_name_costs_one_hash_as_configured() {
    assert_eq!(fail(&Effort::new(CURRENT), "secret", None), [Work::Spent(CURRENT, 512)]);
}

#[test]
fn a_wrong_password_costs_the_hash_it_was_compared_with() {
    assert_eq!(
        fail(&Effort::new(CURRENT), "secret", Some(&argon2("m=256,t=2,p=1"))),
        [Work::Compared(CURRENT)]
    );
}

#[test]
fn a_right_password_costs_nothing_more() {
    let counting = Counting { right: true, ..Counting::default() };
    assert!(Effort::new(CURRENT).check(
        &counting,
        &Password::new("secret"),
        Some(&argon2("m=8,t=1,p=1")),
        &mut Memory::default()
    ));
    assert_eq!(counting.log.into_inner().unwrap().len(), 1);
}

#[test]
fn a_cheaper_hash_is_made_up_for() {
    let log = fail(&Effort::new(CURRENT), "secret", Some(&argon2("m=128,t=1,p=1")));
    assert_eq!(log[1..], [Work::Spent(CURRENT, 384)]);
}

#[test]
fn a_costlier_hash_raises_what_every_failure_costs() {
    let effort = Effort::new(CURRENT);
    fail(&effort, "secret", Some(&argon2("m=256,t=3,p=1")));
    assert_eq!(
        sum(&fail(&effort, "secret", None)),
        sum(&fail(&effort, "secret", Some(&argon2("m=256,t=3,p=1"))))
    );
}

#[test]
fn a_composed_letter_costs_no_second_hash() {
    assert_eq!(
        fail(&Effort::new(CURRENT), "e\u{301}", Some(&argon2("m=256,t=2,p=1"))),
        [Work::Compared(CURRENT)]
    );
}

#[cfg(all(feature = "bcrypt", feature = "scrypt", feature = "pbkdf2"))]
mod legacy {
    use super::*;

    fn bcrypt(cost: &str) -> Stored {
        stored(&format!("$2b${cost}$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"))
    }

    fn phc(start: &str) -> Stored {
        stored(&format!("{start}$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"))
    }

    /// Accounts of all kinds, the costliest of each first.
    fn accounts() -> Vec<Stored> {
        vec![
            bcrypt("12"),
            phc("$scrypt$ln=14,r=8,p=3"),
            phc("$pbkdf2-sha256$i=600000,l=32"),
            argon2("m=256,t=2,p=1"),
            bcrypt("10"),
            phc("$scrypt$ln=13,r=8,p=1"),
            phc("$scrypt$ln=10,r=3,p=1"),
            phc("$pbkdf2-sha256$i=29000"),
            argon2("m=64,t=3,p=1"),
        ]
    }

    #[test]
    fn a_wrong_password_costs_the_same_for_every_kind_of_hash_and_for_none() {
        let effort = Effort::new(CURRENT);
        for account in accounts() {
            effort.raise(account.cost());
        }
        for password in ["secret", "caf\u{65}\u{301}", "zero\0byte"] {
            let nobody = sum(&fail(&effort, password, None));
            assert_eq!(nobody.len(), 4);
            for account in accounts() {
                assert_eq!(sum(&fail(&effort, password, Some(&account))), nobody, "{account:?}");
            }
        }
    }

    #[test]
    fn hashes_that_nobody_has_cost_nothing() {
        let effort = Effort::new(CURRENT);
        fail(&effort, "secret", Some(&bcrypt("10")));
        assert_eq!(sum(&fail(&effort, "secret", None)).len(), 2);
    }

    #[test]
    fn nobody_is_let_in_by_bcrypt_with_a_zero_byte() {
        let counting = Counting { right: true, ..Counting::default() };
        assert!(!Effort::new(CURRENT).check(
            &counting,
            &Password::new("a\0a"),
            Some(&bcrypt("10")),
            &mut Memory::default()
        ));
    }

    #[test]
    fn any_rest_can_be_spent() {
        for account in accounts() {
            for units in [0, 1, 7, 8, 100, 1025] {
                account.cost().spend(units, b"secret", &mut Memory::default());
            }
        }
    }
}
