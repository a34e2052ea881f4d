//! Ranks of a range, dense: a bit each.

use std::ops::Range;

/// A bit a rank.
pub(crate) struct Bitmap {
    words: Vec<u64>,
}

impl Bitmap {
    pub(crate) fn new(width: u64) -> Self {
        Self {
            words: vec![0; width.div_ceil(64) as usize],
        }
    }

    pub(crate) fn contains(&self, rank: u64) -> bool {
        self.words[(rank / 64) as usize] >> (rank % 64) & 1 == 1
    }

    #[inline]
    pub(crate) fn insert(&mut self, rank: u64) -> bool {
        let word = &mut self.words[(rank / 64) as usize];
        let bit = 1 << (rank % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    #[inline]
    pub(crate) fn enter(&mut self, start: u64, ranks: &[u64], mut lost: impl FnMut(usize)) {
        for (i, &rank) in ranks.iter().enumerate() {
            if !self.insert(rank - start) {
                lost(i);
            }
        }
    }

    pub(crate) fn ranks(&self) -> impl Iterator<Item = u64> {
        ones(0, self.words.iter().copied())
    }

    /// The ranks in a part of the range whose bits are not set, in order.
    pub(crate) fn free(&self, part: Range<u64>) -> impl Iterator<Item = u64> {
        let words = part.start / 64..part.end.div_ceil(64);
        let inverted = self.words[words.start as usize..words.end as usize]
            .iter()
            .map(|word| !word);
        ones(words.start, inverted).filter(move |rank| part.contains(rank))
    }
}

/// The places of the bits set in a row of words, the first of which has this number.
fn ones(first: u64, words: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    (first..).zip(words).flat_map(|(number, mut word)| {
        std::iter::from_fn(move || {
            let place = (word != 0).then(|| u64::from(word.trailing_zeros()))?;
            word &= word - 1;
            Some(64 * number + place)
        })
    })
}
