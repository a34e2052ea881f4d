//! How a kind of code is spelt, and the numbers of its codes.
//!
//! A code's number is its **rank**: its place among all codes of its format, in alphabet order. Ranks
//! are `u64`s. A code of more symbols than a `u64` can count is decided on its **head**, the longest
//! leading run that fits (19 digits, 12 of base 36, 10 of base 62): its rank is the rank of the
//! head, and the **tail** is drawn freely. Codes with different heads are different codes.
//!
//! One random word pays for as many symbols as fit in it. The first word of a code is its **lead**: the
//! head, and the start of the tail if there is room (single-use codes have a head of 6 and a lead of
//! 10 symbols). As a fraction (see `fraction.rs`) a lead is both rank and text.

use std::{fmt, ops::Range, sync::LazyLock};

use crate::{
    code::alphabet::{Alphabet, is_symbol},
    code::fraction::{Bound, Fractions, MAX_COUNT},
    error::Error,
    parameter::Parameter,
    random::stream::Words,
};

/// Symbols of a single-use code.
pub(crate) const SINGLE_USE_LENGTH: usize = 21;
/// Symbols of a widget code, the head of a single-use code.
pub(crate) const WIDGET_LENGTH: usize = 6;

const MAX_PREFIX: u32 = 32;
const MIN_LENGTH: u32 = 3;
const MAX_LENGTH: u32 = 30;

/// The type of a custom validation code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeType {
    /// `0-9`
    Numeric,
    /// `0-9A-Za-z`
    Alphanumeric,
}

impl CodeType {
    /// The symbols of codes of this type.
    #[must_use]
    pub fn alphabet(self) -> Alphabet {
        match self {
            Self::Numeric => Alphabet::numeric(),
            Self::Alphanumeric => Alphabet::alphanumeric(),
        }
    }
}

/// How a kind of code is spelt: a prefix, then so many symbols of an alphabet.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Format {
    prefix: String,
    alphabet: Alphabet,
    length: usize,
    head: usize,
    lead: usize,
    capacity: u64,
    leads: Fractions,
}

impl Format {
    /// The format of a custom validation code: `prefix`, then `length` symbols of the type.
    ///
    /// # Errors
    /// [`Error::InvalidCharacter`] unless the prefix is made of ASCII letters, digits, `_` and `-`;
    /// [`Error::OutOfRange`] if it is longer than 32, or `length` (any integer type) is outside
    /// `3..=30`.
    pub fn new(
        prefix: &str,
        code_type: CodeType,
        length: impl TryInto<usize>,
    ) -> Result<Self, Error> {
        Self::with_alphabet(prefix, code_type.alphabet(), length)
    }

    /// Like [`new`](Self::new), with an alphabet of your own.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_alphabet(
        prefix: &str,
        alphabet: Alphabet,
        length: impl TryInto<usize>,
    ) -> Result<Self, Error> {
        check_prefix(prefix)?;
        let length = check_length(length)?;
        let head = longest_head(&alphabet, length);
        Ok(Self::with_head(prefix, alphabet, length, head))
    }

    /// The format of single-use codes, told apart by their widget codes.
    pub(crate) fn single_use() -> &'static Self {
        static SINGLE_USE: LazyLock<Format> = LazyLock::new(|| {
            Format::with_head("", Alphabet::base36(), SINGLE_USE_LENGTH, WIDGET_LENGTH)
        });
        &SINGLE_USE
    }

    /// The format that spells a code of this one with a head at its end, so that codes are told
    /// apart to the last symbol.
    pub(crate) fn ending(&self, code: &str) -> Self {
        let prefix = &code[..code.len() - self.head];
        Self::with_head(prefix, self.alphabet.clone(), self.head, self.head)
    }

    /// A format told apart by so many symbols behind its prefix.
    pub(crate) fn with_head(prefix: &str, alphabet: Alphabet, length: usize, head: usize) -> Self {
        let words = length.div_ceil(longest_head(&alphabet, length));
        let lead = head.max(length / words);
        let count = |symbols| count(&alphabet, symbols).expect("heads and leads are chosen to fit");
        Self {
            prefix: prefix.to_owned(),
            length,
            head,
            lead,
            capacity: count(head),
            leads: Fractions::new(count(lead)),
            alphabet,
        }
    }

    /// What every code begins with; may be empty.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The symbols behind the prefix.
    #[must_use]
    pub fn alphabet(&self) -> &Alphabet {
        &self.alphabet
    }

    /// How many symbols follow the prefix, 3 to 30.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// How many of them decide the rank: all, if their codes can be counted up to 10^19.
    #[must_use]
    pub fn head_length(&self) -> usize {
        self.head
    }

    /// How many ranks there are: base ^ head length, at most 10^19.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.capacity
    }

    /// The rank of a code, 0 to capacity - 1, if the format spells it.
    #[must_use]
    pub fn rank(&self, code: &str) -> Option<u64> {
        (code.len() == self.text_length()).then_some(())?;
        self.rank_of_start(code.as_bytes())
    }

    /// The first code of a rank, in alphabet order, if there is such a rank.
    #[must_use]
    pub fn code(&self, rank: u64) -> Option<String> {
        (rank < self.capacity).then_some(())?;
        let mut code = self.blank();
        self.write_word(self.first_word(rank), &mut code);
        String::from_utf8(code).ok()
    }

    /// Prefix and symbols together, 3 to 62.
    pub(crate) fn text_length(&self) -> usize {
        self.prefix.len() + self.length
    }

    /// Prefix and head together: what decides the rank.
    pub(crate) fn stem_length(&self) -> usize {
        self.prefix.len() + self.head
    }

    /// The rank of the codes that start like this, if the format spells such codes. The start is at
    /// least a stem long.
    pub(crate) fn rank_of_start(&self, start: &[u8]) -> Option<u64> {
        let symbols = start.strip_prefix(self.prefix.as_bytes())?;
        let (head, rest) = symbols.split_at(self.head);
        let rank = self.alphabet.number(head)?;
        let spelt = rest.iter().all(|&symbol| self.alphabet.contains(symbol));
        spelt.then_some(rank)
    }

    /// The ranks of the codes that begin with this text of at most a stem, if there are any.
    pub(crate) fn ranks_that_begin_with(&self, start: &[u8]) -> Option<Range<u64>> {
        let prefix = self.prefix.as_bytes();
        let symbols = start.get(prefix.len()..).unwrap_or_default();
        prefix
            .starts_with(&start[..start.len() - symbols.len()])
            .then_some(())?;
        let rank = self.alphabet.number(symbols)?;
        let each = self.alphabet.base().pow((self.head - symbols.len()) as u32);
        Some(rank * each..(rank + 1) * each)
    }

    /// Whether codes may have this symbol at this position.
    pub(crate) fn allows(&self, position: usize, symbol: u8) -> bool {
        match self.prefix.as_bytes().get(position) {
            Some(&only) => only == symbol,
            None => self.alphabet.contains(symbol),
        }
    }

    /// The symbols that codes may have at a position.
    pub(crate) fn symbols_at(&self, position: usize) -> &[u8] {
        match self.prefix.as_bytes().get(position..=position) {
            Some(only) => only,
            None => self.alphabet.symbols().as_bytes(),
        }
    }

    /// The prefix and the head of a rank.
    pub(crate) fn stem(&self, rank: u64) -> Vec<u8> {
        let mut code = self.blank();
        self.write_word(self.first_word(rank), &mut code);
        code.truncate(self.stem_length());
        code
    }

    /// All leads, and words that stand for them.
    pub(crate) fn leads(&self) -> Fractions {
        self.leads
    }

    /// Writes a code for each word of a lead; what follows the leads is drawn from `tails`.
    pub(crate) fn write(&self, words: &[u64], tails: &mut Words) -> Vec<u8> {
        let mut codes = self.blank().repeat(words.len());
        let (places, width) = (self.lead_places(), self.text_length());
        self.alphabet.write_digits(words, &mut codes, width, places);
        self.write_tails(tails, &mut codes);
        codes
    }

    /// Writes the lead that a word stands for into a code.
    pub(crate) fn write_word(&self, word: u64, code: &mut [u8]) {
        let (places, width) = (self.lead_places(), code.len());
        self.alphabet.write_digits(&[word], code, width, places);
    }

    fn lead_places(&self) -> Range<usize> {
        self.prefix.len()..self.prefix.len() + self.lead
    }

    /// A word for the first lead of a rank.
    fn first_word(&self, rank: u64) -> u64 {
        self.leads.word(rank * (self.leads.count() / self.capacity))
    }

    /// The prefix, then the first symbol over and over.
    fn blank(&self) -> Vec<u8> {
        let first = self.alphabet.symbols().as_bytes()[0];
        let mut code = vec![first; self.text_length()];
        code[..self.prefix.len()].copy_from_slice(self.prefix.as_bytes());
        code
    }

    /// Draws what follows the leads, as few words a code as it takes.
    fn write_tails(&self, words: &mut Words, codes: &mut [u8]) {
        let (start, width) = (self.lead_places().end, self.text_length());
        let length = width - start;
        if length == 0 {
            return;
        }
        let pieces = length.div_ceil(longest_head(&self.alphabet, length));
        let mut drawn = vec![0; codes.len() / width];
        for piece in 0..pieces {
            let cut = |piece| start + length * piece / pieces;
            let places = cut(piece)..cut(piece + 1);
            let count = count(&self.alphabet, places.len());
            let bound = Bound::new(count.expect("a piece is at most the longest that fits"));
            words.fill(&mut drawn, bound);
            self.alphabet.write_digits(&drawn, codes, width, places);
        }
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Format")
            .field("prefix", &self.prefix)
            .field("alphabet", &self.alphabet.symbols())
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// Checks the prefix of a custom code.
pub(crate) fn check_prefix(prefix: &str) -> Result<(), Error> {
    let parameter = Parameter::CodePrefix;
    if !prefix.bytes().all(is_symbol) {
        return Err(Error::InvalidCharacter { parameter });
    }
    if prefix.len() > MAX_PREFIX as usize {
        return Err(Error::OutOfRange {
            parameter,
            min: 0,
            max: MAX_PREFIX,
        });
    }
    Ok(())
}

/// Checks the length of a custom code behind its prefix.
pub(crate) fn check_length(length: impl TryInto<usize>) -> Result<usize, Error> {
    let length = length.try_into().ok();
    let length =
        length.filter(|length| (MIN_LENGTH as usize..=MAX_LENGTH as usize).contains(length));
    length.ok_or(Error::OutOfRange {
        parameter: Parameter::CodeLength,
        min: MIN_LENGTH,
        max: MAX_LENGTH,
    })
}

/// The longest run of symbols, up to `length`, whose texts can be counted; at least 1.
fn longest_head(alphabet: &Alphabet, length: usize) -> usize {
    let fits = |symbols: &usize| count(alphabet, *symbols).is_some();
    (1..=length).take_while(fits).count().max(1)
}

/// How many texts of so many symbols there are, if not too many.
fn count(alphabet: &Alphabet, symbols: usize) -> Option<u64> {
    let symbols = u32::try_from(symbols).ok()?;
    let count = alphabet.base().checked_pow(symbols)?;
    (count <= MAX_COUNT).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Single-use codes have many leads for each rank.
    #[test]
    fn the_first_code_of_a_rank() {
        let format = Format::single_use();
        assert_eq!(format.lead, 10);
        for (rank, head) in [(0, "000000"), (35, "00000z"), (36, "000010")] {
            let code = format.code(rank).unwrap();
            assert_eq!(code, format!("{head:0<SINGLE_USE_LENGTH$}"));
            assert_eq!(format.rank(&code), Some(rank));
        }
        assert_eq!(format.code(format.capacity()), None);
    }
}
