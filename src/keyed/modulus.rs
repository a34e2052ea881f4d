//! Remainders without division.
//!
//! A round of FF1 adds a number y of 8d bits (d is 8, 12 or 16) to a half of the text, modulo m. With z the top
//! 64 bits of y and M = ⌊2^8d / m⌋, the quotient y / m is about q = ⌊z M / 2^64⌋, and never less than that. What was
//! cut off is
//!
//! - of y, less than 2^(8d - 64), which is less than (M + 1) / 2^64 of quotients,
//! - of M, less than 1, which is z / 2^64 < 1 of them,
//! - of the product, less than 1.
//!
//! If M fits 64 bits the first is at most 1 too, so that y - q m < 3 m, and with the half a < m added, less than
//! 4 m: take away 2 m, and m, where they fit. So two multiplications and a few plain steps do what a division of 128 bits
//! would. Halves of 64 bits need 4 m < 2^64.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// y at and beside multiples of m, the last ones among them, and anywhere.
    fn ys(m: u128, bytes: u32, seed: u128) -> impl Iterator<Item = u128> {
        let most = u128::MAX >> (128 - 8 * bytes);
        let multiple = seed % (most / m + 1) * m;
        let last = most / m * m;
        let beside = [multiple, last]
            .into_iter()
            .flat_map(|y| [y.wrapping_sub(1), y, y.wrapping_add(1)]);
        beside.chain([0, most, seed]).map(move |y| y & most)
    }

    fn check<T: Half>(m: u128, bytes: u32, seed: u128) {
        let modulus = Modulus::<T>::new(m, bytes);
        let shift = modulus.shift();
        for y in ys(m, bytes, seed) {
            for a in [0, m - 1, seed % m] {
                let half = T::from_wide(a);
                // What is after y in a block does not matter.
                let block = y << shift | seed & ((1 << shift) - 1);
                let sum = match shift {
                    64 => T::add::<64>(half, block, &modulus),
                    32 => T::add::<32>(half, block, &modulus),
                    _ => T::add::<0>(half, block, &modulus),
                };
                assert_eq!(sum.wide(), (a + y % m) % m, "({a} + {y}) mod {m}");
            }
        }
    }

    proptest! {
        #![proptest_config(crate::keyed::fixed_cases())]

        #[test]
        fn as_by_division(bits in 10..62_u32, low: u128, seed: u128, long: bool) {
            let m = (1 << bits) + low % (1 << bits);
            let bytes = if long { 12 } else { 8 };
            if is_narrow(m, bytes) {
                check::<u64>(m, bytes, seed);
            }
        }

        #[test]
        fn as_by_division_of_128_bits(bits in 62..96_u32, low: u128, seed: u128) {
            check::<u128>((1 << bits) + low % (1 << bits), 16, seed);
        }

        /// Those with which M has the most bits past 64.
        #[test]
        fn of_the_shortest_wide_halves(
            (base, symbols) in prop_oneof![
                (48..=56_u128, Just(11)),
                (35..=40_u128, Just(12)),
                (27..=30_u128, Just(13)),
                (22..=23_u128, Just(14)),
            ],
            seed: u128,
        ) {
            check::<u128>(base.pow(symbols), 16, seed);
        }
    }
}
