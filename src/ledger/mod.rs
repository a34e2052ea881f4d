//! The ranks already issued.
//!
//! **Shards.** The ranks 0..capacity are cut into at most 64 ranges of 2^shift ranks, each behind a
//! lock of its own, so that a batch is settled in parallel: a task takes one lock, enters the batch's
//! ranks of that range, and lets go. Ranges rather than hashes, because a range of ranks can turn
//! into a bitmap by itself, and its free ranks can be listed in order.

mod bitmap;
mod shard;
mod table;

use std::{
    fmt,
    ops::Range,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{code::fraction::fraction_of, ledger::shard::Shard};

/// The most shards a ledger has.
pub(crate) const MAX_SHARDS: usize = 64;

/// How the ranks of a capacity are spread over shards.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    capacity: u64,
    shift: u32,
}

impl Layout {
    /// Ranges below this many ranks (2^14, a bitmap of 2 KiB) are not worth a lock of their own.
    const MIN_SHIFT: u32 = 14;

    pub(crate) fn new(capacity: u64) -> Self {
        debug_assert!(capacity > 0);
        let bits = u64::BITS - (capacity - 1).leading_zeros();
        let shift = bits.saturating_sub(MAX_SHARDS.ilog2()).max(Self::MIN_SHIFT);
        Self { capacity, shift }
    }

    pub(crate) fn capacity(self) -> u64 {
        self.capacity
    }

    pub(crate) fn shards(self) -> usize {
        self.shard(self.capacity - 1) + 1
    }

    /// The rank that a random word stands for.
    #[inline]
    pub(crate) fn rank(self, word: u64) -> u64 {
        fraction_of(word, self.capacity)
    }

    #[inline]
    pub(crate) fn shard(self, rank: u64) -> usize {
        (rank >> self.shift) as usize
    }

    fn start(self, shard: usize) -> u64 {
        (shard as u64) << self.shift
    }

    fn width(self, shard: usize) -> u64 {
        (self.capacity - self.start(shard)).min(1 << self.shift)
    }
}

/// The ranks of one format already issued or reserved in one campaign.
pub(crate) struct Ledger {
    layout: Layout,
    shards: Box<[Mutex<Shard>]>,
    issued: AtomicU64,
}

impl Ledger {
    pub(crate) fn new(layout: Layout) -> Self {
        let shards = (0..layout.shards())
            .map(|shard| Mutex::new(Shard::new(layout.width(shard))))
            .collect();
        Self {
            layout,
            shards,
            issued: AtomicU64::new(0),
        }
    }

    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    /// How many ranks are entered. Exact while no other thread is entering any.
    pub(crate) fn issued(&self) -> u64 {
        self.issued.load(Ordering::Relaxed)
    }

    pub(crate) fn contains(&self, rank: u64) -> bool {
        let shard = self.layout.shard(rank);
        let start = self.layout.start(shard);
        self.lock(shard).contains(rank - start)
    }

    /// Enters one rank; false if it was there.
    pub(crate) fn insert(&self, rank: u64) -> bool {
        let mut is_new = true;
        self.open(self.layout.shard(rank), 1)
            .enter(&[rank], |_| is_new = false);
        is_new
    }

    /// Opens a shard to enter at most `count` ranks; until it is dropped, it is locked.
    pub(crate) fn open(&self, shard: usize, count: usize) -> OpenShard<'_> {
        let mut entries = self.lock(shard);
        entries.reserve(count);
        OpenShard {
            start: self.layout.start(shard),
            issued_before: entries.len(),
            issued: &self.issued,
            entries,
        }
    }

    /// Calls `visit` with every rank entered, in no order.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(u64)) {
        for shard in 0..self.shards.len() {
            let start = self.layout.start(shard);
            self.lock(shard).for_each(|local| visit(start + local));
        }
    }

    /// The ranks in some parts of the keyspace, none of them empty, that are neither entered nor
    /// barred, in order.
    pub(crate) fn free_ranks(
        &self,
        parts: &[Range<u64>],
        is_barred: impl Fn(u64) -> bool,
    ) -> Vec<u64> {
        let mut ranks = Vec::new();
        for part in parts {
            for shard in self.layout.shard(part.start)..=self.layout.shard(part.end - 1) {
                let start = self.layout.start(shard);
                let entries = self.lock(shard);
                entries.for_each_free(start, part, |rank| {
                    if !is_barred(rank) {
                        ranks.push(rank);
                    }
                });
            }
        }
        ranks
    }

    /// A poisoned lock is taken as it is: entries are only ever added, one whole entry at a time.
    fn lock(&self, shard: usize) -> MutexGuard<'_, Shard> {
        self.shards[shard]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger")
            .field("capacity", &self.layout.capacity)
            .field("issued", &self.issued())
            .finish_non_exhaustive()
    }
}

/// One shard of a ledger, locked.
pub(crate) struct OpenShard<'a> {
    start: u64,
    issued_before: u64,
    issued: &'a AtomicU64,
    entries: MutexGuard<'a, Shard>,
}

impl OpenShard<'_> {
    /// Gets ready to enter ranks of this shard.
    #[inline]
    pub(crate) fn fetch(&self, ranks: &[u64]) {
        self.entries.fetch(self.start, ranks);
    }

    /// Enters ranks of this shard, in order. Calls `lost` with the index of each that was there.
    #[inline]
    pub(crate) fn enter(&mut self, ranks: &[u64], lost: impl FnMut(usize)) {
        self.entries.enter(self.start, ranks, lost);
    }
}

impl Drop for OpenShard<'_> {
    fn drop(&mut self) {
        let entered = self.entries.len() - self.issued_before;
        self.issued.fetch_add(entered, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four whole shards, and seven with the last of them short, tables and bitmaps: parts that begin and
    /// end in one, at its edges, and in others.
    #[test]
    fn what_is_free_in_parts() {
        for (capacity, step) in [(65_536, 2), (100_000, 2), (100_000, 3), (100_000, 1000)] {
            let ledger = Ledger::new(Layout::new(capacity));
            let is_entered = |rank: u64| rank % step == 0;
            let is_barred = |rank: u64| rank % 7 == 0;
            let entered = (0..capacity).filter(|&rank| is_entered(rank));
            entered.for_each(|rank| assert!(ledger.insert(rank)));
            let edges = [0, 1, 63, 64, 100, 16_384, 16_400, 50_000, 65_535, capacity];
            for (i, &start) in edges.iter().enumerate() {
                for &end in &edges[i + 1..] {
                    let parts = [start..end, end..capacity];
                    let parts = &parts[..=usize::from(end < capacity)];
                    let all = parts.iter().cloned().flatten();
                    let free = all.filter(|&rank| !is_entered(rank) && !is_barred(rank));
                    let listed = ledger.free_ranks(parts, is_barred);
                    assert_eq!(listed, free.collect::<Vec<_>>(), "{start}..{end}");
                }
            }
        }
    }
}
