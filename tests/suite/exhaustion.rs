//! To the last code of a keyspace, and not one further.

use std::collections::HashSet;

use couponmint::{CodeKind, Engine, Error, Format};
use proptest::prelude::*;

use crate::{
    common::{CAMPAIGN, alphanumeric, cases, custom, customs, engine, numeric, plain, spelt},
    oracle::{Oracle, texts},
};

fn exhausted(asked: u64, left: u64) -> Error {
    let kind = CodeKind::Custom;
    Error::Exhausted { kind, asked, left }
}

fn remaining(engine: &Engine, format: &Format) -> u64 {
    engine.remaining(CAMPAIGN, format).unwrap()
}

/// Fills a keyspace in batches of these sizes, and then to the end; a step that does not fit is
/// refused and leaves no trace: another engine that never meets one gives the same batches.
fn fill(format: &Format, reserved: &[String], amounts: &[usize]) {
    let (engine, calm) = (engine(), engine());
    let mut oracle = Oracle::default();
    for engine in [&engine, &calm] {
        let new = engine.reserve_custom(CAMPAIGN, format, reserved).unwrap();
        let distinct: HashSet<_> = reserved.iter().collect();
        assert_eq!(new, distinct.len() as u64);
    }
    for code in reserved {
        oracle.reserve(code);
    }
    let mut left = format.capacity() - oracle.taken() as u64;
    let mut widgets = 36_u64.pow(6);
    let step = amounts.iter().copied().max().unwrap_or(1);
    for amount in amounts.iter().copied().chain(std::iter::repeat(step)) {
        assert_eq!(remaining(&engine, format), left);
        assert_eq!(engine.remaining_widget_codes(CAMPAIGN), Ok(widgets));
        if left == 0 {
            break;
        }
        let asked = amount as u64;
        let answer = engine.generate(&custom(amount, format));
        if asked <= left {
            let batch = answer.unwrap();
            assert_eq!(batch, calm.generate(&custom(amount, format)).unwrap());
            oracle.issue(&batch, Some(format));
            left -= asked;
            widgets -= asked;
        } else {
            assert_eq!(answer.unwrap_err(), exhausted(asked, left));
            assert_eq!(remaining(&engine, format), left);
            let rest = usize::try_from(left).unwrap();
            let batch = engine.generate(&custom(rest, format)).unwrap();
            assert_eq!(batch, calm.generate(&custom(rest, format)).unwrap());
            oracle.issue(&batch, Some(format));
            widgets -= left;
            left = 0;
        }
    }
    assert_eq!(
        engine.generate(&custom(1, format)).unwrap_err(),
        exhausted(1, 0)
    );
    assert_eq!(oracle.taken() as u64, format.capacity());
    let next = (engine.generate(&plain(20)), calm.generate(&plain(20)));
    assert_eq!(next.0.unwrap(), next.1.unwrap());
}

#[test]
fn three_digits() {
    let (engine, format) = (engine(), numeric("", 3));
    let mut codes = Vec::new();
    for amount in [400, 400, 200] {
        codes.extend(customs(&engine.generate(&custom(amount, &format)).unwrap()));
    }
    let refusal = engine.generate(&custom(1, &format)).unwrap_err();
    assert_eq!(refusal, exhausted(1, 0));
    assert_eq!(refusal.code(), 601);
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
    assert_eq!(
        engine.generate(&custom(100_000, &format)).unwrap_err(),
        exhausted(100_000, 8)
    );
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
    for format in [numeric("", 3), numeric("9", 4), numeric("", 5)] {
        let capacity = usize::try_from(format.capacity()).unwrap();
        fill(&format, &[], &[capacity]);
        fill(&format, &[], &[capacity - 1]);
        fill(&format, &[], &[1, capacity]);
    }
}

#[test]
fn one_million_codes() {
    let (engine, format) = (engine(), numeric("", 6));
    let mut seen = vec![false; 1_000_000];
    for step in 0..10 {
        assert_eq!(remaining(&engine, &format), 1_000_000 - step * 100_000);
        for coupon in &engine.generate(&custom(100_000, &format)).unwrap() {
            let code: usize = coupon.custom_validation_code().unwrap().parse().unwrap();
            assert!(!std::mem::replace(&mut seen[code], true), "{code} twice");
        }
    }
    assert!(seen.iter().all(|&seen| seen));
    assert_eq!(
        engine.generate(&custom(1, &format)).unwrap_err(),
        exhausted(1, 0)
    );
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
    assert_eq!(
        engine.generate(&custom(2, &format)).unwrap_err(),
        exhausted(2, 1)
    );
    assert_eq!(
        customs(&engine.generate(&custom(1, &format)).unwrap()),
        ["31415"]
    );
    assert_eq!(remaining(&engine, &format), 0);
}

#[test]
fn refusals_leave_no_trace() {
    let (engine, calm) = (engine(), engine());
    let (small, large) = (numeric("", 3), alphanumeric("x", 20));
    let both = |request: &couponmint::Request| {
        let batch = engine.generate(request).unwrap();
        assert_eq!(batch, calm.generate(request).unwrap());
        batch
    };
    both(&custom(990, &small));
    for _ in 0..5 {
        assert_eq!(
            engine.generate(&custom(11, &small)).unwrap_err(),
            exhausted(11, 10)
        );
        let unknown = couponmint::Request::new("unknown").unwrap();
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
    assert_eq!(
        engine.remaining_widget_codes(CAMPAIGN),
        Ok(36_u64.pow(6) - 8)
    );
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
        let code = |index| format.code(rank(index) as u64).unwrap();
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
