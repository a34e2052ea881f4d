//! The taken numbers of short codes that many requests enter at once: widget codes.
//!
//! Each shard is behind a lock of its own, so that a batch is settled in parallel: a task takes one lock,
//! enters the numbers of that range, and lets go.

use std::sync::PoisonError;

use crate::{
    ledger::{
        entering::{SortedChunk, count, settle},
        layout::Layout,
        saved::Part,
        shard::Shard,
    },
    sync::{Mutex, MutexGuard},
};

pub(crate) struct SharedShards {
    layout: Layout,
    shards: Box<[Mutex<Shard>]>,
}

impl SharedShards {
    pub(crate) fn new(layout: Layout) -> Self {
        let shard = |shard| Mutex::new(Shard::new(layout.width(shard)));
        Self {
            layout,
            shards: (0..layout.shards()).map(shard).collect(),
        }
    }

    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    /// How many numbers are taken. Exact while no other thread enters any.
    pub(crate) fn len(&self) -> u64 {
        (0..self.shards.len())
            .map(|shard| self.lock(shard).len())
            .sum()
    }

    pub(crate) fn contains(&self, number: u64) -> bool {
        let shard = self.layout.shard(number);
        self.lock(shard).contains(number - self.layout.start(shard))
    }

    /// Enters a number; false if it was there.
    pub(crate) fn insert(&self, number: u64) -> bool {
        let shard = self.layout.shard(number);
        let growth = self.layout.growth(shard, 0);
        self.lock(shard)
            .insert(number - self.layout.start(shard), growth)
    }

    /// Takes a number out; false if it was not there.
    pub(crate) fn remove(&self, number: u64) -> bool {
        let shard = self.layout.shard(number);
        self.lock(shard).remove(number - self.layout.start(shard))
    }

    /// Makes room for more numbers.
    pub(crate) fn make_room(&self, numbers: &[u64]) {
        let counts = self.layout.counts(numbers.iter().copied());
        for (shard, &count) in counts[..self.shards.len()].iter().enumerate() {
            self.lock(shard)
                .reserve(count, self.layout.growth(shard, 0));
        }
    }

    /// Enters the drawn numbers of one shard, if so many codes are expected in the end; 0 if nobody knows. The
    /// positions of those that are taken come back.
    pub(crate) fn enter(&self, shard: usize, chunks: &[SortedChunk], expected: u64) -> Vec<u32> {
        let mut lost = Vec::new();
        let count = count(shard, chunks);
        if count > 0 {
            let start = self.layout.start(shard);
            let mut taken = self.lock(shard);
            taken.reserve(count, self.layout.growth(shard, expected));
            settle(&mut taken, start, shard, chunks, None, &mut lost);
        }
        lost
    }

    /// Enters numbers that are put back, in order, with room made for all of them in one step.
    pub(crate) fn restore(&self, numbers: &[u64]) {
        self.make_room(numbers);
        let layout = self.layout;
        let is_one_range = |a: &u64, b: &u64| layout.shard(*a) == layout.shard(*b);
        for numbers in numbers.chunk_by(is_one_range) {
            let shard = layout.shard(numbers[0]);
            self.lock(shard).restore(layout.start(shard), numbers);
        }
    }

    /// Copies of all shards, each made when it is asked for.
    pub(crate) fn copies(&self) -> impl Iterator<Item = Part> {
        let copy = |shard| self.lock(shard).copy(self.layout.start(shard));
        (0..self.shards.len()).map(copy)
    }

    /// Calls `visit` with every number, in no order.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(u64)) {
        for shard in 0..self.shards.len() {
            let start = self.layout.start(shard);
            self.lock(shard).for_each(|number| visit(start + number));
        }
    }

    /// Calls `visit` with every number that is free, in order.
    pub(crate) fn for_each_free(&self, mut visit: impl FnMut(u64)) {
        for shard in 0..self.shards.len() {
            let start = self.layout.start(shard);
            self.lock(shard)
                .for_each_free(|number| visit(start + number));
        }
    }

    /// A poisoned lock is taken as it is: numbers come and go one by one, each of them whole.
    fn lock(&self, shard: usize) -> MutexGuard<'_, Shard> {
        self.shards[shard]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
