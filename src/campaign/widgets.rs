//! The widget codes of a campaign, which requests draw without a lock around them.
//!
//! A request is first promised its widget codes, by one subtraction from the number of those that are free.
//! So it can be refused before anything is drawn, and once it has the promise it draws until it has them
//! all, whoever else draws at the same time. Codes that exist already, and custom codes that are spelt like
//! a widget code, are entered in the same way: first a promise, then the code.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{
    code::{
        Numbers,
        alphabet::Alphabet,
        format::{Format, SINGLE_USE_LENGTH, WIDGET_LENGTH},
    },
    error::{CodeKind, Error},
    ledger::{drawn::Drawn, layout::Layout, shared::SharedShards},
    random::{
        column::TextColumn,
        draw::Draft,
        redraw::{Keyspace, Redraw, Size},
        threads::share,
    },
};

/// The widget codes of one campaign.
pub(crate) struct Widgets {
    taken: SharedShards,
    /// How many are neither taken nor promised.
    free: AtomicU64,
}

impl Widgets {
    pub(crate) fn new(capacity: u64) -> Self {
        Self {
            taken: SharedShards::new(Layout::new(capacity)),
            free: AtomicU64::new(capacity),
        }
    }

    /// How many are neither taken nor promised.
    pub(crate) fn free(&self) -> u64 {
        self.free.load(Ordering::Relaxed)
    }

    /// How many are taken.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.len()
    }

    /// Promises widget codes, or refuses with 601.
    pub(crate) fn promise(&self, amount: usize) -> Result<Promise<'_>, Error> {
        let asked = amount as u64;
        let promise = |left| Error::Exhausted {
            kind: CodeKind::Widget,
            asked,
            left,
        };
        self.take_from_free(asked).map_err(promise)?;
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

    /// Takes a code; false if it is taken, or promised as the last ones are.
    pub(crate) fn take(&self, number: u64) -> bool {
        let is_new = self.take_from_free(1).is_ok();
        if is_new && !self.taken.insert(number) {
            self.give_back(1);
            return false;
        }
        is_new
    }

    /// Makes a code free that was taken.
    pub(crate) fn release(&self, number: u64) {
        if self.taken.remove(number) {
            self.give_back(1);
        }
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
    pub(crate) fn keep(mut self, draft: Draft, mut redraw: Redraw<'_>) -> TextColumn {
        let amount = self.amount as usize;
        // Whatever fails from here on loses codes, and issues none twice.
        self.amount = 0;
        let Draft { numbers, mut text } = draft;
        let Some(Drawn::Short(chunks)) = numbers else {
            unreachable!("widget codes are drawn, and short");
        };
        let taken = &self.widgets.taken;
        let shards = taken.layout().shards();
        let lost = share(amount, shards, |shard| taken.enter(shard, &chunks));
        let mut lost = lost.concat();
        // While others release codes and take them, a list of free ones may miss some.
        while let Err(open) = redraw.find(&lost, &mut text, &mut &*taken) {
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

impl Keyspace for &SharedShards {
    fn take(&mut self, numbers: &Numbers, _: &[u8]) -> bool {
        self.insert(numbers[0])
    }

    fn size(&self) -> Option<Size> {
        let capacity = self.layout().capacity();
        Some(Size {
            capacity,
            most_free: capacity - self.len(),
            is_shared: false,
        })
    }

    fn list(&mut self) -> Vec<u64> {
        let mut free = Vec::new();
        self.for_each_free(|number| free.push(number));
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
