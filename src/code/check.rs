//! Check symbols: the last symbol of a code, computed from the others, so that most typing errors are found
//! without asking a database.
//!
//! All systems are small automata that go over a code from its first symbol to its last but one: a state,
//! a table of the next one for each character, and the check symbol of each state in the end. Eight codes go
//! side by side, since each step of one has to wait for the step before.
//!
//! - **ISO 7064**, hybrid system MOD q+1,q for q symbols: the state is the remainder P, 1 to q, at first q.
//!   A symbol of value a makes it 2 ((P + a) mod q, or q for 0) mod q+1, and the check symbol is the one
//!   that would make (P + a) mod q = 1. Each step is a permutation of the states if 2 has an inverse modulo q+1, that is
//!   for even q; so every single wrong symbol is found. Odd q are refused.
//! - **Luhn** (ISO/IEC 7812-1) and **GS1**: the state is the sum of the digits modulo 10, of which every other
//!   one counts twice (its own digits added up) or three times. The one before the check digit does.

use std::{fmt, str::FromStr, sync::LazyLock};

use crate::{
    code::{
        alphabet::Alphabet,
        pattern::{Pattern, SYMBOL, is_separator},
    },
    error::Error,
};

/// How the last symbol of a code is computed from the others.
///
/// How many errors are found, in percent (a test counts them):
///
/// | system | symbols | a wrong symbol | neighbours swapped | next but one swapped | twins (11 for 22) |
/// |---|---:|---:|---:|---:|---:|
/// | `Iso7064` | 10 | 100.0 | 97.8 | 90.7 | 93.4 |
/// | `Iso7064` | 30 | 100.0 | 99.8 | 97.7 | 97.7 |
/// | `Iso7064` | 32 | 100.0 | 99.8 | 98.0 | 97.8 |
/// | `Iso7064` | 36 | 100.0 | 99.8 | 98.1 | 98.1 |
/// | `Iso7064` | 52 | 100.0 | 99.9 | 98.6 | 98.7 |
/// | `Iso7064` | 58 | 100.0 | 99.9 | 98.8 | 98.8 |
/// | `Iso7064` | 62 | 100.0 | 99.9 | 99.0 | 98.9 |
/// | `Luhn` | 10 | 100.0 | 97.8 | 0.0 | 93.3 |
/// | `Ean8`, `UpcA`, `Ean13`, `Gtin14` | 10 | 100.0 | 88.9 | 0.0 | 88.9 |
///
/// ```
/// use couponmint::{Alphabet, Check, Format};
///
/// let format = Format::pattern("603587##########", Alphabet::numeric())?.check(Check::Luhn)?;
/// assert_eq!(format.capacity(), 1_000_000_000);
/// assert_eq!(format.code(7).as_deref(), Some("6035870000000077"));
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Check {
    /// ISO 7064 hybrid MOD q+1,q over the symbols of a code, for any alphabet of an even number q of them.
    Iso7064,
    /// Luhn's digit over all digits of a code (ISO/IEC 7812-1): gift and payment cards.
    Luhn,
    /// GS1's digit of 8 digits in all.
    Ean8,
    /// GS1's digit of 12 digits in all.
    UpcA,
    /// GS1's digit of 13 digits in all; in-store coupons begin with 99 or with 02, 04, 20 to 29.
    Ean13,
    /// GS1's digit of 14 digits in all.
    Gtin14,
}

impl Check {
    pub(crate) const ALL: [Self; 6] = [
        Self::Iso7064,
        Self::Luhn,
        Self::Ean8,
        Self::UpcA,
        Self::Ean13,
        Self::Gtin14,
    ];

    /// The name in text: `iso7064`, `luhn`, `ean8`, `upca`, `ean13`, `gtin14`.
    ///
    /// ```
    /// use couponmint::Check;
    ///
    /// assert_eq!(Check::Ean13.name(), "ean13");
    /// assert_eq!("ean13".parse(), Ok(Check::Ean13));
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Iso7064 => "iso7064",
            Self::Luhn => "luhn",
            Self::Ean8 => "ean8",
            Self::UpcA => "upca",
            Self::Ean13 => "ean13",
            Self::Gtin14 => "gtin14",
        }
    }

    /// How many digits there are in all, if that is fixed.
    pub(crate) fn digits(self) -> Option<usize> {
        match self {
            Self::Iso7064 | Self::Luhn => None,
            Self::Ean8 => Some(8),
            Self::UpcA => Some(12),
            Self::Ean13 => Some(13),
            Self::Gtin14 => Some(14),
        }
    }

    /// The table of every other digit, counted from the one before the check digit.
    fn odd(self) -> usize {
        match self {
            Self::Iso7064 => 0,
            Self::Luhn => DOUBLED,
            _ => TRIPLED,
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Reads what `Display` writes.
impl FromStr for Check {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut all = Self::ALL.into_iter();
        all.find(|check| check.name() == text)
            .ok_or(Error::UnknownCheck)
    }
}

/// The most states there are: one for each symbol of an alphabet.
const STATES: usize = 64;
/// The next state for each ASCII character, by state.
type Next = [[u8; 128]; STATES];

/// The automaton of a system.
#[derive(Debug)]
pub(crate) struct Automaton {
    /// Of each way in which a character counts.
    tables: Vec<Next>,
    first: u8,
    states: u8,
    /// The check symbol of each last state.
    symbols: [u8; STATES],
}

const DOUBLED: usize = 1;
const TRIPLED: usize = 2;

/// Of digits, which count once, twice or three times.
static OF_DIGITS: LazyLock<Automaton> = LazyLock::new(|| {
    let doubled = |digit| 2 * digit / 10 + 2 * digit % 10;
    let ways: [fn(u8) -> u8; 3] = [|digit| digit, doubled, |digit| 3 * digit];
    let table = |way: fn(u8) -> u8| {
        let mut next = [[0; 128]; STATES];
        for state in 0..10 {
            for digit in 0..10 {
                let sum = (state + way(digit)) % 10;
                next[usize::from(state)][usize::from(b'0' + digit)] = sum;
            }
        }
        next
    };
    let mut symbols = [0; STATES];
    for (sum, symbol) in (0..10).zip(&mut symbols) {
        *symbol = b'0' + (10 - sum) % 10;
    }
    Automaton {
        tables: ways.map(table).into(),
        first: 0,
        states: 10,
        symbols,
    }
});

impl Automaton {
    /// ISO 7064 MOD q+1,q; state P is kept as P - 1.
    pub(crate) fn iso7064(symbols: &[u8]) -> Self {
        let q = symbols.len() as u8;
        let mut next = [[0; 128]; STATES];
        let mut last = [0; STATES];
        for p in 1..=q {
            let state = usize::from(p - 1);
            for (value, &symbol) in (0..q).zip(symbols) {
                let sum = match (p + value) % q {
                    0 => q,
                    sum => sum,
                };
                next[state][usize::from(symbol)] =
                    (2 * sum % (q + 1)).wrapping_sub(1) % STATES as u8;
                if (p + value) % q == 1 % q {
                    last[state] = symbol;
                }
            }
        }
        Self {
            tables: vec![next],
            first: q - 1,
            states: q,
            symbols: last,
        }
    }
}

/// A system for one pattern: which characters count, and how.
#[derive(Debug, Clone)]
pub(crate) struct CheckSymbol {
    pub(crate) check: Check,
    /// The places of the symbols that count, each with its table.
    steps: Box<[(u8, u8)]>,
    /// The state before all of them.
    start: u8,
    /// Where the check symbol stands.
    place: usize,
}

impl CheckSymbol {
    pub(crate) fn new(check: Check, pattern: &Pattern, alphabet: &Alphabet) -> Result<Self, Error> {
        let error = Error::InvalidCheck { check };
        let text = pattern.text().as_bytes();
        let place = pattern.place(pattern.symbols() - 1);
        if !text[place + 1..].iter().all(|&byte| is_separator(byte)) {
            return Err(error);
        }
        let counts: fn(&u8) -> bool = match check {
            Check::Iso7064 => |&byte| byte == SYMBOL,
            _ => |&byte| !is_separator(byte),
        };
        let places = (0..place).filter(|&place| counts(&text[place]));
        let places: Vec<_> = places.collect();
        let is_digit = |byte: &u8| byte.is_ascii_digit();
        let is_valid = if check == Check::Iso7064 {
            alphabet.base() % 2 == 0
        } else {
            let known = |&place: &usize| text[place] == SYMBOL || is_digit(&text[place]);
            alphabet.base() == 10
                && alphabet.symbols().as_bytes().iter().all(is_digit)
                && places.iter().all(known)
                && check
                    .digits()
                    .is_none_or(|digits| digits == places.len() + 1)
        };
        if !is_valid {
            return Err(error);
        }
        let step = |(i, &place): (usize, &usize)| {
            let from_right = places.len() - 1 - i;
            let table = if from_right % 2 == 0 { check.odd() } else { 0 };
            (place as u8, table as u8)
        };
        let steps = places.iter().enumerate().map(step);
        let (steps, literals): (Vec<_>, Vec<_>) =
            steps.partition(|&(place, _)| text[usize::from(place)] == SYMBOL);
        let mut symbol = Self {
            check,
            steps: literals.into(),
            start: 0,
            place,
        };
        // Digits are added up, whatever their order: those of the pattern once and for all.
        let automaton = symbol.automaton(alphabet);
        symbol.start = automaton.first;
        symbol.start = symbol.state(text, automaton);
        symbol.steps = steps.into();
        Ok(symbol)
    }

    fn automaton<'a>(&self, alphabet: &'a Alphabet) -> &'a Automaton {
        match self.check {
            Check::Iso7064 => alphabet.iso7064(),
            _ => &OF_DIGITS,
        }
    }

    /// Where the check symbol stands.
    pub(crate) fn place(&self) -> usize {
        self.place
    }

    /// How many states there are.
    pub(crate) fn states(&self, alphabet: &Alphabet) -> usize {
        self.automaton(alphabet).states.into()
    }

    /// The state before the first symbol.
    pub(crate) fn start(&self) -> u8 {
        self.start
    }

    /// The state after one of the drawn symbols.
    pub(crate) fn step(&self, alphabet: &Alphabet, drawn: usize, state: u8, symbol: u8) -> u8 {
        let (_, table) = self.steps[drawn];
        let next = &self.automaton(alphabet).tables[usize::from(table)];
        next[usize::from(state) % STATES][usize::from(symbol % 128)]
    }

    /// The check symbol of a last state.
    pub(crate) fn symbol(&self, alphabet: &Alphabet, state: u8) -> u8 {
        self.automaton(alphabet).symbols[usize::from(state) % STATES]
    }

    /// The check symbol of a code.
    pub(crate) fn of(&self, code: &[u8], alphabet: &Alphabet) -> u8 {
        let automaton = self.automaton(alphabet);
        automaton.symbols[usize::from(self.state(code, automaton)) % STATES]
    }

    /// The state after the steps.
    fn state(&self, code: &[u8], automaton: &Automaton) -> u8 {
        let mut state = self.start;
        for &(place, table) in &self.steps {
            let next = &automaton.tables[usize::from(table)];
            state = next[usize::from(state) % STATES][usize::from(code[usize::from(place)] % 128)];
        }
        state
    }

    /// How many codes there are of which each character, at its place, is one of some.
    pub(crate) fn count<I: Iterator<Item = u8>>(
        &self,
        places: usize,
        symbols: impl Fn(usize) -> I,
        alphabet: &Alphabet,
    ) -> u128 {
        let automaton = self.automaton(alphabet);
        let mut counts = [0_u128; STATES];
        counts[usize::from(self.start)] = 1;
        let mut steps = self.steps.iter().peekable();
        for place in (0..places).filter(|&place| place != self.place) {
            let Some(&(_, table)) = steps.next_if(|(step, _)| usize::from(*step) == place) else {
                let ways = symbols(place).count() as u128;
                counts = counts.map(|count| count * ways);
                continue;
            };
            let mut after = [0; STATES];
            for symbol in symbols(place) {
                let next = &automaton.tables[usize::from(table)];
                for (next, &count) in next.iter().zip(&counts) {
                    after[usize::from(next[usize::from(symbol % 128)])] += count;
                }
            }
            counts = after;
        }
        let is_there = |last: &u8| symbols(self.place).any(|symbol| symbol == *last);
        let ends = counts
            .iter()
            .zip(&automaton.symbols[..automaton.states.into()]);
        ends.filter(|(_, last)| is_there(last))
            .map(|(count, _)| count)
            .sum()
    }

    /// Writes the check symbols of many codes.
    pub(crate) fn write_all(&self, codes: &mut [u8], width: usize, alphabet: &Alphabet) {
        const ABREAST: usize = 8;
        let automaton = self.automaton(alphabet);
        let mut blocks = codes.chunks_exact_mut(ABREAST * width);
        for block in &mut blocks {
            let mut states = [self.start; ABREAST];
            for &(place, table) in &self.steps {
                let next = &automaton.tables[usize::from(table)];
                let rows = block[usize::from(place)..].iter().step_by(width);
                for (state, &byte) in states.iter_mut().zip(rows) {
                    *state = next[usize::from(*state) % STATES][usize::from(byte % 128)];
                }
            }
            let rows = block[self.place..].iter_mut().step_by(width);
            for (state, symbol) in states.into_iter().zip(rows) {
                *symbol = automaton.symbols[usize::from(state) % STATES];
            }
        }
        for code in blocks.into_remainder().chunks_exact_mut(width) {
            code[self.place] = self.of(code, alphabet);
        }
    }
}
