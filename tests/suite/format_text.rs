//! Formats and alphabets as text, there and back; and texts that are none.

use couponmint::{Alphabet, Error, Format, proptest as strategies};
use proptest::prelude::*;

use crate::common::{alphanumeric, base36, cases, numeric, spelt};

fn parse(text: &str) -> Result<Format, Error> {
    text.parse()
}

#[track_caller]
fn assert_there_and_back(format: &Format, text: &str) {
    assert_eq!(format.to_string(), text);
    assert_eq!(parse(text).as_ref(), Ok(format));
}

/// What stands in files must be read for ever.
#[test]
fn texts_are_frozen() {
    assert_there_and_back(&numeric("", 3), "### numeric");
    assert_there_and_back(&alphanumeric("test_", 10), "test_########## alphanumeric");
    assert_there_and_back(&base36("A-", 4), "A-#### base36");
    assert_there_and_back(&spelt("x", "zyx", 3), "x### [zyx]");
    assert_there_and_back(&spelt("", "_-", 3), "### [_-]");
    // An alphabet that is spelt like the name of another.
    assert_there_and_back(&spelt("", "base36", 3), "### [base36]");
    assert_eq!(parse("### [0123456789]"), Ok(numeric("", 3)));
    assert_eq!(format!("{:>14}", numeric("", 3)), "   ### numeric");
}

#[test]
fn alphabets_by_name() {
    for (name, alphabet) in [
        ("numeric", Alphabet::numeric()),
        ("alphanumeric", Alphabet::alphanumeric()),
        ("base36", Alphabet::base36()),
        ("[10]", Alphabet::new("10").unwrap()),
    ] {
        assert_eq!(alphabet.to_string(), name);
        assert_eq!(name.parse(), Ok(alphabet));
    }
    for (text, error) in [
        ("", Error::UnknownAlphabet),
        ("Numeric", Error::UnknownAlphabet),
        ("numeric ", Error::UnknownAlphabet),
        ("0123", Error::UnknownAlphabet),
        ("[01", Error::UnknownAlphabet),
        ("01]", Error::UnknownAlphabet),
        ("[]", Error::InvalidAlphabet),
        ("[0]", Error::InvalidAlphabet),
        ("[00]", Error::InvalidAlphabet),
        ("[01]]", Error::InvalidAlphabet),
        ("[0 1]", Error::InvalidAlphabet),
    ] {
        assert_eq!(text.parse::<Alphabet>(), Err(error), "{text}");
    }
}

#[test]
fn what_is_no_format_is_refused() {
    for (text, error) in [
        ("", Error::InvalidFormat),
        ("numeric", Error::InvalidFormat),
        ("###", Error::InvalidFormat),
        ("###  numeric", Error::InvalidFormat),
        ("### numeric ", Error::InvalidFormat),
        ("### numeric\n", Error::UnknownAlphabet),
        (" ### numeric", Error::InvalidFormat),
        ("###\tnumeric", Error::InvalidFormat),
        ("### numeric future=1", Error::InvalidFormat),
        ("## numeric", Error::InvalidPattern),
        ("ABC numeric", Error::InvalidPattern),
        (" numeric", Error::InvalidPattern),
        ("A\u{e9}### numeric", Error::InvalidPattern),
        ("A,### numeric", Error::InvalidPattern),
        ("### base37", Error::UnknownAlphabet),
        ("### ", Error::UnknownAlphabet),
        ("### [aa]", Error::InvalidAlphabet),
    ] {
        assert_eq!(parse(text), Err(error), "{text:?}");
    }
    let most = "#".repeat(30);
    assert!(parse(&format!("{most} numeric")).is_ok());
    assert_eq!(
        parse(&format!("{most}# numeric")),
        Err(Error::InvalidPattern)
    );
}

#[test]
fn long_texts_are_refused() {
    for part in ["#", "A", "[", " ", "A#", "### numeric ", "### [01] a=b"] {
        assert!(parse(&part.repeat(1_000_000)).is_err(), "{part}");
    }
    let symbols = "0".repeat(10_000_000);
    assert_eq!(
        parse(&format!("### [{symbols}]")),
        Err(Error::InvalidAlphabet)
    );
    assert_eq!(
        parse(&format!("### {symbols}")),
        Err(Error::UnknownAlphabet)
    );
}

#[cfg(feature = "serde")]
#[test]
fn in_json_they_are_text() {
    let format = spelt("x", "zyx", 3);
    let json = serde_json::to_string(&format).unwrap();
    assert_eq!(json, "\"x### [zyx]\"");
    assert_eq!(serde_json::from_str::<Format>(&json).unwrap(), format);
    assert_eq!(
        serde_json::from_str::<Alphabet>(r#""base36""#).unwrap(),
        Alphabet::base36()
    );
    for wrong in ["3", "null", "[]", "\"### base37\"", r#"{"prefix":"A"}"#] {
        assert!(serde_json::from_str::<Format>(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn any_format_there_and_back(
        format in strategies::formats(),
        alphabet in strategies::alphabets(),
    ) {
        let other = Format::with_alphabet(format.prefix(), alphabet, format.length()).unwrap();
        for format in [format, other] {
            prop_assert_eq!(parse(&format.to_string()), Ok(format));
        }
    }

    /// What is read at all is the text of what it was read as, but for named alphabets in brackets.
    #[test]
    fn any_text_is_a_format_or_none(text in "[A_]{0,3}#{0,4}[ #]{0,2}(numeric|base36|\\[[01a]{0,3}\\]|\\PC{0,6})[ a=]{0,2}") {
        if let Ok(format) = parse(&text) {
            prop_assert_eq!(format.to_string(), text);
        }
    }
}
