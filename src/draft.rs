//! Codes written while they are drawn.
//!
//! As long as most codes are free, a chunk of them is written as soon as it is drawn, while its words
//! are at hand. A position whose code turns out to be taken draws again, and its new lead is written
//! over the lost one; the tail stays. In a keyspace so full that most draws would be lost, the codes are
//! chosen among the free ones first, and written then.

use rayon::prelude::*;

use crate::{
    column::TextColumn,
    draw::{Draw, Keyspace, Round},
    format::Format,
    ledger::Layout,
    stream::{CHUNK, Column, Stream},
    threads::Threads,
};

/// A column of codes that is not settled yet.
pub(crate) struct Draft<'a> {
    format: &'a Format,
    draw: Draw<'a>,
    tails: Column,
    amount: usize,
    round: Option<Round>,
    /// The codes as they were drawn, chunk by chunk.
    text: Vec<Vec<u8>>,
    /// Or the leads of all codes, not written yet.
    chosen: Vec<u64>,
    /// Positions that drew again, and their leads.
    redrawn: Vec<(usize, u64)>,
}

impl<'a> Draft<'a> {
    /// A draft of so many codes, none drawn yet.
    pub(crate) fn new(
        format: &'a Format,
        stream: &'a Stream,
        [leads, tails]: [Column; 2],
        amount: usize,
    ) -> Self {
        Self {
            format,
            draw: Draw {
                stream,
                column: leads,
                layout: Layout::new(format.capacity()),
                leads: format.leads(),
            },
            tails,
            amount,
            round: None,
            text: Vec::new(),
            chosen: Vec::new(),
            redrawn: Vec::new(),
        }
    }

    /// Draws and writes the codes, whether or not they are free.
    pub(crate) fn draw(mut self, threads: Threads) -> Self {
        let write = |chunk, leads: &[u64]| self.write(chunk, leads);
        let (round, text) = self.draw.round(0, self.amount, threads, write);
        (self.round, self.text) = (Some(round), text);
        self
    }

    pub(crate) fn format(&self) -> &'a Format {
        self.format
    }

    /// Enters the codes into the ledger; those that are taken are replaced, and if none were drawn
    /// they are chosen. The keyspace must have enough free ranks, and keep them until the end.
    pub(crate) fn settle(&mut self, keyspace: Keyspace<'_>, threads: Threads) {
        let round = self.round.get_or_insert_with(|| {
            let (round, leads) = self.draw.look(0, self.amount, keyspace);
            self.chosen = leads;
            round
        });
        self.redrawn = self.draw.finish(round, keyspace, threads);
    }

    /// The ranks of all codes, in no order.
    pub(crate) fn ranks(&self) -> impl Iterator<Item = u64> {
        self.round.iter().flat_map(Round::ranks)
    }

    /// The text of the codes, once they are settled.
    pub(crate) fn into_text(mut self, threads: Threads) -> TextColumn {
        let mut chunks = std::mem::take(&mut self.text);
        if chunks.is_empty() {
            let write = |(chunk, leads)| self.write(chunk, leads);
            chunks = if threads.share(self.amount) {
                let leads = self.chosen.par_chunks(CHUNK).enumerate();
                leads.map(write).collect()
            } else {
                self.chosen.chunks(CHUNK).enumerate().map(write).collect()
            };
        }
        let mut text = TextColumn::new(chunks, self.format.text_length());
        for (position, lead) in self.redrawn {
            self.format.write_lead(lead, text.bytes_mut(position));
        }
        text
    }

    fn write(&self, chunk: usize, leads: &[u64]) -> Vec<u8> {
        let mut tails = self.draw.stream.words(self.tails, 0, chunk);
        self.format.write(leads, &mut tails)
    }
}
