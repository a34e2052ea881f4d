//! Ranks of a range, sparse: a hash set.
//!
//! **Lines.** A slot holds one rank. Slots form lines of 32 bytes, and two lines a pair, which is one
//! cache line. A rank goes into its home line, else into the other one of the pair, else into the next
//! pair, so that most look-ups touch one cache line: with slots of 8 bytes 95 % just after the set has
//! grown and 66 % just before it does, with slots of 4 bytes 100 % and 90 %. Lines are filled from the
//! front and nothing is ever taken out. To see whether a line holds a rank all its slots are compared:
//! that is faster than to stop at the first one that fits or is empty, which the processor cannot
//! foresee.
//!
//! **Growth.** A set of slots of 8 bytes grows by half when there are more than 6 ranks a pair, so that
//! a rank takes from 10.7 to 16 bytes; one of slots of 4 bytes doubles at 11, from 5.8 to 11.6. (A
//! doubling table with a control byte for each slot of 8 is at 20.6 after it has grown.) A first rank
//! takes a whole pair. A home is a hash scaled to the number of pairs, so the ranks move to the larger
//! set from front to back, but not quite in order: each would wait for the one before to be written to
//! the same line.

use std::hint::black_box;

/// What a slot holds: rank + 1, or 0 for none.
pub(crate) trait Slot: Copy + Default + Eq {
    /// Ranks for each pair of lines, on average, with which a set is full.
    const FULL: usize;
    /// By how many halves a set grows then.
    const GROWTH: usize;

    fn of(rank: u64) -> Self;
    fn rank(self) -> Option<u64>;
}

impl Slot for u32 {
    const FULL: usize = 11;
    const GROWTH: usize = 2;

    #[inline]
    fn of(rank: u64) -> Self {
        rank as u32 + 1
    }

    fn rank(self) -> Option<u64> {
        self.checked_sub(1).map(u64::from)
    }
}

impl Slot for u64 {
    const FULL: usize = 6;
    const GROWTH: usize = 1;

    #[inline]
    fn of(rank: u64) -> Self {
        rank + 1
    }

    fn rank(self) -> Option<u64> {
        self.checked_sub(1)
    }
}

/// Two lines of `N` slots.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Pair<S, const N: usize>([[S; N]; 2]);

impl<S: Slot, const N: usize> Pair<S, N> {
    fn empty() -> Self {
        Self([[S::default(); N]; 2])
    }

    fn ranks(&self) -> impl Iterator<Item = u64> {
        self.0.into_iter().flatten().filter_map(S::rank)
    }
}

#[inline]
fn holds<S: Slot, const N: usize>(line: &[S; N], slot: S) -> bool {
    let mut found = false;
    for &held in line {
        found |= held == slot;
    }
    found
}

/// How many slots of a line are filled.
#[inline]
fn filled<S: Slot, const N: usize>(line: &[S; N]) -> usize {
    let filled = |&held| u32::from(held != S::default());
    line.iter().map(filled).sum::<u32>() as usize
}

/// A slot of a set.
#[derive(Clone, Copy)]
struct Place {
    pair: usize,
    line: usize,
    slot: usize,
}

/// Bytes of a set that is likely to stay in the processor's nearest caches.
const CACHED: usize = 1 << 17;

/// Pairs whose ranks move to a larger set at a time, and how far apart the ranks are that follow each
/// other there.
const MOVED: usize = 64;
const STRIDE: usize = 32;

/// Ranks below 2^32 - 1.
pub(crate) type Narrow = Table<u32, 8>;
/// Ranks below 2^64 - 1.
pub(crate) type Wide = Table<u64, 4>;

/// A hash set of ranks.
pub(crate) struct Table<S, const N: usize> {
    pairs: Vec<Pair<S, N>>,
}

impl<S: Slot, const N: usize> Table<S, N> {
    pub(crate) fn new() -> Self {
        Self { pairs: Vec::new() }
    }

    /// Bytes of a set that has just grown, for so many ranks.
    pub(crate) fn grown_bytes(total: usize) -> usize {
        Self::grown_pairs(total) * size_of::<Pair<S, N>>()
    }

    fn grown_pairs(total: usize) -> usize {
        (total * (2 + S::GROWTH)).div_ceil(2 * S::FULL)
    }

    /// Makes room for so many ranks in all.
    pub(crate) fn reserve(&mut self, total: usize) {
        if total <= self.pairs.len() * S::FULL {
            return;
        }
        let pairs = vec![Pair::empty(); Self::grown_pairs(total)];
        let full = std::mem::replace(&mut self.pairs, pairs);
        let mut slots = vec![S::default(); MOVED.min(full.len()) * 2 * N];
        for pairs in full.chunks(MOVED) {
            let mut count = 0;
            for &slot in pairs.iter().flat_map(|pair| &pair.0).flatten() {
                slots[count] = slot;
                count += usize::from(slot != S::default());
            }
            for first in 0..STRIDE {
                let slots = slots[..count].iter().skip(first).step_by(STRIDE);
                for rank in slots.filter_map(|slot| slot.rank()) {
                    self.insert::<false>(rank);
                }
            }
        }
    }

    /// Pair and line where the search for a rank begins: a hash scaled to their number. The hash is the
    /// two halves of a 128-bit product folded together, so that runs and patterns of reserved codes
    /// spread out; 2^64 / golden ratio is Knuth's multiplier (TAOCP 3, 6.4).
    #[inline]
    fn home(&self, rank: u64) -> (usize, usize) {
        let product = u128::from(rank ^ 0x2545_F491_4F6C_DD1D) * 0x9E37_79B9_7F4A_7C15;
        let hash = product as u64 ^ (product >> 64) as u64;
        let scaled = u128::from(hash) * self.pairs.len() as u128;
        ((scaled >> 64) as usize, (scaled as u64 >> 63) as usize)
    }

    /// The empty slot where the rank belongs, unless it is held already, as it may be.
    #[allow(clippy::inline_always)] // See `insert`.
    #[inline(always)]
    fn vacancy<const MAY_BE_HELD: bool>(&self, rank: u64) -> Option<Place> {
        let wanted = S::of(rank);
        let (mut pair, home) = self.home(rank);
        loop {
            let lines = &self.pairs[pair].0;
            for line in [home, 1 - home] {
                if MAY_BE_HELD && holds(&lines[line], wanted) {
                    return None;
                }
                let slot = filled(&lines[line]);
                if slot < N {
                    return Some(Place { pair, line, slot });
                }
            }
            pair += 1;
            if pair == self.pairs.len() {
                pair = 0;
            }
        }
    }

    // Left to itself the compiler makes calls of these two, and a batch takes a fourteenth longer.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn insert<const MAY_BE_HELD: bool>(&mut self, rank: u64) -> bool {
        let vacancy = self.vacancy::<MAY_BE_HELD>(rank);
        if let Some(Place { pair, line, slot }) = vacancy {
            self.pairs[pair].0[line][slot] = S::of(rank);
        }
        vacancy.is_some()
    }

    pub(crate) fn contains(&self, rank: u64) -> bool {
        !self.pairs.is_empty() && self.vacancy::<true>(rank).is_none()
    }

    /// Enters ranks, which are counted from `start` on, in order. Calls `lost` with the index of
    /// each that was there. There must be room for them.
    #[inline]
    pub(crate) fn enter(&mut self, start: u64, ranks: &[u64], mut lost: impl FnMut(usize)) {
        for (i, &rank) in ranks.iter().enumerate() {
            if !self.insert::<true>(rank - start) {
                lost(i);
            }
        }
    }

    /// Reads the homes of some ranks into the cache. Nothing depends on what is read, so the
    /// processor waits for all of them at once.
    #[inline]
    pub(crate) fn fetch(&self, start: u64, ranks: &[u64]) {
        if self.pairs.len() * size_of::<Pair<S, N>>() > CACHED {
            for &rank in ranks {
                let (pair, _) = self.home(rank - start);
                black_box(self.pairs[pair].0[0][0]);
            }
        }
    }

    pub(crate) fn ranks(&self) -> impl Iterator<Item = u64> {
        self.pairs.iter().flat_map(Pair::ranks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tenths of a byte a rank, when a set of so many has just grown and just before it grows again.
    fn bytes_a_rank<S: Slot, const N: usize>(total: usize) -> [usize; 2] {
        let mut table = Table::<S, N>::new();
        table.reserve(total);
        let grown = table.pairs.len();
        let bytes = grown * size_of::<Pair<S, N>>();
        assert_eq!(bytes, Table::<S, N>::grown_bytes(total));
        let mut full = total;
        while table.pairs.len() == grown {
            full += 1;
            table.reserve(full);
        }
        [total, full].map(|ranks| 10 * bytes / ranks)
    }

    #[test]
    fn a_set_takes_as_much_memory_as_it_says() {
        assert_eq!(bytes_a_rank::<u32, 8>(100_000), [116, 58]);
        assert_eq!(bytes_a_rank::<u64, 4>(100_000), [160, 106]);
    }

    /// How many ranks in a hundred are held in the pair where the search begins.
    fn at_home(ranks: impl ExactSizeIterator<Item = u64> + Clone) -> usize {
        let count = ranks.len();
        let mut table = Wide::new();
        table.reserve(count);
        assert!(ranks.clone().all(|rank| table.insert::<true>(rank)));
        let is_at_home = |&rank: &u64| {
            let (pair, _) = table.home(rank);
            let mut held = table.pairs[pair].ranks();
            held.any(|held| held == rank)
        };
        100 * ranks.filter(is_at_home).count() / count
    }

    /// Random ranks would come to 95 in a hundred.
    #[test]
    fn runs_and_patterns_spread_out() {
        for step in [1, 2, 10, 1000, 62_u64.pow(5), 1 << 16, 1 << 32, 1 << 48] {
            let at_home = at_home((0..50_000_u32).map(|rank| u64::from(rank) * step));
            assert!(at_home >= 90, "{step}: {at_home}");
        }
    }
}
