//! What couponmint is to cost at most where many formats meet, keyspaces end and threads wait:
//! `cargo run --release --manifest-path benches/rivals/Cargo.toml --bin costs` prints a Markdown table of
//! bounds and figures. (Ratios of whole batches are in `cargo bench -- costs`, bytes in `--bin memory`.)
//!
//! Each row first sets up what it needs, outside the timer, and checks that it is so.

#[path = "../../common/mod.rs"]
mod common;

mod beside;
mod ends;
mod latency;
mod times;

use std::time::Duration;

use mimalloc::MiMalloc;

use crate::times::{median, quantile, show};

/// The one of the race.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    println!("| what | bound | here |");
    println!("|---|---:|---:|");
    beside::measure();
    ends::measure();
    latency::measure();
}

/// Prints a row of the table.
fn row(what: &str, bound: &str, here: &str) {
    println!("| {what} | {bound} | {here} |");
}

/// The median of some, and the longest.
fn show_spread(times: &mut [Duration]) -> String {
    let (median, longest) = (median(times), quantile(times, 1000));
    format!("{}, at most {}", show(median), show(longest))
}
