//! Reserving 1,000,000 codes that exist already.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use couponmint::{Batch, CodeType, Engine};
use criterion::{Criterion, Throughput};

use crate::common::{CAMPAIGN, LARGE, engine, format, generate, request};

const COUNT: usize = 1_000_000;

pub(crate) fn bench(criterion: &mut Criterion) {
    let format = format(CodeType::Alphanumeric, 10);
    let issuing = engine();
    let batches: Vec<Batch> = (0..COUNT / LARGE)
        .map(|_| generate(&issuing, &request(LARGE, Some(&format))))
        .collect();
    let coupons = || batches.iter().flatten();
    let customs: Vec<_> = coupons()
        .filter_map(|coupon| coupon.custom_validation_code())
        .collect();
    let widgets: Vec<_> = coupons()
        .map(|coupon| coupon.widget_validation_code())
        .collect();

    let mut group = criterion.benchmark_group("reserve 1,000,000");
    group.sample_size(10);
    group.throughput(Throughput::Elements(COUNT as u64));
    group.bench_function("custom codes", |bencher| {
        bencher.iter_custom(|times| {
            time(times, |engine| {
                engine.reserve_custom(CAMPAIGN, &format, black_box(&customs))
            })
        });
    });
    group.bench_function("widget codes", |bencher| {
        bencher.iter_custom(|times| {
            time(times, |engine| {
                engine.reserve_single_use(CAMPAIGN, black_box(&widgets))
            })
        });
    });
}

/// How long it takes on fresh campaigns; all codes must have been new to each.
fn time(times: u64, reserve: impl Fn(&Engine) -> Result<u64, couponmint::Error>) -> Duration {
    let all = (0..times).map(|_| {
        let engine = engine();
        let start = Instant::now();
        let reserved = reserve(&engine);
        let time = start.elapsed();
        assert_eq!(reserved, Ok(COUNT as u64));
        time
    });
    all.sum()
}
