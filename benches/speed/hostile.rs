//! Bodies of 1 MB that no honest client sends: how long until they are refused, beside a copy.

use criterion::{BenchmarkId, Criterion, Throughput};

use crate::common::engine;

#[path = "../common/hostile.rs"]
mod bodies;

const BYTES: usize = 1_000_000;

pub(crate) fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hostile body of 1 MB");
    let engine = engine();
    for (name, body) in bodies::of(BYTES) {
        assert_eq!(engine.respond(&body).http_status(), 422, "{name}");
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(BenchmarkId::new("refused", name), |bencher| {
            bencher.iter_with_large_drop(|| engine.respond(&body));
        });
    }
    let body = "x".repeat(BYTES);
    group.throughput(Throughput::Bytes(BYTES as u64));
    group.bench_function("copied", |bencher| {
        bencher.iter_with_large_drop(|| body.clone());
    });
}
