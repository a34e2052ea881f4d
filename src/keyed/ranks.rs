//! A permutation of the ranks below any capacity.
//!
//! FF1 permutes strings of numerals. They need not be the symbols of a code: n is the smallest even length for
//! which a radix up to 65,535 has as many strings as there are ranks, and the radix the smallest one that has. So both
//! halves are equal, one rule serves every format, and few strings are no rank: what lands on one of those is encrypted
//! again, until it is one. From 10^6 ranks on that is 1.016 times in the mean at most, and never for 36^6.
//!
//! That walk along a cycle is itself a permutation: of the cycle of the larger one, what is no rank is left out.

use crate::keyed::{
    ff1::{Ff1, Rounds},
    modulus::Half,
    shuffle::{Shuffle, TOO_MANY},
    subkeys::Subkey,
};

const MAX_RADIX: u32 = 65_535;

/// The most ranks: strings of eight numerals, which all fit 128 bits. Those of ten do not. Plain formats have either at most
/// 2^127.8 codes, or more than 2^128.
pub(super) const MOST: u128 = 65_535_u128.pow(8);

/// A permutation of the numbers below a capacity.
pub(super) enum Ranks {
    Few(Shuffle),
    Many(Box<Walk>),
}

/// FF1, again and again.
pub(super) struct Walk {
    ff1: Ff1,
    capacity: u128,
    /// How many values a half has.
    half: u128,
}

impl Ranks {
    /// There must be at most so many as [`MOST`].
    pub(super) fn new(subkey: Subkey, capacity: u128) -> Self {
        assert!(capacity <= MOST, "strings past 128 bits");
        if capacity < TOO_MANY {
            return Self::Few(Shuffle::new(subkey, capacity as u32));
        }
        let (radix, length) = numerals(capacity);
        let ff1 = Ff1::new(&subkey, radix, length);
        let [half, _] = ff1.counts();
        Self::Many(Box::new(Walk {
            ff1,
            capacity,
            half,
        }))
    }

    /// Turns numbers into ranks.
    pub(super) fn encrypt(&self, numbers: &mut [u128]) {
        match self {
            Self::Few(shuffle) => numbers
                .iter_mut()
                .for_each(|number| *number = shuffle.rank(*number)),
            Self::Many(walk) if walk.ff1.is_narrow() => walk.encrypt::<u64>(numbers),
            Self::Many(walk) => walk.encrypt::<u128>(numbers),
        }
    }

    /// The number of a rank.
    pub(super) fn decrypt(&self, rank: u128) -> u128 {
        match self {
            Self::Few(shuffle) => shuffle.number(rank),
            Self::Many(walk) => walk.decrypt(rank),
        }
    }
}

impl Walk {
    fn encrypt<T: Half>(&self, numbers: &mut [u128])
    where
        Ff1: Rounds<T>,
    {
        let mut strings: Vec<[T; 2]> = numbers.iter().map(|&number| self.halves(number)).collect();
        self.ff1.encrypt(&mut strings);
        let mut astray = Vec::new();
        for (place, string) in strings.iter().enumerate() {
            numbers[place] = self.whole(*string);
            if numbers[place] >= self.capacity {
                astray.push(place);
            }
        }
        while !astray.is_empty() {
            strings.clear();
            strings.extend(astray.iter().map(|&place| self.halves::<T>(numbers[place])));
            self.ff1.encrypt(&mut strings);
            for (&place, string) in astray.iter().zip(&strings) {
                numbers[place] = self.whole(*string);
            }
            astray.retain(|&place| numbers[place] >= self.capacity);
        }
    }

    fn decrypt(&self, mut number: u128) -> u128 {
        loop {
            let [a, b] = self.ff1.decrypt(self.halves(number));
            number = a * self.half + b;
            if number < self.capacity {
                return number;
            }
        }
    }

    #[inline]
    fn halves<T: Half>(&self, number: u128) -> [T; 2] {
        if let (Ok(number), Ok(half)) = (u64::try_from(number), u64::try_from(self.half)) {
            // A division of 64 bits is much faster.
            return [number / half, number % half].map(|part| T::from_wide(part.into()));
        }
        [number / self.half, number % self.half].map(T::from_wide)
    }

    #[inline]
    fn whole<T: Half>(&self, [a, b]: [T; 2]) -> u128 {
        a.wide() * self.half + b.wide()
    }
}

/// The radix and the length of the numerals for so many ranks.
fn numerals(capacity: u128) -> (u32, u32) {
    let is_enough = |radix: u32, length| {
        u128::from(radix)
            .checked_pow(length)
            .is_none_or(|count| count >= capacity)
    };
    let mut lengths = (2..).step_by(2);
    let length = lengths
        .find(|&length| is_enough(MAX_RADIX, length))
        .expect("a power of the radix is past the largest number");
    let (mut below, mut radix) = (1, MAX_RADIX);
    while radix - below > 1 {
        let middle = below.midpoint(radix);
        if is_enough(middle, length) {
            radix = middle;
        } else {
            below = middle;
        }
    }
    (radix, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plain formats of any base and length.
    #[test]
    fn capacities_of_plain_formats() {
        for base in 2..=64_u128 {
            for length in 2..=30 {
                let Some(capacity) = base.checked_pow(length).filter(|&all| all >= TOO_MANY) else {
                    continue;
                };
                assert!(capacity <= MOST);
                let (radix, numerals) = numerals(capacity);
                let strings = u128::from(radix).pow(numerals);
                assert!(strings >= capacity);
                let smaller = u128::from(radix - 1).pow(numerals);
                assert!(smaller < capacity && radix <= MAX_RADIX);
                // At most 1.016 times in the mean.
                assert!(strings - capacity <= capacity / 1000 * 16);
            }
        }
        assert_eq!(numerals(MOST), (MAX_RADIX, 8));
        assert_eq!(numerals(MOST + 1), (7_132, 10));
        assert_eq!(numerals(36_u128.pow(6)), (46_656, 2));
    }
}
