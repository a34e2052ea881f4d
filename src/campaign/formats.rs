//! The custom codes of one total length in a campaign: which formats there are, and who else spells a text.
//!
//! Prefix `A` with 11 digits and prefix `A1` with 10 digits can spell the same text. It is taken in the
//! campaign if either has issued it, and stands in exactly one ledger: that of the format that issued it or
//! was told of it. So a text is free for a format if neither its own ledger has it, nor that of any other
//! format that spells it. Those are of the same total length, and their prefix is a start of the text:
//!
//! - Prefixes no longer than the format's own begin all its codes alike: they are looked up once per request.
//! - For longer ones each text is looked up by its first symbols, once for each length of prefix in use, in a
//!   hash map. An ordered set of all prefixes tells beforehand whether there is any that begins with the
//!   format's own; mostly there is none.
//!
//! However many formats there are, that is at most one look-up for each of the 33 lengths a prefix can have.
//!
//! **Counting.** How many codes of a format are free is asked only when there may be too few, or by users. What
//! others have taken is then counted: a format all of whose codes this one spells counts whole; of the
//! rest, either their ledgers are read, or the codes that this format's own ledger does not have are looked up
//! in them, whichever is less work.
//!
//! **Lists.** Near the end of a keyspace the free codes are listed (see `random/redraw.rs`), and the list is
//! kept, since others must not be made to wait for another one. What was taken since is left out when it is
//! used again; what was given back has been added.
//!
//! **Six symbols.** Widget codes are such a format too, with a ledger of its own that is not locked with this
//! one (see `widgets.rs`). A custom code that is spelt like a widget code stands in that ledger *instead*.

use std::{
    collections::BTreeSet,
    ops::Bound::{Excluded, Unbounded},
    sync::Arc,
};

use hashbrown::HashMap;

use crate::{
    campaign::widgets::{self, Widgets},
    code::{Numbers, format::Format, spelling::Spelling},
    error::{CodeKind, Error},
    ledger::Ledger,
    random::{
        column::TextColumn,
        draw::Draft,
        redraw::{Keyspace, Redraw},
    },
};

/// All formats of one total length in which a campaign has custom codes.
#[derive(Default)]
pub(crate) struct Formats {
    by_prefix: HashMap<Arc<str>, Vec<Known>>,
    in_order: BTreeSet<Arc<str>>,
    /// How many prefixes there are of each length.
    per_length: Vec<u32>,
    /// How many formats keep a list of their free codes.
    lists: usize,
}

/// A format and its taken codes.
struct Known {
    format: Format,
    ledger: Ledger,
    /// The numbers of its free codes, and of some that are taken again; in any order.
    list: Option<Vec<u64>>,
}

impl Known {
    fn new(format: Format) -> Self {
        Self {
            ledger: Ledger::new(&format),
            list: None,
            format,
        }
    }

    fn has(&self, code: &str) -> bool {
        let numbers = self.format.numbers(code.as_bytes());
        numbers.is_some_and(|numbers| self.ledger.contains(&numbers))
    }

    /// How many of its codes are not in its own ledger.
    fn most_free(&self) -> u128 {
        match self.format.capacity() {
            u128::MAX => u128::MAX,
            capacity => capacity - u128::from(self.ledger.len()),
        }
    }

    /// Forgets the list of a format without codes: a refused request leaves no trace.
    fn forget_list(&mut self) {
        if self.ledger.len() == 0 {
            self.list = None;
        }
    }

    /// Adds a code to the list, if it is kept and this is one of its codes. A list that has grown
    /// long is not worth its memory: codes are found without it.
    fn add_to_list(&mut self, code: &str) {
        let Some(list) = &mut self.list else { return };
        if let Some([number, ..]) = self.format.numbers(code.as_bytes()) {
            list.push(number);
        }
        if list.len() as u64 > self.format.short_capacity() / 8 {
            self.list = None;
        }
    }
}

impl Formats {
    /// Opens the ledger of a format, which may not be known yet. Widget codes are needed for codes of
    /// their length.
    pub(crate) fn open<'a>(&'a mut self, format: &Format, widgets: &'a Widgets) -> Opened<'a> {
        let own = self
            .take(format)
            .unwrap_or_else(|| Known::new(format.clone()));
        let is_like_widgets = format.text_length() == Format::widget().text_length();
        let widgets = (is_like_widgets && format.meets(Format::widget())).then_some(widgets);
        Opened {
            formats: self,
            own,
            widgets,
        }
    }

    /// How many codes of a format are not in its own ledger.
    pub(crate) fn most_free(&self, format: &Format) -> u128 {
        let known = self.with_prefix(format.prefix());
        let own = known.iter().find(|known| known.format == *format);
        own.map_or_else(|| format.capacity(), Known::most_free)
    }

    /// Adds a code that is free again to all lists it belongs to.
    pub(crate) fn add_to_lists(&mut self, code: &str) {
        if self.lists == 0 {
            return;
        }
        let mut lists = 0;
        for length in 0..self.per_length.len().min(code.len()) {
            let known = self.by_prefix.get_mut(&code[..length]);
            for known in known.into_iter().flatten() {
                let had_list = known.list.is_some();
                known.add_to_list(code);
                lists += usize::from(had_list && known.list.is_none());
            }
        }
        self.lists -= lists;
    }

    fn with_prefix(&self, prefix: &str) -> &[Known] {
        self.by_prefix.get(prefix).map_or(&[], Vec::as_slice)
    }

    /// Takes a format out of the map.
    fn take(&mut self, format: &Format) -> Option<Known> {
        let known = self.by_prefix.get_mut(format.prefix())?;
        let place = known.iter().position(|known| known.format == *format)?;
        let taken = known.swap_remove(place);
        self.lists -= usize::from(taken.list.is_some());
        Some(taken)
    }

    /// Puts a format into the map, or forgets it if there is nothing to know.
    fn put(&mut self, own: Known) {
        let prefix = own.format.shared_prefix();
        if own.ledger.len() == 0 && own.list.is_none() {
            self.forget_prefix(&Arc::clone(prefix));
            return;
        }
        self.lists += usize::from(own.list.is_some());
        if let Some(known) = self.by_prefix.get_mut(&**prefix) {
            known.reserve_exact(1);
            known.push(own);
            return;
        }
        let length = prefix.len();
        if self.per_length.len() <= length {
            self.per_length.resize(length + 1, 0);
        }
        self.per_length[length] += 1;
        self.in_order.insert(Arc::clone(prefix));
        self.by_prefix.insert(Arc::clone(prefix), vec![own]);
    }

    /// Forgets a prefix that no format has any more.
    fn forget_prefix(&mut self, prefix: &str) {
        if self.by_prefix.get(prefix).is_some_and(Vec::is_empty) {
            self.by_prefix.remove(prefix);
            self.in_order.remove(prefix);
            self.per_length[prefix.len()] -= 1;
        }
    }

    /// The formats with a longer prefix that begins with this one.
    fn with_longer_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Known> {
        let longer = self.in_order.range::<str, _>((Excluded(prefix), Unbounded));
        let longer = longer.take_while(move |longer| longer.starts_with(prefix));
        longer.flat_map(|longer| self.with_prefix(longer))
    }

    /// The formats, other than an opened one, whose prefix is no longer than its own and that spell some
    /// of its codes.
    fn with_shorter_prefix(&self, format: &Format) -> Vec<&Known> {
        let prefix = format.prefix();
        let lengths = 0..self.per_length.len().min(prefix.len() + 1);
        let known = lengths.flat_map(|length| self.with_prefix(&prefix[..length]));
        known.filter(|known| known.format.meets(format)).collect()
    }

    /// Who else may have codes of an opened format.
    fn others(&self, format: &Format) -> Others<'_> {
        let prefix = format.prefix();
        let is_any_longer = self.with_longer_prefix(prefix).next().is_some();
        let lengths = prefix.len() + 1..self.per_length.len();
        let lengths = lengths.filter(|&length| is_any_longer && self.per_length[length] > 0);
        Others {
            shorter: self.with_shorter_prefix(format),
            longer: lengths.collect(),
            formats: self,
        }
    }
}

/// The formats that may have codes of an opened one.
struct Others<'a> {
    /// Those with a prefix that is a start of its own.
    shorter: Vec<&'a Known>,
    /// The lengths of longer prefixes.
    longer: Vec<usize>,
    formats: &'a Formats,
}

impl Others<'_> {
    fn are_none(&self) -> bool {
        self.shorter.is_empty() && self.longer.is_empty()
    }

    fn have(&self, code: &str) -> bool {
        let longer = self.longer.iter();
        self.shorter.iter().any(|known| known.has(code))
            || longer
                .flat_map(|&length| self.formats.with_prefix(&code[..length]))
                .any(|known| known.has(code))
    }
}

/// A format whose codes are being taken. It is out of the map meanwhile; dropped, it is put back, unless it
/// has no codes: what was only asked for leaves no trace.
pub(crate) struct Opened<'a> {
    formats: &'a mut Formats,
    own: Known,
    widgets: Option<&'a Widgets>,
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        let format = self.own.format.clone();
        let own = std::mem::replace(&mut self.own, Known::new(format));
        self.formats.put(own);
    }
}

impl Opened<'_> {
    /// Enters drawn codes, and draws again for those that are taken. If there are too few, nothing has
    /// changed, and how many are left comes back with 601.
    pub(crate) fn issue(
        &mut self,
        draft: &mut Draft,
        redraw: &mut Redraw<'_>,
    ) -> Result<(), Error> {
        let amount = draft.text.len();
        let mut open = self.free().enter(draft);
        while let Err(without) = redraw.find(&open, &mut draft.text, &mut self.free()) {
            self.take_out_but(&without, &draft.text);
            self.unless_enough(amount)
                .inspect_err(|_| self.own.forget_list())?;
            // Only widget codes, which are not locked, can have been given back meanwhile.
            open = (0..amount as u32).collect();
        }
        Ok(())
    }

    /// 601 if fewer codes are free than asked for.
    pub(crate) fn unless_enough(&mut self, amount: usize) -> Result<(), Error> {
        let left = u64::try_from(self.count_free()).unwrap_or(u64::MAX);
        Error::unless_enough(CodeKind::Custom, amount, left)
    }

    /// Takes codes of the format out of circulation and tells how many were in it.
    pub(crate) fn reserve<'c>(&mut self, codes: impl Iterator<Item = &'c str>) -> u64 {
        let mut free = self.free();
        let take = |code: &str| {
            let numbers = free.own.format.numbers(code.as_bytes());
            free.take(&numbers.expect("a code of the format"), code)
        };
        codes.map(take).map(u64::from).sum()
    }

    /// Makes all codes of a column free again.
    pub(crate) fn take_out(&mut self, codes: &TextColumn) {
        self.take_out_but(&[], codes);
    }

    /// Makes all codes of a column free again but those at some positions.
    fn take_out_but(&mut self, positions: &[u32], codes: &TextColumn) {
        let mut stays = vec![false; codes.len()];
        for &position in positions {
            stays[position as usize] = true;
        }
        for (row, _) in stays.iter().enumerate().filter(|(_, stays)| !**stays) {
            let code = codes.text(row);
            match (self.widgets, widgets::number(code)) {
                (Some(widgets), Some(number)) => widgets.release(number),
                _ => {
                    let numbers = self.own.format.numbers(code.as_bytes());
                    self.own
                        .ledger
                        .remove(&numbers.expect("a code of the format"));
                }
            }
            self.own.add_to_list(code);
            self.formats.add_to_lists(code);
        }
        self.own.ledger.tidy();
    }

    fn free(&mut self) -> Free<'_> {
        Free {
            others: self.formats.others(&self.own.format),
            own: &mut self.own,
            widgets: self.widgets,
        }
    }

    /// How many codes are free; the largest `u128` for that many or more.
    pub(crate) fn count_free(&mut self) -> u128 {
        if self.own.list.is_some() {
            return self.free().list().len() as u128;
        }
        match self.own.most_free() {
            u128::MAX => u128::MAX,
            most => most - self.count_taken_by_others(most),
        }
    }

    fn count_taken_by_others(&self, most_free: u128) -> u128 {
        let format = &self.own.format;
        let shorter = self.formats.with_shorter_prefix(format);
        let longer = self.formats.with_longer_prefix(format.prefix());
        let longer = longer.filter(|known| known.format.meets(format));
        let (whole, part): (Vec<_>, Vec<_>) = shorter
            .into_iter()
            .chain(longer)
            .partition(|known| format.contains(&known.format));
        let whole: u128 = whole
            .iter()
            .map(|known| u128::from(known.ledger.len()))
            .sum();
        let (widgets, whole) = match self.widgets {
            Some(widgets) if format.contains(Format::widget()) => {
                (None, whole + u128::from(widgets.taken()))
            }
            widgets => (widgets, whole),
        };
        let part = Part { part, widgets };
        whole
            + if part.len() <= most_free {
                part.count_by_reading(format)
            } else {
                part.count_by_looking_up(&self.own)
            }
    }
}

/// Formats of whose taken codes a format spells only some.
struct Part<'a> {
    part: Vec<&'a Known>,
    widgets: Option<&'a Widgets>,
}

impl Part<'_> {
    /// How many codes they have taken.
    fn len(&self) -> u128 {
        let known = self.part.iter().map(|known| u128::from(known.ledger.len()));
        known.sum::<u128>() + u128::from(self.widgets.map_or(0, Widgets::taken))
    }

    fn have(&self, code: &str) -> bool {
        self.part.iter().any(|known| known.has(code))
            || self.widgets.is_some_and(|widgets| widgets.has(code))
    }

    /// Reads all their codes and counts those that the format spells.
    fn count_by_reading(&self, format: &Format) -> u128 {
        let mut count = 0;
        for known in &self.part {
            let mut writer = Writer::new(&known.format);
            known.ledger.for_each(|numbers| {
                count += u128::from(format.spells(writer.code(numbers)));
            });
        }
        if let Some(widgets) = self.widgets {
            let mut writer = Writer::new(Format::widget());
            widgets.for_each(|number| {
                count += u128::from(format.spells(writer.code(&[number, 0, 0])));
            });
        }
        count
    }

    /// Looks up all codes of the format that its own ledger does not have.
    fn count_by_looking_up(&self, own: &Known) -> u128 {
        let mut count = 0;
        let mut writer = Writer::new(&own.format);
        own.ledger.for_each_free(|number| {
            count += u128::from(self.have(writer.code(&[number, 0, 0])));
        });
        count
    }
}

/// Writes the codes of a format one by one.
struct Writer {
    spelling: Spelling,
    code: Vec<u8>,
}

impl Writer {
    fn new(format: &Format) -> Self {
        let spelling = Spelling::of(format);
        let code = spelling.blanks(1);
        Self { spelling, code }
    }

    fn code(&mut self, numbers: &Numbers) -> &str {
        self.spelling.write_numbers(numbers, &mut self.code);
        std::str::from_utf8(&self.code).expect("codes are made of ASCII symbols")
    }
}

/// The free codes of an opened format.
struct Free<'a> {
    own: &'a mut Known,
    others: Others<'a>,
    widgets: Option<&'a Widgets>,
}

impl Free<'_> {
    /// Enters drawn codes. The positions of those that are taken come back.
    fn enter(&mut self, draft: &Draft) -> Vec<u32> {
        let Draft { numbers, text } = draft;
        if self.widgets.is_some() {
            let is_taken = |&position: &u32| {
                let code = text.text(position as usize);
                let numbers = self.own.format.numbers(code.as_bytes());
                !self.take(&numbers.expect("a code of the format"), code)
            };
            return (0..text.len() as u32).filter(is_taken).collect();
        }
        if self.others.are_none() {
            return self.own.ledger.enter(numbers, None);
        }
        let is_barred = |position| self.others.have(text.text(position as usize));
        self.own.ledger.enter(numbers, Some(&is_barred))
    }

    fn is_free(&self, number: u64, writer: &mut Writer) -> bool {
        let numbers = [number, 0, 0];
        let code = writer.code(&numbers);
        !self.own.ledger.contains(&numbers)
            && !self.others.have(code)
            && !self.widgets.is_some_and(|widgets| widgets.has(code))
    }
}

impl Keyspace for Free<'_> {
    fn take(&mut self, numbers: &Numbers, code: &str) -> bool {
        if self.others.have(code) {
            return false;
        }
        match (self.widgets, widgets::number(code)) {
            (Some(widgets), Some(number)) => widgets.take(number),
            _ => self.own.ledger.insert(numbers),
        }
    }

    fn size(&self) -> Option<(u64, u64)> {
        let format = &self.own.format;
        let capacity = (format.numbers_per_code() == 1).then(|| format.short_capacity())?;
        Some((capacity, capacity - self.own.ledger.len()))
    }

    /// The list is kept, exact and in order.
    fn list(&mut self) -> Vec<u64> {
        let mut writer = Writer::new(&self.own.format);
        let mut list = self.own.list.take().unwrap_or_else(|| {
            let mut list = Vec::new();
            self.own.ledger.for_each_free(|number| list.push(number));
            list
        });
        list.sort_unstable();
        list.dedup();
        list.retain(|&number| self.is_free(number, &mut writer));
        self.own.list.insert(list).clone()
    }
}

#[cfg(test)]
impl Formats {
    /// How many formats are known.
    pub(crate) fn known(&self) -> usize {
        assert_eq!(self.by_prefix.len(), self.in_order.len());
        assert_eq!(
            self.by_prefix.len() as u32,
            self.per_length.iter().sum::<u32>()
        );
        self.by_prefix.values().map(Vec::len).sum()
    }
}
