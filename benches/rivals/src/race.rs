//! Alternating runs: in each round every lane has its turn, so that whatever the machine does meanwhile
//! falls on all of them alike. In its turn a lane runs a few times and is timed the last time, when the
//! allocator has the memory and the caches have the code. Before that all threads are busy for a while, so that
//! the system gives each a core of its own: threads that sleep between short runs are often woken on the same.

use std::{
    hint,
    time::{Duration, Instant},
};

use rayon::ThreadPool;

use crate::{run::Run, times::median};

/// Runs before the one that is timed, and what they take in all: more of them where they are short, fewer where
/// they are long.
const WARM_UPS: usize = 4;
const WARM: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(100)];
/// How long threads are busy before a turn.
const BUSY: Duration = Duration::from_millis(20);

/// On how many threads a lane can run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    /// On one only; it has one turn a round.
    One,
    /// On all of a pool; it has two turns a round.
    Pool,
}

pub(crate) struct Lane {
    pub(crate) name: &'static str,
    /// The lane its time is divided by.
    pub(crate) base: Option<&'static str>,
    pub(crate) threads: Threads,
    pub(crate) run: Box<dyn FnMut(&ThreadPool) -> Run>,
}

/// The medians of a lane's runs.
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) base: Option<&'static str>,
    pub(crate) threads: Threads,
    /// On one thread, and on two; the same if it cannot use two.
    pub(crate) times: [Duration; 2],
    /// How many runs gave a duplicate, or too few codes.
    pub(crate) wrong: usize,
}

/// Runs all lanes on pools of one thread and of two.
pub(crate) fn run(mut lanes: Vec<Lane>, pools: &[ThreadPool; 2], rounds: usize) -> Vec<Outcome> {
    let mut times = vec![[Vec::new(), Vec::new()]; lanes.len()];
    let mut wrong = vec![0; lanes.len()];
    for round in 0..rounds {
        for i in 0..lanes.len() {
            // Each round starts elsewhere, so that no lane always follows the same one.
            let i = (i + round) % lanes.len();
            let lane = &mut lanes[i];
            let turns = match lane.threads {
                Threads::One => 1,
                Threads::Pool => 2,
            };
            for (pool, times) in pools.iter().zip(&mut times[i]).take(turns) {
                keep_busy(pool);
                let run = turn(|| (lane.run)(pool));
                times.push(run.time);
                wrong[i] += usize::from(!run.into_verdict());
            }
        }
    }
    let results = lanes.into_iter().zip(times).zip(wrong);
    let outcome = |((lane, [mut one, mut two]), wrong): ((Lane, [Vec<Duration>; 2]), usize)| {
        let one = median(&mut one);
        let two = if two.is_empty() {
            one
        } else {
            median(&mut two)
        };
        Outcome {
            name: lane.name,
            base: lane.base,
            threads: lane.threads,
            times: [one, two],
            wrong,
        }
    };
    results.map(outcome).collect()
}

/// Before threads are timed that have slept.
pub(crate) fn keep_busy(pool: &ThreadPool) {
    let start = Instant::now();
    pool.broadcast(|_| {
        while start.elapsed() < BUSY {
            hint::spin_loop();
        }
    });
}

/// The last of a few runs. Between them nothing is checked: a thread that idles meanwhile is slow to
/// wake.
fn turn(mut run: impl FnMut() -> Run) -> Run {
    let (mut warm, mut runs) = (Duration::ZERO, 0);
    while (runs < WARM_UPS || warm < WARM[0]) && warm < WARM[1] {
        warm += run().whole;
        runs += 1;
    }
    run()
}
