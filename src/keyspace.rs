//! What is free to be drawn, and how it is best found.
//!
//! **Drawing** from all ranks of a format needs no knowledge of them. With a share f of the keyspace
//! free, m positions need m / f draws. There are two other ways, for when that is too many:
//!
//! - **Looking**: the free ranks are listed, and the m positions get the first m of them after a
//!   Fisher-Yates shuffle (Knuth, TAOCP 2, 3.4.2, algorithm P).
//! - **Skipping**: other formats can bar whole blocks of ranks (see `overlap.rs`), and so nearly all of a
//!   keyspace whose rest is still too large to list. Then ranks are drawn from outside the blocks: a
//!   uniform number, and the blocks before it added.
//!
//! The way is chosen by what it costs, which depends on counts alone. So the last code of a keyspace
//! costs no more than the first, and nothing ever spins.

use std::ops::Range;

use crate::{fraction::Bound, ledger::Ledger, stream::Words};

/// The ranks that are neither in the ledger nor barred by others.
#[derive(Clone, Copy)]
pub(crate) struct Keyspace<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) others: Option<&'a dyn Others>,
}

/// Others with a claim to the ranks of a keyspace.
pub(crate) trait Others: Sync {
    fn is_barred(&self, rank: u64) -> bool;

    /// How many ranks outside the ledger are barred.
    fn barred(&self) -> u64;

    /// How many blocks are barred whole, and how many ranks that leaves.
    fn blocks(&self) -> (u64, u64);

    /// The ranks that no block has, in order.
    fn gaps(&self) -> Vec<Range<u64>>;
}

/// How ranks are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Draw,
    Skip,
    Look,
}

impl Keyspace<'_> {
    pub(crate) fn free(&self) -> u64 {
        let unissued = self.ledger.layout().capacity() - self.ledger.issued();
        unissued - self.others.map_or(0, Others::barred)
    }

    /// The way that costs least, with so many positions open. Roughly, in units of 2 ns: a round takes
    /// 500 and a draw 7, or 100 where others may bar it; skipping takes 10 more for each block; listing
    /// takes a half for each word of a bitmap and 1 for each rank not issued, or 100 for each that
    /// others may bar; choosing takes 4 for each position. Frozen, as it decides what is drawn.
    pub(crate) fn way(&self, open: usize) -> Way {
        let wide = |count: u64| u128::from(count);
        let (open, capacity) = (open as u128, self.ledger.layout().capacity());
        // All costs are multiplied by the number of free ranks.
        let (free, capacity) = (wide(self.free()), wide(capacity));
        let Some(others) = self.others else {
            let unissued = capacity - wide(self.ledger.issued());
            let look = free.saturating_mul(capacity / 128 + unissued + 4 * open);
            return if (500 + 7 * open) * capacity > look {
                Way::Look
            } else {
                Way::Draw
            };
        };
        let (blocks, rest) = others.blocks();
        let draws = 500 + 100 * open;
        let look = free.saturating_mul(100 * wide(rest) + 4 * open);
        let skip = free * (10 * wide(blocks)) + draws * wide(rest);
        let draw = draws * capacity;
        if draw <= look.min(skip) {
            Way::Draw
        } else if skip <= look {
            Way::Skip
        } else {
            Way::Look
        }
    }

    /// Distinct free ranks, listed and chosen. Others may be faster to take them.
    pub(crate) fn look(&self, amount: usize, words: &mut Words) -> Vec<u64> {
        let mut ranks = self.free_ranks();
        assert!(ranks.len() >= amount, "free ranks are promised");
        for i in 0..amount {
            let left = (ranks.len() - i) as u64;
            ranks.swap(i, i + words.below(Bound::new(left)) as usize);
        }
        ranks.truncate(amount);
        ranks
    }

    fn free_ranks(&self) -> Vec<u64> {
        let Some(others) = self.others else {
            return self.ledger.free_ranks();
        };
        let ranks = others.gaps().into_iter().flatten();
        let is_free = |rank: &u64| !self.ledger.contains(*rank) && !others.is_barred(*rank);
        ranks.filter(is_free).collect()
    }

    /// Ranks drawn from outside the blocks, whether or not they are free.
    pub(crate) fn skip(&self, amount: usize, words: &mut Words) -> Vec<u64> {
        let all = 0..self.ledger.layout().capacity();
        let gaps = self.others.map_or_else(|| vec![all], Others::gaps);
        let mut total = 0;
        let add = |gap: &Range<u64>| {
            total += gap.end - gap.start;
            total
        };
        let ends: Vec<_> = gaps.iter().map(add).collect();
        let bound = Bound::new(total);
        let draw = |_| {
            let number = words.below(bound);
            let gap = ends.partition_point(|&end| end <= number);
            gaps[gap].end - (ends[gap] - number)
        };
        (0..amount).map(draw).collect()
    }
}
