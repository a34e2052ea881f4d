//! How many codes of a format others have taken.
//!
//! That is asked only when there may be too few, or by users. A format all of whose codes this one spells
//! counts whole. Of the rest, either their ledgers are read, or the codes that this format's own ledger does
//! not have are looked up in them, whichever is less work.

use crate::{
    campaign::{
        formats::{Formats, Known},
        widgets::Widgets,
    },
    code::{format::Format, spelling::Writer},
};

/// What others have taken that may be codes of an opened format.
pub(super) struct TakenByOthers<'a> {
    own: &'a Known,
    /// All of it is.
    whole: Taken<'a>,
    /// Some of it may be.
    partly: Taken<'a>,
}

impl<'a> TakenByOthers<'a> {
    /// Widget codes are given if the format spells some of them.
    pub(super) fn new(formats: &'a Formats, own: &'a Known, widgets: Option<&'a Widgets>) -> Self {
        let format = &own.format;
        let shorter = formats.with_shorter_prefix(format).into_iter();
        let longer = formats.with_longer_prefix(format.prefix().as_bytes());
        let longer = longer.filter(|known| known.format.meets(format));
        let (whole, partly): (Vec<_>, Vec<_>) = shorter
            .chain(longer)
            .partition(|known| format.contains(&known.format));
        let is_whole = format.contains(Format::widget());
        Self {
            own,
            whole: Taken {
                known: whole,
                widgets: widgets.filter(|_| is_whole),
            },
            partly: Taken {
                known: partly,
                widgets: widgets.filter(|_| !is_whole),
            },
        }
    }

    /// How many codes are taken at least: what can be told without looking at codes.
    pub(super) fn at_least(&self) -> u128 {
        self.whole.count()
    }

    /// How many codes are taken.
    pub(super) fn count(&self) -> u128 {
        let partly = if self.partly.count() <= self.own.most_free() {
            self.partly.read(&self.own.format)
        } else {
            self.partly.look_up(self.own)
        };
        self.whole.count() + partly
    }
}

/// What some formats have taken, and perhaps the widget codes.
struct Taken<'a> {
    known: Vec<&'a Known>,
    widgets: Option<&'a Widgets>,
}

impl Taken<'_> {
    fn count(&self) -> u128 {
        let known = self.known.iter().map(|known| known.ledger.len());
        let widgets = self.widgets.map(Widgets::taken);
        known.chain(widgets).map(u128::from).sum()
    }

    /// Reads them all and counts those that the format spells.
    fn read(&self, format: &Format) -> u128 {
        let mut count = 0;
        for known in &self.known {
            let mut writer = Writer::new(&known.format);
            known.ledger.for_each(|numbers| {
                count += u128::from(format.numbers(writer.code(numbers)).is_some());
            });
        }
        if let Some(widgets) = self.widgets {
            let mut writer = Writer::new(Format::widget());
            widgets.for_each(|number| {
                let code = writer.code(&[number, 0, 0]);
                count += u128::from(format.numbers(code).is_some());
            });
        }
        count
    }

    /// Counts those among the codes that a format's own ledger does not have.
    fn look_up(&self, own: &Known) -> u128 {
        let mut count = 0;
        let mut writer = Writer::new(&own.format);
        own.ledger.for_each_free(|number| {
            let code = writer.code(&[number, 0, 0]);
            count += u128::from(self.has(code));
        });
        count
    }

    fn has(&self, code: &[u8]) -> bool {
        self.known.iter().any(|known| known.has(code))
            || self.widgets.is_some_and(|widgets| widgets.has(code))
    }
}
