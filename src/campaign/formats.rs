//! The custom codes of a campaign, in formats that overlap.
//!
//! Prefix `A` with 11 digits and prefix `A1` with 10 digits can spell the same code. Two formats of a
//! campaign are **kin** if some text is a code of both: they are of one total length, and at each
//! position they share a symbol. A code issued in one format must not be issued in its kin again,
//! and counts as taken there.
//!
//! A rank stands for a **stem**, prefix and head. Codes are told apart by their stems, and so the
//! rule between kin is: **no issued stem begins with another issued stem** (of equal length, that is
//! equality; without tails a stem is the whole code, and the rule is exact to the code). For a rank
//! of format F it takes, beside F's own ledger,
//!
//! - a look into the ledger of each kin whose stems are no longer than F's: has it issued the start
//!   of this stem?
//! - a look into F's set of *touched* ranks: has a kin of longer stems issued one that begins with
//!   this stem?
//!
//! Those ranks are *barred*, and their number is kept exactly. A stem issued in F bars in each kin of
//! shorter stems one rank, if that was free. In each kin of no shorter stems it bars all ranks that
//! begin with it and that F spells; no ledger has any of them, else the stem would not have been
//! free, but one may have been touched, by a code that goes on in symbols F does not have. So
//! `free = capacity - issued - barred` without a scan, except the first time a format is used: then
//! its kin's ledgers are read once. A single short stem can bar a large block of ranks, all that begin
//! with it, if its format spells all of them. Such blocks are kept apart, so that what is left of a
//! format can be listed, or drawn from, without them. No two of them overlap: their stems would begin
//! alike, in formats that both spell the ranks in question, and so are kin.
//!
//! A backend may reserve a code whose stem is barred though no format that spells the code has issued
//! its stem: the code exists for none of the ledgers, and a format yet to come could issue it. It is
//! entered in a format of its own that spells it to the last symbol.
//!
//! All of this happens under the campaign's lock, on one thread. The number of free ranks of a format
//! depends on which codes its kin happen to draw, so 601 cannot be decided for one format while a
//! request for its kin is still drawing.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    iter,
    ops::Range,
};

use crate::{
    code::format::Format,
    error::{CodeKind, Error},
    ledger::{Layout, Ledger},
    random::draft::{Draft, Issue},
    random::keyspace::{Keyspace, Others, Way},
    random::threads::Threads,
};

/// All formats in which a campaign has custom codes.
#[derive(Default)]
pub(crate) struct Formats {
    entries: Vec<Entry>,
    places: HashMap<Format, usize>,
}

struct Entry {
    format: Format,
    ledger: Ledger,
    kin: Vec<Kin>,
    touched: BTreeSet<u64>,
    barred: u64,
    /// Where blocks of barred ranks begin and end, whenever they were barred: the same whether the
    /// format was known before its kin issued those stems or not.
    blocks: BTreeMap<u64, u64>,
    blocked: u64,
}

/// A format that shares codes with the one that lists it.
#[derive(Clone, Copy)]
struct Kin {
    place: usize,
    /// How many of its ranks begin with one stem of the listing format.
    ranks_a_stem: u64,
}

impl Formats {
    /// The free ranks of a format, whether or not it has been used.
    pub(crate) fn free(&mut self, format: &Format) -> u64 {
        self.ask(format, |keyspace| keyspace.free())
    }

    /// 601 if fewer than `amount` ranks of the format are free; else how they are best found.
    pub(crate) fn check(&mut self, format: &Format, amount: usize) -> Result<Way, Error> {
        self.ask(format, |keyspace| {
            Error::unless_enough(CodeKind::Custom, amount, keyspace.free())?;
            Ok(keyspace.way(amount))
        })
    }

    fn ask<T>(&mut self, format: &Format, question: impl FnOnce(Keyspace<'_>) -> T) -> T {
        if let Some(&place) = self.places.get(format) {
            return question(self.kin_of(&self.entries[place]).keyspace());
        }
        let entry = self.new_entry(format);
        let answer = question(self.kin_of(&entry).keyspace());
        if !entry.kin.is_empty() {
            // Reading the kin's ledgers again would be the larger cost.
            self.add(entry);
        }
        answer
    }

    /// Issues the codes of a draft. Enough must be free.
    pub(crate) fn issue<'a>(&mut self, draft: Draft<'a>) -> Issue<'a> {
        let place = self.place(draft.format());
        let entry = &self.entries[place];
        let issue = draft.issue(self.kin_of(entry).keyspace(), Threads::Caller);
        if !entry.kin.is_empty() {
            issue.ranks().for_each(|rank| self.bar_in_kin(place, rank));
        }
        issue
    }

    fn kin_of<'a>(&'a self, entry: &'a Entry) -> KinOf<'a> {
        KinOf {
            formats: self,
            entry,
        }
    }

    /// Takes codes of the format, written one behind the other, out of circulation. Tells how many
    /// were in it.
    pub(crate) fn reserve(&mut self, format: &Format, codes: &str) -> u64 {
        let (place, length) = (self.place(format), format.text_length());
        let codes = (0..codes.len())
            .step_by(length)
            .map(|start| &codes[start..start + length]);
        codes
            .map(|code| u64::from(self.reserve_at(place, code)))
            .sum()
    }

    /// Takes a code of an entry's format out of circulation. False if it was out already.
    fn reserve_at(&mut self, place: usize, code: &str) -> bool {
        let entry = &self.entries[place];
        let rank = entry.format.rank(code).expect("a code of the format");
        if entry.kin.is_empty() {
            return entry.ledger.insert(rank);
        }
        let has_issued = |kin: &Kin| self.entries[kin.place].has_issued(code.as_bytes());
        if entry.ledger.contains(rank) || entry.kin.iter().any(has_issued) {
            return false;
        }
        if self.is_barred(entry, rank) {
            let ending = entry.format.ending(code);
            let place = self.place(&ending);
            return self.reserve_at(place, code);
        }
        entry.ledger.insert(rank);
        self.bar_in_kin(place, rank);
        true
    }

    /// The place of a format's entry, which is made if need be.
    fn place(&mut self, format: &Format) -> usize {
        if let Some(&place) = self.places.get(format) {
            return place;
        }
        let entry = self.new_entry(format);
        self.add(entry)
    }

    fn add(&mut self, entry: Entry) -> usize {
        let place = self.entries.len();
        for kin in &entry.kin {
            let kin = &mut self.entries[kin.place];
            kin.kin.push(Kin {
                place,
                ranks_a_stem: ranks_a_stem(&kin.format, &entry.format),
            });
        }
        self.places.insert(entry.format.clone(), place);
        self.entries.push(entry);
        place
    }

    /// A format's entry, with what its kin have issued so far.
    fn new_entry(&self, format: &Format) -> Entry {
        let kin = self.entries.iter().enumerate();
        let kin = kin.filter(|(_, other)| overlap(format, &other.format));
        let kin = kin.map(|(place, other)| Kin {
            place,
            ranks_a_stem: ranks_a_stem(format, &other.format),
        });
        let mut entry = Entry {
            format: format.clone(),
            ledger: Ledger::new(Layout::new(format.capacity())),
            kin: kin.collect(),
            touched: BTreeSet::new(),
            barred: 0,
            blocks: BTreeMap::new(),
            blocked: 0,
        };
        // Shorter stems first: what they bar is no longer there to be touched.
        let mut kin: Vec<_> = entry
            .kin
            .iter()
            .map(|kin| &self.entries[kin.place])
            .collect();
        kin.sort_by_key(|kin| kin.format.stem_length());
        for kin in kin {
            let ranks_a_stem = ranks_a_stem(&kin.format, format);
            kin.ledger.for_each(|rank| {
                let bars = self.bars(&entry, &kin.format, &kin.format.stem(rank), ranks_a_stem);
                entry.apply(bars);
            });
        }
        entry
    }

    fn is_barred(&self, entry: &Entry, rank: u64) -> bool {
        entry.touched.contains(&rank) || self.is_issued_by_kin(entry, rank)
    }

    /// Whether kin of no longer stems have issued the start of this rank's stem.
    fn is_issued_by_kin(&self, entry: &Entry, rank: u64) -> bool {
        let stem = entry.format.stem(rank);
        entry.kin.iter().any(|kin| {
            let kin = &self.entries[kin.place];
            kin.format.stem_length() <= stem.len() && kin.has_issued(&stem)
        })
    }

    /// Bars what a newly issued rank leaves no room for in the format's kin.
    fn bar_in_kin(&mut self, place: usize, rank: u64) {
        let stem = self.entries[place].format.stem(rank);
        for i in 0..self.entries[place].kin.len() {
            let issuer = &self.entries[place];
            let kin = issuer.kin[i];
            let other = &self.entries[kin.place];
            let bars = self.bars(other, &issuer.format, &stem, kin.ranks_a_stem);
            self.entries[kin.place].apply(bars);
        }
    }

    /// What a stem issued in another format leaves no room for in this one.
    fn bars(&self, entry: &Entry, issuer: &Format, stem: &[u8], ranks_a_stem: u64) -> Bars {
        let format = &entry.format;
        if stem.len() > format.stem_length() {
            let touches = format.rank_of_start(stem);
            let is_free = |&rank: &u64| !self.is_barred(entry, rank);
            return Bars {
                touches,
                count: u64::from(touches.as_ref().is_some_and(is_free)),
                block: None,
            };
        }
        let Some(ranks) = format.ranks_that_begin_with(stem) else {
            return Bars::default();
        };
        let is_spelt = |&&rank: &&u64| issuer.rank_of_start(&format.stem(rank)).is_some();
        let is_block = 1 < ranks_a_stem && ranks_a_stem == ranks.end - ranks.start;
        let touched = entry.touched.range(ranks.clone()).filter(is_spelt).count();
        Bars {
            touches: None,
            count: ranks_a_stem - touched as u64,
            block: is_block.then_some(ranks),
        }
    }
}

/// The kin of a format, as others with a claim to its ranks.
struct KinOf<'a> {
    formats: &'a Formats,
    entry: &'a Entry,
}

impl KinOf<'_> {
    /// What is free in the format.
    fn keyspace(&self) -> Keyspace<'_> {
        Keyspace {
            ledger: &self.entry.ledger,
            others: (self.entry.barred > 0).then_some(self),
        }
    }
}

impl Others for KinOf<'_> {
    fn is_barred(&self, rank: u64) -> bool {
        self.formats.is_barred(self.entry, rank)
    }

    fn barred(&self) -> u64 {
        self.entry.barred
    }

    fn blocks(&self) -> (u64, u64) {
        let Entry { blocks, .. } = self.entry;
        let rest = self.entry.format.capacity() - self.entry.blocked;
        (blocks.len() as u64, rest)
    }

    fn gaps(&self) -> Vec<Range<u64>> {
        let starts = iter::once(0).chain(self.entry.blocks.values().copied());
        let ends = self.entry.blocks.keys().copied();
        let ends = ends.chain([self.entry.format.capacity()]);
        let gaps = starts.zip(ends).map(|(start, end)| start..end);
        gaps.filter(|gap| !gap.is_empty()).collect()
    }
}

/// What becomes barred in a format: so many ranks, and perhaps one touched.
#[derive(Default)]
struct Bars {
    touches: Option<u64>,
    count: u64,
    /// The ranks, if they are all that begin with a shorter stem.
    block: Option<Range<u64>>,
}

impl Entry {
    /// Whether the stem of a code, or a longer start of it, is issued, if the format spells it.
    fn has_issued(&self, start: &[u8]) -> bool {
        let rank = self.format.rank_of_start(start);
        rank.is_some_and(|rank| self.ledger.contains(rank))
    }

    fn apply(&mut self, bars: Bars) {
        self.touched.extend(bars.touches);
        self.barred += bars.count;
        if let Some(block) = bars.block {
            self.blocked += block.end - block.start;
            self.blocks.insert(block.start, block.end);
        }
    }
}

/// Whether some text is a code of both formats.
fn overlap(a: &Format, b: &Format) -> bool {
    a.text_length() == b.text_length()
        && (0..a.text_length()).all(|position| shared_symbols(a, b, position) > 0)
}

/// How many ranks of `other` begin with one stem of `format` and are spelt by it: 1 if the stems of
/// `other` are no longer.
fn ranks_a_stem(format: &Format, other: &Format) -> u64 {
    (format.stem_length()..other.stem_length())
        .map(|position| shared_symbols(format, other, position))
        .product()
}

fn shared_symbols(a: &Format, b: &Format, position: usize) -> u64 {
    let symbols = a.symbols_at(position).iter();
    symbols
        .filter(|&&symbol| b.allows(position, symbol))
        .count() as u64
}
