//! Memory: of a campaign that issues 10,000,000 codes of each kind, in batches of 100,000 that are
//! dropped; of formats and codes of each kind; and of refusing hostile bodies:
//! `cargo run --release --manifest-path benches/rivals/Cargo.toml --bin memory`.
//!
//! The campaign is measured in two ways: bytes asked of the allocator, and the pages the process has had
//! in memory. (Kept apart from the race, where counting every allocation would cost the rivals time.)

use std::{error::Error, fs};

use couponmint::{Campaign, CodeType, Engine, Format, Request};
use peak_alloc::PeakAlloc;

#[path = "../../common/hostile.rs"]
mod hostile;
mod ledgers;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const AMOUNT: usize = 100_000;
const BATCHES: usize = 100;
/// Bytes of text a coupon: 21, and 15 of the custom code.
const COLUMNS: usize = AMOUNT * 36;
/// Widget codes and custom codes.
const KINDS: usize = 2;

/// Bytes of a hostile body.
const BODY: usize = 4_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    measure_campaign()?;
    ledgers::measure()?;
    measure_refusals()
}

fn measure_campaign() -> Result<(), Box<dyn Error>> {
    let format = Format::new("test_", CodeType::Alphanumeric, 10)?;
    let request = Request::new("cam_15111")?
        .amount(AMOUNT)?
        .custom_codes(format.clone());
    let engine = Engine::new();
    assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    // The threads of the pool are there before the count begins.
    rayon::broadcast(|_| ());
    let (heap, resident) = (ALLOCATOR.current_usage(), resident_peak());

    println!("Bytes an issued code and kind, without the columns of one batch:\n");
    println!("| codes issued of each kind | kept | peak while issuing the last batch |");
    println!("|---:|---:|---:|");
    let mut worst = 0.0_f64;
    for batch in 1..=BATCHES {
        ALLOCATOR.reset_peak_usage();
        drop(engine.generate(&request)?);
        let codes = (batch * AMOUNT * KINDS) as f64;
        let kept = (ALLOCATOR.current_usage() - heap) as f64 / codes;
        let peak = (ALLOCATOR.peak_usage() - heap).saturating_sub(COLUMNS) as f64 / codes;
        if batch >= 10 {
            worst = worst.max(peak);
        }
        if batch % 10 == 0 || [1, 2, 5].contains(&batch) {
            println!("| {} | {kept:.1} | {peak:.1} |", batch * AMOUNT);
        }
    }
    let left = engine.remaining("cam_15111", &format)?;
    assert_eq!(left, format.capacity() - (BATCHES * AMOUNT) as u128);

    println!("\nHighest peak from 1,000,000 codes on: {worst:.1} bytes a code and kind.");
    if let (Some(before), Some(after)) = (resident, resident_peak()) {
        let codes = (BATCHES * AMOUNT * KINDS) as f64;
        let bytes = after.saturating_sub(before);
        let each = bytes.saturating_sub(COLUMNS) as f64 / codes;
        println!(
            "The whole run had {:.1} MB in memory at most (VmHWM), {each:.1} bytes a code and kind.",
            bytes as f64 / 1e6
        );
    }
    Ok(())
}

/// The answer's bytes are among those of the peak.
fn measure_refusals() -> Result<(), Box<dyn Error>> {
    let engine = Engine::new();
    assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    println!("\n| hostile body of 4 MB | peak, bytes a byte of it |");
    println!("|---|---:|");
    for (name, body) in hostile::of(BODY) {
        let before = ALLOCATOR.current_usage();
        ALLOCATOR.reset_peak_usage();
        let response = engine.respond(&body);
        assert_eq!(response.http_status(), 422, "{name}");
        let peak = (ALLOCATOR.peak_usage() - before) as f64 / body.len() as f64;
        println!("| {name} | {peak:.2} |");
    }
    Ok(())
}

/// The most memory the process has had so far, in bytes.
fn resident_peak() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}
