//! What customers type, read as codes.

use couponmint::{Alphabet, Check, Format};
use proptest::prelude::*;

use crate::common::{cases, numeric, pattern_of};

const NAMES: [&str; 8] = [
    "numeric",
    "alphanumeric",
    "base36",
    "uppercase",
    "crockford",
    "base58",
    "no_vowels",
    "consonants_and_digits",
];

fn named(name: &str) -> Alphabet {
    name.parse().unwrap()
}

#[track_caller]
fn assert_read(format: &Format, typed: &str, code: &str) {
    assert_eq!(
        format.normalize(typed).as_deref(),
        Some(code),
        "{format} {typed:?}"
    );
}

#[test]
fn what_is_typed_instead() {
    let format = Format::pattern("SOLO-####-####", Alphabet::crockford()).unwrap();
    for typed in [
        "SOLO-7K3M-90X1",
        " solo 7k3m 90x1 ",
        "SOLO7K3M90X1",
        "S0LO-7K3M-9OXI",
        "50lo_7k3m.9oxl",
        "so1o7k3m90xL",
        "s o l o\t7-k~3.m_9\u{2013}0\u{a0}x\u{2212}1\n",
    ] {
        assert_read(&format, typed, "SOLO-7K3M-90X1");
    }
    for typed in [
        "",
        "SOLO",
        "SOLO-7K3M-90X",
        "SOLO-7K3M-90X11",
        "XOLO-7K3M-90X1",
        "SOLO-7K3M-90XU",
        "SOLO-7K3M-90X\u{ff11}",
        "7K3M90X1",
        "SOLO+7K3M+90X1",
    ] {
        assert_eq!(format.normalize(typed), None, "{typed:?}");
    }
    assert_read(&numeric("A-", 5), "aOlISB", "A-01158");
    assert_read(&numeric("test_", 3), "TEST 0 0 7", "test_007");
}

#[test]
fn look_alikes_of_each_alphabet() {
    for (name, typed, code) in [
        ("base58", "0OIl", Some("oo11")),
        ("base58", "oLi1", Some("oLi1")),
        ("no_vowels", "O0oo", Some("0000")),
        // A one, or the small letter of the alphabet.
        ("no_vowels", "111I", None),
        ("consonants_and_digits", "Oilz", Some("01LZ")),
        ("consonants_and_digits", "AEIO", None),
        ("uppercase", "o0il", Some("O0IL")),
        ("base36", "OZSB", Some("ozsb")),
        ("alphanumeric", "oOlI", Some("oOlI")),
        ("numeric", "zZsB", Some("2258")),
        ("crockford", "zsbu", None),
        ("crockford", "zsbt", Some("ZSBT")),
    ] {
        let format = Format::pattern("####", named(name)).unwrap();
        assert_eq!(format.normalize(typed).as_deref(), code, "{name} {typed}");
    }
}

/// Where a dash is a symbol it is not skipped, nor one of the pattern.
#[test]
fn separators_that_are_symbols() {
    let format = pattern_of("A-###.B", "-_ab");
    assert_read(&format, "A-a-_B", "A-a-_.B");
    assert_read(&format, "a- - - - .b", "A----.B");
    assert_eq!(format.normalize("Aa-_B"), None);
    assert_eq!(format.normalize("A-a-B"), None);
}

#[test]
fn wrong_check_symbols_are_not_read() {
    let format = Format::pattern("####-####", Alphabet::crockford()).unwrap();
    let format = format.check(Check::Iso7064).unwrap();
    let code = format.code(123_456_789).unwrap();
    assert_read(&format, &code.to_lowercase().replace('-', ""), &code);
    for wrong in format.alphabet().symbols().chars() {
        let typed = format!("{}{wrong}", &code[..8]);
        let read = format.normalize(&typed);
        assert_eq!(read.is_some(), typed == code);
    }
}

#[test]
fn long_texts_take_no_time() {
    let format = Format::pattern("SOLO-####-####", Alphabet::crockford()).unwrap();
    for part in [" ", "-", "S", "\u{2013}", "SOLO-7K3M-90X1"] {
        assert_eq!(format.normalize(&part.repeat(1_000_000)), None);
    }
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn what_is_read_is_a_code(
        name in prop::sample::select(&NAMES[..]),
        pattern in prop::sample::select(vec!["####", "SOLO-####", "##-##.", "a1#_#~##B"]),
        is_checked: bool,
        rank: u128,
        places in prop::collection::vec((any::<prop::sample::Index>(), "[ -~\u{2013}]"), 0..4),
        text in "[ a1SOLOsolo5-]{0,5}[0-9A-Za-z .-]{3,6}",
    ) {
        let format = Format::pattern(pattern, named(name)).unwrap();
        let checked = format.clone().check(Check::Iso7064).unwrap_or(format.clone());
        let format = if is_checked { checked } else { format };
        let code = format.code(rank % format.capacity()).unwrap();
        prop_assert_eq!(format.normalize(&code), Some(code.clone()));
        let spaced = code.chars().flat_map(|symbol| [' ', symbol]).collect::<String>();
        prop_assert_eq!(format.normalize(&spaced), Some(code.clone()));

        let mut typed = code;
        for (place, symbol) in places {
            let place = place.index(typed.chars().count());
            typed = typed.chars().enumerate().map(|(i, old)| if i == place { symbol.clone() } else { old.into() }).collect();
        }
        for typed in [typed, text] {
            if let Some(read) = format.normalize(&typed) {
                prop_assert!(format.spells(&read), "{} {}", typed, read);
                prop_assert_eq!(format.normalize(&read), Some(read));
            }
        }
    }
}
