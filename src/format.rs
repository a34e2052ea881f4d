//! How a kind of code is spelt, and the numbers of its codes.
//!
//! A code's number is its **rank**: its place among all codes of its format, in alphabet order. Ranks
//! are `u64`s. A code of more symbols than a `u64` can count is decided on its **head**, the longest
//! leading run that fits (19 digits, 12 of base 36, 10 of base 62): its rank is the rank of the
//! head, and the **tail** is drawn freely. Codes with different heads are different codes.
//!
//! **Text without division.** Rank r of N is the fraction r / N, and the digits of a fraction come
//! out by multiplying with the base, most significant first. In units of 2^-64, any integer f with
//!
//! ```text
//! r 2^64 / N  <=  f  <  (r + 1) 2^64 / N
//! ```
//!
//! has the same first digits as r / N, all of them. With 2^64 = q N + e, one such f is
//! r q + ⌊r c / 2^64⌋ + 1, where c = ⌈e 2^64 / N⌉: two multiplications. The rounding of c adds less
//! than r / 2^64, the floor takes less than 1, the 1 makes up for it; so f is above the lower end by
//! at most 1 + N / 2^64, and below the upper one as long as 1 + x < 1 / x for x = N / 2^64, that is
//! x < 0.618. For that reason "fits" means at most 10^19 (x = 0.542) ranks, not 2^64.

use std::{fmt, ops::Range, sync::LazyLock};

use crate::{
    alphabet::{Alphabet, is_symbol},
    error::Error,
    stream::{Bound, CHUNK, Words},
};

/// Symbols of a single-use code.
pub(crate) const SINGLE_USE_LENGTH: usize = 21;
/// Symbols of a widget code, the head of a single-use code.
pub(crate) const WIDGET_LENGTH: usize = 6;

const MAX_CAPACITY: u64 = 10_000_000_000_000_000_000;
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
    capacity: u64,
    /// 2^64 / capacity: whole part, and the rest in units of 2^-64, rounded up.
    scale: (u64, u64),
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

    fn with_head(prefix: &str, alphabet: Alphabet, length: usize, head: usize) -> Self {
        let capacity = capacity(&alphabet, head).expect("the head was chosen to fit");
        let whole = 1 << 64;
        let rest = (whole % u128::from(capacity)) << 64;
        let scale = (
            (whole / u128::from(capacity)) as u64,
            rest.div_ceil(u128::from(capacity)) as u64,
        );
        Self {
            prefix: prefix.to_owned(),
            alphabet,
            length,
            head,
            capacity,
            scale,
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
        let first = self.alphabet.symbols().as_bytes()[0];
        let width = self.text_length();
        let mut code = vec![first; width];
        self.write_stems(&mut [rank], &mut code, width);
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
        let mut stem = vec![0; self.stem_length()];
        self.write_stems(&mut [rank], &mut stem, self.stem_length());
        stem
    }

    /// Writes prefix and head of each rank to the start of its row, `width` bytes; turns the ranks
    /// into fractions on the way.
    pub(crate) fn write_stems(&self, ranks: &mut [u64], rows: &mut [u8], width: usize) {
        if !self.prefix.is_empty() {
            for row in rows.chunks_exact_mut(width) {
                row[..self.prefix.len()].copy_from_slice(self.prefix.as_bytes());
            }
        }
        let (whole, rest) = self.scale;
        for rank in &mut *ranks {
            let rounded = (u128::from(*rank) * u128::from(rest)) >> 64;
            *rank = *rank * whole + rounded as u64 + 1;
        }
        let head = self.prefix.len()..self.stem_length();
        self.alphabet.write_digits(ranks, rows, width, head);
    }

    /// Draws the tails of rows of codes. One word pays for as many symbols as fit in it.
    pub(crate) fn write_tails(&self, words: &mut Words, rows: &mut [u8]) {
        let (start, width) = (self.stem_length(), self.text_length());
        let length = width - start;
        let pieces = length.div_ceil(longest_head(&self.alphabet, length));
        let mut fractions = [0; CHUNK];
        let fractions = &mut fractions[..rows.len() / width];
        for piece in 0..pieces {
            let cut = |piece| start + length * piece / pieces;
            let places = cut(piece)..cut(piece + 1);
            let count = capacity(&self.alphabet, places.len());
            let bound = Bound::new(count.expect("a piece is at most the longest that fits"));
            fractions.fill_with(|| words.fair(bound));
            self.alphabet.write_digits(fractions, rows, width, places);
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
    let parameter = "code_prefix";
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
        parameter: "code_length",
        min: MIN_LENGTH,
        max: MAX_LENGTH,
    })
}

/// The longest run of symbols, up to `length`, whose texts a rank can count; at least 1.
fn longest_head(alphabet: &Alphabet, length: usize) -> usize {
    let fits = |symbols: &usize| capacity(alphabet, *symbols).is_some();
    (1..=length).take_while(fits).count().max(1)
}

/// How many texts of so many symbols there are, if not more than a rank can count.
fn capacity(alphabet: &Alphabet, symbols: usize) -> Option<u64> {
    let symbols = u32::try_from(symbols).ok()?;
    let capacity = alphabet.base().checked_pow(symbols)?;
    (capacity <= MAX_CAPACITY).then_some(capacity)
}
