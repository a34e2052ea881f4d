//! The codes of a format by serial, and the serials of codes.

use std::collections::BTreeSet;

use crate::{
    code::{MAX_NUMBERS, Numbers, format::Format, fraction::Word, spelling::Spelling},
    error::{CodeKind, Error},
    keyed::{
        holes::Holes,
        ranks::Ranks,
        subkeys::{Kind, Subkeys, parts},
        symbols::Symbols,
    },
};

/// How the codes of a format are numbered.
pub(super) struct Numbering {
    format: Format,
    spelling: Spelling,
    permutation: Permutation,
    holes: Holes,
    /// Codes that exist, but that no serial would reach.
    out_of_reach: BTreeSet<Numbers>,
}

enum Permutation {
    Ranks(Ranks),
    Symbols(Box<Symbols>),
}

impl Numbering {
    pub(super) fn new(subkeys: &Subkeys, format: Format) -> Self {
        let subkey = subkeys.subkey(Kind::Custom, parts(&format));
        let permutation = match format.capacity() {
            u128::MAX => Permutation::Symbols(Box::new(Symbols::new(&subkey, &format))),
            capacity => Permutation::Ranks(Ranks::new(subkey, capacity)),
        };
        Self {
            spelling: Spelling::of(&format),
            permutation,
            holes: Holes::default(),
            out_of_reach: BTreeSet::new(),
            format,
        }
    }

    pub(super) fn format(&self) -> &Format {
        &self.format
    }

    pub(super) fn holes(&self) -> &Holes {
        &self.holes
    }

    pub(super) fn out_of_reach(&self) -> impl Iterator<Item = &Numbers> {
        self.out_of_reach.iter()
    }

    /// How many codes have a serial; the largest `u128` for that many or more.
    pub(super) fn capacity(&self) -> u128 {
        match self.format.capacity() {
            u128::MAX => u128::MAX,
            capacity => capacity - self.holes.len() as u128,
        }
    }

    /// How many serials are left from one on, unless it is past the last.
    pub(super) fn left(&self, next: u64) -> Option<u64> {
        // A serial is a number of 64 bits, and so is the one after the last.
        let end = self.capacity().min(u64::MAX.into()) as u64;
        end.checked_sub(next)
    }

    /// 601 unless so many serials are left.
    pub(super) fn unless_enough(&self, next: u64, amount: u64) -> Result<(), Error> {
        let left = self.left(next).unwrap_or(0);
        Error::unless_enough(CodeKind::Custom, amount, left)
    }

    /// Takes codes that exist, one after the other, out of the numbering.
    pub(super) fn reserve(&mut self, codes: &str) {
        let codes = codes.as_bytes().chunks_exact(self.format.text_length());
        let mut holes = Vec::new();
        for code in codes {
            let code = self.format.numbers(code).expect("a code of the format");
            match self.number(&code) {
                Some(number) => holes.push(number),
                None => drop(self.out_of_reach.insert(code)),
            }
        }
        self.holes.add(holes);
    }

    /// The serial of a text, if it is a code that has one.
    pub(super) fn serial(&self, text: &str) -> Option<u64> {
        self.format.spells(text).then_some(())?;
        let code = self.format.numbers(text.as_bytes())?;
        let serial = self.holes.serial(self.number(&code)?)?;
        serial.try_into().ok()
    }

    /// The codes of serials that follow on, one after the other.
    pub(super) fn text(&self, first: u64, count: usize) -> Vec<u8> {
        let mut numbers = vec![0; count];
        self.holes.fill(first, &mut numbers);
        let mut text = self.spelling.blanks(count);
        let mut words = vec![Word::default(); count];
        match &self.permutation {
            Permutation::Ranks(ranks) => {
                ranks.encrypt(&mut numbers);
                for piece in (0..self.spelling.words()).rev() {
                    let texts = self.spelling.texts(piece);
                    for (word, rank) in words.iter_mut().zip(&mut numbers) {
                        *word = texts.word(self.cut(piece, rank));
                    }
                    self.spelling.write_all(piece, &words, &mut text);
                }
            }
            Permutation::Symbols(symbols) => {
                let codes = symbols.encrypt(&numbers);
                for piece in 0..MAX_NUMBERS {
                    let texts = self.spelling.texts(piece);
                    for (word, code) in words.iter_mut().zip(&codes) {
                        *word = texts.word(code[piece]);
                    }
                    self.spelling.write_all(piece, &words, &mut text);
                }
            }
        }
        self.spelling.complete_all(&mut text);
        text
    }

    /// The number of a piece, the last one of what is left of a rank.
    #[inline]
    fn cut(&self, piece: usize, rank: &mut u128) -> u64 {
        if piece == 0 {
            return *rank as u64;
        }
        let count = u128::from(self.spelling.texts(piece).count());
        let number = *rank % count;
        *rank /= count;
        number as u64
    }

    /// The number of a code, if it fits.
    fn number(&self, code: &Numbers) -> Option<u128> {
        match &self.permutation {
            Permutation::Ranks(ranks) => {
                let pieces = (0..self.spelling.words()).zip(code);
                let rank = pieces.fold(0, |rank, (piece, &number)| {
                    let count = self.spelling.texts(piece).count();
                    rank * u128::from(count) + u128::from(number)
                });
                Some(ranks.decrypt(rank))
            }
            Permutation::Symbols(symbols) => symbols.decrypt(code),
        }
    }
}
