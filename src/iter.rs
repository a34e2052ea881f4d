//! Walking over a batch, in turn or in parallel.

use std::iter::FusedIterator;

use rayon::prelude::*;

use crate::batch::{Batch, Coupon};

/// The coupons of a batch in turn.
#[derive(Debug, Clone)]
pub struct Iter<'a> {
    batch: &'a Batch,
    places: std::ops::Range<usize>,
}

impl Batch {
    /// The coupons in turn.
    #[must_use]
    pub fn iter(&self) -> Iter<'_> {
        Iter {
            batch: self,
            places: 0..self.len(),
        }
    }

    /// The coupons, for rayon's threads to share.
    #[must_use]
    pub fn par_iter(&self) -> impl IndexedParallelIterator<Item = Coupon<'_>> {
        (0..self.len())
            .into_par_iter()
            .map(|place| Coupon::new(self, place))
    }
}

impl<'a> IntoIterator for &'a Batch {
    type Item = Coupon<'a>;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = Coupon<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.batch.get(self.places.next()?)
    }

    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        self.batch.get(self.places.nth(n)?)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.places.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.batch.get(self.places.next_back()?)
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl FusedIterator for Iter<'_> {}
