//! Formats: ranks, codes and what they hold.

use couponmint::{Alphabet, CodeType, Error, Format, Parameter};
use proptest::prelude::*;

use crate::{
    common::{alphanumeric, cases, numeric, spelt},
    oracle::{spells, texts},
};

const SYMBOLS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";
/// The most ranks a format has.
const MOST: u128 = 10_u128.pow(19);

/// The rank of a code, by schoolbook: its head as a number.
fn schoolbook(format: &Format, code: &str) -> u64 {
    let digits = code[format.prefix().len()..][..format.head_length()].chars();
    let digit = |symbol| format.alphabet().symbols().find(symbol).unwrap() as u128;
    let base = u128::from(format.alphabet().base());
    let rank = digits.fold(0, |rank, symbol| rank * base + digit(symbol));
    u64::try_from(rank).unwrap()
}

#[track_caller]
fn assert_round_trip(format: &Format, rank: u64) {
    if rank < format.capacity() {
        let code = format.code(rank).unwrap();
        assert!(spells(format, &code), "{code}");
        assert_eq!(format.rank(&code), Some(rank), "{code}");
        assert_eq!(schoolbook(format, &code), rank, "{code}");
        let first = &format.alphabet().symbols()[..1];
        let tail = &code[format.prefix().len() + format.head_length()..];
        assert_eq!(tail, first.repeat(tail.len()));
    } else {
        assert_eq!(format.code(rank), None);
    }
}

#[test]
fn head_lengths() {
    let base36 = |length| Format::with_alphabet("", Alphabet::base36(), length).unwrap();
    for length in 3..=30_usize {
        let longest = [
            (numeric("", length), 19),
            (base36(length), 12),
            (alphanumeric("", length), 10),
        ];
        for (format, head) in longest {
            assert_eq!(format.head_length(), length.min(head));
            let power = u32::try_from(format.head_length()).unwrap();
            assert_eq!(format.capacity(), format.alphabet().base().pow(power));
        }
    }
    assert_eq!(numeric("", 19).capacity(), 10_000_000_000_000_000_000);
    assert_eq!(spelt("", "ab", 30).capacity(), 1 << 30);
    assert_eq!(spelt("", SYMBOLS, 10).capacity(), 1 << 60);
    assert_eq!(spelt("", SYMBOLS, 11).head_length(), 10);
}

#[test]
fn a_head_is_the_longest_that_fits() {
    for base in 2..=64 {
        for length in 3..=30 {
            let format = spelt("", &SYMBOLS[..base], length);
            let texts =
                |symbols: usize| (base as u128).checked_pow(u32::try_from(symbols).unwrap());
            assert_eq!(
                texts(format.head_length()),
                Some(u128::from(format.capacity()))
            );
            assert!(u128::from(format.capacity()) <= MOST);
            let longer = texts(format.head_length() + 1);
            let fits = longer.is_some_and(|texts| texts <= MOST);
            assert!(format.head_length() == length || !fits, "{format:?}");
            for rank in [
                0,
                1,
                format.capacity() / 2,
                format.capacity() - 1,
                format.capacity(),
            ] {
                assert_round_trip(&format, rank);
            }
            assert_round_trip(&format, u64::MAX);
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
        assert_eq!(texts.len() as u64, format.capacity());
        for (rank, text) in (0..).zip(&texts) {
            assert_eq!(format.code(rank).as_ref(), Some(text));
            assert_eq!(format.rank(text), Some(rank));
        }
    }
}

#[test]
fn codes_of_one_head_share_their_rank() {
    let format = numeric("A", 25);
    let code = "A1234567890123456789012345";
    assert_eq!(format.rank(code), Some(1_234_567_890_123_456_789));
    assert_eq!(
        format.code(1_234_567_890_123_456_789).unwrap(),
        "A1234567890123456789000000"
    );
}

#[test]
fn foreign_codes_have_no_rank() {
    let format = numeric("A", 20);
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
        assert_eq!(format.rank(code), None, "{code}");
    }
}

#[test]
fn limits() {
    let length = Error::OutOfRange {
        parameter: Parameter::CodeLength,
        min: 3,
        max: 30,
    };
    for wrong in [i64::MIN, -3, 0, 2, 31, 1 << 32, (1 << 32) + 3, i64::MAX] {
        assert_eq!(
            Format::new("", CodeType::Numeric, wrong),
            Err(length.clone())
        );
    }
    let prefix = Error::OutOfRange {
        parameter: Parameter::CodePrefix,
        min: 0,
        max: 32,
    };
    assert_eq!(
        Format::new(&"x".repeat(33), CodeType::Numeric, 3),
        Err(prefix)
    );
    assert!(Format::new(&"x".repeat(32), CodeType::Numeric, 30).is_ok());
    for wrong in [" ", "a b", "é", "a.b", "\0"] {
        let character = Error::InvalidCharacter {
            parameter: Parameter::CodePrefix,
        };
        assert_eq!(Format::new(wrong, CodeType::Numeric, 3), Err(character));
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
    assert_eq!(
        (format.prefix(), format.length(), format.head_length()),
        ("test_", 12, 10)
    );
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
    fn any_rank_there_and_back(format in any_format(), rank: u64) {
        for rank in [0, rank % format.capacity(), format.capacity() - 1, format.capacity(), rank] {
            assert_round_trip(&format, rank);
        }
    }

    #[test]
    fn any_code_there_and_back(format in any_format(), picks: [prop::sample::Index; 30]) {
        let symbols: Vec<_> = format.alphabet().symbols().chars().collect();
        let tail = picks[..format.length()].iter().map(|pick| *pick.get(&symbols));
        let code = format!("{}{}", format.prefix(), tail.collect::<String>());
        let rank = format.rank(&code).unwrap();
        prop_assert_eq!(rank, schoolbook(&format, &code));
        let stem = format.prefix().len() + format.head_length();
        prop_assert_eq!(&format.code(rank).unwrap()[..stem], &code[..stem]);
    }

    #[test]
    fn order_is_kept(format in any_format(), one: u64, other: u64) {
        let (one, other) = (one % format.capacity(), other % format.capacity());
        let place = |symbol| format.alphabet().symbols().find(symbol);
        let spelt = |rank| {
            let code = format.code(rank).unwrap();
            code[format.prefix().len()..].chars().map(place).collect::<Vec<_>>()
        };
        prop_assert_eq!(one.cmp(&other), spelt(one).cmp(&spelt(other)));
    }

    #[test]
    fn any_text_has_a_rank_only_if_spelt(format in any_format(), text in "\\PC{0,40}") {
        prop_assert_eq!(format.rank(&text).is_some(), spells(&format, &text));
    }
}
