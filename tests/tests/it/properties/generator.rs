//! Variations of the seeds: the same ones in every run, unless `PROPERTY_SEED` says otherwise.

use std::{env, fs, panic, path::Path};

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
        let input = Random(seed).variation(&seeds);
        ask(oracle, &input, || format!("PROPERTY_SEED={seed} PROPERTY_ROUNDS=1"));
    }
}

/// What the target starts from, in `fuzz/corpus`.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
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

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok().map(|text| text.parse().unwrap())
}

/// `SplitMix64` (Steele, Lea and Flood, 2014): one number in, as many out as are needed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap()
    }

    /// A seed with a few changes: parts of other seeds in it, parts of its own doubled, moved or gone, other bytes.
    fn variation(&mut self, seeds: &[(String, Vec<u8>)]) -> Vec<u8> {
        self.next();
        let mut bytes = seeds[self.below(seeds.len())].1.clone();
        for _ in 0..=self.below(6) {
            let at = self.below(bytes.len() + 1);
            let until = at + self.below(16.min(bytes.len() - at) + 1);
            let insert = match self.below(5) {
                0 => Vec::new(),
                1 => bytes[at..until].repeat(2),
                2 => vec![TELLING[self.below(TELLING.len())]],
                3 => vec![self.next().to_le_bytes()[0]],
                _ => {
                    let other = &seeds[self.below(seeds.len())].1;
                    let from = self.below(other.len());
                    other[from..from + self.below(other.len() - from + 1)].to_vec()
                }
            };
            bytes.splice(at..until, insert);
        }
        bytes.truncate(LONGEST);
        bytes
    }
}
