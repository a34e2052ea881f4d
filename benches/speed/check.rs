//! That what is measured is right.

use couponmint::Batch;

/// Panics unless there are `count` codes, all different.
pub(crate) fn assert_distinct<T: Ord>(mut codes: Vec<T>, count: usize) {
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count, "distinct codes");
}

/// Panics unless a batch has `amount` coupons whose codes are all different.
pub(crate) fn assert_batch(batch: &Batch, amount: usize, has_customs: bool) {
    let widgets = batch.iter().map(|coupon| coupon.widget_validation_code());
    assert_distinct(widgets.collect(), amount);
    let customs = batch
        .iter()
        .filter_map(|coupon| coupon.custom_validation_code());
    assert_distinct(customs.collect(), if has_customs { amount } else { 0 });
}
