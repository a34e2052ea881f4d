//! The success envelope piece by piece, for bodies that are streamed: of a batch, and of stored rows.

use std::{borrow::Borrow, fmt, iter::FusedIterator, mem};

use crate::{
    batch::Batch,
    export::{
        json::{BLOCK, ENVELOPE_END, RowTemplate, envelope_start},
        row::CouponRow,
    },
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
    pending: Pending,
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
            pending: Pending::new(batch.borrow().campaign()),
            batch,
        }
    }
}

impl<B: Borrow<Batch>> Iterator for JsonChunks<B> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        self.pending.chunk(|out| {
            let coupon = self.batch.borrow().get(self.row)?;
            self.template.append(coupon, out);
            self.row += 1;
            Some(())
        })
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

/// The success envelope of stored rows in chunks of at most 64 KiB: [`CouponRow::json_chunks`].
///
/// ```
/// # use couponmint::{Campaign, Engine, Request};
/// # let engine = Engine::new();
/// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
/// use couponmint::{CouponRow, RowChunks};
///
/// let batch = engine.generate(&Request::new("cam_15111")?)?;
/// let stored: Vec<_> = batch.iter().map(CouponRow::from).collect();
/// let chunks: RowChunks<_> = CouponRow::json_chunks("cam_15111", stored);
/// assert_eq!(chunks.flatten().collect::<Vec<u8>>(), batch.to_json());
/// # Ok::<(), couponmint::Error>(())
/// ```
#[must_use = "chunks are made when they are asked for"]
pub struct RowChunks<I> {
    rows: I,
    is_first: bool,
    pending: Pending,
}

impl CouponRow {
    /// The success envelope of these rows in chunks of at most 64 KiB. A row is asked for when it is written, so they
    /// can come from the database page by page, and no more than a page of them is in memory.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// use couponmint::CouponRow;
    ///
    /// let batch = engine.generate(&Request::new("cam_15111")?.amount(5_000)?)?;
    /// let stored: Vec<_> = batch.iter().map(CouponRow::from).collect();
    ///
    /// let page = |start: usize| stored[start..start + 1_000].to_vec();
    /// let pages = (0..stored.len()).step_by(1_000).flat_map(page);
    /// let sent: Vec<u8> = CouponRow::json_chunks("cam_15111", pages).flatten().collect();
    /// assert_eq!(sent, batch.to_json());
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    pub fn json_chunks<R: Borrow<Self>, I: IntoIterator<Item = R>>(
        campaign: &str,
        rows: I,
    ) -> RowChunks<I::IntoIter> {
        RowChunks {
            rows: rows.into_iter(),
            is_first: true,
            pending: Pending::new(campaign),
        }
    }
}

impl<I: Iterator<Item: Borrow<CouponRow>>> Iterator for RowChunks<I> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        self.pending.chunk(|out| {
            let row = self.rows.next()?;
            if !mem::take(&mut self.is_first) {
                out.push(b',');
            }
            serde_json::to_writer(out, row.borrow()).expect("a vector takes all bytes");
            Some(())
        })
    }
}

impl<I: Iterator<Item: Borrow<CouponRow>>> FusedIterator for RowChunks<I> {}

impl<I> fmt::Debug for RowChunks<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowChunks").finish_non_exhaustive()
    }
}

/// What of an envelope is written, and in no chunk yet.
struct Pending {
    bytes: Vec<u8>,
    is_ended: bool,
}

impl Pending {
    fn new(campaign: &str) -> Self {
        Self {
            bytes: envelope_start(campaign),
            is_ended: false,
        }
    }

    /// Has rows written until there are enough for a chunk, or all.
    fn chunk(&mut self, mut append_row: impl FnMut(&mut Vec<u8>) -> Option<()>) -> Option<Vec<u8>> {
        if !self.is_ended {
            self.bytes.reserve(BLOCK + ROW);
        }
        while self.bytes.len() < BLOCK && !self.is_ended {
            if append_row(&mut self.bytes).is_none() {
                self.bytes.extend_from_slice(ENVELOPE_END);
                self.is_ended = true;
            }
        }
        let rest = self.bytes.split_off(self.bytes.len().min(BLOCK));
        let chunk = mem::replace(&mut self.bytes, rest);
        (!chunk.is_empty()).then_some(chunk)
    }
}
