//! Campaigns of many prefixes.

use std::ops::RangeInclusive;

use couponmint::{Engine, Format};

use crate::common::{engine, generate, request};

/// How many other prefixes there are.
const OTHERS: usize = 10_000;

/// Formats of the same total length and type whose prefix is a start and a number of some digits.
pub(crate) fn numbered(format: &Format, start: &str, widths: RangeInclusive<usize>) -> Vec<Format> {
    let numbers = (0_u64..).flat_map(|number| widths.clone().map(move |width| (number, width)));
    let is_new = |&(number, width): &(u64, usize)| number < 10_u64.saturating_pow(width as u32);
    let other = |(number, width)| beside(format, &format!("{start}{number:0width$}"));
    numbers.filter(is_new).take(OTHERS).map(other).collect()
}

/// The format with another prefix, and as many symbols as make up for it.
fn beside(format: &Format, prefix: &str) -> Format {
    let length = total(format) - prefix.len();
    Format::with_alphabet(prefix, format.alphabet().clone(), length).expect("a valid format")
}

pub(crate) fn total(format: &Format) -> usize {
    format.prefix().len() + format.length()
}

/// An engine whose campaign has issued one coupon in each of these formats.
pub(crate) fn with_others(others: &[Format]) -> Engine {
    let engine = engine();
    for other in others {
        generate(&engine, &request(1, Some(other)));
    }
    engine
}
