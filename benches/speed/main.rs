//! How fast couponmint is: `cargo bench`, `cargo bench -- --quick`, or `cargo bench -- issued` for one
//! group. Every benchmark first checks, outside the timer, that what it measures is right.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/floor.rs"]
mod floor;
#[path = "../common/prefixes.rs"]
mod prefixes;

mod batch;
mod check;
mod costs;
mod fill;
#[cfg(feature = "serde")]
mod hostile;
mod issued;
#[cfg(feature = "serde")]
mod json;
mod reserve;

use criterion::Criterion;
use rayon::ThreadPool;

use crate::common::pool;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    batch::bench(&mut criterion);
    issued::bench(&mut criterion);
    fill::bench(&mut criterion);
    reserve::bench(&mut criterion);
    costs::bench(&mut criterion);
    #[cfg(feature = "serde")]
    {
        json::bench(&mut criterion);
        hostile::bench(&mut criterion);
    }
    criterion.final_summary();
}

/// A pool of one thread, and one of as many as the machine has.
fn pools() -> [(&'static str, ThreadPool); 2] {
    [("one thread", 1), ("all threads", 0)].map(|(name, threads)| (name, pool(threads)))
}
