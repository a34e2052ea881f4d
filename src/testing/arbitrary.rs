//! Values out of raw bytes, for fuzzers of what is built on this library.
//!
//! With the feature `arbitrary`, [`CodeType`], [`Status`], [`Check`], [`Alphabet`], [`Words`], [`Format`] and
//! [`Request`] are [`Arbitrary`]; every value is valid.
//!
//! ```
//! use arbitrary::{Arbitrary, Unstructured};
//! use couponmint::{Campaign, Engine, Request};
//!
//! let bytes = [0x5a; 64]; // what the fuzzer gives
//! let request = Request::arbitrary(&mut Unstructured::new(&bytes))?;
//! let engine = Engine::new();
//! assert!(engine.add_campaign(Campaign::new(request.campaign())?));
//! if let Ok(batch) = engine.generate(&request) {
//!     assert_eq!(batch.len(), request.requested_amount());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use arbitrary::{Arbitrary, Result, Unstructured};

use crate::{
    code::{
        alphabet::{Alphabet, SYMBOLS},
        check::Check,
        format::{CodeType, Format, MAX_LENGTH},
        pattern::{LITERALS, MAX_PATTERN},
        words::Words,
    },
    error::Error,
    request::{MAX_AMOUNT, Request, Status},
};

impl Arbitrary<'_> for CodeType {
    fn arbitrary(u: &mut Unstructured<'_>) -> Result<Self> {
        u.choose(&[Self::Numeric, Self::Alphanumeric]).copied()
    }
}

impl Arbitrary<'_> for Status {
    fn arbitrary(u: &mut Unstructured<'_>) -> Result<Self> {
        u.choose(&[Self::Normal, Self::Voided, Self::Activated])
            .copied()
    }
}

/// 2 to 64 symbols in any order.
impl Arbitrary<'_> for Alphabet {
    fn arbitrary(u: &mut Unstructured<'_>) -> Result<Self> {
        let mut left = SYMBOLS.as_bytes().to_vec();
        let base = u.int_in_range(2..=left.len())?;
        let mut symbols = String::new();
        for _ in 0..base {
            symbols.push(char::from(left.swap_remove(u.choose_index(left.len())?)));
        }
        Self::new(&symbols).map_err(|_| arbitrary::Error::IncorrectFormat)
    }
}

impl Arbitrary<'_> for Check {
    fn arbitrary(u: &mut Unstructured<'_>) -> Result<Self> {
        u.choose(&Self::ALL).copied()
    }
}

/// Up to eight words of one to six letters and digits.
impl Arbitrary<'_> for Words {
    fn arbitrary(u: &mut Unstructured<'_>) -> Result<Self> {
        let mut words = Vec::new();
        for _ in 0..u.int_in_range(1..=8)? {
            let word = symbols(u, 1, 6)?.replace(['-', '_'], "a");
            words.push(word);
        }
        Self::new(words).map_err(|_| arbitrary::Error::IncorrectFormat)
    }
}

/// A format of numeric or alphanumeric codes, as a request can ask for; or one that tills scan; or one of any
/// pattern and alphabet, with a check symbol where it fits.
impl Arbitrary<'_> for Format {
    fn arbitrary(u: &mut Unstructured<'_>) -> Result<Self> {
        let format = match u.int_in_range(0..=2)? {
            0 => plain_format(u),
            1 => scanned_format(u),
            _ => shaped_format(u),
        };
        format?.map_err(|_| arbitrary::Error::IncorrectFormat)
    }
}

fn plain_format(u: &mut Unstructured<'_>) -> Result<std::result::Result<Format, Error>> {
    let prefix = symbols(u, 0, 32)?;
    let length = u.int_in_range(3..=30_usize)?;
    Ok(Format::new(&prefix, u.arbitrary()?, length))
}

fn scanned_format(u: &mut Unstructured<'_>) -> Result<std::result::Result<Format, Error>> {
    let check: Check = u.arbitrary()?;
    let digits = check.digits().unwrap_or(16);
    let prefix = u.int_in_range(0..=99_999_u32)?.to_string();
    let format = Format::pattern(&format!("{prefix:#<digits$}"), Alphabet::numeric());
    Ok(format.and_then(|format| format.check(check)))
}

fn shaped_format(u: &mut Unstructured<'_>) -> Result<std::result::Result<Format, Error>> {
    let length = u.int_in_range(3..=MAX_LENGTH as usize)?;
    let mut pattern = "#".repeat(length);
    for _ in 0..u.int_in_range(0..=MAX_PATTERN - length)? {
        let place = u.choose_index(pattern.len() + 1)?;
        pattern.insert(place, char::from(*u.choose(LITERALS.as_bytes())?));
    }
    let format = Format::pattern(&pattern, u.arbitrary()?);
    let check: Option<Check> = u.arbitrary()?;
    let words: Option<Words> = u.arbitrary()?;
    Ok(format.map(|format| {
        let checked = check.and_then(|check| format.clone().check(check).ok());
        let format = checked.unwrap_or(format);
        let without = words.and_then(|words| format.clone().without_words(&words).ok());
        without.unwrap_or(format)
    }))
}

impl Arbitrary<'_> for Request {
    fn arbitrary(u: &mut Unstructured<'_>) -> Result<Self> {
        let campaign = symbols(u, 1, 64)?;
        let amount = u.int_in_range(1..=MAX_AMOUNT)?;
        let request = Self::new(campaign)
            .and_then(|request| request.amount(amount))
            .map_err(|_| arbitrary::Error::IncorrectFormat)?
            .status(u.arbitrary()?);
        Ok(match u.arbitrary()? {
            Some(format) => request.custom_codes(format),
            None => request,
        })
    }
}

fn symbols(u: &mut Unstructured<'_>, min: usize, max: usize) -> Result<String> {
    let length = u.int_in_range(min..=max)?;
    (0..length)
        .map(|_| Ok(char::from(*u.choose(SYMBOLS.as_bytes())?)))
        .collect()
}
