//! One run of one contestant: its time, and what it made.

use std::time::{Duration, Instant};

/// Codes or numbers of one width, one behind the other.
pub(crate) struct Column {
    bytes: Vec<u8>,
    width: usize,
}

impl Column {
    pub(crate) fn flat(bytes: Vec<u8>, width: usize) -> Self {
        Self { bytes, width }
    }

    pub(crate) fn of_texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        let mut bytes = Vec::new();
        let mut width = 0;
        for text in texts {
            width = text.as_ref().len();
            bytes.extend_from_slice(text.as_ref().as_bytes());
        }
        Self { bytes, width }
    }

    pub(crate) fn of_numbers(numbers: impl IntoIterator<Item = u64>) -> Self {
        let bytes = numbers.into_iter().flat_map(u64::to_le_bytes).collect();
        Self { bytes, width: 8 }
    }

    fn has_distinct(&self, count: usize) -> bool {
        let mut codes: Vec<_> = self.bytes.chunks_exact(self.width).collect();
        let is_complete = codes.len() == count && self.bytes.len() == count * self.width;
        codes.sort_unstable();
        is_complete && codes.windows(2).all(|pair| pair[0] != pair[1])
    }
}

/// Columns that must each be `count` different codes.
pub(crate) struct Run {
    pub(crate) time: Duration,
    pub(crate) count: usize,
    pub(crate) columns: Vec<Column>,
}

impl Run {
    /// Times `make`. What it made is dropped, and turned into columns, outside the timer.
    pub(crate) fn of<T>(
        count: usize,
        make: impl FnOnce() -> T,
        columns: impl FnOnce(T) -> Vec<Column>,
    ) -> Self {
        let start = Instant::now();
        let answer = make();
        let time = start.elapsed();
        Self {
            time,
            count,
            columns: columns(answer),
        }
    }

    /// Whether all codes are there and none is twice.
    pub(crate) fn is_right(&self) -> bool {
        self.columns
            .iter()
            .all(|column| column.has_distinct(self.count))
    }
}
