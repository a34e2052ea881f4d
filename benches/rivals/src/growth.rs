//! Campaigns from their first batch to their 16,000,000th coupon: each batch is timed. That is where tables
//! grow, some batches pay for many, and a median tells nothing.

use std::{ops::Range, time::Duration};

use rayon::ThreadPool;

use crate::{
    campaigns::{ANNOUNCED, Kind},
    common::LARGE,
    times::{median, show},
};

pub(crate) const BATCHES: usize = ANNOUNCED as usize / LARGE;
/// Those between 8,000,000 and 16,000,000 coupons.
const LATE: Range<usize> = BATCHES / 2..BATCHES;

/// The times of all batches of one kind of campaign, on one thread or two.
pub(crate) struct Series {
    pub(crate) kind: Kind,
    pub(crate) threads: usize,
    /// Batch by batch, campaign by campaign.
    passes: Vec<Vec<Duration>>,
}

/// Issues it all some times over, the kinds in turn.
pub(crate) fn measure(pools: &[ThreadPool; 2], passes: usize) -> Vec<Series> {
    let series = |kind| {
        [1, 2].map(|threads| Series {
            kind,
            threads,
            passes: Vec::new(),
        })
    };
    let mut all: Vec<_> = Kind::ALL.into_iter().flat_map(series).collect();
    for _ in 0..passes {
        for series in &mut all {
            let kind = series.kind;
            let times = pools[series.threads - 1].install(|| {
                let mut issue = kind.begin();
                (0..BATCHES).map(|_| issue(LARGE, 1).time).collect()
            });
            series.passes.push(times);
        }
    }
    all
}

impl Series {
    /// The median of all passes, for each batch.
    pub(crate) fn medians(&self) -> Vec<Duration> {
        let of = |batch: usize| {
            let mut times: Vec<_> = self.passes.iter().map(|times| times[batch]).collect();
            median(&mut times)
        };
        (0..BATCHES).map(of).collect()
    }

    /// The late batches of all passes.
    fn late(&self) -> Vec<Duration> {
        let late = self.passes.iter().flat_map(|times| &times[LATE]);
        late.copied().collect()
    }

    pub(crate) fn mean(&self) -> Duration {
        let late = self.late();
        let sum: Duration = late.iter().sum();
        sum / late.len() as u32
    }

    /// The worst late batch of each pass, from the best to the worst pass.
    fn worst(&self) -> Vec<Duration> {
        let worst = |times: &Vec<Duration>| times[LATE].iter().copied().max();
        let mut worst: Vec<_> = self.passes.iter().filter_map(worst).collect();
        worst.sort_unstable();
        worst
    }

    /// The worst late batch of a pass: the median of the passes. What is worst in all of them is the growth of
    /// tables; what is worst in one may be the machine.
    pub(crate) fn usual_worst(&self) -> Duration {
        median(&mut self.worst())
    }
}

/// The series of a kind on one thread and on two.
pub(crate) fn of_kind(all: &[Series], kind: Kind) -> [&Series; 2] {
    [1, 2].map(|threads| {
        let mut all = all.iter();
        let found = all.find(|series| series.kind == kind && series.threads == threads);
        found.expect("all kinds are measured on one thread and two")
    })
}

pub(crate) fn table(all: &[Series]) -> String {
    let passes = all.first().map_or(0, |series| series.passes.len());
    let mut table = format!(
        "Batches of 100,000 while a campaign grows from 8,000,000 coupons to 16,000,000, {passes} campaigns \
         each. The worst\nbatch of a campaign is given as the median of the campaigns, then the worst of all.\n\n\
         | | threads | median | mean | worst batch | of all |\n|---|---:|---:|---:|---:|---:|\n"
    );
    table.extend(all.iter().map(row));
    table
}

fn row(series: &Series) -> String {
    let [median, mean, worst, of_all] = [
        median(&mut series.late()),
        series.mean(),
        series.usual_worst(),
        series.worst().pop().unwrap_or_default(),
    ]
    .map(show);
    let (name, threads) = (series.kind.name(), series.threads);
    format!("| {name} | {threads} | {median} | {mean} | {worst} | {of_all} |\n")
}
