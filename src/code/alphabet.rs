//! The symbols a code is spelt with.

use std::{
    fmt, hash,
    ops::Range,
    sync::{Arc, LazyLock},
};

use crate::{
    code::fraction::{MAX_COUNT, Word},
    error::Error,
};

/// An ordered set of 2 to 64 distinct symbols out of ASCII letters, digits, `_` and `-`.
///
/// The order of the symbols is the order in which codes are counted. Cloning is cheap.
///
/// ```
/// use couponmint::{Alphabet, Format};
///
/// let format = Format::with_alphabet("", Alphabet::new("ABC")?, 3)?;
/// assert_eq!(format.code(1).as_deref(), Some("AAB"));
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Clone)]
pub struct Alphabet(Arc<Table>);

struct Table {
    symbols: String,
    /// The place of each ASCII character among the symbols, or `NONE`.
    digits: [u8; 128],
    /// Every two symbols in a row, in order: text is written two symbols per step.
    pairs: [[u8; 2]; PAIRS],
    base: u64,
    /// How many symbols fit one number.
    per_number: usize,
}

/// Room for the pairs of the largest alphabet, 64 symbols.
const PAIRS: usize = 64 * 64;
const NONE: u8 = u8::MAX;

static NUMERIC: LazyLock<Alphabet> = LazyLock::new(|| Alphabet::built("0123456789"));
static BASE36: LazyLock<Alphabet> =
    LazyLock::new(|| Alphabet::built("0123456789abcdefghijklmnopqrstuvwxyz"));
static ALPHANUMERIC: LazyLock<Alphabet> = LazyLock::new(|| {
    Alphabet::built("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
});

/// The characters that codes, prefixes and campaign names are made of.
#[cfg(any(feature = "arbitrary", feature = "proptest"))]
pub(crate) const SYMBOLS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";

/// Whether a byte is one of those characters.
pub(crate) fn is_symbol(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// The alphabets that have a name, which stands for them in text.
type Named = (&'static str, &'static LazyLock<Alphabet>);
const NAMED: [Named; 3] = [
    ("numeric", &NUMERIC),
    ("alphanumeric", &ALPHANUMERIC),
    ("base36", &BASE36),
];

impl Alphabet {
    /// The alphabets that have a name, and those.
    pub(crate) fn named() -> impl Iterator<Item = (&'static str, Self)> {
        NAMED
            .into_iter()
            .map(|(name, alphabet)| (name, (*alphabet).clone()))
    }

    /// An alphabet of these symbols, in this order.
    ///
    /// # Errors
    /// [`Error::InvalidAlphabet`] unless they are 2 to 64 distinct ASCII letters, digits, `_` and
    /// `-`.
    ///
    /// ```
    /// use couponmint::Alphabet;
    ///
    /// let vowels = Alphabet::new("aeiou")?;
    /// assert_eq!(vowels.base(), 5);
    /// assert!(Alphabet::new("aa").is_err());
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    pub fn new(symbols: &str) -> Result<Self, Error> {
        let distinct = |(i, byte): (usize, &u8)| !symbols.as_bytes()[..i].contains(byte);
        let valid = (2..=64).contains(&symbols.len())
            && symbols.bytes().all(is_symbol)
            && symbols.as_bytes().iter().enumerate().all(distinct);
        if valid {
            Ok(Self::built(symbols))
        } else {
            Err(Error::InvalidAlphabet)
        }
    }

    /// The ten digits.
    ///
    /// ```
    /// assert_eq!(couponmint::Alphabet::numeric().symbols(), "0123456789");
    /// ```
    #[must_use]
    pub fn numeric() -> Self {
        NUMERIC.clone()
    }

    /// `0-9a-z`, the alphabet of single-use codes.
    ///
    /// ```
    /// assert_eq!(couponmint::Alphabet::base36().base(), 36);
    /// ```
    #[must_use]
    pub fn base36() -> Self {
        BASE36.clone()
    }

    /// `0-9A-Za-z`, the alphabet of alphanumeric custom codes.
    ///
    /// ```
    /// assert_eq!(couponmint::Alphabet::alphanumeric().base(), 62);
    /// ```
    #[must_use]
    pub fn alphanumeric() -> Self {
        ALPHANUMERIC.clone()
    }

    fn built(symbols: &str) -> Self {
        let mut digits = [NONE; 128];
        for (digit, symbol) in (0..).zip(symbols.bytes()) {
            digits[usize::from(symbol)] = digit;
        }
        let mut pairs = [[0; 2]; PAIRS];
        let all = symbols
            .bytes()
            .flat_map(|first| symbols.bytes().map(move |second| [first, second]));
        pairs
            .iter_mut()
            .zip(all)
            .for_each(|(pair, symbols)| *pair = symbols);
        Self(Arc::new(Table {
            symbols: symbols.to_owned(),
            digits,
            pairs,
            base: symbols.len() as u64,
            per_number: MAX_COUNT.ilog(symbols.len() as u64) as usize,
        }))
    }

    /// The symbols in their order.
    ///
    /// ```
    /// use couponmint::Alphabet;
    ///
    /// assert_eq!(Alphabet::new("xyz")?.symbols(), "xyz");
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn symbols(&self) -> &str {
        &self.0.symbols
    }

    /// How many symbols there are, 2 to 64.
    ///
    /// ```
    /// use couponmint::Alphabet;
    ///
    /// assert_eq!(Alphabet::new("xyz")?.base(), 3);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn base(&self) -> u64 {
        self.0.base
    }

    /// The longest texts that one number can tell apart.
    pub(crate) fn symbols_per_number(&self) -> usize {
        self.0.per_number
    }

    /// Whether a text is made of the symbols alone.
    pub(crate) fn spells(&self, text: &[u8]) -> bool {
        text.iter().all(|&symbol| self.digit(symbol).is_some())
    }

    /// Whether all symbols of another alphabet are among these.
    pub(crate) fn contains_all_of(&self, other: &Self) -> bool {
        self == other || self.spells(other.symbols().as_bytes())
    }

    /// Whether there is a symbol in both.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        let mut symbols = other.symbols().bytes();
        symbols.any(|symbol| self.digit(symbol).is_some())
    }

    /// The number that symbols spell, the most significant first; it must fit.
    pub(crate) fn number(&self, symbols: &[u8]) -> Option<u64> {
        let append = |number, &symbol| Some(number * self.base() + self.digit(symbol)?);
        symbols.iter().try_fold(0, append)
    }

    /// The place of a symbol, 0 to base - 1.
    fn digit(&self, byte: u8) -> Option<u64> {
        let digit = *self.0.digits.get(usize::from(byte))?;
        (digit != NONE).then_some(u64::from(digit))
    }

    /// Writes digits of each word, as a fraction, to its row: those at `places` of the row. Rows are `width`
    /// bytes.
    ///
    /// A fraction times the base has the next digit before the point and the fraction that is left
    /// behind it; both are exact, and two digits per step go as well as one. No division is needed.
    pub(crate) fn write_all(
        &self,
        words: &[Word],
        rows: &mut [u8],
        width: usize,
        places: Range<usize>,
    ) {
        let rows = rows.chunks_exact_mut(width);
        let rows = words.iter().zip(rows.map(|row| &mut row[places.clone()]));
        // A length known beforehand makes straight code, without a loop; these are the common ones: ten
        // letters and digits, and the two pieces of a single-use code.
        match places.len() {
            10 => rows.for_each(|(&word, row)| self.write(word, &mut row[..10])),
            11 => rows.for_each(|(&word, row)| self.write(word, &mut row[..11])),
            _ => rows.for_each(|(&word, row)| self.write(word, row)),
        }
    }

    /// Writes digits of a word until the row is full.
    #[inline]
    pub(crate) fn write(&self, Word(mut fraction): Word, out: &mut [u8]) {
        let mut pairs = out.chunks_exact_mut(2);
        for pair in &mut pairs {
            pair.copy_from_slice(&self.next_pair(&mut fraction));
        }
        if let [last] = pairs.into_remainder() {
            *last = self.next_pair(&mut fraction)[0];
        }
    }

    #[inline]
    fn next_pair(&self, fraction: &mut u64) -> [u8; 2] {
        let product = u128::from(*fraction) * u128::from(self.0.base * self.0.base);
        *fraction = product as u64;
        // The remainder is the number itself, and shows the compiler that it is in bounds.
        self.0.pairs[(product >> 64) as usize % PAIRS]
    }
}

impl PartialEq for Alphabet {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.symbols() == other.symbols()
    }
}

impl Eq for Alphabet {}

impl hash::Hash for Alphabet {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.symbols().hash(state);
    }
}

impl fmt::Debug for Alphabet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Alphabet").field(&self.symbols()).finish()
    }
}
