//! The ranks already issued, and the free ones when few are left.
//!
//! **Shards.** The ranks 0..capacity are cut into at most 64 ranges of 2^shift ranks, each behind a
//! lock of its own, so that a batch is settled in parallel: a task takes one lock, enters the batch's
//! ranks of that range, and lets go. Ranges rather than hashes, because a range of ranks can turn
//! into a bitmap by itself and its free ranks can be counted off in order.
//!
//! **The end.** When most of a keyspace is issued, drawing again and again for the last free ranks
//! costs more than looking for them. The free ranks are numbered 0..free in rank order, and
//! [`FreeRanks`] finds the rank that belongs to a number: the range by its count of free ranks, then
//! within the range's bitmap. The bitmaps are paid for by the fill, since looking starts only when
//! two thirds of all ranks are issued. So the last code of a keyspace costs no more than the first
//! and nothing ever spins.

use std::{
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::shard::Shard;

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

    /// Numbers the free ranks, in rank order, and looks them up by number.
    pub(crate) fn free_ranks(&self) -> FreeRanks<'_> {
        let mut ends = Vec::with_capacity(self.shards.len());
        let mut end = 0;
        for shard in 0..self.shards.len() {
            end += self.lock(shard).free();
            ends.push(end);
        }
        FreeRanks { ledger: self, ends }
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

/// The free ranks of a ledger, as they were counted.
pub(crate) struct FreeRanks<'a> {
    ledger: &'a Ledger,
    /// For each shard, the free ranks up to its end.
    ends: Vec<u64>,
}

impl FreeRanks<'_> {
    pub(crate) fn count(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// The ranks of some numbers; none where other threads have entered so many ranks since the
    /// count that the number is no longer there.
    pub(crate) fn find(&self, numbers: &[u64]) -> Vec<Option<u64>> {
        let mut by_shard = vec![Vec::new(); self.ends.len()];
        for (i, &number) in numbers.iter().enumerate() {
            let shard = self.ends.partition_point(|&end| end <= number);
            by_shard[shard].push(i);
        }
        let mut ranks = vec![None; numbers.len()];
        for (shard, wanted) in by_shard.into_iter().enumerate() {
            if wanted.is_empty() {
                continue;
            }
            let before = shard.checked_sub(1).map_or(0, |last| self.ends[last]);
            let start = self.ledger.layout.start(shard);
            let mut entries = self.ledger.lock(shard);
            let free = entries.free_index();
            for i in wanted {
                ranks[i] = free.rank(numbers[i] - before).map(|rank| start + rank);
            }
        }
        ranks
    }

    /// All free ranks, in order.
    pub(crate) fn all(&self) -> Vec<u64> {
        let mut ranks = Vec::new();
        for shard in 0..self.ends.len() {
            let start = self.ledger.layout.start(shard);
            let free = self.ledger.lock(shard).free_ranks();
            ranks.extend(free.into_iter().map(|rank| start + rank));
        }
        ranks
    }
}
