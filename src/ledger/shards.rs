//! The taken numbers of one format of short codes.
//!
//! A ledger of few codes is one shard, since most formats never have many. Before it has more than
//! [`FEW`] it is split by its layout: a batch then enters its numbers shard by shard, and each of these is
//! small enough for the processor's caches.

use std::ops::Range;

use crate::ledger::{
    entering::{IsTakenElsewhere, SortedChunk, settle},
    layout::Layout,
    shard::Shard,
};

/// The most codes of a ledger that is one shard.
const FEW: u64 = 4096;

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

    /// Makes room for more numbers, as far as it is not made shard by shard.
    pub(crate) fn reserve(&mut self, additional: usize) {
        let is_whole = self.shards.len() == 1;
        if is_whole && self.layout.shards() > 1 && self.len() + additional as u64 > FEW {
            self.split();
        } else if is_whole {
            self.shards[0].reserve(additional);
        }
    }

    fn split(&mut self) {
        let layout = self.layout;
        let shard = |shard| Shard::new(layout.width(shard));
        let whole = std::mem::replace(&mut self.shards, (0..layout.shards()).map(shard).collect());
        for shard in whole {
            shard.for_each(|number| {
                let (shard, number) = self.place(number);
                self.shards[shard].insert(number);
            });
        }
    }

    /// The shard of a number, and the number counted from the start of its range.
    fn place(&self, number: u64) -> (usize, u64) {
        if self.shards.len() == 1 {
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
        self.reserve(1);
        let (shard, number) = self.place(number);
        self.shards[shard].insert(number)
    }

    /// Takes a number out; false if it was not there.
    pub(crate) fn remove(&mut self, number: u64) -> bool {
        let (shard, number) = self.place(number);
        self.shards[shard].remove(number)
    }

    /// Enters drawn numbers. The positions of those that are taken here or elsewhere are added to `lost`.
    pub(crate) fn enter(
        &mut self,
        chunks: &[SortedChunk],
        is_taken: Option<IsTakenElsewhere<'_>>,
        lost: &mut Vec<u32>,
    ) {
        self.reserve(chunks.iter().map(SortedChunk::len).sum());
        for number in 0..self.layout.shards() {
            let start = self.layout.start(number);
            let (shard, start) = match &mut self.shards[..] {
                [whole] => (whole, 0),
                shards => (&mut shards[number], start),
            };
            settle(shard, start, number, chunks, is_taken, lost);
        }
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

    /// Gives back memory, if most of it is for numbers that were taken out. (A number takes at most 16
    /// bytes, and a table 64.)
    pub(crate) fn tidy(&mut self) {
        let bytes: usize = self.shards.iter().map(Shard::bytes).sum();
        if bytes as u64 > 1024 + 64 * self.len() {
            let mut tidy = Self::new(self.layout);
            tidy.reserve(self.len() as usize);
            self.for_each(|number| {
                tidy.insert(number);
            });
            *self = tidy;
        }
    }
}
