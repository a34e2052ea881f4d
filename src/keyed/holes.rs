//! Codes that exist already are holes in the numbering: serial n is the n-th number that is none of them.
//!
//! So no code is walked past, however many there are, and all others stay where they were: what changes is only
//! which serial has which number. With the holes sorted, the i-th of them (from 0) has h - i numbers in front that are
//! no holes, and these grow with i: a binary search finds how many holes are in front of a serial.

use std::mem;

/// Numbers that no serial has, in order.
#[derive(Default)]
pub(super) struct Holes(Vec<u128>);

impl Holes {
    /// Adds numbers, known or not.
    pub(super) fn add(&mut self, mut numbers: Vec<u128>) {
        numbers.append(&mut self.0);
        numbers.sort_unstable();
        numbers.dedup();
        self.0 = mem::take(&mut numbers);
        self.0.shrink_to_fit();
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn numbers(&self) -> &[u128] {
        &self.0
    }

    /// The numbers of some serials that follow on.
    pub(super) fn fill(&self, first: u64, numbers: &mut [u128]) {
        let mut passed = self.before(first);
        let mut next = u128::from(first) + passed as u128;
        for number in numbers {
            while self.0.get(passed) == Some(&next) {
                passed += 1;
                next += 1;
            }
            *number = next;
            next += 1;
        }
    }

    /// The serial of a number, unless it is a hole.
    pub(super) fn serial(&self, number: u128) -> Option<u128> {
        let before = self.0.binary_search(&number).err()?;
        Some(number - before as u128)
    }

    /// How many holes are in front of a serial's number.
    fn before(&self, serial: u64) -> usize {
        let (mut start, mut end) = (0, self.0.len());
        while start < end {
            let middle = start.midpoint(end);
            if self.0[middle] - middle as u128 <= serial.into() {
                start = middle + 1;
            } else {
                end = middle;
            }
        }
        start
    }
}
