//! Codes that hold no word, drawn again until they do not.
//!
//! A code that holds a word is no code of its keyspace. It is drawn again at once, from the words that come
//! after those of its chunk, so a chunk stays a pure function of the seed, and a code that is drawn is uniform among the clean
//! ones. That is all the proof in `redraw.rs` asks for, with clean codes for codes.
//!
//! A single-use code is told apart by its widget code, and a word may begin there and end after it. Were it drawn again
//! as a whole, widget codes that end like the start of a word would be rarer than others. So only what comes after is:
//! the widget code is uniform among those that hold no word, and what follows among all that complete none.

use crate::{
    code::{
        MAX_NUMBERS,
        fraction::Word,
        spelling::Spelling,
        words::{Finder, Flaw},
    },
    random::stream::Words,
};

/// The words that a code is made of, piece by piece.
pub(super) type CodeWords = [Word; MAX_NUMBERS];

/// Draws codes again that hold a word.
pub(super) struct Redrawing<'a> {
    pub(super) spelling: &'a Spelling,
    pub(super) finder: &'a Finder,
    /// Of a code's first word, and of the others; or one of all.
    pub(super) streams: &'a mut [Words],
}

impl Redrawing<'_> {
    /// Draws a code anew because of a flaw, until it has none.
    pub(super) fn draw(&mut self, mut flaw: Flaw, words: &mut CodeWords, code: &mut [u8]) {
        loop {
            let first = match flaw {
                Flaw::Whole => self.word(0),
                Flaw::Rest => self.alike(words[0]),
            };
            words[0] = first;
            self.spelling.write(0, first, code);
            for piece in 1..self.spelling.words() {
                words[piece] = self.word(piece);
                self.spelling.write(piece, words[piece], code);
            }
            self.spelling.complete(code);
            match self.finder.flaw(code) {
                Some(again) => flaw = again,
                None => return,
            }
        }
    }

    /// Draws a word of a piece.
    fn word(&mut self, piece: usize) -> Word {
        let stream = piece.min(self.streams.len() - 1);
        self.streams[stream].word(self.spelling.texts(piece).bound())
    }

    /// Draws one of the texts that share a number.
    fn alike(&mut self, word: Word) -> Word {
        let (number, alike) = (self.spelling.number(0, word), self.spelling.alike());
        let text = number * alike + self.streams[0].below(alike);
        self.spelling.texts(0).word(text)
    }
}
