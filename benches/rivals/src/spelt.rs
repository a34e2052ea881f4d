//! The same codes as couponmint's, drawn and spelt in its way, and not made distinct: what a batch costs
//! before anybody asks whether a code is new.
//!
//! The keystream is the same, a stream for each chunk and column. A word is a fraction of 2^64, whose digits
//! are the symbols, two a step from a table of pairs; words that would favour some text are dropped. So
//! with the same seed the same text comes out, but where couponmint has to draw again (`honest.rs` looks).

use std::{ops::Range, sync::LazyLock};

use rand::{Rng, TryRng, rngs::SysRng};

use crate::floor::{self, CHUNK};

/// Single-use and custom codes, chunk by chunk.
pub(crate) type Columns = [Vec<Vec<u8>>; 2];

/// Pairs of symbols of the largest alphabet.
const PAIRS: usize = 64 * 64;
/// Bytes of keystream taken at once.
const BLOCK: usize = 1024;
/// Added to the chunk in the stream of later draws.
const LATER: u64 = 1 << 32;

/// Codes of one kind, ready to be drawn.
pub(crate) struct Kind {
    /// The prefix, then room for the symbols.
    blank: Vec<u8>,
    base: u64,
    pairs: Box<[[u8; 2]; PAIRS]>,
    pieces: Vec<Piece>,
}

/// Symbols that one word pays for.
struct Piece {
    column: u64,
    places: Range<usize>,
    /// How many texts there are, and the words to drop for each to be as likely.
    texts: u64,
    excess: u64,
}

impl Kind {
    /// 21 symbols of base 36. Their first word pays for ten of them.
    pub(crate) fn single_use() -> &'static Self {
        static SINGLE_USE: LazyLock<Kind> = LazyLock::new(|| {
            let symbols = b"0123456789abcdefghijklmnopqrstuvwxyz";
            Kind::new(b"", symbols, 21, [(0, 0..10), (1, 10..21)])
        });
        &SINGLE_USE
    }

    /// `test_` and ten letters and digits.
    pub(crate) fn custom() -> &'static Self {
        static CUSTOM: LazyLock<Kind> = LazyLock::new(|| {
            let symbols = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
            Kind::new(b"test_", symbols, 15, [(2, 5..15)])
        });
        &CUSTOM
    }

    fn new(
        prefix: &[u8],
        symbols: &[u8],
        width: usize,
        pieces: impl IntoIterator<Item = (u64, Range<usize>)>,
    ) -> Self {
        let base = symbols.len() as u64;
        let piece = |(column, places): (u64, Range<usize>)| {
            let texts = base.pow(places.len() as u32);
            Piece {
                column,
                places,
                texts,
                excess: texts.wrapping_neg() % texts,
            }
        };
        let mut blank = vec![b' '; width];
        blank[..prefix.len()].copy_from_slice(prefix);
        let mut pairs = Box::new([[0; 2]; PAIRS]);
        let all = symbols
            .iter()
            .flat_map(|&a| symbols.iter().map(move |&b| [a, b]));
        pairs.iter_mut().zip(all).for_each(|(pair, ab)| *pair = ab);
        Self {
            blank,
            base,
            pairs,
            pieces: pieces.into_iter().map(piece).collect(),
        }
    }

    fn width(&self) -> usize {
        self.blank.len()
    }

    /// The text of a chunk. `meanwhile` is shown the first words while they are at hand.
    pub(crate) fn chunk<T>(
        &self,
        seed: [u8; 32],
        chunk: u64,
        count: usize,
        meanwhile: impl FnOnce(&[u64]) -> T,
    ) -> (Vec<u8>, T) {
        let mut text = self.blank.repeat(count);
        let mut words = vec![0; count];
        let mut draw = |piece: &Piece, words: &mut [u64]| {
            piece.fill(floor::keystream(seed, piece.column, chunk), words);
            self.write_all(words, &mut text, &piece.places);
        };
        draw(&self.pieces[0], &mut words);
        let shown = meanwhile(&words);
        for piece in &self.pieces[1..] {
            draw(piece, &mut words);
        }
        (text, shown)
    }

    /// Draws first words for single codes and writes them there, until there is a new one for each.
    pub(crate) fn redraw(
        &self,
        seed: [u8; 32],
        positions: &[u32],
        text: &mut [Vec<u8>],
        mut is_new: impl FnMut(u64) -> bool,
    ) {
        let first = &self.pieces[0];
        let mut keystream = floor::keystream(seed, first.column, LATER);
        for &position in positions {
            let (chunk, row) = (position as usize / CHUNK, position as usize % CHUNK);
            let row = &mut text[chunk][row * self.width()..][first.places.clone()];
            loop {
                let word = keystream.next_u64();
                if first.is_fair(word) && is_new(word) {
                    self.write(word, row);
                    break;
                }
            }
        }
    }

    /// A length known beforehand makes straight code, without a loop.
    fn write_all(&self, words: &[u64], text: &mut [u8], places: &Range<usize>) {
        let rows = text.chunks_exact_mut(self.width());
        let rows = words.iter().zip(rows.map(|row| &mut row[places.clone()]));
        match places.len() {
            10 => rows.for_each(|(&word, row)| self.write(word, &mut row[..10])),
            11 => rows.for_each(|(&word, row)| self.write(word, &mut row[..11])),
            _ => rows.for_each(|(&word, row)| self.write(word, row)),
        }
    }

    #[inline]
    fn write(&self, mut fraction: u64, row: &mut [u8]) {
        let mut pairs = row.chunks_exact_mut(2);
        for pair in &mut pairs {
            pair.copy_from_slice(&self.next_pair(&mut fraction));
        }
        if let [last] = pairs.into_remainder() {
            *last = self.next_pair(&mut fraction)[0];
        }
    }

    #[inline]
    fn next_pair(&self, fraction: &mut u64) -> [u8; 2] {
        let product = u128::from(*fraction) * u128::from(self.base * self.base);
        *fraction = product as u64;
        self.pairs[(product >> 64) as usize % PAIRS]
    }
}

impl Piece {
    #[inline]
    fn is_fair(&self, word: u64) -> bool {
        word.wrapping_mul(self.texts) >= self.excess
    }

    fn fill(&self, mut keystream: impl Rng, words: &mut [u64]) {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while filled < words.len() {
            let bytes = &mut block[..BLOCK.min(8 * (words.len() - filled))];
            keystream.fill_bytes(bytes);
            for bytes in bytes.chunks_exact(8) {
                let word = u64::from_le_bytes(bytes.try_into().expect("a word is eight bytes"));
                // A word that is not fair is written over by the next.
                words[filled] = word;
                filled += usize::from(self.is_fair(word));
            }
        }
    }
}

/// 32 fresh bytes, as couponmint takes for each request.
pub(crate) fn fresh_seed() -> [u8; 32] {
    let mut seed = [0; 32];
    SysRng
        .try_fill_bytes(&mut seed)
        .expect("the operating system gives entropy");
    seed
}
