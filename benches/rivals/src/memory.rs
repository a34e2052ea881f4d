//! Memory: of a campaign that issues 10,000,000 codes of each kind, in batches of 100,000 that are
//! dropped; of formats and codes of each kind; and of refusing hostile bodies:
//! `cargo run --release --manifest-path benches/rivals/Cargo.toml --bin memory`.
//!
//! The campaign is measured in two ways: bytes asked of the allocator, and the pages the process has had
//! in memory. (Kept apart from the race, where counting every allocation would cost the rivals time. The race
//! starts this with `-- plain` and the like to have the bytes of one campaign.)

use std::{env, error::Error, fs};

use couponmint::Engine;
use peak_alloc::PeakAlloc;

use crate::common::{CAMPAIGN, LARGE, campaign, engine, engine_of, generate, request};

#[path = "../../common/mod.rs"]
#[allow(dead_code, reason = "nothing is timed here")]
mod common;
#[path = "../../common/floor.rs"]
#[allow(
    dead_code,
    reason = "only its keystream and chunks are for memory, too"
)]
mod floor;
mod hashed;
#[path = "../../common/hostile.rs"]
mod hostile;
mod ledgers;
mod spelt;
#[path = "../../../src/ledger/growth.rs"]
#[allow(dead_code, reason = "it has more for the library's own tables")]
mod turns;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const BATCHES: usize = 100;
const COUPONS: u64 = (BATCHES * LARGE) as u64;
/// Bytes of text of a batch: 21 a coupon, and 15 of the custom code.
const COLUMNS: usize = LARGE * 36;
/// Widget codes and custom codes.
const KINDS: usize = 2;

/// Bytes of a hostile body.
const BODY: usize = 4_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    match env::args().nth(1).as_deref() {
        None => {
            print_campaign();
            ledgers::measure()?;
            print_refusals();
        }
        Some("plain") => print_bytes(plain(engine())),
        Some("announced") => print_bytes(plain(engine_of(campaign().expecting(COUPONS)))),
        Some("hashed") => print_bytes(hashed(0)),
        Some("hashed-announced") => print_bytes(hashed(COUPONS)),
        Some(other) => return Err(format!("unknown argument {other}").into()),
    }
    Ok(())
}

/// Issues a batch with custom codes on hashbrown.
fn hashed(expected: u64) -> impl FnMut() {
    let mut campaign = hashed::Campaign::expecting(expected);
    move || drop(campaign.issue(LARGE))
}

/// Issues a batch with custom codes and checks that all are there.
fn plain(engine: Engine) -> impl FnMut() {
    let format = common::format(couponmint::CodeType::Alphanumeric, 10);
    let request = request(LARGE, Some(&format));
    let mut issued = 0;
    move || {
        drop(generate(&engine, &request));
        issued += LARGE as u128;
        let left = engine.remaining(CAMPAIGN, &format);
        assert_eq!(left, Ok(format.capacity() - issued));
    }
}

/// What a campaign has asked of the allocator after a batch, and at most meanwhile, without the text of the
/// batch.
#[derive(Clone, Copy, Default)]
struct Bytes {
    kept: usize,
    peak: usize,
}

/// Issues all batches. What was there before does not count, nor what the pool takes.
fn issue_all(mut issue: impl FnMut()) -> Vec<Bytes> {
    rayon::broadcast(|_| ());
    let before = ALLOCATOR.current_usage();
    let batch = |_| {
        ALLOCATOR.reset_peak_usage();
        issue();
        Bytes {
            kept: ALLOCATOR.current_usage() - before,
            peak: (ALLOCATOR.peak_usage() - before).saturating_sub(COLUMNS),
        }
    };
    (0..BATCHES).map(batch).collect()
}

/// Prints what a campaign keeps and its peak on the heap, the worst per code, and the peak in memory.
fn print_bytes(issue: impl FnMut()) {
    let all = issue_all(issue);
    let kept = all.last().map_or(0, |bytes| bytes.kept);
    let peak = all.iter().map(|bytes| bytes.peak).max().unwrap_or(0);
    let worst = worst_per_code(&all);
    println!("{kept} {peak} {worst} {}", resident_peak().unwrap_or(0));
}

/// Bytes per code and kind.
fn per_code(bytes: usize, batches: usize) -> f64 {
    bytes as f64 / (batches * LARGE * KINDS) as f64
}

/// The highest peak from 1,000,000 codes on, per code and kind.
fn worst_per_code(all: &[Bytes]) -> f64 {
    let each = (1..).zip(all).skip(9);
    let each = each.map(|(batch, bytes)| per_code(bytes.peak, batch));
    each.fold(0.0, f64::max)
}

fn print_campaign() {
    println!("Bytes per issued code and kind, without the columns of one batch:\n");
    println!("| codes issued of each kind | kept | peak while issuing the last batch |");
    println!("|---:|---:|---:|");
    let resident = resident_peak();
    let all = issue_all(plain(engine()));
    let worst = worst_per_code(&all);
    for (batch, Bytes { kept, peak }) in (1..).zip(all) {
        let [kept, peak] = [kept, peak].map(|bytes| per_code(bytes, batch));
        if batch % 10 == 0 || [1, 2, 5].contains(&batch) {
            println!("| {} | {kept:.1} | {peak:.1} |", batch * LARGE);
        }
    }
    println!("\nHighest peak from 1,000,000 codes on: {worst:.1} bytes per code and kind.");
    if let (Some(before), Some(after)) = (resident, resident_peak()) {
        let bytes = after.saturating_sub(before);
        let each = per_code(bytes.saturating_sub(COLUMNS), BATCHES);
        println!(
            "The whole run had {:.1} MB in memory at most (VmHWM), {each:.1} bytes per code and kind.",
            bytes as f64 / 1e6
        );
    }
}

/// The answer's bytes are among those of the peak.
fn print_refusals() {
    let engine = engine();
    println!("\n| hostile body of 4 MB | peak, bytes per byte of it |");
    println!("|---|---:|");
    for (name, body) in hostile::of(BODY) {
        let before = ALLOCATOR.current_usage();
        ALLOCATOR.reset_peak_usage();
        let response = engine.respond(&body);
        assert_eq!(response.http_status(), 422, "{name}");
        let peak = (ALLOCATOR.peak_usage() - before) as f64 / body.len() as f64;
        println!("| {name} | {peak:.2} |");
    }
}

/// The most memory the process has had so far, in bytes.
fn resident_peak() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}
