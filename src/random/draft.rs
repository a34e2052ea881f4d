//! Codes written while they are drawn.
//!
//! Nearly all the codes of a young keyspace are free, so a chunk of them is written as soon as it is
//! drawn, while its words are at hand. A position whose code turns out to be taken draws again, and its
//! new word is written over the lost one; the tail stays. Where drawing is not the way (see
//! `keyspace.rs`) the codes are settled first and written then.

use rayon::prelude::*;

use crate::{
    code::format::Format,
    ledger::Layout,
    random::column::TextColumn,
    random::draw::{Draw, Round},
    random::keyspace::Keyspace,
    random::stream::{CHUNK, Column, Stream},
    random::threads::Threads,
};

/// A column of codes that are not issued yet.
pub(crate) struct Draft<'a> {
    writer: Writer<'a>,
    draw: Draw<'a>,
    amount: usize,
    drawn: Option<(Round, Vec<Vec<u8>>)>,
}

/// A column of codes that are issued.
pub(crate) struct Issue<'a> {
    writer: Writer<'a>,
    round: Round,
    text: Text,
    /// Positions that drew again, and their words.
    redrawn: Vec<(usize, u64)>,
}

enum Text {
    /// Chunk by chunk.
    Written(Vec<Vec<u8>>),
    /// The words of all codes.
    Unwritten(Vec<u64>),
}

#[derive(Clone, Copy)]
struct Writer<'a> {
    format: &'a Format,
    stream: &'a Stream,
    tails: Column,
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
            writer: Writer {
                format,
                stream,
                tails,
            },
            draw: Draw {
                stream,
                column: leads,
                layout: Layout::new(format.capacity()),
                leads: format.leads(),
            },
            amount,
            drawn: None,
        }
    }

    pub(crate) fn format(&self) -> &'a Format {
        self.writer.format
    }

    /// Draws and writes the codes, whether or not they are free.
    pub(crate) fn draw(mut self, threads: Threads) -> Self {
        let write = |chunk, words: &[u64]| self.writer.write(chunk, words);
        self.drawn = Some(self.draw.round(0, self.amount, threads, write));
        self
    }

    /// The draft with no codes drawn.
    pub(crate) fn undrawn(self) -> Self {
        Self {
            drawn: None,
            ..self
        }
    }

    /// Enters the codes into the ledger. Those that are taken are replaced, and if none were drawn
    /// they are found now. The keyspace must have enough free ranks, and keep them until the end.
    pub(crate) fn issue(self, keyspace: Keyspace<'_>, threads: Threads) -> Issue<'a> {
        let (mut round, text) = if let Some((round, text)) = self.drawn {
            (round, Text::Written(text))
        } else {
            let (round, words) = self.draw.next_round(0, self.amount, keyspace, threads);
            (round, Text::Unwritten(words))
        };
        let redrawn = self.draw.finish(&mut round, keyspace, threads);
        Issue {
            writer: self.writer,
            round,
            text,
            redrawn,
        }
    }
}

impl Issue<'_> {
    /// The ranks of all codes, in no order.
    pub(crate) fn ranks(&self) -> impl Iterator<Item = u64> {
        self.round.ranks()
    }

    pub(crate) fn into_text(self, threads: Threads) -> TextColumn {
        let Self { writer, .. } = self;
        let chunks = match self.text {
            Text::Written(chunks) => chunks,
            Text::Unwritten(words) => writer.write_all(&words, threads),
        };
        let mut text = TextColumn::new(chunks, writer.format.text_length());
        for (position, word) in self.redrawn {
            writer.format.write_word(word, text.bytes_mut(position));
        }
        text
    }
}

impl Writer<'_> {
    fn write(self, chunk: usize, words: &[u64]) -> Vec<u8> {
        let mut tails = self.stream.words(self.tails, 0, chunk);
        self.format.write(words, &mut tails)
    }

    fn write_all(self, words: &[u64], threads: Threads) -> Vec<Vec<u8>> {
        let write = |(chunk, words)| self.write(chunk, words);
        if threads.share(words.len()) {
            words.par_chunks(CHUNK).enumerate().map(write).collect()
        } else {
            words.chunks(CHUNK).enumerate().map(write).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::array;

    use super::*;
    use crate::{code::alphabet::Alphabet, ledger::Ledger};

    /// Single-use codes have more than one lead for each rank, but far too many ranks to fill. Here
    /// are 8 ranks, and codes of two words.
    #[test]
    fn leads_and_tails_are_even_however_ranks_are_found() {
        const RUNS: u32 = 20_000;
        let symbols = "abcdefgh";
        let format = Format::with_head("x", Alphabet::new(symbols).unwrap(), 24, 1);
        let digit = |code: &str, at: usize| symbols.find(&code[at..=at]).unwrap();
        for (issued, is_drawn) in [(0, true), (0, false), (3, true), (3, false), (6, false)] {
            // Symbols at 1, the head; 2 and 12 of the lead; 13 and 24 of the tail.
            let places = [1, 2, 12, 13, 24];
            let mut counts: [_; 5] = array::from_fn(|_| vec![0_u32; 8]);
            let mut pairs = vec![0_u32; 64];
            for run in 0..RUNS {
                let ledger = Ledger::new(Layout::new(format.capacity()));
                (0..issued).for_each(|rank| assert!(ledger.insert(rank)));
                let stream = Stream::from_seed([4; 32], u64::from(run));
                let columns = [Column::SingleUseLeads, Column::SingleUseTails];
                let draft = Draft::new(&format, &stream, columns, 2);
                let draft = if is_drawn {
                    draft.draw(Threads::Pool)
                } else {
                    draft
                };
                let keyspace = Keyspace {
                    ledger: &ledger,
                    others: None,
                };
                let issue = draft.issue(keyspace, Threads::Pool);
                let mut ranks: Vec<_> = issue.ranks().collect();
                let text = issue.into_text(Threads::Pool);
                let mut heads = [0, 1].map(|row| digit(text.text(row), 1) as u64);
                for (place, counts) in places.iter().zip(&mut counts) {
                    counts[digit(text.text(1), *place)] += 1;
                }
                pairs[digit(text.text(1), 1) * 8 + digit(text.text(1), 2)] += 1;
                ranks.sort_unstable();
                heads.sort_unstable();
                assert_eq!(ranks, heads);
                assert!(issued <= heads[0] && heads[0] < heads[1]);
                assert_eq!(ledger.issued(), issued + 2);
            }
            let free = issued as usize..8;
            assert_even(&counts[0][free.clone()]);
            counts[1..].iter().for_each(|counts| assert_even(counts));
            assert_even(&pairs[free.start * 8..]);
        }
    }

    /// Chi-square, within six standard deviations of its mean.
    fn assert_even(counts: &[u32]) {
        let cells: f64 = counts.iter().map(|_| 1.0).sum();
        let expected = f64::from(counts.iter().sum::<u32>()) / cells;
        let square = |&count: &u32| (f64::from(count) - expected).powi(2) / expected;
        let statistic: f64 = counts.iter().map(square).sum();
        let limit = cells - 1.0 + 6.0 * (2.0 * (cells - 1.0)).sqrt();
        assert!(statistic < limit, "{statistic} of {cells} cells");
    }
}
