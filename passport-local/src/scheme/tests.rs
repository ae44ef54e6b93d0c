use super::*;

fn refused(hash: &str) -> Unusable {
    Stored::read(hash).unwrap_err()
}

const SALT_AND_HASH: &str = "c29tZXNhbHRzb21lc2FsdA$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY";

#[test]
fn argon2_hashes_of_every_variant_and_version_are_understood() {
    // From the reference implementation's test suite: version 1.3 and, without a version, 1.0.
    for hash in [
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
    ] {
        let stored = Stored::read(hash).unwrap();
        assert!(stored.matches(b"password", &mut Memory::default()), "{hash}");
        assert!(!stored.matches(b"Password", &mut Memory::default()), "{hash}");
    }
}

#[test]
fn what_was_computed_before_in_the_same_memory_does_not_matter() {
    let mut memory = Memory::default();
    for (params, hash) in [
        ("m=65536,t=1,p=1", "9qWtwbpyPd3vm1rB1GThgPzZ3/ydHL92zKL+15XZypg"),
        ("m=256,t=2,p=1", "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"),
        ("m=256,t=2,p=2", "bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"),
        ("m=256,t=2,p=1", "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"),
    ] {
        let stored = Stored::read(&format!("$argon2id$v=19${params}$c29tZXNhbHQ${hash}")).unwrap();
        stored.cost().spend(stored.cost().units(), b"something else", &mut memory);
        assert!(stored.matches(b"password", &mut memory), "{params}");
    }
}

#[test]
fn absurd_argon2_hashes_are_refused() {
    for absurd in [
        "m=4194304,t=2,p=1",
        "m=4294967295,t=4294967295,p=16777215",
        "m=99999999999,t=1,p=1",
        "m=19456,t=100000,p=1",
        "m=19456,t=2,p=17",
    ] {
        assert_eq!(
            refused(&format!("$argon2id$v=19${absurd}${SALT_AND_HASH}")),
            Unusable::Absurd,
            "{absurd}"
        );
    }
    assert_eq!(refused(&format!("$argon2id${}", "x".repeat(600))), Unusable::Absurd);
}

#[test]
fn malformed_hashes_are_refused() {
    for malformed in [
        "$argon2id$v=19$m=0,t=2,p=1$",
        "$argon2id$v=19$m=19456,t=0,p=1$",
        "$argon2id$v=19$m=19456,t=2,p=0$",
        "$argon2id$v=19$m=19456,t=2$",
        "$argon2id$v=19$m=19456,m=19456,t=2,p=1$",
        "$argon2id$v=19$m=19456,t=2,p=1,x=1$",
        "$argon2id$v=20$m=19456,t=2,p=1$",
    ] {
        assert_eq!(refused(&format!("{malformed}{SALT_AND_HASH}")), Unusable::Malformed, "{malformed}");
    }
    assert_eq!(refused("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ"), Unusable::Malformed);
}

#[test]
fn what_is_no_hash_of_a_known_kind_is_refused() {
    for unknown in ["", "$", "secret", "$1$abc$def", "$2x$10$", "$2$10$", "$argon2$v=19$", "é$é$é"] {
        assert_eq!(refused(unknown), Unusable::UnknownScheme, "{unknown}");
    }
}

#[test]
fn reading_any_prefix_of_a_hash_never_panics() {
    for hash in [
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$2b$04$xBvKAXHWqyRYZ7GLtWQTXOUXEcMjSVSFoAV5Vhy2Gm7pnNVgyT5uq",
        "$scrypt$ln=4,r=8,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$pbkdf2-sha256$i=1000,l=32$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    ] {
        for end in 0..=hash.len() {
            let _ = Stored::read(&hash[..end]);
        }
    }
}

#[test]
fn a_hash_is_weaker_with_less_memory_or_less_work_or_of_an_older_kind() {
    let current = Argon2Cost { memory_kib: 256, passes: 2, lanes: 1 };
    let weaker =
        |prefix: &str| Stored::read(&format!("{prefix}${SALT_AND_HASH}")).unwrap().is_weaker_than(current);
    assert!(!weaker("$argon2id$v=19$m=256,t=2,p=1"));
    assert!(!weaker("$argon2id$v=19$m=512,t=3,p=1"), "more is never taken back");
    assert!(weaker("$argon2id$v=19$m=128,t=9,p=1"));
    assert!(weaker("$argon2id$v=19$m=256,t=1,p=1"));
    assert!(weaker("$argon2i$v=19$m=256,t=2,p=1"));
    assert!(weaker("$argon2id$v=16$m=256,t=2,p=1"));
}

#[cfg(feature = "bcrypt")]
mod bcrypt {
    use super::*;

    #[test]
    fn hashes_of_other_systems_are_understood() {
        for version in ["2a", "2b", "2y"] {
            let hash = format!("${version}$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe");
            let stored = Stored::read(&hash).unwrap();
            assert!(stored.matches(b"a", &mut Memory::default()));
            assert!(!stored.matches(b"b", &mut Memory::default()));
        }
    }

    #[test]
    fn absurd_and_malformed_ones_are_refused() {
        let hash = |cost: &str| format!("$2b${cost}$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe");
        assert_eq!(refused(&hash("17")), Unusable::Absurd);
        assert_eq!(refused(&hash("99")), Unusable::Absurd);
        assert_eq!(refused(&hash("03")), Unusable::Malformed);
        assert_eq!(refused(&hash("+6")), Unusable::Malformed);
        assert_eq!(refused("$2b$10$tooshort"), Unusable::Malformed);
    }

    #[test]
    fn a_password_with_a_zero_byte_matches_nothing() {
        let stored = Stored::read("$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe").unwrap();
        assert!(stored.matches(b"a\0a", &mut Memory::default()), "bcrypt itself cannot tell it from `a`");
        assert!(!stored.can_hold(b"a\0a"));
    }
}

#[cfg(feature = "scrypt")]
mod scrypt {
    use super::*;

    #[test]
    fn hashes_of_other_systems_are_understood() {
        // Made with Python's hashlib.scrypt.
        let stored = Stored::read(
            "$scrypt$ln=8,r=8,p=2$c29tZXNhbHRzb21lc2FsdA$21ItuU8VRVNiceqeqNa3pTxYUHvADgVXYa861xTh4xM",
        )
        .unwrap();
        assert!(stored.matches(b"password", &mut Memory::default()));
        assert!(!stored.matches(b"Password", &mut Memory::default()));
    }

    #[test]
    fn absurd_ones_are_refused() {
        for absurd in [
            "ln=63,r=8,p=1",
            "ln=22,r=8,p=1",
            "ln=17,r=8,p=9",
            "ln=1,r=4294967295,p=4294967295",
            "ln=9,r=8,p=99999",
        ] {
            assert_eq!(refused(&format!("$scrypt${absurd}${SALT_AND_HASH}")), Unusable::Absurd, "{absurd}");
        }
    }

    #[test]
    fn what_owasp_recommends_is_not_absurd() {
        for honest in ["ln=17,r=8,p=1", "ln=16,r=8,p=2", "ln=15,r=8,p=3", "ln=14,r=8,p=5", "ln=13,r=8,p=10"] {
            assert!(Stored::read(&format!("$scrypt${honest}${SALT_AND_HASH}")).is_ok(), "{honest}");
        }
    }
}

#[cfg(feature = "pbkdf2")]
mod pbkdf2 {
    use super::*;

    #[test]
    fn hashes_of_other_systems_are_understood() {
        for hash in [
            // Made with Python's hashlib.pbkdf2_hmac, with and without its length, and longer than one block.
            "$pbkdf2-sha256$i=1000,l=32$c29tZXNhbHRzb21lc2FsdA$s5LQUeAEZUMuFVrnmF3OMNPXs3QWnF8SO/5BXmCj6QQ",
            "$pbkdf2-sha256$i=1000$c29tZXNhbHRzb21lc2FsdA$s5LQUeAEZUMuFVrnmF3OMNPXs3QWnF8SO/5BXmCj6QQ",
            "$pbkdf2-sha256$i=1000,l=64$c29tZXNhbHRzb21lc2FsdA$s5LQUeAEZUMuFVrnmF3OMNPXs3QWnF8SO/5BXmCj6QRRoqV45sk0paBc59MTSTbnRiqZ2rZHiLqodQ/j4M4wFA",
            // From passlib's documentation, with a salt of ten bytes.
            "$pbkdf2-sha256$8000$XAuBMIYQQogxRg$tRRlz8hYn63B9LYiCd6PRo6FMiunY9ozmMMI3srxeRE",
        ] {
            let stored = Stored::read(hash).unwrap();
            assert!(stored.matches(b"password", &mut Memory::default()), "{hash}");
            assert!(!stored.matches(b"Password", &mut Memory::default()), "{hash}");
        }
    }

    #[test]
    fn a_hash_with_the_alphabet_of_passlib_is_understood() {
        // From passlib's documentation.
        let hash = "$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk";
        assert!(Stored::read(hash).unwrap().matches(b"toomanysecrets", &mut Memory::default()));
    }

    #[test]
    fn absurd_and_malformed_ones_are_refused() {
        let read = |params: &str| refused(&format!("$pbkdf2-sha256${params}${SALT_AND_HASH}"));
        assert_eq!(read("i=10000001,l=32"), Unusable::Absurd);
        assert_eq!(read("i=99999999999"), Unusable::Absurd);
        assert_eq!(read("99999999999"), Unusable::Absurd);
        assert_eq!(read("i=0,l=32"), Unusable::Malformed);
        assert_eq!(read("i=1000,l=31"), Unusable::Malformed);
        assert_eq!(read("many"), Unusable::Absurd);
    }
}
