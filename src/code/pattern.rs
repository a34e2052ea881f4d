//! Patterns: where in a text its symbols stand, and what stands between them.

use std::ops::Range;

use crate::{
    code::format::{MAX_LENGTH, MIN_LENGTH},
    error::Error,
};

/// The character of a pattern that stands for a symbol.
pub(crate) const SYMBOL: u8 = b'#';
/// The most characters of a pattern.
pub(crate) const MAX_PATTERN: usize = 64;

/// What may stand in a pattern as it is.
#[cfg(feature = "arbitrary")]
pub(crate) const LITERALS: &str =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.~";

/// A checked pattern: literal text and `#`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Pattern {
    text: Box<str>,
    /// The places of the symbols.
    places: Box<[u8]>,
}

/// What may stand in a pattern as it is: characters that are safe in addresses, in CSV and on paper.
fn is_literal(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || is_separator(byte)
}

/// The characters that only set groups apart.
pub(crate) fn is_separator(byte: u8) -> bool {
    b"-_.~".contains(&byte)
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Result<Self, Error> {
        let is_known = |byte| byte == SYMBOL || is_literal(byte);
        if text.len() > MAX_PATTERN || !text.bytes().all(is_known) {
            return Err(Error::InvalidPattern);
        }
        let pattern = Self::unchecked(text.to_owned());
        if (MIN_LENGTH as usize..=MAX_LENGTH as usize).contains(&pattern.places.len()) {
            Ok(pattern)
        } else {
            Err(Error::InvalidPattern)
        }
    }

    /// The pattern of a prefix and so many symbols.
    pub(crate) fn plain(prefix: &str, length: usize) -> Self {
        Self::unchecked(format!("{prefix}{}", "#".repeat(length)))
    }

    fn unchecked(text: String) -> Self {
        let is_symbol = |&(_, byte): &(u8, u8)| byte == SYMBOL;
        let symbols = (0..).zip(text.bytes()).filter(is_symbol);
        Self {
            places: symbols.map(|(place, _)| place).collect(),
            text: text.into(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// How many symbols there are.
    pub(crate) fn symbols(&self) -> usize {
        self.places.len()
    }

    /// The literal text before the first symbol.
    pub(crate) fn start(&self) -> &str {
        let end = self.text.bytes().position(|byte| byte == SYMBOL);
        &self.text[..end.unwrap_or(self.text.len())]
    }

    /// Whether all symbols come last, with nothing between them.
    pub(crate) fn is_plain(&self) -> bool {
        self.start().len() + self.symbols() == self.text.len()
    }

    /// The place of a symbol.
    pub(crate) fn place(&self, symbol: usize) -> usize {
        self.places[symbol].into()
    }

    /// The literal characters after the start, and their places.
    pub(crate) fn literals(&self) -> impl Iterator<Item = (usize, u8)> + '_ {
        let start = self.start().len();
        let rest = (start..).zip(self.text.bytes().skip(start));
        rest.filter(|&(_, byte)| byte != SYMBOL)
    }

    /// The places of some symbols, as few ranges as there are groups of them.
    pub(crate) fn runs(&self, symbols: Range<usize>) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for place in symbols.map(|symbol| self.place(symbol)) {
            match runs.last_mut() {
                Some(run) if run.end == place => run.end += 1,
                _ => runs.push(place..place + 1),
            }
        }
        runs
    }
}
