//! Batches of 10, 1,000 and 100,000 for a young campaign, and the floor.

use std::{hint::black_box, time::Instant};

use couponmint::{CodeType, Format};
use criterion::{BenchmarkId, Criterion, Throughput};

use crate::{
    check::assert_batch,
    common::{engine, format, generate, request},
    floor,
    issued::Growing,
    pools,
};

const AMOUNTS: [usize; 3] = [10, 1_000, 100_000];

pub(crate) fn bench(criterion: &mut Criterion) {
    bench_batches(criterion, "batch without custom codes", None);
    let numeric = format(CodeType::Numeric, 10);
    bench_batches(criterion, "batch with numeric codes", Some(&numeric));
    let alphanumeric = format(CodeType::Alphanumeric, 10);
    bench_batches(
        criterion,
        "batch with alphanumeric codes",
        Some(&alphanumeric),
    );
    bench_floor(
        criterion,
        "floor without custom codes",
        floor::without_customs,
    );
    bench_floor(criterion, "floor with custom codes", floor::with_customs);
}

fn bench_batches(criterion: &mut Criterion, name: &str, format: Option<&Format>) {
    let mut group = criterion.benchmark_group(name);
    for amount in AMOUNTS {
        let request = request(amount, format);
        assert_batch(&generate(&engine(), &request), amount, format.is_some());
        group.throughput(Throughput::Elements(amount as u64));
        for (threads, pool) in pools() {
            group.bench_function(BenchmarkId::new(threads, amount), |bencher| {
                let mut campaign = Growing::new(0, format);
                // The whole measurement is one visit to the pool: calling into it costs as much as a
                // small batch.
                bencher.iter_custom(|times| pool.install(|| campaign.time(&request, times)));
            });
        }
    }
}

fn bench_floor<const KINDS: usize>(
    criterion: &mut Criterion,
    name: &str,
    floor: impl Fn(usize) -> Vec<[Vec<u8>; KINDS]> + Sync,
) {
    let mut group = criterion.benchmark_group(name);
    for amount in AMOUNTS {
        let written: usize = floor(amount).iter().flatten().map(Vec::len).sum();
        assert!([21 * amount, 36 * amount].contains(&written));
        group.throughput(Throughput::Elements(amount as u64));
        for (threads, pool) in pools() {
            group.bench_function(BenchmarkId::new(threads, amount), |bencher| {
                bencher.iter_custom(|times| {
                    pool.install(|| {
                        let timed = (0..times).map(|_| {
                            let start = Instant::now();
                            let columns = black_box(floor(black_box(amount)));
                            let time = start.elapsed();
                            drop(columns);
                            time
                        });
                        timed.sum()
                    })
                });
            });
        }
    }
}
