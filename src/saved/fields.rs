//! The small things that a section is made of: integers, and how long coupons are valid.

use std::time::Duration;

use crate::validity::{Kind, Validity};

/// Writes an integer, seven bits to a byte, the lowest first; the last byte is below 128.
pub(super) fn write_varint(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 128 {
        bytes.push(number as u8 | 128);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The bytes of a section, read from the front; none where they have run out or make no sense.
pub(super) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.bytes(1).map(|bytes| bytes[0])
    }

    pub(super) fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 127);
            (bits << shift >> shift == bits).then_some(())?;
            number |= bits << shift;
            if byte < 128 {
                // There is one way to write each number.
                return (byte > 0 || shift == 0).then_some(number);
            }
        }
        None
    }

    /// All that is left.
    pub(super) fn rest(self) -> &'a [u8] {
        self.0
    }

    pub(super) fn text(self) -> Option<&'a str> {
        std::str::from_utf8(self.0).ok()
    }
}

const FOR: u8 = b'd';
const SPAN: u8 = b's';
const UNTIL: u8 = b'u';

/// Writes how long coupons are valid: spans and instants as jiff writes them, which loses nothing.
pub(super) fn write_validity(validity: Validity, bytes: &mut Vec<u8>) {
    match validity.kind() {
        Kind::For(duration) => {
            bytes.push(FOR);
            write_varint(duration.as_secs(), bytes);
            write_varint(duration.subsec_nanos().into(), bytes);
        }
        Kind::Span(span) => {
            bytes.push(SPAN);
            bytes.extend_from_slice(format!("{span:#}").as_bytes());
        }
        Kind::Until(end) => {
            bytes.push(UNTIL);
            bytes.extend_from_slice(end.to_string().as_bytes());
        }
    }
}

/// Reads what is left as what [`write_validity`] wrote.
pub(super) fn read_validity(mut fields: Fields<'_>) -> Option<Validity> {
    match fields.byte()? {
        FOR => {
            let (seconds, nanoseconds) = (fields.varint()?, fields.varint()?);
            let nanoseconds = u32::try_from(nanoseconds).ok();
            let nanoseconds = nanoseconds.filter(|&nanoseconds| nanoseconds < 1_000_000_000)?;
            let duration = Duration::new(seconds, nanoseconds);
            fields.rest().is_empty().then(|| duration.into())
        }
        SPAN => Some(fields.text()?.parse::<jiff::Span>().ok()?.into()),
        UNTIL => Some(fields.text()?.parse::<jiff::Timestamp>().ok()?.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Span, Timestamp};

    use super::*;

    fn written(number: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        write_varint(number, &mut bytes);
        bytes
    }

    #[test]
    fn integers_come_back() {
        for bits in 0..=64 {
            let number = u64::MAX.checked_shr(64 - bits).unwrap_or(0);
            for number in [number, number / 3] {
                let bytes = written(number);
                let mut fields = Fields::new(&bytes);
                assert_eq!(fields.varint(), Some(number));
                assert!(fields.rest().is_empty());
                let cut = &bytes[..bytes.len() - 1];
                assert_eq!(Fields::new(cut).varint(), None);
            }
        }
        assert_eq!(written(300), [0xAC, 2]);
    }

    /// No number has two spellings, and none is larger than it seems.
    #[test]
    fn other_integers_are_refused() {
        let too_large = [&[255; 9][..], &[2]].concat();
        for bytes in [&[128, 0][..], &[255, 0], &[128; 20], &too_large, &[]] {
            assert_eq!(Fields::new(bytes).varint(), None, "{bytes:?}");
        }
    }

    /// Every unit of a span by itself, none turned into another one.
    #[test]
    fn validities_come_back() {
        let span = Span::new().years(1).months(20).weeks(3).days(40).hours(50);
        let span = span.minutes(70).seconds(80).milliseconds(9_000);
        let span = span.microseconds(1_000_001).nanoseconds(1_000_000_001_i64);
        let validities = [
            Validity::default(),
            Duration::MAX.into(),
            Duration::ZERO.into(),
            Span::new().into(),
            span.into(),
            (-span).into(),
            Timestamp::MIN.into(),
            Timestamp::MAX.into(),
            Timestamp::UNIX_EPOCH.into(),
        ];
        for validity in validities {
            let mut bytes = Vec::new();
            write_validity(validity, &mut bytes);
            let read = read_validity(Fields::new(&bytes)).unwrap();
            assert_eq!(format!("{read:?}"), format!("{validity:?}"));
            let (Kind::Span(read), Kind::Span(span)) = (read.kind(), validity.kind()) else {
                continue;
            };
            assert_eq!(read.fieldwise(), span.fieldwise());
        }
    }
}
