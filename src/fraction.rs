//! Numbers as fractions of 2^64: one word is a number and its text.
//!
//! Number r of N is the fraction r / N, and the digits of a fraction come out by multiplying with the
//! base, most significant first: text without division. In units of 2^-64, any integer f with
//!
//! ```text
//! r 2^64 / N  <=  f  <  (r + 1) 2^64 / N
//! ```
//!
//! has the same first digits as r / N, all of them. A random word is such an f already: it stands for
//! the number that is the high half of f N, and is written as it is. Only a number that was chosen in
//! another way has to be turned into a word.
//!
//! With 2^64 = q N + e, one such f is r q + ⌊r c / 2^64⌋ + 1, where c = ⌈e 2^64 / N⌉: two
//! multiplications. The rounding of c adds less than r / 2^64, the floor takes less than 1, the 1 makes
//! up for it; so f is above the lower end by at most 1 + N / 2^64, and below the upper one as long as
//! 1 + x < 1 / x for x = N / 2^64, that is x < 0.618. For that reason N is at most 10^19 (x = 0.542),
//! not 2^64.

use crate::stream::Bound;

/// The most numbers that there may be.
pub(crate) const MAX_COUNT: u64 = 10_000_000_000_000_000_000;

/// The numbers below a count, 1 to [`MAX_COUNT`], as fractions of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fractions {
    bound: Bound,
    /// 2^64 / count: whole part, and the rest in units of 2^-64, rounded up.
    whole: u64,
    rest: u64,
}

impl Fractions {
    pub(crate) fn new(count: u64) -> Self {
        let (one, count_wide) = (1 << 64, u128::from(count));
        let rest = (one % count_wide) << 64;
        Self {
            bound: Bound::new(count),
            whole: (one / count_wide) as u64,
            rest: rest.div_ceil(count_wide) as u64,
        }
    }

    pub(crate) fn count(self) -> u64 {
        self.bound.count()
    }

    /// What random words are drawn below.
    pub(crate) fn bound(self) -> Bound {
        self.bound
    }

    /// A word that stands for a number.
    #[inline]
    pub(crate) fn word(self, number: u64) -> u64 {
        let rounded = (u128::from(number) * u128::from(self.rest)) >> 64;
        number * self.whole + rounded as u64 + 1
    }
}
