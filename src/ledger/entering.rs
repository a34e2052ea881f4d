//! Newly drawn numbers on their way into a ledger.

use std::ops::Range;

use crate::{
    code::{Numbers, fraction::Word},
    ledger::{
        layout::{Layout, MAX_SHARDS},
        shard::Shard,
    },
};

/// The numbers of a batch, chunk by chunk.
pub(crate) enum NewNumbers {
    /// Of short codes.
    Short(Vec<SortedChunk>),
    /// Of long codes, in the order of their positions.
    Long(Vec<Vec<Numbers>>),
}

/// The short numbers of a chunk, sorted by shard; where they stand in the batch.
pub(crate) struct SortedChunk {
    first: u32,
    numbers: Vec<u64>,
    positions: Vec<u16>,
    ends: [u16; MAX_SHARDS],
}

impl SortedChunk {
    /// The numbers that words stand for. The first of them is at position `first` of the batch.
    ///
    /// This is a counting sort and keeps the order of positions within a shard.
    pub(crate) fn new(first: usize, words: &[Word], layout: Layout) -> Self {
        // Shards in a pass of their own: counting is slow where the processor learns late what to
        // count, and guesses wrong whether that was counted just before.
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
            first: first as u32,
            numbers,
            positions,
            ends,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Where the numbers of one shard are.
    fn range(&self, shard: usize) -> Range<usize> {
        let start = shard.checked_sub(1).map_or(0, |last| self.ends[last]);
        usize::from(start)..usize::from(self.ends[shard])
    }

    fn position(&self, place: usize) -> u32 {
        self.first + u32::from(self.positions[place])
    }
}

/// Whether the code at a position is taken elsewhere.
pub(crate) type IsTakenElsewhere<'a> = &'a (dyn Fn(u32) -> bool + Sync);

/// Chunks whose slots are read ahead.
const FETCHED: usize = 2;

/// How many of the numbers are of one shard.
pub(crate) fn count(index: usize, chunks: &[SortedChunk]) -> usize {
    let counts = chunks.iter().map(|chunk| chunk.range(index).len());
    counts.sum()
}

/// Enters the numbers of the shard with this index into it, chunk by chunk, so that of equal ones the lowest
/// position comes first. The positions of those that are taken here or elsewhere are added to `lost`. There
/// must be room for them.
///
/// A look-up in a large table waits for memory. The reads of the next two chunks are begun before the
/// first of them is needed, and the processor waits for all of them at once.
pub(crate) fn settle(
    shard: &mut Shard,
    start: u64,
    index: usize,
    chunks: &[SortedChunk],
    is_taken: Option<IsTakenElsewhere<'_>>,
    lost: &mut Vec<u32>,
) {
    for chunks in chunks.chunks(FETCHED) {
        for chunk in chunks {
            shard.fetch(start, &chunk.numbers[chunk.range(index)]);
        }
        for chunk in chunks {
            settle_chunk(shard, start, index, chunk, is_taken, lost);
        }
    }
}

fn settle_chunk(
    shard: &mut Shard,
    start: u64,
    index: usize,
    chunk: &SortedChunk,
    is_taken: Option<IsTakenElsewhere<'_>>,
    lost: &mut Vec<u32>,
) {
    let range = chunk.range(index);
    let first = range.start;
    let numbers = &chunk.numbers[range];
    let Some(is_taken) = is_taken else {
        shard.enter(start, numbers, |i| lost.push(chunk.position(first + i)));
        return;
    };
    for (place, &number) in (first..).zip(numbers) {
        let position = chunk.position(place);
        if is_taken(position) {
            lost.push(position);
        } else {
            shard.enter(start, &[number], |_| lost.push(position));
        }
    }
}
