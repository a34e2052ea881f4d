//! Formats small enough to list, of up to a million codes: what they say of their codes, and what is issued, is what a
//! naive filter finds among all texts.

use std::collections::HashSet;

use couponmint::{Alphabet, Check, Format, proptest::listable_formats};
use proptest::prelude::*;

use crate::{
    common::{assert_refused, cases, checked, engine, issue, remaining},
    replay::checks::{naive::Naive, pattern::assert_listed},
};

fn naive(format: &Format) -> Naive {
    Naive::new(&format.to_string(), format.alphabet().symbols())
}

/// That a campaign issues these codes, each once, and then no more.
#[track_caller]
fn assert_issued(format: &Format, mut codes: Vec<String>) {
    let engine = engine();
    let mut issued = Vec::new();
    while issued.len() < codes.len() {
        let left = codes.len() - issued.len();
        // Now drawn, now listed.
        let amount = left.min(100_000).min(left / 2 + 7);
        issued.extend(issue(&engine, format, amount));
        assert_eq!(
            remaining(&engine, format),
            (codes.len() - issued.len()) as u128
        );
    }
    assert_refused(&engine, format, 1, 0);
    issued.sort_unstable();
    codes.sort_unstable();
    assert!(issued == codes, "{format}");
}

/// The largest, one of each kind.
#[test]
fn a_million_texts() {
    let pattern = |pattern, alphabet| Format::pattern(pattern, alphabet).unwrap();
    let thirty = Alphabet::consonants_and_digits();
    let small = |symbols| Alphabet::new(symbols).unwrap();
    for (format, codes) in [
        (pattern("A-###.###~", Alphabet::numeric()), 1_000_000),
        (
            pattern("20######", Alphabet::numeric())
                .check(Check::Ean8)
                .unwrap(),
            100_000,
        ),
        (
            pattern("60-###-###", Alphabet::numeric())
                .check(Check::Luhn)
                .unwrap(),
            100_000,
        ),
        (pattern("##-#-x#", thirty), 810_000),
        (pattern("#-##-#", Alphabet::crockford()), 1 << 20),
        (
            pattern("###-###", small("0aB-5x_9"))
                .check(Check::Iso7064)
                .unwrap(),
            1 << 15,
        ),
        (pattern("#.#####~#####-########", small("_0")), 1 << 19),
    ] {
        let texts = naive(&format).codes();
        assert_eq!(texts.len(), codes, "{format}");
        assert_listed(&format, &texts);
        assert_issued(&format, texts);
    }
}

/// Formats that spell some of each other's codes, with and without check symbols.
fn overlapping() -> impl Strategy<Value = Format> {
    let symbols = prop::sample::select(vec![
        "01",
        "0123456789",
        "A10-",
        "9876543210",
        "1a0A",
        "01234567",
    ]);
    let pattern = "[01A]{0,2}#{1,2}[-01]{0,1}#{1,2}[-A0]{0,1}#{1,2}[-1]{0,1}";
    let checks = [Check::Iso7064, Check::Luhn, Check::Ean8].map(Some);
    let check = prop::sample::select([&checks[..], &[None]].concat());
    (pattern, symbols, check).prop_filter_map("of six to eight", |(pattern, symbols, check)| {
        let format = Format::pattern(&pattern, Alphabet::new(symbols).ok()?).ok()?;
        let format = check.map_or(format.clone(), |check| checked(format, check));
        (6..=8).contains(&pattern.len()).then_some(format)
    })
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn codes_are_what_a_naive_filter_finds(format in listable_formats()) {
        let codes = naive(&format).codes();
        assert_listed(&format, &codes);
        assert_issued(&format, codes);
    }
}

proptest! {
    #![proptest_config(cases(96))]

    /// Whatever one has issued is taken in the other, and nothing else.
    #[test]
    fn overlaps_are_what_a_naive_filter_finds(one in overlapping(), other in overlapping(), part in 1_usize..4) {
        let engine = engine();
        let codes = naive(&one).codes();
        let issued = issue(&engine, &one, codes.len().div_ceil(part).min(100_000));
        let taken = naive(&other);
        let taken = issued.iter().filter(|code| taken.spells(code)).count();
        let all = naive(&other).codes();
        prop_assert_eq!(remaining(&engine, &other), (all.len() - taken) as u128, "{} {}", one, other);

        let left = (all.len() - taken).min(100_000);
        if left > 0 {
            let issued: HashSet<_> = issued.into_iter().collect();
            let more = issue(&engine, &other, left);
            prop_assert!(more.iter().all(|code| !issued.contains(code)));
        }
        if all.len() - taken <= 100_000 {
            assert_refused(&engine, &other, 1, 0);
        }
    }
}
