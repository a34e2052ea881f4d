//! Fingerprints: whether two machines would issue the same codes for the same serials.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use crate::error::Error;

/// A short value of all that decides the codes of a keyed campaign: its key, its name, its formats, words and
/// reserved codes. Campaigns with equal fingerprints have equal codes for equal serials.
///
/// Machines that differ in any of these would issue equal codes for different serials, and nobody would be told. So
/// whoever keeps counters in a database stores the fingerprint beside them, and compares before the first lease.
/// It says nothing about the key to those who do not have it.
///
/// ```
/// use couponmint::{Campaign, CodeType, Engine, Fingerprint, Format, Key};
///
/// let fingerprint = |length| {
///     let engine = Engine::new();
///     let format = Format::new("A-", CodeType::Numeric, length)?;
///     assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::from_bytes([7; 32]), [format])?));
///     engine.fingerprint("cam_15111")
/// };
/// let stored = fingerprint(8)?.to_string();
/// assert_eq!(stored.parse::<Fingerprint>()?, fingerprint(8)?);
/// assert_ne!(stored, fingerprint(9)?.to_string());
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub(super) [u8; 16]);

/// 32 hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:032x}", u128::from_be_bytes(self.0)))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// Reads what `Display` writes.
impl FromStr for Fingerprint {
    type Err = Error;

    /// # Errors
    /// [`Error::InvalidFingerprint`] for anything but 32 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, Error> {
        let is_digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_digits.then_some(()).ok_or(Error::InvalidFingerprint)?;
        let number = u128::from_str_radix(text, 16).map_err(|_| Error::InvalidFingerprint)?;
        Ok(Self(number.to_be_bytes()))
    }
}

/// A digest of many numbers.
pub(super) fn digest(numbers: impl Iterator<Item = u128>) -> [u8; 32] {
    let mut digest = Sha256::new();
    for number in numbers {
        digest.update(number.to_be_bytes());
    }
    digest.finalize().into()
}
