//! The taken numbers of one format of short codes.
//!
//! A ledger of few codes is one shard, since most formats never have many. Before it has more than
//! [`FEW`] it is split by its layout: a batch then enters its numbers shard by shard, and each of these is
//! small enough for the processor's caches.

use std::ops::Range;

use crate::{
    ledger::{
        entering::{IsTakenElsewhere, SortedChunk, count, settle},
        growth::Growth,
        layout::Layout,
        saved::Part,
        shard::Shard,
        threads::for_each_on_threads,
    },
    sync::worth,
};

/// The most codes of a ledger that is one shard.
const FEW: u64 = worth(4096, 2);

/// The codes from which on a ledger is entered by more than one thread, and the least number of new ones for each
/// of them. With fewer, threads take longer to begin than to do it.
const MANY: u64 = worth(1 << 20, 2);
const SHARE: usize = worth(1 << 14, 1);

pub(crate) struct Shards {
    layout: Layout,
    shards: Vec<Shard>,
}

impl Shards {
    pub(crate) fn new(layout: Layout) -> Self {
        Self {
            layout,
            shards: vec![Shard::new(layout.capacity())],
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.shards.iter().map(Shard::len).sum()
    }

    /// Makes room for these numbers in one step. There are so many.
    pub(crate) fn make_room(&mut self, total: usize, numbers: impl Iterator<Item = u64>) {
        let counts = self.layout.counts(numbers);
        if !self.is_whole_with(total) {
            for (index, shard) in self.shards.iter_mut().enumerate() {
                shard.reserve(counts[index], self.layout.growth(index, 0));
            }
        }
    }

    /// Whether the ledger is one shard with so many more numbers. If so, that has room for them, else the
    /// ledger is split.
    fn is_whole_with(&mut self, additional: usize) -> bool {
        if !self.is_whole() {
            return false;
        }
        if self.layout.shards() > 1 && self.len() + additional as u64 > FEW {
            self.split();
            return false;
        }
        self.shards[0].reserve(additional, Growth::ALONE);
        true
    }

    fn is_whole(&self) -> bool {
        self.shards.len() == 1
    }

    fn split(&mut self) {
        let layout = self.layout;
        let shard = |shard| Shard::new(layout.width(shard));
        let whole = std::mem::replace(&mut self.shards, (0..layout.shards()).map(shard).collect());
        for shard in whole {
            shard.for_each(|number| {
                self.insert_into_shard(number);
            });
        }
    }

    fn insert_into_shard(&mut self, number: u64) -> bool {
        let (shard, number) = self.place(number);
        let growth = if self.is_whole() {
            Growth::ALONE
        } else {
            self.layout.growth(shard, 0)
        };
        self.shards[shard].insert(number, growth)
    }

    /// The shard of a number, and the number counted from the start of its range.
    fn place(&self, number: u64) -> (usize, u64) {
        if self.is_whole() {
            return (0, number);
        }
        let shard = self.layout.shard(number);
        (shard, number - self.layout.start(shard))
    }

    pub(crate) fn contains(&self, number: u64) -> bool {
        let (shard, number) = self.place(number);
        self.shards[shard].contains(number)
    }

    /// Enters a number; false if it was there.
    pub(crate) fn insert(&mut self, number: u64) -> bool {
        self.is_whole_with(1);
        self.insert_into_shard(number)
    }

    /// Takes a number out; false if it was not there.
    pub(crate) fn remove(&mut self, number: u64) -> bool {
        let (shard, number) = self.place(number);
        self.shards[shard].remove(number)
    }

    /// Enters drawn numbers, where so many are expected in the end; 0 if nobody knows. The positions of those
    /// that are taken here or elsewhere come back.
    pub(crate) fn enter(
        &mut self,
        chunks: &[SortedChunk],
        expected: u64,
        is_taken: Option<IsTakenElsewhere<'_>>,
    ) -> Vec<u32> {
        let layout = self.layout;
        let total = chunks.iter().map(SortedChunk::len).sum();
        if self.is_whole_with(total) {
            let mut lost = Vec::new();
            for index in 0..layout.shards() {
                settle(&mut self.shards[0], 0, index, chunks, is_taken, &mut lost);
            }
            return lost;
        }
        let threads = if self.len() >= MANY { total / SHARE } else { 1 };
        for_each_on_threads(threads, &mut self.shards, |index, shard| {
            let mut lost = Vec::new();
            let count = count(index, chunks);
            if count > 0 {
                shard.reserve(count, layout.growth(index, expected));
                let start = layout.start(index);
                settle(shard, start, index, chunks, is_taken, &mut lost);
            }
            lost
        })
        .concat()
    }

    /// Enters numbers that are put back, in order, with room made for all of them in one step.
    pub(crate) fn restore(&mut self, numbers: &[u64]) {
        self.make_room(numbers.len(), numbers.iter().copied());
        let layout = self.layout;
        let is_one_range = |a: &u64, b: &u64| layout.shard(*a) == layout.shard(*b);
        for numbers in numbers.chunk_by(is_one_range) {
            let (shard, number) = self.place(numbers[0]);
            self.shards[shard].restore(numbers[0] - number, numbers);
        }
    }

    /// A copy of the shard that a number belongs to, and where the next one begins.
    pub(crate) fn copy(&self, number: u64) -> (Part, Option<u64>) {
        let (shard, in_shard) = self.place(number);
        let start = number - in_shard;
        let next = (shard + 1 < self.shards.len()).then(|| self.layout.start(shard + 1));
        (self.shards[shard].copy(start), next)
    }

    /// Calls `visit` with every number, in no order.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(u64)) {
        for (shard, numbers) in self.shards.iter().enumerate() {
            let start = self.layout.start(shard);
            numbers.for_each(|number| visit(start + number));
        }
    }

    /// Calls `visit` with every number that is free, in order.
    pub(crate) fn for_each_free(&self, mut visit: impl FnMut(u64)) {
        for (shard, numbers) in self.shards.iter().enumerate() {
            let start = self.layout.start(shard);
            numbers.for_each_free(|number| visit(start + number));
        }
    }

    /// The shards of a range of numbers, and the first of them.
    fn near(&self, range: &Range<u64>) -> (usize, &[Shard]) {
        let (first, _) = self.place(range.start);
        let (last, _) = self.place(range.end - 1);
        (first, &self.shards[first..=last])
    }

    /// How many numbers have to be looked at for those in a range.
    pub(crate) fn len_near(&self, range: &Range<u64>) -> u64 {
        self.near(range).1.iter().map(Shard::len).sum()
    }

    /// Calls `visit` with every number in a range that is not empty.
    pub(crate) fn for_each_in(&self, range: &Range<u64>, mut visit: impl FnMut(u64)) {
        let (first, near) = self.near(range);
        for (shard, numbers) in (first..).zip(near) {
            let start = self.layout.start(shard);
            numbers.for_each(|number| {
                if range.contains(&(start + number)) {
                    visit(start + number);
                }
            });
        }
    }

    /// Gives back memory, if most of it is neither for numbers nor for those expected. (A number takes at
    /// most 16 bytes, and a table 64.)
    pub(crate) fn tidy(&mut self, expected: u64) {
        let bytes: usize = self.shards.iter().map(Shard::bytes).sum();
        if bytes as u64 > 1024 + 64 * self.len().max(expected) {
            let mut tidy = Self::new(self.layout);
            self.for_each(|number| {
                tidy.insert(number);
            });
            *self = tidy;
        }
    }
}
