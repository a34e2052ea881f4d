//! The issued ranks of one range: sparse, then dense.
//!
//! While few ranks of a range are issued they sit in a table, in slots of 8 bytes, or of 4 if the range
//! is narrower than 2^32. A bitmap of the range takes range / 8 bytes whatever its fill; once a table
//! might be larger than that, the ranks move into one.

use std::ops::Range;

use crate::{
    ledger::bitmap::Bitmap,
    ledger::table::{Narrow, Wide},
};

/// Issued ranks, counted from the start of their range.
pub(crate) struct Shard {
    width: u64,
    len: u64,
    entries: Entries,
}

enum Entries {
    Narrow(Narrow),
    Wide(Wide),
    Dense(Bitmap),
}

impl Shard {
    pub(crate) fn new(width: u64) -> Self {
        // A slot holds rank + 1, which must fit.
        let entries = if u32::try_from(width).is_ok() {
            Entries::Narrow(Narrow::new())
        } else {
            Entries::Wide(Wide::new())
        };
        Self {
            width,
            len: 0,
            entries,
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    pub(crate) fn contains(&self, rank: u64) -> bool {
        match &self.entries {
            Entries::Narrow(table) => table.contains(rank),
            Entries::Wide(table) => table.contains(rank),
            Entries::Dense(bitmap) => bitmap.contains(rank),
        }
    }

    /// Makes room for more ranks.
    pub(crate) fn reserve(&mut self, additional: usize) {
        let total = self.len as usize + additional;
        let bytes = match &self.entries {
            Entries::Narrow(_) => Narrow::grown_bytes(total),
            Entries::Wide(_) => Wide::grown_bytes(total),
            Entries::Dense(_) => return,
        };
        if bytes as u64 >= self.width / 8 {
            self.densify();
        }
        match &mut self.entries {
            Entries::Narrow(table) => table.reserve(total),
            Entries::Wide(table) => table.reserve(total),
            Entries::Dense(_) => {}
        }
    }

    /// Gets ready to enter ranks, which are counted from `start` on.
    #[inline]
    pub(crate) fn fetch(&self, start: u64, ranks: &[u64]) {
        match &self.entries {
            Entries::Narrow(table) => table.fetch(start, ranks),
            Entries::Wide(table) => table.fetch(start, ranks),
            Entries::Dense(_) => {}
        }
    }

    /// Enters ranks, which are counted from `start` on, in order. Calls `lost` with the index of
    /// each that was there.
    #[inline]
    pub(crate) fn enter(&mut self, start: u64, ranks: &[u64], mut lost: impl FnMut(usize)) {
        let mut losers = 0;
        let lost = |i| {
            losers += 1;
            lost(i);
        };
        match &mut self.entries {
            Entries::Narrow(table) => table.enter(start, ranks, lost),
            Entries::Wide(table) => table.enter(start, ranks, lost),
            Entries::Dense(bitmap) => bitmap.enter(start, ranks, lost),
        }
        self.len += ranks.len() as u64 - losers;
    }

    pub(crate) fn for_each(&self, visit: impl FnMut(u64)) {
        match &self.entries {
            Entries::Narrow(table) => table.ranks().for_each(visit),
            Entries::Wide(table) => table.ranks().for_each(visit),
            Entries::Dense(bitmap) => bitmap.ranks().for_each(visit),
        }
    }

    /// Calls `visit` with every free rank in a part of the keyspace, in order; the range begins at
    /// `start`.
    pub(crate) fn for_each_free(&self, start: u64, part: &Range<u64>, mut visit: impl FnMut(u64)) {
        let part = part.start.saturating_sub(start)..self.width.min(part.end - start);
        let visit = |rank| visit(start + rank);
        if let Entries::Dense(bitmap) = &self.entries {
            bitmap.free(part).for_each(visit);
        } else {
            part.filter(|&rank| !self.contains(rank)).for_each(visit);
        }
    }

    fn densify(&mut self) {
        let mut bitmap = Bitmap::new(self.width);
        self.for_each(|rank| {
            bitmap.insert(rank);
        });
        self.entries = Entries::Dense(bitmap);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bitmap of 2^14 ranks takes 2 KiB, as much as a table of some 180 ranks.
    #[test]
    fn ranks_move_into_a_bitmap_when_that_is_smaller() {
        let mut shard = Shard::new(1 << 14);
        let enter = |shard: &mut Shard, ranks: Range<u64>| {
            let ranks: Vec<_> = ranks.map(|rank| 50 * rank).collect();
            shard.reserve(ranks.len());
            shard.enter(0, &ranks, |_| panic!("a new rank was lost"));
        };
        enter(&mut shard, 0..150);
        assert!(matches!(shard.entries, Entries::Narrow(_)));
        enter(&mut shard, 150..200);
        assert!(matches!(shard.entries, Entries::Dense(_)));
        assert_eq!(shard.len(), 200);
        assert!((0..200).all(|rank| shard.contains(50 * rank) && !shard.contains(50 * rank + 1)));
        assert!(matches!(Shard::new(1 << 32).entries, Entries::Wide(_)));
    }
}
