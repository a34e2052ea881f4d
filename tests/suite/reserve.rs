//! Codes that exist already are never issued.

use std::collections::HashSet;

use couponmint::Error;
use proptest::prelude::*;

use crate::{
    common::{
        CAMPAIGN, WIDGETS, alphanumeric, base36, cases, custom, customs, engine, foreign, issue,
        numeric, plain, remaining, single_uses, spelt,
    },
    oracle::texts,
};

#[test]
fn custom_codes() {
    let (engine, format) = (engine(), numeric("T-", 3));
    let reserved = ["T-000", "T-999", "T-123", "T-000"];
    assert_eq!(engine.reserve_custom(CAMPAIGN, &format, reserved), Ok(3));
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &format, ["T-000", "T-001"]),
        Ok(1)
    );
    assert_eq!(engine.reserve_custom(CAMPAIGN, &format, [""; 0]), Ok(0));
    assert_eq!(engine.remaining(CAMPAIGN, &format), Ok(996));
    let mut codes = customs(&engine.generate(&custom(996, &format)).unwrap());
    codes.extend(["T-000", "T-001", "T-123", "T-999"].map(str::to_owned));
    codes.sort_unstable();
    assert_eq!(codes, texts(&format));
    assert_eq!(engine.reserve_custom(CAMPAIGN, &format, &codes), Ok(0));
}

#[test]
fn codes_the_seed_would_have_given() {
    let format = alphanumeric("test_", 10);
    let would_be = engine().generate(&custom(5000, &format)).unwrap();
    let (singles, codes) = (single_uses(&would_be), customs(&would_be));
    let engine = engine();
    assert_eq!(
        engine.reserve_single_use(CAMPAIGN, &singles[..2500]),
        Ok(2500)
    );
    let widgets = singles[2500..].iter().map(|code| &code[..6]);
    assert_eq!(engine.reserve_single_use(CAMPAIGN, widgets), Ok(2500));
    assert_eq!(engine.reserve_custom(CAMPAIGN, &format, &codes), Ok(5000));
    assert_eq!(engine.remaining_widget_codes(CAMPAIGN), Ok(WIDGETS - 5000));
    assert_eq!(
        engine.remaining(CAMPAIGN, &format),
        Ok(format.capacity() - 5000)
    );
    let batch = engine.generate(&custom(5000, &format)).unwrap();
    let widgets: HashSet<_> = singles.iter().map(|code| &code[..6]).collect();
    let codes: HashSet<_> = codes.iter().map(String::as_str).collect();
    for coupon in &batch {
        assert!(!widgets.contains(coupon.widget_validation_code()));
        assert!(!codes.contains(coupon.custom_validation_code().unwrap()));
    }
}

#[test]
fn one_widget_code_in_two_spellings() {
    let engine = engine();
    let codes = [
        "5f3jup",
        "5f3jupt49d27udvwpnsar",
        "5f3jup000000000000000",
        "15rvag",
        "5f3jup",
    ];
    assert_eq!(engine.reserve_single_use(CAMPAIGN, codes), Ok(2));
    assert_eq!(
        engine.reserve_single_use(CAMPAIGN, ["000000", "zzzzzz"]),
        Ok(2)
    );
    assert_eq!(engine.remaining_widget_codes(CAMPAIGN), Ok(WIDGETS - 4));
}

#[test]
fn issued_codes_are_not_new() {
    let (engine, format) = (engine(), alphanumeric("", 12));
    let batch = engine.generate(&custom(3000, &format)).unwrap();
    assert_eq!(
        engine.reserve_single_use(CAMPAIGN, single_uses(&batch)),
        Ok(0)
    );
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &format, customs(&batch)),
        Ok(0)
    );
    assert_eq!(
        engine.remaining(CAMPAIGN, &format),
        Ok(format.capacity() - 3000)
    );
    assert_eq!(engine.remaining_widget_codes(CAMPAIGN), Ok(WIDGETS - 3000));
}

#[test]
fn a_wrong_code_is_named_by_its_place_and_nothing_changes() {
    let (engine, format) = (engine(), numeric("A", 4));
    for wrong in [
        "", "A", "A123", "A12345", "B1234", "A12x4", "a1234", "A1234 ", "Ä123", "A１",
    ] {
        let codes = ["A0001", "A0002", wrong, "A0003", wrong];
        let error = engine.reserve_custom(CAMPAIGN, &format, codes).unwrap_err();
        assert_eq!(error, foreign([2, 4]), "{wrong}");
        assert_eq!(error.code(), 301);
        assert!(wrong.is_empty() || !error.to_string().contains(wrong));
    }
    assert_eq!(engine.remaining(CAMPAIGN, &format), Ok(10_000));
    for wrong in [
        "",
        "5f3ju",
        "5f3jupt",
        "5f3jupt49d27udvwpnsa",
        "5f3jupt49d27udvwpnsar0",
        "5F3JUP",
        "5f3ju-",
        "5f3jupt49d27udvwpnsaR",
        "5f3j\u{e9}",
        "ééé",
        "5f3jup\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}0",
    ] {
        let error = engine
            .reserve_single_use(CAMPAIGN, ["000000", wrong])
            .unwrap_err();
        assert_eq!(error, foreign([1]), "{wrong}");
    }
    assert_eq!(engine.remaining_widget_codes(CAMPAIGN), Ok(WIDGETS));
}

#[test]
fn unknown_campaign() {
    let engine = engine();
    let unknown = Err(Error::CampaignNotFound);
    assert_eq!(
        engine.reserve_custom("other", &numeric("", 3), ["000"]),
        unknown
    );
    assert_eq!(engine.reserve_single_use("other", ["000000"]), unknown);
    // Before any code is looked at.
    assert_eq!(engine.reserve_single_use("other", ["?"]), unknown);
}

#[test]
fn campaigns_keep_their_own_books() {
    let (engine, format) = (engine(), numeric("", 3));
    assert!(engine.add_campaign(couponmint::Campaign::new("other").unwrap()));
    assert!(!engine.add_campaign(couponmint::Campaign::new("other").unwrap()));
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &format, texts(&format)),
        Ok(1000)
    );
    assert_eq!(engine.remaining("other", &format), Ok(1000));
    assert_eq!(engine.reserve_single_use("other", ["000000"]), Ok(1));
    assert_eq!(engine.remaining_widget_codes(CAMPAIGN), Ok(WIDGETS));
}

#[test]
fn an_added_campaign_does_not_replace_one() {
    let (engine, format) = (engine(), numeric("", 3));
    engine.generate(&custom(600, &format)).unwrap();
    assert!(!engine.add_campaign(crate::common::campaign()));
    assert_eq!(engine.remaining(CAMPAIGN, &format), Ok(400));
}

#[test]
fn codes_of_every_length() {
    for length in 3..=30 {
        for format in [
            numeric("", length),
            alphanumeric("p-", length),
            spelt("", "ba", length),
        ] {
            let engine = engine();
            let first = format.code(0).unwrap();
            let last = format.code(1).unwrap();
            let codes = [&first, &last, &first];
            assert_eq!(engine.reserve_custom(CAMPAIGN, &format, codes), Ok(2));
            assert_eq!(engine.reserve_custom(CAMPAIGN, &format, codes), Ok(0));
            let left = match format.capacity() {
                u128::MAX => u128::MAX,
                all => all - 2,
            };
            assert_eq!(remaining(&engine, &format), left, "{format:?}");
            let issued = issue(&engine, &format, left.min(1000) as usize);
            assert!(!issued.contains(&first) && !issued.contains(&last));
        }
    }
}

#[test]
fn runs_and_patterns_of_codes() {
    let (engine, format) = (engine(), base36("", 6));
    let code = |rank: u128| format.code(rank).unwrap();
    let run = (0..100_000).map(code);
    let strided = (0..100_000).map(|step| code(step * 21_767));
    assert_eq!(engine.reserve_single_use(CAMPAIGN, run), Ok(100_000));
    // Of the multiples of 21,767, five are below 100,000: 0 and four more.
    assert_eq!(
        engine.reserve_single_use(CAMPAIGN, strided),
        Ok(100_000 - 5)
    );
    assert_eq!(
        engine.remaining_widget_codes(CAMPAIGN),
        Ok(WIDGETS - 199_995)
    );
    for coupon in &engine.generate(&plain(100_000)).unwrap() {
        let rank = format.rank(coupon.widget_validation_code()).unwrap();
        assert!(rank >= 100_000 && (rank % 21_767 != 0 || rank / 21_767 >= 100_000));
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn whatever_is_reserved_is_not_issued(
        reserved in prop::collection::btree_set(0_u128..729, 0..729),
        before in 0_usize..300,
    ) {
        let (engine, format) = (engine(), spelt("r", "xyz", 6));
        let mut gone = HashSet::new();
        if before > 0 {
            gone.extend(customs(&engine.generate(&custom(before, &format)).unwrap()));
        }
        let codes: Vec<_> = reserved.iter().filter_map(|&rank| format.code(rank)).collect();
        let new = codes.iter().filter(|code| !gone.contains(*code)).count();
        prop_assert_eq!(engine.reserve_custom(CAMPAIGN, &format, &codes), Ok(new as u64));
        gone.extend(codes);
        let left = 729 - gone.len();
        prop_assert_eq!(engine.remaining(CAMPAIGN, &format), Ok(left as u128));
        if left > 0 {
            for code in customs(&engine.generate(&custom(left, &format)).unwrap()) {
                prop_assert!(gone.insert(code));
            }
        }
        prop_assert_eq!(gone.len(), 729);
    }
}
