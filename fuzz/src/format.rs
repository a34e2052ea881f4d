//! Formats by schoolbook: a rank is a number, its code the digits of it.
//!
//! An input is lines: prefix, alphabet, length, then numbers to be ranks and texts to be codes. `@`
//! with two characters stands for an alphabet: how many of all symbols, and from which on.

use std::collections::HashSet;

use couponmint::{Alphabet, Format};

use super::model::spells;

const SYMBOLS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";
/// The most ranks a format has.
const MOST: u128 = 10_u128.pow(19);
/// The most numbers and texts of an input, to be fast.
const LINES: usize = 4;

pub fn check(input: &[u8]) {
    let input = String::from_utf8_lossy(input);
    let mut lines = input.split('\n');
    let mut line = || lines.next().unwrap_or("");
    let (prefix, symbols, length) = (line(), alphabet(line()), line());
    let length = length.parse::<i64>().unwrap_or(10);

    let is_name = |text: &str| {
        let mut symbols = text.chars();
        symbols.all(|symbol| SYMBOLS.contains(symbol))
    };
    let alphabet = Alphabet::new(&symbols);
    let is_alphabet = (2..=64).contains(&symbols.len())
        && is_name(&symbols)
        && symbols.chars().collect::<HashSet<_>>().len() == symbols.len();
    assert_eq!(alphabet.is_ok(), is_alphabet, "{symbols:?}");
    let Ok(alphabet) = alphabet else { return };

    let format = Format::with_alphabet(prefix, alphabet, length);
    let is_valid = is_name(prefix) && prefix.len() <= 32 && (3..=30).contains(&length);
    assert_eq!(format.is_ok(), is_valid, "{prefix:?} {length}");
    let Ok(format) = format else { return };

    assert_capacity(&format);
    for rank in [0, format.capacity() - 1, format.capacity(), u64::MAX] {
        assert_rank(&format, rank);
    }
    let mut previous = None;
    for text in lines.take(LINES) {
        assert_text(&format, text);
        let any = || number(text) % format.capacity();
        let rank = format.rank(text).unwrap_or_else(any);
        for rank in edges(&format, rank, text.len()) {
            assert_rank(&format, rank);
        }
        if let Some(previous) = previous.replace(rank) {
            assert_order(&format, previous, rank);
        }
    }
}

fn alphabet(line: &str) -> String {
    match line.as_bytes() {
        &[b'@', count, start] => {
            let all = SYMBOLS.chars().cycle().skip(usize::from(start));
            all.take(usize::from(count) % 63 + 2).collect()
        }
        _ => line.to_owned(),
    }
}

/// A number for any text: its own if it is one.
fn number(text: &str) -> u64 {
    let mix = |number: u64, byte| number.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte);
    text.parse()
        .unwrap_or_else(|_| text.bytes().fold(0xcbf2_9ce4_8422_2325, mix))
}

/// A rank, the first one that shares so many of its symbols, and the one before.
fn edges(format: &Format, rank: u64, symbols: usize) -> [u64; 3] {
    let base = format.alphabet().base();
    let free = symbols % format.head_length();
    let block = (0..free).fold(1, |block, _| block * base);
    let first = rank / block * block;
    [rank, first, first.wrapping_sub(1)]
}

fn assert_capacity(format: &Format) {
    let base = u128::from(format.alphabet().base());
    let texts = |symbols| (0..symbols).map(|_| base).product::<u128>();
    let capacity = texts(format.head_length());
    assert_eq!(u128::from(format.capacity()), capacity);
    assert!(capacity <= MOST);
    assert!(format.head_length() == format.length() || capacity * base > MOST);
}

fn assert_rank(format: &Format, rank: u64) {
    let code = format.code(rank);
    assert_eq!(
        code.is_some(),
        rank < format.capacity(),
        "{format:?} {rank}"
    );
    let Some(code) = code else { return };
    assert_eq!(code, schoolbook(format, rank), "{format:?} {rank}");
    assert!(spells(format, &code));
    assert_eq!(format.rank(&code), Some(rank));
}

fn schoolbook(format: &Format, mut rank: u64) -> String {
    let symbols = format.alphabet().symbols();
    let base = format.alphabet().base();
    let stem = format.prefix().len() + format.head_length();
    let mut code = format.prefix().to_owned() + &symbols[..1].repeat(format.length());
    for place in (format.prefix().len()..stem).rev() {
        let digit = usize::try_from(rank % base).expect("a digit is small");
        code.replace_range(place..=place, &symbols[digit..=digit]);
        rank /= base;
    }
    code
}

fn assert_text(format: &Format, text: &str) {
    let rank = format.rank(text);
    assert_eq!(rank.is_some(), spells(format, text), "{format:?} {text:?}");
    if let Some(rank) = rank {
        assert!(rank < format.capacity());
        let stem = format.prefix().len() + format.head_length();
        let code = format.code(rank).expect("a rank has a code");
        assert_eq!(code[..stem], text[..stem]);
    }
}

fn assert_order(format: &Format, a: u64, b: u64) {
    let places = |rank| {
        let code = format.code(rank).expect("a rank has a code");
        let symbols = code[format.prefix().len()..].chars();
        let place = |symbol| format.alphabet().symbols().find(symbol);
        symbols.map(place).collect::<Vec<_>>()
    };
    assert_eq!(a.cmp(&b), places(a).cmp(&places(b)), "{format:?} {a} {b}");
}
