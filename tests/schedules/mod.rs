//! Schedules searched, not hoped for.
//!
//! A scenario is a few threads that use one engine at once, and what must hold after them in whatever order they ran:
//! no code twice, counts exact, no deadlock, a refused request changes nothing. Shuttle runs it again and again. Only
//! one thread runs at a time, and at each lock and each counter a scheduler says which one goes on: one picks at random,
//! the other (PCT) keeps to an order of threads and breaks it in a few places, so that it finds what needs one thread to
//! stand still for long. A schedule that fails is printed, and `shuttle::replay` repeats it.
//!
//! ```text
//! cargo test --manifest-path tests/schedules/Cargo.toml schedules::
//! ```
//!
//! tries some hundreds of schedules for each scenario and scheduler; with `SCHEDULES=20000` before it they are more than
//! a million in all. `tests/schedules/breaks` breaks locks, counts and orders of the library one after the other, and
//! expects each break to be found.
//!
//! **What is not the real thing.** Locks, counters and threads are shuttle's (`src/sync.rs`). The pool has two threads
//! and hands whole requests to a thread that waits for another (`sync.rs`). Work is shared from two codes on, ledgers are
//! split and entered by threads from three on, or no schedule would get so far. Of widget codes all but a few can be
//! promised beforehand. All else is the library as it is.
//!
//! **What is not searched.** Counters are read and written in one order that all threads see, as if each were `SeqCst`;
//! the library asks for less (`Relaxed`), and may: nobody learns from a counter that something else has been written. What
//! passes from thread to thread passes through locks, or through the end of the threads.

mod campaigns;
mod customs;
mod keyed;
mod nested;
mod releases;
mod saves;
mod seeds;
mod sequences;
mod shop;
mod widgets;

use std::{env, sync::Arc};

use shuttle::{
    Config, Runner,
    scheduler::{PctScheduler, RandomScheduler, Scheduler},
};

/// Where a schedule begins to differ from the last; the same in every run.
const SEED: u64 = 7;

/// In how many places PCT breaks its order of threads, and one more.
const DEPTH: usize = 3;

/// Bytes of stack of a thread.
const STACK: usize = 1 << 18;

/// Tries many schedules of a scenario.
fn search(scenario: impl Fn() + Send + Sync + 'static) {
    let schedules = env::var("SCHEDULES").map_or(300, |text| text.parse().unwrap());
    let scenario = Arc::new(scenario);
    try_all(
        RandomScheduler::new_from_seed(SEED, schedules),
        Arc::clone(&scenario),
    );
    try_all(
        PctScheduler::new_from_seed(SEED, DEPTH, schedules),
        scenario,
    );
}

fn try_all(scheduler: impl Scheduler + 'static, scenario: Arc<impl Fn() + Send + Sync + 'static>) {
    let mut config = Config::new();
    config.stack_size = STACK;
    config.silence_warnings = true;
    Runner::new(scheduler, config).run(move || scenario());
}

/// Runs these at once.
fn at_once<const N: usize>(works: [&(dyn Fn() + Sync); N]) {
    shuttle::thread::scope(|scope| {
        for work in works {
            scope.spawn(work);
        }
    });
}
