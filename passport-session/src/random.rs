//! Random bytes from the operating system, fetched in blocks: a system call for every id would cost more
//! than all the rest of a login.

use std::sync::{Mutex, PoisonError};

use passport_core::{BoxError, Error};

const BLOCK: usize = 512;

/// Random bytes that are handed out once each.
pub(crate) struct Random(Mutex<Block>);

struct Block {
    used: usize,
    bytes: [u8; BLOCK],
}

impl Default for Random {
    fn default() -> Self {
        Self(Mutex::new(Block { used: BLOCK, bytes: [0; BLOCK] }))
    }
}

impl Random {
    /// The next `N` bytes. Not every `N` divides a block: the rest of one is thrown away.
    pub(crate) fn take<const N: usize>(&self) -> Result<[u8; N], Error> {
        const { assert!(N <= BLOCK, "one block must be enough") };
        let mut block = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if BLOCK - block.used < N {
            getrandom::fill(&mut block.bytes).map_err(|error| Error::Session(BoxError::from(error)))?;
            block.used = 0;
        }
        let from = block.used;
        block.used += N;
        let mut taken = [0; N];
        taken.copy_from_slice(&block.bytes[from..from + N]);
        block.bytes[from..from + N].fill(0);
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bytes_are_handed_out_twice() {
        let random = Random::default();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..100 {
            assert!(seen.insert(random.take::<32>().unwrap()));
            assert!(random.take::<16>().is_ok());
        }
    }
}
