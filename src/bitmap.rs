//! Ranks of a range, dense: a bit each.

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
        ones(self.words.iter().copied())
    }

    /// The ranks whose bits are not set, and those behind the range in the last word.
    pub(crate) fn free(&self) -> impl Iterator<Item = u64> {
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
