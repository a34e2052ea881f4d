//! The proof in single-use codes: 15 symbols that only the key can tell from its widget code.
//!
//! They are one block of AES under a subkey of their own: with n the number that the widget code is the permutation
//! of, and the attempt 0 unless words are to be left out,
//!
//! ```text
//! x = AES(attempt, n: eight bytes each)        symbols = ⌊x 36^15 / 2^128⌋ in base 36
//! ```
//!
//! Since 36^15 is about 2^77.5, no symbol is likelier than another by more than 2^-50, and a guess hits with one in 2^77.
//! The symbols are the first ones of the fraction x / 2^128 in base 36, so they come by multiplication.

use crate::{
    code::{
        alphabet::Alphabet,
        format::{SINGLE_USE_LENGTH, WIDGET_LENGTH},
        fraction::{Fractions, Word},
    },
    keyed::subkeys::Subkey,
};
use aes::{
    Aes256,
    cipher::{Block, BlockCipherEncrypt, KeyInit},
};

/// Where in a single-use code the proof stands, in two pieces that are each a number of 64 bits.
const PIECES: [std::ops::Range<usize>; 2] = [
    WIDGET_LENGTH..WIDGET_LENGTH + FIRST,
    WIDGET_LENGTH + FIRST..SINGLE_USE_LENGTH,
];
const FIRST: usize = 10;

pub(super) struct Proof {
    aes: Aes256,
    alphabet: Alphabet,
    pieces: [Fractions; 2],
}

impl Proof {
    pub(super) fn new(subkey: &Subkey) -> Self {
        let alphabet = Alphabet::base36();
        let count = |symbols: usize| alphabet.base().pow(symbols as u32);
        Self {
            aes: Aes256::new((&**subkey).into()),
            pieces: PIECES.map(|piece| Fractions::new(count(piece.len()))),
            alphabet,
        }
    }

    /// Writes the proofs of numbers into single-use codes, one after the other.
    pub(super) fn write_all(&self, attempt: u64, numbers: &[u128], codes: &mut [u8]) {
        let block = |&number: &u128| block(attempt, number);
        let mut blocks: Vec<_> = numbers.iter().map(block).collect();
        self.aes.encrypt_blocks(&mut blocks);
        let mut words = vec![Word::default(); numbers.len()];
        let mut fractions: Vec<_> = blocks
            .iter()
            .map(|block| u128::from_be_bytes((*block).into()))
            .collect();
        for (piece, texts) in PIECES.iter().zip(self.pieces) {
            for (word, fraction) in words.iter_mut().zip(&mut fractions) {
                *word = texts.word(next(fraction, texts.count()));
            }
            let runs = std::slice::from_ref(piece);
            self.alphabet
                .write_all(&words, codes, SINGLE_USE_LENGTH, runs);
        }
    }
}

fn block(attempt: u64, number: u128) -> Block<Aes256> {
    (u128::from(attempt) << 64 | number).to_be_bytes().into()
}

/// The whole part of a fraction times a count, which is taken out of it.
#[inline]
fn next(fraction: &mut u128, count: u64) -> u64 {
    let (high, low) = (*fraction >> 64, *fraction & u128::from(u64::MAX));
    let low = low * u128::from(count);
    let product = high * u128::from(count) + (low >> 64);
    *fraction = product << 64 | low & u128::from(u64::MAX);
    (product >> 64) as u64
}
