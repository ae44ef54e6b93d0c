//! The memory that Argon2 fills.

use argon2::Block;

/// From this size on, in bytes, glibc maps every allocation by itself and unmaps it when it is freed
/// (`M_MMAP_THRESHOLD` in `mallopt(3)`: 32 MiB).
const ALWAYS_MAPPED: usize = 33 * 1024 * 1024;

/// The memory of one attempt: all that it computes shares it, and afterwards the operating system has it
/// back.
///
/// Smaller allocations an allocator learns to keep, once for each thread: hundreds of MiB that no gate
/// bounds. What is reserved here and not asked for is never touched, so it is a range of addresses and no
/// memory.
#[derive(Default)]
pub(crate) struct Memory(Vec<Block>);

impl Memory {
    /// This many blocks of one KiB, with anything in them.
    pub(super) fn blocks(&mut self, blocks: usize) -> &mut [Block] {
        if self.0.capacity() < blocks {
            self.0 = Vec::with_capacity(blocks.max(ALWAYS_MAPPED / Block::SIZE));
        }
        if self.0.len() < blocks {
            self.0.resize(blocks, Block::default());
        }
        // Never short: it was just made at least that long.
        self.0.get_mut(..blocks).unwrap_or_default()
    }
}
