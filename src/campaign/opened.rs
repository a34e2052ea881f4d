//! A format whose codes are being taken, or counted, with the formats of its length locked.

use crate::{
    campaign::{
        count::TakenByOthers,
        formats::{Formats, Known, Others},
        widgets::{self, Widgets},
    },
    code::{Numbers, spelling::Writer},
    error::{CodeKind, Error},
    ledger::{entering::NewNumbers, saved::Codes},
    random::{
        column::TextColumn,
        draw::NewColumn,
        redraw::{Keyspace, Redraw, Size},
    },
};

/// An opened format. It is out of the map of formats meanwhile; dropped, it is put back, unless there is nothing
/// to know of it: what was only asked for leaves no trace.
pub(crate) struct Opened<'a> {
    formats: &'a mut Formats,
    /// There until it is put back.
    own: Option<Known>,
    /// Given if the format spells some of them.
    widgets: Option<&'a Widgets>,
    /// How many announced coupons are still to come.
    coming: u64,
    /// How many of its codes stand with these.
    like_widgets: u64,
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        if let Some(own) = self.own.take() {
            self.formats.put(own, self.like_widgets);
        }
    }
}

impl<'a> Opened<'a> {
    pub(super) fn new(
        formats: &'a mut Formats,
        own: Known,
        widgets: Option<&'a Widgets>,
        coming: u64,
        like_widgets: u64,
    ) -> Self {
        Self {
            formats,
            own: Some(own),
            widgets,
            coming,
            like_widgets,
        }
    }

    /// How many codes are free at most.
    pub(crate) fn most_free(&mut self) -> u128 {
        let own = self.own();
        // A list has all that are free.
        let listed = own.list.as_ref().map(|list| list.len() as u128);
        own.most_free().min(listed.unwrap_or(u128::MAX))
    }

    /// Whether so many codes are best listed, so that none need to be drawn beforehand.
    pub(crate) fn is_listed(&mut self, amount: usize) -> bool {
        Redraw::is_listed(&self.free(), amount)
    }

    /// Enters drawn codes, and draws again for those that are taken. If there are too few, nothing has
    /// changed, and how many are left comes back with 601.
    pub(crate) fn issue(
        &mut self,
        column: &mut NewColumn,
        redraw: &mut Redraw<'_>,
    ) -> Result<(), Error> {
        let amount = column.text.len();
        let all = || (0..amount as u32).collect::<Vec<_>>();
        // Who else was asking must not decide what comes out: drawn codes are not used if listing is best.
        let numbers = column.numbers.take().filter(|_| !self.is_listed(amount));
        let expected = self.expected(amount);
        let had_list = self.own().list.is_some();
        let text = &mut column.text;
        let mut free = self.free();
        free.others.read_few(&free.own.format, amount);
        let open = numbers.map_or_else(all, |numbers| free.enter(&numbers, expected, text));
        let mut found = free.find(&open, text, redraw);
        while let Err(without) = found {
            self.roll_back_but(&without, text);
            if let Err(refused) = self.unless_enough(amount) {
                if !had_list {
                    self.own().forget_list();
                }
                return Err(refused);
            }
            // Widget codes are not locked, and may have been given back meanwhile.
            found = self.free().find(&all(), text, redraw);
        }
        Ok(())
    }

    /// How many codes the own ledger may have in the end, with so many more now; 0 if nobody knows.
    fn expected(&mut self, more: usize) -> u64 {
        match self.coming {
            0 => 0,
            coming => self.own().ledger.len() + more as u64 + coming,
        }
    }

    /// 601 if fewer codes are free than asked for.
    pub(crate) fn unless_enough(&mut self, amount: usize) -> Result<(), Error> {
        let left = u64::try_from(self.count_free()).unwrap_or(u64::MAX);
        Error::unless_enough(CodeKind::Custom, amount as u64, left)
    }

    /// How many codes are free; the largest `u128` for that many or more.
    pub(crate) fn count_free(&mut self) -> u128 {
        self.free().count()
    }

    /// Takes codes of the format out of circulation and tells how many were in it.
    pub(crate) fn reserve<'c>(
        &mut self,
        codes: impl ExactSizeIterator<Item = &'c [u8]> + Clone,
    ) -> u64 {
        if self.widgets.is_none() {
            let own = self.own();
            let format = own.format.clone();
            let first = |code| format.numbers(code).map_or(0, |[first, ..]| first);
            own.ledger
                .make_room_for(codes.len(), codes.clone().map(first));
        }
        let mut free = self.free();
        let is_new = |code: &&[u8]| {
            let numbers = free.own.numbers(code);
            free.take(&numbers, code)
        };
        codes.filter(is_new).count() as u64
    }

    /// Takes codes that are put back, in order; not those that are taken elsewhere.
    pub(crate) fn restore(&mut self, codes: &Codes) {
        let mut free = self.free();
        free.others.read_few(&free.own.format, codes.len());
        if free.are_own() {
            return free.own.ledger.restore(codes);
        }
        if free.widgets.is_none() {
            let firsts = codes.numbers().map(|[first, ..]| first);
            free.own.ledger.make_room_for(codes.len(), firsts);
        }
        let mut writer = Writer::new(&free.own.format);
        for numbers in codes.numbers() {
            free.take(&numbers, writer.code(&numbers));
        }
    }

    /// Counts codes that stand with the widget codes. False, and nothing changes, if the format spells none.
    pub(crate) fn restore_like_widgets(&mut self, count: u64) -> bool {
        if self.widgets.is_some() {
            self.like_widgets = self.like_widgets.saturating_add(count);
        }
        self.widgets.is_some() || count == 0
    }

    /// Makes all codes of a batch free again.
    pub(crate) fn release(&mut self, codes: &TextColumn) {
        self.roll_back(codes);
        for row in 0..codes.len() {
            self.formats.add_to_lists(codes.bytes(row));
        }
    }

    /// Takes all codes of a request out again.
    pub(crate) fn roll_back(&mut self, codes: &TextColumn) {
        self.roll_back_but(&[], codes);
    }

    /// Takes the codes of a request out again but those at some positions. Other formats' lists still have
    /// them, since none was used meanwhile.
    fn roll_back_but(&mut self, positions: &[u32], codes: &TextColumn) {
        let mut stays = vec![false; codes.len()];
        for &position in positions {
            stays[position as usize] = true;
        }
        for (row, _) in stays.iter().enumerate().filter(|(_, stays)| !**stays) {
            let code = codes.bytes(row);
            match (self.widgets, widgets::number(code)) {
                (Some(widgets), Some(number)) => {
                    widgets.release(number);
                    self.like_widgets -= 1;
                }
                _ => self.own().remove(code),
            }
            self.own().add_to_list(code);
        }
        let expected = self.expected(0);
        self.own().ledger.tidy(expected);
    }

    fn own(&mut self) -> &mut Known {
        self.own.as_mut().expect("it is there until it is put back")
    }

    fn free(&mut self) -> Free<'_> {
        let own = self.own.as_mut().expect("it is there until it is put back");
        Free {
            others: self.formats.others(&own.format),
            own,
            widgets: self.widgets,
            like_widgets: &mut self.like_widgets,
        }
    }
}

/// The free codes of an opened format.
struct Free<'a> {
    own: &'a mut Known,
    others: Others<'a>,
    widgets: Option<&'a Widgets>,
    like_widgets: &'a mut u64,
}

impl Free<'_> {
    fn taken_by_others(&self) -> TakenByOthers<'_> {
        TakenByOthers::new(self.own, &self.others, self.widgets)
    }

    fn count(&mut self) -> u128 {
        let most = self.own.most_free();
        if self.own.list.is_some() {
            let list = self.list();
            let (like_widgets, others): (Vec<_>, Vec<_>) = {
                let mut writer = Writer::new(&self.own.format);
                let is_like_widget = |number: &u64| self.is_widget(writer.code(&[*number, 0, 0]));
                list.into_iter().partition(is_like_widget)
            };
            return others.len() as u128 + self.unpromised(like_widgets.len() as u128);
        }
        if most == u128::MAX {
            return most;
        }
        let taken = self.taken_by_others().count();
        // For few formats that is more than a glance: those of six symbols, with words. And then it looks at no more
        // codes than the format has, and at few states for each place.
        let like_widgets = self
            .widgets
            .map_or(0, |widgets| self.own.format.common(widgets.format()));
        most - like_widgets - taken.customs + self.unpromised(like_widgets - taken.widgets)
    }

    /// Whether a free code can only be taken as a widget code.
    fn is_widget(&self, code: &[u8]) -> bool {
        let Some(widgets) = self.widgets else {
            return false;
        };
        widgets::number(code).is_some() && widgets.format().is_clean(code)
    }

    /// How many of so many free codes that are spelt like widget codes are not promised.
    fn unpromised(&self, like_widgets: u128) -> u128 {
        let free = self
            .widgets
            .map_or(u128::MAX, |widgets| widgets.free().into());
        like_widgets.min(free)
    }

    /// How many codes are free at most.
    fn at_most(&self) -> u128 {
        let taken = self.taken_by_others().at_least();
        self.own.most_free().saturating_sub(taken)
    }

    /// Whether no code can be taken but in the format's own ledger.
    fn are_own(&self) -> bool {
        self.others.are_none() && self.widgets.is_none()
    }

    /// Whether a listing has to look at each code: it may be taken elsewhere, or hold a word.
    fn are_looked_at(&self) -> bool {
        !self.are_own() || self.own.format.scan().is_some()
    }

    /// Enters drawn codes, where so many are expected in the end. The positions of those that are taken
    /// come back.
    fn enter(&mut self, numbers: &NewNumbers, expected: u64, text: &TextColumn) -> Vec<u32> {
        let ledger = &mut self.own.ledger;
        if self.widgets.is_none() && self.others.are_none() {
            return ledger.enter(numbers, expected, None);
        }
        if self.widgets.is_none() {
            let is_taken = |position| self.others.have(text.bytes(position as usize));
            return ledger.enter(numbers, expected, Some(&is_taken));
        }
        let is_taken = |&position: &u32| {
            let code = text.bytes(position as usize);
            let numbers = self.own.numbers(code);
            !self.take(&numbers, code)
        };
        (0..text.len() as u32).filter(is_taken).collect()
    }

    /// Finds codes for the positions that have none. If there are too few, those left come back.
    fn find(
        &mut self,
        open: &[u32],
        text: &mut TextColumn,
        redraw: &mut Redraw<'_>,
    ) -> Result<(), Vec<u32>> {
        // Where most draws are lost, it may be plain that there are too few before more are lost.
        let is_worth_counting = 2 * open.len() > text.len() && self.others.count() <= open.len();
        if is_worth_counting && self.at_most() < open.len() as u128 {
            return Err(open.to_vec());
        }
        redraw.find(open, text, self)
    }

    fn is_taken_elsewhere(&self, code: &[u8]) -> bool {
        self.others.have(code) || self.widgets.is_some_and(|widgets| widgets.has(code))
    }

    /// Those that are free of a list that was kept, in order.
    fn still_free(&self, mut list: Vec<u64>) -> Vec<u64> {
        list.sort_unstable();
        list.dedup();
        let mut writer = Writer::new(&self.own.format);
        list.retain(|&number| {
            let numbers = [number, 0, 0];
            !self.own.ledger.contains(&numbers) && !self.is_taken_elsewhere(writer.code(&numbers))
        });
        list
    }
}

impl Keyspace for Free<'_> {
    fn take(&mut self, numbers: &Numbers, code: &[u8]) -> bool {
        if self.others.have(code) {
            return false;
        }
        match (self.widgets, widgets::number(code)) {
            (Some(widgets), Some(number)) => {
                let is_new = widgets.take(number);
                *self.like_widgets += u64::from(is_new);
                is_new
            }
            _ => self.own.ledger.insert(numbers),
        }
    }

    fn size(&self) -> Option<Size> {
        let format = &self.own.format;
        let all = (format.numbers_per_code() == 1).then(|| format.short_capacity())?;
        let capacity = format.capacity() as u64;
        let taken = self.own.ledger.len();
        Some(Size {
            capacity,
            most_free: capacity - taken,
            looked_at: all - taken,
            is_each: self.are_looked_at(),
        })
    }

    /// The list is kept if each code has to be looked at for it.
    fn list(&mut self) -> Vec<u64> {
        let free = match self.own.list.take() {
            Some(list) if self.are_looked_at() => self.still_free(list),
            _ => self.taken_by_others().free(),
        };
        self.own.list = self.are_looked_at().then(|| free.clone());
        free
    }
}
