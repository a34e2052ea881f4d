//! A released batch: its codes are free again, its sequence ids stay used, and nothing else changes.

use std::{sync::Mutex, thread};

use couponmint::{Batch, Error, Format};
use proptest::prelude::*;

use crate::{
    common::{
        CAMPAIGN, WIDGETS, alphanumeric, assert_refused, base36, built, campaign, cases, custom,
        customs, engine, numeric, plain, remaining, remaining_widgets, seeded, single_uses, spelt,
    },
    oracle::Oracle,
    watched::Watched,
};

fn sorted(mut codes: Vec<String>) -> Vec<String> {
    codes.sort_unstable();
    codes
}

#[test]
fn a_full_keyspace_gets_the_same_codes_back() {
    for format in [numeric("A", 4), numeric("", 4), numeric(&"9".repeat(20), 4)] {
        let engine = engine();
        let [first, second, third] =
            [3000, 5000, 2000].map(|amount| engine.generate(&custom(amount, &format)).unwrap());
        assert_refused(&engine, &format, 1, 0);
        let (codes, others) = (sorted(customs(&second)), [customs(&first), customs(&third)]);
        assert_eq!(engine.release(second), Ok(()));
        assert_eq!(remaining(&engine, &format), 5000);
        assert_eq!(remaining_widgets(&engine), WIDGETS - 5000);
        assert_refused(&engine, &format, 5001, 5000);
        let again = customs(&engine.generate(&custom(5000, &format)).unwrap());
        assert_refused(&engine, &format, 1, 0);
        assert!(
            others
                .iter()
                .flatten()
                .all(|code| codes.binary_search(code).is_err())
        );
        assert_eq!(sorted(again), codes);
    }
}

#[test]
fn one_by_one() {
    let (mut run, format) = (Watched::new(), numeric("A", 3));
    let mut batches = run.fill(&format, &[1]);
    assert_eq!(batches.len(), 1000);
    for round in 0..50 {
        let batch = batches.swap_remove(round * 7919 % batches.len());
        let code = customs(&batch);
        run.release(batch);
        assert_refused(&run.engine, &format, 2, 1);
        let again = run.issue(&format, 1);
        assert_eq!(customs(&again), code);
        batches.push(again);
    }
    for (round, batch) in batches.into_iter().enumerate() {
        run.release(batch);
        assert_eq!(run.left(&format), round as u128 + 1);
    }
    assert_eq!(remaining_widgets(&run.engine), WIDGETS);
    run.issue(&format, 1000);
}

/// Full, then nearly empty, then full: a ledger is dense and sparse by turns.
#[test]
fn a_keyspace_is_filled_and_emptied_again_and_again() {
    for format in [
        numeric("x", 5),
        spelt("x", "01", 16),
        numeric(&"1".repeat(15), 5),
    ] {
        let mut run = Watched::new();
        for round in 0..4 {
            let mut batches = run.fill(&format, &[20_000, 10_000, 1, 2049]);
            batches.rotate_left(round);
            for batch in batches.drain(..) {
                run.release(batch);
            }
            assert_eq!(run.left(&format), format.capacity());
            assert_eq!(run.oracle.free_widgets(), WIDGETS);
        }
        run.agree(&[format]);
    }
}

#[test]
fn sequence_ids_stay_used() {
    let (engine, format) = (engine(), numeric("A", 3));
    let first = engine.generate(&custom(600, &format)).unwrap();
    assert_eq!(engine.release(first), Ok(()));
    let second = engine.generate(&custom(1000, &format)).unwrap();
    let ids = second.iter().map(|coupon| coupon.sequence_id());
    assert!(ids.eq(601..=1600));
    assert_eq!(engine.release(second), Ok(()));
    let third = engine.generate(&plain(1)).unwrap();
    assert_eq!(third.get(0).unwrap().sequence_id(), 1601);
}

#[test]
fn without_custom_codes() {
    let mut run = Watched::new();
    let [one, other] = [100_000, 10].map(|amount| run.issue_plain(amount));
    let singles = single_uses(&one);
    run.release(one);
    run.agree(&[base36("", 6)]);
    run.reserve_single_use(&singles[..100]);
    run.agree(&[base36("", 6)]);
    run.release(other);
    assert_eq!(remaining_widgets(&run.engine), WIDGETS - 100);
}

/// In whatever format a code was issued, all that spell it have it back.
#[test]
fn all_formats_have_the_codes_back() {
    let formats = [
        numeric("A", 4),
        numeric("A1", 3),
        spelt("A", "12", 4),
        alphanumeric("", 5),
    ];
    let mut run = Watched::new();
    let mut batches = run.fill(&formats[0], &[900]);
    batches.push(run.issue(&formats[3], 100_000));
    run.agree(&formats);
    while let Some(batch) = batches.pop() {
        run.release(batch);
        run.agree(&formats);
        if batches.len() % 4 == 3 {
            // What was issued in one of them is issued in another.
            let left = run.left(&formats[1]);
            let amount = usize::try_from(left.min(50)).unwrap();
            if amount > 0 {
                run.issue(&formats[1], amount);
            }
        }
        run.agree(&formats);
    }
    run.fill(&formats[1], &[100]);
    run.fill(&formats[2], &[5]);
    run.agree(&formats);
}

#[test]
fn long_codes() {
    let ones = |count| "1".repeat(count);
    let formats = [
        numeric("", 30),
        alphanumeric("1", 29),
        alphanumeric(&ones(9), 21),
        numeric(&ones(26), 4),
        numeric(&ones(27), 3),
        spelt(&ones(26), "21", 4),
    ];
    let mut run = Watched::new();
    let mut batches = Vec::new();
    for _ in 0..3 {
        for format in &formats {
            let left = run.left(format).min(2500);
            if left > 1 {
                batches.push(run.issue(format, left as usize / 2));
            }
        }
        batches.rotate_left(2);
        for batch in batches.drain(..batches.len() / 2) {
            run.release(batch);
            run.agree(&formats);
        }
    }
    for batch in batches {
        run.release(batch);
    }
    assert!(
        formats
            .iter()
            .all(|format| run.left(format) == format.capacity())
    );
    run.fill(&formats[3], &[4000]);
}

#[test]
fn custom_codes_like_widget_codes() {
    let formats = [
        base36("", 6),
        numeric("", 6),
        numeric("012", 3),
        alphanumeric("", 6),
    ];
    let mut run = Watched::new();
    run.issue_plain(50_000);
    let mut batches: Vec<_> = [20_000, 100_000, 700, 5000]
        .iter()
        .zip(&formats)
        .map(|(&amount, format)| run.issue(format, amount))
        .collect();
    batches.extend(run.fill(&formats[2], &[50]));
    run.agree(&formats);
    batches.rotate_left(2);
    for batch in batches {
        run.release(batch);
        run.agree(&formats);
    }
    assert_eq!(remaining_widgets(&run.engine), WIDGETS - 50_000);
    run.fill(&formats[2], &[300]);
}

#[test]
fn reserved_codes_stay_reserved() {
    let (mut run, format) = (Watched::new(), numeric("A", 3));
    let reserved: Vec<_> = (0..1000)
        .step_by(3)
        .filter_map(|rank| format.code(rank))
        .collect();
    run.reserve(&format, &reserved);
    for batch in run.fill(&format, &[100]) {
        run.release(batch);
    }
    assert_eq!(run.left(&format), 1000 - 334);
    let batch = run.issue(&format, 666);
    assert!(customs(&batch).iter().all(|code| !reserved.contains(code)));
}

#[test]
fn a_campaign_that_is_gone() {
    let (engine, format) = (engine(), numeric("A", 3));
    let gone = Err(Error::CampaignNotFound);
    let [before, later] =
        [400, 300].map(|amount| engine.generate(&custom(amount, &format)).unwrap());
    assert!(engine.remove_campaign(CAMPAIGN));
    assert!(!engine.remove_campaign(CAMPAIGN));
    assert!(!engine.has_campaign(CAMPAIGN));
    assert_eq!(engine.release(before), gone);

    assert!(engine.add_campaign(campaign()));
    let batch = engine.generate(&custom(1000, &format)).unwrap();
    assert_eq!(engine.release(later), gone);
    assert_eq!(remaining(&engine, &format), 0);
    assert_eq!(remaining_widgets(&engine), WIDGETS - 1000);
    assert_eq!(batch.get(0).unwrap().sequence_id(), 701);
    assert_eq!(engine.release(batch), Ok(()));
    assert_eq!(remaining(&engine, &format), 1000);
}

#[test]
fn a_removed_campaign_starts_anew() {
    let (engine, format) = (engine(), numeric("", 3));
    engine.generate(&custom(1000, &format)).unwrap();
    engine.reserve_single_use(CAMPAIGN, ["abcdef"]).unwrap();
    assert!(engine.remove_campaign(CAMPAIGN));
    assert_eq!(engine.generate(&plain(1)), Err(Error::CampaignNotFound));
    assert_eq!(
        engine.remaining(CAMPAIGN, &format),
        Err(Error::CampaignNotFound)
    );
    assert!(engine.add_campaign(campaign()));
    assert_eq!(remaining(&engine, &format), 1000);
    assert_eq!(remaining_widgets(&engine), WIDGETS);
}

#[test]
fn the_batch_of_another_engine() {
    let (engine, other, format) = (engine(), engine(), numeric("A", 3));
    engine.generate(&custom(1000, &format)).unwrap();
    let batch = other.generate(&custom(400, &format)).unwrap();
    assert_eq!(engine.release(batch), Err(Error::CampaignNotFound));
    assert_eq!(remaining(&engine, &format), 0);
    assert_eq!(remaining_widgets(&engine), WIDGETS - 1000);
    assert_eq!(remaining(&other, &format), 600);
}

/// A release is part of what a seed yields.
#[test]
fn twins_release_alike() {
    let (long, short) = (alphanumeric("x", 10), numeric("A", 3));
    let run = || {
        let engine = built(seeded(5));
        let mut batches = Vec::new();
        for (format, amount) in [(&long, 5000), (&short, 900), (&long, 300), (&short, 90)] {
            batches.push(engine.generate(&custom(amount, format)).unwrap());
        }
        for index in [0, 0] {
            assert_eq!(engine.release(batches.remove(index)), Ok(()));
        }
        for (format, amount) in [(&short, 700), (&long, 5000), (&short, 210)] {
            batches.push(engine.generate(&custom(amount, format)).unwrap());
        }
        batches
    };
    assert!(run() == run());
}

/// Threads that issue and release at the same time: what is held at the end is distinct, and the rest is
/// free.
fn issue_and_release(formats: &[Format], rounds: usize, most: usize) -> Watched {
    let engine = engine();
    let held: Mutex<Vec<(Batch, Format)>> = Mutex::default();
    let work = |worker: usize| {
        for round in 0..rounds {
            let format = &formats[(worker + round) % formats.len()];
            let amount = 1 + (worker * 7919 + round * 104_729) % most;
            match engine.generate(&custom(amount, format)) {
                Ok(batch) => held.lock().unwrap().push((batch, format.clone())),
                Err(error) => assert_eq!(error.code(), 601),
            }
            if round % 3 > 0 {
                let mut batches = held.lock().unwrap();
                let batch = (worker * 31 + round * 17).checked_rem(batches.len());
                let batch = batch.map(|batch| batches.swap_remove(batch).0);
                drop(batches);
                if let Some(batch) = batch {
                    assert_eq!(engine.release(batch), Ok(()));
                }
            }
        }
    };
    thread::scope(|scope| {
        for worker in 0..8 {
            scope.spawn(move || work(worker));
        }
    });
    let mut oracle = Oracle::default();
    for (batch, format) in held.into_inner().unwrap() {
        oracle.issue(&batch, Some(&format));
    }
    let run = Watched { engine, oracle };
    run.agree(formats);
    run
}

#[test]
fn while_many_threads_issue() {
    let formats = [
        alphanumeric("x", 10),
        numeric("x1", 9),
        alphanumeric("", 11),
    ];
    let mut run = issue_and_release(&formats, 60, 5000);
    run.issue(&formats[1], 1000);
}

#[test]
fn while_many_threads_fill_a_keyspace() {
    let formats = [numeric("A", 4), numeric("A1", 3), spelt("A", "12345", 4)];
    let mut run = issue_and_release(&formats, 150, 900);
    run.fill(&formats[0], &[1000]);
    run.agree(&formats);
}

#[test]
fn while_many_threads_issue_codes_like_widget_codes() {
    let formats = [
        numeric("", 6),
        base36("01", 4),
        numeric("012", 3),
        base36("", 6),
    ];
    let mut run = issue_and_release(&formats, 60, 3000);
    run.fill(&formats[2], &[100]);
    run.agree(&formats);
}

/// A campaign goes while its batches are released.
#[test]
fn while_the_campaign_is_removed() {
    let (engine, format) = (engine(), numeric("A", 4));
    let batches: Vec<_> = (0..400)
        .map(|_| engine.generate(&custom(25, &format)).unwrap())
        .collect();
    let released = thread::scope(|scope| {
        let (engine, format) = (&engine, &format);
        let threads = [(); 2].map(|()| {
            scope.spawn(move || {
                while engine.has_campaign(CAMPAIGN)
                    && remaining_or_none(engine, format) < Some(5000)
                {
                    thread::yield_now();
                }
                engine.remove_campaign(CAMPAIGN)
            })
        });
        let release = |batch| engine.release(batch).is_ok();
        let released = batches.into_iter().map(release).collect::<Vec<_>>();
        let removed = threads.map(|thread| thread.join().unwrap());
        assert_eq!(removed.into_iter().filter(|&removed| removed).count(), 1);
        released
    });
    // Once the campaign is gone nothing is released any more.
    assert!(released.is_sorted_by(|before, after| before >= after));
    assert!(released.iter().filter(|&&released| released).count() >= 200);
}

fn remaining_or_none(engine: &couponmint::Engine, format: &Format) -> Option<u128> {
    engine.remaining(CAMPAIGN, format).ok()
}

proptest! {
    #![proptest_config(cases(64))]

    /// Any batches of a small keyspace, in any order: what is left is what was not released.
    #[test]
    fn any_batches_in_any_order(
        amounts in prop::collection::vec(1..120_usize, 1..12),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        prefix in "[A1]{0,1}",
    ) {
        let formats = [spelt("", "A1xyz", 5), spelt(&prefix, "A1", 5 - prefix.len())];
        let mut run = Watched::new();
        let mut batches: Vec<_> = amounts.iter().map(|&amount| run.issue(&formats[0], amount)).collect();
        for index in order {
            if !batches.is_empty() {
                let batch = batches.swap_remove(index.index(batches.len()));
                run.release(batch);
                run.agree(&formats);
            }
        }
        run.fill(&formats[1], &[3, 7]);
        run.fill(&formats[0], &[1000, 20]);
        prop_assert_eq!(run.oracle.taken(&formats[0]), 3125);
    }
}
