//! Coupons are bearer secrets: what is printed to debug shows none.

use std::fmt::Debug;

use couponmint::{Batch, Engine, Words};

use crate::common::{CAMPAIGN, alphanumeric, campaign, custom, engine, seeded};

/// Both ways to print.
fn shown(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}")
}

fn issued() -> (Engine, Batch) {
    let engine = engine();
    let format = alphanumeric("test_", 10);
    engine
        .reserve_custom(CAMPAIGN, &format, ["test_reserved00"])
        .unwrap();
    engine.reserve_single_use(CAMPAIGN, ["5f3jup"]).unwrap();
    let batch = engine.generate(&custom(20, &format)).unwrap();
    (engine, batch)
}

#[track_caller]
fn assert_silent(shown: &str, batch: &Batch) {
    assert!(!shown.is_empty());
    for coupon in batch {
        let custom = coupon.custom_validation_code().unwrap();
        let secrets = [
            coupon.single_use_code(),
            coupon.widget_validation_code(),
            &coupon.single_use_code()[6..],
            custom,
            &custom[5..],
            "reserved00",
            "5f3jup",
        ];
        for secret in secrets {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

/// What is printed to debug says at least what it is of.
#[test]
fn types_are_named() {
    let (engine, batch) = issued();
    let coupon = batch.get(0).unwrap();
    let format = alphanumeric("test_", 10);
    let words = Words::new(["hell", "damn"]).unwrap();
    for (shown, start) in [
        (shown(format.alphabet()), "Alphabet(\"0123456789ABC"),
        (shown(&format), "Format(\"test_########## alphanumeric\")"),
        (
            shown(&engine.respond("")),
            "Response { http_status: 422, len: 1",
        ),
        (shown(&batch), "Batch { campaign: \"cam_15111\", len: 20"),
        (shown(&coupon), "Coupon { sequence_id: 1,"),
        (shown(&coupon.single_use_url()), "SingleUseUrl { .. }"),
        (
            shown(&campaign()),
            "Campaign { id: \"cam_15111\", validity: 86400s, taken_widget_codes: 0",
        ),
        (
            shown(&engine),
            "Engine { links: \"https://coupons.example/{campaign}/{code}\", campaigns: 1",
        ),
        (
            shown(&seeded(7)),
            "EngineBuilder { base_url: \"https://coupons.example/\"",
        ),
        (shown(&words), "Words(\"damn,"),
    ] {
        assert!(shown.starts_with(start), "{shown}");
    }
}

#[test]
fn batches_and_coupons() {
    let (_, batch) = issued();
    assert_silent(&shown(&batch), &batch);
    assert_silent(&shown(&batch.iter()), &batch);
    for coupon in &batch {
        assert_silent(&shown(&coupon), &batch);
        assert_silent(&shown(&coupon.single_use_url()), &batch);
    }
    assert!(shown(&batch).contains("len: 20"));
}

#[test]
fn engines_and_campaigns() {
    let (engine, batch) = issued();
    assert_silent(&shown(&engine), &batch);
    assert_silent(&shown(&campaign()), &batch);
}

#[test]
fn seeds() {
    let seed = shown(&[7_u8; 32]);
    let seeds = ["7, 7", "0707", "07, 07", "seed", seed.as_str()];
    let (engine, _) = issued();
    for shown in [shown(&seeded(7)), shown(&engine)] {
        assert!(seeds.iter().all(|seed| !shown.contains(seed)), "{shown}");
    }
}

#[cfg(feature = "serde")]
#[test]
fn responses() {
    let (_, batch) = issued();
    let body = r#"{"campaign":"cam_15111","amount":20,"automated_codes":true,
        "code_prefix":"test_","code_length":10,"code_type":"alphanumeric"}"#;
    let response = engine().respond(body);
    let first = batch.get(0).unwrap().single_use_code();
    assert!(String::from_utf8_lossy(response.body()).contains(first));
    assert_silent(&shown(&response), &batch);
    let mut chunks = batch.json_chunks();
    assert_silent(&shown(&chunks), &batch);
    assert!(chunks.next().is_some());
    assert_silent(&shown(&chunks), &batch);
    for coupon in &batch {
        assert_silent(&shown(&couponmint::CouponRow::from(coupon)), &batch);
    }
}

#[test]
fn errors_do_not_repeat_codes() {
    let (engine, _) = issued();
    let format = alphanumeric("test_", 10);
    let error = engine
        .reserve_custom(CAMPAIGN, &format, ["test_almostACode"])
        .unwrap_err();
    assert!(!format!("{error} {}", shown(&error)).contains("almost"));
}
