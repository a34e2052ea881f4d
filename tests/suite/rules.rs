//! What a campaign says about its coupons: alphabets, formats, limits.

use std::sync::{
    Barrier,
    atomic::{AtomicUsize, Ordering},
};

use couponmint::{Alphabet, Campaign, Check, CodeKind, Engine, Error, Format};
use proptest::prelude::*;

use crate::common::{
    CAMPAIGN, alphanumeric, assert_refused, campaign, cases, custom, exhausted, issue, numeric,
    plain, remaining, remaining_widgets, seeded,
};

fn engine_of(campaign: Campaign) -> Engine {
    let engine = seeded(7).build();
    assert!(engine.add_campaign(campaign));
    engine
}

fn crockford(prefix: &str, length: usize) -> Format {
    Format::with_alphabet(prefix, Alphabet::crockford(), length).unwrap()
}

fn grouped() -> Format {
    let format = Format::pattern("SUMMER-####-####", Alphabet::alphanumeric()).unwrap();
    format.check(Check::Iso7064).unwrap()
}

fn too_many(asked: u64, left: u64) -> Error {
    let kind = CodeKind::Coupon;
    Error::Exhausted { kind, asked, left }
}

/// That a request is refused because of its format, and has changed nothing.
#[track_caller]
fn assert_not_allowed(engine: &Engine, format: &Format) {
    let before = (remaining_widgets(engine), engine.issued(CAMPAIGN));
    let refused = engine.generate(&custom(10, format)).unwrap_err();
    assert_eq!(refused, Error::FormatNotAllowed, "{format}");
    assert_eq!(refused.code(), 302);
    assert_eq!(refused.parameter(), Some("code_prefix"));
    let asked = engine.remaining(CAMPAIGN, format);
    assert_eq!(asked, Err(Error::FormatNotAllowed));
    assert_eq!((remaining_widgets(engine), engine.issued(CAMPAIGN)), before);
}

#[test]
fn alphanumeric_is_what_the_campaign_says() {
    let engine = engine_of(campaign().alphanumeric(Alphabet::crockford()));
    let (asked, issued) = (alphanumeric("A-", 4), crockford("A-", 4));
    let codes = issue(&engine, &asked, 5000);
    assert!(codes.iter().all(|code| issued.spells(code)));
    assert_eq!(remaining(&engine, &asked), 32_u128.pow(4) - 5000);
    assert_eq!(remaining(&engine, &issued), 32_u128.pow(4) - 5000);
    assert_eq!(engine.formats(CAMPAIGN), Ok(vec![issued.clone()]));
    // The same codes as in a campaign that is asked for the format itself.
    let other = engine_of(campaign());
    assert_eq!(issue(&other, &issued, 5000), codes);

    let short = alphanumeric("B-", 3);
    assert_eq!(issue(&engine, &short, 32 * 32 * 32 - 1).len(), 32_767);
    assert_refused(&engine, &short, 2, 1);
}

#[test]
fn other_formats_mean_what_they_say() {
    let engine = engine_of(campaign().alphanumeric(Alphabet::new("XY").unwrap()));
    for format in [
        numeric("A-", 5),
        crockford("B-", 5),
        grouped(),
        Format::pattern("###-##", Alphabet::alphanumeric()).unwrap(),
    ] {
        let capacity = format.capacity();
        let codes = issue(&engine, &format, 500);
        assert!(codes.iter().all(|code| format.spells(code)));
        assert_eq!(remaining(&engine, &format), capacity - 500);
    }
}

/// Codes of an earlier campaign, or of before it said anything.
#[test]
fn existing_codes_are_reserved_as_they_are() {
    let rules = campaign().alphanumeric(Alphabet::new("01").unwrap());
    let engine = engine_of(rules.formats([numeric("N", 6)]));
    let old = alphanumeric("A-", 3);
    let reserved = engine.reserve_custom(CAMPAIGN, &old, ["A-abc", "A-010", "A-010"]);
    assert_eq!(reserved, Ok(2));
    assert_not_allowed(&engine, &old);

    let engine = engine_of(campaign().alphanumeric(Alphabet::new("01").unwrap()));
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &old, ["A-abc", "A-010"]),
        Ok(2)
    );
    assert_eq!(remaining(&engine, &old), 7);
    assert_refused(&engine, &old, 8, 7);
    assert_eq!(issue(&engine, &old, 7).len(), 7);
}

#[test]
fn only_these_formats() {
    let allowed = [numeric("A-", 6), alphanumeric("B-", 8), grouped()];
    let engine = engine_of(campaign().formats(allowed.clone()));
    for format in &allowed {
        assert_eq!(issue(&engine, format, 10).len(), 10);
    }
    for format in [
        numeric("A-", 7),
        numeric("A", 7),
        alphanumeric("A-", 6),
        crockford("B-", 8),
        Format::pattern("SUMMER-####-####", Alphabet::alphanumeric()).unwrap(),
    ] {
        assert_not_allowed(&engine, &format);
    }
    // Without custom codes nothing is asked about them.
    assert!(engine.generate(&plain(10)).is_ok());

    let engine = engine_of(campaign().formats(allowed).formats([]));
    assert_not_allowed(&engine, &numeric("A-", 6));
    assert!(engine.generate(&plain(10)).is_ok());
}

/// In whatever order it is said.
#[test]
fn allowed_alphanumeric_is_that_of_the_campaign() {
    let rules: [fn(Campaign) -> Campaign; 2] = [
        |campaign| {
            campaign
                .formats([alphanumeric("A-", 8)])
                .alphanumeric(Alphabet::crockford())
        },
        |campaign| {
            campaign
                .alphanumeric(Alphabet::crockford())
                .formats([alphanumeric("A-", 8)])
        },
    ];
    for rules in rules {
        let engine = engine_of(rules(campaign()));
        for asked in [alphanumeric("A-", 8), crockford("A-", 8)] {
            let codes = issue(&engine, &asked, 10);
            assert!(codes.iter().all(|code| crockford("A-", 8).spells(code)));
        }
        assert_not_allowed(&engine, &alphanumeric("A-", 9));
    }
}

#[cfg(feature = "serde")]
#[test]
fn requests_as_json() {
    let rules = campaign().alphanumeric(Alphabet::crockford());
    let engine = engine_of(rules.formats([crockford("A-", 8), numeric("N-", 6), grouped()]));
    let ask = |amount, prefix, length, code_type| {
        let body = format!(
            r#"{{"campaign":"{CAMPAIGN}","amount":{amount},"automated_codes":true,
                 "code_prefix":"{prefix}","code_length":{length},"code_type":"{code_type}"}}"#
        );
        let refused = |rejection: couponmint::Rejection| {
            let errors = rejection.errors().iter();
            errors.map(Error::code).collect::<Vec<_>>()
        };
        engine
            .answer(body)
            .map(|batch| batch.len())
            .map_err(refused)
    };
    assert_eq!(ask(10, "A-", 8, "alphanumeric"), Ok(10));
    assert_eq!(ask(10, "N-", 6, "numeric"), Ok(10));
    assert_eq!(ask(10, "A-", 8, "numeric"), Err(vec![302]));
    assert_eq!(ask(10, "SUMMER-", 8, "alphanumeric"), Err(vec![302]));
    // All problems at once, and a format that is wrong in itself is not told of twice.
    assert_eq!(ask(0, "A-", 9, "alphanumeric"), Err(vec![301, 302]));
    assert_eq!(ask(10, "A-", 31, "alphanumeric"), Err(vec![301]));

    let body = r#"{"campaign":"cam_15111","automated_codes":1,"code_prefix":"VIP-","code_length":8,"code_type":"numeric"}"#;
    let answer = engine.respond(body);
    assert_eq!(answer.http_status(), 422);
    assert_eq!(
        String::from_utf8_lossy(answer.body()),
        concat!(
            r#"{"status":{"status":"failed","errors":{"error_message":"HTTP/1.0 422 Unprocessable entity.","#,
            r#""error_message_description":["Parameter \"code_prefix\" has invalid value. This campaign has no codes of that prefix, length and type."],"#,
            r#""error_code":[302]}}}"#
        )
    );
}

#[test]
fn no_more_coupons_than_said() {
    let engine = engine_of(campaign().max_coupons(1000));
    let format = numeric("", 3);
    assert_eq!(
        engine.generate(&plain(1001)).unwrap_err(),
        too_many(1001, 1000)
    );
    let batch = engine.generate(&custom(600, &format)).unwrap();
    assert_eq!(
        engine.generate(&plain(401)).unwrap_err(),
        too_many(401, 400)
    );
    // Refused for another reason: nothing is taken away for it.
    engine
        .reserve_custom(
            CAMPAIGN,
            &format,
            (0..1000).map(|number| format!("{number:03}")),
        )
        .unwrap();
    assert_eq!(
        engine.generate(&custom(400, &format)).unwrap_err(),
        exhausted(400, 0)
    );
    assert_eq!(engine.generate(&plain(400)).unwrap().len(), 400);
    assert_eq!(engine.generate(&plain(1)).unwrap_err(), too_many(1, 0));
    assert_eq!(engine.issued(CAMPAIGN), Ok(1000));

    engine.release(batch).unwrap();
    assert_eq!(
        engine.generate(&plain(601)).unwrap_err(),
        too_many(601, 600)
    );
    assert_eq!(engine.generate(&custom(600, &format)).unwrap().len(), 600);
    assert_eq!(engine.issued(CAMPAIGN), Ok(1000));

    let engine = engine_of(campaign().max_coupons(0));
    assert_eq!(engine.generate(&plain(1)).unwrap_err(), too_many(1, 0));
    let engine = engine_of(campaign().max_coupons(0).max_coupons(u64::MAX));
    assert!(engine.generate(&plain(100_000)).is_ok());
}

/// As `low on unique generated validation codes`, whatever is short.
#[test]
fn their_limit_is_error_601() {
    let error = too_many(2, 1);
    assert_eq!(error.code(), 601);
    assert_eq!(
        error.to_string(),
        "low on unique generated validation codes"
    );
}

/// Half of the threads ask for one coupon each time and give some back; the others are promised a hundred
/// each time, and refused for want of custom codes.
#[test]
fn their_limit_is_exact_among_threads() {
    const THREADS: usize = 8;
    let format = numeric("", 3);
    let engine = engine_of(campaign().max_coupons(300));
    let all = (0..1000).map(|number| format!("{number:03}"));
    assert_eq!(engine.reserve_custom(CAMPAIGN, &format, all), Ok(1000));
    let (start, issued) = (Barrier::new(THREADS), AtomicUsize::new(0));
    let ask = |thread, turn| {
        if thread % 2 == 1 {
            assert!(engine.generate(&custom(100, &format)).is_err());
        } else if let Ok(batch) = engine.generate(&plain(1)) {
            if turn % 10 == 0 {
                engine.release(batch).unwrap();
            } else {
                issued.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (start, ask) = (&start, &ask);
            scope.spawn(move || {
                start.wait();
                (0..100).for_each(|turn| ask(thread, turn));
            });
        }
    });
    let issued = issued.into_inner();
    assert_eq!(engine.issued(CAMPAIGN), Ok(issued as u64));
    let left = 300 - issued;
    let refused = engine.generate(&plain(left + 1)).unwrap_err();
    assert_eq!(refused, too_many(left as u64 + 1, left as u64));
    for _ in 0..left {
        assert_eq!(engine.generate(&plain(1)).unwrap().len(), 1);
    }
    assert_eq!(engine.generate(&plain(1)).unwrap_err(), too_many(1, 0));
}

proptest! {
    #![proptest_config(cases(64))]

    /// Against the plain statement of it: a request passes if its format, alphanumeric read as the campaign
    /// reads it, is one of those declared, read likewise.
    #[test]
    fn formats_against_a_list(
        declared in prop::collection::vec((0_usize..3, 0_usize..3, 3_usize..5), 0..6),
        asked in (0_usize..3, 0_usize..3, 3_usize..5),
        own in 0_usize..3,
    ) {
        let alphabets = || [Alphabet::alphanumeric(), Alphabet::crockford(), Alphabet::numeric()];
        let format = |(prefix, alphabet, length): (usize, usize, usize)| {
            let (prefix, alphabet) = (["", "A", "B-"][prefix], alphabets()[alphabet].clone());
            Format::with_alphabet(prefix, alphabet, length).unwrap()
        };
        let read = |(prefix, alphabet, length)| (prefix, if alphabet == 0 { own } else { alphabet }, length);
        let rules = campaign().formats(declared.iter().copied().map(format));
        let engine = engine_of(rules.alphanumeric(alphabets()[own].clone()));
        let is_allowed = declared.into_iter().any(|one| read(one) == read(asked));
        match engine.generate(&custom(10, &format(asked))) {
            Ok(_) => {
                prop_assert!(is_allowed);
                prop_assert_eq!(engine.formats(CAMPAIGN), Ok(vec![format(read(asked))]));
            }
            Err(error) => {
                prop_assert!(!is_allowed);
                prop_assert_eq!(error, Error::FormatNotAllowed);
            }
        }
    }
}
