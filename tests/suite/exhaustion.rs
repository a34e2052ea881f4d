//! To the last code of a keyspace, and not one further.

use std::collections::HashSet;

use couponmint::{Error, Format, Request};
use proptest::prelude::*;

use crate::{
    common::{
        CAMPAIGN, SEQUENCE_IDS_END, WIDGETS, alphanumeric, assert_refused, built, cases, custom,
        customs, engine, issue, numeric, plain, remaining, remaining_widgets, seeded, spelt,
    },
    oracle::texts,
    watched::Watched,
};

/// Fills a keyspace in batches of these sizes, and then to the end; a step that does not fit is
/// refused and leaves no trace: another engine that never meets one gives the same batches.
fn fill(format: &Format, reserved: &[String], amounts: &[usize]) {
    let (mut run, calm) = (Watched::new(), engine());
    run.reserve(format, reserved);
    let distinct: HashSet<_> = reserved.iter().collect();
    let new = calm.reserve_custom(CAMPAIGN, format, reserved);
    assert_eq!(new, Ok(distinct.len() as u64));

    let step = amounts.iter().copied().max().unwrap_or(1);
    for amount in amounts.iter().copied().chain(std::iter::repeat(step)) {
        run.agree(std::slice::from_ref(format));
        let left = usize::try_from(run.left(format)).unwrap();
        if left == 0 {
            break;
        }
        if amount > left {
            assert_refused(&run.engine, format, amount, left as u64);
        }
        let batch = run.issue(format, amount.min(left));
        assert_eq!(batch, calm.generate(&custom(batch.len(), format)).unwrap());
    }
    assert_refused(&run.engine, format, 1, 0);
    assert_eq!(run.oracle.taken(format) as u128, format.capacity());
    let batch = run.issue_plain(20);
    assert_eq!(batch, calm.generate(&plain(20)).unwrap());
}

#[test]
fn three_digits() {
    let (engine, format) = (engine(), numeric("", 3));
    let mut codes = Vec::new();
    for amount in [400, 400, 200] {
        codes.extend(customs(&engine.generate(&custom(amount, &format)).unwrap()));
    }
    assert_refused(&engine, &format, 1, 0);
    codes.sort_unstable();
    let all: Vec<_> = (0..1000).map(|number| format!("{number:03}")).collect();
    assert_eq!(codes, all);
}

#[test]
fn an_exhausted_format_is_not_an_exhausted_campaign() {
    let (engine, format) = (engine(), numeric("", 3));
    engine.generate(&custom(1000, &format)).unwrap();
    assert!(engine.generate(&custom(1, &format)).is_err());
    assert!(engine.generate(&plain(1000)).is_ok());
    assert!(engine.generate(&custom(1000, &numeric("x", 3))).is_ok());
    assert!(engine.generate(&custom(1000, &numeric("", 4))).is_ok());
    assert!(engine.add_campaign(couponmint::Campaign::new("other").unwrap()));
    assert_eq!(engine.remaining("other", &format), Ok(1000));
}

#[test]
fn a_request_larger_than_the_keyspace() {
    let (engine, format) = (engine(), spelt("", "ab", 3));
    assert_refused(&engine, &format, 100_000, 8);
    assert_eq!(remaining(&engine, &format), 8);
    let mut codes = customs(&engine.generate(&custom(8, &format)).unwrap());
    codes.sort_unstable();
    assert_eq!(codes, texts(&format));
}

#[test]
fn one_code_at_a_time() {
    for format in [spelt("", "ab", 3), spelt("p", "xyz", 5), numeric("", 3)] {
        fill(&format, &[], &[1]);
    }
}

#[test]
fn all_at_once() {
    for format in [
        numeric("", 3),
        numeric("9", 4),
        numeric("", 5),
        numeric("9", 5),
    ] {
        let capacity = usize::try_from(format.capacity()).unwrap();
        fill(&format, &[], &[capacity]);
        fill(&format, &[], &[capacity - 1]);
        fill(&format, &[], &[1, capacity]);
    }
}

#[test]
fn one_million_codes() {
    let (engine, format) = (engine(), numeric("x", 6));
    let mut seen = vec![false; 1_000_000];
    for step in 0..10 {
        assert_eq!(remaining(&engine, &format), 1_000_000 - step * 100_000);
        for code in issue(&engine, &format, 100_000) {
            let number: usize = code[1..].parse().unwrap();
            assert!(!std::mem::replace(&mut seen[number], true), "{code} twice");
        }
    }
    assert!(seen.iter().all(|&seen| seen));
    assert_refused(&engine, &format, 1, 0);
}

#[test]
fn all_reserved_but_the_last() {
    let (engine, format) = (engine(), numeric("", 5));
    let codes = texts(&format);
    let reserved = codes.iter().filter(|code| *code != "31415");
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &format, reserved),
        Ok(99_999)
    );
    assert_refused(&engine, &format, 2, 1);
    assert_eq!(issue(&engine, &format, 1), ["31415"]);
    assert_eq!(remaining(&engine, &format), 0);
}

#[test]
fn refusals_leave_no_trace() {
    let (engine, calm) = (engine(), engine());
    let (small, large) = (numeric("", 3), alphanumeric("x", 20));
    let both = |request: &Request| {
        let batch = engine.generate(request).unwrap();
        assert_eq!(batch, calm.generate(request).unwrap());
        batch
    };
    both(&custom(990, &small));
    for _ in 0..5 {
        assert_refused(&engine, &small, 11, 10);
        let unknown = Request::new("unknown").unwrap();
        assert_eq!(
            engine.generate(&unknown).unwrap_err(),
            Error::CampaignNotFound
        );
    }
    let ids = both(&custom(2049, &large))
        .get(0)
        .map(|coupon| coupon.sequence_id());
    assert_eq!(ids, Some(991));
    both(&custom(10, &small));
    both(&plain(1));
}

#[test]
fn a_refused_request_takes_no_widget_codes() {
    let (engine, format) = (engine(), spelt("", "ab", 3));
    engine.generate(&custom(8, &format)).unwrap();
    assert!(engine.generate(&custom(1, &format)).is_err());
    assert_eq!(remaining_widgets(&engine), WIDGETS - 8);
}

/// Ten formats have taken all codes of another one that has none of its own. To refuse one of its codes
/// takes as long as to ask how many are left, a thousand times over, not as long as to look at them all.
#[test]
fn a_format_without_codes_of_its_own_is_refused_again_and_again() {
    let (engine, format) = (engine(), numeric("A", 6));
    for digit in 0..10 {
        issue(&engine, &numeric(&format!("A{digit}"), 5), 100_000);
    }
    for asked in [1, 2, 10, 11, 100_000].into_iter().cycle().take(1000) {
        assert_refused(&engine, &format, asked, 0);
    }
}

/// Sequence ids are looked at last, and what was taken before is given back.
#[test]
fn the_end_of_sequence_ids() {
    let digits = numeric("", 3);
    let [engine, calm] = [(); 2].map(|()| {
        let first = SEQUENCE_IDS_END - 1000;
        built(seeded(7).first_sequence_id(first))
    });
    let short = |asked, left| Err(Error::OutOfSequenceIds { asked, left });
    assert_eq!(engine.generate(&plain(1001)), short(1001, 1000));
    assert_refused(&engine, &digits, 1001, 1000);
    for format in [&digits, &numeric("1", 5), &alphanumeric("x", 25)] {
        let batch = engine.generate(&custom(300, format)).unwrap();
        assert_eq!(batch, calm.generate(&custom(300, format)).unwrap());
    }
    for format in [
        &digits,
        &numeric("1", 5),
        &alphanumeric("x", 25),
        &numeric("12", 4),
    ] {
        let left = [
            remaining(&engine, format),
            u128::from(remaining_widgets(&engine)),
        ];
        assert_eq!(engine.generate(&custom(101, format)), short(101, 100));
        assert_eq!(
            left,
            [
                remaining(&engine, format),
                u128::from(remaining_widgets(&engine))
            ]
        );
    }
    assert_refused(&engine, &digits, 701, 700);
    let last = custom(100, &digits);
    let batch = engine.generate(&last).unwrap();
    assert_eq!(batch.get(99).unwrap().sequence_id(), (1 << 53) - 1);
    assert_eq!(batch, calm.generate(&last).unwrap());
    for amount in [1, 100_000] {
        assert_eq!(engine.generate(&plain(amount)), short(amount as u64, 0));
    }
    // No more sequence ids, but codes enough.
    assert_eq!(engine.generate(&custom(600, &digits)), short(600, 0));
    assert_refused(&engine, &digits, 601, 600);
}

fn small_format() -> impl Strategy<Value = Format> {
    prop_oneof![
        (3_usize..=9).prop_map(|length| spelt("", "ab", length)),
        (3_usize..=7).prop_map(|length| spelt("P-", "xyz", length)),
        (3_usize..=4).prop_map(|length| numeric("", length)),
    ]
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn any_keyspace_in_any_steps(
        format in small_format(),
        shares in prop::collection::vec(0.0..0.4_f64, 1..12),
        reserved in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let capacity = format.capacity();
        let rank = |index: prop::sample::Index| index.index(usize::try_from(capacity).unwrap());
        let code = |index| format.code(rank(index) as u128).unwrap();
        let reserved: Vec<_> = reserved.into_iter().map(code).collect();
        #[expect(clippy::cast_precision_loss, clippy::cast_sign_loss)]
        let amount = |share| 1 + (capacity as f64 * share) as usize;
        let mut amounts: Vec<_> = shares.into_iter().map(amount).collect();
        // The step in which the rest goes.
        amounts.push(amount(0.15));
        fill(&format, &reserved, &amounts);
    }
}

#[test]
fn five_digits_in_uneven_steps() {
    let format = numeric("", 5);
    let reserved: Vec<_> = texts(&format).into_iter().step_by(7).collect();
    fill(
        &format,
        &reserved,
        &[1, 2047, 2048, 2049, 30_000, 20_000, 3000],
    );
    fill(&format, &[], &[97_000, 2000, 999]);
}
