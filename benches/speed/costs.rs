//! What is to stay cheap, each beside what it is compared with: codes in a campaign of many formats, long
//! codes, and giving codes back. (A plain batch, to which they all come back, is in `batch.rs`. What is
//! asked once, or in percentiles, is in the rivals' package: its binary `costs`.)

use std::time::{Duration, Instant};

use couponmint::{CodeType, Format, Request};
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, measurement::WallTime};

use crate::{
    check::assert_batch,
    common::{CAMPAIGN, LARGE, engine, format, generate, request},
    issued::Growing,
    pools,
    prefixes::{numbered, total, with_others},
};

/// A prefix as long as one may be.
const LONGEST: &str = "test_012345678901234567890123456";

pub(crate) fn bench(criterion: &mut Criterion) {
    bench_other_prefixes(&mut group(criterion, "costs of other prefixes"));
    bench_long_codes(&mut group(criterion, "costs of long codes"));
    bench_release(&mut group(criterion, "costs of a release"));
}

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10);
    group.warm_up_time(Duration::from_secs(1));
    group.measurement_time(Duration::from_secs(3));
    group.throughput(Throughput::Elements(LARGE as u64));
    group
}

/// A batch in a campaign that has issued one coupon in each of some other formats of its total length, beside
/// the same batch without them.
fn bench_other_prefixes(group: &mut BenchmarkGroup<'_, WallTime>) {
    let symbols = format(CodeType::Alphanumeric, 10);
    let digits = format(CodeType::Numeric, 10);
    let long = format(CodeType::Alphanumeric, 30);
    let deep = Format::new(LONGEST, CodeType::Alphanumeric, 10).expect("a valid format");
    let cases = [
        ("10 symbols", &symbols, vec![]),
        (
            "10 symbols, no prefix a start",
            &symbols,
            numbered(&symbols, "other", 5..=5),
        ),
        (
            "10 symbols, prefixes of one length may be starts",
            &symbols,
            numbered(&symbols, "test_", 4..=4),
        ),
        (
            "10 symbols, prefixes of seven lengths may be starts",
            &symbols,
            numbered(&symbols, "test_", 1..=7),
        ),
        ("10 digits", &digits, vec![]),
        (
            "10 digits, each begins with a prefix",
            &digits,
            numbered(&digits, "test_", 4..=4),
        ),
        (
            "10 digits, each begins with four to seven prefixes",
            &digits,
            numbered(&digits, "test_", 1..=7),
        ),
        ("30 symbols", &long, vec![]),
        (
            "30 symbols, prefixes of 27 lengths may be starts",
            &long,
            numbered(&long, "test_", 1..=27),
        ),
        ("prefix of 32", &deep, vec![]),
        (
            "prefix of 32, thirty others are its starts",
            &deep,
            starts(&deep),
        ),
    ];
    for (name, format, others) in &cases {
        let request = request(LARGE, Some(format));
        let set_up = || with_others(others);
        assert_batch(&generate(&set_up(), &request), LARGE, true);
        for (threads, pool) in pools() {
            group.bench_function(BenchmarkId::new(threads, name), |bencher| {
                let mut campaign = Growing::set_up_by(set_up);
                bencher.iter_custom(|times| pool.install(|| campaign.time(&request, times)));
            });
        }
    }
}

/// Formats of the same total length whose prefix is a start of this one's, of both types.
fn starts(format: &Format) -> Vec<Format> {
    let prefix = format.prefix();
    let shorter = (prefix.len() - 15..prefix.len()).map(|length| &prefix[..length]);
    let types = [CodeType::Numeric, CodeType::Alphanumeric];
    let both = shorter.flat_map(|shorter| {
        let length = total(format) - shorter.len();
        types.map(|code_type| Format::new(shorter, code_type, length).expect("a valid format"))
    });
    both.collect()
}

/// A batch of codes of one, two and three numbers, in a young campaign and in one that has issued much.
fn bench_long_codes(group: &mut BenchmarkGroup<'_, WallTime>) {
    for (code_type, symbols, lengths) in [
        (CodeType::Numeric, "digits", &[10, 30][..]),
        (CodeType::Alphanumeric, "symbols", &[10, 20, 30]),
    ] {
        for &length in lengths {
            let format = format(code_type, length);
            let request = request(LARGE, Some(&format));
            assert_batch(&generate(&engine(), &request), LARGE, true);
            for issued in [0, 1_000_000] {
                for (threads, pool) in pools() {
                    let name = format!("{length} {symbols}, {issued} issued before");
                    group.bench_function(BenchmarkId::new(threads, name), |bencher| {
                        let mut campaign = Growing::new(issued, Some(&format));
                        bencher
                            .iter_custom(|times| pool.install(|| campaign.time(&request, times)));
                    });
                }
            }
        }
    }
}

/// A batch of a young campaign, and giving it back.
fn bench_release(group: &mut BenchmarkGroup<'_, WallTime>) {
    let format = format(CodeType::Alphanumeric, 10);
    for (name, format) in [
        ("without custom codes", None),
        ("with custom codes", Some(&format)),
    ] {
        let request = request(LARGE, format);
        check_release(&request);
        for (threads, pool) in pools() {
            group.bench_function(
                BenchmarkId::new(format!("generate on {threads}"), name),
                |bencher| {
                    let mut campaign = Growing::new(0, format);
                    bencher.iter_custom(|times| pool.install(|| campaign.time(&request, times)));
                },
            );
            group.bench_function(
                BenchmarkId::new(format!("release on {threads}"), name),
                |bencher| {
                    bencher.iter_custom(|times| pool.install(|| time_releases(&request, times)));
                },
            );
        }
    }
}

/// How long it takes to give back a batch; a fresh campaign each time.
fn time_releases(request: &Request, times: u64) -> Duration {
    let all = (0..times).map(|_| {
        let engine = engine();
        let batch = generate(&engine, request);
        let start = Instant::now();
        engine.release(batch).expect("a batch of the engine");
        start.elapsed()
    });
    all.sum()
}

/// What is given back is free, and all else is not.
fn check_release(request: &Request) {
    let engine = engine();
    let left = || {
        let customs = request
            .format()
            .map(|format| engine.remaining(CAMPAIGN, format));
        (customs, engine.remaining_widget_codes(CAMPAIGN))
    };
    generate(&engine, request);
    let before = left();
    let batch = generate(&engine, request);
    assert_ne!(left(), before);
    engine.release(batch).expect("a batch of the engine");
    assert_eq!(left(), before);
}
