//! Whatever a stranger sends: a refusal, and never a panic or somebody's name.

use std::collections::HashSet;

use crate::stage::Stage;

/// A small generator of noise (xorshift64*), with a seed of its own for each run of a property.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }
}

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/~";

async fn is_refused(stage: &Stage, token: &str) {
    let who = stage.who(token).await;
    assert!(matches!(&*who, "Invalid token" | "One bearer token, please" | "pass"), "{token}: {who}");
}

#[tokio::test]
async fn no_bit_of_a_token_can_flip() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    for at in 0..pair.access().len() {
        for bit in 0..8 {
            let mut bytes = pair.access().as_bytes().to_vec();
            bytes[at] ^= 1 << bit;
            let Ok(token) = String::from_utf8(bytes) else { continue };
            // What is no header value never comes here.
            if token.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
                is_refused(&stage, &token).await;
            }
        }
    }
}

#[tokio::test]
async fn no_part_of_a_token_can_be_missing() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    let token = pair.access();
    for len in 1..token.len() {
        is_refused(&stage, &token[..len]).await;
        is_refused(&stage, &token[len..]).await;
        is_refused(&stage, &format!("{}{}", &token[..len - 1], &token[len..])).await;
    }
}

#[tokio::test]
async fn parts_of_good_tokens_make_no_other_good_token() {
    let stage = Stage::new();
    let (alice, bob) = (stage.pair("alice").await, stage.pair("bob").await);
    let all = [alice.access(), alice.refresh(), bob.access(), bob.refresh()];
    let good: HashSet<_> = [alice.access(), bob.access()].into();
    let part = |token: usize, at: usize| all[token].split('.').nth(at).unwrap();
    for mix in 0..64 {
        for places in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 1, 0]] {
            let token = [mix % 4, mix / 4 % 4, mix / 16].into_iter().zip(places).map(|(of, at)| part(of, at));
            let token = token.collect::<Vec<_>>().join(".");
            if !good.contains(&*token) {
                is_refused(&stage, &token).await;
            }
        }
    }
}

#[tokio::test]
async fn noise_is_refused() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    for _ in 0..3_000 {
        let mut token = pair.access().as_bytes().to_vec();
        match noise.below(3) {
            // Noise alone.
            0 => {
                let len = 1 + noise.below(300);
                token = (0..len).map(|_| ALPHABET[noise.below(ALPHABET.len())]).collect();
            }
            // A good token with noise in it.
            1 => {
                for _ in 0..=noise.below(4) {
                    let at = noise.below(token.len());
                    token[at] = ALPHABET[noise.below(ALPHABET.len())];
                }
            }
            // A good token with a piece of itself somewhere else.
            _ => {
                let (from, to, len) = (noise.below(token.len()), noise.below(token.len()), noise.below(40));
                let piece: Vec<u8> = token[from..].iter().take(1 + len).copied().collect();
                token.splice(to..to, piece);
            }
        }
        let token = String::from_utf8(token).unwrap();
        if token != pair.access() {
            is_refused(&stage, &token).await;
            assert!(stage.tokens.refresh(&token).await.is_err());
        }
    }
    assert!(stage.refresh(pair.refresh()).await.is_ok(), "all that noise has ended nothing");
}
