//! Check symbols: against python-stdnum, and the errors that they find.

use couponmint::{Alphabet, Check, Error, Format, Mistake};
use proptest::prelude::*;

use crate::{
    common::{cases, engine, issue},
    oracle::spells,
};

/// Numbers that python-stdnum 2.2 calls valid, of random lengths: `iso7064.mod_37_36` with each alphabet,
/// `luhn` and `ean`. Lines of a system and an alphabet, then codes of them.
const VALID: &str = include_str!("check_symbols.txt");

const CHECKS: [Check; 6] = [
    Check::Iso7064,
    Check::Luhn,
    Check::Ean8,
    Check::UpcA,
    Check::Ean13,
    Check::Gtin14,
];

/// All that symbols before the last are, whatever stands in the pattern.
#[track_caller]
fn assert_valid(check: Check, alphabet: &Alphabet, pattern: &str, code: &str) {
    let format = Format::pattern(pattern, alphabet.clone()).unwrap();
    let format = format.check(check).unwrap();
    assert!(format.spells(code), "{format} {code}");
    assert_eq!(format.verify(code), Ok(()));
    let rank = format.rank(code);
    if let Some(rank) = rank {
        assert_eq!(format.code(rank).as_deref(), Some(code));
    }
    let last = code.len() - 1;
    for symbol in alphabet.symbols().chars() {
        let other = format!("{}{symbol}", &code[..last]);
        assert_eq!(format.spells(&other), other == code, "{format} {other}");
    }
}

#[test]
fn codes_of_python_stdnum() {
    let mut system = None;
    let mut counts = [0; CHECKS.len()];
    for line in VALID.lines() {
        if let Some((check, alphabet)) = line.split_once(' ') {
            system = Some((check.parse::<Check>().unwrap(), alphabet.parse().unwrap()));
            continue;
        }
        let (check, alphabet) = system.as_ref().unwrap();
        counts[CHECKS.iter().position(|known| known == check).unwrap()] += 1;
        assert_valid(*check, alphabet, &"#".repeat(line.len()), line);
        // Digits count for the systems of digits, wherever they come from.
        if *check != Check::Iso7064 && line.len() > 6 {
            let pattern = format!("{}#{}###", &line[..2], &line[3..line.len() - 3]);
            assert_valid(*check, alphabet, &pattern, line);
        }
        if line.len() < 30 {
            let groups = format!("{}-{}", &line[..1], &line[1..]);
            let pattern = format!("#-{}", "#".repeat(line.len() - 1));
            assert_valid(*check, alphabet, &pattern, &groups);
        }
    }
    assert!(counts.iter().all(|&count| count >= 1000), "{counts:?}");
}

#[test]
fn check_symbols_that_are_known() {
    // The examples of ISO 7064 (MOD 11,10), of ISO/IEC 7812-1's readers and of GS1.
    for (pattern, check, code) in [
        ("#####", Check::Iso7064, "07945"),
        ("###########", Check::Luhn, "79927398713"),
        ("#############", Check::Ean13, "6291041500213"),
        ("########", Check::Ean8, "96385074"),
        ("############", Check::UpcA, "036000291452"),
        ("##############", Check::Gtin14, "10614141000415"),
    ] {
        let format = Format::pattern(pattern, Alphabet::numeric()).unwrap();
        let format = format.check(check).unwrap();
        assert_eq!(format.verify(code), Ok(()), "{format} {code}");
    }
}

#[test]
fn what_a_check_symbol_needs() {
    let digits = Alphabet::numeric;
    let iso = Check::Iso7064;
    for (pattern, alphabet, check, is_valid) in [
        ("###", digits(), iso, true),
        ("A#B##-", Alphabet::crockford(), iso, true),
        ("###.~_-", digits(), iso, true),
        ("###A", digits(), iso, false),
        ("###-0", digits(), iso, false),
        ("###", Alphabet::new("012").unwrap(), iso, false),
        ("###", Alphabet::new("01").unwrap(), iso, true),
        ("###", digits(), Check::Luhn, true),
        ("12-34#-##", digits(), Check::Luhn, true),
        ("A###", digits(), Check::Luhn, false),
        ("###1", digits(), Check::Luhn, false),
        ("###", Alphabet::base36(), Check::Luhn, false),
        (
            "###",
            Alphabet::new("0123456789-").unwrap(),
            Check::Luhn,
            false,
        ),
        (
            "###",
            Alphabet::new("012345678").unwrap(),
            Check::Luhn,
            false,
        ),
        (
            "###",
            Alphabet::new("012345678a").unwrap(),
            Check::Luhn,
            false,
        ),
        (
            "###",
            Alphabet::new("9876543210").unwrap(),
            Check::Luhn,
            true,
        ),
        ("########", digits(), Check::Ean8, true),
        ("12345###", digits(), Check::Ean8, true),
        ("1234-5###", digits(), Check::Ean8, true),
        ("#######", digits(), Check::Ean8, false),
        ("#########", digits(), Check::Ean8, false),
        ("############", digits(), Check::UpcA, true),
        ("############", digits(), Check::Ean13, false),
        ("99###########", digits(), Check::Ean13, true),
        ("99###########", digits(), Check::Gtin14, false),
        ("A9###########", digits(), Check::Ean13, false),
        ("##############", digits(), Check::Gtin14, true),
    ] {
        let format = Format::pattern(pattern, alphabet).unwrap();
        let checked = format.clone().check(check);
        let expected = if is_valid {
            Ok(Some(check))
        } else {
            Err(Error::InvalidCheck { check })
        };
        let got = checked
            .as_ref()
            .map(Format::check_system)
            .map_err(Clone::clone);
        assert_eq!(got, expected, "{format} {check}");
        if let Ok(checked) = checked {
            assert_ne!(checked, format);
            assert_eq!(
                checked.capacity(),
                format.capacity() / u128::from(format.alphabet().base())
            );
            assert_eq!(checked.length(), format.length());
            assert_eq!(checked.clone().check(check), Ok(checked));
        }
    }
    for (check, text) in [
        (
            iso,
            "check symbol \"iso7064\" needs an alphabet of an even number of symbols; and no letter or digit after its last \"#\"",
        ),
        (
            Check::Luhn,
            "check symbol \"luhn\" needs the ten digits for an alphabet, and no letter in the pattern; and no letter or digit after its last \"#\"",
        ),
        (
            Check::Ean13,
            "check symbol \"ean13\" needs the ten digits for an alphabet, and 13 digits in all; and no letter or digit after its last \"#\"",
        ),
    ] {
        let error = Error::InvalidCheck { check };
        assert_eq!((error.code(), error.to_string()), (301, text.to_owned()));
    }
    for check in CHECKS {
        assert_eq!(check.to_string().parse(), Ok(check));
    }
    assert_eq!("LUHN".parse::<Check>(), Err(Error::UnknownCheck));
}

/// Errors made in codes, and how many of them are found.
#[derive(Default)]
struct Errors {
    found: [u32; 4],
    made: [u32; 4],
}

impl Errors {
    fn make(&mut self, kind: usize, format: &Format, wrong: &[u8]) {
        let wrong = std::str::from_utf8(wrong).unwrap();
        self.made[kind] += 1;
        self.found[kind] += u32::from(format.verify(wrong) == Err(Mistake::Mistyped));
    }

    /// Single wrong symbols, neighbours swapped, next but one swapped, twins.
    fn make_all(&mut self, format: &Format, code: &str) {
        let (code, symbols) = (code.as_bytes(), format.alphabet().symbols().as_bytes());
        for place in 0..code.len() {
            for &symbol in symbols.iter().filter(|&&symbol| symbol != code[place]) {
                let mut wrong = code.to_vec();
                wrong[place] = symbol;
                self.make(0, format, &wrong);
                if code.get(place + 1) == Some(&code[place]) {
                    wrong[place + 1] = symbol;
                    self.make(3, format, &wrong);
                }
            }
            for (kind, other) in [(1, place + 1), (2, place + 2)] {
                if code.get(other).is_some_and(|&other| other != code[place]) {
                    let mut wrong = code.to_vec();
                    wrong.swap(place, other);
                    self.make(kind, format, &wrong);
                }
            }
        }
    }

    fn percent(&self) -> String {
        let percent = |(found, made): (&u32, &u32)| {
            let percent = 100.0 * f64::from(*found) / f64::from(*made);
            format!("{percent:.1}")
        };
        let kinds: Vec<_> = self.found.iter().zip(&self.made).map(percent).collect();
        kinds.join(" | ")
    }
}

/// A number of many bits for each one (splitmix64, twice).
fn any_number(i: u64) -> u128 {
    let mix = |i: u64| {
        let z = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    };
    u128::from(mix(2 * i + 1)) << 64 | u128::from(mix(2 * i + 2))
}

/// The docs of `Check` quote these, of random codes.
#[test]
fn errors_that_are_found() {
    let mut table = Vec::new();
    for (check, alphabet, length) in [
        (Check::Iso7064, Alphabet::numeric(), 8),
        (Check::Iso7064, Alphabet::consonants_and_digits(), 8),
        (Check::Iso7064, Alphabet::crockford(), 8),
        (Check::Iso7064, Alphabet::uppercase(), 8),
        (Check::Iso7064, Alphabet::no_vowels(), 8),
        (Check::Iso7064, Alphabet::base58(), 8),
        (Check::Iso7064, Alphabet::alphanumeric(), 8),
        (Check::Luhn, Alphabet::numeric(), 16),
        (Check::Ean13, Alphabet::numeric(), 13),
    ] {
        let format = Format::with_alphabet("", alphabet, length).unwrap();
        let format = format.check(check).unwrap();
        let mut errors = Errors::default();
        for i in 0..40_000 {
            let code = format.code(any_number(i) % format.capacity()).unwrap();
            errors.make_all(&format, &code);
        }
        assert_eq!(errors.found[0], errors.made[0]);
        assert!(
            errors.made.iter().all(|&made| made > 10_000),
            "{:?}",
            errors.made
        );
        let base = format.alphabet().base();
        table.push(format!("{check} | {base} | {}", errors.percent()));
    }
    assert_eq!(table, TABLE);
}

const TABLE: [&str; 9] = [
    "iso7064 | 10 | 100.0 | 97.8 | 90.7 | 93.4",
    "iso7064 | 30 | 100.0 | 99.8 | 97.7 | 97.7",
    "iso7064 | 32 | 100.0 | 99.8 | 98.0 | 97.8",
    "iso7064 | 36 | 100.0 | 99.8 | 98.1 | 98.1",
    "iso7064 | 52 | 100.0 | 99.9 | 98.6 | 98.7",
    "iso7064 | 58 | 100.0 | 99.9 | 98.8 | 98.8",
    "iso7064 | 62 | 100.0 | 99.9 | 99.0 | 98.9",
    "luhn | 10 | 100.0 | 97.8 | 0.0 | 93.3",
    "ean13 | 10 | 100.0 | 88.9 | 0.0 | 88.9",
];

#[test]
fn batches_have_their_check_symbols() {
    for text in [
        "SUMMER-####-#### crockford check=iso7064",
        "############################## alphanumeric check=iso7064",
        "#-#-#########_~ base58 check=iso7064",
        "603587########## numeric check=luhn",
        "99########### numeric check=ean13",
    ] {
        let format: Format = text.parse().unwrap();
        for code in issue(&engine(), &format, 5000) {
            assert!(spells(&format, &code), "{code}");
        }
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn verify_tells_a_typing_error_from_another_text(
        rank in 0..1_000_000_u128,
        place in 0..10_usize,
        symbol in "[ -~]",
    ) {
        let format = Format::pattern("A-####-###", Alphabet::crockford()).unwrap();
        let format = format.check(Check::Iso7064).unwrap();
        let mut text = format.code(rank).unwrap();
        let before = text.clone();
        text.replace_range(place..=place, &symbol);
        let is_symbol = ![0, 1, 6].contains(&place) && format.alphabet().symbols().contains(&symbol);
        let expected = if text == before {
            Ok(())
        } else if is_symbol {
            Err(Mistake::Mistyped)
        } else {
            Err(Mistake::NotOfFormat)
        };
        prop_assert_eq!(format.verify(&text), expected);
        prop_assert_eq!(format.verify(&text[1..]), Err(Mistake::NotOfFormat));
    }
}
