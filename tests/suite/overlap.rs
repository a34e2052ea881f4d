//! Formats that can spell the same text.

use std::collections::HashSet;

use couponmint::{CodeKind, Engine, Error, Format};
use proptest::prelude::*;

use crate::{
    common::{CAMPAIGN, alphanumeric, bar, cases, custom, customs, engine, numeric, spelt},
    oracle::{Oracle, spells},
};

fn remaining(engine: &Engine, format: &Format) -> u64 {
    engine.remaining(CAMPAIGN, format).unwrap()
}

fn exhausted(asked: u64, left: u64) -> Error {
    let kind = CodeKind::Custom;
    Error::Exhausted { kind, asked, left }
}

/// Issues from two formats in turn until both are at their end.
fn fill_both(formats: [&Format; 2], amounts: &[usize]) -> Oracle {
    let (engine, mut oracle) = (engine(), Oracle::default());
    let turns = formats.into_iter().zip([1, 0]).cycle();
    for ((format, other), &amount) in turns.zip(amounts.iter().cycle()) {
        let left = remaining(&engine, format);
        assert_eq!(left, oracle.free(format));
        assert_eq!(
            remaining(&engine, formats[other]),
            oracle.free(formats[other])
        );
        if left == 0 && oracle.free(formats[other]) == 0 {
            break;
        }
        let asked = amount as u64;
        if asked > left {
            let refusal = engine.generate(&custom(amount, format)).unwrap_err();
            assert_eq!(refusal, exhausted(asked, left));
        }
        let granted = usize::try_from(asked.min(left)).unwrap();
        if granted > 0 {
            oracle.issue(
                &engine.generate(&custom(granted, format)).unwrap(),
                Some(format),
            );
        }
    }
    oracle
}

#[test]
fn one_keyspace_of_two_formats() {
    let (wide, narrow) = (numeric("A", 4), numeric("A1", 3));
    for amounts in [
        &[1000][..],
        &[300],
        &[10_000],
        &[700, 1, 40],
        &[1, 5000, 77],
        &[100_000],
    ] {
        for formats in [[&wide, &narrow], [&narrow, &wide]] {
            let oracle = fill_both(formats, amounts);
            assert_eq!(oracle.taken(), 10_000);
        }
    }
}

#[test]
fn a_kin_first_used_after_the_other_is_full() {
    let (wide, narrow) = (numeric("A", 4), numeric("A1", 3));
    let engine = engine();
    engine.generate(&custom(10_000, &wide)).unwrap();
    assert_eq!(remaining(&engine, &narrow), 0);
    assert_eq!(
        engine.generate(&custom(1, &narrow)).unwrap_err(),
        exhausted(1, 0)
    );

    let engine = self::engine();
    engine.generate(&custom(1000, &narrow)).unwrap();
    assert_eq!(remaining(&engine, &wide), 9000);
    assert_eq!(
        engine.generate(&custom(9001, &wide)).unwrap_err(),
        exhausted(9001, 9000)
    );
    let batch = engine.generate(&custom(9000, &wide)).unwrap();
    assert!(!customs(&batch).iter().any(|code| spells(&narrow, code)));
}

#[test]
fn chain_of_prefixes() {
    let formats = [
        numeric("", 5),
        numeric("1", 4),
        numeric("12", 3),
        numeric("2", 4),
    ];
    let (engine, mut oracle) = (engine(), Oracle::default());
    for (step, amount) in [7000, 90, 3000, 2, 15_000, 900, 1, 400]
        .into_iter()
        .cycle()
        .enumerate()
    {
        let format = &formats[step * 3 % 4];
        let left = oracle.free(format);
        for format in &formats {
            assert_eq!(
                remaining(&engine, format),
                oracle.free(format),
                "{format:?}"
            );
        }
        if oracle.free(&formats[0]) == 0 {
            break;
        }
        let granted = usize::try_from(left.min(amount)).unwrap();
        if granted > 0 {
            oracle.issue(
                &engine.generate(&custom(granted, format)).unwrap(),
                Some(format),
            );
        }
    }
    assert_eq!(oracle.taken(), 100_000);
}

#[test]
fn formats_that_only_look_alike() {
    let engine = engine();
    let first = numeric("A", 4);
    engine.generate(&custom(10_000, &first)).unwrap();
    for other in [
        numeric("A", 3),
        numeric("A1", 4),
        numeric("a", 4),
        spelt("A", "abc", 4),
        numeric("B1", 3),
    ] {
        assert_eq!(remaining(&engine, &other), other.capacity());
    }
    // The same codes in another order.
    assert_eq!(remaining(&engine, &spelt("A", "9876543210", 4)), 0);
}

#[test]
fn a_prefix_inside_the_alphabet_of_another() {
    let (outer, inner) = (alphanumeric("", 3), spelt("", "xyz", 3));
    let digits = spelt("", "01", 3);
    let (engine, mut oracle) = (engine(), Oracle::default());
    for (format, amount) in [
        (&outer, 100_000),
        (&inner, 5),
        (&outer, 100_000),
        (&digits, 1),
    ] {
        let granted = usize::try_from(oracle.free(format).min(amount)).unwrap();
        if granted > 0 {
            oracle.issue(
                &engine.generate(&custom(granted, format)).unwrap(),
                Some(format),
            );
        }
        for format in [&outer, &inner, &digits] {
            assert_eq!(remaining(&engine, format), oracle.free(format));
        }
    }
}

#[test]
fn reserved_in_one_seen_in_the_other() {
    let (wide, narrow) = (numeric("A", 4), numeric("A1", 3));
    let engine = engine();
    let codes = ["A1000", "A1001", "A2000", "A1000"];
    assert_eq!(engine.reserve_custom(CAMPAIGN, &wide, codes), Ok(3));
    assert_eq!(remaining(&engine, &narrow), 998);
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &narrow, ["A1001", "A1002"]),
        Ok(1)
    );
    assert_eq!(remaining(&engine, &wide), 10_000 - 4);
    let batch = engine.generate(&custom(998 - 1, &narrow)).unwrap();
    let issued = customs(&batch);
    assert!(
        !issued
            .iter()
            .any(|code| ["A1000", "A1001", "A1002"].contains(&code.as_str()))
    );
    assert_eq!(remaining(&engine, &narrow), 0);
    assert_eq!(remaining(&engine, &wide), 9000 - 1);
}

#[test]
fn reserving_what_a_kin_has_issued_is_nothing_new() {
    let (wide, narrow) = (numeric("A", 4), numeric("A1", 3));
    let engine = engine();
    let issued = customs(&engine.generate(&custom(200, &narrow)).unwrap());
    assert_eq!(engine.reserve_custom(CAMPAIGN, &wide, &issued), Ok(0));
    assert_eq!(remaining(&engine, &wide), 9800);
}

fn small_formats() -> impl Strategy<Value = Vec<Format>> {
    // Together four symbols long; drawn so that most of them overlap.
    let format = (0_usize..=1, 0_usize..5, "[A1a]").prop_map(|(cut, alphabet, prefix)| {
        let alphabets = ["A1a", "1A", "0123456789", "a1", "Aab1"];
        spelt(&prefix[..cut], alphabets[alphabet], 4 - cut)
    });
    prop::collection::vec(format, 2..6)
}

#[derive(Debug, Clone)]
enum Step {
    Issue {
        format: prop::sample::Index,
        percent: u64,
    },
    Reserve {
        format: prop::sample::Index,
        ranks: Vec<u64>,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let issue = (any::<prop::sample::Index>(), 0_u64..=100)
        .prop_map(|(format, percent)| Step::Issue { format, percent });
    let reserve = (
        any::<prop::sample::Index>(),
        prop::collection::vec(any::<u64>(), 0..20),
    )
        .prop_map(|(format, ranks)| Step::Reserve { format, ranks });
    prop::collection::vec(prop_oneof![3 => issue, 1 => reserve], 1..14)
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn free_codes_are_counted_exactly(formats in small_formats(), steps in steps()) {
        let (engine, mut oracle) = (engine(), Oracle::default());
        for step in steps {
            match step {
                Step::Issue { format, percent } => {
                    let format = format.get(&formats);
                    let left = oracle.free(format);
                    let granted = usize::try_from((left * percent).div_ceil(100)).unwrap();
                    let too_many = usize::try_from(left + 1).unwrap();
                    let refusal = engine.generate(&custom(too_many, format)).unwrap_err();
                    prop_assert_eq!(refusal, exhausted(left + 1, left));
                    if granted > 0 {
                        let batch = engine.generate(&custom(granted, format)).unwrap();
                        oracle.issue(&batch, Some(format));
                    }
                }
                Step::Reserve { format, ranks } => {
                    let format = format.get(&formats);
                    let code = |rank| format.code(rank % format.capacity()).unwrap();
                    let codes: Vec<_> = ranks.into_iter().map(code).collect();
                    let new = codes.iter().filter(|code| oracle.reserve(code)).count();
                    let counted = engine.reserve_custom(CAMPAIGN, format, &codes).unwrap();
                    prop_assert_eq!(counted, new as u64);
                }
            }
            for format in &formats {
                prop_assert_eq!(remaining(&engine, format), oracle.free(format), "{:?}", format);
            }
        }
    }
}

// Codes longer than a rank can count are told apart by their stems, prefix and head.

/// Stems of 11 and 12 symbols in codes of 13.
fn long_kin() -> [Format; 2] {
    [alphanumeric("A", 12), alphanumeric("A1", 11)]
}

#[test]
fn a_long_code_reserved_is_seen_by_longer_stems() {
    let [short, long] = long_kin();
    assert_eq!((short.head_length(), long.head_length()), (10, 10));
    for used_before in [false, true] {
        let engine = engine();
        if used_before {
            // Of 62^10 codes, 100 hit the reserved ones with no chance worth the name.
            engine.generate(&custom(100, &long)).unwrap();
        }
        let before = remaining(&engine, &long);
        assert_eq!(
            engine.reserve_custom(CAMPAIGN, &short, ["A1bbbbbbbbbbx"]),
            Ok(1)
        );
        // A1bbbbbbbbb is gone, and with it the 62 stems of the other format that begin with it.
        assert_eq!(remaining(&engine, &long), before - 62);
        assert_eq!(
            engine.reserve_custom(CAMPAIGN, &long, ["A1bbbbbbbbbby", "A1bbbbbbbbbcy"]),
            Ok(0)
        );
        assert_eq!(
            engine.reserve_custom(CAMPAIGN, &short, ["Azzzzzzzzzzzz"]),
            Ok(1)
        );
        assert_eq!(remaining(&engine, &long), before - 62);
    }
}

#[test]
fn a_long_code_reserved_is_seen_by_shorter_stems() {
    let [short, long] = long_kin();
    for used_before in [false, true] {
        let engine = engine();
        if used_before {
            engine.generate(&custom(100, &short)).unwrap();
        }
        let before = remaining(&engine, &short);
        assert_eq!(
            engine.reserve_custom(CAMPAIGN, &long, ["A1bbbbbbbbbbx"]),
            Ok(1)
        );
        assert_eq!(remaining(&engine, &short), before - 1);
        // Another stem of the same beginning.
        assert_eq!(
            engine.reserve_custom(CAMPAIGN, &long, ["A1bbbbbbbbbcx"]),
            Ok(1)
        );
        assert_eq!(remaining(&engine, &short), before - 1);
        assert_eq!(
            engine.reserve_custom(CAMPAIGN, &long, ["A1bbbbbbbbcbx"]),
            Ok(1)
        );
        assert_eq!(remaining(&engine, &short), before - 2);
    }
}

#[test]
fn a_free_code_of_a_stem_that_a_kin_has_begun() {
    let [short, long] = long_kin();
    let engine = engine();
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &long, ["A1bbbbbbbbbbx"]),
        Ok(1)
    );
    let (short_left, long_left) = (remaining(&engine, &short), remaining(&engine, &long));
    // The kin has taken A1bbbbbbbbbb and nothing else of A1bbbbbbbbb.
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &short, ["A1bbbbbbbbbbx"]),
        Ok(0)
    );
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &short, ["A1bbbbbbbbbcx"]),
        Ok(1)
    );
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &short, ["A1bbbbbbbbbcx"]),
        Ok(0)
    );
    assert_eq!(remaining(&engine, &short), short_left);
    assert_eq!(remaining(&engine, &long), long_left - 1);
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &long, ["A1bbbbbbbbbcx"]),
        Ok(0)
    );
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &short, ["A1bbbbbbbbbcy"]),
        Ok(1)
    );
    assert_eq!(remaining(&engine, &long), long_left - 1);
}

#[test]
fn free_codes_under_the_heads_that_a_kin_has_issued() {
    let [short, long] = long_kin();
    let engine = engine();
    let issued = customs(&engine.generate(&custom(200, &long)).unwrap());
    let left = remaining(&engine, &short);
    let stems: HashSet<_> = issued.iter().map(|code| &code[..11]).collect();
    assert_eq!(left, short.capacity() - stems.len() as u64);
    assert_eq!(engine.reserve_custom(CAMPAIGN, &short, &issued), Ok(0));
    let neighbour = |code: &String| {
        let other = if &code[11..12] == "0" { "1" } else { "0" };
        format!("{}{other}{}", &code[..11], &code[12..])
    };
    let neighbours: Vec<_> = issued.iter().map(neighbour).collect();
    let distinct: HashSet<_> = neighbours.iter().collect();
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &short, &neighbours),
        Ok(distinct.len() as u64)
    );
    assert_eq!(engine.reserve_custom(CAMPAIGN, &short, &neighbours), Ok(0));
    assert_eq!(remaining(&engine, &short), left);
    assert_eq!(
        remaining(&engine, &long),
        long.capacity() - 200 - distinct.len() as u64
    );
}

#[test]
fn a_long_format_whose_end_is_fixed() {
    // 32 symbols before it: the stems of the second are whole codes, and it has 1,000 of them.
    let (long, short) = (
        numeric("0123456789ABCD", 21),
        numeric("0123456789ABCD012345678901234567", 3),
    );
    assert_eq!((long.head_length(), short.head_length()), (19, 3));
    let engine = engine();
    let code = |stem: u32| format!("0123456789ABCD012345678901234567{stem:03}");
    // The stem of the long format is the whole code but for its last two digits.
    assert_eq!(engine.reserve_custom(CAMPAIGN, &long, [code(123)]), Ok(1));
    assert_eq!(remaining(&engine, &short), 900);
    assert_eq!(
        engine.generate(&custom(901, &short)).unwrap_err(),
        exhausted(901, 900)
    );
    let mut codes = customs(&engine.generate(&custom(900, &short)).unwrap());
    codes.sort_unstable();
    let free = (0..1000).filter(|stem| !(100..200).contains(stem));
    assert_eq!(codes, free.map(code).collect::<Vec<_>>());
    assert_eq!(remaining(&engine, &long), long.capacity() - 10);
}

/// Three kin: one of them begins in digits what another goes on with letters.
fn three_kin() -> [Format; 3] {
    let digits = numeric("", 30);
    let middle = alphanumeric(&"0".repeat(10), 20);
    let longest = alphanumeric(&"0".repeat(11), 19);
    let stem = |format: &Format| format.prefix().len() + format.head_length();
    assert_eq!([&digits, &middle, &longest].map(stem), [19, 20, 21]);
    [digits, middle, longest]
}

#[test]
fn what_two_kin_bar_is_counted_once() {
    let [digits, middle, longest] = three_kin();
    let zeros = "0".repeat(20);
    // Not in digits, and begins with a stem of the middle format that is.
    let with_letter = format!("{zeros}x000000000");
    let all_digits = "0".repeat(30);
    let elsewhere = format!("{}{}", "0".repeat(10), "Z".repeat(20));
    for order in [
        [0, 1, 2],
        [1, 0, 2],
        [2, 0, 1],
        [0, 2, 1],
        [1, 2, 0],
        [2, 1, 0],
    ] {
        let engine = engine();
        for step in order {
            let new = match step {
                0 => engine.reserve_custom(CAMPAIGN, &longest, [&with_letter]),
                1 => engine.reserve_custom(CAMPAIGN, &digits, [&all_digits]),
                _ => engine.reserve_custom(CAMPAIGN, &middle, [&elsewhere]),
            };
            assert_eq!(new, Ok(1));
        }
        // Ten stems of 20 zeros and digits begin with the 19 zeros of the first; the stem that
        // the second has touched is one of them.
        let left = middle.capacity() - 1 - 10;
        assert_eq!(remaining(&engine, &middle), left, "{order:?}");
        assert_eq!(remaining(&engine, &digits), digits.capacity() - 1);
    }
}

#[test]
fn what_two_kin_of_equal_stems_bar_is_counted_once() {
    let digits = numeric("", 30);
    let middle = alphanumeric(&"0".repeat(9), 21);
    let longest = alphanumeric(&"0".repeat(10), 20);
    let with_letter = format!("{}x0000000000", "0".repeat(19));
    let all_digits = "0".repeat(30);
    let elsewhere = format!("{}{}", "0".repeat(9), "Z".repeat(21));
    for order in [[0, 1, 2], [1, 0, 2], [2, 0, 1], [2, 1, 0]] {
        let engine = engine();
        for step in order {
            let new = match step {
                0 => engine.reserve_custom(CAMPAIGN, &longest, [&with_letter]),
                1 => engine.reserve_custom(CAMPAIGN, &digits, [&all_digits]),
                _ => engine.reserve_custom(CAMPAIGN, &middle, [&elsewhere]),
            };
            assert_eq!(new, Ok(1));
        }
        let left = middle.capacity() - 1 - 1;
        assert_eq!(remaining(&engine, &middle), left, "{order:?}");
    }
}

/// Kin with tails and few ranks: nearly all of the code is prefix.
#[test]
fn issued_stems_bar_longer_ones() {
    let prefix = "9".repeat(17);
    let wide = numeric("", 20);
    let narrow = numeric(&prefix, 3);
    let engine = engine();
    // Stems of 19 digits: reserving one takes ten of the narrow format's thousand codes.
    for step in 0..50 {
        let code = format!("{prefix}{step:02}7");
        assert_eq!(engine.reserve_custom(CAMPAIGN, &wide, [code]), Ok(1));
        assert_eq!(remaining(&engine, &narrow), 1000 - 10 * (step + 1));
    }
    let codes = customs(&engine.generate(&custom(500, &narrow)).unwrap());
    assert!(codes.iter().all(|code| &code[17..] >= "500"));
    assert_eq!(remaining(&engine, &narrow), 0);
    assert_eq!(remaining(&engine, &wide), wide.capacity() - 100);
    assert_eq!(engine.reserve_custom(CAMPAIGN, &wide, &codes), Ok(0));
}

/// A format of 10^8 codes, of which a relative of shorter stems bars all but 1,000, block by block:
/// the rest is found without looking at each of them.
#[test]
fn what_blocks_leave_free_is_issued_to_the_last_code() {
    let (blocks, engine) = (alphanumeric("", 13), engine());
    let format = numeric("ABCDE", 8);
    let codes = (1..100_000).map(|block| format!("ABCDE{block:05}000"));
    engine.reserve_custom(CAMPAIGN, &blocks, codes).unwrap();
    assert_eq!(remaining(&engine, &format), 1000);
    for amount in [1, 499, 500] {
        let batch = engine.generate(&custom(amount, &format)).unwrap();
        assert!(
            customs(&batch)
                .iter()
                .all(|code| code.starts_with("ABCDE00000"))
        );
    }
    assert_eq!(remaining(&engine, &format), 0);
    let refused = engine.generate(&custom(1, &format));
    assert_eq!(refused.unwrap_err().code(), 601);
}

/// Of 10^19 codes all are barred but those that begin with nine zeros, 10^10: too few to be met by
/// drawing, too many to be listed.
#[test]
fn a_sliver_that_blocks_leave_free_is_found() {
    let (engine, format) = (engine(), numeric("1234567", 19));
    for number in 1..1000 {
        bar(&engine, &format!("1234567{number:03}"), 26);
    }
    for digits in 4..=9 {
        for last in 1..10 {
            bar(&engine, &format!("1234567{last:0digits$}"), 26);
        }
    }
    let free = 10_u64.pow(10);
    assert_eq!(remaining(&engine, &format), free);
    for (amount, left) in [(1, free - 1), (100_000, free - 100_001)] {
        let codes = customs(&engine.generate(&custom(amount, &format)).unwrap());
        assert!(
            codes
                .iter()
                .all(|code| code.starts_with("1234567000000000"))
        );
        assert_eq!(codes.iter().collect::<HashSet<_>>().len(), amount);
        assert_eq!(remaining(&engine, &format), left);
    }
}
