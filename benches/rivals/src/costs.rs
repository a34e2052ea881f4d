//! What couponmint is to cost at most where many formats meet, keyspaces end and threads wait:
//! `cargo run --release --manifest-path benches/rivals/Cargo.toml --bin costs` prints a Markdown table of
//! bounds and figures. (Ratios of whole batches are in `cargo bench -- costs`, bytes in `--bin memory`.)
//!
//! Each row first sets up what it needs, outside the timer, and checks that it is so.

#[path = "../../common/mod.rs"]
#[allow(dead_code, reason = "the floor is for the race")]
mod common;

mod beside;
mod ends;
mod latency;
mod quantile;

use mimalloc::MiMalloc;
use rayon::{ThreadPool, ThreadPoolBuilder};

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

/// A pool of so many threads; 0 for as many as the machine has.
fn pool(threads: usize) -> ThreadPool {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.expect("threads can be started")
}
