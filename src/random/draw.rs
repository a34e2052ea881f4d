//! The first draw of a batch: a code for each position, drawn and written while its words are at hand.

use crate::{
    code::{
        MAX_NUMBERS, Numbers,
        fraction::Word,
        spelling::Spelling,
        words::{Finder, Flaw},
    },
    ledger::{
        entering::{NewNumbers, SortedChunk},
        layout::Layout,
    },
    random::{
        clean::{CodeWords, Redrawing},
        column::TextColumn,
        redraw::Redraw,
        stream::{CHUNK, Purpose, Round, Stream},
    },
};

/// One kind of code of one request.
#[derive(Clone, Copy)]
pub(crate) struct Draw<'a> {
    pub(crate) stream: &'a Stream,
    /// Of a code's first word, and of the others.
    pub(crate) purposes: [Purpose; 2],
    pub(crate) spelling: &'a Spelling,
    pub(crate) amount: usize,
}

/// A chunk of drawn codes: their numbers, and their text.
pub(crate) struct Chunk {
    numbers: ChunkNumbers,
    text: Vec<u8>,
}

enum ChunkNumbers {
    Short(SortedChunk),
    Long(Vec<Numbers>),
}

/// The codes of a batch, free or not; and their numbers, if they are drawn.
pub(crate) struct NewColumn {
    pub(crate) numbers: Option<NewNumbers>,
    pub(crate) text: TextColumn,
}

impl Draw<'_> {
    pub(crate) fn chunks(&self) -> usize {
        self.amount.div_ceil(CHUNK)
    }

    /// How many codes a chunk has.
    fn codes(&self, chunk: usize) -> usize {
        CHUNK.min(self.amount - chunk * CHUNK)
    }

    /// Draws a chunk.
    pub(crate) fn chunk(&self, chunk: usize) -> Chunk {
        let spelling = self.spelling;
        if let Some(finder) = spelling.finder() {
            return self.clean_chunk(chunk, finder);
        }
        let count = self.codes(chunk);
        let mut text = spelling.blanks(count);
        let mut words = vec![Word::default(); count];
        let [mut first, mut rest] = self
            .purposes
            .map(|purpose| self.stream.words(purpose, Round::First, chunk));
        let mut draw = |piece, words: &mut [Word]| {
            let stream = if piece == 0 { &mut first } else { &mut rest };
            stream.fill(words, spelling.texts(piece).bound());
            spelling.write_all(piece, words, &mut text);
        };
        let numbers = if let Some(capacity) = spelling.short() {
            draw(0, &mut words);
            let sorted = SortedChunk::new(chunk * CHUNK, &words, Layout::new(capacity));
            (1..spelling.words()).for_each(|piece| draw(piece, &mut words));
            ChunkNumbers::Short(sorted)
        } else {
            let mut numbers = vec![[0; MAX_NUMBERS]; count];
            for piece in 0..spelling.words() {
                draw(piece, &mut words);
                for (numbers, &word) in numbers.iter_mut().zip(&words) {
                    numbers[piece] = spelling.number(piece, word);
                }
            }
            ChunkNumbers::Long(numbers)
        };
        spelling.complete_all(&mut text);
        Chunk { numbers, text }
    }

    /// Draws a chunk of codes that hold no word.
    fn clean_chunk(&self, chunk: usize, finder: &Finder) -> Chunk {
        let spelling = self.spelling;
        let count = self.codes(chunk);
        let mut text = spelling.blanks(count);
        let mut words = vec![vec![Word::default(); count]; spelling.words()];
        let mut streams = self
            .purposes
            .map(|purpose| self.stream.words(purpose, Round::First, chunk));
        for (piece, words) in words.iter_mut().enumerate() {
            streams[piece.min(1)].fill(words, spelling.texts(piece).bound());
            spelling.write_all(piece, words, &mut text);
        }
        spelling.complete_all(&mut text);
        let width = spelling.width();
        let mut redrawing = Redrawing {
            spelling,
            finder,
            streams: &mut streams,
        };
        for row in finder.flawed_rows(&text, width) {
            let code = &mut text[row * width..][..width];
            let mut drawn = CodeWords::default();
            drawn
                .iter_mut()
                .zip(&words)
                .for_each(|(drawn, words)| *drawn = words[row]);
            let flaw = finder.flaw(code).unwrap_or(Flaw::Whole);
            redrawing.draw(flaw, &mut drawn, code);
            words
                .iter_mut()
                .zip(drawn)
                .for_each(|(words, drawn)| words[row] = drawn);
        }
        let numbers = self.numbers(chunk, &words);
        Chunk { numbers, text }
    }

    /// The numbers of codes made of these words, piece by piece.
    fn numbers(&self, chunk: usize, words: &[Vec<Word>]) -> ChunkNumbers {
        if let Some(capacity) = self.spelling.short() {
            let layout = Layout::new(capacity);
            return ChunkNumbers::Short(SortedChunk::new(chunk * CHUNK, &words[0], layout));
        }
        let mut numbers = vec![[0; MAX_NUMBERS]; words[0].len()];
        for (piece, words) in words.iter().enumerate() {
            for (numbers, &word) in numbers.iter_mut().zip(words) {
                numbers[piece] = self.spelling.number(piece, word);
            }
        }
        ChunkNumbers::Long(numbers)
    }

    /// Draws again what was lost.
    pub(crate) fn redraw(&self) -> Redraw<'_> {
        let words = self.stream.words(self.purposes[0], Round::Later, 0);
        Redraw::new(self.spelling, words)
    }
}

impl NewColumn {
    /// A batch whose codes are not drawn.
    pub(crate) fn undrawn(draw: Draw<'_>) -> Self {
        let blanks = |chunk| draw.spelling.blanks(draw.codes(chunk));
        let text = (0..draw.chunks()).map(blanks).collect();
        Self {
            numbers: None,
            text: TextColumn::new(text, draw.spelling.width()),
        }
    }

    /// All chunks of a batch, in order.
    pub(crate) fn new(chunks: Vec<Chunk>, spelling: &Spelling) -> Self {
        let mut text = Vec::with_capacity(chunks.len());
        let mut short = Vec::new();
        let mut long = Vec::new();
        for chunk in chunks {
            text.push(chunk.text);
            match chunk.numbers {
                ChunkNumbers::Short(numbers) => short.push(numbers),
                ChunkNumbers::Long(numbers) => long.push(numbers),
            }
        }
        let numbers = match spelling.short() {
            Some(_) => NewNumbers::Short(short),
            None => NewNumbers::Long(long),
        };
        Self {
            numbers: Some(numbers),
            text: TextColumn::new(text, spelling.width()),
        }
    }
}
