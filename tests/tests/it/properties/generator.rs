//! Variations of the seeds: the same ones in every run, unless `PROPERTY_SEED` says otherwise.

use std::{fs, panic, path::Path};

use passport_test_servers::Random;

use crate::support::number;

/// How many variations a test asks about, unless `PROPERTY_ROUNDS` says otherwise: a second or so for each.
const ROUNDS: u64 = 2_000;
/// The longest variation, in bytes.
const LONGEST: usize = 4_096;
/// How long each seed is once, repeated: beyond every limit there is.
const LARGE: usize = 70_000;
/// What parsers cut at.
const TELLING: &[u8] = b";,=&%./:\\? \n\t\"{}[]@#-\x00\xff";

/// Runs an oracle on the seeds of its fuzz target, then on variations of them.
pub(super) fn check(target: &str, oracle: fn(&[u8])) {
    let seeds = seeds(target);
    for (name, seed) in &seeds {
        ask(oracle, seed, || format!("the seed {name}"));
        ask(oracle, &seed.repeat(LARGE / seed.len() + 1), || format!("the seed {name} over and over"));
    }
    let first = number("PROPERTY_SEED").unwrap_or(0);
    for round in 0..number("PROPERTY_ROUNDS").unwrap_or(ROUNDS) {
        let seed = first.wrapping_add(round);
        let input = variation(&mut Random::new(seed), &seeds);
        ask(oracle, &input, || format!("PROPERTY_SEED={seed} PROPERTY_ROUNDS=1"));
    }
}

/// What the target starts from, in `fuzz/corpus`.
pub(super) fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut seeds: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "seed"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap()))
        .collect();
    seeds.sort();
    assert!(seeds.len() > 2, "a target starts from a few inputs that mean something");
    seeds
}

fn ask(oracle: fn(&[u8]), input: &[u8], which: impl FnOnce() -> String) {
    if let Err(broken) = panic::catch_unwind(|| oracle(input)) {
        let start = &input[..input.len().min(LONGEST)];
        eprintln!("it does not hold for {}: b\"{}\"", which(), start.escape_ascii());
        panic::resume_unwind(broken);
    }
}

/// A seed with a few changes: parts of other seeds in it, parts of its own doubled, moved or gone, other bytes.
fn variation(random: &mut Random, seeds: &[(String, Vec<u8>)]) -> Vec<u8> {
    random.any();
    let mut bytes = seeds[random.below(seeds.len())].1.clone();
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len() + 1);
        let until = at + random.below(16.min(bytes.len() - at) + 1);
        let insert = match random.below(5) {
            0 => Vec::new(),
            1 => bytes[at..until].repeat(2),
            2 => vec![TELLING[random.below(TELLING.len())]],
            3 => vec![random.any().to_le_bytes()[0]],
            _ => {
                let other = &seeds[random.below(seeds.len())].1;
                let from = random.below(other.len());
                other[from..from + random.below(other.len() - from + 1)].to_vec()
            }
        };
        bytes.splice(at..until, insert);
    }
    bytes.truncate(LONGEST);
    bytes
}
