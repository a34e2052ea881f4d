//! Single-use codes by serial: a widget code that is the permutation of a number, and its proof.

use std::slice;

use subtle::ConstantTimeEq;

use crate::{
    code::{
        alphabet::Alphabet,
        format::{Format, SINGLE_USE_LENGTH, WIDGET_LENGTH},
        fraction::{Fractions, Word},
        words::{WidgetScan, Words},
    },
    keyed::{
        holes::Holes,
        proof::Proof,
        ranks::Ranks,
        subkeys::{Kind, Subkeys, parts},
    },
};

/// How single-use codes are numbered.
pub(super) struct SingleUse {
    /// The format of widget codes.
    widget: Format,
    /// What finds words in whole codes.
    scan: Option<WidgetScan>,
    ranks: Ranks,
    texts: Fractions,
    proof: Proof,
    holes: Holes,
}

impl SingleUse {
    pub(super) fn new(subkeys: &Subkeys, words: Option<&Words>) -> Self {
        let all = Format::widget();
        let widget = words.map_or(all.clone(), |words| all.without_any(words.clone()).0);
        let subkey = subkeys.subkey(Kind::Widget, parts(&widget));
        let proof = subkeys.subkey(Kind::Proof, [""; 0]);
        Self {
            ranks: Ranks::new(subkey, widget.capacity()),
            texts: Fractions::new(all.short_capacity()),
            scan: words.and_then(WidgetScan::new),
            proof: Proof::new(&proof),
            holes: Holes::default(),
            widget,
        }
    }

    /// The same with other words.
    pub(super) fn anew(&self, subkeys: &Subkeys, words: Option<&Words>) -> Self {
        let mut anew = Self::new(subkeys, words);
        let mut ranks = self.holes.numbers().to_vec();
        self.ranks.encrypt(&mut ranks);
        let codes = ranks.into_iter().filter_map(|rank| self.widget.code(rank));
        anew.reserve_codes(codes);
        anew
    }

    pub(super) fn holes(&self) -> &Holes {
        &self.holes
    }

    /// How many codes have a serial.
    pub(super) fn capacity(&self) -> u64 {
        self.widget.capacity() as u64 - self.holes.len() as u64
    }

    /// Takes widget codes, by their ranks among all of them, out of the numbering.
    pub(super) fn reserve(&mut self, ranks: &[u64]) {
        let code = |&rank: &u64| Format::widget().code(rank.into());
        self.reserve_codes(ranks.iter().filter_map(code));
    }

    /// Those that hold a word are not in it.
    fn reserve_codes(&mut self, codes: impl Iterator<Item = String>) {
        let ranks = codes.filter_map(|code| self.widget.rank(&code));
        let holes = ranks.map(|rank| self.ranks.decrypt(rank)).collect();
        self.holes.add(holes);
    }

    /// The codes of serials that follow on, one after the other.
    pub(super) fn text(&self, first: u64, count: usize) -> Vec<u8> {
        let mut numbers = vec![0; count];
        self.holes.fill(first, &mut numbers);
        self.spelt(numbers)
    }

    /// The serial of a whole code, if its proof is right.
    pub(super) fn serial(&self, code: &str) -> Option<u64> {
        (code.len() == SINGLE_USE_LENGTH).then_some(())?;
        let rank = self.widget.rank(code.get(..WIDGET_LENGTH)?)?;
        let number = self.ranks.decrypt(rank);
        let right = self.spelt(vec![number]);
        // In constant time: how much of a guess is right is nobody's to know.
        bool::from(code.as_bytes().ct_eq(&right)).then_some(())?;
        self.holes.serial(number)?.try_into().ok()
    }

    /// The codes of numbers.
    fn spelt(&self, mut numbers: Vec<u128>) -> Vec<u8> {
        let mut text = vec![0; numbers.len() * SINGLE_USE_LENGTH];
        self.proof.write_all(0, &numbers, &mut text);
        let of_proofs = self.scan.is_some().then(|| numbers.clone());
        self.ranks.encrypt(&mut numbers);
        self.write_widgets(&numbers, &mut text);
        if let (Some(scan), Some(numbers)) = (&self.scan, of_proofs) {
            for row in scan.flawed_rows(&text, SINGLE_USE_LENGTH) {
                let code = &mut text[row * SINGLE_USE_LENGTH..][..SINGLE_USE_LENGTH];
                self.prove_anew(scan, numbers[row], code);
            }
        }
        text
    }

    fn write_widgets(&self, ranks: &[u128], text: &mut [u8]) {
        if self.widget.scan().is_some() {
            let codes = text.chunks_exact_mut(SINGLE_USE_LENGTH);
            for (code, &rank) in codes.zip(ranks) {
                self.widget.write_rank(rank, &mut code[..WIDGET_LENGTH]);
            }
            return;
        }
        let word = |&rank: &u128| self.texts.word(rank as u64);
        let words: Vec<Word> = ranks.iter().map(word).collect();
        let runs = slice::from_ref(&(0..WIDGET_LENGTH));
        Alphabet::base36().write_all(&words, text, SINGLE_USE_LENGTH, runs);
    }

    /// The first attempt with which a code holds no word.
    fn prove_anew(&self, scan: &WidgetScan, number: u128, code: &mut [u8]) {
        let mut attempts = 1..;
        while scan.flaw(code).is_some() {
            let attempt = attempts.next().expect("one text in 16 has no word");
            self.proof.write_all(attempt, &[number], code);
        }
    }
}
