//! Formats and alphabets as text, for files and databases.
//!
//! A format is words with one blank between them: its pattern, its alphabet, then whatever else it has,
//! each as `name=value`. Patterns have no blanks, so the first one ends it; an alphabet is a name or,
//! which no name can be, its symbols in brackets. What a version does not know it refuses, so that no
//! text is ever read as another format.
//!
//! ```text
//! test_########## alphanumeric
//! A-### [01X]
//! ```

use std::{fmt, str::FromStr};

use crate::{
    code::{alphabet::Alphabet, format::Format},
    error::Error,
};

/// The character of a pattern that stands for a symbol.
const SYMBOL: char = '#';

/// The name of an alphabet that has one, or its symbols in brackets.
///
/// ```
/// use couponmint::Alphabet;
///
/// assert_eq!(Alphabet::base36().to_string(), "base36");
/// assert_eq!(Alphabet::new("01X")?.to_string(), "[01X]");
/// # Ok::<(), couponmint::Error>(())
/// ```
impl fmt::Display for Alphabet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::named().find(|(_, named)| named == self) {
            Some((name, _)) => f.pad(name),
            None => f.pad(&format!("[{}]", self.symbols())),
        }
    }
}

/// Reads what `Display` writes.
impl FromStr for Alphabet {
    type Err = Error;

    /// # Errors
    /// [`Error::UnknownAlphabet`] for what is neither a name nor in brackets;
    /// [`Error::InvalidAlphabet`] for other symbols than [`Alphabet::new`] allows.
    fn from_str(text: &str) -> Result<Self, Error> {
        if let Some(symbols) = text.strip_prefix('[') {
            let symbols = symbols.strip_suffix(']').ok_or(Error::UnknownAlphabet)?;
            return Self::new(symbols);
        }
        let named = Self::named().find(|(name, _)| *name == text);
        named.map(|(_, named)| named).ok_or(Error::UnknownAlphabet)
    }
}

/// One text that says all there is to a format: a pattern, in which `#` is a symbol, and the alphabet.
///
/// ```
/// use couponmint::{Alphabet, CodeType, Format};
///
/// let format = Format::new("A-", CodeType::Numeric, 3)?;
/// assert_eq!(format.to_string(), "A-### numeric");
/// assert_eq!("A-### numeric".parse(), Ok(format));
///
/// let format = Format::with_alphabet("", Alphabet::new("01X")?, 4)?;
/// assert_eq!(format.to_string(), "#### [01X]");
/// # Ok::<(), couponmint::Error>(())
/// ```
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pattern = format!("{}{}", self.prefix(), "#".repeat(self.length()));
        f.pad(&format!("{pattern} {}", self.alphabet()))
    }
}

/// Reads what `Display` writes, from whatever source: it takes no more memory than the format.
impl FromStr for Format {
    type Err = Error;

    /// # Errors
    /// One of [`Error::InvalidFormat`], [`Error::InvalidPattern`], [`Error::UnknownAlphabet`] and
    /// [`Error::InvalidAlphabet`].
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parts = text.split(' ');
        let (Some(pattern), Some(alphabet), None) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(Error::InvalidFormat);
        };
        let prefix = pattern.trim_end_matches(SYMBOL);
        Self::with_alphabet(prefix, alphabet.parse()?, pattern.len() - prefix.len())
            .map_err(|_| Error::InvalidPattern)
    }
}

#[cfg(feature = "serde")]
mod with_serde {
    use serde::{
        Deserialize, Deserializer, Serialize, Serializer,
        de::{self, Visitor},
    };

    use super::{Alphabet, Error, Format, FromStr, fmt};

    struct Text<T> {
        what: &'static str,
        parse: fn(&str) -> Result<T, Error>,
    }

    impl<T> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.what)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            (self.parse)(text).map_err(E::custom)
        }
    }

    macro_rules! as_text {
        ($($type:ty: $what:literal;)*) => {$(
            impl Serialize for $type {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> Deserialize<'de> for $type {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_str(Text { what: $what, parse: Self::from_str })
                }
            }
        )*};
    }

    as_text! {
        Alphabet: "an alphabet as text";
        Format: "a format as text";
    }
}
