//! The best loop that can be written by hand around one hash set a column.
//!
//! - The thread's generator, read 4 KiB at a time.
//! - One 64-bit word pays for up to eleven symbols, without modulo bias: a word is dropped if it would
//!   favour some text, and what is left is a fraction whose digits are the symbols, two a step.
//! - Codes lie in fixed arrays and go straight into flat columns: no allocation a code.
//! - hashbrown's set with its default, fast hasher and room for the whole batch from the start.
//! - Single-use codes are told apart by their first six symbols, as ours are. That is the stricter
//!   promise, and also the faster one for this loop: six bytes are hashed and kept instead of 21.

use std::hash::Hash;

use hashbrown::HashSet;
use rand::{Rng, rngs::ThreadRng};

use crate::{
    common::LARGE,
    run::{Column, Run},
};

const PREFIX: &[u8; 5] = b"test_";

/// The sets hold the text of the codes.
pub(crate) fn with_texts() -> Run {
    run(|widget| widget, |_, custom| custom)
}

/// The sets hold integers: the six bytes as they are, and the number of the custom code.
pub(crate) fn with_integers() -> Run {
    let packed = |[a, b, c, d, e, f]: [u8; 6]| u64::from_le_bytes([a, b, c, d, e, f, 0, 0]);
    run(packed, |number, _| number)
}

fn run<W: Hash + Eq, C: Hash + Eq>(
    widget_key: impl Fn([u8; 6]) -> W,
    custom_key: impl Fn(u64, [u8; 10]) -> C,
) -> Run {
    let make = || {
        let mut words = Words::new();
        [
            single_use(&mut words, widget_key),
            custom(&mut words, custom_key),
        ]
    };
    let columns = |[single_use, custom]: [Vec<u8>; 2]| {
        let widgets = single_use.chunks_exact(21).flat_map(|code| &code[..6]);
        let widgets = widgets.copied().collect();
        vec![Column::flat(widgets, 6), Column::flat(custom, 15)]
    };
    Run::of(LARGE, make, columns)
}

fn single_use<K: Hash + Eq>(words: &mut Words, key: impl Fn([u8; 6]) -> K) -> Vec<u8> {
    let symbols = Symbols::<36>::new(b"0123456789abcdefghijklmnopqrstuvwxyz");
    let mut seen = HashSet::with_capacity(LARGE);
    let mut column = Vec::with_capacity(LARGE * 21);
    while seen.len() < LARGE {
        let (_, start) = symbols.draw::<11>(words);
        let widget = start.first_chunk().expect("eleven symbols have a sixth");
        if seen.insert(key(*widget)) {
            let (_, end) = symbols.draw::<10>(words);
            column.extend_from_slice(&start);
            column.extend_from_slice(&end);
        }
    }
    column
}

fn custom<K: Hash + Eq>(words: &mut Words, key: impl Fn(u64, [u8; 10]) -> K) -> Vec<u8> {
    let symbols =
        Symbols::<62>::new(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    let mut seen = HashSet::with_capacity(LARGE);
    let mut column = Vec::with_capacity(LARGE * 15);
    while seen.len() < LARGE {
        let (number, code) = symbols.draw::<10>(words);
        if seen.insert(key(number, code)) {
            column.extend_from_slice(PREFIX);
            column.extend_from_slice(&code);
        }
    }
    column
}

/// The thread's generator, read in blocks.
struct Words {
    generator: ThreadRng,
    block: [u8; 4096],
    next: usize,
}

impl Words {
    fn new() -> Self {
        Self {
            generator: rand::rng(),
            block: [0; 4096],
            next: 4096,
        }
    }

    #[inline]
    fn word(&mut self) -> u64 {
        if self.next == self.block.len() {
            self.generator.fill_bytes(&mut self.block);
            self.next = 0;
        }
        let word = self.block[self.next..]
            .first_chunk()
            .expect("a whole word is left");
        self.next += 8;
        u64::from_le_bytes(*word)
    }
}

/// An alphabet, with all pairs of its symbols.
struct Symbols<const BASE: usize> {
    symbols: [u8; BASE],
    pairs: Vec<[u8; 2]>,
}

impl<const BASE: usize> Symbols<BASE> {
    fn new(symbols: &[u8; BASE]) -> Self {
        let pairs = symbols.iter().flat_map(|&a| symbols.map(|b| [a, b]));
        Self {
            symbols: *symbols,
            pairs: pairs.collect(),
        }
    }

    /// A uniform number below `BASE` to the power of `N`, and its digits.
    #[inline]
    fn draw<const N: usize>(&self, words: &mut Words) -> (u64, [u8; N]) {
        let count = const { (BASE as u64).pow(N as u32) };
        let excess =
            const { (BASE as u64).pow(N as u32).wrapping_neg() % (BASE as u64).pow(N as u32) };
        let mut fraction = words.word();
        while fraction.wrapping_mul(count) < excess {
            fraction = words.word();
        }
        let number = (u128::from(fraction) * u128::from(count)) >> 64;
        let mut text = [0; N];
        let mut steps = text.chunks_exact_mut(2);
        for step in &mut steps {
            let product = u128::from(fraction) * (BASE * BASE) as u128;
            step.copy_from_slice(&self.pairs[(product >> 64) as usize]);
            fraction = product as u64;
        }
        if let [last] = steps.into_remainder() {
            *last = self.symbols[((u128::from(fraction) * BASE as u128) >> 64) as usize];
        }
        (number as u64, text)
    }
}
