//! The floor: what minting cannot go below.
//!
//! A batch of n coupons takes from its generator 16 bytes for each single-use code and 8 for a custom
//! code of ten symbols, and writes 21 and 15 bytes of text. Here the same bytes are drawn from the same
//! generator, one stream a chunk and column, and as many are written, a fresh vector for each chunk
//! and kind, on the threads of the current rayon pool. No code comes of it: nothing is made distinct,
//! nothing is spelt.

use rand_chacha::{
    ChaCha12Rng,
    rand_core::{Rng, SeedableRng},
};
use rayon::prelude::*;

/// Coupons a chunk, as in the library.
pub(crate) const CHUNK: usize = 2048;

/// The columns of a batch with custom codes, chunk by chunk.
pub(crate) fn with_customs(amount: usize) -> Vec<[Vec<u8>; 2]> {
    chunks(amount, |chunk, coupons| {
        [single_use(chunk, coupons), custom(chunk, coupons)]
    })
}

/// The column of a batch without custom codes, chunk by chunk.
pub(crate) fn without_customs(amount: usize) -> Vec<[Vec<u8>; 1]> {
    chunks(amount, |chunk, coupons| [single_use(chunk, coupons)])
}

/// Makes each chunk, of so many coupons, on the threads of the pool if there are several.
pub(crate) fn chunks<T: Send>(amount: usize, make: impl Fn(u64, usize) -> T + Sync) -> Vec<T> {
    let make = |chunk: usize| make(chunk as u64, CHUNK.min(amount - chunk * CHUNK));
    let chunks = 0..amount.div_ceil(CHUNK);
    if amount > CHUNK {
        chunks.into_par_iter().map(make).collect()
    } else {
        chunks.map(make).collect()
    }
}

fn single_use(chunk: u64, coupons: usize) -> Vec<u8> {
    let mut drawn = vec![0; 16 * coupons];
    let (leads, tails) = drawn.split_at_mut(8 * coupons);
    draw(0, chunk, leads);
    draw(1, chunk, tails);
    write(&drawn, 21 * coupons)
}

fn custom(chunk: u64, coupons: usize) -> Vec<u8> {
    let mut drawn = vec![0; 8 * coupons];
    draw(2, chunk, &mut drawn);
    write(&drawn, 15 * coupons)
}

fn draw(column: u64, chunk: u64, drawn: &mut [u8]) {
    keystream([7; 32], column, chunk).fill_bytes(drawn);
}

/// The library's: of a column, and a chunk or what else it is for.
pub(crate) fn keystream(seed: [u8; 32], column: u64, chunk: u64) -> ChaCha12Rng {
    let mut keystream = ChaCha12Rng::from_seed(seed);
    keystream.set_stream(column << 56 | chunk);
    keystream
}

fn write(drawn: &[u8], length: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(length);
    text.extend_from_slice(drawn);
    text.extend_from_slice(&drawn[..length - drawn.len()]);
    text
}
