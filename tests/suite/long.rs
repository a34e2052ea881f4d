//! Codes of more symbols than one number holds: they are their texts, too, to the last symbol.

use proptest::prelude::*;

use crate::{
    common::{
        CAMPAIGN, alphanumeric, assert_refused, base36, cases, engine, issue, numeric, remaining,
        spelt,
    },
    oracle::codes,
    watched::Watched,
};

fn ones(count: usize) -> String {
    "1".repeat(count)
}

/// Reserved codes that begin alike are two, and close nothing else.
#[test]
fn reserved_codes_that_begin_alike() {
    let (long, short) = (alphanumeric("", 16), alphanumeric("SUMMER2024", 6));
    let reserved = ["SUMMER2024AAAAAA", "SUMMER2024BBBBBB"];
    let engine = engine();
    assert_eq!(engine.reserve_custom(CAMPAIGN, &long, reserved), Ok(2));
    assert_eq!(engine.reserve_custom(CAMPAIGN, &short, reserved), Ok(0));
    assert_eq!(remaining(&engine, &short), short.capacity() - 2);
    assert_eq!(remaining(&engine, &long), long.capacity() - 2);
    assert_eq!(short.capacity(), 62_u128.pow(6));
}

#[test]
fn reserved_codes_that_begin_alike_after_others_were_issued() {
    let formats = [alphanumeric("", 16), alphanumeric("SUMMER2024", 6)];
    let mut run = Watched::new();
    for format in &formats {
        run.issue(format, 1000);
    }
    run.reserve(&formats[0], &["SUMMER2024AAAAAA", "SUMMER2024BBBBBB"]);
    run.reserve(&formats[1], &["SUMMER2024BBBBBB", "SUMMER2024CCCCCC"]);
    run.agree(&formats);
    run.issue(&formats[1], 100_000);
    run.issue(&formats[0], 1000);
    run.agree(&formats);
}

#[test]
fn codes_that_differ_in_their_last_symbol_are_two() {
    let (format, zeros) = (numeric("", 30), "0".repeat(29));
    let codes = [format!("{zeros}1"), format!("{zeros}2")];
    let last = numeric(&zeros[..27], 3);
    let engine = engine();
    assert_eq!(engine.reserve_custom(CAMPAIGN, &format, &codes[..1]), Ok(1));
    assert_eq!(engine.reserve_custom(CAMPAIGN, &format, &codes), Ok(1));
    assert_eq!(remaining(&engine, &format), 10_u128.pow(30) - 2);
    let issued = issue(&engine, &last, 998);
    assert!(codes.iter().all(|code| !issued.contains(code)));
    assert_eq!(remaining(&engine, &format), 10_u128.pow(30) - 1000);
    assert_refused(&engine, &last, 1, 0);
}

/// In each place of a long code another symbol makes another code.
#[test]
fn codes_that_differ_in_one_symbol_are_two() {
    for format in [
        alphanumeric("", 30),
        numeric("", 30),
        base36("-", 25),
        spelt("_", "10", 30),
    ] {
        let mut codes = vec![ones(format.length())];
        for place in 0..format.length() {
            let mut code = ones(format.length());
            code.replace_range(place..=place, "0");
            codes.push(code);
        }
        codes = codes
            .iter()
            .map(|code| format!("{}{code}", format.prefix()))
            .collect();
        let mut run = Watched::new();
        run.reserve(&format, &codes);
        run.reserve(&format, &codes);
        assert_eq!(run.oracle.taken(&format), format.length() + 1);
        run.left(&format);
    }
}

/// The last code of a small format is reserved by each of those of its length that spell it.
#[test]
fn a_code_reserved_in_any_format_is_gone_in_all() {
    let formats = [
        numeric("", 30),
        alphanumeric("", 30),
        numeric("1", 29),
        alphanumeric(&ones(9), 21),
        numeric(&ones(11), 19),
        spelt(&ones(5), "21", 25),
        numeric(&ones(27), 3),
        spelt(&ones(26), "21", 4),
    ];
    let code = ones(30);
    for first in &formats {
        let engine = engine();
        assert_eq!(engine.reserve_custom(CAMPAIGN, first, [&code]), Ok(1));
        for format in &formats {
            assert_eq!(engine.reserve_custom(CAMPAIGN, format, [&code]), Ok(0));
            let left = codes(format).map_or(u128::MAX, |all| all - 1);
            assert_eq!(remaining(&engine, format), left, "{first:?} {format:?}");
        }
        let issued = issue(&engine, &formats[7], 15);
        assert!(!issued.contains(&code));
        assert_refused(&engine, &formats[7], 1, 0);
    }
}

#[test]
fn more_codes_than_a_number_holds() {
    let (format, fits) = (alphanumeric("", 22), alphanumeric("1", 21));
    let mut run = Watched::new();
    run.issue(&format, 5000);
    assert_eq!(run.left(&format), u128::MAX);
    // One in 62 begins like this.
    assert!(run.left(&fits) < fits.capacity() - 10);
}

/// A small format inside one of many numbers: each is issued from in turn, to the end of the small one.
#[test]
fn a_small_format_inside_a_long_one() {
    let (long, small) = (numeric("", 20), numeric(&"9".repeat(16), 4));
    let mut run = Watched::new();
    for step in 0..100 {
        let code = format!("{}{:04}", small.prefix(), step * 100 + 7);
        // Some are gone before they are reserved.
        run.reserve(&long, &[code]);
        run.issue(&long, 50);
        run.issue(&small, 95);
        run.left(&small);
        run.left(&long);
    }
    run.fill(&small, &[100, 7, 1]);
    assert_refused(&run.engine, &small, 1, 0);
}

/// Codes of formats with the longest prefixes: 62 symbols.
#[test]
fn the_longest_codes() {
    let formats = [
        alphanumeric(&ones(32), 30),
        numeric(&ones(32), 30),
        base36(&ones(32), 30),
    ];
    let mut run = Watched::new();
    let code = ones(62);
    for format in &formats {
        run.issue(format, 3000);
        run.reserve(format, &[&code, &format!("{}0", &code[1..])]);
    }
    run.agree(&formats);
    assert_eq!(run.oracle.taken(&formats[0]), 9002);
}

proptest! {
    #![proptest_config(cases(64))]

    /// Codes reserved in one format of a length, and looked at in another.
    #[test]
    fn any_start_of_any_length(
        start in "[01A]{0,32}",
        cuts in prop::collection::vec((0..32_usize, 0..4_usize), 2..6),
        ends in prop::collection::vec("[01]{3}", 1..20),
        more in 0..28_usize,
    ) {
        let width = start.len() + 3 + more;
        let format = |&(cut, alphabet): &(usize, usize)| {
            let symbols = ["10A", "01A", "0A1xyz", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-"];
            // At most 30 symbols follow a prefix of at most 32.
            let cut = cut.min(start.len()).max(width.saturating_sub(30)).min(start.len());
            (width - cut <= 30).then(|| spelt(&start[..cut], symbols[alphabet], width - cut))
        };
        let formats: Vec<_> = cuts.iter().filter_map(format).collect();
        let codes: Vec<_> = ends.iter().map(|end| format!("{start}{}{end}", "0".repeat(more))).collect();
        let mut run = Watched::new();
        for format in &formats {
            run.reserve(format, &codes);
            run.agree(&formats);
            let left = run.left(format).min(300) as usize;
            if left > 0 {
                run.issue(format, left);
            }
            run.agree(&formats);
        }
        prop_assert!(codes.iter().all(|code| formats.is_empty() || run.oracle.has(code)));
    }
}
