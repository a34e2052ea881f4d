//! Words as fractions of 2^64: one word is a number and its text.
//!
//! **From a word to a number.** A number below a bound n is the high half of word × n (64 × 64 -> 128
//! bits). The 2^64 words do not divide evenly among n numbers; a word is dropped if the low half of the
//! product is below 2^64 mod n, which leaves every number the same count of words: D. Lemire, "Fast
//! Random Integer Generation in an Interval", ACM TOMACS 29 (2019), <https://arxiv.org/abs/1805.10941>.
//!
//! **From a word to text.** Number r of n is the fraction r / n, and the digits of a fraction come out by
//! multiplying with the base, most significant first: text without division. In units of 2^-64, any
//! integer f with
//!
//! ```text
//! r 2^64 / n  <=  f  <  (r + 1) 2^64 / n
//! ```
//!
//! has the same first digits as r / n, all of them. A random word is such an f for its number, and is
//! written as it is.
//!
//! **From a number to a word.** Only a number that was chosen in another way has to be turned into a
//! word. With 2^64 = q n + e, one such f is r q + ⌊r c / 2^64⌋ + 1, where c = ⌈e 2^64 / n⌉: two
//! multiplications. The rounding of c adds less than r / 2^64, the floor takes less than 1, the 1 makes
//! up for it; so f is above the lower end by at most 1 + n / 2^64, and below the upper one as long as
//! 1 + x < 1 / x for x = n / 2^64, that is x < 0.618. For that reason n is at most 10^19 (x = 0.542),
//! not 2^64.

/// A random word, or one that stands for a chosen number: a fraction of 2^64.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Word(pub(crate) u64);

impl Word {
    /// The number below a count that it stands for: the high half of their product.
    #[inline]
    pub(crate) fn below(self, count: u64) -> u64 {
        ((u128::from(self.0) * u128::from(count)) >> 64) as u64
    }
}

/// An exclusive upper bound of random numbers, at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Bound {
    count: u64,
    /// 2^64 mod count: the words to drop for each number to keep the same count of words.
    excess: u64,
}

impl Bound {
    pub(crate) fn new(count: u64) -> Self {
        debug_assert!(count > 0);
        let excess = count.wrapping_neg() % count;
        Self { count, excess }
    }

    pub(crate) fn count(self) -> u64 {
        self.count
    }

    /// Whether a word is kept.
    #[inline]
    pub(crate) fn is_fair(self, Word(word): Word) -> bool {
        word.wrapping_mul(self.count) >= self.excess
    }
}

/// The most numbers that there may be.
pub(crate) const MAX_COUNT: u64 = 10_000_000_000_000_000_000;

/// The numbers below a count, 1 to [`MAX_COUNT`], and words that stand for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fractions {
    bound: Bound,
    /// 2^64 / count: whole part, and the rest in units of 2^-64, rounded up.
    whole: u64,
    rest: u64,
}

impl Fractions {
    pub(crate) fn new(count: u64) -> Self {
        let (one, divisor) = (1 << 64, u128::from(count));
        let rest = (one % divisor) << 64;
        Self {
            bound: Bound::new(count),
            whole: (one / divisor) as u64,
            rest: rest.div_ceil(divisor) as u64,
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
    pub(crate) fn word(self, number: u64) -> Word {
        Word(number * self.whole + Word(number).below(self.rest) + 1)
    }
}
