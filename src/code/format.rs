//! Formats: which texts are codes, and their ranks.

use std::{
    fmt,
    ops::Range,
    str::FromStr,
    sync::{Arc, LazyLock},
};

use crate::{
    code::{
        Numbers,
        alphabet::{Alphabet, is_symbol},
    },
    error::Error,
    parameter::Parameter,
};

/// Symbols of a single-use code.
pub(crate) const SINGLE_USE_LENGTH: usize = 21;
/// Symbols of a widget code, the first of a single-use code.
pub(crate) const WIDGET_LENGTH: usize = 6;

const MAX_PREFIX: u32 = 32;
const MIN_LENGTH: u32 = 3;
const MAX_LENGTH: u32 = 30;

/// The fewest and the most symbols of a custom code, its prefix included.
pub(crate) const SHORTEST_TEXT: usize = MIN_LENGTH as usize;
pub(crate) const LONGEST_TEXT: usize = (MAX_PREFIX + MAX_LENGTH) as usize;

/// The type of a custom validation code.
///
/// ```
/// use couponmint::CodeType;
///
/// assert_eq!(CodeType::Alphanumeric.to_string(), "alphanumeric");
/// assert_eq!("numeric".parse(), Ok(CodeType::Numeric));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeType {
    /// `0-9`
    Numeric,
    /// `0-9A-Za-z`
    Alphanumeric,
}

impl CodeType {
    /// The symbols of codes of this type.
    ///
    /// ```
    /// use couponmint::CodeType;
    ///
    /// assert_eq!(CodeType::Numeric.alphabet().symbols(), "0123456789");
    /// ```
    #[must_use]
    pub fn alphabet(self) -> Alphabet {
        match self {
            Self::Numeric => Alphabet::numeric(),
            Self::Alphanumeric => Alphabet::alphanumeric(),
        }
    }
}

impl fmt::Display for CodeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Numeric => "numeric",
            Self::Alphanumeric => "alphanumeric",
        })
    }
}

impl FromStr for CodeType {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "numeric" => Ok(Self::Numeric),
            "alphanumeric" => Ok(Self::Alphanumeric),
            _ => Err(Error::InvalidValue {
                parameter: Parameter::CodeType,
            }),
        }
    }
}

/// How a kind of code is spelt: a prefix, then a number of symbols of an alphabet.
///
/// Cloning is cheap. Two formats are equal if prefix, alphabet and length are.
///
/// ```
/// use couponmint::{CodeType, Format};
///
/// let format = Format::new("A-", CodeType::Numeric, 3)?;
/// assert_eq!(format.capacity(), 1000);
/// assert!(format.spells("A-042") && !format.spells("A-42"));
/// assert_eq!(format.rank("A-042"), Some(42));
/// assert_eq!(format.code(42).as_deref(), Some("A-042"));
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Format {
    prefix: Arc<str>,
    alphabet: Alphabet,
    length: u8,
}

impl Format {
    /// The format of a custom validation code: `prefix`, then `length` symbols of the type.
    ///
    /// # Errors
    /// [`Error::InvalidCharacter`] unless the prefix is made of ASCII letters, digits, `_` and `-`;
    /// [`Error::OutOfRange`] if it is longer than 32, or `length` (any integer type) is outside
    /// `3..=30`.
    ///
    /// ```
    /// use couponmint::{CodeType, Format};
    ///
    /// let format = Format::new("test_", CodeType::Alphanumeric, 10)?;
    /// assert!(format.spells("test_zaMPLB6iNi"));
    /// assert!(Format::new("test_", CodeType::Numeric, 2).is_err());
    /// # Ok::<(), couponmint::Error>(())
    /// ```
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
    ///
    /// ```
    /// use couponmint::{Alphabet, Format};
    ///
    /// let format = Format::with_alphabet("", Alphabet::new("ABCDEF")?, 4)?;
    /// assert_eq!(format.capacity(), 1296);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    pub fn with_alphabet(
        prefix: &str,
        alphabet: Alphabet,
        length: impl TryInto<usize>,
    ) -> Result<Self, Error> {
        check_prefix(prefix)?;
        let length = check_length(length)?;
        Ok(Self::unchecked(prefix, alphabet, length))
    }

    /// A format of any short prefix and length.
    pub(crate) fn unchecked(prefix: &str, alphabet: Alphabet, length: usize) -> Self {
        Self {
            prefix: prefix.into(),
            alphabet,
            length: length as u8,
        }
    }

    /// The format of widget codes.
    pub(crate) fn widget() -> &'static Self {
        static WIDGET: LazyLock<Format> =
            LazyLock::new(|| Format::unchecked("", Alphabet::base36(), WIDGET_LENGTH));
        &WIDGET
    }

    /// What every code begins with; may be empty.
    ///
    /// ```
    /// use couponmint::{CodeType, Format};
    ///
    /// assert_eq!(Format::new("A-", CodeType::Numeric, 3)?.prefix(), "A-");
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn shared_prefix(&self) -> &Arc<str> {
        &self.prefix
    }

    /// The symbols after the prefix.
    ///
    /// ```
    /// use couponmint::{CodeType, Format};
    ///
    /// let format = Format::new("A-", CodeType::Numeric, 3)?;
    /// assert_eq!(format.alphabet().symbols(), "0123456789");
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn alphabet(&self) -> &Alphabet {
        &self.alphabet
    }

    /// How many symbols follow the prefix, 3 to 30.
    ///
    /// ```
    /// use couponmint::{CodeType, Format};
    ///
    /// assert_eq!(Format::new("A-", CodeType::Numeric, 3)?.length(), 3);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn length(&self) -> usize {
        self.length.into()
    }

    /// How many codes there are: base ^ length, or the largest `u128` for that many or more (of
    /// letters and digits, that is from 22 symbols on).
    ///
    /// ```
    /// use couponmint::{CodeType, Format};
    ///
    /// assert_eq!(Format::new("A-", CodeType::Numeric, 3)?.capacity(), 1000);
    /// assert_eq!(Format::new("", CodeType::Alphanumeric, 22)?.capacity(), u128::MAX);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn capacity(&self) -> u128 {
        let base = u128::from(self.alphabet.base());
        base.checked_pow(self.length.into()).unwrap_or(u128::MAX)
    }

    /// Whether a text is a code of this format.
    ///
    /// ```
    /// use couponmint::{CodeType, Format};
    ///
    /// let format = Format::new("A-", CodeType::Numeric, 3)?;
    /// assert!(format.spells("A-042") && !format.spells("A-42"));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn spells(&self, text: &str) -> bool {
        let symbols = text.strip_prefix(&*self.prefix);
        symbols.is_some_and(|symbols| {
            symbols.len() == self.length() && self.alphabet.spells(symbols.as_bytes())
        })
    }

    /// The rank of a code: its number among all codes of the format in alphabet order, counted from 0.
    /// None for what the format does not [spell](Self::spells), and for a number that a `u128` cannot
    /// hold.
    ///
    /// ```
    /// use couponmint::{CodeType, Format};
    ///
    /// let format = Format::new("A-", CodeType::Numeric, 3)?;
    /// assert_eq!(format.rank("A-042"), Some(42));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn rank(&self, code: &str) -> Option<u128> {
        self.spells(code).then_some(())?;
        let base = u128::from(self.alphabet.base());
        let append = |rank: u128, &symbol| {
            let digit = self.alphabet.number(&[symbol])?;
            rank.checked_mul(base)?.checked_add(digit.into())
        };
        let symbols = &code.as_bytes()[self.prefix.len()..];
        symbols.iter().try_fold(0, append)
    }

    /// The code of a rank, if there is one.
    ///
    /// ```
    /// use couponmint::{CodeType, Format};
    ///
    /// let format = Format::new("A-", CodeType::Numeric, 3)?;
    /// assert_eq!(format.code(42).as_deref(), Some("A-042"));
    /// assert_eq!(format.code(1000), None);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn code(&self, mut rank: u128) -> Option<String> {
        let capacity = self.capacity();
        (rank < capacity || capacity == u128::MAX).then_some(())?;
        let base = u128::from(self.alphabet.base());
        let mut code = vec![0; self.text_length()];
        let (prefix, symbols) = code.split_at_mut(self.prefix.len());
        prefix.copy_from_slice(self.prefix.as_bytes());
        for symbol in symbols.iter_mut().rev() {
            *symbol = self.alphabet.symbols().as_bytes()[(rank % base) as usize];
            rank /= base;
        }
        String::from_utf8(code).ok()
    }

    /// Prefix and symbols together, 3 to 62.
    pub(crate) fn text_length(&self) -> usize {
        self.prefix.len() + self.length()
    }

    /// How many numbers a code is.
    pub(crate) fn numbers_per_code(&self) -> usize {
        self.length().div_ceil(self.alphabet.symbols_per_number())
    }

    /// How many codes there are of a short format.
    pub(crate) fn short_capacity(&self) -> u64 {
        debug_assert_eq!(self.numbers_per_code(), 1);
        self.first_numbers()
    }

    /// How many symbols the first piece of a code has.
    fn first_piece(&self) -> usize {
        self.length() / self.numbers_per_code()
    }

    /// How many texts the first piece of a code can be.
    pub(crate) fn first_numbers(&self) -> u64 {
        self.alphabet.base().pow(self.first_piece() as u32)
    }

    /// The first numbers of the codes that begin with a text no shorter than the prefix, if there are any.
    pub(crate) fn first_numbers_after(&self, start: &[u8]) -> Option<Range<u64>> {
        let symbols = start.strip_prefix(self.prefix.as_bytes())?;
        let known = &symbols[..symbols.len().min(self.first_piece())];
        let number = self.alphabet.number(known)?;
        let each = self
            .alphabet
            .base()
            .pow((self.first_piece() - known.len()) as u32);
        Some(number * each..(number + 1) * each)
    }

    /// Where in a code its pieces are, of nearly equal length.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let (start, length, pieces) = (self.prefix.len(), self.length(), self.numbers_per_code());
        let cut = move |piece| start + length * piece / pieces;
        (0..pieces).map(move |piece| cut(piece)..cut(piece + 1))
    }

    /// A text as numbers, if the format spells it. The text must have the length of its codes.
    pub(crate) fn numbers(&self, text: &[u8]) -> Option<Numbers> {
        debug_assert_eq!(text.len(), self.text_length());
        text.starts_with(self.prefix.as_bytes()).then_some(())?;
        let mut numbers = Numbers::default();
        for (number, places) in numbers.iter_mut().zip(self.pieces()) {
            *number = self.alphabet.number(&text[places])?;
        }
        Some(numbers)
    }

    /// Writes the code of these numbers in place of another. (For many codes of one format, a
    /// [`Writer`](crate::code::spelling::Writer) is faster.)
    pub(crate) fn write(&self, numbers: &Numbers, code: &mut Vec<u8>) {
        code.clear();
        code.extend_from_slice(self.prefix.as_bytes());
        code.resize(self.text_length(), 0);
        let (symbols, base) = (self.alphabet.symbols().as_bytes(), self.alphabet.base());
        for (mut number, places) in numbers.iter().copied().zip(self.pieces()) {
            for symbol in code[places].iter_mut().rev() {
                *symbol = symbols[(number % base) as usize];
                number /= base;
            }
        }
    }

    /// Whether every code of another format of the same text length is one of this format too.
    pub(crate) fn contains(&self, other: &Self) -> bool {
        self.spells_rest_of(other) && self.alphabet.contains_all_of(&other.alphabet)
    }

    /// Whether some text of their common length is a code of both.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        (self.spells_rest_of(other) || other.spells_rest_of(self))
            && self.alphabet.meets(&other.alphabet)
    }

    /// How many texts of their common length are codes of both.
    pub(crate) fn common(&self, other: &Self) -> u128 {
        let common = |place| {
            let symbols = self.symbols_at(place).iter();
            let both = symbols.filter(|symbol| other.symbols_at(place).contains(symbol));
            both.count() as u128
        };
        (0..self.text_length()).map(common).product()
    }

    /// The symbols that codes may have at a place.
    fn symbols_at(&self, place: usize) -> &[u8] {
        let only = self.prefix.as_bytes().get(place..=place);
        only.unwrap_or(self.alphabet.symbols().as_bytes())
    }

    /// Whether another prefix begins with this one's, and this one's alphabet spells how it goes on.
    fn spells_rest_of(&self, other: &Self) -> bool {
        let rest = other.prefix.strip_prefix(&*self.prefix);
        rest.is_some_and(|rest| self.alphabet.spells(rest.as_bytes()))
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

/// Checks the length of a custom code after its prefix.
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
