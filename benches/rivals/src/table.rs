//! The table of the race.

use crate::{
    race::{Outcome, Threads},
    times::show,
};

/// What stands above it.
pub(crate) fn introduction(runs: usize) -> String {
    format!(
        "100,000 coupons unless it says otherwise, with alphanumeric custom codes of ten symbols. Medians of \
         {runs}\nalternating runs, each after a few that are not timed, all on one allocator: mimalloc, built \
         so that it asks for no\nhuge pages. Times do not include dropping what was made. A lane that issues a \
         duplicate loses its figures. † runs on\none thread only, so that is its time on two as well."
    )
}

/// The rows of all lanes.
pub(crate) fn of(outcomes: &[Outcome]) -> String {
    of_some(outcomes.iter(), outcomes)
}

/// The rows of some of them.
pub(crate) fn of_some<'a>(some: impl Iterator<Item = &'a Outcome>, all: &[Outcome]) -> String {
    let mut table = String::from(
        "| | one thread | two threads | compared with | one thread | two threads |\n\
         |---|---:|---:|---|---:|---:|\n",
    );
    table.extend(some.map(|outcome| row(outcome, all)));
    table
}

/// The lane of that name.
pub(crate) fn named<'a>(outcomes: &'a [Outcome], name: &str) -> &'a Outcome {
    let found = outcomes.iter().find(|outcome| outcome.name == name);
    found.expect("a lane of the race")
}

/// How many times as long a lane takes as another, on one thread and on two.
pub(crate) fn ratios(outcome: &Outcome, base: &Outcome) -> [f64; 2] {
    [0, 1].map(|i| outcome.times[i].as_secs_f64() / base.times[i].as_secs_f64())
}

fn row(outcome: &Outcome, all: &[Outcome]) -> String {
    let Outcome { name, wrong, .. } = outcome;
    if *wrong > 0 {
        return format!("| {name} | DUPLICATES or missing codes in {wrong} runs | | | | |\n");
    }
    let dagger = match outcome.threads {
        Threads::One => " †",
        Threads::Pool => "",
    };
    let [one, two] = outcome.times.map(show);
    let compared = outcome.base.map_or_else(
        || String::from("| |"),
        |base| {
            let [one, two] = ratios(outcome, named(all, base));
            format!("{base} | {one:.2} | {two:.2}")
        },
    );
    format!("| {name} | {one} | {two}{dagger} | {compared} |\n")
}
