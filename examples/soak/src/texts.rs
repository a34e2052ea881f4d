//! The set of all texts that are taken in a campaign, whatever code each of them is.
//!
//! A text is added after the engine gave it and taken out before it is given back. So whenever a text is added that is
//! there, the engine gave it twice.

use std::{
    collections::HashSet,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
};

use couponmint::{Batch, Format};

/// Locks, so that threads seldom wait for each other.
const PARTS: usize = 64;

pub(crate) struct Texts {
    parts: [Mutex<HashSet<Box<str>>>; PARTS],
    hasher: RandomState,
}

impl Texts {
    pub(crate) fn new() -> Self {
        Self {
            parts: std::array::from_fn(|_| Mutex::default()),
            hasher: RandomState::new(),
        }
    }

    fn part(&self, text: &str) -> MutexGuard<'_, HashSet<Box<str>>> {
        let part = self.hasher.hash_one(text) as usize % PARTS;
        self.parts[part]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, text: &str) {
        assert!(
            self.part(text).insert(text.into()),
            "{text} was given twice"
        );
    }

    pub(crate) fn add_all(&self, batch: &Batch) {
        each(batch, |text| self.add(text));
    }

    pub(crate) fn take_out(&self, batch: &Batch) {
        each(batch, |text| {
            assert!(self.part(text).remove(text), "{text} was not there");
        });
    }

    /// How many of them are codes of a format.
    pub(crate) fn count(&self, format: &Format) -> u128 {
        let spelt = |part: &Mutex<HashSet<Box<str>>>| {
            let part = part.lock().unwrap_or_else(PoisonError::into_inner);
            part.iter().filter(|text| format.spells(text)).count() as u128
        };
        self.parts.iter().map(spelt).sum()
    }
}

/// The two texts of each coupon that decide which coupon it is.
fn each(batch: &Batch, mut visit: impl FnMut(&str)) {
    for coupon in batch {
        visit(coupon.widget_validation_code());
        coupon
            .custom_validation_code()
            .into_iter()
            .for_each(&mut visit);
    }
}
