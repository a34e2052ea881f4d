//! The same ledgers on hashbrown: what couponmint would be with `HashTable` in place of its own tables.
//!
//! Draw, text, hash, shards by range, the sort by shard, two chunks read ahead, the redraw and the turns in which
//! shards grow are the library's; with the same seed the same batches come out (`honest.rs` looks). Only the tables differ. There are no
//! bitmaps, into which a shard moves once they are smaller: up to 24,000,000 codes none does.
//!
//! hashbrown has a control byte for each slot and can only double, at seven in eight or before. Its control bytes and its numbers
//! lie apart, so both are read ahead.

use std::{hint::black_box, ops::Range};

use hashbrown::{HashTable, hash_table::Entry};
use rayon::prelude::*;

use crate::{
    floor::{self, CHUNK},
    spelt::{Columns, Kind, fresh_seed},
    turns::{Growth, TURNS},
};

const MAX_SHARDS: usize = 64;
/// Chunks whose places are read ahead.
const FETCHED: usize = 2;
/// Slots of a table that is likely to stay in the nearest caches.
const CACHED: usize = 1 << 14;

/// A number in a table.
trait Held: Copy + Send {
    fn of(number: u64) -> Self;
    fn number(self) -> u64;
}

impl Held for u32 {
    fn of(number: u64) -> Self {
        number as u32
    }

    fn number(self) -> u64 {
        self.into()
    }
}

impl Held for u64 {
    fn of(number: u64) -> Self {
        number
    }

    fn number(self) -> u64 {
        self
    }
}

#[inline]
fn hash(number: u64) -> u64 {
    let product = u128::from(number ^ 0x2545_F491_4F6C_DD1D) * 0x9E37_79B9_7F4A_7C15;
    product as u64 ^ (product >> 64) as u64
}

/// How a capacity is cut into shards.
#[derive(Clone, Copy)]
struct Layout {
    capacity: u64,
    shift: u32,
}

impl Layout {
    fn new(capacity: u64) -> Self {
        let bits = u64::BITS - (capacity - 1).leading_zeros();
        let shift = bits - MAX_SHARDS.ilog2();
        Self { capacity, shift }
    }

    /// The number that a word stands for.
    #[inline]
    fn number(self, word: u64) -> u64 {
        ((u128::from(word) * u128::from(self.capacity)) >> 64) as u64
    }

    #[inline]
    fn shard(self, number: u64) -> usize {
        (number >> self.shift) as usize
    }

    fn start(self, shard: usize) -> u64 {
        (shard as u64) << self.shift
    }
}

/// The numbers of a chunk, sorted by shard, and where they stand in the batch.
struct SortedChunk {
    first: u32,
    numbers: Vec<u64>,
    positions: Vec<u16>,
    ends: [u16; MAX_SHARDS],
}

impl SortedChunk {
    fn new(chunk: u64, words: &[u64], layout: Layout) -> Self {
        let shard = |&word| layout.shard(layout.number(word)) as u8;
        let shards: Vec<_> = words.iter().map(shard).collect();
        let mut counts = [0; MAX_SHARDS];
        for &shard in &shards {
            counts[usize::from(shard)] += 1;
        }
        let mut end = 0;
        let mut ends = counts.map(|count: u16| {
            let start = end;
            end += count;
            start
        });
        let mut numbers = vec![0; words.len()];
        let mut positions = vec![0; words.len()];
        for (position, (&word, &shard)) in (0..).zip(words.iter().zip(&shards)) {
            let place = &mut ends[usize::from(shard)];
            numbers[usize::from(*place)] = layout.number(word);
            positions[usize::from(*place)] = position;
            *place += 1;
        }
        Self {
            first: (chunk as usize * CHUNK) as u32,
            numbers,
            positions,
            ends,
        }
    }

    fn range(&self, shard: usize) -> Range<usize> {
        let start = shard.checked_sub(1).map_or(0, |last| self.ends[last]);
        usize::from(start)..usize::from(self.ends[shard])
    }
}

/// The taken numbers of one range, counted from its start.
struct Shard<T> {
    growth: Growth,
    table: HashTable<T>,
}

impl<T: Held> Shard<T> {
    /// Enters the numbers of a shard. The positions of those that are taken come back.
    fn enter(&mut self, start: u64, index: usize, chunks: &[SortedChunk]) -> Vec<u32> {
        let mut lost = Vec::new();
        let count: usize = chunks.iter().map(|chunk| chunk.range(index).len()).sum();
        if count == 0 {
            return lost;
        }
        self.reserve(count);
        for chunks in chunks.chunks(FETCHED) {
            for chunk in chunks {
                self.fetch(start, &chunk.numbers[chunk.range(index)]);
            }
            for chunk in chunks {
                for place in chunk.range(index) {
                    if !self.insert(chunk.numbers[place] - start) {
                        lost.push(chunk.first + u32::from(chunk.positions[place]));
                    }
                }
            }
        }
        lost
    }

    fn reserve(&mut self, additional: usize) {
        let total = self.table.len() + additional;
        if let Some(room) = self.growth.room_in_turn(total, self.table.capacity()) {
            let more = room - self.table.len();
            self.table.reserve(more, |held| hash(held.number()));
        }
    }

    /// Reads the control bytes and the slot where the search for each number begins.
    #[inline]
    fn fetch(&self, start: u64, numbers: &[u64]) {
        let slots = self.table.num_buckets();
        if slots > CACHED {
            for &number in numbers {
                let home = hash(number - start) as usize & (slots - 1);
                black_box(self.table.get_bucket(home).copied().map(T::number));
            }
        }
    }

    #[inline]
    fn insert(&mut self, number: u64) -> bool {
        let is_equal = |held: &T| held.number() == number;
        let hasher = |held: &T| hash(held.number());
        match self.table.entry(hash(number), is_equal, hasher) {
            Entry::Occupied(_) => false,
            Entry::Vacant(vacant) => {
                vacant.insert(T::of(number));
                true
            }
        }
    }
}

/// The taken codes of one kind.
struct Ledger<T> {
    kind: &'static Kind,
    layout: Layout,
    shards: Vec<Shard<T>>,
}

/// Codes of one kind as they were drawn.
struct Drawn {
    text: Vec<Vec<u8>>,
    numbers: Vec<SortedChunk>,
}

impl<T: Held> Ledger<T> {
    fn new(kind: &'static Kind, capacity: u64, expected: u64) -> Self {
        let layout = Layout::new(capacity);
        let shards = layout.shard(capacity - 1) + 1;
        let shard = |index| Shard {
            growth: Growth {
                turn: index * TURNS / shards as u64,
                expected: expected.div_ceil(shards as u64),
            },
            table: HashTable::new(),
        };
        Self {
            kind,
            layout,
            shards: (0..shards as u64).map(shard).collect(),
        }
    }

    /// Enters the codes shard by shard, on the threads of the pool if it is worth it, and draws again what is
    /// taken.
    fn enter(&mut self, seed: [u8; 32], drawn: Drawn, is_shared: bool) -> Vec<Vec<u8>> {
        let (layout, numbers) = (self.layout, &drawn.numbers);
        let enter = |(index, shard): (usize, &mut Shard<T>)| {
            shard.enter(layout.start(index), index, numbers)
        };
        let lost: Vec<_> = if is_shared {
            self.shards.par_iter_mut().enumerate().map(enter).collect()
        } else {
            self.shards.iter_mut().enumerate().map(enter).collect()
        };
        let mut text = drawn.text;
        self.kind.redraw(seed, &lost.concat(), &mut text, |word| {
            let number = layout.number(word);
            let shard = layout.shard(number);
            self.shards[shard].insert(number - layout.start(shard))
        });
        text
    }
}

fn draw(kind: &Kind, layout: Layout, seed: [u8; 32], amount: usize) -> Drawn {
    let chunks = floor::chunks(amount, |chunk, count| {
        kind.chunk(seed, chunk, count, |words| {
            SortedChunk::new(chunk, words, layout)
        })
    });
    let (text, numbers) = chunks.into_iter().unzip();
    Drawn { text, numbers }
}

/// What a campaign has issued.
pub(crate) struct Campaign {
    widgets: Ledger<u32>,
    customs: Ledger<u64>,
}

impl Campaign {
    /// One that will issue so many coupons; 0 if nobody knows.
    pub(crate) fn expecting(coupons: u64) -> Self {
        Self {
            widgets: Ledger::new(Kind::single_use(), 36_u64.pow(6), coupons),
            customs: Ledger::new(Kind::custom(), 62_u64.pow(10), coupons),
        }
    }

    pub(crate) fn issue(&mut self, amount: usize) -> Columns {
        self.issue_seeded(fresh_seed(), amount)
    }

    /// In the library's order: custom codes are entered by one thread, while the others draw single-use codes.
    pub(crate) fn issue_seeded(&mut self, seed: [u8; 32], amount: usize) -> Columns {
        let Self { widgets, customs } = self;
        let is_shared = amount > CHUNK;
        let customs_drawn = draw(customs.kind, customs.layout, seed, amount);
        let enter_customs = || customs.enter(seed, customs_drawn, false);
        let draw_widgets = || draw(widgets.kind, widgets.layout, seed, amount);
        let (customs, widgets_drawn) = if is_shared {
            rayon::join(enter_customs, draw_widgets)
        } else {
            (enter_customs(), draw_widgets())
        };
        [widgets.enter(seed, widgets_drawn, is_shared), customs]
    }
}
