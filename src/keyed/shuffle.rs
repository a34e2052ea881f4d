//! Few codes: a shuffle of all their ranks.
//!
//! NIST asks for 10^6 strings at least, since attacks on Feistel networks need few of them where there are few. A
//! format of three digits has 1,000 codes. So many can simply be shuffled, which is exact: each of the orders is equally
//! likely, and nothing about the others follows from some of them. It takes 4 ms and 8 MB at most, when the first code
//! is asked for.
//!
//! From the last place to the second, each changes places with one at random up to itself (Fisher and Yates), by
//! numbers below a bound from the `ChaCha12` stream of the subkey. Frozen.

use std::sync::OnceLock;

use crate::{keyed::subkeys::Subkey, random::stream::Words};

/// From here on FF1 does.
pub(super) const TOO_MANY: u128 = 1_000_000;

/// The ranks below a count in a random order.
pub(super) struct Shuffle {
    subkey: Subkey,
    count: u32,
    tables: OnceLock<Tables>,
}

struct Tables {
    ranks: Vec<u32>,
    numbers: Vec<u32>,
}

impl Shuffle {
    pub(super) fn new(subkey: Subkey, count: u32) -> Self {
        Self {
            subkey,
            count,
            tables: OnceLock::new(),
        }
    }

    /// The rank at a place in that order.
    pub(super) fn rank(&self, number: u128) -> u128 {
        self.tables().ranks[number as usize].into()
    }

    /// The place of a rank.
    pub(super) fn number(&self, rank: u128) -> u128 {
        self.tables().numbers[rank as usize].into()
    }

    fn tables(&self) -> &Tables {
        self.tables.get_or_init(|| self.shuffled())
    }

    fn shuffled(&self) -> Tables {
        let mut words = Words::of(*self.subkey);
        let mut ranks: Vec<u32> = (0..self.count).collect();
        for last in (1..ranks.len()).rev() {
            let place = words.below(last as u64 + 1);
            ranks.swap(last, place as usize);
        }
        let mut numbers = vec![0; ranks.len()];
        for (number, &rank) in (0..).zip(&ranks) {
            numbers[rank as usize] = number;
        }
        Tables { ranks, numbers }
    }
}
