//! The floor: what minting cannot go below.
//!
//! A batch of n coupons takes from its generator 8 bytes for each widget code, 16 for the other 15
//! symbols of the single-use code and 8 for a custom code of ten symbols, and writes 21 and 15 bytes
//! of text. Here the same bytes are drawn from the same generator, one stream a chunk and column, and
//! as many are written into fresh vectors, on the threads of the current rayon pool. No code comes
//! of it: nothing is made distinct, nothing is spelt.

use rand_chacha::{
    ChaCha12Rng,
    rand_core::{Rng, SeedableRng},
};
use rayon::prelude::*;

/// Bytes of text a coupon: widget code, the rest of the single-use code, custom code with prefix.
const WIDGET: usize = 6;
const TAIL: usize = 15;
const CUSTOM: usize = 15;
/// Coupons a chunk, as in the library.
const CHUNK: usize = 1024;

/// The columns of a batch with custom codes.
pub(crate) fn with_customs(amount: usize) -> [Vec<u8>; 2] {
    let mut single_use = vec![0; amount * (WIDGET + TAIL)];
    let mut custom = vec![0; amount * CUSTOM];
    let work = |(chunk, (rows, customs)): (usize, (&mut [u8], &mut [u8]))| {
        let mut drawn = [0; 16 * CHUNK];
        write_single_use(chunk, &mut drawn, rows);
        draw(chunk, 2, &mut drawn[..customs.len() / CUSTOM * 8]);
        customs.copy_from_slice(&drawn[..customs.len()]);
    };
    if amount > CHUNK {
        let rows = single_use.par_chunks_mut(CHUNK * (WIDGET + TAIL));
        let rows = rows.zip(custom.par_chunks_mut(CHUNK * CUSTOM));
        rows.enumerate().for_each(work);
    } else {
        work((0, (&mut single_use, &mut custom)));
    }
    [single_use, custom]
}

/// The column of a batch without custom codes.
pub(crate) fn without_customs(amount: usize) -> Vec<u8> {
    let mut single_use = vec![0; amount * (WIDGET + TAIL)];
    let work = |(chunk, rows): (usize, &mut [u8])| {
        write_single_use(chunk, &mut [0; 16 * CHUNK], rows);
    };
    if amount > CHUNK {
        let rows = single_use.par_chunks_mut(CHUNK * (WIDGET + TAIL));
        rows.enumerate().for_each(work);
    } else {
        work((0, &mut single_use));
    }
    single_use
}

fn write_single_use(chunk: usize, drawn: &mut [u8], rows: &mut [u8]) {
    let coupons = rows.len() / (WIDGET + TAIL);
    let (widgets, tails) = rows.split_at_mut(coupons * WIDGET);
    draw(chunk, 0, &mut drawn[..coupons * 8]);
    widgets.copy_from_slice(&drawn[..widgets.len()]);
    draw(chunk, 1, &mut drawn[..coupons * 16]);
    tails.copy_from_slice(&drawn[..tails.len()]);
}

fn draw(chunk: usize, column: u64, drawn: &mut [u8]) {
    let mut keystream = ChaCha12Rng::from_seed([7; 32]);
    keystream.set_stream(column << 56 | chunk as u64);
    keystream.fill_bytes(drawn);
}
