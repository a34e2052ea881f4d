//! Alternating runs: in each round every lane has its turn, so that whatever the machine does meanwhile
//! falls on all of them alike. In its turn a lane runs a few times and is timed the last time, when the
//! allocator has the memory, the caches have the code and each thread has a core of its own.

use std::time::Duration;

use rayon::ThreadPool;

use crate::{pools::Pools, run::Run};

/// Runs before the one that is timed, at most, and the time after which there are no more.
const WARM_UPS: usize = 4;
const WARM: Duration = Duration::from_millis(100);

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
    pub(crate) base: &'static str,
    pub(crate) threads: Threads,
    pub(crate) run: Box<dyn FnMut(&ThreadPool) -> Run>,
}

/// The median of a lane's runs.
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) base: &'static str,
    pub(crate) threads: Threads,
    pub(crate) one: Duration,
    pub(crate) two: Duration,
    /// How many runs gave a duplicate, or too few codes.
    pub(crate) wrong: usize,
}

pub(crate) fn run(mut lanes: Vec<Lane>, pools: &Pools, rounds: usize) -> Vec<Outcome> {
    let mut times = vec![[Vec::new(), Vec::new()]; lanes.len()];
    let mut wrong = vec![0; lanes.len()];
    for round in 0..rounds {
        for i in 0..lanes.len() {
            // Each round starts elsewhere, so that no lane always follows the same one.
            let i = (i + round) % lanes.len();
            let lane = &mut lanes[i];
            let pools = match lane.threads {
                Threads::One => [Some(&pools.one), None],
                Threads::Pool => [Some(&pools.one), Some(&pools.two)],
            };
            for (pool, times) in pools.into_iter().zip(&mut times[i]) {
                let Some(pool) = pool else { continue };
                let run = turn(|| (lane.run)(pool));
                times.push(run.time);
                wrong[i] += usize::from(!run.into_verdict());
            }
        }
    }
    let results = lanes.into_iter().zip(times).zip(wrong);
    let outcome = |((lane, [one, two]), wrong): ((Lane, [Vec<Duration>; 2]), usize)| {
        let one = median(one);
        Outcome {
            name: lane.name,
            base: lane.base,
            threads: lane.threads,
            one,
            two: if two.is_empty() { one } else { median(two) },
            wrong,
        }
    };
    results.map(outcome).collect()
}

/// The last of a few runs. Between them nothing is checked: a thread that idles meanwhile is slow to
/// wake.
fn turn(mut run: impl FnMut() -> Run) -> Run {
    let mut warm = Duration::ZERO;
    for _ in 0..WARM_UPS {
        warm += run().time;
        if warm > WARM {
            break;
        }
    }
    run()
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
