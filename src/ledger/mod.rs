//! What is taken: the codes of one format that a campaign has issued or reserved.
//!
//! Short codes are one number each and lie in shards by range (`layout.rs`): sparse ones in tables of
//! cache lines (`table.rs`), dense ones in bitmaps (`bitmap.rs`), whichever is smaller (`shard.rs`). Long
//! codes are sets of two or three numbers (`long.rs`). Whatever was entered can be taken out again: a
//! request is refused only after it has tried, and a batch can be released.
//!
//! **Why tables of our own.** With hashbrown's `HashTable` in their place (the same hash, shards, turns and reading
//! ahead, and the same codes) a fresh batch takes as long, and one of a campaign that grows from eight million coupons to
//! sixteen about as long on one thread and a fifth longer on two. Where the coupons were announced it takes 1.6 to 1.9
//! times as long: control bytes are a second cache line to wait for. And hashbrown can only double, so that it takes
//! 16.3 bytes per code and kind, not 11.0. So the lines are there for memory first, then for campaigns that say what
//! is coming. `benches/README.md` has the table, measured in one run. Long codes lie in hashbrown's sets.

pub(crate) mod bitmap;
pub(crate) mod entering;
mod growth;
pub(crate) mod layout;
mod long;
pub(crate) mod saved;
mod shard;
mod shards;
pub(crate) mod shared;
mod table;
mod threads;

use std::ops::Range;

use crate::{
    code::{Numbers, format::Format},
    ledger::{
        entering::{IsTakenElsewhere, NewNumbers},
        layout::Layout,
        long::Long,
        saved::{Codes, Part},
        shards::Shards,
    },
};

/// The taken codes of one format in one campaign.
pub(crate) enum Ledger {
    Short(Shards),
    Two(Long<2>),
    Three(Long<3>),
}

impl Ledger {
    pub(crate) fn new(format: &Format) -> Self {
        let layout = Layout::new(format.first_numbers());
        match format.numbers_per_code() {
            1 => Self::Short(Shards::new(layout)),
            2 => Self::Two(Long::new(layout)),
            _ => Self::Three(Long::new(layout)),
        }
    }

    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Short(ledger) => ledger.len(),
            Self::Two(ledger) => ledger.len(),
            Self::Three(ledger) => ledger.len(),
        }
    }

    pub(crate) fn contains(&self, numbers: &Numbers) -> bool {
        match self {
            Self::Short(ledger) => ledger.contains(numbers[0]),
            Self::Two(ledger) => ledger.contains(numbers),
            Self::Three(ledger) => ledger.contains(numbers),
        }
    }

    /// Enters a code; false if it was there.
    pub(crate) fn insert(&mut self, numbers: &Numbers) -> bool {
        match self {
            Self::Short(ledger) => ledger.insert(numbers[0]),
            Self::Two(ledger) => ledger.insert(numbers),
            Self::Three(ledger) => ledger.insert(numbers),
        }
    }

    /// Takes a code out; false if it was not there.
    pub(crate) fn remove(&mut self, numbers: &Numbers) -> bool {
        match self {
            Self::Short(ledger) => ledger.remove(numbers[0]),
            Self::Two(ledger) => ledger.remove(numbers),
            Self::Three(ledger) => ledger.remove(numbers),
        }
    }

    /// Makes room for codes that exist, in one step. There are so many, and these are their first numbers.
    pub(crate) fn make_room_for(&mut self, total: usize, first: impl Iterator<Item = u64>) {
        match self {
            Self::Short(ledger) => ledger.make_room(total, first),
            Self::Two(ledger) => ledger.make_room(total, 0),
            Self::Three(ledger) => ledger.make_room(total, 0),
        }
    }

    /// Enters drawn codes, where so many are expected in the end; 0 if nobody knows. The positions of those
    /// that are taken here or elsewhere come back, in an order that depends on the codes alone.
    pub(crate) fn enter(
        &mut self,
        new: &NewNumbers,
        expected: u64,
        is_taken: Option<IsTakenElsewhere<'_>>,
    ) -> Vec<u32> {
        match (self, new) {
            (Self::Short(ledger), NewNumbers::Short(new)) => ledger.enter(new, expected, is_taken),
            (Self::Two(ledger), NewNumbers::Long(new)) => ledger.enter(new, expected, is_taken),
            (Self::Three(ledger), NewNumbers::Long(new)) => ledger.enter(new, expected, is_taken),
            _ => unreachable!("codes are drawn in the format of their ledger"),
        }
    }

    /// Enters codes that are put back, in order, with room made for all of them in one step.
    pub(crate) fn restore(&mut self, codes: &Codes) {
        match (self, codes) {
            (Self::Short(ledger), Codes::Short(codes)) => ledger.restore(codes),
            (Self::Two(ledger), Codes::Long(codes)) => ledger.restore(codes),
            (Self::Three(ledger), Codes::Long(codes)) => ledger.restore(codes),
            _ => unreachable!("codes are saved in the format of their ledger"),
        }
    }

    /// A copy of the part that a first number belongs to, and where the next part begins.
    pub(crate) fn copy(&self, first: u64) -> (Part, Option<u64>) {
        match self {
            Self::Short(ledger) => ledger.copy(first),
            Self::Two(ledger) => ledger.copy(first),
            Self::Three(ledger) => ledger.copy(first),
        }
    }

    /// Calls `visit` with every code, in no order.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(&Numbers)) {
        match self {
            Self::Short(ledger) => ledger.for_each(|number| visit(&[number, 0, 0])),
            Self::Two(ledger) => ledger.for_each(visit),
            Self::Three(ledger) => ledger.for_each(visit),
        }
    }

    /// How many codes have to be looked at for those whose first number is in a range.
    pub(crate) fn len_near(&self, range: &Range<u64>) -> u64 {
        match self {
            Self::Short(ledger) => ledger.len_near(range),
            Self::Two(ledger) => ledger.len_near(range),
            Self::Three(ledger) => ledger.len_near(range),
        }
    }

    /// Calls `visit` with every code whose first number is in a range that is not empty.
    pub(crate) fn for_each_in(&self, range: &Range<u64>, mut visit: impl FnMut(&Numbers)) {
        match self {
            Self::Short(ledger) => ledger.for_each_in(range, |number| visit(&[number, 0, 0])),
            Self::Two(ledger) => ledger.for_each_in(range, visit),
            Self::Three(ledger) => ledger.for_each_in(range, visit),
        }
    }

    /// Calls `visit` with every number of a short format that is not here, in order.
    pub(crate) fn for_each_free(&self, visit: impl FnMut(u64)) {
        match self {
            Self::Short(ledger) => ledger.for_each_free(visit),
            Self::Two(_) | Self::Three(_) => unreachable!("long codes are never listed"),
        }
    }

    /// Gives back memory, if much of it is neither for codes nor for those expected.
    pub(crate) fn tidy(&mut self, expected: u64) {
        match self {
            Self::Short(ledger) => ledger.tidy(expected),
            Self::Two(ledger) => ledger.tidy(expected),
            Self::Three(ledger) => ledger.tidy(expected),
        }
    }
}
