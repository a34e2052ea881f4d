//! The codes of a format by serial, and the serials of codes.

use std::{collections::BTreeSet, str};

use crate::{
    campaign::rules::Rules,
    code::{
        MAX_NUMBERS, Numbers,
        format::Format,
        fraction::Word,
        spelling::{Spelling, Writer},
    },
    error::{CodeKind, Error},
    keyed::{
        holes::Holes,
        ranks::{MOST, Ranks},
        subkeys::{Kind, Subkey, Subkeys, parts},
        symbols::Symbols,
    },
};

/// How the codes of a format are numbered.
pub(super) struct Numbering {
    /// As it was declared, and without the words of the campaign.
    declared: Format,
    format: Format,
    spelling: Spelling,
    permutation: Permutation,
    holes: Holes,
    /// Codes that exist, but that no serial would reach.
    out_of_reach: BTreeSet<Numbers>,
    /// Why none of its codes can be issued, if that is so.
    error: Option<Error>,
}

enum Permutation {
    Ranks(Ranks),
    /// The same, of codes some of which hold a word.
    Clean(Ranks),
    Symbols(Box<Symbols>),
}

impl Permutation {
    fn new(subkey: Subkey, format: &Format) -> Result<Self, Error> {
        Ok(match (format.scan(), format.capacity()) {
            (None, u128::MAX) => Self::Symbols(Box::new(Symbols::new(&subkey, format))),
            (None, capacity) => Self::Ranks(Ranks::new(subkey, capacity)),
            (Some(_), MOST..) => return Err(Error::FormatIsTooLarge),
            (Some(_), capacity) => Self::Clean(Ranks::new(subkey, capacity)),
        })
    }
}

impl Numbering {
    pub(super) fn new(subkeys: &Subkeys, declared: Format) -> Result<Self, Error> {
        let format = declared.clone();
        Self::issued_as(subkeys, declared, format)
    }

    fn issued_as(subkeys: &Subkeys, declared: Format, format: Format) -> Result<Self, Error> {
        let subkey = subkeys.subkey(Kind::Custom, parts(&format));
        Ok(Self {
            permutation: Permutation::new(subkey, &format)?,
            spelling: Spelling::of(&format),
            holes: Holes::default(),
            out_of_reach: BTreeSet::new(),
            error: None,
            declared,
            format,
        })
    }

    /// The same as the campaign means it now: its words are others.
    pub(super) fn anew(self, subkeys: &Subkeys, rules: &Rules) -> Self {
        let declared = self.declared.clone();
        let format = match rules.clean(&declared) {
            Ok(format) => format.into_owned(),
            Err(error) => return self.refused(declared, error),
        };
        match Self::issued_as(subkeys, declared, format.clone()) {
            Ok(mut anew) => {
                anew.reserve(&self.reserved());
                anew
            }
            Err(error) => self.refused(format, error),
        }
    }

    /// One of which no codes can be issued.
    fn refused(self, format: Format, error: Error) -> Self {
        Self {
            error: Some(error),
            format,
            ..self
        }
    }

    /// The format as it was declared.
    pub(super) fn declared(&self) -> &Format {
        &self.declared
    }

    /// The format as it is issued.
    pub(super) fn format(&self) -> &Format {
        &self.format
    }

    /// Refuses to issue codes if that is impossible.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.error.clone().map_or(Ok(()), Err)
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

    /// Takes codes that exist, one after the other, out of the numbering. Those that hold a word are not in it.
    pub(super) fn reserve(&mut self, codes: &[u8]) {
        let mut holes = Vec::new();
        for code in codes.chunks_exact(self.format.text_length()) {
            let Some(numbers) = self.format.numbers(code) else {
                continue;
            };
            match self.number(code, &numbers) {
                Some(number) => holes.push(number),
                None => drop(self.out_of_reach.insert(numbers)),
            }
        }
        self.holes.add(holes);
    }

    /// All codes that were taken out, one after the other.
    fn reserved(&self) -> Vec<u8> {
        let mut codes = self.spelt(self.holes.numbers().to_vec());
        let mut writer = Writer::new(&self.format);
        for numbers in &self.out_of_reach {
            codes.extend_from_slice(writer.code(numbers));
        }
        codes
    }

    /// The serial of a text, if it is a code that has one.
    pub(super) fn serial(&self, text: &str) -> Option<u64> {
        self.format.spells(text).then_some(())?;
        let numbers = self.format.numbers(text.as_bytes())?;
        let number = self.number(text.as_bytes(), &numbers)?;
        self.holes.serial(number)?.try_into().ok()
    }

    /// The codes of serials that follow on, one after the other.
    pub(super) fn text(&self, first: u64, count: usize) -> Vec<u8> {
        let mut numbers = vec![0; count];
        self.holes.fill(first, &mut numbers);
        self.spelt(numbers)
    }

    /// The codes of numbers.
    fn spelt(&self, mut numbers: Vec<u128>) -> Vec<u8> {
        let mut text = self.spelling.blanks(numbers.len());
        match &self.permutation {
            Permutation::Ranks(ranks) => {
                ranks.encrypt(&mut numbers);
                for piece in (0..self.spelling.words()).rev() {
                    let cut = |rank| self.cut(piece, rank);
                    self.write(piece, numbers.iter_mut().map(cut), &mut text);
                }
            }
            Permutation::Clean(ranks) => {
                ranks.encrypt(&mut numbers);
                let codes = text.chunks_exact_mut(self.spelling.width());
                for (code, rank) in codes.zip(numbers) {
                    self.format.write_rank(rank, code);
                }
            }
            Permutation::Symbols(symbols) => {
                let codes = symbols.encrypt(&numbers);
                for piece in 0..MAX_NUMBERS {
                    self.write(piece, codes.iter().map(|code| code[piece]), &mut text);
                }
            }
        }
        self.spelling.complete_all(&mut text);
        text
    }

    /// Writes one piece of all codes.
    fn write(&self, piece: usize, numbers: impl Iterator<Item = u64>, text: &mut [u8]) {
        let texts = self.spelling.texts(piece);
        let words: Vec<Word> = numbers.map(|number| texts.word(number)).collect();
        self.spelling.write_all(piece, &words, text);
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
    fn number(&self, text: &[u8], code: &Numbers) -> Option<u128> {
        match &self.permutation {
            Permutation::Ranks(ranks) => {
                let pieces = (0..self.spelling.words()).zip(code);
                let rank = pieces.fold(0, |rank, (piece, &number)| {
                    let count = self.spelling.texts(piece).count();
                    rank * u128::from(count) + u128::from(number)
                });
                Some(ranks.decrypt(rank))
            }
            Permutation::Clean(ranks) => {
                let text = str::from_utf8(text).ok()?;
                self.format.rank(text).map(|rank| ranks.decrypt(rank))
            }
            Permutation::Symbols(symbols) => symbols.decrypt(code),
        }
    }
}
