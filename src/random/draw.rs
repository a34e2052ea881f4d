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
//! A round may also find its ranks in another way than to draw from all (see `keyspace.rs`): drawn
//! from a part that has all the free ones, or chosen among these. Which way depends only on counts, and
//! π maps such a round to one of the same probability too, so the proof holds.

use std::ops::Range;

use rayon::prelude::*;

use crate::{
    code::fraction::{Bound, Fractions},
    ledger::{Layout, MAX_SHARDS, OpenShard},
    random::keyspace::{Keyspace, Others, Way},
    random::stream::{CHUNK, Column, Stream},
    random::threads::Threads,
};

/// One column's draw for one request.
#[derive(Clone, Copy)]
pub(crate) struct Draw<'a> {
    pub(crate) stream: &'a Stream,
    pub(crate) column: Column,
    pub(crate) layout: Layout,
    /// What a word stands for: a lead, one of equally many for each rank.
    pub(crate) leads: Fractions,
}

impl Draw<'_> {
    /// A round that draws from all ranks; the first round has number 0. It needs no ledger. `take`
    /// gets the words of each chunk.
    pub(crate) fn round<T: Send>(
        &self,
        number: u32,
        amount: usize,
        threads: Threads,
        take: impl Fn(usize, &[u64]) -> T + Sync,
    ) -> (Round, Vec<T>) {
        let draw_chunk = |chunk: usize| {
            let mut words = vec![0; CHUNK.min(amount - chunk * CHUNK)];
            let mut stream = self.stream.words(self.column, number, chunk);
            stream.fill(&mut words, self.leads.bound());
            let taken = take(chunk, &words);
            (ByShard::new(&words, self.layout), taken)
        };
        let chunks = 0..amount.div_ceil(CHUNK);
        let (chunks, taken) = if threads.share(amount) {
            chunks.into_par_iter().map(draw_chunk).unzip()
        } else {
            chunks.map(draw_chunk).unzip()
        };
        (Round { amount, chunks }, taken)
    }

    /// Settles the first round and draws again until every position has a rank. The keyspace must
    /// have enough free ranks, and keep them until the end. The positions that drew again come back
    /// with their words.
    pub(crate) fn finish(
        &self,
        first: &mut Round,
        keyspace: Keyspace<'_>,
        threads: Threads,
    ) -> Vec<(usize, u64)> {
        let losers = first.settle(keyspace, threads);
        let mut words = vec![0; losers.len()];
        let mut pending: Vec<_> = (0..losers.len()).collect();
        for number in 1.. {
            if pending.is_empty() {
                break;
            }
            let (round, drawn) = self.next_round(number, pending.len(), keyspace, threads);
            for (&loser, word) in pending.iter().zip(drawn) {
                words[loser] = word;
            }
            let lost = round.settle(keyspace, threads);
            let loser = |place| pending[round.position(place)];
            pending = lost.into_iter().map(loser).collect();
        }
        let losers = losers.into_iter().zip(words);
        let redrawn = |(place, word)| {
            first.replace(place, self.layout.rank(word));
            (first.position(place), word)
        };
        losers.map(redrawn).collect()
    }

    /// A round that finds its ranks in the way that costs least, and their words.
    pub(crate) fn next_round(
        &self,
        number: u32,
        amount: usize,
        keyspace: Keyspace<'_>,
        threads: Threads,
    ) -> (Round, Vec<u64>) {
        let mut stream = self.stream.words(self.column, number, 0);
        let ranks = match keyspace.way(amount) {
            Way::Draw => {
                let copy = |_, words: &[u64]| words.to_vec();
                let (round, chunks) = self.round(number, amount, threads, copy);
                return (round, chunks.concat());
            }
            Way::Skip => keyspace.skip(amount, &mut stream),
            Way::Look => keyspace.look(amount, &mut stream),
        };
        let leads = Bound::new(self.leads.count() / self.layout.capacity());
        let word = |rank| self.leads.word(rank * leads.count() + stream.below(leads));
        let words: Vec<_> = ranks.into_iter().map(word).collect();
        let chunks = words.chunks(CHUNK);
        let chunks = chunks.map(|words| ByShard::new(words, self.layout));
        let round = Round {
            amount,
            chunks: chunks.collect(),
        };
        (round, words)
    }
}

/// A rank for each position, chunk by chunk.
pub(crate) struct Round {
    amount: usize,
    chunks: Vec<ByShard>,
}

impl Round {
    /// All ranks, in no order.
    pub(crate) fn ranks(&self) -> impl Iterator<Item = u64> {
        self.chunks.iter().flat_map(|chunk| &chunk.ranks).copied()
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
        let counts = self.chunks.iter().map(|chunk| chunk.range(shard).len());
        let count = counts.sum();
        let mut lost = Vec::new();
        if count == 0 {
            return lost;
        }
        let mut entries = keyspace.ledger.open(shard, count);
        let mut start = 0;
        for chunks in self.chunks.chunks(FETCHED) {
            for chunk in chunks {
                entries.fetch(&chunk.ranks[chunk.range(shard)]);
            }
            for chunk in chunks {
                let range = chunk.range(shard);
                let first = start + range.start;
                let add = |i| lost.push((first + i) as u32);
                enter(&chunk.ranks[range], keyspace.others, &mut entries, add);
                start += CHUNK;
            }
        }
        lost
    }
}

/// Chunks whose slots are read ahead.
const FETCHED: usize = 2;

/// Enters ranks in order. Calls `lose` with the index of each that is taken or barred.
fn enter(
    ranks: &[u64],
    others: Option<&dyn Others>,
    entries: &mut OpenShard<'_>,
    mut lose: impl FnMut(usize),
) {
    let Some(others) = others else {
        entries.enter(ranks, lose);
        return;
    };
    for (i, &rank) in ranks.iter().enumerate() {
        if others.is_barred(rank) {
            lose(i);
        } else {
            entries.enter(&[rank], |_| lose(i));
        }
    }
}

/// The ranks of a chunk, sorted by shard, and their positions in it.
struct ByShard {
    ranks: Vec<u64>,
    positions: Vec<u16>,
    ends: [u16; MAX_SHARDS],
}

impl ByShard {
    fn new(words: &[u64], layout: Layout) -> Self {
        // Shards in a pass of their own: counting is slow where the processor learns late what to
        // count, and guesses wrong whether that was counted just before.
        let shard = |&word| layout.shard(layout.rank(word)) as u8;
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
        let mut by_shard = vec![0; words.len()];
        let mut positions = vec![0; words.len()];
        for (position, (&word, &shard)) in (0..).zip(words.iter().zip(&shards)) {
            let place = &mut ends[usize::from(shard)];
            by_shard[usize::from(*place)] = layout.rank(word);
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
