//! Formats that can spell the same text.

use std::collections::HashSet;

use couponmint::{Check, Format};
use proptest::prelude::*;

use crate::{
    common::{
        CAMPAIGN, alphanumeric, assert_refused, cases, checked, custom, customs, engine, issue,
        numeric, pattern_of, remaining, spelt,
    },
    oracle::{spells, texts},
    watched::Watched,
};

/// Issues from some formats in turn until all are at their end.
pub(crate) fn fill_in_turn(formats: &[&Format], amounts: &[usize]) -> Watched {
    let mut run = Watched::new();
    let turns = formats.iter().cycle().zip(amounts.iter().cycle());
    for (format, &amount) in turns {
        if formats.iter().all(|format| run.left(format) == 0) {
            break;
        }
        let (asked, left) = (amount as u128, run.left(format));
        if asked > left {
            assert_refused(&run.engine, format, amount, left as u64);
        }
        let granted = usize::try_from(asked.min(left)).unwrap();
        if granted > 0 {
            run.issue(format, granted);
        }
    }
    run
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
            let run = fill_in_turn(&formats, amounts);
            assert_eq!(run.oracle.taken(&wide), 10_000);
        }
    }
}

#[test]
fn a_format_first_used_after_the_other_is_full() {
    let (wide, narrow) = (numeric("A", 4), numeric("A1", 3));
    let engine = engine();
    issue(&engine, &wide, 10_000);
    assert_eq!(remaining(&engine, &narrow), 0);
    assert_refused(&engine, &narrow, 1, 0);

    let engine = self::engine();
    issue(&engine, &narrow, 1000);
    assert_eq!(remaining(&engine, &wide), 9000);
    assert_refused(&engine, &wide, 9001, 9000);
    let codes = issue(&engine, &wide, 9000);
    assert!(!codes.iter().any(|code| spells(&narrow, code)));
}

#[test]
fn chain_of_prefixes() {
    let formats = [
        &numeric("", 5),
        &numeric("2", 4),
        &numeric("12", 3),
        &numeric("1", 4),
    ];
    let run = fill_in_turn(&formats, &[7000, 90, 3000, 2, 15_000, 900, 1, 400, 5]);
    assert_eq!(run.oracle.taken(formats[0]), 100_000);
}

#[test]
fn formats_that_only_look_alike() {
    let engine = engine();
    issue(&engine, &numeric("A", 4), 10_000);
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
fn an_alphabet_inside_another() {
    let outer = spelt("", "0123456789uvwxyzABCD", 3);
    let (inner, digits) = (spelt("", "xyz", 3), spelt("", "01", 3));
    for formats in [[&outer, &inner, &digits], [&inner, &digits, &outer]] {
        for amounts in [&[100_000][..], &[5, 100_000], &[3, 3000, 1, 900]] {
            let run = fill_in_turn(&formats, amounts);
            assert_eq!(run.oracle.taken(&outer), 20 * 20 * 20);
        }
    }
}

/// Alphabets of which none holds another: neither format's codes are all the other's.
#[test]
fn alphabets_that_share_symbols() {
    let formats = [
        &spelt("", "abcd", 5),
        &spelt("", "cdef", 5),
        &spelt("d", "dace", 4),
        &spelt("de", "cf", 3),
    ];
    let all: HashSet<_> = formats.iter().flat_map(|format| texts(format)).collect();
    for amounts in [&[1000][..], &[200, 1, 64], &[1024]] {
        let run = fill_in_turn(&formats, amounts);
        assert_eq!(run.oracle.taken(&alphanumeric("", 5)), all.len());
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
    let issued = issue(&engine, &narrow, 997);
    for reserved in ["A1000", "A1001", "A1002"] {
        assert!(!issued.iter().any(|code| code == reserved));
    }
    assert_eq!(remaining(&engine, &narrow), 0);
    assert_eq!(remaining(&engine, &wide), 9000 - 1);
}

#[test]
fn reserving_what_another_format_has_issued_is_nothing_new() {
    let (wide, narrow) = (numeric("A", 4), numeric("A1", 3));
    let engine = engine();
    let issued = issue(&engine, &narrow, 200);
    assert_eq!(engine.reserve_custom(CAMPAIGN, &wide, &issued), Ok(0));
    assert_eq!(remaining(&engine, &wide), 9800);
}

/// Thousands of refused requests and of questions, each with a prefix of its own, in formats that spell
/// codes of ordinary ones: a twin that never heard of them goes on alike.
#[test]
fn what_is_refused_or_asked_leaves_nothing() {
    let (long, short) = (alphanumeric("test_", 10), numeric("A", 4));
    let (engine, twin) = (engine(), self::engine());
    let both = |format: &Format, amount| {
        let batch = engine.generate(&custom(amount, format)).unwrap();
        assert_eq!(batch, twin.generate(&custom(amount, format)).unwrap());
        customs(&batch)
    };
    both(&long, 5000);
    let gone = both(&short, 6000);
    for number in 0..3000 {
        let prefix = format!("test_{number:07}");
        assert_refused(&engine, &numeric(&prefix, 3), 1001, 1000);
        assert_eq!(remaining(&engine, &spelt(&prefix, "01", 3)), 8);
        let ten = numeric(&format!("A{}", number % 10), 3);
        let left = 1000 - gone.iter().filter(|code| spells(&ten, code)).count();
        assert_refused(&engine, &ten, left + 1, left as u64);
        assert_eq!(remaining(&engine, &ten), left as u128);
        assert_refused(&engine, &short, 4001, 4000);
    }
    for amount in [1, 10, 3000, 100_000] {
        both(&long, amount);
    }
    for amount in [1, 3000, 10, 900] {
        both(&short, amount);
    }
    both(&numeric("test_0000000", 3), 1000);
    both(&numeric("A1", 3), 5);
}

fn small_formats() -> impl Strategy<Value = Vec<Format>> {
    // Together four characters long; drawn so that most of them overlap.
    let pattern = prop_oneof![
        Just("####".to_owned()),
        "[A1a]###",
        "###[A1a-]",
        "##[A1a]#",
        "#[A1a]##"
    ];
    let check = prop::sample::select(vec![None, None, Some(Check::Iso7064), Some(Check::Luhn)]);
    let format = (0_usize..5, pattern, check).prop_map(|(alphabet, pattern, check)| {
        let alphabets = ["A1a", "1A", "0123456789", "a1-", "Aab1"];
        let format = pattern_of(&pattern, alphabets[alphabet]);
        check.map_or(format.clone(), |check| checked(format, check))
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
        let mut run = Watched::new();
        for step in steps {
            match step {
                Step::Issue { format, percent } => {
                    let format = format.get(&formats);
                    let left = run.left(format) as u64;
                    let too_many = usize::try_from(left + 1).unwrap();
                    assert_refused(&run.engine, format, too_many, left);
                    let granted = usize::try_from((left * percent).div_ceil(100)).unwrap();
                    if granted > 0 {
                        run.issue(format, granted);
                    }
                }
                Step::Reserve { format, ranks } => {
                    let format = format.get(&formats);
                    let rank = |rank| u128::from(rank) % format.capacity();
                    let codes = ranks.into_iter().map(|any| format.code(rank(any)).unwrap());
                    run.reserve(format, &codes.collect::<Vec<_>>());
                }
            }
            run.agree(&formats);
        }
    }
}
