//! What codes of keyed campaigns cost: `cargo run --release --manifest-path benches/rivals/Cargo.toml --bin keyed`
//! prints a Markdown table of bounds and figures.
//!
//! The floor is ten blocks of AES-256, the least that FF1 needs for a code, encrypted as many at a time as the back end
//! takes. A code is one of a stream, from its serial to its text: it is spelt, too, which the floor and `fpe` leave out.
//! All take turns in one run, and a figure is the median of the turns; only the long stream runs once.

#[path = "../../common/mod.rs"]
#[allow(
    dead_code,
    reason = "formats are of other alphabets, and streams are timed"
)]
mod common;

use std::{hint::black_box, time::Instant};

use aes::{
    Aes256, Block,
    cipher::{BlockCipherEncrypt, KeyInit},
};
use couponmint::{Alphabet, Batch, Campaign, Engine, Error, Format, Key, Lease, Words};
use fpe::ff1::{FF1, FlexibleNumeralString};
use mimalloc::MiMalloc;
use rayon::ThreadPool;

use crate::common::{CAMPAIGN, LARGE, engine, engine_of, pool, request};

/// The one of the race.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const TURNS: usize = 15;
/// Codes of a stream.
const CODES: u64 = 1 << 19;
/// Codes by `fpe`, which takes its time.
const BY_FPE: u64 = 1 << 11;
/// Blocks at hand at once.
const BLOCKS: u64 = 1 << 10;

fn main() {
    println!("| what | bound | here |");
    println!("|---|---:|---:|");
    let pools = [pool(1), pool(2)];
    codes(&pools, 62, 10, "2.2");
    codes(&pools, 36, 7, "2.2");
    codes(&pools, 10, 16, "2.2");
    codes(&pools, 62, 20, "2.2");
    codes(&pools, 62, 30, "3.2");
    hundred_million(&pools);
    words(&pools[0]);
    batches(&pools[0]);
}

/// The codes of one format, beside the floor and `fpe`.
fn codes(pools: &[ThreadPool; 2], symbols: usize, length: usize, bound: &str) {
    let format = format(symbols, length);
    let engine = keyed(&format);
    let ff1 = FF1::<Aes256>::new(&[7; 32], symbols as u32).expect("a radix in range");
    let [one, two] = pools;
    let [floor, code, on_two, by_fpe] = medians([
        &|| nanos(CODES, floor),
        &|| one.install(|| nanos(CODES, || stream(&engine, &format, CODES))),
        &|| two.install(|| nanos(CODES, || stream(&engine, &format, CODES))),
        &|| nanos(BY_FPE, || with_fpe(&ff1, symbols, length)),
    ]);
    let what = format!("{length} symbols of {symbols}");
    let blocks =
        format!("{what}: {code:.1} ns, as a multiple of ten AES-256 blocks ({floor:.1} ns)");
    row(&blocks, bound, code / floor);
    row(
        &format!("{what}: `fpe`, times as long"),
        "at least 60",
        by_fpe / code,
    );
    row(
        &format!("{what}: two threads, times as fast"),
        "at least 1.85",
        code / on_two,
    );
}

/// A long stream, to short ones: its speed should last.
fn hundred_million([_, two]: &[ThreadPool; 2]) {
    const ALL: u64 = 100_000_000;
    let format = format(62, 10);
    let engine = keyed(&format);
    let short = || two.install(|| nanos(CODES, || stream(&engine, &format, CODES)));
    let [short] = medians([&short]);
    let long = two.install(|| nanos(ALL, || stream(&engine, &format, ALL)));
    let what = format!(
        "10^8 codes of 10 symbols of 62 on two threads: {long:.1} ns each, times those of 2^19"
    );
    row(&what, "1.1", long / short);
}

/// Codes without English words, in nanoseconds.
fn words(pool: &ThreadPool) {
    let format = format(62, 10).without_words(&Words::english());
    let format = format.expect("most codes hold none");
    let engine = keyed(&format);
    let [code] = medians([&|| pool.install(|| nanos(CODES, || stream(&engine, &format, CODES)))]);
    row(
        "10 symbols of 62, with English words left out: ns",
        "269",
        code,
    );
}

/// Batches of 100,000 with custom codes: of a fresh engine with a memory, and of a keyed one near the start of its
/// serials and far from it.
fn batches(pool: &ThreadPool) {
    let format = format(62, 10);
    let request = request(LARGE, Some(&format));
    let keyed = keyed(&format);
    let leased = |first| {
        let lease = Lease {
            sequence_id: 1,
            single_use: first,
            custom: first,
        };
        batch(pool, || keyed.generate_leased(&request, &lease))
    };
    let [fresh, start, far] = medians([
        &|| {
            let engine = engine();
            batch(pool, || engine.generate(&request))
        },
        &|| leased(0),
        &|| leased(1_000_000_000),
    ]);
    let what = format!("a batch ({:.2} ms), times a fresh engine's", start / 1e6);
    row(&what, "3", start / fresh);
    row("the same after 10^9 coupons", "3", far / fresh);
}

fn format(symbols: usize, length: usize) -> Format {
    let all = Alphabet::alphanumeric();
    let alphabet = Alphabet::new(&all.symbols()[..symbols]).expect("distinct symbols");
    Format::with_alphabet("test_", alphabet, length).expect("a valid format")
}

fn keyed(format: &Format) -> Engine {
    let campaign = Campaign::keyed(CAMPAIGN, Key::from_bytes([7; 32]), [format.clone()]);
    engine_of(campaign.expect("a format of its own"))
}

/// Ten blocks for each code.
fn floor() {
    let aes = Aes256::new(&[7; 32].into());
    let mut blocks = [Block::default(); BLOCKS as usize];
    for _ in 0..10 * CODES / BLOCKS {
        aes.encrypt_blocks(&mut blocks);
    }
    black_box(&blocks);
}

fn stream(engine: &Engine, format: &Format, count: u64) {
    let codes = engine.codes(CAMPAIGN, format, 0..count);
    for chunk in codes.expect("there are as many").into_chunks() {
        black_box(chunk.text());
    }
}

fn with_fpe(ff1: &FF1<Aes256>, radix: usize, length: usize) {
    for number in 0..BY_FPE as usize {
        let mut numerals = vec![0; length];
        numerals[length - 1] = (number % radix) as u16;
        let string = FlexibleNumeralString::from(numerals);
        black_box(ff1.encrypt(&[], &string).expect("a string in range"));
    }
}

/// The medians of what some measures say in turn.
fn medians<const N: usize>(measures: [&dyn Fn() -> f64; N]) -> [f64; N] {
    let mut said = [const { Vec::new() }; N];
    for _ in 0..TURNS {
        for (said, measure) in said.iter_mut().zip(&measures) {
            said.push(measure());
        }
    }
    said.map(|mut said| {
        said.sort_by(f64::total_cmp);
        said[TURNS / 2]
    })
}

/// The time of each of so many, in nanoseconds.
fn nanos(count: u64, work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1e9 / count as f64
}

/// How long a batch takes, in nanoseconds. Dropping it is not timed.
fn batch(pool: &ThreadPool, generate: impl FnOnce() -> Result<Batch, Error> + Send) -> f64 {
    let mut batch = None;
    let time = nanos(1, || batch = Some(pool.install(generate)));
    drop(batch.map(|batch| batch.expect("there are codes left")));
    time
}

/// Prints a row of the table.
fn row(what: &str, bound: &str, here: f64) {
    println!("| {what} | {bound} | {here:.2} |");
}
