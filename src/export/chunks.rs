//! The success envelope piece by piece, for bodies that are streamed.

use std::{borrow::Borrow, fmt, iter::FusedIterator, mem};

use crate::{
    batch::Batch,
    export::json::{BLOCK, ENVELOPE_END, RowTemplate},
};

/// More than most rows have.
const ROW: usize = 1 << 10;

/// The success envelope in chunks of at most 64 KiB; together they are what [`write_json`](Batch::write_json) writes.
///
/// A chunk is made when it is asked for, so that however slow the reader, no more than one is in memory. The
/// batch is borrowed ([`Batch::json_chunks`]), owned ([`Batch::into_json_chunks`]), or shared:
///
/// ```
/// use couponmint::{Campaign, Engine, JsonChunks, Request};
/// use std::{sync::Arc, thread};
///
/// let engine = Engine::new();
/// assert!(engine.add_campaign(Campaign::new("cam_15111")?));
/// let batch = Arc::new(engine.generate(&Request::new("cam_15111")?.amount(5_000)?)?);
///
/// let chunks = JsonChunks::new(Arc::clone(&batch));
/// let sent = thread::spawn(move || chunks.flatten().collect::<Vec<u8>>());
/// assert_eq!(sent.join().unwrap(), batch.to_json());
/// # Ok::<(), couponmint::Error>(())
/// ```
#[must_use = "chunks are made when they are asked for"]
pub struct JsonChunks<B> {
    batch: B,
    template: RowTemplate,
    /// The next to be written.
    row: usize,
    /// Written, and in no chunk yet.
    pending: Vec<u8>,
    is_ended: bool,
}

impl Batch {
    /// The success envelope in chunks of at most 64 KiB, made when they are asked for.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?.amount(5_000)?)?;
    /// let mut sent = Vec::new();
    /// for chunk in batch.json_chunks() {
    ///     assert!(chunk.len() <= 64 * 1024);
    ///     sent.extend(chunk);
    /// }
    /// assert_eq!(sent, batch.to_json());
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    pub fn json_chunks(&self) -> JsonChunks<&Self> {
        JsonChunks::new(self)
    }

    /// The same, of a batch that nobody else needs.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// use std::thread;
    ///
    /// let batch = engine.generate(&Request::new("cam_15111")?.amount(5_000)?)?;
    /// let chunks = batch.into_json_chunks(); // is Send and 'static, as a stream has to be
    /// let bytes = thread::spawn(|| chunks.map(|chunk| chunk.len()).sum::<usize>());
    /// assert!(bytes.join().unwrap() > 500_000);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    pub fn into_json_chunks(self) -> JsonChunks<Self> {
        JsonChunks::new(self)
    }
}

impl<B: Borrow<Batch>> JsonChunks<B> {
    /// The chunks of a batch: one's own, a reference, an `Arc`.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// use couponmint::JsonChunks;
    /// use std::sync::Arc;
    ///
    /// let batch = Arc::new(engine.generate(&Request::new("cam_15111")?)?);
    /// let sent: Vec<u8> = JsonChunks::new(Arc::clone(&batch)).flatten().collect();
    /// assert_eq!(sent, batch.to_json());
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    pub fn new(batch: B) -> Self {
        Self {
            template: RowTemplate::new(batch.borrow()),
            row: 0,
            pending: batch.borrow().envelope_start(),
            is_ended: false,
            batch,
        }
    }

    /// Writes rows until there are enough for a chunk, or all.
    fn fill(&mut self) {
        if !self.is_ended {
            self.pending.reserve(BLOCK + ROW);
        }
        while self.pending.len() < BLOCK && !self.is_ended {
            if let Some(coupon) = self.batch.borrow().get(self.row) {
                self.template.append(coupon, &mut self.pending);
                self.row += 1;
            } else {
                self.pending.extend_from_slice(ENVELOPE_END);
                self.is_ended = true;
            }
        }
    }
}

impl<B: Borrow<Batch>> Iterator for JsonChunks<B> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        self.fill();
        let rest = self.pending.split_off(self.pending.len().min(BLOCK));
        let chunk = mem::replace(&mut self.pending, rest);
        (!chunk.is_empty()).then_some(chunk)
    }
}

impl<B: Borrow<Batch>> FusedIterator for JsonChunks<B> {}

impl<B: Borrow<Batch>> fmt::Debug for JsonChunks<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonChunks")
            .field("batch", self.batch.borrow())
            .field("row", &self.row)
            .finish_non_exhaustive()
    }
}
