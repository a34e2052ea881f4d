//! The widget codes of a campaign, which requests draw without a lock around them.
//!
//! A request is first promised its widget codes, by one subtraction from the number of those that are free.
//! So it can be refused before anything is drawn, and once it has the promise it draws until it has them
//! all, whoever else draws at the same time. Codes that exist already, and custom codes that are spelt like
//! a widget code, are entered in the same way: first a promise, then the code.

use std::sync::atomic::Ordering;

use crate::{
    code::{
        Numbers,
        alphabet::Alphabet,
        format::{Format, SINGLE_USE_LENGTH, WIDGET_LENGTH},
        spelling::Writer,
    },
    error::{CodeKind, Error},
    ledger::{entering::NewNumbers, layout::Layout, saved::Part, shared::SharedShards},
    random::{
        column::TextColumn,
        draw::NewColumn,
        redraw::{Keyspace, Redraw, Size},
        threads::share,
    },
    sync::AtomicU64,
};

/// The widget codes of one campaign.
pub(crate) struct Widgets {
    taken: SharedShards,
    /// How many are neither taken nor promised.
    free: AtomicU64,
    /// How many there are that hold no word.
    capacity: u64,
    /// The format of these, if words are never to be spelt.
    clean: Option<Format>,
    /// How many are taken that hold a word.
    dirty: AtomicU64,
    /// How many are expected to be taken in the end; 0 if nobody knows.
    expected: u64,
}

impl Widgets {
    pub(crate) fn new(capacity: u64) -> Self {
        Self {
            taken: SharedShards::new(Layout::new(capacity)),
            free: AtomicU64::new(capacity),
            capacity,
            clean: None,
            dirty: AtomicU64::new(0),
            expected: 0,
        }
    }

    /// Issues only codes of this format from now on. Those that are taken stay taken.
    pub(crate) fn issue_only(&mut self, clean: Format) {
        self.capacity = u64::try_from(clean.capacity()).expect("there are 36^6 at most");
        self.clean = Some(clean);
        self.recount();
    }

    /// Counts what is taken, in a campaign that nobody else knows yet.
    pub(crate) fn recount(&mut self) {
        let mut dirty = 0;
        if let Some(clean) = &self.clean {
            let mut writer = Writer::new(clean);
            self.for_each(|number| {
                dirty += u64::from(!clean.is_clean(writer.code(&[number, 0, 0])));
            });
        }
        self.dirty = dirty.into();
        self.free = (self.capacity - (self.taken() - dirty)).into();
    }

    /// The format of the codes that are issued.
    pub(crate) fn format(&self) -> &Format {
        self.clean.as_ref().unwrap_or(Format::widget())
    }

    /// Whether a code may be issued: whether it holds no word.
    pub(crate) fn is_clean(&self, number: u64) -> bool {
        self.clean.as_ref().is_none_or(|clean| {
            let mut code = Vec::with_capacity(WIDGET_LENGTH);
            clean.write(&[number, 0, 0], &mut code);
            clean.is_clean(&code)
        })
    }

    /// Announces how many will be taken in the end.
    pub(crate) fn expect(&mut self, expected: u64) {
        self.expected = expected.min(self.capacity);
    }

    /// How many of those announced are neither taken nor promised yet.
    pub(crate) fn coming(&self) -> u64 {
        self.expected.saturating_sub(self.capacity - self.free())
    }

    /// Makes room for these numbers.
    pub(crate) fn make_room(&self, numbers: &[u64]) {
        self.taken.make_room(numbers);
    }

    /// How many are neither taken nor promised.
    pub(crate) fn free(&self) -> u64 {
        self.free.load(Ordering::Relaxed)
    }

    /// How many are taken.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.len()
    }

    pub(crate) fn taken_count(&self) -> u128 {
        self.taken().into()
    }

    /// How many are taken that hold a word.
    pub(crate) fn dirty(&self) -> u64 {
        self.dirty.load(Ordering::Relaxed)
    }

    /// Promises widget codes, or refuses with 601.
    pub(crate) fn promise(&self, amount: usize) -> Result<Promise<'_>, Error> {
        let asked = amount as u64;
        let kind = CodeKind::Widget;
        self.take_from_free(asked)
            .map_err(|left| Error::Exhausted { kind, asked, left })?;
        Ok(Promise {
            widgets: self,
            amount: asked,
        })
    }

    /// Takes a number away from the count of free codes; if there are not so many, their number comes
    /// back.
    fn take_from_free(&self, amount: u64) -> Result<(), u64> {
        let take = |free: u64| free.checked_sub(amount);
        let taken = self
            .free
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        taken.map(|_| ())
    }

    fn give_back(&self, amount: u64) {
        self.free.fetch_add(amount, Ordering::Relaxed);
    }

    pub(crate) fn has(&self, code: &[u8]) -> bool {
        number(code).is_some_and(|number| self.taken.contains(number))
    }

    /// Takes a code; false if it is taken, or if all that are left are promised. One that holds a word was
    /// promised to nobody.
    pub(crate) fn take(&self, number: u64) -> bool {
        if !self.is_clean(number) {
            let is_new = self.taken.insert(number);
            self.dirty.fetch_add(is_new.into(), Ordering::Relaxed);
            return is_new;
        }
        if self.taken.contains(number) || self.take_from_free(1).is_err() {
            return false;
        }
        let is_new = self.taken.insert(number);
        if !is_new {
            self.give_back(1);
        }
        is_new
    }

    /// Makes a code free that was taken.
    pub(crate) fn release(&self, number: u64) {
        if !self.taken.remove(number) {
            return;
        }
        if self.is_clean(number) {
            self.give_back(1);
        } else {
            self.dirty.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// How many are expected to be taken in the end; 0 if nobody knows.
    pub(crate) fn expected(&self) -> u64 {
        self.expected
    }

    /// Enters codes that are put back, in order. They are not counted yet.
    pub(crate) fn restore(&self, numbers: &[u64]) {
        self.taken.restore(numbers);
    }

    /// Copies of all taken codes, part by part.
    pub(crate) fn copies(&self) -> impl Iterator<Item = Part> {
        self.taken.copies()
    }

    /// Calls `visit` with the number of every taken code, in no order.
    pub(crate) fn for_each(&self, visit: impl FnMut(u64)) {
        self.taken.for_each(visit);
    }
}

/// The number of a widget code, or of a text that is spelt like one.
pub(crate) fn number(code: &[u8]) -> Option<u64> {
    (code.len() == WIDGET_LENGTH).then_some(())?;
    let [number, ..] = Format::widget().numbers(code)?;
    Some(number)
}

/// The number of the widget code of a whole single-use code, or of a widget code alone.
pub(crate) fn number_of_single_use(code: &[u8]) -> Option<u64> {
    let is_code =
        [WIDGET_LENGTH, SINGLE_USE_LENGTH].contains(&code.len()) && Alphabet::base36().spells(code);
    is_code.then(|| number(&code[..WIDGET_LENGTH])).flatten()
}

/// Widget codes that a request may take. Dropped without being kept, they are free again.
pub(crate) struct Promise<'a> {
    widgets: &'a Widgets,
    amount: u64,
}

impl Promise<'_> {
    /// Enters the drawn codes, draws again for those that are taken, and gives the text of all.
    pub(crate) fn keep(mut self, column: NewColumn, mut redraw: Redraw<'_>) -> TextColumn {
        let amount = self.amount as usize;
        // Whatever fails from here on loses codes, and issues none twice.
        self.amount = 0;
        let NewColumn { numbers, mut text } = column;
        let Some(NewNumbers::Short(chunks)) = numbers else {
            unreachable!("widget codes are drawn, and short");
        };
        let Widgets {
            taken, expected, ..
        } = self.widgets;
        let shards = taken.layout().shards();
        let lost = share(amount, shards, |shard| {
            taken.enter(shard, &chunks, *expected)
        });
        let mut lost = lost.concat();
        // While others release codes and take them, a list of free ones may miss some.
        let mut free = Free(self.widgets);
        while let Err(open) = redraw.find(&lost, &mut text, &mut free) {
            lost = open;
        }
        text
    }
}

impl Drop for Promise<'_> {
    fn drop(&mut self) {
        self.widgets.give_back(self.amount);
    }
}

/// Free widget codes, enough of which are promised.
struct Free<'a>(&'a Widgets);

impl Keyspace for Free<'_> {
    fn take(&mut self, numbers: &Numbers, _: &[u8]) -> bool {
        self.0.taken.insert(numbers[0])
    }

    fn size(&self) -> Option<Size> {
        let Self(widgets) = self;
        let (taken, dirty) = (widgets.taken(), widgets.dirty());
        let all = widgets.taken.layout().capacity();
        Some(Size {
            capacity: widgets.capacity,
            // A code that holds a word may have been taken between the two counts.
            most_free: (widgets.capacity + dirty).saturating_sub(taken),
            looked_at: all - taken,
            is_each: widgets.clean.is_some(),
        })
    }

    fn list(&mut self) -> Vec<u64> {
        let Self(widgets) = self;
        let mut free = Vec::new();
        widgets.taken.for_each_free(|number| free.push(number));
        free.retain(|&number| widgets.is_clean(number));
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        code::spelling::Spelling,
        random::{
            draw::Draw,
            stream::{Purpose, Stream},
        },
    };

    const SYMBOLS: &str = "abcdefgh";

    /// Codes of 24 symbols out of eight, of which the first `told_apart` are told apart.
    fn spelling(told_apart: u32) -> Spelling {
        let alphabet = Alphabet::new(SYMBOLS).unwrap();
        let format = Format::unchecked("", alphabet, 24);
        Spelling::told_apart_by(&format, 12, 8_u64.pow(told_apart))
    }

    fn issue(widgets: &Widgets, spelling: &Spelling, amount: usize, seed: u64) -> TextColumn {
        let stream = Stream::from_seed([4; 32], seed);
        let draw = Draw {
            stream: &stream,
            purposes: [Purpose::SingleUse, Purpose::SingleUseRest],
            spelling,
            amount,
        };
        let chunks = (0..draw.chunks()).map(|chunk| draw.chunk(chunk)).collect();
        let promise = widgets.promise(amount).unwrap();
        promise.keep(NewColumn::new(chunks, spelling), draw.redraw())
    }

    fn digit(code: &str, place: usize) -> usize {
        SYMBOLS.find(&code[place..=place]).unwrap()
    }

    /// Chi-square, within six standard deviations of its mean.
    #[track_caller]
    fn assert_even(counts: &[u32]) {
        let cells: f64 = counts.iter().map(|_| 1.0).sum();
        let expected = f64::from(counts.iter().sum::<u32>()) / cells;
        assert!(expected > 5.0);
        let square = |&count: &u32| (f64::from(count) - expected).powi(2) / expected;
        let statistic: f64 = counts.iter().map(square).sum();
        let limit = cells - 1.0 + 6.0 * (2.0 * (cells - 1.0)).sqrt();
        assert!(statistic < limit, "{statistic} of {cells} cells");
    }

    /// Eight codes, of which some are taken: the first draw, and then a list.
    #[test]
    fn listed_codes_are_even_in_all_their_symbols() {
        let spelling = spelling(1);
        for taken in [0, 3, 6] {
            // The symbol that is told apart, three after it of the same word, and two of the next word.
            let places = [0, 1, 5, 11, 12, 23];
            let mut counts = vec![vec![0_u32; 8]; places.len()];
            let mut pairs = vec![0_u32; 64];
            for run in 0..20_000 {
                let widgets = Widgets::new(8);
                (0..taken).for_each(|number| assert!(widgets.take(number)));
                let codes = issue(&widgets, &spelling, 2, run);
                assert_ne!(codes.text(0)[..1], codes.text(1)[..1]);
                assert!((0..2).all(|row| digit(codes.text(row), 0) >= taken as usize));
                assert_eq!((widgets.taken(), widgets.free()), (taken + 2, 6 - taken));
                for (place, counts) in places.iter().zip(&mut counts) {
                    counts[digit(codes.text(1), *place)] += 1;
                }
                pairs[digit(codes.text(1), 0) * 8 + digit(codes.text(1), 1)] += 1;
            }
            let taken = taken as usize;
            assert_even(&counts[0][taken..]);
            for counts in &counts[1..] {
                assert_even(counts);
            }
            assert_even(&pairs[taken * 8..]);
        }
    }

    /// 512 codes, of which every fourth is taken: some of forty are drawn again.
    #[test]
    fn codes_drawn_again_are_even_in_every_place() {
        let spelling = spelling(3);
        let number = |code: &str| (0..3).fold(0, |number, place| number * 8 + digit(code, place));
        let mut counts = vec![0_u32; 512];
        let mut places = vec![vec![0_u32; 8]; 40];
        for run in 0..3000 {
            let widgets = Widgets::new(512);
            let taken = (0..512).step_by(4);
            taken.for_each(|number| assert!(widgets.take(number)));
            let codes = issue(&widgets, &spelling, 40, run);
            for (row, place) in places.iter_mut().enumerate() {
                counts[number(codes.text(row))] += 1;
                place[digit(codes.text(row), 3)] += 1;
            }
        }
        assert!(counts.iter().step_by(4).all(|&count| count == 0));
        counts.retain(|&count| count > 0);
        assert_eq!(counts.len(), 384);
        assert_even(&counts);
        for counts in &places {
            assert_even(counts);
        }
    }

    #[test]
    fn all_codes_are_issued_to_the_last() {
        let (widgets, spelling) = (Widgets::new(512), spelling(3));
        let mut seen = std::collections::HashSet::new();
        for (run, amount) in [300, 100, 100, 11, 1].into_iter().enumerate() {
            let codes = issue(&widgets, &spelling, amount, run as u64);
            assert!((0..amount).all(|row| seen.insert(codes.text(row)[..3].to_owned())));
        }
        assert_eq!((seen.len(), widgets.free()), (512, 0));
        assert!(widgets.promise(1).is_err());
    }

    /// There are too many widget codes to promise them all in a test.
    #[test]
    fn what_is_promised_is_not_reserved() {
        let widgets = Widgets::new(100);
        let promise = widgets.promise(99).unwrap();
        let taken = (0..3).filter(|&number| widgets.take(number));
        assert_eq!(taken.count(), 1);
        assert_eq!((widgets.free(), widgets.taken()), (0, 1));
        let refused = widgets.promise(1).err();
        let kind = CodeKind::Widget;
        let (asked, left) = (1, 0);
        assert_eq!(refused, Some(Error::Exhausted { kind, asked, left }));
        drop(promise);
        assert_eq!(widgets.free(), 99);
        assert!(!widgets.take(0) && widgets.take(1));
        assert_eq!((widgets.free(), widgets.taken()), (98, 2));
        widgets.release(1);
        widgets.release(1);
        assert_eq!((widgets.free(), widgets.taken()), (99, 1));
    }
}
