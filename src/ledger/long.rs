//! The taken codes of one format of long codes, as two or three numbers each.
//!
//! They never run out: there are more than 10^19 of them. So nothing is listed here, and plain hash sets will
//! do, whose order no result depends on. As with short codes there is one while they are few; then there is one
//! for each range of first numbers. So they grow one after the other, and codes that begin alike are found
//! without a look at the others.

use std::{
    hash::{Hash, Hasher},
    hint::black_box,
    ops::Range,
};

use hashbrown::HashSet;

use crate::{
    code::Numbers,
    ledger::{
        entering::IsTakenElsewhere,
        layout::Layout,
        saved::{Codes, Part},
    },
};

/// The most codes of a ledger that is one set. (A batch of 100,000 for a fresh one takes a fifth longer with many
/// sets.)
const FEW: u64 = 1 << 17;

/// Codes whose places are read ahead.
const FETCHED: usize = 256;

/// A code as `N` numbers.
#[derive(PartialEq, Eq)]
struct Code<const N: usize>([u64; N]);

/// Number by number, which is faster than as one slice.
impl<const N: usize> Hash for Code<N> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        for &number in &self.0 {
            state.write_u64(number);
        }
    }
}

impl<const N: usize> Code<N> {
    #[inline]
    fn of(numbers: &Numbers) -> Self {
        let first = numbers.first_chunk();
        Self(*first.expect("a code is at most that many numbers"))
    }

    fn numbers(&self) -> Numbers {
        let mut numbers = Numbers::default();
        numbers[..N].copy_from_slice(&self.0);
        numbers
    }
}

/// Codes of `N` numbers.
pub(crate) struct Long<const N: usize> {
    /// Of their first numbers.
    layout: Layout,
    sets: Vec<HashSet<Code<N>>>,
}

impl<const N: usize> Long<N> {
    pub(crate) fn new(layout: Layout) -> Self {
        Self {
            layout,
            sets: vec![HashSet::new()],
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.sets.iter().map(|set| set.len() as u64).sum()
    }

    /// Makes room for more codes. So many are expected in the end; 0 if nobody knows.
    pub(crate) fn make_room(&mut self, additional: usize, expected: u64) {
        if self.sets.len() == 1 && self.len() + additional as u64 > FEW {
            self.split();
        }
        let each = additional.div_ceil(self.sets.len());
        if self.sets.len() == 1 {
            return self.sets[0].reserve(each);
        }
        for (index, set) in self.sets.iter_mut().enumerate() {
            let growth = self.layout.growth(index, expected);
            if let Some(room) = growth.room_in_turn(set.len() + each, set.capacity()) {
                set.reserve(room - set.len());
            }
        }
    }

    fn split(&mut self) {
        let sets = (0..self.layout.shards()).map(|_| HashSet::new());
        let whole = std::mem::replace(&mut self.sets, sets.collect());
        for code in whole.into_iter().flatten() {
            let set = self.set(code.0[0]);
            self.sets[set].insert(code);
        }
    }

    /// The set of codes with this first number.
    fn set(&self, first: u64) -> usize {
        if self.sets.len() == 1 {
            return 0;
        }
        self.layout.shard(first)
    }

    pub(crate) fn contains(&self, numbers: &Numbers) -> bool {
        self.sets[self.set(numbers[0])].contains(&Code::of(numbers))
    }

    pub(crate) fn insert(&mut self, numbers: &Numbers) -> bool {
        let set = self.set(numbers[0]);
        self.sets[set].insert(Code::of(numbers))
    }

    pub(crate) fn remove(&mut self, numbers: &Numbers) -> bool {
        let set = self.set(numbers[0]);
        self.sets[set].remove(&Code::of(numbers))
    }

    /// Enters drawn codes, where so many are expected in the end; 0 if nobody knows. The positions of those that
    /// are taken here or elsewhere come back.
    pub(crate) fn enter(
        &mut self,
        chunks: &[Vec<Numbers>],
        expected: u64,
        is_taken: Option<IsTakenElsewhere<'_>>,
    ) -> Vec<u32> {
        self.make_room(chunks.iter().map(Vec::len).sum(), expected);
        let mut lost = Vec::new();
        let mut positions = 0..;
        for codes in chunks.iter().flat_map(|chunk| chunk.chunks(FETCHED)) {
            for numbers in codes {
                black_box(self.contains(numbers));
            }
            for (numbers, position) in codes.iter().zip(positions.by_ref()) {
                let is_taken = is_taken.is_some_and(|is_taken| is_taken(position));
                if is_taken || !self.insert(numbers) {
                    lost.push(position);
                }
            }
        }
        lost
    }

    /// Enters codes that are put back, in order, with room made for all of them in one step.
    pub(crate) fn restore(&mut self, codes: &[Numbers]) {
        if self.sets.len() == 1 && self.len() + codes.len() as u64 > FEW {
            self.split();
        }
        let layout = self.layout;
        let is_one_range = |a: &Numbers, b: &Numbers| layout.shard(a[0]) == layout.shard(b[0]);
        for codes in codes.chunk_by(is_one_range) {
            let set = self.set(codes[0][0]);
            self.sets[set].reserve(codes.len());
            self.sets[set].extend(codes.iter().map(Code::of));
        }
    }

    /// A copy of the set that a first number belongs to, and where the next one begins.
    pub(crate) fn copy(&self, first: u64) -> (Part, Option<u64>) {
        let set = self.set(first);
        let codes = self.sets[set].iter().map(Code::numbers).collect();
        let next = (set + 1 < self.sets.len()).then(|| self.layout.start(set + 1));
        (Part::Codes(Codes::Long(codes)), next)
    }

    /// Calls `visit` with every code, in no order.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(&Numbers)) {
        let all = self.sets.iter().flatten();
        all.for_each(|code| visit(&code.numbers()));
    }

    /// The sets of a range of first numbers.
    fn near(&self, range: &Range<u64>) -> &[HashSet<Code<N>>] {
        &self.sets[self.set(range.start)..=self.set(range.end - 1)]
    }

    /// How many codes have to be looked at for those whose first numbers are in a range.
    pub(crate) fn len_near(&self, range: &Range<u64>) -> u64 {
        let near = self.near(range).iter();
        near.map(|set| set.len() as u64).sum()
    }

    /// Calls `visit` with every code whose first number is in a range that is not empty.
    pub(crate) fn for_each_in(&self, range: &Range<u64>, mut visit: impl FnMut(&Numbers)) {
        let near = self.near(range).iter().flatten();
        near.filter(|code| range.contains(&code.0[0]))
            .for_each(|code| visit(&code.numbers()));
    }

    /// Gives back memory, if much of it is neither for codes nor for those expected.
    pub(crate) fn tidy(&mut self, expected: u64) {
        for (index, set) in self.sets.iter_mut().enumerate() {
            let expected = self.layout.growth(index, expected).expected as usize;
            if set.capacity() > 4 * set.len().max(expected) {
                set.shrink_to_fit();
            }
        }
    }
}
