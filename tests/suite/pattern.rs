//! Patterns: groups, literal text, and all codes of small ones.

use couponmint::{Alphabet, Check, Error, Format};
use proptest::prelude::*;

use crate::{
    common::{assert_refused, cases, checked, engine, issue, numeric, pattern_of, remaining},
    oracle::{codes, spells, texts},
};

fn digits(pattern: &str) -> Result<Format, Error> {
    Format::pattern(pattern, Alphabet::numeric())
}

#[test]
fn what_a_pattern_may_be() {
    for right in [
        "###",
        "A###",
        "###A",
        "#-#_#.#~",
        "~~~###",
        &"#".repeat(30),
        &format!("{}###", "x".repeat(61)),
        &format!("#{}##", "x".repeat(61)),
    ] {
        assert!(digits(right).is_ok(), "{right}");
    }
    for wrong in [
        "",
        "#",
        "##",
        "#-#",
        "ABC",
        "### ",
        " ###",
        "#\t##",
        "###\n",
        "###\0",
        "###+",
        "###/",
        "#%20##",
        "###\"",
        "###,",
        "=###",
        "###\u{e4}",
        "\u{ff03}##",
        &"#".repeat(31),
        &format!("{}###", "x".repeat(62)),
    ] {
        assert_eq!(digits(wrong), Err(Error::InvalidPattern), "{wrong}");
    }
    assert_eq!(Error::InvalidPattern.code(), 301);
}

#[test]
fn a_prefix_and_symbols_are_the_format_as_ever() {
    assert_eq!(digits("A-###"), Ok(numeric("A-", 3)));
    assert_eq!(digits("###"), Ok(numeric("", 3)));
    let format = digits("A-##-#.B").unwrap();
    assert_ne!(format, digits("A-###-.B").unwrap());
    assert_eq!((format.prefix(), format.length()), ("A-", 3));
    let long = digits("0123456789.123456789~123456789-123456789_123456789###").unwrap();
    assert_eq!((long.prefix().len(), long.length()), (50, 3));
}

#[test]
fn named_alphabets() {
    for (alphabet, base, without) in [
        (Alphabet::uppercase(), 36, "a"),
        (Alphabet::crockford(), 32, "ILOUa"),
        (Alphabet::base58(), 58, "0OIl"),
        (Alphabet::no_vowels(), 52, "AEIOUaeiou"),
        (Alphabet::consonants_and_digits(), 30, "AEIOUYaxyz"),
    ] {
        assert_eq!(alphabet.base(), base);
        assert!(
            !without
                .chars()
                .any(|none| alphabet.symbols().contains(none))
        );
        let mut symbols: Vec<_> = alphabet.symbols().chars().collect();
        symbols.sort_unstable();
        assert!(symbols.iter().copied().eq(alphabet.symbols().chars()));
    }
}

/// The same symbols as those of the plain format, in their places.
#[test]
fn groups_change_no_symbol() {
    for (pattern, length) in [
        ("####-####", 8),
        ("#-##-###-####", 10),
        ("A#####-#####-#####-#####", 20),
        ("###.#########~##########-########", 30),
    ] {
        for alphabet in [
            Alphabet::numeric(),
            Alphabet::crockford(),
            Alphabet::alphanumeric(),
        ] {
            let grouped = Format::pattern(pattern, alphabet.clone()).unwrap();
            let plain = Format::with_alphabet("", alphabet, length).unwrap();
            let codes = issue(&engine(), &grouped, 5000);
            let bare = |code: &String| {
                let symbols = code.chars().zip(pattern.chars());
                let symbols = symbols.filter(|(_, place)| *place == '#');
                symbols.map(|(symbol, _)| symbol).collect::<String>()
            };
            let symbols: Vec<_> = codes.iter().map(bare).collect();
            assert_eq!(symbols, issue(&engine(), &plain, 5000), "{pattern}");
        }
    }
}

/// Formats that a naive filter can list.
fn small_patterns() -> impl Strategy<Value = Format> {
    let symbols = prop::sample::select(vec!["01", "10A", "-A1", "zyxw", "0123456789", "_a-B"]);
    let pattern = "[A1.]{0,2}#[01]{0,1}#[-_A]{0,1}#{1,2}[0~]{0,2}";
    let check = prop::sample::select(vec![None, Some(Check::Iso7064), Some(Check::Luhn)]);
    (pattern, symbols, check).prop_map(|(pattern, symbols, check)| {
        let format = pattern_of(&pattern, symbols);
        check.map_or(format.clone(), |check| checked(format, check))
    })
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn all_codes_of_small_patterns(format in small_patterns()) {
        let texts = texts(&format);
        prop_assert_eq!(format.capacity(), texts.len() as u128);
        for (rank, text) in (0..).zip(&texts) {
            prop_assert_eq!(format.code(rank), Some(text.clone()));
            prop_assert_eq!(format.rank(text), Some(rank));
            prop_assert!(format.spells(text));
        }
        prop_assert_eq!(format.code(texts.len() as u128), None);

        let engine = engine();
        let mut issued = issue(&engine, &format, texts.len() / 2);
        issued.extend(issue(&engine, &format, texts.len() - texts.len() / 2));
        issued.sort_unstable();
        let mut texts = texts;
        texts.sort_unstable();
        prop_assert_eq!(issued, texts);
        assert_refused(&engine, &format, 1, 0);
    }

    #[test]
    fn overlaps_are_exact(formats in prop::collection::vec(small_patterns(), 2)) {
        let [one, other] = [&formats[0], &formats[1]];
        let (engine, all) = (engine(), texts(one));
        issue(&engine, one, all.len());
        let common = all.iter().filter(|text| spells(other, text)).count();
        let left = codes(other).unwrap() - common as u128;
        prop_assert_eq!(remaining(&engine, other), left);
    }

    #[test]
    fn texts_of_patterns(format in small_patterns(), text in "[A01a.-]{3,8}", place: prop::sample::Index, symbol in "[ -~]") {
        prop_assert_eq!(format.spells(&text), spells(&format, &text));
        let mut text = format.code(format.capacity() / 2).unwrap();
        let place = place.index(text.len());
        text.replace_range(place..=place, &symbol);
        prop_assert_eq!(format.spells(&text), spells(&format, &text));
        prop_assert_eq!(format.rank(&text).is_some(), spells(&format, &text));
    }
}
