//! Ranks become text: a flat column of codes, all of one width, written once and in parallel.

use std::str;

use rayon::prelude::*;

use crate::{
    draw::Round,
    format::Format,
    stream::{CHUNK, Column, Stream},
    threads::Threads,
};

/// Texts of one width, one behind the other, all ASCII.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct TextColumn {
    bytes: Vec<u8>,
    width: usize,
}

impl TextColumn {
    /// Writes the codes of these ranks; their tails are drawn from the stream.
    pub(crate) fn write(format: &Format, ranks: &Round, stream: &Stream, tails: Column) -> Self {
        let width = format.text_length();
        let write_chunk = |(chunk, rows): (usize, &mut [u8])| {
            let mut buffer = [0; CHUNK];
            let ranks = ranks.chunk(chunk, &mut buffer);
            format.write_stems(ranks, rows, width);
            format.write_tails(&mut stream.words(tails, 0, chunk), rows);
        };
        let mut bytes = vec![0; width * ranks.amount()];
        if Threads::Pool.share(ranks.amount()) {
            let chunks = bytes.par_chunks_mut(CHUNK * width).enumerate();
            chunks.for_each(write_chunk);
        } else {
            write_chunk((0, &mut bytes));
        }
        Self { bytes, width }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len() / self.width
    }

    pub(crate) fn text(&self, row: usize) -> &str {
        str::from_utf8(self.bytes(row)).expect("codes are made of ASCII symbols")
    }

    pub(crate) fn bytes(&self, row: usize) -> &[u8] {
        &self.bytes[row * self.width..][..self.width]
    }
}
