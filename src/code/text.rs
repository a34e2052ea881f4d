//! Formats and alphabets as text, for files and databases.
//!
//! A format is words with one blank between them: its pattern, its alphabet, then whatever else it has,
//! each as `name=value`. Patterns have no blanks, so the first one ends it; an alphabet is a name or,
//! which no name can be, its symbols in brackets. What a version does not know it refuses, so that no
//! text is ever read as another format.
//!
//! ```text
//! test_########## alphanumeric
//! SUMMER-####-#### crockford check=iso7064 words=ass,sex
//! A-### [01X]
//! ```

use std::{fmt, str::FromStr};

use crate::{
    code::{alphabet::Alphabet, format::Format, words::Words},
    error::Error,
};

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
        let pattern = self.whole_pattern();
        let mut parts = vec![pattern.text().to_owned(), self.alphabet().to_string()];
        parts.extend(self.check_system().map(|check| format!("check={check}")));
        parts.extend(self.words().map(|words| format!("words={words}")));
        f.pad(&parts.join(" "))
    }
}

/// Reads what `Display` writes, from whatever source: it takes no more memory than the format.
impl FromStr for Format {
    type Err = Error;

    /// # Errors
    /// [`Error::InvalidFormat`], or what is wrong with one of its parts.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parts = text.split(' ').peekable();
        let (Some(pattern), Some(alphabet)) = (parts.next(), parts.next()) else {
            return Err(Error::InvalidFormat);
        };
        let mut format = Self::pattern(pattern, alphabet.parse()?)?;
        let mut named = |name: &str| {
            parts
                .next_if(|part| part.starts_with(name))
                .map(|part| &part[name.len()..])
        };
        if let Some(check) = named("check=") {
            format = format.check(check.parse()?)?;
        }
        if let Some(text) = named("words=") {
            let words: Words = text.parse()?;
            if words.is_empty() || words.to_string() != text {
                return Err(Error::InvalidFormat);
            }
            format = format.without_words(&words)?;
        }
        match parts.next() {
            Some(_) => Err(Error::InvalidFormat),
            None => Ok(format),
        }
    }
}
