//! Codes past 2^128: FF1 on their own symbols.
//!
//! Ranks of such codes do not fit a number. So the string that is encrypted is the serial, written in the symbols of
//! the format, and the two halves of what comes out are the two halves of the code.

use crate::{
    code::{Numbers, format::Format},
    keyed::{ff1::Ff1, subkeys::Subkey},
};

/// A permutation of the codes of one format.
pub(super) struct Symbols {
    ff1: Ff1,
    cuts: Cuts,
}

/// A code is two halves, or three pieces. The middle piece is cut by the halves' border.
struct Cuts {
    /// Values of what the first half has beside the first piece.
    after_first: u128,
    /// Values of what the second half has of the middle piece.
    of_second: u128,
    /// Values of the last piece.
    last: u128,
}

impl Symbols {
    pub(super) fn new(subkey: &Subkey, format: &Format) -> Self {
        let base = u128::from(format.alphabet().base());
        let power = |symbols: usize| base.pow(symbols as u32);
        let pieces: Vec<_> = format.pieces().map(|piece| piece.len()).collect();
        let [first, _, last] = pieces[..] else {
            unreachable!("what does not fit 128 bits is three numbers");
        };
        let (all, half) = (format.drawn(), format.drawn() / 2);
        Self {
            ff1: Ff1::new(subkey, format.alphabet().base() as u32, all as u32),
            cuts: Cuts {
                after_first: power(half - first),
                of_second: power(all - half - last),
                last: power(last),
            },
        }
    }

    /// The codes of numbers.
    pub(super) fn encrypt(&self, numbers: &[u128]) -> Vec<Numbers> {
        let [_, count] = self.ff1.counts();
        let mut strings: Vec<[u128; 2]> = numbers
            .iter()
            .map(|number| [number / count, number % count])
            .collect();
        self.ff1.encrypt(&mut strings);
        strings
            .into_iter()
            .map(|string| self.cuts.pieces(string))
            .collect()
    }

    /// The number of a code, if it fits.
    pub(super) fn decrypt(&self, code: &Numbers) -> Option<u128> {
        let [_, count] = self.ff1.counts();
        let [a, b] = self.ff1.decrypt(self.cuts.halves(code));
        a.checked_mul(count)?.checked_add(b)
    }
}

impl Cuts {
    fn pieces(&self, [a, b]: [u128; 2]) -> Numbers {
        let middle = a % self.after_first * self.of_second + b / self.last;
        [a / self.after_first, middle, b % self.last].map(|piece| piece as u64)
    }

    fn halves(&self, code: &Numbers) -> [u128; 2] {
        let [first, middle, last] = code.map(u128::from);
        [
            first * self.after_first + middle / self.of_second,
            middle % self.of_second * self.last + last,
        ]
    }
}
