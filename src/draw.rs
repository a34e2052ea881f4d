//! Distinct free ranks, drawn in parallel, with fair ties.
//!
//! A draw goes in rounds. In a round every position that still lacks a rank draws one, uniformly
//! and independently, and then the round is settled: a rank that is taken, by an earlier request or
//! round, is lost; a rank drawn twice in the round belongs to its lowest position, and the other
//! positions lose. Losers go on to the next round.
//!
//! **Every ordered choice of n free ranks is equally likely.** Let π be any permutation of the free
//! ranks that leaves the others alone. Applying π to all the draws of a run gives another run of
//! the same probability, since draws are uniform and independent. Who loses depends only on which
//! draws are equal and which are free, and π changes neither. So the second run ends with π of what
//! the first one ends with: results r and π(r) are equally likely. Any ordered choice of n free
//! ranks is π of any other for some π; so all are equally likely. ∎
//!
//! What a tie-break must not do is look at the rank itself, or at time: "the thread that came
//! first keeps it" would make a batch depend on scheduling. So that threads can settle a round
//! together, it is split by shard of the ledger: each chunk sorts its positions by shard (a stable
//! counting sort), and the task of a shard enters the ranks of all chunks in position order, so the
//! lowest position is the first to come.
//!
//! **Looking instead of drawing.** With a share f of the keyspace free, m positions need m/f draws.
//! When that is more than counting off the free ranks, their numbers 0..free are a keyspace of
//! their own, empty this time: m distinct numbers are drawn from it in the same way, and the ranks
//! of those numbers are read off. The choice of how to go on depends only on counts, so the proof
//! holds.

use std::ops::Range;

use rayon::prelude::*;

use crate::{
    ledger::{Layout, Ledger, MAX_SHARDS},
    stream::{Bound, CHUNK, Column, Stream},
};

/// On which threads a draw runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    /// On the calling thread alone, which may hold a lock.
    Caller,
    /// On all threads of the rayon pool. Nothing may be locked: a thread that waits for the others
    /// takes on other work meanwhile, which may want the same lock.
    Pool,
}

/// Does both, at once if it is worth it. What `a` locks it must let go of itself.
pub(crate) fn side_by_side<A: Send, B: Send>(
    amount: usize,
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
) -> (A, B) {
    if amount > CHUNK {
        rayon::join(a, b)
    } else {
        (a(), b())
    }
}

/// What is free to be drawn: the ranks that are not in the ledger and not barred otherwise.
pub(crate) struct Keyspace<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) is_barred: Option<&'a (dyn Fn(u64) -> bool + Sync)>,
    /// How many ranks outside the ledger are barred.
    pub(crate) barred: u64,
}

impl<'a> Keyspace<'a> {
    pub(crate) fn of(ledger: &'a Ledger) -> Self {
        Self {
            ledger,
            is_barred: None,
            barred: 0,
        }
    }

    fn free(&self) -> u64 {
        self.ledger.layout().capacity() - self.ledger.issued() - self.barred
    }

    fn is_barred(&self, rank: u64) -> bool {
        self.is_barred.is_some_and(|is_barred| is_barred(rank))
    }
}

/// One column's draw for one request.
#[derive(Clone, Copy)]
pub(crate) struct Draw<'a> {
    pub(crate) stream: &'a Stream,
    pub(crate) column: Column,
    pub(crate) layout: Layout,
}

impl Draw<'_> {
    /// The first round of `amount` positions. It touches no ledger.
    pub(crate) fn first_round(&self, amount: usize, threads: Threads) -> Round {
        self.round(0, amount, threads)
    }

    /// Settles the first round and draws again until every position has a rank. The keyspace must
    /// have enough free ranks, and keep them until the end.
    pub(crate) fn finish(&self, first: Round, keyspace: &Keyspace<'_>, threads: Threads) -> Round {
        self.finish_from(&mut 0, first, keyspace, threads)
    }

    fn finish_from(
        &self,
        round: &mut u32,
        mut ranks: Round,
        keyspace: &Keyspace<'_>,
        threads: Threads,
    ) -> Round {
        let mut pending = ranks.settle(keyspace, threads);
        while !pending.is_empty() {
            *round += 1;
            let mut lost = Vec::new();
            let again = if looking_pays(pending.len(), keyspace) {
                let found = self.look(round, pending.len(), keyspace, threads);
                lost.extend(found.missing.iter().map(|&i| pending[i]));
                pending = found.positions.iter().map(|&i| pending[i]).collect();
                Round::new(&found.ranks, self.layout)
            } else {
                self.round(*round, pending.len(), threads)
            };
            let settled = again.settle(keyspace, threads);
            lost.extend(settled.iter().map(|slot| pending[slot.position]));
            for (slot, rank) in pending.iter().zip(again.to_vec()) {
                ranks.replace(*slot, rank);
            }
            lost.sort_unstable();
            pending = lost;
        }
        ranks
    }

    fn round(&self, round: u32, amount: usize, threads: Threads) -> Round {
        let bound = Bound::new(self.layout.capacity());
        let draw_chunk = |chunk: usize| {
            let mut words = self.stream.words(self.column, round, chunk);
            let mut ranks = [0; CHUNK];
            let ranks = &mut ranks[..CHUNK.min(amount - chunk * CHUNK)];
            ranks.fill_with(|| words.below(bound));
            ByShard::new(ranks, self.layout)
        };
        let chunks = 0..amount.div_ceil(CHUNK);
        Round {
            amount,
            chunks: if threads == Threads::Pool && amount > CHUNK {
                chunks.into_par_iter().map(draw_chunk).collect()
            } else {
                chunks.map(draw_chunk).collect()
            },
        }
    }

    /// Chooses free ranks by their numbers among the free ranks.
    fn look(
        &self,
        round: &mut u32,
        amount: usize,
        keyspace: &Keyspace<'_>,
        threads: Threads,
    ) -> Found {
        let free = Free::of(keyspace);
        let numbers = Draw {
            layout: Layout::new(free.count()),
            ..*self
        };
        let scratch = Ledger::new(numbers.layout);
        let first = numbers.round(*round, amount, threads);
        let numbers = numbers.finish_from(round, first, &Keyspace::of(&scratch), threads);
        free.find(&numbers.to_vec())
    }
}

/// Whether looking costs less than drawing: m capacity / free draws, a few nanoseconds each, against
/// a scan of capacity / 64 words and three draws' worth of choosing. Frozen, as it decides what is
/// drawn.
fn looking_pays(pending: usize, keyspace: &Keyspace<'_>) -> bool {
    let capacity = u128::from(keyspace.ledger.layout().capacity());
    let (pending, free) = (pending as u128, u128::from(keyspace.free()));
    pending * capacity > free * (capacity / 512 + 3 * pending)
}

/// The free ranks of a keyspace, by number.
enum Free<'a> {
    Indexed(crate::ledger::FreeRanks<'a>),
    /// Where codes are barred, the few that are left are listed.
    Listed(Vec<u64>),
}

/// Positions that got a free rank, their ranks, and positions whose number another request's
/// threads have outrun.
#[derive(Default)]
struct Found {
    positions: Vec<usize>,
    ranks: Vec<u64>,
    missing: Vec<usize>,
}

impl<'a> Free<'a> {
    fn of(keyspace: &Keyspace<'a>) -> Self {
        let indexed = keyspace.ledger.free_ranks();
        if keyspace.is_barred.is_none() {
            return Self::Indexed(indexed);
        }
        let mut ranks = indexed.all();
        ranks.retain(|&rank| !keyspace.is_barred(rank));
        Self::Listed(ranks)
    }

    fn count(&self) -> u64 {
        match self {
            Self::Indexed(ranks) => ranks.count(),
            Self::Listed(ranks) => ranks.len() as u64,
        }
    }

    fn find(&self, numbers: &[u64]) -> Found {
        let ranks = match self {
            Self::Indexed(ranks) => ranks.find(numbers),
            Self::Listed(ranks) => numbers
                .iter()
                .map(|&number| ranks.get(number as usize).copied())
                .collect(),
        };
        let mut found = Found::default();
        for (position, rank) in ranks.into_iter().enumerate() {
            match rank {
                Some(rank) => {
                    found.positions.push(position);
                    found.ranks.push(rank);
                }
                None => found.missing.push(position),
            }
        }
        found
    }
}

/// A rank for each position, chunk by chunk.
pub(crate) struct Round {
    amount: usize,
    chunks: Vec<ByShard>,
}

/// A position, and where the chunks, sorted by shard, keep its rank.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Slot {
    position: usize,
    place: usize,
}

impl Round {
    fn new(ranks: &[u64], layout: Layout) -> Self {
        let chunks = ranks.chunks(CHUNK).map(|ranks| ByShard::new(ranks, layout));
        Self {
            amount: ranks.len(),
            chunks: chunks.collect(),
        }
    }

    pub(crate) fn amount(&self) -> usize {
        self.amount
    }

    /// The ranks of a chunk in the order of their positions; nothing follows them in `buffer`.
    pub(crate) fn chunk<'b>(&self, chunk: usize, buffer: &'b mut [u64; CHUNK]) -> &'b [u64] {
        let ByShard {
            ranks, positions, ..
        } = &self.chunks[chunk];
        for (&rank, &position) in ranks.iter().zip(positions) {
            buffer[usize::from(position)] = rank;
        }
        &buffer[..ranks.len()]
    }

    /// All ranks in the order of their positions.
    pub(crate) fn to_vec(&self) -> Vec<u64> {
        let mut ranks = Vec::with_capacity(self.amount);
        let mut buffer = [0; CHUNK];
        for chunk in 0..self.chunks.len() {
            ranks.extend_from_slice(self.chunk(chunk, &mut buffer));
        }
        ranks
    }

    fn replace(&mut self, slot: Slot, rank: u64) {
        self.chunks[slot.place / CHUNK].ranks[slot.place % CHUNK] = rank;
    }

    /// Enters the round's ranks into the ledger. Those that lost come back, in position order.
    fn settle(&self, keyspace: &Keyspace<'_>, threads: Threads) -> Vec<Slot> {
        let shards = 0..keyspace.ledger.layout().shards();
        let settle = |shard| self.settle_shard(shard, keyspace);
        let mut lost: Vec<_> = if threads == Threads::Pool && self.amount > CHUNK {
            shards.into_par_iter().flat_map_iter(settle).collect()
        } else {
            shards.flat_map(settle).collect()
        };
        lost.sort_unstable();
        lost
    }

    fn settle_shard(&self, shard: usize, keyspace: &Keyspace<'_>) -> Vec<Slot> {
        let count = self
            .chunks
            .iter()
            .map(|chunk| chunk.range(shard).len())
            .sum();
        let mut lost = Vec::new();
        if count == 0 {
            return lost;
        }
        let mut entries = keyspace.ledger.open(shard, count);
        for (start, chunk) in (0..).step_by(CHUNK).zip(&self.chunks) {
            let range = chunk.range(shard);
            let mut add = |i: usize| {
                let place = range.start + i;
                lost.push(Slot {
                    position: start + usize::from(chunk.positions[place]),
                    place: start + place,
                });
            };
            let ranks = &chunk.ranks[range.clone()];
            if keyspace.is_barred.is_none() {
                entries.enter(ranks, add);
                continue;
            }
            for (i, &rank) in ranks.iter().enumerate() {
                if keyspace.is_barred(rank) {
                    add(i);
                } else {
                    entries.enter(&[rank], |_| add(i));
                }
            }
        }
        lost
    }
}

/// The ranks of a chunk, sorted by shard, and their positions in it.
struct ByShard {
    ranks: Vec<u64>,
    positions: Vec<u16>,
    ends: [u16; MAX_SHARDS],
}

impl ByShard {
    fn new(ranks: &[u64], layout: Layout) -> Self {
        debug_assert!(ranks.len() <= CHUNK);
        let mut counts = [0; MAX_SHARDS];
        for &rank in ranks {
            counts[layout.shard(rank)] += 1;
        }
        let mut end = 0;
        let mut ends = counts.map(|count: u16| {
            let start = end;
            end += count;
            start
        });
        let mut by_shard = vec![0; ranks.len()];
        let mut positions = vec![0; ranks.len()];
        for (position, &rank) in (0..).zip(ranks) {
            let place = &mut ends[layout.shard(rank)];
            by_shard[usize::from(*place)] = rank;
            positions[usize::from(*place)] = position;
            *place += 1;
        }
        Self {
            ranks: by_shard,
            positions,
            ends,
        }
    }

    /// Where the ranks of one shard are.
    fn range(&self, shard: usize) -> Range<usize> {
        let start = shard.checked_sub(1).map_or(0, |last| self.ends[last]);
        usize::from(start)..usize::from(self.ends[shard])
    }
}
