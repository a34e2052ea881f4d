//! The lanes of the race, and the table of their medians.

use std::time::Duration;

use rayon::ThreadPool;

use crate::{
    by_hand,
    common::{engine, floor, prefill},
    ours,
    race::{Lane, Outcome, Threads},
    rivals,
    run::Run,
};

const OURS: &str = "**couponmint**";
const OURS_WITHOUT: &str = "couponmint, without custom codes";
const FLOOR: &str = "the floor";
const FLOOR_WITHOUT: &str = "the floor, without custom codes";
const TEN: &str = "couponmint, 10 coupons";
const FIRST: &str = "couponmint, first 100,000 of a keyspace of 1,000,000";
const COPY: &str = "a copy of the same bytes";

pub(crate) fn lanes() -> Vec<Lane> {
    let format = ours::alphanumeric();
    let fresh = move |pool: &ThreadPool| ours::fresh(pool, Some(&format));
    let (batch, json) = ours::json();
    let mut kept = Vec::with_capacity(json.len());
    let mut copied = kept.clone();
    copied.reserve(json.len());
    let original = json.clone();
    vec![
        pooled(OURS, FLOOR, fresh),
        pooled(FLOOR, FLOOR, |pool| ours::floor(pool, floor::with_customs)),
        single(
            "best loop by hand, sets of integers",
            OURS,
            by_hand::with_integers,
        ),
        single("best loop by hand, sets of text", OURS, by_hand::with_texts),
        single(
            "the usual way: nanoid and rand, a `HashSet<String>` each",
            OURS,
            rivals::usual,
        ),
        single(
            "tq-code-generator-core, a `HashSet<String>` each",
            OURS,
            rivals::code_generator,
        ),
        single(
            "uuid v4, a `HashSet<String>`; no custom codes",
            OURS,
            rivals::uuid,
        ),
        single(
            "rand `index::sample`, numbers only",
            OURS,
            rivals::index_sample,
        ),
        single(
            "permutation_iterator, numbers only",
            OURS,
            rivals::permutation,
        ),
        pooled(OURS_WITHOUT, FLOOR_WITHOUT, |pool| ours::fresh(pool, None)),
        pooled(FLOOR_WITHOUT, FLOOR_WITHOUT, |pool| {
            ours::floor(pool, floor::without_customs)
        }),
        pooled(TEN, TEN, ours::ten),
        pooled(
            "couponmint, 10,000,000 codes of each kind issued before",
            OURS,
            after_ten_million(),
        ),
        pooled(FIRST, FIRST, ours::first_of_keyspace),
        pooled(
            "couponmint, last 100,000 of a keyspace of 1,000,000",
            FIRST,
            ours::last_of_keyspace,
        ),
        single(COPY, COPY, move || ours::copy(&original, &mut copied)),
        single("couponmint, JSON of 100,000 coupons", COPY, move || {
            ours::write_json(&batch, &json, &mut kept)
        }),
    ]
}

/// The campaign grows by a batch a run; before the eleventh million is full another one is begun.
fn after_ten_million() -> impl FnMut(&ThreadPool) -> Run {
    let format = ours::alphanumeric();
    let mut campaign = None;
    move |pool| {
        let (engine, batches) = campaign.take().unwrap_or_else(|| {
            let engine = engine();
            pool.install(|| prefill(&engine, 10_000_000, Some(&format)));
            (engine, 0)
        });
        let run = ours::next(pool, &engine, &format);
        campaign = (batches < 9).then_some((engine, batches + 1));
        run
    }
}

fn pooled(
    name: &'static str,
    base: &'static str,
    run: impl FnMut(&ThreadPool) -> Run + 'static,
) -> Lane {
    Lane {
        name,
        base,
        threads: Threads::Pool,
        run: Box::new(run),
    }
}

fn single(name: &'static str, base: &'static str, mut run: impl FnMut() -> Run + 'static) -> Lane {
    Lane {
        name,
        base,
        threads: Threads::One,
        run: Box::new(move |_| run()),
    }
}

/// Prints the table. False if a lane gave a duplicate; its row says so and has no figures.
pub(crate) fn print(outcomes: &[Outcome], runs: usize) -> bool {
    println!(
        "100,000 coupons unless it says otherwise, with alphanumeric custom codes of ten symbols."
    );
    println!("Medians of {runs} alternating runs; times do not include dropping what was made.");
    println!("† runs on one thread only, so that is its time on two as well.\n");
    println!("| | one thread | two threads | compared with | one thread | two threads |");
    println!("|---|---:|---:|---|---:|---:|");
    for outcome in outcomes {
        println!("{}", row(outcome, outcomes));
    }
    println!();
    outcomes.iter().all(|outcome| outcome.wrong == 0)
}

fn row(outcome: &Outcome, all: &[Outcome]) -> String {
    let name = outcome.name;
    if outcome.wrong > 0 {
        let wrong = outcome.wrong;
        return format!("| {name} | DUPLICATES or missing codes in {wrong} runs | | | | |");
    }
    let dagger = if outcome.threads == Threads::One {
        " †"
    } else {
        ""
    };
    let times = format!("{} | {}{dagger}", show(outcome.one), show(outcome.two));
    let base = all.iter().find(|base| base.name == outcome.base);
    match base {
        Some(base) if base.name != name => {
            let ratio = |time: Duration, base: Duration| time.as_secs_f64() / base.as_secs_f64();
            format!(
                "| {name} | {times} | {} | {:.2} | {:.2} |",
                base.name,
                ratio(outcome.one, base.one),
                ratio(outcome.two, base.two)
            )
        }
        _ => {
            format!("| {name} | {times} | | | |")
        }
    }
}

fn show(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    if micros < 1000.0 {
        format!("{micros:.1} µs")
    } else {
        format!("{:.2} ms", micros / 1000.0)
    }
}
