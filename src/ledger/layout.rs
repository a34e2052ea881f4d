//! How the numbers of a keyspace are spread over shards.
//!
//! The numbers 0..capacity are cut into at most 64 ranges of 2^shift numbers. Ranges rather than hashes,
//! because a range can turn into a bitmap by itself, and its free numbers can be listed in order.

use crate::{
    code::fraction::Word,
    ledger::growth::{Growth, TURNS},
};

/// The most shards there are.
pub(crate) const MAX_SHARDS: usize = 64;
/// Ranges below this many numbers (2^14, a bitmap of 2 KiB) are not worth a shard of their own.
const MIN_SHIFT: u32 = 14;

/// How a capacity is cut into shards.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    capacity: u64,
    shift: u32,
}

impl Layout {
    pub(crate) fn new(capacity: u64) -> Self {
        debug_assert!(capacity > 0);
        let bits = u64::BITS - (capacity - 1).leading_zeros();
        let shift = bits.saturating_sub(MAX_SHARDS.ilog2()).max(MIN_SHIFT);
        Self { capacity, shift }
    }

    pub(crate) fn capacity(self) -> u64 {
        self.capacity
    }

    pub(crate) fn shards(self) -> usize {
        self.shard(self.capacity - 1) + 1
    }

    /// The number that a random word stands for.
    #[inline]
    pub(crate) fn number(self, word: Word) -> u64 {
        word.below(self.capacity)
    }

    #[inline]
    pub(crate) fn shard(self, number: u64) -> usize {
        (number >> self.shift) as usize
    }

    /// How many of some numbers each shard gets.
    pub(crate) fn counts(self, numbers: impl Iterator<Item = u64>) -> [usize; MAX_SHARDS] {
        let mut counts = [0; MAX_SHARDS];
        numbers.for_each(|number| counts[self.shard(number)] += 1);
        counts
    }

    /// How the table of a shard grows, if so many codes are expected in all; 0 if nobody knows.
    pub(crate) fn growth(self, shard: usize, expected: u64) -> Growth {
        let turn = shard as u64 * TURNS / self.shards() as u64;
        let of_whole_width = (self.capacity >> self.shift).max(1);
        let mean = expected / of_whole_width;
        // Shards do not get quite the same number: eight standard deviations are room enough.
        let expected = mean + 8 * mean.isqrt();
        Growth { turn, expected }
    }

    /// The first number of a shard.
    pub(crate) fn start(self, shard: usize) -> u64 {
        (shard as u64) << self.shift
    }

    pub(crate) fn width(self, shard: usize) -> u64 {
        (self.capacity - self.start(shard)).min(1 << self.shift)
    }
}
