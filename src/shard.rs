//! The issued ranks of one range: sparse, then dense.
//!
//! **Sparse.** While few ranks of a range are issued they sit in an open-addressing table: one slot
//! of 8 bytes a rank, or of 4 if the range is no wider than 2^32; linear probing (Knuth, TAOCP 3,
//! 6.4, algorithm L), a slot found by multiplication. A table grows by 3/2, from 10.7 to 16 bytes an
//! issued rank: wide slots are then half full, narrow ones a quarter, which makes them quick. So there
//! are never more than 16 bytes an issued code, where a doubling table with a control byte a slot,
//! 9 / 0.4375, is at 20.6 after it has grown; and a look-up touches one cache line, not two.
//!
//! **Dense.** A bitmap of the range takes range / 8 bytes whatever its fill. Once a table would be
//! larger than that (at about range / 128 issued) the ranks move into one.

use std::hint::black_box;

/// Issued ranks, counted from the start of their range.
pub(crate) struct Shard {
    width: u64,
    len: u64,
    entries: Entries,
}

enum Entries {
    Narrow(Table<u32>),
    Wide(Table<u64>),
    Dense(Bitmap),
}

impl Shard {
    pub(crate) fn new(width: u64) -> Self {
        // A slot holds rank + 1, which must fit.
        let entries = if u32::try_from(width).is_ok() {
            Entries::Narrow(Table::new())
        } else {
            Entries::Wide(Table::new())
        };
        Self {
            width,
            len: 0,
            entries,
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    pub(crate) fn contains(&self, rank: u64) -> bool {
        match &self.entries {
            Entries::Narrow(table) => table.contains(rank),
            Entries::Wide(table) => table.contains(rank),
            Entries::Dense(bitmap) => bitmap.contains(rank),
        }
    }

    /// Makes room for more ranks.
    pub(crate) fn reserve(&mut self, additional: usize) {
        let total = self.len as usize + additional;
        let bytes = match &self.entries {
            Entries::Narrow(table) => table.bytes_for(total),
            Entries::Wide(table) => table.bytes_for(total),
            Entries::Dense(_) => return,
        };
        if bytes >= self.width / 8 {
            self.densify();
            return;
        }
        match &mut self.entries {
            Entries::Narrow(table) => table.grow_for(total),
            Entries::Wide(table) => table.grow_for(total),
            Entries::Dense(_) => {}
        }
    }

    /// Gets ready to enter ranks, which are counted from `start` on.
    #[inline]
    pub(crate) fn fetch(&self, start: u64, ranks: &[u64]) {
        match &self.entries {
            Entries::Narrow(table) => table.fetch(start, ranks),
            Entries::Wide(table) => table.fetch(start, ranks),
            Entries::Dense(_) => {}
        }
    }

    /// Enters ranks, which are counted from `start` on, in order. Calls `lost` with the index of
    /// each that was there. There must be room for them.
    #[inline]
    pub(crate) fn enter(&mut self, start: u64, ranks: &[u64], mut lost: impl FnMut(usize)) {
        let mut losers = 0;
        let lost = |i| {
            losers += 1;
            lost(i);
        };
        match &mut self.entries {
            Entries::Narrow(table) => table.enter(start, ranks, lost),
            Entries::Wide(table) => table.enter(start, ranks, lost),
            Entries::Dense(bitmap) => bitmap.enter(start, ranks, lost),
        }
        self.len += ranks.len() as u64 - losers;
    }

    pub(crate) fn for_each(&self, visit: impl FnMut(u64)) {
        match &self.entries {
            Entries::Narrow(table) => table.ranks().for_each(visit),
            Entries::Wide(table) => table.ranks().for_each(visit),
            Entries::Dense(bitmap) => bitmap.ranks().for_each(visit),
        }
    }

    /// Lists the free ranks, counted from `start` on, in order.
    pub(crate) fn append_free(&mut self, start: u64, ranks: &mut Vec<u64>) {
        let end = start + self.width;
        let free = self.densify().free().map(|rank| start + rank);
        ranks.extend(free.take_while(|&rank| rank < end));
    }

    fn densify(&mut self) -> &Bitmap {
        if !matches!(self.entries, Entries::Dense(_)) {
            let mut bitmap = Bitmap::new(self.width);
            self.for_each(|rank| {
                bitmap.insert(rank);
            });
            self.entries = Entries::Dense(bitmap);
        }
        match &self.entries {
            Entries::Dense(bitmap) => bitmap,
            _ => unreachable!("the entries were just made dense"),
        }
    }
}

/// What a slot holds: rank + 1, or 0 for none.
trait Slot: Copy + Default + Eq {
    /// As wide as a line, so that no line lies in two of the processor's.
    type Line: Copy;
    /// Bytes for each rank when a table has just grown, at most.
    const MOST_BYTES: usize;

    fn of(rank: u64) -> Self;
    fn rank(self) -> Option<u64>;
}

#[derive(Clone, Copy)]
#[repr(align(32))]
struct HalfCacheLine;

impl Slot for u32 {
    type Line = HalfCacheLine;
    const MOST_BYTES: usize = 11;

    #[inline]
    fn of(rank: u64) -> Self {
        rank as u32 + 1
    }

    fn rank(self) -> Option<u64> {
        self.checked_sub(1).map(u64::from)
    }
}

#[derive(Clone, Copy)]
#[repr(align(64))]
struct CacheLine;

impl Slot for u64 {
    type Line = CacheLine;
    const MOST_BYTES: usize = 16;

    #[inline]
    fn of(rank: u64) -> Self {
        rank + 1
    }

    fn rank(self) -> Option<u64> {
        self.checked_sub(1)
    }
}

/// Slots of a line.
const LINE: usize = 8;

/// Slots that are filled from the front.
#[derive(Clone, Copy)]
struct Line<S: Slot> {
    slots: [S; LINE],
    /// Takes no room, only aligns.
    _aligned: [S::Line; 0],
}

impl<S: Slot> Line<S> {
    fn empty() -> Self {
        Self {
            slots: [S::default(); LINE],
            _aligned: [],
        }
    }

    /// Looks at all slots, without a branch that depends on what they hold.
    #[inline]
    fn holds(&self, slot: S) -> bool {
        let found = self
            .slots
            .iter()
            .fold(0, |n, &held| n | u32::from(held == slot));
        found != 0
    }

    #[inline]
    fn len(&self) -> usize {
        let len = self
            .slots
            .iter()
            .fold(0, |n, &held| n + u32::from(held != S::default()));
        len as usize
    }
}

/// Bytes of a table that is likely to stay in the processor's nearest caches.
const CACHED_BYTES: usize = 1 << 17;

/// A hash set of ranks: lines of slots; a rank goes into the first line from its home on that has
/// an empty one.
struct Table<S: Slot> {
    lines: Vec<Line<S>>,
}

impl<S: Slot> Table<S> {
    fn new() -> Self {
        Self { lines: Vec::new() }
    }

    /// The line where the search for a rank begins: a hash scaled to the number of lines. The hash is
    /// the two halves of a 128-bit product folded together, so that runs and patterns of reserved
    /// codes spread out; 2^64 / golden ratio is Knuth's multiplier (TAOCP 3, 6.4).
    #[inline]
    fn home(&self, rank: u64) -> usize {
        let product = u128::from(rank ^ 0x2545_F491_4F6C_DD1D) * 0x9E37_79B9_7F4A_7C15;
        let hash = product as u64 ^ (product >> 64) as u64;
        ((u128::from(hash) * self.lines.len() as u128) >> 64) as usize
    }

    /// The empty slot where the rank belongs, unless it is held already.
    #[inline]
    fn vacancy(&self, rank: u64) -> Option<(usize, usize)> {
        let wanted = S::of(rank);
        let mut line = self.home(rank);
        loop {
            let held = &self.lines[line];
            if held.holds(wanted) {
                return None;
            }
            let len = held.len();
            if len < LINE {
                return Some((line, len));
            }
            line += 1;
            if line == self.lines.len() {
                line = 0;
            }
        }
    }

    fn contains(&self, rank: u64) -> bool {
        !self.lines.is_empty() && self.vacancy(rank).is_none()
    }

    #[inline]
    fn enter(&mut self, start: u64, ranks: &[u64], mut lost: impl FnMut(usize)) {
        for (i, &rank) in ranks.iter().enumerate() {
            if !self.insert(rank - start) {
                lost(i);
            }
        }
    }

    /// Reads the homes of some ranks into the cache. Nothing depends on what is read, so the
    /// processor waits for all of them at once.
    #[inline]
    fn fetch(&self, start: u64, ranks: &[u64]) {
        if self.lines.len() * size_of::<Line<S>>() > CACHED_BYTES {
            for &rank in ranks {
                black_box(self.lines[self.home(rank - start)].slots[0]);
            }
        }
    }

    #[inline]
    fn insert(&mut self, rank: u64) -> bool {
        let vacancy = self.vacancy(rank);
        if let Some((line, slot)) = vacancy {
            self.lines[line].slots[slot] = S::of(rank);
        }
        vacancy.is_some()
    }

    fn lines_for(&self, total: usize) -> usize {
        let most = (total * S::MOST_BYTES).div_ceil(size_of::<Line<S>>());
        if most <= self.lines.len() + self.lines.len() / 2 {
            self.lines.len()
        } else {
            most
        }
    }

    fn bytes_for(&self, total: usize) -> u64 {
        (self.lines_for(total) * size_of::<Line<S>>()) as u64
    }

    fn grow_for(&mut self, total: usize) {
        let size = self.lines_for(total);
        if size > self.lines.len() {
            let full = std::mem::replace(&mut self.lines, vec![Line::empty(); size]);
            for slot in full.iter().flat_map(|line| line.slots) {
                if let Some(rank) = slot.rank() {
                    self.insert(rank);
                }
            }
        }
    }

    fn ranks(&self) -> impl Iterator<Item = u64> {
        self.lines
            .iter()
            .flat_map(|line| line.slots)
            .filter_map(S::rank)
    }
}

/// A bit a rank.
struct Bitmap {
    words: Vec<u64>,
}

impl Bitmap {
    fn new(width: u64) -> Self {
        Self {
            words: vec![0; width.div_ceil(64) as usize],
        }
    }

    fn contains(&self, rank: u64) -> bool {
        self.words[(rank / 64) as usize] >> (rank % 64) & 1 == 1
    }

    #[inline]
    fn insert(&mut self, rank: u64) -> bool {
        let word = &mut self.words[(rank / 64) as usize];
        let bit = 1 << (rank % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    #[inline]
    fn enter(&mut self, start: u64, ranks: &[u64], mut lost: impl FnMut(usize)) {
        for (i, &rank) in ranks.iter().enumerate() {
            if !self.insert(rank - start) {
                lost(i);
            }
        }
    }

    fn ranks(&self) -> impl Iterator<Item = u64> {
        ones(self.words.iter().copied())
    }

    /// The ranks whose bits are not set, and those behind the range in the last word.
    fn free(&self) -> impl Iterator<Item = u64> {
        ones(self.words.iter().map(|word| !word))
    }
}

/// The places of the bits set in a row of words.
fn ones(words: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    (0..).step_by(64).zip(words).flat_map(|(start, mut word)| {
        std::iter::from_fn(move || {
            let place = (word != 0).then(|| u64::from(word.trailing_zeros()))?;
            word &= word - 1;
            Some(start + place)
        })
    })
}
