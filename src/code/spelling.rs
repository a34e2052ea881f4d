//! From words and numbers to text: the pieces of a code, ready to be drawn and written.

use std::{ops::Range, sync::LazyLock};

use crate::code::{
    Numbers,
    alphabet::Alphabet,
    check::CheckSymbol,
    format::{Format, SINGLE_USE_LENGTH},
    fraction::{Fractions, Word},
    words::{Finder, WidgetScan, Words},
};

/// Symbols of a single-use code that its first word pays for: the widget code and four more.
const SINGLE_USE_START: usize = 10;

/// How the codes of one kind are written.
pub(crate) struct Spelling {
    alphabet: Alphabet,
    /// What the pattern says, with room for the symbols.
    blank: Vec<u8>,
    pieces: Vec<Piece>,
    check: Option<CheckSymbol>,
    /// What no code may hold.
    words: Option<Finder>,
    /// How many codes there are to be told apart, if that is one number.
    short: Option<u64>,
    /// How many texts of the first piece share a number.
    alike: u64,
}

/// Symbols that one word pays for.
struct Piece {
    runs: Vec<Range<usize>>,
    texts: Fractions,
}

impl Spelling {
    /// The codes of a format.
    pub(crate) fn of(format: &Format) -> Self {
        let mut spelling = Self::new(format, format.pieces());
        spelling.words = Finder::of(format);
        if let [only] = &spelling.pieces[..] {
            spelling.short = Some(only.texts.count());
        }
        spelling
    }

    /// Single-use codes. They are told apart by their first symbols, the widget code.
    pub(crate) fn single_use() -> &'static Self {
        static SINGLE_USE: LazyLock<Spelling> = LazyLock::new(Spelling::new_single_use);
        &SINGLE_USE
    }

    fn new_single_use() -> Self {
        let start = SINGLE_USE_START;
        let format = Format::unchecked("", Alphabet::base36(), SINGLE_USE_LENGTH);
        Self::told_apart_by(&format, start, Format::widget().short_capacity())
    }

    /// Single-use codes in which no word begins in the widget code.
    pub(crate) fn single_use_without(words: &Words) -> Self {
        Self {
            words: WidgetScan::new(words).map(Finder::SingleUse),
            ..Self::new_single_use()
        }
    }

    /// Codes told apart by `short` numbers: as many texts of the first piece share each of them.
    pub(crate) fn told_apart_by(format: &Format, start: usize, short: u64) -> Self {
        let mut spelling = Self::new(format, [0..start, start..format.length()]);
        spelling.short = Some(short);
        spelling.alike = spelling.texts(0).count() / short;
        spelling
    }

    fn new(format: &Format, pieces: impl IntoIterator<Item = Range<usize>>) -> Self {
        let (alphabet, pattern) = (format.alphabet().clone(), format.whole_pattern());
        let piece = |symbols: Range<usize>| {
            let count = alphabet.base().pow(symbols.len() as u32);
            let texts = Fractions::new(count);
            let runs = pattern.runs(symbols);
            Piece { runs, texts }
        };
        Self {
            pieces: pieces.into_iter().map(piece).collect(),
            blank: pattern.text().into(),
            check: format.check_symbol().cloned(),
            alphabet,
            words: None,
            short: None,
            alike: 1,
        }
    }

    /// Bytes per code.
    pub(crate) fn width(&self) -> usize {
        self.blank.len()
    }

    /// How many codes there are to be told apart, if that is one number.
    pub(crate) fn short(&self) -> Option<u64> {
        self.short
    }

    /// So many codes of which nothing but what the pattern says is written.
    pub(crate) fn blanks(&self, count: usize) -> Vec<u8> {
        self.blank.repeat(count)
    }

    /// What finds words in the codes, if none may hold one.
    pub(crate) fn finder(&self) -> Option<&Finder> {
        self.words.as_ref()
    }

    /// How many words a code takes.
    pub(crate) fn words(&self) -> usize {
        self.pieces.len()
    }

    /// What the words of a piece stand for.
    pub(crate) fn texts(&self, piece: usize) -> Fractions {
        self.pieces[piece].texts
    }

    /// Writes one piece of many codes, each as a word says.
    pub(crate) fn write_all(&self, piece: usize, words: &[Word], codes: &mut [u8]) {
        let runs = &self.pieces[piece].runs;
        self.alphabet.write_all(words, codes, self.width(), runs);
    }

    /// Writes one piece of a code as a word says.
    pub(crate) fn write(&self, piece: usize, word: Word, code: &mut [u8]) {
        self.alphabet
            .write_runs(word, code, &self.pieces[piece].runs);
    }

    /// Writes the check symbols of codes whose other symbols are written.
    pub(crate) fn complete_all(&self, codes: &mut [u8]) {
        if let Some(check) = &self.check {
            check.write_all(codes, self.width(), &self.alphabet);
        }
    }

    /// Writes the check symbol of a code.
    pub(crate) fn complete(&self, code: &mut [u8]) {
        if let Some(check) = &self.check {
            code[check.place()] = check.of(code, &self.alphabet);
        }
    }

    /// Writes the code of these numbers.
    pub(crate) fn write_numbers(&self, numbers: &Numbers, code: &mut [u8]) {
        for (piece, &number) in (0..self.words()).zip(numbers) {
            self.write(piece, self.texts(piece).word(number), code);
        }
        self.complete(code);
    }

    /// How many texts of the first piece share a number.
    pub(crate) fn alike(&self) -> u64 {
        self.alike
    }

    /// The number that the word of a piece stands for.
    pub(crate) fn number(&self, piece: usize, word: Word) -> u64 {
        let count = self.short.unwrap_or(self.texts(piece).count());
        word.below(count)
    }
}

/// Writes the codes of a format one by one.
pub(crate) struct Writer {
    spelling: Spelling,
    code: Vec<u8>,
}

impl Writer {
    pub(crate) fn new(format: &Format) -> Self {
        let spelling = Spelling::of(format);
        let code = spelling.blanks(1);
        Self { spelling, code }
    }

    pub(crate) fn code(&mut self, numbers: &Numbers) -> &[u8] {
        self.spelling.write_numbers(numbers, &mut self.code);
        &self.code
    }
}
