//! Remainders without division.
//!
//! A round of FF1 adds a number y of 8d bits (d is 8, 12 or 16) to a half of the text, modulo m. With z the top
//! 64 bits of y and M = ⌊2^8d / m⌋, the quotient y / m is about q = ⌊z M / 2^64⌋, and never less than that. What was
//! cut off is
//!
//! - of y, less than 2^(8d - 64), which is less than M / 2^64 + 1 of quotients,
//! - of M, less than 1, which is z / 2^64 < 1 of them,
//! - of the product, less than 1.
//!
//! If M fits 64 bits the first is below 1 too, so that y - q m < 3 m, and with the other half a < m added, less
//! than 4 m: take away 2 m, and m, where they fit. So one multiplication and a few plain steps do what a division of
//! 128 bits would. Halves of 64 bits need 4 m < 2^64.
//!
//! M has more than 64 bits only for strings of odd length past 2^128, whose shorter half can be as small as 2^61 beside
//! one above 2^64: then M < 2^67, the first is below 8, and all below 11 m: 8 m and 4 m are taken away before.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined is compiled without the target features of the back end"
)]

/// A half of a text.
pub(super) trait Half: Copy + Default {
    fn from_wide(wide: u128) -> Self;
    fn wide(self) -> u128;
    /// (a + y) mod m, where y is the first bits of a block.
    fn add<const SHIFT: u32>(a: Self, block: u128, modulus: &Modulus<Self>) -> Self;
}

/// A number to take remainders by.
pub(super) struct Modulus<T> {
    m: T,
    /// M, and what of it is past 64 bits.
    reciprocal: u64,
    past: u64,
    /// Bits of a block after y.
    shift: u32,
}

impl<T: Half> Modulus<T> {
    /// For y of so many bytes.
    pub(super) fn new(m: u128, bytes: u32) -> Self {
        let reciprocal = reciprocal(m, bytes);
        let past = (reciprocal >> 64) as u64;
        assert!(past < 8, "no such halves are in use");
        Self {
            m: T::from_wide(m),
            reciprocal: reciprocal as u64,
            past,
            shift: 128 - 8 * bytes,
        }
    }

    /// Bits of a block after y.
    pub(super) fn shift(&self) -> u32 {
        self.shift
    }
}

/// Whether halves of 64 bits do.
pub(super) fn is_narrow(m: u128, bytes: u32) -> bool {
    m < 1 << 62 && reciprocal(m, bytes) < 1 << 64
}

/// ⌊2^8d / m⌋
fn reciprocal(m: u128, bytes: u32) -> u128 {
    // 2^128 is one more than there are numbers.
    let most = u128::MAX >> (128 - 8 * bytes);
    most / m + u128::from(most % m + 1 == m)
}

impl Half for u64 {
    fn from_wide(wide: u128) -> Self {
        wide as u64
    }

    fn wide(self) -> u128 {
        self.into()
    }

    #[inline(always)]
    fn add<const SHIFT: u32>(a: Self, block: u128, modulus: &Modulus<Self>) -> Self {
        let m = modulus.m;
        let quotient = ((block >> 64) * u128::from(modulus.reciprocal)) >> 64;
        let multiple = (quotient as u64).wrapping_mul(m);
        let y = (block >> SHIFT) as u64;
        let sum = y.wrapping_sub(multiple).wrapping_add(a);
        // What does not fit wraps around and is larger.
        let sum = sum.min(sum.wrapping_sub(2 * m));
        sum.min(sum.wrapping_sub(m))
    }
}

impl Half for u128 {
    fn from_wide(wide: u128) -> Self {
        wide
    }

    fn wide(self) -> u128 {
        self
    }

    #[inline(always)]
    fn add<const SHIFT: u32>(a: Self, block: u128, modulus: &Modulus<Self>) -> Self {
        let (m, first) = (modulus.m, block >> 64);
        let mut quotient = (first * u128::from(modulus.reciprocal)) >> 64;
        let is_long = modulus.past > 0;
        if is_long {
            quotient += first * u128::from(modulus.past);
        }
        let y = block >> SHIFT;
        let mut sum = y.wrapping_sub(quotient.wrapping_mul(m)).wrapping_add(a);
        if is_long {
            sum = sum.min(sum.wrapping_sub(8 * m));
            sum = sum.min(sum.wrapping_sub(4 * m));
        }
        sum = sum.min(sum.wrapping_sub(2 * m));
        sum.min(sum.wrapping_sub(m))
    }
}
