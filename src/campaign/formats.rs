//! The custom codes of one total length in a campaign: which formats there are, and who else spells a text.
//!
//! Prefix `A` with 11 digits and prefix `A1` with 10 digits can spell the same text. It is taken in the
//! campaign if either has issued it, and stands in exactly one ledger: that of the format that issued it or
//! was told of it. So a text is free for a format if neither its own ledger has it, nor that of any other
//! format that spells it. Those are of the same total length, and their prefix, the literal text before their
//! first symbol, is a start of the text. Whether they spell it all, whatever their pattern, they say themselves:
//!
//! - Prefixes no longer than the format's own begin all its codes alike: they are looked up once per request.
//! - For longer ones each text is looked up by its first symbols, once for each length of prefix in use, in a
//!   hash map. An ordered set of all prefixes tells beforehand whether there is any that begins with the
//!   format's own; mostly there is none.
//!
//! However many formats there are, that is at most one look-up for each of the 33 lengths a prefix can have. And
//! where others have few codes that can be codes of the format, those are read beforehand, so that each new
//! code is looked up once.
//!
//! **Lists.** Near the end of a keyspace that formats share, the free codes are listed (see `random/redraw.rs`), and
//! the list is kept, since others must not be made to wait for another one. What was taken since is left out
//! when it is used again; what was given back has been added.
//!
//! **Six symbols.** Widget codes are such a format too, with a ledger of its own that is not locked with this
//! one (see `widgets.rs`). A custom code that is spelt like a widget code stands in that ledger *instead*; how
//! many a format has there is counted.

use std::{
    collections::BTreeSet,
    ops::{
        Bound::{Excluded, Unbounded},
        Range,
    },
    sync::Arc,
};

use hashbrown::{HashMap, HashSet};

use crate::{
    campaign::{opened::Opened, widgets::Widgets},
    code::{Numbers, format::Format, spelling::Writer},
    ledger::{Ledger, saved::Part},
};

/// All formats of one total length in which a campaign has custom codes.
#[derive(Default)]
pub(crate) struct Formats {
    by_prefix: HashMap<Arc<[u8]>, Vec<Known>>,
    in_order: BTreeSet<Arc<[u8]>>,
    /// How many prefixes there are of each length.
    per_length: Vec<u32>,
    /// How many formats keep a list of their free codes.
    lists: usize,
    /// How many codes of each format stand with the widget codes, where there are any.
    like_widgets: HashMap<Format, u64>,
}

/// A format and its taken codes.
pub(super) struct Known {
    pub(super) format: Format,
    pub(super) ledger: Ledger,
    /// The numbers of its free codes, and of some that are taken again; in any order.
    pub(super) list: Option<Vec<u64>>,
}

/// Keyspaces that take long to list.
const LARGE: u128 = 1 << 16;

impl Known {
    fn new(format: Format) -> Self {
        Self {
            ledger: Ledger::new(&format),
            list: None,
            format,
        }
    }

    pub(super) fn has(&self, code: &[u8]) -> bool {
        // No code that holds a word is in the ledger of a format that spells none.
        let numbers = self.format.numbers_with_words(code);
        numbers.is_some_and(|numbers| self.ledger.contains(&numbers))
    }

    /// About how many of its taken codes have a first number in a range.
    fn codes_in(&self, range: &Range<u64>) -> u64 {
        let width = u128::from(range.end - range.start);
        let codes = u128::from(self.ledger.len()) * width;
        (codes / u128::from(self.format.first_numbers())) as u64
    }

    /// The numbers of one of its codes.
    pub(super) fn numbers(&self, code: &[u8]) -> Numbers {
        let numbers = self.format.numbers_with_words(code);
        numbers.expect("a code of the format")
    }

    /// Takes one of its codes out of its own ledger.
    pub(super) fn remove(&mut self, code: &[u8]) {
        let numbers = self.numbers(code);
        self.ledger.remove(&numbers);
    }

    /// How many of its codes are not in its own ledger; the largest `u128` for that many or more.
    pub(super) fn most_free(&self) -> u128 {
        match self.format.capacity() {
            u128::MAX => u128::MAX,
            capacity => capacity - u128::from(self.ledger.len()),
        }
    }

    /// How many codes that it may have are not in its own ledger, those that hold a word included.
    pub(super) fn texts_left(&self) -> u128 {
        match self.format.texts() {
            u128::MAX => u128::MAX,
            texts => texts - u128::from(self.ledger.len()),
        }
    }

    /// Calls `visit` with the number and the text of every code of a short format that its own ledger does not have.
    pub(super) fn for_each_free(&self, mut visit: impl FnMut(u64, &[u8])) {
        let mut writer = Writer::new(&self.format);
        self.ledger.for_each_free(|number| {
            let code = writer.code(&[number, 0, 0]);
            if self.format.is_clean(code) {
                visit(number, code);
            }
        });
    }

    /// Forgets the list after a refused request, unless others must not be made to wait for another one.
    /// What is kept takes at most half a byte for each code that is taken.
    pub(super) fn forget_list(&mut self) {
        let listed = self.list.as_ref().map_or(0, Vec::len) as u128;
        let capacity = self.format.capacity();
        if capacity < LARGE || capacity < 16 * listed {
            self.list = None;
        }
    }

    /// Adds a code to the list, if it is kept and this is one of its codes. A list that has grown
    /// long is not worth its memory: codes are found without it.
    pub(super) fn add_to_list(&mut self, code: &[u8]) {
        let Some(list) = &mut self.list else { return };
        if let Some([number, ..]) = self.format.numbers(code) {
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
        let coming = widgets.coming();
        let widgets = (is_like_widgets && format.meets(Format::widget())).then_some(widgets);
        let like_widgets = self.like_widgets.remove(format).unwrap_or(0);
        Opened::new(self, own, widgets, coming, like_widgets)
    }

    /// The formats that have taken codes, in no order; some of them twice.
    pub(crate) fn in_use(&self) -> impl Iterator<Item = &Format> {
        let known = self.by_prefix.values().flatten();
        let known = known.filter(|known| known.ledger.len() > 0);
        known
            .map(|known| &known.format)
            .chain(self.like_widgets.keys())
    }

    /// A copy of the part of a format's ledger that a first number belongs to, and where the next part begins. None
    /// if it has no ledger.
    pub(crate) fn copy(&self, format: &Format, first: u64) -> Option<(Part, Option<u64>)> {
        let mut known = self.with_prefix(format.prefix().as_bytes()).iter();
        let known = known.find(|known| known.format == *format)?;
        Some(known.ledger.copy(first))
    }

    /// How many codes of a format stand with the widget codes.
    pub(crate) fn like_widgets(&self, format: &Format) -> u64 {
        self.like_widgets.get(format).copied().unwrap_or(0)
    }

    /// Adds a code that is free again to all lists it belongs to.
    pub(crate) fn add_to_lists(&mut self, code: &[u8]) {
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

    fn with_prefix(&self, prefix: &[u8]) -> &[Known] {
        self.by_prefix.get(prefix).map_or(&[], Vec::as_slice)
    }

    /// Takes a format out of the map.
    fn take(&mut self, format: &Format) -> Option<Known> {
        let known = self.by_prefix.get_mut(format.prefix().as_bytes())?;
        let place = known.iter().position(|known| known.format == *format)?;
        let taken = known.swap_remove(place);
        self.lists -= usize::from(taken.list.is_some());
        Some(taken)
    }

    /// Puts a format into the map, or forgets it if there is nothing to know.
    pub(super) fn put(&mut self, own: Known, like_widgets: u64) {
        if like_widgets > 0 {
            self.like_widgets.insert(own.format.clone(), like_widgets);
        }
        let prefix = own.format.shared_prefix();
        if own.ledger.len() == 0 && own.list.is_none() {
            self.forget_prefix(prefix.as_bytes());
            return;
        }
        self.lists += usize::from(own.list.is_some());
        if let Some(known) = self.by_prefix.get_mut(prefix.as_bytes()) {
            known.reserve_exact(1);
            known.push(own);
            return;
        }
        let prefix: Arc<[u8]> = Arc::clone(prefix).into();
        if self.per_length.len() <= prefix.len() {
            self.per_length.resize(prefix.len() + 1, 0);
        }
        self.per_length[prefix.len()] += 1;
        self.in_order.insert(Arc::clone(&prefix));
        self.by_prefix.insert(prefix, vec![own]);
    }

    /// Forgets a prefix that no format has any more.
    fn forget_prefix(&mut self, prefix: &[u8]) {
        if self.by_prefix.get(prefix).is_some_and(Vec::is_empty) {
            self.by_prefix.remove(prefix);
            self.in_order.remove(prefix);
            self.per_length[prefix.len()] -= 1;
        }
    }

    /// The formats with a longer prefix that begins with this one.
    pub(super) fn with_longer_prefix<'a>(
        &'a self,
        prefix: &[u8],
    ) -> impl Iterator<Item = &'a Known> {
        let longer = self
            .in_order
            .range::<[u8], _>((Excluded(prefix), Unbounded));
        let longer = longer.take_while(move |longer| longer.starts_with(prefix));
        longer.flat_map(|longer| self.with_prefix(longer))
    }

    /// The formats with a longer prefix, if they have no more codes than these together.
    fn few_longer(&self, prefix: &[u8], codes: u64) -> Option<Vec<&Known>> {
        let mut left = codes;
        let known = self.with_longer_prefix(prefix).map(|known| {
            left = left.checked_sub(known.ledger.len())?;
            Some(known)
        });
        known.collect()
    }

    /// The formats, other than an opened one, whose prefix is no longer than its own and that spell some
    /// of its codes.
    pub(super) fn with_shorter_prefix(&self, format: &Format) -> Vec<&Known> {
        let prefix = format.prefix().as_bytes();
        let lengths = 0..self.per_length.len().min(prefix.len() + 1);
        let known = lengths.flat_map(|length| self.with_prefix(&prefix[..length]));
        known.filter(|known| known.format.meets(format)).collect()
    }

    /// Who else may have codes of an opened format.
    pub(super) fn others(&self, format: &Format) -> Others<'_> {
        let prefix = format.prefix().as_bytes();
        let is_any_longer = self.with_longer_prefix(prefix).next().is_some();
        let lengths = prefix.len() + 1..self.per_length.len();
        let lengths = lengths.filter(|&length| is_any_longer && self.per_length[length] > 0);
        Others {
            shorter: self.with_shorter_prefix(format),
            read: HashSet::new(),
            longer: lengths.collect(),
            formats: self,
        }
    }
}

/// Codes of others that are skipped, since they begin otherwise, in the time of one look-up.
const SKIPPED_PER_LOOK_UP: u64 = 4;

/// The formats that may have codes of an opened one.
pub(super) struct Others<'a> {
    /// Those with a prefix that is a start of its own.
    shorter: Vec<&'a Known>,
    /// Its codes that are taken in others of these, which need not be looked at any more.
    read: HashSet<Box<[u8]>>,
    /// The lengths of longer prefixes.
    longer: Vec<usize>,
    pub(super) formats: &'a Formats,
}

impl Others<'_> {
    pub(super) fn are_none(&self) -> bool {
        self.shorter.is_empty() && self.read.is_empty() && self.longer.is_empty()
    }

    /// How many formats there are in all.
    pub(super) fn count(&self) -> usize {
        self.formats.by_prefix.len()
    }

    /// All of them.
    pub(super) fn all<'f>(&'f self, format: &'f Format) -> impl Iterator<Item = &'f Known> {
        let shorter = self.formats.with_shorter_prefix(format).into_iter();
        let longer = self.formats.with_longer_prefix(format.prefix().as_bytes());
        shorter.chain(longer.filter(|known| known.format.meets(format)))
    }

    /// Gets ready for so many codes of a format. Where others have few codes that may be codes of the format,
    /// these are read, so that the new ones need not be looked up in each ledger: dozens of shorter
    /// prefixes, and thousands of longer ones, seldom have more than a handful.
    pub(super) fn read_few(&mut self, format: &Format, codes: usize) {
        let Self {
            shorter,
            read,
            longer,
            formats,
        } = self;
        let prefix = format.prefix().as_bytes();
        let codes = codes as u64;
        let mut add = |known: &Known, numbers: &Range<u64>| {
            let mut writer = Writer::new(&known.format);
            known.ledger.for_each_in(numbers, |numbers| {
                let code = writer.code(numbers);
                if format.numbers(code).is_some() {
                    read.insert(code.into());
                }
            });
        };
        shorter.retain(|known| {
            let Some(numbers) = known.format.first_numbers_after(prefix) else {
                return false;
            };
            let is_few = known.codes_in(&numbers) <= codes
                && known.ledger.len_near(&numbers) <= SKIPPED_PER_LOOK_UP * codes;
            if is_few {
                add(known, &numbers);
            }
            !is_few
        });
        if longer.is_empty() {
            return;
        }
        if let Some(few) = formats.few_longer(prefix, codes / 4) {
            let mut code = Vec::new();
            for known in few {
                known.ledger.for_each(|numbers| {
                    known.format.write(numbers, &mut code);
                    if format.numbers(&code).is_some() {
                        read.insert(code.as_slice().into());
                    }
                });
            }
            longer.clear();
        }
    }

    pub(super) fn have(&self, code: &[u8]) -> bool {
        let longer = self.longer.iter();
        self.shorter.iter().any(|known| known.has(code))
            || (!self.read.is_empty() && self.read.contains(code))
            || longer
                .flat_map(|&length| self.formats.with_prefix(&code[..length]))
                .any(|known| known.has(code))
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

    /// How many lists are kept.
    pub(crate) fn lists(&self) -> usize {
        let known = self.by_prefix.values().flatten();
        let lists = known.filter(|known| known.list.is_some()).count();
        assert_eq!(lists, self.lists);
        lists
    }
}
