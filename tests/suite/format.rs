//! Formats: ranks, codes and what they hold.

use couponmint::{Alphabet, CodeType, Error, Format};
use proptest::prelude::*;

use crate::{
    common::{alphanumeric, base36, cases, numeric, spelt},
    oracle::{codes, spells, texts},
};

const SYMBOLS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";

/// The number of a code, by schoolbook, if it fits.
fn schoolbook(format: &Format, code: &str) -> Option<u128> {
    let base = u128::from(format.alphabet().base());
    let digit = |symbol| format.alphabet().symbols().find(symbol).unwrap() as u128;
    let symbols = code[format.prefix().len()..].chars();
    let append = |number: u128, symbol| number.checked_mul(base)?.checked_add(digit(symbol));
    symbols.into_iter().try_fold(0, append)
}

#[track_caller]
fn assert_round_trip(format: &Format, rank: u128) {
    let is_rank = codes(format).is_none_or(|all| rank < all);
    let code = format.code(rank);
    assert_eq!(code.is_some(), is_rank, "{format:?} {rank}");
    if let Some(code) = code {
        assert!(spells(format, &code) && format.spells(&code), "{code}");
        assert_eq!(format.rank(&code), Some(rank), "{code}");
        assert_eq!(schoolbook(format, &code), Some(rank), "{code}");
    }
}

#[test]
fn capacities() {
    for base in 2..=64 {
        for length in 3..=30 {
            let format = spelt("", &SYMBOLS[..base], length);
            let all = codes(&format).unwrap_or(u128::MAX);
            assert_eq!(format.capacity(), all, "{format:?}");
            for rank in [0, 1, all / 2, all - 1, all, all - all % 2, u128::MAX] {
                assert_round_trip(&format, rank);
            }
            for power in 1..=128 {
                assert_round_trip(&format, (1 << (power - 1)) - 1);
                assert_round_trip(&format, 1 << (power - 1));
            }
        }
    }
}

#[test]
fn capacities_that_are_known() {
    assert_eq!(numeric("", 3).capacity(), 1000);
    assert_eq!(
        numeric("prefix-", 19).capacity(),
        10_000_000_000_000_000_000
    );
    assert_eq!(numeric("", 20).capacity(), 100_000_000_000_000_000_000);
    assert_eq!(
        numeric("", 30).capacity(),
        1_000_000_000_000_000_000_000_000_000_000
    );
    assert_eq!(alphanumeric("", 10).capacity(), 839_299_365_868_340_224);
    assert_eq!(alphanumeric("", 11).capacity(), 52_036_560_683_837_093_888);
    assert_eq!(spelt("", "ab", 30).capacity(), 1 << 30);
    assert_eq!(spelt("", SYMBOLS, 21).capacity(), 1 << 126);
    assert_eq!(spelt("", SYMBOLS, 22).capacity(), u128::MAX);
    assert_eq!(alphanumeric("", 21).capacity(), 62_u128.pow(21));
    assert_eq!(alphanumeric("", 22).capacity(), u128::MAX);
}

/// Ranks that two numbers of 64 bits hold, on both sides of the border.
#[test]
fn ranks_around_powers_of_the_base() {
    for format in [
        numeric("A", 30),
        alphanumeric("", 21),
        base36("_", 24),
        spelt("", SYMBOLS, 30),
        spelt("x", "zyx", 30),
    ] {
        let base = u128::from(format.alphabet().base());
        for power in 0..u32::try_from(format.length()).unwrap() {
            if let Some(first) = base.checked_pow(power) {
                for rank in [first - 1, first, first + 1] {
                    assert_round_trip(&format, rank);
                }
            }
        }
    }
}

#[test]
fn ranks_count_the_codes_in_order() {
    for format in [
        numeric("A", 4),
        spelt("", "zyx", 6),
        alphanumeric("_", 3),
        spelt("-", "ba", 9),
    ] {
        let texts = texts(&format);
        assert_eq!(texts.len() as u128, format.capacity());
        for (rank, text) in (0..).zip(&texts) {
            assert_eq!(format.code(rank).as_ref(), Some(text));
            assert_eq!(format.rank(text), Some(rank));
        }
    }
}

/// A format spells codes whose numbers do not fit.
#[test]
fn spelt_without_a_rank() {
    let format = alphanumeric("A", 30);
    let code = format!("A{}", "z".repeat(30));
    assert_eq!((format.spells(&code), format.rank(&code)), (true, None));
    // The greatest number of all, and the next.
    let greatest = format.code(u128::MAX).unwrap();
    assert_eq!(format.rank(&greatest), Some(u128::MAX));
    let last = greatest.chars().last().unwrap();
    let place = SYMBOLS.find(last).unwrap();
    assert!(place < 61);
    let next = format!("{}{}", &greatest[..30], &SYMBOLS[place + 1..=place + 1]);
    assert_eq!((format.spells(&next), format.rank(&next)), (true, None));
    let small = format!("A{}1", "0".repeat(29));
    assert_eq!(
        (format.spells(&small), format.rank(&small)),
        (true, Some(1))
    );
}

#[test]
fn all_symbols_of_a_code_decide_its_rank() {
    let format = numeric("A", 25);
    let code = "A1234567890123456789012345";
    let rank = 1_234_567_890_123_456_789_012_345;
    assert_eq!(format.rank(code), Some(rank));
    assert_eq!(format.code(rank).unwrap(), code);
}

#[test]
fn foreign_codes_are_not_spelt() {
    let format = numeric("A", 20);
    assert!(format.spells("A12345678901234567890"));
    for code in [
        "",
        "A",
        "A1234567890123456789",
        "A123456789012345678901",
        "B12345678901234567890",
        "a12345678901234567890",
        "A1234567890123456789x",
        "Ax2345678901234567890",
        "A1234567890123456789 ",
        "A123456789012345678ä",
        "12345678901234567890A",
        "ÄÄÄÄÄÄÄÄÄÄA",
    ] {
        assert_eq!(
            (format.rank(code), format.spells(code)),
            (None, false),
            "{code}"
        );
    }
}

#[test]
fn limits() {
    let refused = |refused: Result<Format, Error>| {
        let error = refused.unwrap_err();
        (error.code(), error.to_string())
    };
    for wrong in [i64::MIN, -3, 0, 2, 31, 1 << 32, (1 << 32) + 3, i64::MAX] {
        let (code, text) = refused(Format::new("", CodeType::Numeric, wrong));
        assert_eq!(
            (code, &*text),
            (301, "code length must be between 3 and 30 inclusive")
        );
    }
    let (code, text) = refused(Format::new(&"x".repeat(33), CodeType::Numeric, 3));
    assert_eq!(
        (code, &*text),
        (301, "code prefix length must be between 0 and 32 inclusive")
    );
    assert!(Format::new(&"x".repeat(32), CodeType::Numeric, 30).is_ok());
    for wrong in [" ", "a b", "é", "a.b", "\0"] {
        let (code, text) = refused(Format::new(wrong, CodeType::Numeric, 3));
        assert_eq!(
            (code, &*text),
            (301, "Invalid character in parameter: code_prefix.")
        );
    }
}

#[test]
fn alphabets() {
    let all_and_one_again = format!("{SYMBOLS}0");
    for wrong in [
        "",
        "a",
        "aa",
        "aba",
        "a b",
        "äb",
        "a.",
        "ab\n",
        all_and_one_again.as_str(),
    ] {
        let error = Alphabet::new(wrong).unwrap_err();
        assert_eq!((error.clone(), error.code()), (Error::InvalidAlphabet, 301));
    }
    for right in ["ab", "10", "_-", SYMBOLS] {
        let alphabet = Alphabet::new(right).unwrap();
        assert_eq!(
            (alphabet.symbols(), alphabet.base()),
            (right, right.len() as u64)
        );
    }
    assert_eq!(Alphabet::new("0123456789"), Ok(Alphabet::numeric()));
    assert_ne!(Alphabet::new("1023456789"), Ok(Alphabet::numeric()));
    assert_eq!(
        Alphabet::base36().symbols(),
        "0123456789abcdefghijklmnopqrstuvwxyz"
    );
    assert_eq!(CodeType::Numeric.alphabet().symbols(), &SYMBOLS[..10]);
    assert_eq!(CodeType::Alphanumeric.alphabet().symbols(), &SYMBOLS[..62]);
}

#[test]
fn accessors() {
    let format = alphanumeric("test_", 12);
    assert_eq!((format.prefix(), format.length()), ("test_", 12));
    assert_eq!(format.alphabet(), &Alphabet::alphanumeric());
    assert_eq!(format, alphanumeric("test_", 12));
    assert_ne!(format, alphanumeric("test_", 11));
    assert_ne!(format, alphanumeric("test-", 12));
    assert_ne!(format, numeric("test_", 12));
}

fn any_format() -> impl Strategy<Value = Format> {
    let symbols = Just(SYMBOLS.chars().collect::<Vec<_>>()).prop_shuffle();
    ("[0-9A-Za-z_-]{0,32}", symbols, 2_usize..=64, 3_usize..=30).prop_map(
        |(prefix, symbols, base, length)| {
            let symbols: String = symbols.into_iter().take(base).collect();
            spelt(&prefix, &symbols, length)
        },
    )
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn any_rank_there_and_back(format in any_format(), rank: u128, bits in 0..128_u32) {
        let capacity = format.capacity();
        for rank in [rank % capacity, capacity - 1, capacity, rank, rank >> bits] {
            assert_round_trip(&format, rank);
        }
    }

    #[test]
    fn any_code_there_and_back(format in any_format(), picks: [prop::sample::Index; 30]) {
        let symbols: Vec<_> = format.alphabet().symbols().chars().collect();
        let picks = picks[..format.length()].iter().map(|pick| *pick.get(&symbols));
        let code = format!("{}{}", format.prefix(), picks.collect::<String>());
        prop_assert!(format.spells(&code));
        let rank = format.rank(&code);
        prop_assert_eq!(rank, schoolbook(&format, &code));
        if let Some(rank) = rank {
            prop_assert_eq!(format.code(rank).unwrap(), code);
        }
    }

    #[test]
    fn order_is_kept(format in any_format(), one: u128, other: u128) {
        let (one, other) = (one % format.capacity(), other % format.capacity());
        let place = |symbol| format.alphabet().symbols().find(symbol);
        let spelt = |rank| {
            let code = format.code(rank).unwrap();
            code[format.prefix().len()..].chars().map(place).collect::<Vec<_>>()
        };
        prop_assert_eq!(one.cmp(&other), spelt(one).cmp(&spelt(other)));
    }

    #[test]
    fn any_text_is_spelt_or_not(format in any_format(), text in "\\PC{0,40}") {
        prop_assert_eq!(format.spells(&text), spells(&format, &text));
        prop_assert!(format.rank(&text).is_none() || spells(&format, &text));
    }

    /// One symbol of a code is put in place of another one.
    #[test]
    fn one_wrong_symbol(format in any_format(), place: prop::sample::Index, symbol in "[ -~]") {
        let mut text = format.code(format.capacity() / 3).unwrap();
        let place = place.index(text.len());
        text.replace_range(place..=place, &symbol);
        prop_assert_eq!(format.spells(&text), spells(&format, &text));
        prop_assert_eq!(format.rank(&text).is_some(), spells(&format, &text) && schoolbook(&format, &text).is_some());
    }
}

#[test]
fn odds_of_a_blind_guess() {
    let format = numeric("A-", 6);
    let odds = [
        format.guess_odds(1),
        format.guess_odds(300_000_u64),
        format.guess_odds(2_000_000_u128),
        format.guess_odds(0),
        format.guess_odds(-1),
    ];
    let right = [1e6, 10.0 / 3.0, 1.0, f64::INFINITY, f64::INFINITY];
    assert_eq!(odds.map(f64::to_bits), right.map(f64::to_bits));
}
