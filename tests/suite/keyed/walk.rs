//! Every declared keyspace is walked whole: each code once, then 601.

use std::collections::BTreeSet;

use couponmint::{Alphabet, Check, Engine, Format};
use proptest::prelude::*;

use super::{custom_serials, engine_of, keyed};
use crate::common::{
    CAMPAIGN, WIDGETS, alphanumeric, assert_refused, cases, checked, custom, issue, numeric,
    pattern_of, remaining, remaining_widgets, spelt,
};

const SYMBOLS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";

/// Issues every code of a format, in batches of uneven size, and finds each once and none of the holes.
pub(super) fn walk(engine: &Engine, format: &Format, holes: &BTreeSet<String>) {
    let all = usize::try_from(format.capacity()).unwrap() - holes.len();
    let mut seen = BTreeSet::new();
    for step in (1..).map(|step| step * 1_009 % 99_991 + 1) {
        let amount = step.min(all - seen.len());
        let batch = engine.generate(&custom(amount, format)).unwrap();
        let first = seen.len() as u64;
        let serials = custom_serials(engine, &batch);
        assert!(serials.into_iter().eq(first..first + amount as u64));
        for code in batch.custom_validation_codes() {
            assert!(format.spells(code) && !holes.contains(code));
            assert!(seen.insert(code.to_owned()), "{code} twice");
        }
        assert_eq!(remaining(engine, format), (all - seen.len()) as u128);
        if seen.len() == all {
            break;
        }
    }
    assert_refused(engine, format, 1, 0);
    assert_eq!(seen.len() + holes.len(), format.capacity() as usize);
}

#[test]
fn whole_keyspaces() {
    let check = |format: Format, check| format.check(check).unwrap();
    let crockford = Alphabet::crockford();
    let formats = [
        spelt("", "01", 3),
        numeric("A-", 3),
        pattern_of("S.###-##~x", "abcdefgh"),
        check(numeric("", 5), Check::Luhn),
        check(pattern_of("99####-##", "0123456789"), Check::Ean8),
        check(spelt("C", crockford.symbols(), 4), Check::Iso7064),
        alphanumeric("t_", 3),
        // The largest shuffle, and the smallest FF1.
        spelt("x", &SYMBOLS[..63], 3),
        numeric("y", 6),
        spelt("z", "01", 20),
    ];
    let engine = engine_of(keyed(&formats));
    for format in &formats {
        walk(&engine, format, &BTreeSet::new());
    }
}

proptest! {
    #![proptest_config(cases(24))]

    /// Reserved codes are holes, wherever and however many they are; all others stay where they were.
    #[test]
    fn with_holes(
        symbols in 2_usize..=10,
        length in 3_usize..=6,
        literal in "[A-Z.]{0,3}",
        has_check: bool,
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..200),
    ) {
        let pattern = format!("{}{literal}", "#".repeat(length));
        let format = pattern_of(&pattern, &"0123456789"[..symbols]);
        let format = if has_check { checked(format, Check::Iso7064) } else { format };
        prop_assume!(format.capacity() <= 100_000 && length + literal.len() != 6);
        let capacity = format.capacity() as usize;
        let code = |pick: prop::sample::Index| format.code(pick.index(capacity) as u128).unwrap();
        let holes: Vec<_> = picks.into_iter().map(code).collect();
        let campaign = keyed(std::slice::from_ref(&format)).reserve_custom(&format, &holes).unwrap();
        let holes: BTreeSet<_> = holes.into_iter().collect();
        if holes.len() == capacity {
            return Ok(());
        }
        let engine = engine_of(campaign);
        prop_assert_eq!(remaining(&engine, &format), (capacity - holes.len()) as u128);
        for hole in &holes {
            prop_assert_eq!(engine.serial(CAMPAIGN, &format, hole).unwrap(), None);
        }
        let all = capacity - holes.len();
        let codes: Vec<_> = engine.codes(CAMPAIGN, &format, 0..all as u64).unwrap().collect();
        let whole = engine_of(keyed(std::slice::from_ref(&format)));
        let mut without = whole.codes(CAMPAIGN, &format, 0..capacity as u64).unwrap();
        prop_assert!(without.by_ref().filter(|code| !holes.contains(code)).eq(codes));
        walk(&engine, &format, &holes);
    }
}

/// Reserved widget codes are holes among these.
#[test]
fn reserved_single_use_codes() {
    let whole = engine_of(keyed(&[]));
    let request = crate::common::plain(5_000);
    let batch = whole.generate(&request).unwrap();
    let codes: Vec<_> = batch.single_use_codes().map(str::to_owned).collect();
    // Whole ones and widget codes alone, in a row and apart, one twice.
    let (single, alone) = (&codes[40..90], &codes[1_000][..6]);
    let old = single
        .iter()
        .map(String::as_str)
        .chain([alone, alone, "zzzzzz"]);
    let engine = engine_of(keyed(&[]).reserve_single_use(old).unwrap());
    assert_eq!(remaining_widgets(&engine), WIDGETS - 52);
    let batch = engine.generate(&crate::common::plain(4_949)).unwrap();
    let left = codes[..40]
        .iter()
        .chain(&codes[90..1_000])
        .chain(&codes[1_001..]);
    assert!(batch.single_use_codes().eq(left));
    for gone in [&codes[40], &codes[1_000]] {
        assert_eq!(engine.single_use_serial(CAMPAIGN, gone).unwrap(), None);
    }
    assert_eq!(remaining_widgets(&engine), WIDGETS - 52 - 4_949);
}

/// Formats of every size: halves of 64 bits, of 128, and codes past 2^128.
#[test]
fn serials_of_any_size() {
    let mut formats: Vec<_> = (3..=30).map(|length| numeric("N_", length)).collect();
    formats.extend((3..=30).map(|length| alphanumeric("A_", length)));
    formats.extend((23..=30).map(|length| spelt("B_", &SYMBOLS[..40], length)));
    formats.push(spelt("C_", &SYMBOLS[..20], 30));
    let engine = engine_of(keyed(&formats));
    for format in &formats {
        let most = u64::try_from(format.capacity()).unwrap_or(u64::MAX);
        for first in [0, most / 3, most - 100] {
            let codes: Vec<_> = engine
                .codes(CAMPAIGN, format, first..first + 100)
                .unwrap()
                .collect();
            for (serial, code) in (first..first + 100).zip(&codes) {
                assert!(format.spells(code));
                assert_eq!(engine.serial(CAMPAIGN, format, code).unwrap(), Some(serial));
            }
            let distinct: BTreeSet<_> = codes.iter().collect();
            assert_eq!(distinct.len(), 100);
        }
        assert_eq!(issue(&engine, format, 3).len(), 3);
    }
}

/// Codes that no serial reaches can be reserved, too.
#[test]
fn reserved_past_the_last_serial() {
    let format = alphanumeric("", 30);
    let far = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz";
    let campaign = keyed(std::slice::from_ref(&format))
        .reserve_custom(&format, [far])
        .unwrap();
    let engine = engine_of(campaign);
    assert_eq!(engine.serial(CAMPAIGN, &format, far).unwrap(), None);
    assert_eq!(remaining(&engine, &format), u128::MAX);
    let plain = engine_of(keyed(std::slice::from_ref(&format)));
    assert_ne!(
        engine.fingerprint(CAMPAIGN).unwrap(),
        plain.fingerprint(CAMPAIGN).unwrap()
    );
    assert_eq!(issue(&engine, &format, 100), issue(&plain, &format, 100));
}
