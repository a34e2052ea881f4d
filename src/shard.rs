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
            Entries::Narrow(Table::default())
        } else {
            Entries::Wide(Table::default())
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
    fn of(rank: u64) -> Self;
    fn rank(self) -> Option<u64>;
}

impl Slot for u32 {
    #[inline]
    fn of(rank: u64) -> Self {
        rank as u32 + 1
    }

    fn rank(self) -> Option<u64> {
        self.checked_sub(1).map(u64::from)
    }
}

impl Slot for u64 {
    #[inline]
    fn of(rank: u64) -> Self {
        rank + 1
    }

    fn rank(self) -> Option<u64> {
        self.checked_sub(1)
    }
}

/// Bytes for each rank when a table has just grown.
const MOST_BYTES: usize = 16;

/// Slots of a table that is likely to stay in the processor's nearest cache.
const CACHED_SLOTS: usize = 1 << 13;

/// An open-addressing hash set with empty slots.
#[derive(Default)]
struct Table<S> {
    slots: Vec<S>,
}

impl<S: Slot> Table<S> {
    /// Where the search for a rank begins: a hash scaled to the number of slots. The hash is the two
    /// halves of a 128-bit product folded together, so that runs and patterns of reserved codes
    /// spread out; 2^64 / golden ratio is Knuth's multiplier (TAOCP 3, 6.4).
    #[inline]
    fn home(&self, rank: u64) -> usize {
        let product = u128::from(rank ^ 0x2545_F491_4F6C_DD1D) * 0x9E37_79B9_7F4A_7C15;
        let hash = product as u64 ^ (product >> 64) as u64;
        ((u128::from(hash) * self.slots.len() as u128) >> 64) as usize
    }

    /// The slot that holds the rank, or else the empty one where it belongs.
    #[inline]
    fn find(&self, rank: u64, home: usize) -> (usize, bool) {
        let (wanted, empty) = (S::of(rank), S::default());
        let mut slot = home;
        loop {
            let held = self.slots[slot];
            if held == wanted || held == empty {
                return (slot, held == wanted);
            }
            slot += 1;
            if slot == self.slots.len() {
                slot = 0;
            }
        }
    }

    fn contains(&self, rank: u64) -> bool {
        !self.slots.is_empty() && self.find(rank, self.home(rank)).1
    }

    #[inline]
    fn enter(&mut self, start: u64, ranks: &[u64], mut lost: impl FnMut(usize)) {
        if self.slots.len() > CACHED_SLOTS {
            self.fetch(start, ranks);
        }
        for (i, &rank) in ranks.iter().enumerate() {
            let rank = rank - start;
            if !self.insert(rank, self.home(rank)) {
                lost(i);
            }
        }
    }

    /// Reads the homes of some ranks into the cache. Nothing depends on what is read, so the
    /// processor waits for all of them at once.
    #[inline]
    fn fetch(&self, start: u64, ranks: &[u64]) {
        for &rank in ranks {
            black_box(self.slots[self.home(rank - start)]);
        }
    }

    #[inline]
    fn insert(&mut self, rank: u64, home: usize) -> bool {
        let (slot, found) = self.find(rank, home);
        if !found {
            self.slots[slot] = S::of(rank);
        }
        !found
    }

    fn slots_for(&self, total: usize) -> usize {
        let most = total * MOST_BYTES / size_of::<S>();
        if most <= self.slots.len() + self.slots.len() / 2 {
            self.slots.len()
        } else {
            most
        }
    }

    fn bytes_for(&self, total: usize) -> u64 {
        (self.slots_for(total) * size_of::<S>()) as u64
    }

    fn grow_for(&mut self, total: usize) {
        let size = self.slots_for(total);
        if size > self.slots.len() {
            let full = std::mem::replace(&mut self.slots, vec![S::default(); size]);
            for rank in full.into_iter().filter_map(S::rank) {
                self.insert(rank, self.home(rank));
            }
        }
    }

    fn ranks(&self) -> impl Iterator<Item = u64> {
        self.slots.iter().filter_map(|slot| slot.rank())
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
