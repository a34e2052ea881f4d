//! How many codes of a format others have taken, and which.
//!
//! That is asked only when there may be too few, or by users. A format all of whose codes this one spells
//! counts whole. Of the rest, either the ledgers are read, or the codes that this format's own ledger does not
//! have are looked up one by one, whichever is less work.

use crate::{
    campaign::{
        formats::{Known, Others},
        widgets::Widgets,
    },
    code::{format::Format, spelling::Writer},
    ledger::bitmap::Bitmap,
};

/// Codes of others that are read in the time it takes to look up one code: reading goes through memory in
/// order.
const READ_PER_LOOK_UP: u128 = 4;

/// What others have taken that may be codes of an opened format.
pub(super) struct TakenByOthers<'a> {
    own: &'a Known,
    others: &'a Others<'a>,
    /// Formats all of whose codes are codes of this one.
    whole: Vec<&'a Known>,
    /// Formats of which some are.
    partly: Vec<&'a Known>,
    /// Given if the format spells some of them.
    widgets: Option<&'a Widgets>,
}

/// How many codes of a format others have taken.
#[derive(Default)]
pub(super) struct Counts {
    /// As custom codes, or as widget codes that are never issued, since they hold a word.
    pub(super) customs: u128,
    /// As other widget codes, or as custom codes that stand with these.
    pub(super) widgets: u128,
}

impl Counts {
    /// Adds a code that stands with the widget codes.
    fn add_widget(&mut self, widgets: &Widgets, code: &[u8]) {
        if widgets.format().is_clean(code) {
            self.widgets += 1;
        } else {
            self.customs += 1;
        }
    }
}

impl<'a> TakenByOthers<'a> {
    pub(super) fn new(
        own: &'a Known,
        others: &'a Others<'a>,
        widgets: Option<&'a Widgets>,
    ) -> Self {
        let format = &own.format;
        let (whole, partly) = others
            .all(format)
            .partition(|known| format.contains(&known.format));
        Self {
            own,
            others,
            whole,
            partly,
            widgets,
        }
    }

    /// How many codes are taken at least: what can be told without looking at codes.
    pub(super) fn at_least(&self) -> u128 {
        let widgets = self.count_whole_widgets();
        taken(&self.whole) + widgets.customs + widgets.widgets
    }

    /// How many codes are taken.
    pub(super) fn count(&self) -> Counts {
        let partly_widgets = self.partly_widgets().map_or(0, Widgets::taken_count);
        if taken(&self.partly) + partly_widgets > self.own.texts_left() {
            return self.look_up();
        }
        let format = &self.own.format;
        let mut counts = self.count_whole_widgets();
        counts.customs += taken(&self.whole);
        for known in &self.partly {
            read(known, |code| {
                counts.customs += u128::from(format.numbers(code).is_some());
            });
        }
        if let Some(partly) = self.partly_widgets() {
            read_widgets(partly, |code| {
                if format.numbers(code).is_some() {
                    counts.add_widget(partly, code);
                }
            });
        }
        counts
    }

    /// How many widget codes are taken, if the format spells them all.
    fn count_whole_widgets(&self) -> Counts {
        let Some(widgets) = self.whole_widgets() else {
            return Counts::default();
        };
        let dirty = u128::from(widgets.dirty());
        Counts {
            customs: if self.own.format.scan().is_some() {
                0
            } else {
                dirty
            },
            widgets: widgets.taken_count() - dirty,
        }
    }

    /// Looks up the codes that the format's own ledger does not have.
    fn look_up(&self) -> Counts {
        let mut counts = Counts::default();
        self.own.for_each_free(|_, code| {
            if self.others.have(code) {
                counts.customs += 1;
            } else if let Some(widgets) = self.widgets.filter(|widgets| widgets.has(code)) {
                counts.add_widget(widgets, code);
            }
        });
        counts
    }

    /// The numbers of a short format that nobody has taken, in order.
    pub(super) fn free(&self) -> Vec<u64> {
        let mut free = Vec::new();
        let all = taken(&self.whole) + taken(&self.partly);
        let all = all + self.widgets.map_or(0, Widgets::taken_count);
        if all <= READ_PER_LOOK_UP * self.own.texts_left() {
            let taken = self.numbers();
            self.own.ledger.for_each_free(|number| {
                if !taken.contains(number) {
                    free.push(number);
                }
            });
            if self.own.format.scan().is_some() {
                let mut writer = Writer::new(&self.own.format);
                free.retain(|&number| self.own.format.is_clean(writer.code(&[number, 0, 0])));
            }
            return free;
        }
        self.own.for_each_free(|number, code| {
            let is_widget = || self.widgets.is_some_and(|widgets| widgets.has(code));
            if !self.others.have(code) && !is_widget() {
                free.push(number);
            }
        });
        free
    }

    /// The numbers that others have taken.
    fn numbers(&self) -> Bitmap {
        let format = &self.own.format;
        let mut numbers = Bitmap::new(format.short_capacity());
        let mut add = |code: &[u8]| {
            if let Some([number, ..]) = format.numbers(code) {
                numbers.insert(number);
            }
        };
        for known in self.whole.iter().chain(&self.partly) {
            read(known, &mut add);
        }
        if let Some(widgets) = self.widgets {
            read_widgets(widgets, &mut add);
        }
        numbers
    }

    fn whole_widgets(&self) -> Option<&'a Widgets> {
        self.widgets.filter(|widgets| self.are_whole(widgets))
    }

    fn partly_widgets(&self) -> Option<&'a Widgets> {
        self.widgets.filter(|widgets| !self.are_whole(widgets))
    }

    fn are_whole(&self, widgets: &Widgets) -> bool {
        self.own.format.contains(widgets.format())
    }
}

/// How many codes some formats have taken.
fn taken(formats: &[&Known]) -> u128 {
    let taken = formats.iter().map(|known| known.ledger.len());
    taken.map(u128::from).sum()
}

fn read(known: &Known, mut visit: impl FnMut(&[u8])) {
    let mut writer = Writer::new(&known.format);
    known.ledger.for_each(|numbers| visit(writer.code(numbers)));
}

fn read_widgets(widgets: &Widgets, mut visit: impl FnMut(&[u8])) {
    let mut writer = Writer::new(Format::widget());
    widgets.for_each(|number| visit(writer.code(&[number, 0, 0])));
}
