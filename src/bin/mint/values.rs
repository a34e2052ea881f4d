//! Values of options, out of text.

use couponmint::jiff::{Span, Timestamp, civil::DateTime, tz::Offset};

/// A seed's 32 bytes: 64 hex digits, or the text itself followed by zeros.
pub(crate) fn parse_seed(text: &str) -> Result<[u8; 32], String> {
    let mut seed = [0; 32];
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        for (byte, place) in seed.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[place..place + 2], 16).unwrap_or_default();
        }
    } else if (1..=seed.len()).contains(&text.len()) {
        seed[..text.len()].copy_from_slice(text.as_bytes());
    } else {
        return Err("a seed is 64 hex digits, or 1 to 32 bytes of other text".to_owned());
    }
    Ok(seed)
}

/// A date and time in UTC, or with an offset of its own.
pub(crate) fn parse_date(text: &str) -> Result<Timestamp, String> {
    let with_offset = text.parse::<Timestamp>();
    let in_utc = || Offset::UTC.to_timestamp(text.parse::<DateTime>()?);
    let date = with_offset.or_else(|_| in_utc());
    date.map_err(|_| "a date is written as 2019-04-01 11:51:41".to_owned())
}

/// A span of time that does not go back.
pub(crate) fn parse_span(text: &str) -> Result<Span, String> {
    let span = text.parse::<Span>().ok().filter(|span| !span.is_negative());
    span.ok_or_else(|| "a span is written as 36h, 30d, 3mo or 1y 6mo".to_owned())
}
