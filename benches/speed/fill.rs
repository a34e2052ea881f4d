//! A keyspace of 1,000,000 codes from its first batch to its last code.

use std::time::Duration;

use couponmint::{CodeType, Format};
use criterion::{BenchmarkId, Criterion, Throughput};

use crate::{
    check::assert_distinct,
    common::{LARGE, engine, format, generate, prefill, request, time_request},
    pools,
};

const CAPACITY: usize = 1_000_000;

pub(crate) fn bench(criterion: &mut Criterion) {
    let format = format(CodeType::Numeric, 6);
    check(&format);
    let mut group = criterion.benchmark_group("fill of 1,000,000");
    group.sample_size(10);
    group.throughput(Throughput::Elements(LARGE as u64));
    for (threads, pool) in pools() {
        for issued in (0..CAPACITY).step_by(LARGE) {
            group.bench_function(
                BenchmarkId::new(format!("{LARGE} on {threads}"), issued),
                |bencher| {
                    bencher
                        .iter_custom(|times| pool.install(|| time(&format, issued, LARGE, times)));
                },
            );
        }
    }
    group.throughput(Throughput::Elements(10));
    for (threads, pool) in pools() {
        let issued = CAPACITY - 10;
        group.bench_function(
            BenchmarkId::new(format!("10 on {threads}"), issued),
            |bencher| {
                bencher.iter_custom(|times| pool.install(|| time(&format, issued, 10, times)));
            },
        );
    }
}

/// How long the request behind the first `issued` codes takes; a fresh campaign each time.
fn time(format: &Format, issued: usize, amount: usize, times: u64) -> Duration {
    let request = request(amount, Some(format));
    let all = (0..times).map(|_| {
        let engine = engine();
        prefill(&engine, issued, Some(format));
        time_request(&engine, &request)
    });
    all.sum()
}

/// Ten batches and the keyspace has given every code once.
fn check(format: &Format) {
    let engine = engine();
    let batches: Vec<_> = (0..CAPACITY / LARGE)
        .map(|_| generate(&engine, &request(LARGE, Some(format))))
        .collect();
    let codes = batches
        .iter()
        .flatten()
        .filter_map(|coupon| coupon.custom_validation_code());
    assert_distinct(codes.collect(), CAPACITY);
    assert!(engine.generate(&request(1, Some(format))).is_err());
}
