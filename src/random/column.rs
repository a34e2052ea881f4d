//! A column of codes: flat text, cut into chunks, with no allocation per code.

use std::str;

use crate::random::stream::CHUNK;

/// Texts of one width, one after the other, all ASCII.
#[derive(PartialEq, Eq)]
pub(crate) struct TextColumn {
    /// Of [`CHUNK`] texts each, but for the last.
    chunks: Vec<Vec<u8>>,
    width: usize,
    len: usize,
}

impl TextColumn {
    pub(crate) fn new(chunks: Vec<Vec<u8>>, width: usize) -> Self {
        let bytes: usize = chunks.iter().map(Vec::len).sum();
        Self {
            chunks,
            width,
            len: bytes / width,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// How long each text is.
    #[cfg(feature = "arrow")]
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// All texts in turn, without anything between them.
    #[cfg(feature = "arrow")]
    pub(crate) fn flat(&self) -> Vec<u8> {
        self.chunks.concat()
    }

    pub(crate) fn text(&self, row: usize) -> &str {
        str::from_utf8(self.bytes(row)).expect("codes are made of ASCII symbols")
    }

    pub(crate) fn bytes(&self, row: usize) -> &[u8] {
        &self.chunks[row / CHUNK][row % CHUNK * self.width..][..self.width]
    }

    pub(crate) fn bytes_mut(&mut self, row: usize) -> &mut [u8] {
        &mut self.chunks[row / CHUNK][row % CHUNK * self.width..][..self.width]
    }
}
