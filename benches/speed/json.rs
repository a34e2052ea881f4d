//! The JSON of 100,000 coupons, beside a copy of the same bytes and beside plain serde.

use couponmint::{CodeType, Status};
use criterion::{Criterion, Throughput};

use crate::common::{LARGE, engine, format, generate, request};

pub(crate) fn bench(criterion: &mut Criterion) {
    let format = format(CodeType::Alphanumeric, 10);
    let request = request(LARGE, Some(&format)).status(Status::Activated);
    let batch = generate(&engine(), &request);
    let json = batch.to_json();
    assert_eq!(json, serde_json::to_vec(&batch).expect("a batch is JSON"));
    let parsed: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    assert_eq!(parsed["data"].as_array().map(Vec::len), Some(LARGE));

    let mut group = criterion.benchmark_group("json of 100,000");
    group.throughput(Throughput::Bytes(json.len() as u64));
    let mut kept = Vec::with_capacity(json.len());
    group.bench_function("write_json into a kept vector", |bencher| {
        bencher.iter(|| {
            kept.clear();
            batch.write_json(&mut kept)
        });
        assert_eq!(kept, json);
    });
    group.bench_function("a copy into a kept vector", |bencher| {
        bencher.iter(|| {
            kept.clear();
            kept.extend_from_slice(&json);
        });
    });
    group.bench_function("to_json", |bencher| {
        bencher.iter_with_large_drop(|| batch.to_json());
    });
    group.bench_function("a copy into a new vector", |bencher| {
        bencher.iter_with_large_drop(|| json.clone());
    });
    group.bench_function("serde_json::to_vec", |bencher| {
        bencher.iter_with_large_drop(|| serde_json::to_vec(&batch));
    });
}
