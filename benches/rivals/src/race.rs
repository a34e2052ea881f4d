//! Alternating runs: in each round every lane runs once, so that whatever the machine does meanwhile
//! falls on all of them alike.

use std::time::Duration;

use rayon::ThreadPool;

use crate::{pools::Pools, run::Run};

/// On how many threads a lane can run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    /// On one only; it runs once a round.
    One,
    /// On all of a pool; it runs twice a round.
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
    // Round 0 warms up and is not counted.
    for round in 0..=rounds {
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
                let run = (lane.run)(pool);
                wrong[i] += usize::from(!run.is_right());
                if round > 0 {
                    times.push(run.time);
                }
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

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
