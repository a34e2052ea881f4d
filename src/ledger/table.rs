//! Numbers of a range, sparse: a hash set.
//!
//! **Lines.** A slot holds one number. Slots form lines of 32 bytes, and two lines a pair, which is one
//! cache line. A number goes into its home line, else into the other one of the pair, else into the next
//! pair, so that most look-ups touch one cache line: with slots of 8 bytes 95 % just after the set has
//! grown and 66 % just before it does, with slots of 4 bytes 100 % and 90 %. Lines are filled from the
//! front. To see whether a line holds a number all its slots are compared: that is faster than to stop
//! at the first one that fits or is empty, which the processor cannot foresee.
//!
//! **Taking out.** A search ends at a line with an empty slot. A line that was never full ends all
//! searches that reach it, so its last number may fill the gap. In a full line the number leaves a mark,
//! for others may lie beyond it. Marks count as numbers when it comes to growth, which drops them.
//!
//! **Growth.** A set of slots of 8 bytes grows by half when there are more than 6 numbers per pair, so
//! that a number takes from 10.7 to 16 bytes; one of slots of 4 bytes doubles at 11, from 5.8 to 11.6. (A
//! doubling table with a control byte for each slot of 8 is at 20.6 after it has grown.) A first number
//! takes a whole pair. `growth.rs` tells when. A home is a hash scaled to the number of pairs, so the numbers
//! move to the larger set from front to back, but not quite in order: each would wait for the one before to be
//! written to the same line.

use std::hint::black_box;

use crate::ledger::growth::Growth;

/// What a slot holds: number + 1, or 0 for none.
pub(crate) trait Slot: Copy + Default + Eq {
    /// Numbers for each pair of lines, on average, with which a set is full.
    const FULL: usize;
    /// By how many halves a set grows then.
    const HALVES: usize;
    /// The mark of a number taken out.
    const MARK: Self;

    fn of(number: u64) -> Self;
    fn number(self) -> Option<u64>;

    /// Whether it holds a number.
    #[inline]
    fn is_held(self) -> bool {
        self != Self::default() && self != Self::MARK
    }
}

impl Slot for u32 {
    const FULL: usize = 11;
    const HALVES: usize = 2;
    const MARK: Self = u32::MAX;

    #[inline]
    fn of(number: u64) -> Self {
        number as u32 + 1
    }

    fn number(self) -> Option<u64> {
        self.is_held().then(|| u64::from(self) - 1)
    }
}

impl Slot for u64 {
    const FULL: usize = 6;
    const HALVES: usize = 1;
    const MARK: Self = u64::MAX;

    #[inline]
    fn of(number: u64) -> Self {
        number + 1
    }

    fn number(self) -> Option<u64> {
        self.is_held().then(|| self - 1)
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

    fn numbers(&self) -> impl Iterator<Item = u64> {
        self.0.into_iter().flatten().filter_map(S::number)
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

/// How many slots of a line are filled, with numbers or marks.
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

/// Pairs whose numbers move to a larger set at a time, and how far apart the numbers are that follow each
/// other there.
const MOVED: usize = 64;
const STRIDE: usize = 32;

/// Numbers below 2^32 - 2.
pub(crate) type Narrow = Table<u32, 8>;
/// Numbers below 2^64 - 2.
pub(crate) type Wide = Table<u64, 4>;

/// A hash set of numbers.
pub(crate) struct Table<S, const N: usize> {
    pairs: Vec<Pair<S, N>>,
    marks: usize,
}

impl<S: Slot, const N: usize> Table<S, N> {
    pub(crate) fn new() -> Self {
        Self {
            pairs: Vec::new(),
            marks: 0,
        }
    }

    /// Bytes of a set with room for so many numbers.
    pub(crate) fn bytes_of(room: usize) -> usize {
        room.div_ceil(S::FULL) * size_of::<Pair<S, N>>()
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.pairs)
    }

    /// For how many numbers to make room, if there is none for so many in all. Where numbers come and go it is
    /// an eighth more than needed, so that marks do not fill it at once.
    pub(crate) fn room(&self, total: usize, growth: Growth) -> Option<usize> {
        let is_full = total + self.marks > self.pairs.len() * S::FULL;
        let spare = if self.marks > 0 { total / 8 } else { 0 };
        is_full.then(|| growth.room(total + spare, S::HALVES))
    }

    /// Moves to a set with room for so many numbers in all.
    pub(crate) fn grow(&mut self, room: usize) {
        self.marks = 0;
        let pairs = vec![Pair::empty(); room.div_ceil(S::FULL)];
        let full = std::mem::replace(&mut self.pairs, pairs);
        let mut slots = vec![S::default(); MOVED.min(full.len()) * 2 * N];
        for pairs in full.chunks(MOVED) {
            let mut count = 0;
            for &slot in pairs.iter().flat_map(|pair| &pair.0).flatten() {
                slots[count] = slot;
                count += usize::from(slot.is_held());
            }
            for first in 0..STRIDE {
                let slots = slots[..count].iter().skip(first).step_by(STRIDE);
                for number in slots.filter_map(|slot| slot.number()) {
                    self.insert::<false>(number);
                }
            }
        }
    }

    /// Pair and line where the search for a number begins: a hash scaled to their number. The hash is the
    /// two halves of a 128-bit product folded together, so that runs and patterns of reserved codes
    /// spread out; 2^64 / golden ratio is Knuth's multiplier (TAOCP 3, 6.4).
    #[inline]
    fn home(&self, number: u64) -> (usize, usize) {
        let product = u128::from(number ^ 0x2545_F491_4F6C_DD1D) * 0x9E37_79B9_7F4A_7C15;
        let hash = product as u64 ^ (product >> 64) as u64;
        let scaled = u128::from(hash) * self.pairs.len() as u128;
        ((scaled >> 64) as usize, (scaled as u64 >> 63) as usize)
    }

    /// The empty slot where the number belongs, unless it is held already, as it may be.
    #[expect(clippy::inline_always, reason = "see `insert`")]
    #[inline(always)]
    fn vacancy<const MAY_BE_HELD: bool>(&self, number: u64) -> Option<Place> {
        let wanted = S::of(number);
        let (mut pair, home) = self.home(number);
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

    #[expect(
        clippy::inline_always,
        reason = "left to itself the compiler makes calls of these two, and a batch takes a fourteenth longer"
    )]
    #[inline(always)]
    fn insert<const MAY_BE_HELD: bool>(&mut self, number: u64) -> bool {
        let vacancy = self.vacancy::<MAY_BE_HELD>(number);
        if let Some(Place { pair, line, slot }) = vacancy {
            self.pairs[pair].0[line][slot] = S::of(number);
        }
        vacancy.is_some()
    }

    /// Where a number is held.
    fn place(&self, number: u64) -> Option<Place> {
        let wanted = S::of(number);
        let (mut pair, home) = self.home(number);
        loop {
            for line in [home, 1 - home] {
                let slots = &self.pairs[pair].0[line];
                if let Some(slot) = slots.iter().position(|&held| held == wanted) {
                    return Some(Place { pair, line, slot });
                }
                if filled(slots) < N {
                    return None;
                }
            }
            pair = (pair + 1) % self.pairs.len();
        }
    }

    /// Takes a number out; false if it was not there.
    pub(crate) fn remove(&mut self, number: u64) -> bool {
        if self.pairs.is_empty() {
            return false;
        }
        let Some(Place { pair, line, slot }) = self.place(number) else {
            return false;
        };
        let slots = &mut self.pairs[pair].0[line];
        let filled = filled(slots);
        if filled == N {
            slots[slot] = S::MARK;
            self.marks += 1;
        } else {
            slots[slot] = slots[filled - 1];
            slots[filled - 1] = S::default();
        }
        true
    }

    pub(crate) fn contains(&self, number: u64) -> bool {
        !self.pairs.is_empty() && self.vacancy::<true>(number).is_none()
    }

    /// Enters numbers, which are counted from `start` on, in order. Calls `lost` with the index of
    /// each that was there. There must be room for them.
    #[inline]
    pub(crate) fn enter(&mut self, start: u64, numbers: &[u64], mut lost: impl FnMut(usize)) {
        for (i, &number) in numbers.iter().enumerate() {
            if !self.insert::<true>(number - start) {
                lost(i);
            }
        }
    }

    /// Reads the homes of some numbers into the cache. Nothing depends on what is read, so the
    /// processor waits for all of them at once.
    #[inline]
    pub(crate) fn fetch(&self, start: u64, numbers: &[u64]) {
        if self.pairs.len() * size_of::<Pair<S, N>>() > CACHED {
            for &number in numbers {
                let (pair, _) = self.home(number - start);
                black_box(self.pairs[pair].0[0][0]);
            }
        }
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        self.pairs.iter().flat_map(Pair::numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reserve<S: Slot, const N: usize>(table: &mut Table<S, N>, total: usize) {
        if let Some(room) = table.room(total, Growth::ALONE) {
            table.grow(room);
        }
    }

    /// Tenths of a byte per number, when a set has just grown for one more than so many, and just before it grows again.
    fn bytes_per_number<S: Slot, const N: usize>(total: usize) -> [usize; 2] {
        let mut table = Table::<S, N>::new();
        reserve(&mut table, total + 1);
        let grown = table.pairs.len();
        let bytes = grown * size_of::<Pair<S, N>>();
        let mut full = total;
        while table.pairs.len() == grown {
            full += 1;
            reserve(&mut table, full);
        }
        [total, full].map(|numbers| 10 * bytes / numbers)
    }

    #[test]
    fn a_set_takes_as_much_memory_as_it_says() {
        assert_eq!(bytes_per_number::<u32, 8>(128 << 10), [116, 58]);
        let rung = (0..15).fold(128, |rung, _| rung + rung / 2);
        assert_eq!(bytes_per_number::<u64, 4>(rung), [160, 106]);
    }

    /// How many numbers in a hundred are held in the pair where the search begins.
    fn at_home(numbers: impl ExactSizeIterator<Item = u64> + Clone) -> usize {
        let count = numbers.len();
        let mut table = Wide::new();
        table.grow(count + count / 2);
        assert!(numbers.clone().all(|number| table.insert::<true>(number)));
        let is_at_home = |&number: &u64| {
            let (pair, _) = table.home(number);
            let mut held = table.pairs[pair].numbers();
            held.any(|held| held == number)
        };
        100 * numbers.filter(is_at_home).count() / count
    }

    /// Random numbers would come to 95 in a hundred.
    #[test]
    fn runs_and_patterns_spread_out() {
        for step in [1, 2, 10, 1000, 62_u64.pow(5), 1 << 16, 1 << 32, 1 << 48] {
            let at_home = at_home((0..50_000_u32).map(|number| u64::from(number) * step));
            assert!(at_home >= 90, "{step}: {at_home}");
        }
    }

    /// Numbers come and go at random, beside a standard set: what is held is held, marks or not.
    #[test]
    fn numbers_come_and_go() {
        fn check<S: Slot, const N: usize>() {
            let (mut table, mut held) = (Table::<S, N>::new(), std::collections::HashSet::new());
            let mut state = 1_u64;
            let mut marks = 0;
            for step in 0..200_000 {
                state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
                let number = (state >> 33) % 3000;
                if state >> 32 & 1 == 0 || step % 10_000 > 8000 {
                    assert_eq!(table.remove(number), held.remove(&number));
                } else {
                    reserve(&mut table, held.len() + 1);
                    assert_eq!(table.insert::<true>(number), held.insert(number));
                }
                marks = marks.max(table.marks);
                assert_eq!(table.contains(number), held.contains(&number));
            }
            let mut numbers: Vec<_> = table.numbers().collect();
            numbers.sort_unstable();
            let mut held: Vec<_> = held.into_iter().collect();
            held.sort_unstable();
            assert_eq!(numbers, held);
            assert!(marks > 100, "{marks}");
        }
        check::<u32, 8>();
        check::<u64, 4>();
    }

    /// Codes issued and released over and over leave a set as small as it was.
    #[test]
    fn marks_do_not_make_a_set_grow() {
        let mut table = Wide::new();
        for round in 0..1000 {
            reserve(&mut table, 1000);
            let numbers = (0..1000).map(|i| (round * 1000 + i) << 20);
            assert!(numbers.clone().all(|number| table.insert::<true>(number)));
            assert!({ numbers }.all(|number| table.remove(number)));
        }
        assert!(table.bytes() <= Wide::bytes_of(1700), "{}", table.bytes());
    }
}
