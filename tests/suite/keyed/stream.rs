//! Streams of codes.

use std::{fs, time::Instant};

use couponmint::CodeChunk;
use rayon::iter::{ParallelBridge, ParallelIterator};

use super::{engine_of, keyed};
use crate::common::{CAMPAIGN, alphanumeric, custom, customs, exhausted, numeric, remaining};

#[test]
fn as_issued() {
    let format = alphanumeric("test_", 10);
    let engine = engine_of(keyed(std::slice::from_ref(&format)));
    let all: Vec<_> = [1, 100_000, 70_000]
        .iter()
        .flat_map(|&amount| customs(&engine.generate(&custom(amount, &format)).unwrap()))
        .collect();
    let codes = |start, end| engine.codes(CAMPAIGN, &format, start..end).unwrap();
    assert!(codes(0, 170_001).eq(all.iter().cloned()));
    assert!(codes(99_999, 170_001).eq(all[99_999..].iter().cloned()));
    assert!(codes(5, 6).eq(all[5..6].iter().cloned()));
    assert_eq!(remaining(&engine, &format), format.capacity() - 170_001);
    // What is left goes on by the chunk, wherever one stopped.
    for taken in [0, 1, 2_047, 2_048, 2_049, 140_000, 170_001] {
        let mut rest = codes(0, 170_001);
        assert_eq!(rest.by_ref().take(taken).count(), taken);
        assert_eq!(rest.len(), 170_001 - taken);
        let chunks = rest.into_chunks();
        let (count, mut next) = (chunks.len(), taken);
        let chunks: Vec<CodeChunk> = chunks.collect();
        assert_eq!(chunks.len(), count);
        for chunk in &chunks {
            assert_eq!(chunk.first_serial(), next as u64);
            assert!(!chunk.is_empty() && chunk.len() <= 2_048);
            assert!(chunk.iter().eq(&all[next..next + chunk.len()]));
            assert_eq!(chunk.text(), all[next..next + chunk.len()].concat());
            next += chunk.len();
        }
        assert_eq!(next, 170_001);
    }
}

#[test]
#[allow(clippy::reversed_empty_ranges)]
fn ends() {
    let format = numeric("A", 4);
    let engine = engine_of(keyed(std::slice::from_ref(&format)));
    let codes = |serials| engine.codes(CAMPAIGN, &format, serials);
    assert_eq!(codes(0..10_000).unwrap().count(), 10_000);
    assert_eq!(codes(0..10_001).unwrap_err(), exhausted(10_001, 10_000));
    assert_eq!(codes(9_990..10_001).unwrap_err(), exhausted(11, 10));
    assert_eq!(codes(20_000..20_001).unwrap_err(), exhausted(1, 0));
    for empty in [0..0, 10_000..10_000, 5..3, 20_000..20_000] {
        let mut codes = codes(empty).unwrap();
        assert_eq!((codes.len(), codes.next(), codes.next()), (0, None, None));
        assert_eq!(codes.into_chunks().count(), 0);
    }
}

/// All of a hundred million codes, each found again by its serial, so that no two are equal, and in the memory of a few.
/// `cargo test --release --test suite -- --ignored --nocapture hundred_million`
#[test]
#[ignore = "takes a minute or two; a measurement"]
fn a_hundred_million() {
    const ALL: u64 = 100_000_000;
    let format = alphanumeric("test_", 10);
    let engine = engine_of(keyed(std::slice::from_ref(&format)));
    let chunks = || {
        engine
            .codes(CAMPAIGN, &format, 0..ALL)
            .unwrap()
            .into_chunks()
    };
    let before = peak_memory();
    let start = Instant::now();
    let mut next = 0;
    for chunk in chunks() {
        assert_eq!(chunk.first_serial(), next);
        next += chunk.len() as u64;
    }
    let (time, memory) = (start.elapsed(), peak_memory() - before);
    let each = time.as_secs_f64() * 1e9 / 1e8;
    println!("{each:.1} ns per code, {memory} kB more");
    assert_eq!(next, ALL);
    assert!(memory < 16_000, "{memory} kB more");

    chunks().par_bridge().for_each(|chunk| {
        for (code, serial) in chunk.iter().zip(chunk.first_serial()..) {
            assert_eq!(engine.serial(CAMPAIGN, &format, code), Ok(Some(serial)));
        }
    });
}

/// In kB, if the system tells.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status
        .lines()
        .filter_map(|line| line.strip_prefix("VmHWM:"));
    let peak = lines
        .next()
        .and_then(|line| line.trim().strip_suffix(" kB"));
    peak.map_or(0, |peak| peak.parse().unwrap())
}
