//! What a campaign knows, to be saved, and put back in a new one.

use std::iter;

use crate::{
    campaign::{Campaign, coupons::Coupons, rules::Rules},
    code::{format::Format, spelling::Writer, words::Words},
    ledger::saved::{Codes, Part},
};

impl Campaign {
    /// How many coupons were announced; 0 if nobody knows.
    pub(crate) fn expected(&self) -> u64 {
        self.widgets.expected()
    }

    /// Copies of all taken widget codes, part by part.
    pub(crate) fn copies_of_widgets(&self) -> impl Iterator<Item = Part> {
        self.widgets.copies()
    }

    /// Copies of all taken codes of a format but those that stand with the widget codes, part by part. Nothing
    /// is locked between two of them.
    pub(crate) fn copies_of_customs(&self, format: &Format) -> impl Iterator<Item = Part> {
        let mut first = Some(0);
        iter::from_fn(move || {
            let (part, next) = self
                .lock_formats(format.text_length())
                .copy(format, first?)?;
            first = next;
            Some(part)
        })
    }

    /// How many codes of a format stand with the widget codes.
    pub(crate) fn like_widgets(&self, format: &Format) -> u64 {
        self.lock_formats(format.text_length()).like_widgets(format)
    }

    /// What is said of its coupons, to be said again.
    pub(crate) fn rules_mut(&mut self) -> &mut Rules {
        &mut self.rules
    }

    /// Takes widget codes that are put back, in order.
    pub(crate) fn restore_widgets(&self, numbers: &[u64]) {
        self.widgets.restore(numbers);
    }

    /// Takes codes of a format that are put back, in order; false, and nothing changes, if one of them holds a word
    /// that the format never spells.
    pub(crate) fn restore_customs(&self, format: &Format, codes: &Codes) -> bool {
        let mut writer = Writer::new(format);
        let mut is_clean = |numbers| format.is_clean(writer.code(&numbers));
        if format.scan().is_some() && !codes.numbers().all(&mut is_clean) {
            return false;
        }
        let mut formats = self.lock_formats(format.text_length());
        formats.open(format, &self.widgets).restore(codes);
        true
    }

    /// Counts codes of a format that stand with the widget codes; false if it has none that can.
    pub(crate) fn restore_like_widgets(&self, format: &Format, count: u64) -> bool {
        let mut formats = self.lock_formats(format.text_length());
        let mut opened = formats.open(format, &self.widgets);
        opened.restore_like_widgets(count)
    }

    /// Says again which words no code spells. `is_wrong` tells that nothing can be issued, for there were too many.
    pub(crate) fn restore_words(&mut self, words: &Words, is_wrong: bool) {
        self.leave_out(words);
        if is_wrong {
            self.refuse_words();
        }
    }

    /// Counts what is there, and coupons that were issued before, when all is put back and said.
    pub(crate) fn end_restoring(&mut self, issued: u64) {
        self.widgets.recount();
        self.coupons = Coupons::restored(self.rules.max_coupons(), issued);
    }
}
