//! FF1 of NIST SP 800-38G, with AES-256: a permutation of the strings of n numerals below a radix.
//!
//! A string is two halves A and B, numbers of u = ⌊n / 2⌋ and v = n - u numerals. In each of ten rounds
//!
//! ```text
//! A, B  =  B, (A + y) mod radix^u or radix^v in turn
//! ```
//!
//! where y is the first d bytes of a CBC-MAC over the parameters, the tweak, the number of the round and B. (Here no
//! half is moved: the rounds change A and B in turn.) Of its blocks only the last depends on the last two: those before
//! are encrypted once, when the key is there, and a round is *one* block. Ten blocks of AES are the floor, and the aim is
//! to stay near it:
//!
//! - Many strings go side by side, twice as many as the back end of `aes` encrypts at once, so that some are added while
//!   others are encrypted. All ten rounds run inside it, compiled with its target features.
//! - The remainder takes two multiplications (`modulus.rs`), and halves are 64 bits where that is enough.
//!
//! Halves are at most 96 bits here, so that d is at most 16, one block.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined is compiled without the target features of the back end"
)]

use std::{array, mem};

use aes::{
    Aes256,
    cipher::{
        Block, BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser,
        KeyInit, ParBlocks, consts::U16, typenum::Unsigned,
    },
};

use crate::keyed::modulus::{Half, Modulus, is_narrow};

const ROUNDS: u8 = 10;
const BLOCK: usize = 16;

/// FF1 for strings of one length and radix, under one key and tweak.
pub(super) struct Ff1 {
    aes: Aes256,
    /// The last block, without the number of the round and B: what the blocks before it left.
    start: u128,
    /// Bits of B in that block.
    bits: u32,
    /// How many values A and B have at first.
    counts: [u128; 2],
    moduli: Moduli,
}

/// Of A in even rounds, and in odd ones.
enum Moduli {
    Narrow([Modulus<u64>; 2]),
    Wide([Modulus<u128>; 2]),
}

impl Ff1 {
    /// With an empty tweak. The halves must be below 2^96, and there must be at least 10^6 strings.
    pub(super) fn new(key: &[u8; 32], radix: u32, length: u32) -> Self {
        Self::with_tweak(key, radix, length, &[])
    }

    fn with_tweak(key: &[u8; 32], radix: u32, length: u32, tweak: &[u8]) -> Self {
        let u = length / 2;
        let counts = [u, length - u].map(|numerals| u128::from(radix).pow(numerals));
        let bytes = (u128::BITS - (counts[1] - 1).leading_zeros()).div_ceil(8);
        let of_y = 4 * bytes.div_ceil(4) + 4;
        let aes = Aes256::new(key.into());
        let parameters = parameters(radix, length, tweak);
        let moduli = if counts.iter().all(|&count| is_narrow(count, of_y)) {
            Moduli::Narrow(counts.map(|count| Modulus::new(count, of_y)))
        } else {
            Moduli::Wide(counts.map(|count| Modulus::new(count, of_y)))
        };
        Self {
            start: before_round(&aes, parameters, tweak, bytes as usize),
            bits: 8 * bytes,
            counts,
            moduli,
            aes,
        }
    }

    /// How many values the halves have.
    pub(super) fn counts(&self) -> [u128; 2] {
        self.counts
    }

    /// Encrypts strings, each as its two halves.
    pub(super) fn encrypt<T: Half>(&self, strings: &mut [[T; 2]])
    where
        Self: Rounds<T>,
    {
        self.aes.encrypt_with_backend(Encryption {
            start: self.start,
            bits: self.bits,
            moduli: self.moduli(),
            strings,
        });
    }

    /// Whether halves are 64 bits.
    pub(super) fn is_narrow(&self) -> bool {
        matches!(self.moduli, Moduli::Narrow(_))
    }

    /// Decrypts a string.
    pub(super) fn decrypt(&self, [mut a, mut b]: [u128; 2]) -> [u128; 2] {
        let [even, odd] = self.counts;
        for round in (0..ROUNDS).rev() {
            let count = if round % 2 == 0 { even } else { odd };
            let y = self.block(round, a) >> self.shift();
            let before = (b + count - y % count) % count;
            (a, b) = (before, a);
        }
        [a, b]
    }

    /// What a round encrypts its half to.
    fn block(&self, round: u8, half: u128) -> u128 {
        let mut block = block(self.start ^ u128::from(round) << self.bits ^ half);
        self.aes.encrypt_block(&mut block);
        number(&block)
    }

    /// Bits of a block after y.
    fn shift(&self) -> u32 {
        128 - 8 * (4 * (self.bits / 8).div_ceil(4) + 4)
    }
}

/// The moduli for halves of a type.
pub(super) trait Rounds<T: Half> {
    fn moduli(&self) -> &[Modulus<T>; 2];
}

impl Rounds<u64> for Ff1 {
    fn moduli(&self) -> &[Modulus<u64>; 2] {
        match &self.moduli {
            Moduli::Narrow(moduli) => moduli,
            Moduli::Wide(_) => unreachable!("halves are 64 bits if they are narrow"),
        }
    }
}

impl Rounds<u128> for Ff1 {
    fn moduli(&self) -> &[Modulus<u128>; 2] {
        match &self.moduli {
            Moduli::Wide(moduli) => moduli,
            Moduli::Narrow(_) => unreachable!("halves are 128 bits if they are not narrow"),
        }
    }
}

/// P of the standard.
fn parameters(radix: u32, length: u32, tweak: &[u8]) -> u128 {
    let mut block = [
        1,
        2,
        1,
        0,
        0,
        0,
        ROUNDS,
        (length / 2) as u8,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
    ];
    block[3..6].copy_from_slice(&radix.to_be_bytes()[1..]);
    block[8..12].copy_from_slice(&length.to_be_bytes());
    block[12..].copy_from_slice(&(tweak.len() as u32).to_be_bytes());
    u128::from_be_bytes(block)
}

/// All of the CBC-MAC that is the same in each round: P, the tweak and zeros, such that the number of the round and
/// so many bytes fill the last block.
fn before_round(aes: &Aes256, parameters: u128, tweak: &[u8], bytes: usize) -> u128 {
    let mut text = tweak.to_vec();
    while text.len() % BLOCK != BLOCK - 1 - bytes {
        text.push(0);
    }
    text.resize(text.len() + 1 + bytes, 0);
    let mut state = parameters;
    for next in text.chunks_exact(BLOCK) {
        let mut encrypted = block(state);
        aes.encrypt_block(&mut encrypted);
        let next = next.try_into().expect("a block has 16 bytes");
        state = number(&encrypted) ^ u128::from_be_bytes(next);
    }
    state
}

#[inline(always)]
fn block(number: u128) -> Block<Aes256> {
    number.to_be_bytes().into()
}

#[inline(always)]
fn number(block: &Block<Aes256>) -> u128 {
    u128::from_be_bytes((*block).into())
}

/// The work inside the back end.
struct Encryption<'a, T> {
    start: u128,
    bits: u32,
    moduli: &'a [Modulus<T>; 2],
    strings: &'a mut [[T; 2]],
}

impl<T> BlockSizeUser for Encryption<'_, T> {
    type BlockSize = U16;
}

impl<T: Half> BlockCipherEncClosure for Encryption<'_, T> {
    #[inline(always)]
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, backend: &B) {
        match self.moduli[0].shift() {
            64 => self.rounds::<64, B>(backend),
            32 => self.rounds::<32, B>(backend),
            _ => self.rounds::<0, B>(backend),
        }
    }
}

impl<T: Half> Encryption<'_, T> {
    #[inline(always)]
    fn rounds<const SHIFT: u32, B: BlockCipherEncBackend<BlockSize = U16>>(mut self, backend: &B) {
        let strings = mem::take(&mut self.strings);
        let rest = self.groups::<2, SHIFT, B>(backend, strings);
        let rest = self.groups::<1, SHIFT, B>(backend, rest);
        for string in rest {
            for round in 0..ROUNDS {
                let (start, changed, modulus) = self.round(round);
                let mut lane = block(start ^ string[1 - changed].wide());
                backend.encrypt_block_inplace(&mut lane);
                string[changed] = T::add::<SHIFT>(string[changed], number(&lane), modulus);
            }
        }
    }

    /// Encrypts strings in groups of so many times the lanes of the back end, and returns those left over.
    #[inline(always)]
    fn groups<'s, const TIMES: usize, const SHIFT: u32, B>(
        &self,
        backend: &B,
        strings: &'s mut [[T; 2]],
    ) -> &'s mut [[T; 2]]
    where
        B: BlockCipherEncBackend<BlockSize = U16>,
    {
        let width = B::ParBlocksSize::USIZE;
        let mut lanes: [_; TIMES] = array::from_fn(|_| ParBlocks::<B>::default());
        let mut groups = strings.chunks_exact_mut(TIMES * width);
        for group in &mut groups {
            for round in 0..ROUNDS {
                let (start, changed, modulus) = self.round(round);
                for (lanes, strings) in lanes.iter_mut().zip(group.chunks_exact(width)) {
                    for (lane, string) in lanes.iter_mut().zip(strings) {
                        *lane = block(start ^ string[1 - changed].wide());
                    }
                    backend.encrypt_par_blocks_inplace(lanes);
                }
                for (lanes, strings) in lanes.iter().zip(group.chunks_exact_mut(width)) {
                    for (lane, string) in lanes.iter().zip(strings) {
                        string[changed] = T::add::<SHIFT>(string[changed], number(lane), modulus);
                    }
                }
            }
        }
        groups.into_remainder()
    }

    /// The last block without the other half, which half is changed, and its modulus.
    #[inline(always)]
    fn round(&self, round: u8) -> (u128, usize, &Modulus<T>) {
        let changed = usize::from(round % 2);
        let start = self.start ^ u128::from(round) << self.bits;
        (start, changed, &self.moduli[changed])
    }
}

#[cfg(test)]
mod tests {
    use fpe::ff1::{FF1, FlexibleNumeralString};
    use proptest::{collection::vec, prelude::*, test_runner::Config};

    use super::*;

    /// The value of numerals, most significant first.
    fn value(radix: u32, numerals: &[u16]) -> u128 {
        numerals.iter().fold(0, |value, &numeral| {
            value * u128::from(radix) + u128::from(numeral)
        })
    }

    fn halves(radix: u32, numerals: &[u16]) -> [u128; 2] {
        let (a, b) = numerals.split_at(numerals.len() / 2);
        [value(radix, a), value(radix, b)]
    }

    fn encrypt_all(ff1: &Ff1, strings: &[[u128; 2]]) -> Vec<[u128; 2]> {
        if ff1.is_narrow() {
            let narrow = |string: &[u128; 2]| string.map(|half| half as u64);
            let mut strings: Vec<_> = strings.iter().map(narrow).collect();
            ff1.encrypt(&mut strings);
            return strings
                .iter()
                .map(|string| string.map(u128::from))
                .collect();
        }
        let mut strings = strings.to_vec();
        ff1.encrypt(&mut strings);
        strings
    }

    /// The samples of NIST for AES-256, 7 to 9.
    #[test]
    fn nist() {
        let key = [
            0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf,
            0x4f, 0x3c, 0xef, 0x43, 0x59, 0xd8, 0xd5, 0x80, 0xaa, 0x4f, 0x7f, 0x03, 0x6d, 0x6f,
            0x04, 0xfc, 0x6a, 0x94,
        ];
        let digits: Vec<u16> = (0..10).collect();
        let letters: Vec<u16> = (0..19).collect();
        let samples = [
            (10, &b""[..], &digits, &[6, 6, 5, 7, 6, 6, 7, 0, 0, 9][..]),
            (10, b"9876543210", &digits, &[1, 0, 0, 1, 6, 2, 3, 4, 6, 3]),
            (
                36,
                b"7777pqrs777",
                &letters,
                &[
                    33, 28, 8, 10, 0, 10, 35, 17, 2, 10, 31, 34, 10, 21, 34, 35, 30, 32, 13,
                ],
            ),
        ];
        for (radix, tweak, plain, encrypted) in samples {
            let ff1 = Ff1::with_tweak(&key, radix, plain.len() as u32, tweak);
            let plain = halves(radix, plain);
            let encrypted = halves(radix, encrypted);
            assert_eq!(encrypt_all(&ff1, &[plain]), [encrypted]);
            assert_eq!(ff1.decrypt(encrypted), plain);
        }
    }

    /// Radixes and lengths that the library uses, and more: ranks, and symbols of codes past 2^128.
    fn kinds() -> impl Strategy<Value = (u32, u32)> {
        let ranks = (2_u32..=65_535, (1_u32..=5).prop_map(|half| 2 * half));
        let is_used = |&(radix, length): &(u32, u32)| {
            let count = u128::from(radix).checked_pow(length);
            count.is_none_or(|count| count >= 1_000_000)
        };
        let symbols = (20_u32..=64, 22_u32..=30).prop_filter("past 2^128", |&(base, length)| {
            u128::from(base).checked_pow(length).is_none()
        });
        prop_oneof![ranks.prop_filter("10^6 strings", is_used), symbols]
    }

    proptest! {
        #![proptest_config(Config { cases: 1_000, ..crate::keyed::fixed_cases() })]

        #[test]
        fn as_another(
            key: [u8; 32],
            tweak in vec(any::<u8>(), 0..40),
            (radix, length) in kinds(),
            // Enough for groups of both sizes, whatever the back end.
            seeds in vec(vec(any::<u16>(), 30), 1..300),
            ends: bool,
        ) {
            let ff1 = Ff1::with_tweak(&key, radix, length, &tweak);
            let other = FF1::<Aes256>::new(&key, radix).unwrap();
            let numeral = |seed: u16| match (ends, seed % 2) {
                (true, 0) => 0,
                (true, _) => (radix - 1) as u16,
                (false, _) => (u32::from(seed) % radix) as u16,
            };
            let strings: Vec<Vec<u16>> = seeds
                .iter()
                .map(|seeds| seeds[..length as usize].iter().map(|&seed| numeral(seed)).collect())
                .collect();
            let plain: Vec<_> = strings.iter().map(|string| halves(radix, string)).collect();
            let encrypted = encrypt_all(&ff1, &plain);
            for ((string, plain), encrypted) in strings.into_iter().zip(plain).zip(encrypted) {
                let right = other.encrypt(&tweak, &FlexibleNumeralString::from(string)).unwrap();
                prop_assert_eq!(encrypted, halves(radix, &Vec::<u16>::from(right)));
                prop_assert_eq!(ff1.decrypt(encrypted), plain);
            }
        }
    }
}
