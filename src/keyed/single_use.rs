//! Single-use codes by serial: a widget code that is the permutation of a number, and its proof.

use crate::{
    campaign::widgets,
    code::{
        alphabet::Alphabet,
        format::{Format, SINGLE_USE_LENGTH, WIDGET_LENGTH},
        fraction::{Fractions, Word},
    },
    keyed::{
        holes::Holes,
        proof::Proof,
        ranks::Ranks,
        subkeys::{Kind, Subkeys, parts},
    },
};

pub(super) struct SingleUse {
    ranks: Ranks,
    texts: Fractions,
    proof: Proof,
    holes: Holes,
}

impl SingleUse {
    pub(super) fn new(subkeys: &Subkeys) -> Self {
        let widget = Format::widget();
        let subkey = subkeys.subkey(Kind::Widget, parts(widget));
        let proof = subkeys.subkey(Kind::Proof, [""; 0]);
        Self {
            ranks: Ranks::new(subkey, widget.capacity()),
            texts: Fractions::new(widget.short_capacity()),
            proof: Proof::new(&proof),
            holes: Holes::default(),
        }
    }

    pub(super) fn holes(&self) -> &Holes {
        &self.holes
    }

    /// How many codes have a serial.
    pub(super) fn capacity(&self) -> u64 {
        self.texts.count() - self.holes.len() as u64
    }

    /// Takes the widget codes of these ranks out of the numbering.
    pub(super) fn reserve(&mut self, ranks: &[u64]) {
        let numbers = ranks.iter().map(|&rank| self.ranks.decrypt(rank.into()));
        let numbers = numbers.collect();
        self.holes.add(numbers);
    }

    /// The codes of serials that follow on, one after the other.
    pub(super) fn text(&self, first: u64, count: usize) -> Vec<u8> {
        let mut numbers = vec![0; count];
        self.holes.fill(first, &mut numbers);
        let mut text = vec![0; count * SINGLE_USE_LENGTH];
        self.proof.write_all(&numbers, &mut text);
        self.ranks.encrypt(&mut numbers);
        let words: Vec<Word> = numbers
            .iter()
            .map(|&rank| self.texts.word(rank as u64))
            .collect();
        let runs = std::slice::from_ref(&(0..WIDGET_LENGTH));
        Alphabet::base36().write_all(&words, &mut text, SINGLE_USE_LENGTH, runs);
        text
    }

    /// The serial of a whole code, if its proof is right.
    pub(super) fn serial(&self, code: &str) -> Option<u64> {
        let code: &[u8; SINGLE_USE_LENGTH] = code.as_bytes().try_into().ok()?;
        let rank = widgets::number_of_single_use(code)?;
        let number = self.ranks.decrypt(rank.into());
        self.proof.is_in(code, number).then_some(())?;
        self.holes.serial(number)?.try_into().ok()
    }
}
