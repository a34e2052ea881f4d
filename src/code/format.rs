//! Formats: which texts are codes, and their ranks.

use std::{
    borrow::Cow,
    fmt,
    hash::{Hash, Hasher},
    ops::Range,
    str::FromStr,
    sync::{Arc, LazyLock},
};

use crate::{
    code::{
        Numbers,
        alphabet::{Alphabet, is_symbol},
        check::{Check, CheckSymbol},
        pattern::{MAX_PATTERN, Pattern, SYMBOL},
        words::{Counts, Filter, Scan, Words, count_common},
    },
    error::Error,
    parameter::Parameter,
};

/// Symbols of a single-use code.
pub(crate) const SINGLE_USE_LENGTH: usize = 21;
/// Symbols of a widget code, the first of a single-use code.
pub(crate) const WIDGET_LENGTH: usize = 6;

const MAX_PREFIX: u32 = 32;
pub(crate) const MIN_LENGTH: u32 = 3;
pub(crate) const MAX_LENGTH: u32 = 30;

/// The fewest and the most characters of a custom code, what its pattern says included.
pub(crate) const SHORTEST_TEXT: usize = MIN_LENGTH as usize;
pub(crate) const LONGEST_TEXT: usize = MAX_PATTERN;

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

/// How a kind of code is spelt: a pattern of literal text and symbols of an alphabet, mostly a prefix and a
/// number of symbols.
///
/// Cloning is cheap. Two formats are equal if all that they were made of is.
///
/// ```
/// use couponmint::{Alphabet, CodeType, Format};
///
/// let format = Format::new("A-", CodeType::Numeric, 3)?;
/// assert_eq!(format.capacity(), 1000);
/// assert!(format.spells("A-042") && !format.spells("A-42"));
/// assert_eq!(format.rank("A-042"), Some(42));
/// assert_eq!(format.code(42).as_deref(), Some("A-042"));
///
/// let format = Format::pattern("SUMMER-####-####", Alphabet::crockford())?;
/// assert_eq!(format.capacity(), 1 << 40);
/// assert!(format.spells("SUMMER-7K3M-9QXT"));
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Clone)]
pub struct Format {
    /// The literal text before the first symbol.
    prefix: Arc<str>,
    alphabet: Alphabet,
    length: u8,
    /// Unless that is all: a prefix and symbols.
    shape: Option<Arc<Shape>>,
    /// What no code may hold.
    words: Option<Arc<Filter>>,
}

/// What a format may have beside a prefix and symbols.
#[derive(Debug, Clone)]
struct Shape {
    pattern: Pattern,
    check: Option<CheckSymbol>,
}

impl Shape {
    /// All that it was made of.
    fn key(&self) -> (&Pattern, Option<Check>) {
        (
            &self.pattern,
            self.check.as_ref().map(|symbol| symbol.check),
        )
    }
}

impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Shape {}

impl Hash for Shape {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl Format {
    /// All that it was made of.
    fn key(&self) -> (&str, &Alphabet, u8, Option<&Shape>, Option<&Words>) {
        let (shape, words) = (self.shape.as_deref(), self.words());
        (&self.prefix, &self.alphabet, self.length, shape, words)
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Format {}

impl Hash for Format {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
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

    /// The format of a pattern, in which `#` is a symbol of the alphabet and all else stands as it is: up to
    /// 64 characters, 3 to 30 of them `#`, the others ASCII letters, digits, `-`, `_`, `.` and `~`, which
    /// are safe in addresses, in CSV and on paper.
    ///
    /// ```
    /// use couponmint::{Alphabet, CodeType, Format};
    ///
    /// let format = Format::pattern("##-###.A", Alphabet::numeric())?;
    /// assert_eq!(format.code(12_345).as_deref(), Some("12-345.A"));
    ///
    /// let format = Format::pattern("A-###", Alphabet::numeric())?;
    /// assert_eq!(format, Format::new("A-", CodeType::Numeric, 3)?);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidPattern`] for any other text.
    pub fn pattern(pattern: &str, alphabet: Alphabet) -> Result<Self, Error> {
        let pattern = Pattern::new(pattern)?;
        let is_plain = pattern.is_plain();
        Ok(Self {
            prefix: pattern.start().into(),
            alphabet,
            length: pattern.symbols() as u8,
            shape: (!is_plain).then(|| {
                Shape {
                    pattern,
                    check: None,
                }
                .into()
            }),
            words: None,
        })
    }

    /// Makes the last symbol of each code a check symbol, computed from the others, so that typing errors are found. It
    /// replaces an earlier check symbol.
    ///
    /// ```
    /// use couponmint::{Alphabet, Check, Format, Mistake};
    ///
    /// let format = Format::pattern("SUMMER-####-####", Alphabet::crockford())?.check(Check::Iso7064)?;
    /// assert_eq!(format.capacity(), 1 << 35);
    /// assert_eq!(format.verify("SUMMER-7K3M-9QXE"), Ok(()));
    /// assert_eq!(format.verify("SUMMER-7K3M-9QXX"), Err(Mistake::Mistyped));
    /// assert_eq!(format.verify("SUMMER-7K3M-9QX"), Err(Mistake::NotOfFormat));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidCheck`] if the system does not fit the pattern and the alphabet. All need the check
    /// symbol to stand last: no letter or digit after the last `#`. ISO 7064 needs an alphabet of an even
    /// number of symbols; the others need the ten digits for one, no letter in the pattern, and those of GS1
    /// their number of digits in all.
    pub fn check(self, check: Check) -> Result<Self, Error> {
        let pattern = self.whole_pattern().into_owned();
        let check = Some(CheckSymbol::new(check, &pattern, &self.alphabet)?);
        let shape = Some(Shape { pattern, check }.into());
        let words = self.words().cloned();
        let checked = Self { shape, ..self };
        match words {
            Some(words) => checked.with_words(words),
            None => Ok(checked),
        }
    }

    /// Leaves out all codes that hold one of these words, or one of those named before. [`Words`] says where and how
    /// a word is found.
    ///
    /// The codes that are left are counted exactly: [`capacity`](Self::capacity) is their number, and
    /// [`rank`](Self::rank) the place of a code among them. Drawing them takes longer than without words.
    ///
    /// ```
    /// use couponmint::{Alphabet, Format, Words};
    ///
    /// let format = Format::pattern("SUMMER-####", Alphabet::crockford())?;
    /// let format = format.without_words(&Words::new(["ass", "sex"])?)?;
    /// assert!(!format.spells("SUMMER-1455") && !format.spells("SUMMER-5EX1"));
    /// assert!(format.spells("SUMMER-1454"));
    /// assert_eq!(format.normalize("summer-1455"), None);
    /// assert_eq!(format.capacity(), 1_048_576 - 768);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TooFewCodes`] if less than one code in 16 is left; [`Error::InvalidWords`] if both lists together
    /// are too long.
    pub fn without_words(self, words: &Words) -> Result<Self, Error> {
        let words = match self.words() {
            Some(own) if own == words => return Ok(self),
            Some(own) => own.and(words)?,
            None if words.is_empty() => return Ok(self),
            None => words.clone(),
        };
        self.with_words(words)
    }

    /// Leaves out these words and no others.
    fn with_words(self, words: Words) -> Result<Self, Error> {
        let (format, are_enough) = self.without_any(words);
        are_enough.then_some(format).ok_or(Error::TooFewCodes)
    }

    /// The same, and whether that leaves enough codes.
    pub(crate) fn without_any(&self, words: Words) -> (Self, bool) {
        let filter = Filter::new(self, words);
        let are_enough = filter.leaves_enough(self);
        let words = Some(filter.into());
        (
            Self {
                words,
                ..self.clone()
            },
            are_enough,
        )
    }

    /// The same with all words.
    pub(crate) fn with_all_words(&self) -> Self {
        Self {
            words: None,
            ..self.clone()
        }
    }

    /// A format of any short prefix and length.
    pub(crate) fn unchecked(prefix: &str, alphabet: Alphabet, length: usize) -> Self {
        Self {
            prefix: prefix.into(),
            alphabet,
            length: length as u8,
            shape: None,
            words: None,
        }
    }

    /// Whether it is what a request can ask for as alphanumeric: a prefix and symbols of `0-9A-Za-z`.
    pub(crate) fn is_alphanumeric(&self) -> bool {
        self.shape.is_none() && self.alphabet == Alphabet::alphanumeric()
    }

    /// The format of widget codes.
    pub(crate) fn widget() -> &'static Self {
        static WIDGET: LazyLock<Format> =
            LazyLock::new(|| Format::unchecked("", Alphabet::base36(), WIDGET_LENGTH));
        &WIDGET
    }

    /// What every code begins with, up to its first symbol; may be empty.
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

    /// The symbols that codes are spelt with, beside what the pattern says.
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

    /// How many symbols a code has, 3 to 30: all but what the pattern says, a check symbol included.
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

    /// How the check symbol is computed, if there is one.
    ///
    /// ```
    /// use couponmint::{Alphabet, Check, Format};
    ///
    /// let format = Format::pattern("603587##########", Alphabet::numeric())?;
    /// assert_eq!(format.check_system(), None);
    /// assert_eq!(format.check(Check::Luhn)?.check_system(), Some(Check::Luhn));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn check_system(&self) -> Option<Check> {
        self.check_symbol().map(|symbol| symbol.check)
    }

    /// The words that no code holds, if there are any.
    ///
    /// ```
    /// use couponmint::{CodeType, Format, Words};
    ///
    /// let format = Format::new("A-", CodeType::Alphanumeric, 8)?;
    /// assert_eq!(format.words(), None);
    /// let words = Words::new(["ass"])?;
    /// assert_eq!(format.without_words(&words)?.words(), Some(&words));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn words(&self) -> Option<&Words> {
        self.words.as_deref().map(Filter::words)
    }

    pub(crate) fn filter(&self) -> Option<&Arc<Filter>> {
        self.words.as_ref()
    }

    /// What finds words in its codes; none if no code can hold one.
    pub(crate) fn scan(&self) -> Option<&Scan> {
        self.words.as_ref()?.scan()
    }

    /// The pattern, unless it is a prefix and symbols.
    pub(super) fn shaped_pattern(&self) -> Option<&Pattern> {
        self.shape.as_ref().map(|shape| &shape.pattern)
    }

    pub(crate) fn check_symbol(&self) -> Option<&CheckSymbol> {
        self.shape.as_ref()?.check.as_ref()
    }

    /// How many symbols are drawn: all but the check symbol.
    pub(crate) fn drawn(&self) -> usize {
        self.length() - usize::from(self.check_symbol().is_some())
    }

    /// The pattern, written out if all symbols come last.
    pub(crate) fn whole_pattern(&self) -> Cow<'_, Pattern> {
        match self.shaped_pattern() {
            Some(pattern) => Cow::Borrowed(pattern),
            None => Cow::Owned(Pattern::plain(&self.prefix, self.length())),
        }
    }

    /// How many codes there are: base ^ length, one symbol less if that is a check symbol, without those that hold a
    /// word. If that is more than a `u128` can hold (from 22 letters and digits on), the largest `u128` stands for it.
    ///
    /// With words, the codes are counted when the number is first needed, once for all formats that differ only in their
    /// prefixes. That takes a millisecond or so, or some tens of milliseconds with a check symbol.
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
        match self.counted() {
            Some((counts, scan)) => counts.capacity(self, scan),
            None => self.texts(),
        }
    }

    /// The counts of clean codes, if there are others.
    fn counted(&self) -> Option<(&Counts, &Scan)> {
        let scan = self.scan()?;
        let filter = self.words.as_ref()?;
        Some((filter.counts(self, scan), scan))
    }

    /// How many codes there are, those that hold a word included.
    pub(crate) fn texts(&self) -> u128 {
        let base = u128::from(self.alphabet.base());
        base.checked_pow(self.drawn() as u32).unwrap_or(u128::MAX)
    }

    /// How many blind guesses it takes, on average, to hit one of a number of live codes (any integer type): the odds
    /// of one guess are 1 in this many. The guesser is assumed to know the format and to guess only codes of it.
    ///
    /// ```
    /// use couponmint::{CodeType, Format};
    ///
    /// let format = Format::new("A-", CodeType::Numeric, 6)?;
    /// assert_eq!(format.guess_odds(1000), 1000.0);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "odds need no more than 15 digits"
    )]
    pub fn guess_odds(&self, live_codes: impl TryInto<u128>) -> f64 {
        let live_codes = live_codes.try_into().unwrap_or(0);
        (self.capacity() as f64 / live_codes as f64).max(1.0)
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
        text.len() == self.text_length() && self.numbers(text.as_bytes()).is_some()
    }

    /// The same of a code that may hold a word.
    pub(crate) fn spells_with_words(&self, text: &str) -> bool {
        text.len() == self.text_length() && self.numbers_with_words(text.as_bytes()).is_some()
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
        if let Some((counts, scan)) = self.counted() {
            return counts.rank(self, scan, code.as_bytes());
        }
        let base = u128::from(self.alphabet.base());
        let append = |rank: u128, &symbol| {
            let digit = self.alphabet.number(&[symbol])?;
            rank.checked_mul(base)?.checked_add(digit.into())
        };
        self.symbols(code.as_bytes()).iter().try_fold(0, append)
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
    pub fn code(&self, rank: u128) -> Option<String> {
        let capacity = self.capacity();
        (rank < capacity || capacity == u128::MAX).then_some(())?;
        let mut code = self.whole_pattern().text().as_bytes().to_vec();
        self.write_rank(rank, &mut code);
        String::from_utf8(code).ok()
    }

    /// Writes the symbols of the code of a rank, which must be below the capacity, in place of those of another
    /// one.
    pub(crate) fn write_rank(&self, mut rank: u128, code: &mut [u8]) {
        if let Some((counts, scan)) = self.counted() {
            counts.write(self, scan, rank, code);
        } else {
            let symbols = self.alphabet.symbols().as_bytes();
            let base = u128::from(self.alphabet.base());
            for symbol in (0..self.drawn()).rev() {
                code[self.place(symbol)] = symbols[(rank % base) as usize];
                rank /= base;
            }
        }
        self.complete(code);
    }

    /// All characters of a code, 3 to 64.
    pub(crate) fn text_length(&self) -> usize {
        match self.shaped_pattern() {
            Some(pattern) => pattern.text().len(),
            None => self.prefix.len() + self.length(),
        }
    }

    /// Where in a code a symbol stands.
    pub(super) fn place(&self, symbol: usize) -> usize {
        match self.shaped_pattern() {
            Some(pattern) => pattern.place(symbol),
            None => self.prefix.len() + symbol,
        }
    }

    /// The symbols of a text, without what stands between them.
    fn symbols<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        match self.shaped_pattern() {
            Some(pattern) => {
                let symbols = 0..self.drawn();
                symbols.map(|symbol| text[pattern.place(symbol)]).collect()
            }
            None => Cow::Borrowed(&text[self.prefix.len()..]),
        }
    }

    /// How many numbers a code is.
    pub(crate) fn numbers_per_code(&self) -> usize {
        self.drawn().div_ceil(self.alphabet.symbols_per_number())
    }

    /// How many codes there are of a short format.
    pub(crate) fn short_capacity(&self) -> u64 {
        debug_assert_eq!(self.numbers_per_code(), 1);
        self.first_numbers()
    }

    /// How many symbols the first piece of a code has.
    fn first_piece(&self) -> usize {
        self.drawn() / self.numbers_per_code()
    }

    /// How many texts the first piece of a code can be.
    pub(crate) fn first_numbers(&self) -> u64 {
        self.alphabet.base().pow(self.first_piece() as u32)
    }

    /// The first numbers of the codes that begin with a text no shorter than the prefix, if there are any.
    pub(crate) fn first_numbers_after(&self, start: &[u8]) -> Option<Range<u64>> {
        start.starts_with(self.prefix.as_bytes()).then_some(())?;
        let mut literals = self
            .shaped_pattern()
            .into_iter()
            .flat_map(Pattern::literals);
        literals
            .all(|(place, byte)| start.get(place).is_none_or(|&known| known == byte))
            .then_some(())?;
        let known = (0..self.first_piece()).map_while(|symbol| start.get(self.place(symbol)));
        let (mut number, mut open) = (0, self.first_piece());
        for &symbol in known {
            number = number * self.alphabet.base() + self.alphabet.number(&[symbol])?;
            open -= 1;
        }
        let each = self.alphabet.base().pow(open as u32);
        Some(number * each..(number + 1) * each)
    }

    /// Which symbols of a code its pieces are, of nearly equal length.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let (drawn, pieces) = (self.drawn(), self.numbers_per_code());
        let cut = move |piece| drawn * piece / pieces;
        (0..pieces).map(move |piece| cut(piece)..cut(piece + 1))
    }

    /// A text as numbers, if the format spells it. The text must have the length of its codes.
    pub(crate) fn numbers(&self, text: &[u8]) -> Option<Numbers> {
        self.numbers_with_words(text)
            .filter(|_| self.is_clean(text))
    }

    /// The same whether or not the text holds a word.
    pub(crate) fn numbers_with_words(&self, text: &[u8]) -> Option<Numbers> {
        let numbers = self.numbers_of_any(text)?;
        self.is_complete(text).then_some(numbers)
    }

    /// Whether a text that is a code otherwise holds no word.
    pub(crate) fn is_clean(&self, text: &[u8]) -> bool {
        self.scan().is_none_or(|scan| scan.is_clean(text))
    }

    /// Whether a text is a code but for its check symbol, which is another one of the alphabet.
    pub(super) fn is_mistyped(&self, text: &[u8]) -> bool {
        let Some(check) = self.check_symbol() else {
            return false;
        };
        let (typed, mut code) = (text[check.place()], text.to_vec());
        self.complete(&mut code);
        self.alphabet.spells(&[typed]) && code != text && self.numbers(&code).is_some()
    }

    /// The numbers of a text that may be a code, whatever its check symbol.
    fn numbers_of_any(&self, text: &[u8]) -> Option<Numbers> {
        debug_assert_eq!(text.len(), self.text_length());
        text.starts_with(self.prefix.as_bytes()).then_some(())?;
        let Some(pattern) = self.shaped_pattern() else {
            return self.numbers_of(&text[self.prefix.len()..]);
        };
        let mut literals = pattern.literals();
        literals
            .all(|(place, byte)| text[place] == byte)
            .then_some(())?;
        let mut symbols = [0; MAX_LENGTH as usize];
        let symbols = &mut symbols[..self.drawn()];
        for (symbol, byte) in symbols.iter_mut().enumerate() {
            *byte = text[pattern.place(symbol)];
        }
        self.numbers_of(symbols)
    }

    /// Whether the check symbol of a text, if there is one, is that of the others.
    fn is_complete(&self, text: &[u8]) -> bool {
        let check = self.check_symbol();
        check.is_none_or(|check| check.of(text, &self.alphabet) == text[check.place()])
    }

    /// Writes the check symbol, if there is one.
    fn complete(&self, code: &mut [u8]) {
        if let Some(check) = self.check_symbol() {
            code[check.place()] = check.of(code, &self.alphabet);
        }
    }

    /// The numbers of a code with these symbols.
    fn numbers_of(&self, symbols: &[u8]) -> Option<Numbers> {
        let mut numbers = Numbers::default();
        for (number, piece) in numbers.iter_mut().zip(self.pieces()) {
            *number = self.alphabet.number(&symbols[piece])?;
        }
        Some(numbers)
    }

    /// Writes the code of these numbers in place of another. (For many codes of one format, a
    /// [`Writer`](crate::code::spelling::Writer) is faster.)
    pub(crate) fn write(&self, numbers: &Numbers, code: &mut Vec<u8>) {
        code.clear();
        match self.shaped_pattern() {
            Some(pattern) => code.extend_from_slice(pattern.text().as_bytes()),
            None => code.extend_from_slice(self.prefix.as_bytes()),
        }
        code.resize(self.text_length(), 0);
        let (symbols, base) = (self.alphabet.symbols().as_bytes(), self.alphabet.base());
        for (mut number, piece) in numbers.iter().copied().zip(self.pieces()) {
            for symbol in piece.rev() {
                code[self.place(symbol)] = symbols[(number % base) as usize];
                number /= base;
            }
        }
        self.complete(code);
    }

    /// Whether it is plain that every code of another format of the same text length is one of this
    /// format too.
    pub(crate) fn contains(&self, other: &Self) -> bool {
        let passes = |scan: &Scan| scan.lets_pass(other.scan());
        self.contains_texts(other) && self.scan().is_none_or(passes)
    }

    /// The same of all codes, those that hold a word included.
    fn contains_texts(&self, other: &Self) -> bool {
        if self.shape.is_none() && other.shape.is_none() {
            return self.spells_rest_of(other) && self.alphabet.contains_all_of(&other.alphabet);
        }
        if self.check_symbol().is_some() {
            return false;
        }
        let is_contained = |place| {
            let own = self.symbols_at(place);
            let mut theirs = other.symbols_at(place).iter();
            theirs.all(|symbol| own.contains(symbol))
        };
        (0..self.text_length()).all(is_contained)
    }

    /// Whether some text of their common length may be a code of both.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        if self.shape.is_none() && other.shape.is_none() {
            return (self.spells_rest_of(other) || other.spells_rest_of(self))
                && self.alphabet.meets(&other.alphabet);
        }
        let is_met = |place| self.common_symbols(other, place).next().is_some();
        (0..self.text_length()).all(is_met)
    }

    /// How many codes of this format another one spells that has no check symbol.
    pub(crate) fn common(&self, other: &Self) -> u128 {
        debug_assert!(other.check_symbol().is_none());
        let common = |place| self.common_symbols(other, place);
        if self.scan().is_some() || other.scan().is_some() {
            return count_common(self, other);
        }
        match self.check_symbol() {
            Some(check) => check.count(self.text_length(), common, &self.alphabet),
            None => (0..self.text_length())
                .map(|place| common(place).count() as u128)
                .product(),
        }
    }

    /// The symbols that codes of both may have at a place.
    pub(super) fn common_symbols(&self, other: &Self, place: usize) -> impl Iterator<Item = u8> {
        let symbols = self.symbols_at(place).iter().copied();
        symbols.filter(move |symbol| other.symbols_at(place).contains(symbol))
    }

    /// The symbols that codes may have at a place.
    fn symbols_at(&self, place: usize) -> &[u8] {
        let text = match self.shaped_pattern() {
            Some(pattern) => pattern.text().as_bytes(),
            None => self.prefix.as_bytes(),
        };
        match text.get(place..=place) {
            Some(only) if only != [SYMBOL] => only,
            _ => self.alphabet.symbols().as_bytes(),
        }
    }

    /// Whether another prefix begins with this one's, and this one's alphabet spells how it goes on.
    fn spells_rest_of(&self, other: &Self) -> bool {
        let rest = other.prefix.strip_prefix(&*self.prefix);
        rest.is_some_and(|rest| self.alphabet.spells(rest.as_bytes()))
    }
}

/// The text that says all there is to it.
impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Format(\"{self}\")")
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
