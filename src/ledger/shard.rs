//! The taken numbers of one range: sparse, then dense.
//!
//! While few numbers of a range are taken they sit in a table, in slots of 8 bytes, or of 4 if the range
//! is narrower than 2^32. A bitmap of the range takes range / 8 bytes whatever its fill; once a table
//! might be larger than that, the numbers move into one.

use crate::ledger::{
    bitmap::Bitmap,
    growth::Growth,
    saved::{Codes, Part},
    table::{Narrow, Wide},
};

/// Numbers that are put back whose slots are read ahead.
const FETCHED: usize = 64;

/// Taken numbers, counted from the start of their range.
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
        // A slot holds number + 1, which must fit, or a mark.
        let entries = if width < u64::from(u32::MAX) {
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

    pub(crate) fn contains(&self, number: u64) -> bool {
        match &self.entries {
            Entries::Narrow(table) => table.contains(number),
            Entries::Wide(table) => table.contains(number),
            Entries::Dense(bitmap) => bitmap.contains(number),
        }
    }

    /// Makes room for more numbers.
    pub(crate) fn reserve(&mut self, additional: usize, growth: Growth) {
        let total = self.len as usize + additional;
        let largest = self.width / 8;
        let is_small = |bytes: usize| (bytes as u64) < largest;
        match &mut self.entries {
            Entries::Narrow(table) => match table.room(total, growth) {
                Some(room) if is_small(Narrow::bytes_of(room)) => table.grow(room),
                Some(_) => self.densify(),
                None => {}
            },
            Entries::Wide(table) => match table.room(total, growth) {
                Some(room) if is_small(Wide::bytes_of(room)) => table.grow(room),
                Some(_) => self.densify(),
                None => {}
            },
            Entries::Dense(_) => {}
        }
    }

    /// Gets ready to enter numbers, which are counted from `start` on.
    #[inline]
    pub(crate) fn fetch(&self, start: u64, numbers: &[u64]) {
        match &self.entries {
            Entries::Narrow(table) => table.fetch(start, numbers),
            Entries::Wide(table) => table.fetch(start, numbers),
            Entries::Dense(_) => {}
        }
    }

    /// Enters numbers, which are counted from `start` on, in order. Calls `lost` with the index of
    /// each that was there. There must be room for them.
    #[inline]
    pub(crate) fn enter(&mut self, start: u64, numbers: &[u64], mut lost: impl FnMut(usize)) {
        let mut losers = 0;
        let lost = |i| {
            losers += 1;
            lost(i);
        };
        match &mut self.entries {
            Entries::Narrow(table) => table.enter(start, numbers, lost),
            Entries::Wide(table) => table.enter(start, numbers, lost),
            Entries::Dense(bitmap) => bitmap.enter(start, numbers, lost),
        }
        self.len += numbers.len() as u64 - losers;
    }

    /// Enters numbers that are put back, which are counted from `start` on: a few at a time, so that the
    /// look-ups of many wait for memory together. There must be room for them.
    pub(crate) fn restore(&mut self, start: u64, numbers: &[u64]) {
        for numbers in numbers.chunks(FETCHED) {
            self.fetch(start, numbers);
            self.enter(start, numbers, |_| {});
        }
    }

    /// A copy of its numbers, which are counted from `start` on.
    pub(crate) fn copy(&self, start: u64) -> Part {
        if let Entries::Dense(bitmap) = &self.entries {
            let numbers = bitmap.clone();
            return Part::Bitmap { start, numbers };
        }
        let mut numbers = Vec::with_capacity(self.len as usize);
        self.for_each(|number| numbers.push(start + number));
        Part::Codes(Codes::Short(numbers))
    }

    /// Enters a number, making room for it; false if it was there.
    pub(crate) fn insert(&mut self, number: u64, growth: Growth) -> bool {
        self.reserve(1, growth);
        let before = self.len;
        self.enter(0, &[number], |_| {});
        self.len > before
    }

    /// Takes a number out; false if it was not there.
    pub(crate) fn remove(&mut self, number: u64) -> bool {
        let was_there = match &mut self.entries {
            Entries::Narrow(table) => table.remove(number),
            Entries::Wide(table) => table.remove(number),
            Entries::Dense(bitmap) => bitmap.remove(number),
        };
        self.len -= u64::from(was_there);
        was_there
    }

    pub(crate) fn for_each(&self, visit: impl FnMut(u64)) {
        match &self.entries {
            Entries::Narrow(table) => table.numbers().for_each(visit),
            Entries::Wide(table) => table.numbers().for_each(visit),
            Entries::Dense(bitmap) => bitmap.numbers().for_each(visit),
        }
    }

    /// Calls `visit` with every number of the range that is not there, in order.
    pub(crate) fn for_each_free(&self, visit: impl FnMut(u64)) {
        if let Entries::Dense(bitmap) = &self.entries {
            bitmap.free(self.width).for_each(visit);
        } else {
            let is_free = |&number: &u64| !self.contains(number);
            (0..self.width).filter(is_free).for_each(visit);
        }
    }

    /// Bytes of table or bitmap.
    pub(crate) fn bytes(&self) -> usize {
        match &self.entries {
            Entries::Narrow(table) => table.bytes(),
            Entries::Wide(table) => table.bytes(),
            Entries::Dense(bitmap) => bitmap.bytes(),
        }
    }

    fn densify(&mut self) {
        let mut bitmap = Bitmap::new(self.width);
        self.for_each(|number| {
            bitmap.insert(number);
        });
        self.entries = Entries::Dense(bitmap);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bitmap of 2^14 numbers takes 2 KiB, as much as a table with room for 352 numbers.
    #[test]
    fn numbers_move_into_a_bitmap_when_that_is_smaller() {
        let mut shard = Shard::new(1 << 14);
        let enter = |shard: &mut Shard, numbers: std::ops::Range<u64>| {
            let numbers: Vec<_> = numbers.map(|number| 50 * number).collect();
            shard.reserve(numbers.len(), Growth::ALONE);
            shard.enter(0, &numbers, |_| panic!("a new number was lost"));
        };
        enter(&mut shard, 0..250);
        assert!(matches!(shard.entries, Entries::Narrow(_)));
        enter(&mut shard, 250..300);
        assert!(matches!(shard.entries, Entries::Dense(_)));
        assert_eq!(shard.len(), 300);
        assert!(
            (0..300).all(|number| shard.contains(50 * number) && !shard.contains(50 * number + 1))
        );
        assert!(matches!(Shard::new(1 << 32).entries, Entries::Wide(_)));
    }
}
