//! What customers type: a code, or nothing. Valid codes stay as they are.
//!
//! An input is lines: a format as text, then texts that are typed, and numbers of codes that are.

use couponmint::{Alphabet, Format, Mistake};

use super::naive::Naive;

/// The most lines of an input, to be fast.
const LINES: usize = 8;

pub fn check(input: &[u8]) {
    let input = String::from_utf8_lossy(input);
    let mut lines = input.split('\n');
    let first = lines.next().unwrap_or("");
    let formats = match first.parse::<Format>() {
        Ok(format) => vec![format],
        Err(_) => named(first),
    };
    let lines: Vec<_> = lines.take(LINES).collect();
    for format in &formats {
        let naive = Naive::new(&format.to_string(), format.alphabet().symbols());
        for typed in &lines {
            assert_typed(format, &naive, typed);
            let rank = typed.bytes().fold(1, |rank: u128, byte| {
                rank.wrapping_mul(MIX) + u128::from(byte)
            });
            let code = format
                .code(rank % format.capacity())
                .expect("a rank has a code");
            assert_typed(format, &naive, &code);
            assert_typed(
                format,
                &naive,
                &code.to_lowercase().replace(['-', '.'], " "),
            );
        }
    }
}

const MIX: u128 = 0x0100_0000_01b3_9e37_79b9_7f4a_7c15_f39d;

/// Formats of a pattern, with every alphabet that has a name.
fn named(pattern: &str) -> Vec<Format> {
    let alphabets = [
        Alphabet::numeric(),
        Alphabet::alphanumeric(),
        Alphabet::base36(),
        Alphabet::uppercase(),
        Alphabet::crockford(),
        Alphabet::base58(),
        Alphabet::no_vowels(),
        Alphabet::consonants_and_digits(),
    ];
    let formats = alphabets.map(|alphabet| Format::pattern(pattern, alphabet));
    formats.into_iter().flatten().collect()
}

fn assert_typed(format: &Format, naive: &Naive, typed: &str) {
    let is_code = naive.spells(typed);
    match format.verify(typed) {
        Ok(()) => assert!(is_code, "{format} {typed:?}"),
        Err(mistake) => {
            assert!(!is_code, "{format} {typed:?}");
            let has_check = format.check_system().is_some();
            assert!(
                has_check || mistake != Mistake::Mistyped,
                "{format} {typed:?}"
            );
        }
    }
    let read = format.normalize(typed);
    if is_code {
        assert_eq!(read.as_deref(), Some(typed), "{format}");
    } else if let Some(read) = read {
        assert!(naive.spells(&read), "{format} {typed:?} {read}");
        assert_eq!(
            format.normalize(&read).as_ref(),
            Some(&read),
            "{format} {typed:?}"
        );
    }
}
