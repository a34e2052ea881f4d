//! Widget codes and custom codes of six symbols are texts of one set.

use std::collections::HashSet;

use couponmint::Engine;

use crate::{
    common::{
        CAMPAIGN, WIDGETS, alphanumeric, assert_refused, base36, custom, customs, engine, foreign,
        issue, numeric, plain, remaining, remaining_widgets, single_uses, spelt,
    },
    oracle::texts,
    watched::Watched,
};

fn widgets_of(engine: &Engine, amount: usize) -> Vec<String> {
    let mut codes = single_uses(&engine.generate(&plain(amount)).unwrap());
    for code in &mut codes {
        code.truncate(6);
    }
    codes
}

#[test]
fn a_custom_code_takes_a_widget_code() {
    let engine = engine();
    let digits = numeric("", 6);
    issue(&engine, &digits, 1000);
    // A widget code each, and what stands in the place of another.
    assert_eq!(remaining_widgets(&engine), WIDGETS - 2000);
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &base36("", 6), ["abcdef"]),
        Ok(1)
    );
    assert_eq!(remaining_widgets(&engine), WIDGETS - 2001);
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &alphanumeric("", 6), ["abcdef"]),
        Ok(0)
    );
    assert_eq!(engine.reserve_single_use(CAMPAIGN, ["abcdef"]), Ok(0));
    assert_eq!(
        engine.reserve_single_use(CAMPAIGN, ["abcdefzzzzzzzzzzzzzzz"]),
        Ok(0)
    );
    assert_eq!(remaining_widgets(&engine), WIDGETS - 2001);
}

#[test]
fn codes_that_are_no_widget_codes_take_none() {
    let engine = engine();
    for format in [
        numeric("A", 5),
        numeric("_", 5),
        numeric("", 5),
        numeric("", 7),
        spelt("", "ABC", 6),
        spelt("a-", "012", 4),
    ] {
        issue(&engine, &format, 50);
    }
    let upper = ["ABCDEF", "abcdeF", "01234A"];
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &alphanumeric("", 6), upper),
        Ok(3)
    );
    assert_eq!(remaining_widgets(&engine), WIDGETS - 300);
}

#[test]
fn a_reserved_widget_code_takes_a_custom_code() {
    let formats = [
        numeric("", 6),
        numeric("01", 4),
        alphanumeric("012", 3),
        spelt("0", "321", 5),
    ];
    let engine = engine();
    let left = || formats.each_ref().map(|format| remaining(&engine, format));
    let all = formats.each_ref().map(couponmint::Format::capacity);
    assert_eq!(left(), all);
    assert_eq!(engine.reserve_single_use(CAMPAIGN, ["012345"]), Ok(1));
    assert_eq!(left(), [all[0] - 1, all[1] - 1, all[2] - 1, all[3]]);
    assert_eq!(
        engine.reserve_single_use(CAMPAIGN, ["012333zzzzzzzzzzzzzzz"]),
        Ok(1)
    );
    assert_eq!(left(), [all[0] - 2, all[1] - 2, all[2] - 2, all[3] - 1]);
    for format in &formats[..3] {
        assert_eq!(
            engine.reserve_custom(CAMPAIGN, format, ["012345", "012333"]),
            Ok(0)
        );
    }
}

#[test]
fn whichever_comes_first() {
    let code = "012345";
    for first in [0, 1, 2] {
        let engine = engine();
        for step in 0..3 {
            let new = match (first + step) % 3 {
                0 => engine.reserve_single_use(CAMPAIGN, [code]),
                1 => engine.reserve_custom(CAMPAIGN, &numeric("", 6), [code]),
                _ => engine.reserve_custom(CAMPAIGN, &base36("01", 4), [code]),
            };
            assert_eq!(new, Ok(u64::from(step == 0)));
        }
        assert_eq!(remaining_widgets(&engine), WIDGETS - 1);
        assert_eq!(remaining(&engine, &numeric("012", 3)), 999);
    }
}

/// The format of six symbols of base 36 counts widget codes.
#[test]
fn widget_codes_are_those_of_a_format() {
    let mut run = Watched::new();
    let formats = [base36("", 6), alphanumeric("", 6)];
    run.issue(&formats[0], 100_000);
    run.issue_plain(100_000);
    run.issue(&formats[1], 50_000);
    run.issue(&numeric("", 5), 10);
    run.agree(&formats);
    assert_eq!(run.left(&formats[0]), u128::from(run.oracle.free_widgets()));
    // Upper-case letters are in nearly all of the last 50,000.
    assert!(run.oracle.free_widgets() < WIDGETS - 350_010);
}

#[test]
fn digits_beside_100_000_widget_codes() {
    let mut run = Watched::new();
    let formats = [numeric("", 6), numeric("1", 5), numeric("012", 3)];
    for _ in 0..3 {
        run.issue_plain(100_000);
        run.issue(&formats[0], 100_000);
        run.issue(&formats[1], 10_000);
        run.agree(&formats);
    }
    // Some of the widget codes are digits.
    assert!(run.oracle.taken(&formats[0]) > 300_000 + 30_000 + 100);
    run.fill(&formats[2], &[200, 9]);
    run.fill(&formats[1], &[20_000, 1000]);
    run.fill(&formats[0], &[90_000, 1000, 100_000]);
    assert_eq!(run.left(&formats[0]), 0);
    run.issue_plain(100_000);
    run.agree(&formats);
}

/// Of all widget codes that begin like one that was issued, the custom codes are the others.
#[test]
fn all_but_the_issued_widget_codes() {
    let mut run = Watched::new();
    let batch = run.issue_plain(100_000);
    for row in [0, 50_000, 99_999] {
        let widget = batch.get(row).unwrap().widget_validation_code();
        let format = base36(&widget[..3], 3);
        let all = run
            .fill(&format, &[30_000, 20_000])
            .iter()
            .map(couponmint::Batch::len)
            .sum::<usize>();
        assert!(all < 36 * 36 * 36);
        assert_refused(&run.engine, &format, 1, 0);
        let letters = alphanumeric(&widget[..3], 3);
        assert_eq!(run.left(&letters), 62 * 62 * 62 - 36 * 36 * 36);
    }
}

/// What a seed would have given as widget codes is reserved, or issued, as custom codes before.
#[test]
fn custom_codes_that_would_be_widget_codes() {
    let would_be = widgets_of(&engine(), 5000);
    let format = base36("", 6);
    let reserved = engine();
    assert_eq!(
        reserved.reserve_custom(CAMPAIGN, &format, &would_be),
        Ok(5000)
    );
    let would_be: HashSet<_> = would_be.into_iter().collect();
    let codes = widgets_of(&reserved, 5000);
    assert!(codes.iter().all(|code| !would_be.contains(code)));

    let mut run = Watched::new();
    let some = would_be.iter().min().unwrap();
    run.fill(&base36(&some[..3], 3), &[40_000, 5000]);
    assert!(run.oracle.has(some));
    run.issue_plain(5000);
    run.agree(&[format]);
}

#[test]
fn in_one_batch() {
    let mut run = Watched::new();
    for format in [
        base36("", 6),
        base36("a", 5),
        numeric("", 6),
        base36("zz", 4),
    ] {
        run.issue(&format, 100_000);
        run.left(&format);
    }
    run.agree(&[]);
}

#[test]
fn all_texts_of_a_small_format() {
    let engine = engine();
    let format = numeric("012", 3);
    assert_eq!(
        engine.reserve_single_use(CAMPAIGN, ["012000", "012999", "0129990000000000zzzzz"]),
        Ok(2)
    );
    assert_refused(&engine, &format, 999, 998);
    let mut codes = customs(&engine.generate(&custom(998, &format)).unwrap());
    codes.sort_unstable();
    assert_eq!(codes, texts(&format)[1..999]);
    assert_refused(&engine, &format, 1, 0);
    assert_eq!(engine.reserve_single_use(CAMPAIGN, texts(&format)), Ok(0));
    assert_eq!(remaining_widgets(&engine), WIDGETS - 2 - 2 * 998);
}

#[test]
fn a_foreign_code_among_them_changes_nothing() {
    let engine = engine();
    let codes = ["012345", "012346", "01234A"];
    let foreign = Err(foreign([2]));
    assert_eq!(engine.reserve_single_use(CAMPAIGN, codes), foreign);
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &numeric("", 6), codes),
        foreign
    );
    assert_eq!(remaining_widgets(&engine), WIDGETS);
    assert_eq!(remaining(&engine, &numeric("", 6)), 1_000_000);
}
