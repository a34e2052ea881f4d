//! The key of a campaign.

use std::fmt;

use rand::{TryRng, rngs::SysRng};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The secret of a keyed campaign: 32 bytes. Whoever has it knows every code, past and future.
///
/// Keep it where your backend keeps other secrets, apart from the database that has the counters. `Debug` shows
/// nothing of it, and it is wiped from memory when it is dropped. Copies of [`as_bytes`](Key::as_bytes) are yours to
/// wipe.
///
/// ```
/// use couponmint::{Campaign, CodeType, Format, Key};
///
/// let format = Format::new("test_", CodeType::Alphanumeric, 10)?;
/// let campaign = Campaign::keyed("cam_15111", Key::generate(), [format])?;
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Clone)]
pub struct Key(Box<Zeroizing<[u8; 32]>>);

/// Its bytes are.
impl ZeroizeOnDrop for Key {}

impl Key {
    /// A new key from the operating system's entropy.
    ///
    /// ```
    /// use couponmint::Key;
    ///
    /// let key = Key::generate();
    /// assert_ne!(key.as_bytes(), Key::generate().as_bytes());
    /// ```
    ///
    /// # Panics
    /// If the operating system has no entropy to give; there is nothing safe to go on with.
    #[must_use]
    pub fn generate() -> Self {
        let mut key = Self(Box::default());
        SysRng
            .try_fill_bytes(&mut **key.0)
            .expect("the operating system gives entropy");
        key
    }

    /// A key that was stored. All its bytes must be random: a password is no key.
    ///
    /// ```
    /// use couponmint::Key;
    ///
    /// let key = Key::generate();
    /// let stored: [u8; 32] = *key.as_bytes();
    /// assert_eq!(Key::from_bytes(stored).as_bytes(), key.as_bytes());
    /// ```
    #[must_use]
    pub fn from_bytes(mut bytes: [u8; 32]) -> Self {
        let key = Self(Box::new(Zeroizing::new(bytes)));
        bytes.zeroize();
        key
    }

    /// The secret bytes, to be stored.
    ///
    /// ```
    /// use couponmint::Key;
    ///
    /// assert_eq!(Key::from_bytes([7; 32]).as_bytes(), &[7; 32]);
    /// ```
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Shows nothing of it.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_wiped<T: ZeroizeOnDrop>() {}

    #[test]
    fn keys_are_wiped() {
        is_wiped::<Key>();
        is_wiped::<aes::Aes256>();
        let mut key = Key::from_bytes([7; 32]);
        key.0.zeroize();
        assert_eq!(key.as_bytes(), &[0; 32]);
    }
}
