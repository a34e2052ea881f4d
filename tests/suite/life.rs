//! A campaign's life: how long its coupons are valid, what it has issued, which formats are in use.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicI64, Ordering},
    thread,
    time::Duration,
};

use couponmint::{
    Campaign, Engine, Error, Format, Status, Validity,
    jiff::{Span, Timestamp, ToSpan},
};

use crate::common::{
    CAMPAIGN, WIDGETS, alphanumeric, base36, campaign, custom, customs, engine, foreign, numeric,
    plain, remaining, remaining_widgets, spelt,
};

const LAST: &str = "9999-12-30T22:00:00Z";

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The expiry of a coupon that is issued at this time, in three ways that agree.
#[track_caller]
fn expiry(now: &str, validity: impl Into<Validity>) -> Timestamp {
    let (now, validity) = (instant(now), validity.into());
    let built = || Engine::builder().clock(move || now).build();
    let issue = |engine: &Engine| {
        let batch = engine
            .generate(&plain(1).status(Status::Activated))
            .unwrap();
        assert_eq!(batch.get(0).unwrap().expiry_date(), batch.expiry_date());
        (batch.create_date(), batch.expiry_date().unwrap())
    };
    let told_first = built();
    assert!(told_first.add_campaign(campaign().validity(validity)));
    let told_later = built();
    assert!(told_later.add_campaign(campaign()));
    told_later.set_validity(CAMPAIGN, validity).unwrap();
    let (created, end) = issue(&told_first);
    assert_eq!(issue(&told_later), (created, end));
    assert_eq!(validity.end(created), end);
    assert!(validity.end(now).duration_since(end).as_secs().abs() <= 1);
    assert_eq!(end.subsec_nanosecond(), 0);
    end
}

/// Months and years are those of the calendar, in UTC; days have 24 hours.
#[test]
fn spans() {
    for (now, span, end) in [
        ("2024-01-31T10:00:00Z", 1.month(), "2024-02-29T10:00:00Z"),
        ("2023-01-31T10:00:00Z", 1.month(), "2023-02-28T10:00:00Z"),
        ("2024-02-29T23:59:59.9Z", 1.year(), "2025-02-28T23:59:59Z"),
        ("2024-02-29T00:00:00Z", 4.years(), "2028-02-29T00:00:00Z"),
        ("2024-12-31T23:59:59Z", 2.months(), "2025-02-28T23:59:59Z"),
        // Here the day is another one in most time zones.
        ("2024-01-31T23:30:00Z", 1.month(), "2024-02-29T23:30:00Z"),
        (
            "2024-01-31T23:30:00-05:00",
            1.month(),
            "2024-03-01T04:30:00Z",
        ),
        // Clocks are put forward in Europe: 24 hours all the same.
        ("2024-03-30T12:00:00Z", 1.day(), "2024-03-31T12:00:00Z"),
        ("2024-03-30T12:00:00Z", 1.week(), "2024-04-06T12:00:00Z"),
        (
            "2024-01-30T12:00:00Z",
            1.month().days(1),
            "2024-03-01T12:00:00Z",
        ),
        (
            "2024-01-01T00:00:00Z",
            1.hour().minutes(30),
            "2024-01-01T01:30:00Z",
        ),
        (
            "2024-01-01T00:00:00.9Z",
            1999.milliseconds(),
            "2024-01-01T00:00:01Z",
        ),
        ("1969-12-31T23:59:59.5Z", 1.month(), "1970-01-31T23:59:59Z"),
        ("2024-01-01T00:00:00Z", Span::new(), "2024-01-01T00:00:00Z"),
    ] {
        assert_eq!(expiry(now, span), instant(end), "{now} {span:?}");
    }
}

#[test]
fn a_negative_span_ends_at_once() {
    for span in [-1.nanoseconds(), -1.seconds(), -1.months(), -9999.years()] {
        assert_eq!(
            expiry("2024-03-31T00:00:00.5Z", span),
            instant("2024-03-31T00:00:00Z")
        );
    }
}

#[test]
fn until_a_date() {
    for (end, expected) in [
        ("2030-12-31T23:59:59Z", "2030-12-31T23:59:59Z"),
        ("2030-12-31T23:59:59.999Z", "2030-12-31T23:59:59Z"),
        ("2030-12-31T23:59:59+02:00", "2030-12-31T21:59:59Z"),
        // It is over: a date that was set stays the one that was set.
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
        ("1969-12-31T23:59:58.5Z", "1969-12-31T23:59:58Z"),
    ] {
        let validity = Validity::from(instant(end));
        for now in ["2024-01-31T10:00:00Z", "2029-01-31T10:00:00.7Z"] {
            assert_eq!(validity.end(instant(now)), instant(expected));
        }
        assert_eq!(expiry_until(end), instant(expected), "{end}");
    }
    assert_eq!(
        Validity::from(Timestamp::MAX).end(Timestamp::MIN),
        instant(LAST)
    );
    assert_eq!(
        Validity::from(Timestamp::MIN).end(Timestamp::MAX),
        Timestamp::MIN
    );
}

fn expiry_until(end: &str) -> Timestamp {
    let engine = engine();
    engine.set_validity(CAMPAIGN, instant(end)).unwrap();
    let batch = engine
        .generate(&plain(1).status(Status::Activated))
        .unwrap();
    batch.expiry_date().unwrap()
}

/// Never an error, never a panic: what would end too late ends on the last second of all.
#[test]
fn past_the_last_date() {
    let largest = Span::new().years(19_998).months(239_976);
    for span in [
        8000.years(),
        19_998.years(),
        239_976.months(),
        7_304_484.days(),
        largest,
    ] {
        assert_eq!(
            expiry("2024-01-31T10:00:00Z", span),
            instant(LAST),
            "{span:?}"
        );
    }
    let months = Span::new().months(1);
    assert_eq!(Validity::from(months).end(instant(LAST)), instant(LAST));
    for duration in [
        Duration::MAX,
        Duration::from_secs(u64::MAX),
        Duration::from_secs(1 << 62),
    ] {
        assert_eq!(expiry("2024-01-31T10:00:00Z", duration), instant(LAST));
    }
    for span in [1.month(), -1.month(), Span::new(), 19_998.years()] {
        let validity = Validity::from(span);
        assert_eq!(validity.end(Timestamp::MAX), instant(LAST));
        assert!(validity.end(Timestamp::MIN) >= Timestamp::MIN);
    }
}

#[test]
fn a_new_validity_counts_from_then_on() {
    let engine = engine();
    let end = || {
        let batch = engine
            .generate(&plain(1).status(Status::Activated))
            .unwrap();
        batch.expiry_date().unwrap().as_second()
    };
    let before = engine
        .generate(&plain(1).status(Status::Activated))
        .unwrap();
    assert_eq!(end(), 86_400);
    engine
        .set_validity(CAMPAIGN, Duration::from_secs(60))
        .unwrap();
    assert_eq!(end(), 60);
    engine.set_validity(CAMPAIGN, 2.months()).unwrap();
    assert_eq!(end(), 59 * 86_400);
    engine.set_validity(CAMPAIGN, Validity::default()).unwrap();
    assert_eq!(end(), 86_400);
    assert_eq!(before.expiry_date(), Some(instant("1970-01-02T00:00:00Z")));
    let unknown = Err(Error::CampaignNotFound);
    assert_eq!(engine.set_validity("other", Duration::ZERO), unknown);
}

#[test]
fn validity_is_shown() {
    for (validity, shown) in [
        (Validity::default(), "86400s"),
        (1.month().into(), &*format!("{:?}", 1.month())),
        (
            instant("2030-01-01T00:00:00Z").into(),
            "2030-01-01T00:00:00Z",
        ),
    ] {
        assert_eq!(format!("{validity:?}"), shown);
    }
}

#[test]
fn campaigns_in_order() {
    let engine = Engine::new();
    assert_eq!(engine.campaigns(), [""; 0]);
    for name in ["b", "a-", "B", "a", "10", "9"] {
        assert!(engine.add_campaign(Campaign::new(name).unwrap()));
    }
    assert_eq!(engine.campaigns(), ["10", "9", "B", "a", "a-", "b"]);
    assert!(engine.remove_campaign("B"));
    assert_eq!(engine.campaigns(), ["10", "9", "a", "a-", "b"]);
}

#[test]
fn issued_coupons_are_counted() {
    let (engine, format) = (engine(), numeric("", 3));
    assert_eq!(engine.issued(CAMPAIGN), Ok(0));
    assert_eq!(engine.issued("other"), Err(Error::CampaignNotFound));
    engine.reserve_custom(CAMPAIGN, &format, ["000"]).unwrap();
    engine.reserve_single_use(CAMPAIGN, ["000000"]).unwrap();
    assert_eq!(engine.issued(CAMPAIGN), Ok(0));
    let batch = engine.generate(&custom(900, &format)).unwrap();
    engine.generate(&plain(1)).unwrap();
    assert_eq!(engine.issued(CAMPAIGN), Ok(901));
    engine.generate(&custom(100, &format)).unwrap_err();
    assert_eq!(engine.issued(CAMPAIGN), Ok(901));
    engine.release(batch).unwrap();
    assert_eq!(engine.issued(CAMPAIGN), Ok(1));
    let (next, ids) = (engine.generate(&plain(5)).unwrap(), 902..);
    assert!(
        next.sequence_ids()
            .zip(ids)
            .all(|(id, expected)| id == expected)
    );
    assert_eq!(engine.issued(CAMPAIGN), Ok(6));
    assert!(engine.remove_campaign(CAMPAIGN) && engine.add_campaign(campaign()));
    assert_eq!(engine.issued(CAMPAIGN), Ok(0));
}

#[test]
fn a_request_without_sequence_ids_is_not_counted() {
    let engine = Engine::builder().first_sequence_id((1 << 53) - 3).build();
    assert!(engine.add_campaign(campaign()));
    for request in [plain(4), custom(4, &numeric("", 6))] {
        engine.generate(&request).unwrap_err();
        assert_eq!(engine.issued(CAMPAIGN), Ok(0));
        assert_eq!(engine.formats(CAMPAIGN), Ok(vec![]));
    }
}

#[test]
fn many_threads_count_alike() {
    let engine = engine();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let batch = engine.generate(&custom(50, &numeric("", 7))).unwrap();
                    engine.generate(&plain(7)).unwrap();
                    engine.release(batch).unwrap();
                }
            });
        }
    });
    assert_eq!(engine.issued(CAMPAIGN), Ok(4 * 20 * 7));
    assert_eq!(engine.formats(CAMPAIGN), Ok(vec![]));
}

#[test]
fn formats_in_use() {
    let engine = engine();
    let formats = |engine: &Engine| engine.formats(CAMPAIGN).unwrap();
    assert_eq!(formats(&engine), []);
    assert_eq!(engine.formats("other"), Err(Error::CampaignNotFound));
    let mut all = [
        numeric("", 3),
        numeric("", 6),
        alphanumeric("", 20),
        base36("0", 5),
        spelt("A", "10", 4),
        spelt("A", "01", 5),
        spelt("A", "10", 5),
        alphanumeric("A", 30),
        numeric("Z", 3),
        numeric("a", 3),
    ];
    all.sort_by_key(Format::to_string);
    // In no order; those that were only asked about, or refused, are not in use.
    for place in [9, 0, 7, 3, 5, 1, 8, 4, 6, 2] {
        let format = &all[place];
        remaining(&engine, format);
        engine.reserve_custom(CAMPAIGN, format, ["?"]).unwrap_err();
        engine.reserve_custom(CAMPAIGN, format, [""; 0]).unwrap();
        assert!(!formats(&engine).contains(format));
        engine.generate(&custom(2, format)).unwrap();
        assert!(formats(&engine).contains(format));
    }
    assert_eq!(formats(&engine), all);
    engine
        .generate(&custom(100_000, &numeric("B", 3)))
        .unwrap_err();
    engine.generate(&plain(10)).unwrap();
    assert_eq!(formats(&engine), all);
}

/// Of six symbols, too, where codes stand with the widget codes.
#[test]
fn formats_go_out_of_use() {
    for format in [
        numeric("", 6),
        base36("abc", 3),
        alphanumeric("", 6),
        alphanumeric("", 5),
        numeric("1", 20),
    ] {
        let engine = engine();
        let formats = |engine: &Engine| engine.formats(CAMPAIGN).unwrap();
        let used = vec![format.clone()];
        let first = engine.generate(&custom(100, &format)).unwrap();
        let second = engine.generate(&custom(3, &format)).unwrap();
        if let Ok(batch) = engine.generate(&custom(100_000, &format)) {
            engine.release(batch).unwrap();
        }
        let codes = customs(&second);
        // They stay with the format that took them.
        let wider = Format::with_alphabet(
            "",
            couponmint::Alphabet::new(
                "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-",
            )
            .unwrap(),
            format.prefix().len() + format.length(),
        )
        .unwrap();
        assert_eq!(engine.reserve_custom(CAMPAIGN, &wider, &codes), Ok(0));
        assert_eq!(formats(&engine), used);
        engine.release(first).unwrap();
        assert_eq!(formats(&engine), used);
        engine.release(second).unwrap();
        assert_eq!(formats(&engine), []);
        assert_eq!(engine.reserve_custom(CAMPAIGN, &format, &codes), Ok(3));
        assert_eq!(formats(&engine), used);
    }
}

/// Rows as a database has them.
type Rows<'a> = Vec<(&'a str, Option<&'a str>)>;

#[test]
fn coupons_of_a_database() {
    let engine = engine();
    let formats = [
        numeric("A-", 3),
        numeric("A-", 4),
        alphanumeric("B", 12),
        numeric("", 6),
    ];
    let rows: Rows<'_> = vec![
        ("5f3jupt49d27udvwpnsar", Some("A-777")),
        ("9k20xa", None),
        ("000000", Some("A-0777")),
        // The same widget code, and a custom code that is a widget code.
        ("5f3jup000000000000000", Some("123456")),
        ("123456", Some("B0123456789Zz")),
        ("zzzzzz", Some("A-777")),
    ];
    let new = engine
        .reserve_coupons(CAMPAIGN, &formats, rows.clone())
        .unwrap();
    assert_eq!((new.single_use_codes, new.custom_codes), (5, 3));
    assert_eq!(remaining_widgets(&engine), WIDGETS - 5);
    assert_eq!(remaining(&engine, &formats[0]), 999);
    assert_eq!(remaining(&engine, &formats[1]), 9999);
    let used = [&formats[0], &formats[1], &formats[2]].map(Format::clone);
    assert_eq!(engine.formats(CAMPAIGN).unwrap(), used);
    let new = engine.reserve_coupons(CAMPAIGN, &formats, rows).unwrap();
    assert_eq!((new.single_use_codes, new.custom_codes), (0, 0));
    assert_eq!(engine.issued(CAMPAIGN), Ok(0));
    let none = engine.reserve_coupons(CAMPAIGN, &[], Rows::new()).unwrap();
    assert_eq!(none, couponmint::Reserved::default());
}

/// A code is of the first format that spells it, whatever their prefixes.
#[test]
fn formats_are_found_among_those_told() {
    let formats = [
        numeric("111", 3),
        numeric("", 6),
        spelt("1", "1234567890", 5),
        numeric("11", 4),
        alphanumeric("1", 5),
    ];
    for first in 0..formats.len() {
        let engine = engine();
        let mut told = formats[first..].to_vec();
        told.extend_from_slice(&formats[..first]);
        let rows = [("zzzzzz", Some("111999"))];
        engine.reserve_coupons(CAMPAIGN, &told, rows).unwrap();
        assert_eq!(engine.formats(CAMPAIGN).unwrap(), told[..1]);
    }
    let engine = engine();
    let many: Vec<_> = (0..2000).map(|i| numeric(&format!("P{i}-"), 3)).collect();
    let codes: Vec<_> = (0..2000).map(|i| format!("P{i}-{:03}", i % 1000)).collect();
    let rows = codes
        .iter()
        .enumerate()
        .map(|(i, code)| (format!("{i:06}"), Some(code)));
    let new = engine.reserve_coupons(CAMPAIGN, &many, rows).unwrap();
    assert_eq!((new.single_use_codes, new.custom_codes), (2000, 2000));
    assert_eq!(engine.formats(CAMPAIGN).unwrap().len(), 2000);
}

#[test]
fn one_bad_row_and_nothing_changes() {
    let (engine, formats) = (engine(), [numeric("A", 4), numeric("", 6)]);
    let good = ("5f3jup", Some("A0001"));
    for bad in [
        ("", None),
        ("5F3JUP", Some("A0002")),
        ("5f3jupt49d27udvwpnsa", Some("A0002")),
        ("000001", Some("")),
        ("000001", Some("A001")),
        ("000001", Some("B0001")),
        ("000001", Some("A00012")),
        ("000001", Some("A000x")),
        ("000001", Some("\u{e9}0001")),
        ("\u{e9}\u{e9}\u{e9}", Some("\u{e9}\u{e9}\u{e9}")),
    ] {
        let rows = vec![good, ("000002", Some("123456")), bad, good, bad];
        let error = engine
            .reserve_coupons(CAMPAIGN, &formats, rows)
            .unwrap_err();
        assert_eq!(error, foreign([2, 4]), "{bad:?}");
        assert_eq!(error.code(), 301);
        assert_eq!(
            error.to_string(),
            "Codes at indices 2 and 4 are not ones that their formats spell."
        );
    }
    assert_eq!(remaining_widgets(&engine), WIDGETS);
    assert_eq!(remaining(&engine, &formats[0]), 10_000);
    assert_eq!(remaining(&engine, &formats[1]), 1_000_000);
    assert_eq!(engine.formats(CAMPAIGN), Ok(vec![]));
    // Without formats no custom code is known.
    let error = engine.reserve_coupons(CAMPAIGN, &[], [good]).unwrap_err();
    assert_eq!(error, foreign([0]));
    let unknown = engine.reserve_coupons("other", &formats, [("?", None::<&str>)]);
    assert_eq!(unknown, Err(Error::CampaignNotFound));
}

#[test]
fn the_first_hundred_are_named() {
    let (engine, format) = (engine(), numeric("", 4));
    for count in [1, 2, 99, 100, 101, 102, 5000] {
        // Every third code, from the second on.
        let codes: Vec<_> = (0..3 * count)
            .map(|i| if i % 3 == 1 { "x" } else { "0000" })
            .collect();
        let expected = foreign((0..count).map(|i| 3 * i + 1));
        let answer = engine.reserve_custom(CAMPAIGN, &format, &codes);
        assert_eq!(answer, Err(expected.clone()));
        let single = codes.iter().map(|code| format!("{code}00"));
        assert_eq!(
            engine.reserve_single_use(CAMPAIGN, single),
            Err(expected.clone())
        );
        let rows = codes.iter().map(|code| ("000000", Some(code)));
        let formats = [format.clone()];
        assert_eq!(
            engine.reserve_coupons(CAMPAIGN, &formats, rows),
            Err(expected.clone())
        );
        let Error::ForeignCodes { indices, more } = &expected else {
            unreachable!()
        };
        assert_eq!(
            (indices.len(), *more),
            (count.min(100), count.saturating_sub(100))
        );
        let text = expected.to_string();
        match count {
            1 => assert_eq!(text, "Code at index 1 is not one that its format spells."),
            2 => assert_eq!(
                text,
                "Codes at indices 1 and 4 are not ones that their formats spell."
            ),
            102 => assert!(
                text.ends_with("295, 298 and 2 more are not ones that their formats spell."),
                "{text}"
            ),
            _ => assert!(!text.contains('\n')),
        }
    }
    assert_eq!(remaining(&engine, &format), 10_000);
}

/// Nothing of the caller's runs under a lock: it may use the engine, and may panic.
#[test]
fn lists_that_use_the_engine() {
    let (engine, format) = (engine(), numeric("", 6));
    let formats = [format.clone()];
    let ask = || {
        remaining(&engine, &format);
        engine.generate(&custom(1, &format)).unwrap();
        engine.set_validity(CAMPAIGN, Duration::ZERO).unwrap();
        engine.formats(CAMPAIGN).unwrap();
        assert_eq!(engine.campaigns(), [CAMPAIGN]);
    };
    let codes = ["000000", "000001"].into_iter().inspect(|_| ask());
    engine
        .reserve_custom(CAMPAIGN, &format, codes.clone())
        .unwrap();
    engine.reserve_single_use(CAMPAIGN, codes.clone()).unwrap();
    let rows = codes.map(|code| (code, Some(code)));
    engine
        .reserve_coupons(CAMPAIGN, &formats, rows.clone())
        .unwrap();
    let panics = rows.inspect(|row| assert!(row.0 == "000000", "the caller's own"));
    let reserve = AssertUnwindSafe(|| engine.reserve_coupons(CAMPAIGN, &formats, panics));
    assert!(catch_unwind(reserve).is_err());
    ask();
}

/// Reading again, with other words each time: what was checked is what is reserved.
#[test]
fn codes_that_change_their_mind() {
    struct Fickle<'a>(&'a AtomicI64);
    impl AsRef<str> for Fickle<'_> {
        fn as_ref(&self) -> &str {
            let times = self.0.fetch_add(1, Ordering::Relaxed);
            if times % 2 == 0 { "000007" } else { "no code" }
        }
    }
    let (engine, formats, reads) = (engine(), [numeric("", 6)], AtomicI64::new(0));
    let rows = [(Fickle(&reads), None::<&str>)];
    let new = engine.reserve_coupons(CAMPAIGN, &formats, rows).unwrap();
    assert_eq!(new.single_use_codes, 1);
    reads.store(0, Ordering::Relaxed);
    let rows = [("000008", Some(Fickle(&reads)))];
    let new = engine.reserve_coupons(CAMPAIGN, &formats, rows).unwrap();
    assert_eq!((new.single_use_codes, new.custom_codes), (1, 0));
}
