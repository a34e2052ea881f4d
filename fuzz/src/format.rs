//! Formats by schoolbook: a rank is a number, its code the digits of it.
//!
//! An input is lines: prefix, alphabet, length, then numbers to be ranks and texts to be codes. `@`
//! with two characters stands for an alphabet: how many of all symbols, and from which on.

use std::collections::HashSet;

use couponmint::{Alphabet, Format};

use super::model::{codes, spells};

const SYMBOLS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";
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

    let all = format.capacity();
    assert_eq!(all, codes(&format).unwrap_or(u128::MAX));
    for rank in [0, all - 1, all, u128::MAX] {
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

pub fn alphabet(line: &str) -> String {
    match line.as_bytes() {
        &[b'@', count, start] => {
            let all = SYMBOLS.chars().cycle().skip(usize::from(start));
            all.take(usize::from(count) % 63 + 2).collect()
        }
        _ => line.to_owned(),
    }
}

/// A number for any text: its own if it is one.
fn number(text: &str) -> u128 {
    let mix = |number: u128, byte| number.wrapping_mul(MIX) ^ u128::from(byte);
    text.parse()
        .unwrap_or_else(|_| text.bytes().fold(u128::from(text.len() as u64), mix))
}

/// Any odd number of many bits.
const MIX: u128 = 0x0100_0000_01b3_9e37_79b9_7f4a_7c15_f39d;

/// A rank, the first one that shares so many of its symbols, and the one before.
fn edges(format: &Format, rank: u128, symbols: usize) -> [u128; 3] {
    let base = u128::from(format.alphabet().base());
    let free = symbols % format.length();
    let block = (0..free).fold(1, |block: u128, _| block.saturating_mul(base));
    let first = rank / block * block;
    [rank, first, first.wrapping_sub(1)]
}

fn assert_rank(format: &Format, rank: u128) {
    let code = format.code(rank);
    let is_rank = codes(format).is_none_or(|all| rank < all);
    assert_eq!(code.is_some(), is_rank, "{format:?} {rank}");
    let Some(code) = code else { return };
    assert_eq!(code, spelt(format, rank), "{format:?} {rank}");
    assert!(spells(format, &code) && format.spells(&code));
    assert_eq!(format.rank(&code), Some(rank));
}

/// The code of a rank, by schoolbook.
fn spelt(format: &Format, mut rank: u128) -> String {
    let symbols = format.alphabet().symbols();
    let base = u128::from(format.alphabet().base());
    let (start, width) = (
        format.prefix().len(),
        format.prefix().len() + format.length(),
    );
    let mut code = format.prefix().to_owned() + &symbols[..1].repeat(format.length());
    for place in (start..width).rev() {
        let digit = usize::try_from(rank % base).expect("a digit is small");
        code.replace_range(place..=place, &symbols[digit..=digit]);
        rank /= base;
    }
    code
}

/// The rank of a code, by schoolbook, if it fits.
fn counted(format: &Format, code: &str) -> Option<u128> {
    let base = u128::from(format.alphabet().base());
    let append = |rank: u128, symbol| {
        let digit = format.alphabet().symbols().find(symbol)?;
        rank.checked_mul(base)?.checked_add(digit as u128)
    };
    code[format.prefix().len()..].chars().try_fold(0, append)
}

fn assert_text(format: &Format, text: &str) {
    let is_spelt = spells(format, text);
    assert_eq!(format.spells(text), is_spelt, "{format:?} {text:?}");
    let rank = is_spelt.then(|| counted(format, text)).flatten();
    assert_eq!(format.rank(text), rank, "{format:?} {text:?}");
    if let Some(rank) = rank {
        assert_eq!(format.code(rank).as_deref(), Some(text));
    }
}

fn assert_order(format: &Format, a: u128, b: u128) {
    let places = |rank| {
        let code = format.code(rank).expect("a rank has a code");
        let symbols = code[format.prefix().len()..].chars();
        let place = |symbol| format.alphabet().symbols().find(symbol);
        symbols.map(place).collect::<Vec<_>>()
    };
    assert_eq!(a.cmp(&b), places(a).cmp(&places(b)), "{format:?} {a} {b}");
}
