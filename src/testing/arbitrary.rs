//! Values out of raw bytes, for fuzzers of what is built on this library.
//!
//! With the feature `arbitrary`, [`CodeType`], [`Status`], [`Alphabet`], [`Words`], [`Format`] and
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
        format::{CodeType, Format},
        words::Words,
    },
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

/// A format of numeric or alphanumeric codes, as a request can ask for.
impl Arbitrary<'_> for Format {
    fn arbitrary(u: &mut Unstructured<'_>) -> Result<Self> {
        let prefix = symbols(u, 0, 32)?;
        let length = u.int_in_range(3..=30_usize)?;
        Self::new(&prefix, u.arbitrary()?, length).map_err(|_| arbitrary::Error::IncorrectFormat)
    }
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
