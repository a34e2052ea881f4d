//! Numbers of a range, dense: a bit each.

/// A bit per number.
#[derive(Clone)]
pub(crate) struct Bitmap {
    words: Vec<u64>,
}

impl Bitmap {
    pub(crate) fn new(width: u64) -> Self {
        Self {
            words: vec![0; width.div_ceil(64) as usize],
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.words)
    }

    pub(crate) fn contains(&self, number: u64) -> bool {
        self.words[(number / 64) as usize] >> (number % 64) & 1 == 1
    }

    #[inline]
    pub(crate) fn insert(&mut self, number: u64) -> bool {
        let word = &mut self.words[(number / 64) as usize];
        let bit = 1 << (number % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    pub(crate) fn remove(&mut self, number: u64) -> bool {
        let was_set = self.contains(number);
        self.words[(number / 64) as usize] &= !(1 << (number % 64));
        was_set
    }

    #[inline]
    pub(crate) fn enter(&mut self, start: u64, numbers: &[u64], mut lost: impl FnMut(usize)) {
        for (i, &number) in numbers.iter().enumerate() {
            if !self.insert(number - start) {
                lost(i);
            }
        }
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        ones(self.words.iter().copied())
    }

    /// The numbers below `width` whose bits are not set, in order.
    pub(crate) fn free(&self, width: u64) -> impl Iterator<Item = u64> {
        ones(self.words.iter().map(|word| !word)).take_while(move |&number| number < width)
    }
}

/// The places of the bits that are set.
fn ones(words: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    (0..).zip(words).flat_map(|(row, mut word)| {
        std::iter::from_fn(move || {
            let place = (word != 0).then(|| u64::from(word.trailing_zeros()))?;
            word &= word - 1;
            Some(64 * row + place)
        })
    })
}
