//! How many coupons a campaign has issued, and may issue yet.
//!
//! A request is promised its coupons by one subtraction, before anything is drawn for it: so their limit is
//! exact however many requests there are at once. What is refused later gives them back.

use std::sync::atomic::Ordering;

use crate::{
    error::{CodeKind, Error},
    sync::AtomicU64,
};

/// The coupons of one campaign.
pub(crate) struct Coupons {
    /// Issued and not released.
    issued: AtomicU64,
    /// How many may be issued yet, beside those promised; from the largest number nobody gets to the end.
    left: AtomicU64,
}

impl Coupons {
    pub(crate) fn new() -> Self {
        Self {
            issued: AtomicU64::new(0),
            left: AtomicU64::new(u64::MAX),
        }
    }

    /// Of a campaign in which so many were issued before.
    pub(crate) fn restored(max: Option<u64>, issued: u64) -> Self {
        let left = max.map_or(u64::MAX, |max| max.saturating_sub(issued));
        Self {
            issued: AtomicU64::new(issued),
            left: AtomicU64::new(left),
        }
    }

    pub(crate) fn issued(&self) -> u64 {
        self.issued.load(Ordering::Relaxed)
    }

    /// Sets how many there may be, issued ones included.
    pub(crate) fn limit(&mut self, max: u64) {
        *self.left.get_mut() = max;
    }

    /// Counts coupons that were never promised: those of serials.
    #[cfg(feature = "keyed")]
    pub(crate) fn count(&self, coupons: u64) {
        self.issued.fetch_add(coupons, Ordering::Relaxed);
    }

    /// Promises coupons, or refuses with 601.
    pub(crate) fn promise(&self, amount: usize) -> Result<CouponPromise<'_>, Error> {
        let asked = amount as u64;
        let take = |left: u64| left.checked_sub(asked);
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .map_err(|left| {
                let kind = CodeKind::Coupon;
                Error::Exhausted { kind, asked, left }
            })?;
        Ok(CouponPromise {
            coupons: self,
            amount: asked,
        })
    }

    /// Makes issued coupons as if they had never been.
    pub(crate) fn release(&self, amount: usize) {
        self.issued.fetch_sub(amount as u64, Ordering::Relaxed);
        self.left.fetch_add(amount as u64, Ordering::Relaxed);
    }
}

/// Coupons that a request may issue. Dropped without being kept, they are left for others.
pub(crate) struct CouponPromise<'a> {
    coupons: &'a Coupons,
    amount: u64,
}

impl CouponPromise<'_> {
    /// They are issued.
    pub(crate) fn keep(mut self) {
        self.coupons
            .issued
            .fetch_add(self.amount, Ordering::Relaxed);
        self.amount = 0;
    }
}

impl Drop for CouponPromise<'_> {
    fn drop(&mut self) {
        self.coupons.left.fetch_add(self.amount, Ordering::Relaxed);
    }
}
