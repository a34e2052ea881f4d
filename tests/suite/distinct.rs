//! No code twice: in a batch, across batches, across formats.

use arbitrary::Unstructured;
use couponmint::{Campaign, Format, Request};
use proptest::prelude::*;

use crate::{
    common::{
        WIDGETS, alphanumeric, base36, built, cases, engine, numeric, plain, remaining_widgets,
        seeded, spelt,
    },
    oracle::Oracle,
    watched::Watched,
};

#[test]
fn batches_of_all_sizes() {
    let (mut run, format) = (Watched::new(), alphanumeric("test_", 10));
    let amounts = [1, 2, 10, 2047, 2048, 2049, 50_000, 100_000, 1];
    for amount in amounts {
        run.issue(&format, amount);
    }
    let issued: usize = amounts.iter().sum();
    assert_eq!(run.left(&format), format.capacity() - issued as u128);
}

#[test]
fn without_a_seed() {
    let mut run = Watched::on(built(couponmint::Engine::builder()));
    let format = numeric("", 6);
    for amount in [1, 2048, 30_000, 100_000] {
        run.issue(&format, amount);
        run.issue_plain(amount);
    }
    run.agree(&[format]);
}

/// 100,000 widget codes drawn without care share one with 90 % probability; ten million, for
/// certain (some 23,000 pairs).
#[test]
fn ten_million_widget_codes() {
    let engine = engine();
    let widgets = base36("", 6);
    let mut ranks: Vec<u32> = Vec::with_capacity(10_000_000);
    for _ in 0..100 {
        let batch = engine.generate(&plain(100_000)).unwrap();
        ranks.extend(batch.iter().map(|coupon| {
            let rank = widgets.rank(coupon.widget_validation_code()).unwrap();
            u32::try_from(rank).unwrap()
        }));
    }
    ranks.sort_unstable();
    ranks.dedup();
    assert_eq!(ranks.len(), 10_000_000);
    assert_eq!(remaining_widgets(&engine), WIDGETS - 10_000_000);
}

fn any_format() -> impl Strategy<Value = Format> {
    prop_oneof![
        ("[a-zA-Z0-9_-]{0,4}", 5_usize..=30).prop_map(|(prefix, length)| numeric(&prefix, length)),
        ("[a-zA-Z0-9_-]{0,4}", 4_usize..=30)
            .prop_map(|(prefix, length)| alphanumeric(&prefix, length)),
        ("[a-c]{0,4}", 9_usize..=30).prop_map(|(prefix, length)| spelt(&prefix, "abcd", length)),
    ]
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn any_requests(
        requests in prop::collection::vec((any_format(), 1_usize..5000, 0_u8..3), 1..6),
        seed: u8,
    ) {
        let mut run = Watched::on(built(seeded(seed)));
        for (format, amount, repeats) in &requests {
            for _ in 0..=*repeats {
                let batch = run.issue(format, *amount);
                prop_assert_eq!(batch.len(), *amount);
            }
            run.agree(std::slice::from_ref(format));
        }
    }
}

proptest! {
    #![proptest_config(cases(24))]

    /// Whatever other people's property tests and fuzzers ask for.
    #[test]
    fn any_requests_of_tests_and_fuzzers(
        of_test: Request,
        bytes in prop::collection::vec(any::<u8>(), 300),
    ) {
        let of_fuzzer = Unstructured::new(&bytes).arbitrary::<Request>().unwrap();
        for request in [of_test, of_fuzzer] {
            let engine = seeded(1).build();
            prop_assert!(engine.add_campaign(Campaign::new(request.campaign()).unwrap()));
            let (asked, format) = (request.requested_amount(), request.format());
            let enough = format.is_none_or(|format| format.capacity() >= asked as u128);
            let answer = engine.generate(&request);
            prop_assert_eq!(answer.is_ok(), enough);
            if let Ok(batch) = answer {
                prop_assert_eq!((batch.campaign(), batch.len()), (request.campaign(), asked));
                Oracle::default().issue(&batch, format);
            }
        }
    }
}
