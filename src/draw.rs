//! Distinct free ranks, drawn in parallel, with fair ties.
//!
//! A draw goes in rounds. In a round every position that still lacks a rank draws one, uniformly
//! and independently, and then the round is settled: a rank that is taken, by an earlier request or
//! round, is lost; a rank drawn twice in the round belongs to its lowest position, and the other
//! positions lose. Losers go on to the next round.
//!
//! **Every ordered choice of n free ranks is equally likely.** By induction over the rounds, the last
//! one first: say that after a round, whatever happened so far, the positions still open will get
//! every ordered choice of the ranks still free equally often. In the round itself, let π be a
//! permutation of the ranks free before it. Applying π to its draws gives another round of the same
//! probability, since draws are uniform and independent of all that was. Which positions win depends
//! only on which draws are equal and which are free, and π changes neither: the winners get π of
//! what they got, and the losers, in whatever order they stand, any choice of what is left equally
//! often. So results r and π(r) are equally likely before the round too. Any ordered choice of free
//! ranks is π of any other for some π; so all are equally likely. ∎
//!
//! What a tie-break must not do is look at the rank itself, or at time: "the thread that came
//! first keeps it" would make a batch depend on scheduling. So that threads can settle a round
//! together, it is split by shard of the ledger: each chunk sorts its positions by shard (a stable
//! counting sort), and the task of a shard enters the ranks of all chunks in position order, so the
//! lowest position is the first to come.
//!
//! **Looking instead of drawing.** With a share f of the keyspace free, m positions need m / f draws.
//! When that costs more than listing the free ranks, they are listed, and the m positions get the
//! first m of them after a Fisher-Yates shuffle (Knuth, TAOCP 2, 3.4.2, algorithm P). Whether to look
//! depends only on counts, and so the proof holds for it too. The last code of a keyspace costs no
//! more than the first, and nothing ever spins.

use std::ops::Range;

use rayon::prelude::*;

use crate::{
    ledger::{Layout, Ledger, MAX_SHARDS},
    stream::{Bound, CHUNK, Column, Stream},
    threads::Threads,
};

/// What is free to be drawn: the ranks that are neither in the ledger nor barred by others.
#[derive(Clone, Copy)]
pub(crate) struct Keyspace<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) others: Option<&'a dyn Others>,
}

/// Others with a claim to the ranks of a keyspace.
pub(crate) trait Others: Sync {
    fn is_barred(&self, rank: u64) -> bool;

    /// How many ranks outside the ledger are barred.
    fn barred(&self) -> u64;

    /// All ranks neither barred nor in the ledger, in order.
    fn free_ranks(&self) -> Vec<u64>;

    /// How many ranks have to be looked at to list the free ones.
    fn looked_at(&self) -> u64;
}

impl Keyspace<'_> {
    fn free(&self) -> u64 {
        let unissued = self.ledger.layout().capacity() - self.ledger.issued();
        unissued - self.others.map_or(0, Others::barred)
    }

    fn free_ranks(&self) -> Vec<u64> {
        match self.others {
            Some(others) => others.free_ranks(),
            None => self.ledger.free_ranks(),
        }
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
    pub(crate) fn finish(
        &self,
        mut ranks: Round,
        keyspace: Keyspace<'_>,
        threads: Threads,
    ) -> Round {
        let mut pending = ranks.settle(keyspace, threads);
        for round in 1.. {
            if pending.is_empty() {
                break;
            }
            let again = if looking_pays(pending.len(), keyspace) {
                Round::new(&self.look(round, pending.len(), keyspace), self.layout)
            } else {
                self.round(round, pending.len(), threads)
            };
            let lost = again.settle(keyspace, threads);
            again.for_each(|position, rank| ranks.replace(pending[position], rank));
            let position = |place| pending[again.position(place)];
            pending = lost.into_iter().map(position).collect();
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
            chunks: if threads.share(amount) {
                chunks.into_par_iter().map(draw_chunk).collect()
            } else {
                chunks.map(draw_chunk).collect()
            },
        }
    }

    /// Chooses among the free ranks, listed. Threads of other requests may be faster to take them.
    fn look(&self, round: u32, amount: usize, keyspace: Keyspace<'_>) -> Vec<u64> {
        let mut ranks = keyspace.free_ranks();
        assert!(ranks.len() >= amount, "free ranks are promised");
        let mut words = self.stream.words(self.column, round, 0);
        for i in 0..amount {
            let left = (ranks.len() - i) as u64;
            ranks.swap(i, i + words.below(Bound::new(left)) as usize);
        }
        ranks.truncate(amount);
        ranks
    }
}

/// Whether looking costs less than drawing on. Roughly, in units of 2 ns: a round takes 500 and a
/// draw 4, or 100 where others may bar it; listing takes a half for each word of a bitmap and 1 for
/// each free rank, or 100 for each rank that others may bar; choosing takes 4 for each position.
/// Frozen, as it decides what is drawn.
fn looking_pays(pending: usize, keyspace: Keyspace<'_>) -> bool {
    let layout = keyspace.ledger.layout();
    let (capacity, free) = (u128::from(layout.capacity()), u128::from(keyspace.free()));
    let unissued = u128::from(layout.capacity() - keyspace.ledger.issued());
    let (draw, listing) = match keyspace.others {
        Some(others) => (100, 100 * u128::from(others.looked_at())),
        None => (4, capacity / 128 + unissued),
    };
    let pending = pending as u128;
    (500 + draw * pending) * capacity > free * (listing + 4 * pending)
}

/// A rank for each position, chunk by chunk.
pub(crate) struct Round {
    amount: usize,
    chunks: Vec<ByShard>,
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
    pub(crate) fn chunk<'b>(&self, chunk: usize, buffer: &'b mut [u64; CHUNK]) -> &'b mut [u64] {
        let ByShard {
            ranks, positions, ..
        } = &self.chunks[chunk];
        for (&rank, &position) in ranks.iter().zip(positions) {
            buffer[usize::from(position)] = rank;
        }
        &mut buffer[..ranks.len()]
    }

    /// Calls `visit` with every position and its rank, in no order.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(usize, u64)) {
        for (start, chunk) in (0..).step_by(CHUNK).zip(&self.chunks) {
            for (&rank, &position) in chunk.ranks.iter().zip(&chunk.positions) {
                visit(start + usize::from(position), rank);
            }
        }
    }

    /// The position whose rank is kept at a place: chunk by chunk, sorted by shard.
    fn position(&self, place: u32) -> usize {
        let (chunk, place) = (place as usize / CHUNK, place as usize % CHUNK);
        chunk * CHUNK + usize::from(self.chunks[chunk].positions[place])
    }

    fn replace(&mut self, place: u32, rank: u64) {
        let (chunk, place) = (place as usize / CHUNK, place as usize % CHUNK);
        self.chunks[chunk].ranks[place] = rank;
    }

    /// Enters the round's ranks into the ledger. The places of those that lost come back, shard by
    /// shard.
    fn settle(&self, keyspace: Keyspace<'_>, threads: Threads) -> Vec<u32> {
        let shards = 0..keyspace.ledger.layout().shards();
        let settle = |shard| self.settle_shard(shard, keyspace);
        if threads.share(self.amount) {
            shards.into_par_iter().flat_map_iter(settle).collect()
        } else {
            shards.flat_map(settle).collect()
        }
    }

    fn settle_shard(&self, shard: usize, keyspace: Keyspace<'_>) -> Vec<u32> {
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
        let chunks: Vec<_> = (0..).step_by(CHUNK).zip(&self.chunks).collect();
        for chunks in chunks.chunks(FETCHED) {
            for (_, chunk) in chunks {
                entries.fetch(&chunk.ranks[chunk.range(shard)]);
            }
            for &(start, chunk) in chunks {
                let range = chunk.range(shard);
                let ranks = &chunk.ranks[range.clone()];
                let mut add = |i: usize| lost.push((start + range.start + i) as u32);
                let Some(others) = keyspace.others else {
                    entries.enter(ranks, add);
                    continue;
                };
                for (i, &rank) in ranks.iter().enumerate() {
                    if others.is_barred(rank) {
                        add(i);
                    } else {
                        entries.enter(&[rank], |_| add(i));
                    }
                }
            }
        }
        lost
    }
}

/// Chunks whose slots are read ahead.
const FETCHED: usize = 4;

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
