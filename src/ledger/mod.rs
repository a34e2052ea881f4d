//! What is taken: the codes of one format that a campaign has issued or reserved.
//!
//! Short codes are one number each and lie in shards by range (`layout.rs`): sparse ones in tables of
//! cache lines (`table.rs`), dense ones in bitmaps (`bitmap.rs`), whichever is smaller (`shard.rs`). Long
//! codes are sets of two or three numbers (`long.rs`). Whatever was entered can be taken out again: a
//! request is refused only after it has tried, and a batch can be released.

pub(crate) mod bitmap;
pub(crate) mod entering;
pub(crate) mod layout;
mod long;
mod shard;
mod shards;
pub(crate) mod shared;
mod table;

use std::ops::Range;

use crate::{
    code::{Numbers, format::Format},
    ledger::{
        entering::{IsTakenElsewhere, NewNumbers},
        layout::Layout,
        long::Long,
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

    /// Enters drawn codes. The positions of those that are taken here or elsewhere come back, in an order
    /// that depends on the codes alone.
    pub(crate) fn enter(
        &mut self,
        new: &NewNumbers,
        is_taken: Option<IsTakenElsewhere<'_>>,
    ) -> Vec<u32> {
        let mut lost = Vec::new();
        let losers = &mut lost;
        match (self, new) {
            (Self::Short(ledger), NewNumbers::Short(new)) => ledger.enter(new, is_taken, losers),
            (Self::Two(ledger), NewNumbers::Long(new)) => ledger.enter(new, is_taken, losers),
            (Self::Three(ledger), NewNumbers::Long(new)) => ledger.enter(new, is_taken, losers),
            _ => unreachable!("codes are drawn in the format of their ledger"),
        }
        lost
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

    /// Gives back memory, if much of it is for codes that were taken out.
    pub(crate) fn tidy(&mut self) {
        match self {
            Self::Short(ledger) => ledger.tidy(),
            Self::Two(ledger) => ledger.tidy(),
            Self::Three(ledger) => ledger.tidy(),
        }
    }
}
