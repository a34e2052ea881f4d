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

/// What must be columns of `count` different codes each.
pub(crate) struct Run {
    pub(crate) time: Duration,
    /// Of all requests, where `time` is a mean.
    pub(crate) whole: Duration,
    count: usize,
    columns: Box<dyn FnOnce() -> Vec<Column> + Send>,
}

impl Run {
    /// Times `make`. Dropping what it made, or turning it into columns, is not timed.
    pub(crate) fn of<T: Send + 'static>(
        count: usize,
        make: impl FnOnce() -> T,
        columns: impl FnOnce(T) -> Vec<Column> + Send + 'static,
    ) -> Self {
        let start = Instant::now();
        let answer = make();
        let time = start.elapsed();
        Self {
            time,
            whole: time,
            count,
            columns: Box::new(|| columns(answer)),
        }
    }

    /// The mean of so many.
    pub(crate) fn mean_of(mut self, times: u32) -> Self {
        self.time /= times;
        self
    }

    /// Whether all codes are there and none is twice.
    pub(crate) fn into_verdict(self) -> bool {
        let columns = (self.columns)();
        columns.iter().all(|column| column.has_distinct(self.count))
    }
}
