//! Formats of any shape against a naive filter: what is one, and what its codes are.
//!
//! An input is lines: a pattern, an alphabet (as text, or `@` and two characters as in `format`), a check, words with
//! commas between them, then texts to be codes. Its first line is read as a whole format, too.

use couponmint::{Alphabet, Check, Format, Words};

use super::{format::alphabet, naive::Naive};

/// The most texts that are listed for one input, to be fast.
const LISTED: u64 = 1 << 12;
/// The most texts of an input.
const LINES: usize = 4;

pub fn check(input: &[u8]) {
    let input = String::from_utf8_lossy(input);
    let mut lines = input.split('\n');
    let mut line = || lines.next().unwrap_or("");
    let (pattern, symbols, check, words) = (line(), alphabet(line()), line(), line());
    if let Ok(format) = pattern.parse::<Format>() {
        assert_format(&format);
    }
    let Ok(symbols) = symbols
        .parse::<Alphabet>()
        .or_else(|_| Alphabet::new(&symbols))
    else {
        return;
    };
    let format = Format::pattern(pattern, symbols.clone());
    assert_eq!(format.is_ok(), is_pattern(pattern), "{pattern:?}");
    let Ok(mut format) = format else { return };
    if let Ok(check) = check.parse::<Check>() {
        let checked = format.clone().check(check);
        let fits = fits(check, pattern, symbols.symbols());
        assert_eq!(checked.is_ok(), fits, "{format} {check}");
        format = checked.unwrap_or(format);
    }
    format = without_words(format, words);
    let naive = assert_format(&format);
    for text in lines.take(LINES) {
        assert_eq!(format.spells(text), naive.spells(text), "{format} {text:?}");
        assert_eq!(
            format.verify(text).is_ok(),
            naive.spells(text),
            "{format} {text:?}"
        );
    }
}

/// What a format says of itself, and all its codes if they are few.
fn assert_format(format: &Format) -> Naive {
    let text = format.to_string();
    assert_eq!(text.parse::<Format>().as_ref(), Ok(format), "{text}");
    let naive = Naive::new(&text, format.alphabet().symbols());
    for rank in [0, 1, format.capacity() / 2, format.capacity() - 1] {
        assert_rank(format, &naive, rank % format.capacity());
    }
    if format.capacity() < u128::MAX {
        assert_eq!(format.code(format.capacity()), None, "{format}");
    }
    if naive.fitting().is_some_and(|texts| texts <= LISTED) {
        assert_listed(format, &naive.codes());
    }
    naive
}

/// That these are all codes of a format, in order.
pub fn assert_listed(format: &Format, codes: &[String]) {
    assert_eq!(format.capacity(), codes.len() as u128, "{format}");
    for (rank, code) in (0..).zip(codes) {
        assert_eq!(format.code(rank).as_ref(), Some(code), "{format} {rank}");
        assert_eq!(format.rank(code), Some(rank), "{format} {code}");
        assert!(format.spells(code), "{format} {code}");
    }
    assert_eq!(format.code(codes.len() as u128), None, "{format}");
}

fn assert_rank(format: &Format, naive: &Naive, rank: u128) {
    let code = format.code(rank).expect("a rank has a code");
    assert!(naive.spells(&code), "{format} {rank} {code}");
    assert!(format.spells(&code), "{format} {code}");
    assert_eq!(format.rank(&code), Some(rank), "{format} {code}");
}

/// The format without some words, if they are words and leave one code in 16.
fn without_words(format: Format, words: &str) -> Format {
    let list: Vec<_> = words.split(',').filter(|word| !word.is_empty()).collect();
    let is_word =
        |word: &&str| word.len() <= 32 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let words = Words::new(&list);
    let is_list = list.iter().all(is_word) && list.len() <= 1000 && list.concat().len() <= 4096;
    assert_eq!(words.is_ok(), is_list, "{list:?}");
    let Ok(words) = words else { return format };
    let without = format.clone().without_words(&words);
    let (all, left) = (
        format.capacity(),
        without.as_ref().map_or(0, Format::capacity),
    );
    if all < u128::MAX {
        assert!(
            without.is_err() || left >= all.div_ceil(16),
            "{format} {words}"
        );
    }
    without.unwrap_or(format)
}

fn is_pattern(text: &str) -> bool {
    let is_known = |symbol: char| symbol.is_ascii_alphanumeric() || "#-_.~".contains(symbol);
    text.len() <= 64 && text.chars().all(is_known) && (3..=30).contains(&text.matches('#').count())
}

/// Whether a check symbol of a system can stand last in codes of a pattern.
fn fits(check: Check, pattern: &str, symbols: &str) -> bool {
    let after_last = pattern.rsplit('#').next().unwrap_or_default();
    let stands_last = after_last.chars().all(|symbol| "-_.~".contains(symbol));
    let all_digits = || {
        let mut sorted: Vec<_> = symbols.chars().collect();
        sorted.sort_unstable();
        let literals = pattern.chars().filter(char::is_ascii_alphanumeric);
        sorted.iter().copied().eq('0'..='9')
            && literals.into_iter().all(|symbol| symbol.is_ascii_digit())
    };
    let digits = pattern
        .chars()
        .filter(|&symbol| symbol == '#' || symbol.is_ascii_digit())
        .count();
    stands_last
        && match check.name() {
            "iso7064" => symbols.len() % 2 == 0,
            "luhn" => all_digits(),
            "ean8" => all_digits() && digits == 8,
            "upca" => all_digits() && digits == 12,
            "ean13" => all_digits() && digits == 13,
            "gtin14" => all_digits() && digits == 14,
            other => panic!("no check is {other}"),
        }
}
