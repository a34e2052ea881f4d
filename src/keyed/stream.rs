//! A stream of codes: a block of chunks at a time, made by all threads, and then handed out.

use std::{fmt, iter::FusedIterator, ops::Range, sync::Arc, vec};

use crate::{
    campaign::Campaign,
    error::Error,
    keyed::numbering::Numbering,
    random::{stream::CHUNK, threads::share},
};

/// Chunks made at once.
const BLOCK: u64 = 64;

/// Custom codes of a keyed campaign, in the order of their serials. Memory holds 131,072 of them at a time.
///
/// A `String` for each of 10^9 codes is expensive: [`into_chunks`](Codes::into_chunks) gives them in chunks of up to 2,048.
///
/// ```
/// use couponmint::{Campaign, CodeType, Codes, Engine, Format, Key};
///
/// let engine = Engine::new();
/// let format = Format::new("A-", CodeType::Numeric, 10)?;
/// assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [format.clone()])?));
/// let codes: Codes = engine.codes("cam_15111", &format, 5_000..15_000)?;
/// assert_eq!(codes.filter(|code| format.spells(code)).count(), 10_000);
/// # Ok::<(), couponmint::Error>(())
/// ```
#[must_use = "iterators are lazy"]
pub struct Codes {
    chunks: CodeChunks,
    chunk: Option<CodeChunk>,
    row: usize,
}

/// The codes of [`Codes`], in chunks.
///
/// ```
/// use couponmint::{Campaign, CodeChunks, CodeType, Engine, Format, Key};
///
/// let engine = Engine::new();
/// let format = Format::new("A-", CodeType::Numeric, 10)?;
/// assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [format.clone()])?));
/// let chunks: CodeChunks = engine.codes("cam_15111", &format, 0..10_000)?.into_chunks();
/// assert_eq!(chunks.map(|chunk| chunk.len()).sum::<usize>(), 10_000);
/// # Ok::<(), couponmint::Error>(())
/// ```
#[must_use = "iterators are lazy"]
pub struct CodeChunks {
    campaign: Arc<Campaign>,
    /// Which of its formats.
    place: usize,
    /// Serials that are not made yet.
    serials: Range<u64>,
    made: vec::IntoIter<CodeChunk>,
}

/// Up to 2,048 codes of one length, one after the other.
///
/// ```
/// use couponmint::{Campaign, CodeChunk, CodeType, Engine, Format, Key};
///
/// let engine = Engine::new();
/// let format = Format::new("A-", CodeType::Numeric, 10)?;
/// assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [format.clone()])?));
/// let mut chunks = engine.codes("cam_15111", &format, 70..100)?.into_chunks();
/// let chunk: CodeChunk = chunks.next().unwrap();
/// assert_eq!(chunk.text().len(), 30 * 12);
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CodeChunk {
    first_serial: u64,
    text: String,
    width: usize,
}

impl Codes {
    pub(super) fn new(
        campaign: Arc<Campaign>,
        place: usize,
        serials: Range<u64>,
    ) -> Result<Self, Error> {
        let chunks = CodeChunks {
            campaign,
            place,
            serials,
            made: Vec::new().into_iter(),
        };
        let Range { start, end } = chunks.serials;
        chunks
            .numbering()
            .unless_enough(start, end.saturating_sub(start))?;
        Ok(Self {
            chunks,
            chunk: None,
            row: 0,
        })
    }

    /// The codes that were not handed out yet, by the chunk.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Key};
    /// # let engine = Engine::new();
    /// # let format = Format::new("A-", CodeType::Numeric, 10)?;
    /// # assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [format.clone()])?));
    /// let mut file = Vec::new();
    /// for chunk in engine.codes("cam_15111", &format, 0..100_000)?.into_chunks() {
    ///     for code in chunk.iter() {
    ///         file.extend_from_slice(code.as_bytes());
    ///         file.push(b'\n');
    ///     }
    /// }
    /// assert_eq!(file.len(), 100_000 * 13);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    pub fn into_chunks(mut self) -> CodeChunks {
        if let Some(chunk) = self.chunk.filter(|chunk| self.row < chunk.len()) {
            let rest = chunk.after(self.row);
            let made = [rest].into_iter().chain(self.chunks.made);
            self.chunks.made = made.collect::<Vec<_>>().into_iter();
        }
        self.chunks
    }

    fn left(&self) -> u64 {
        let chunk = self.chunk.as_ref().map_or(0, CodeChunk::len);
        self.chunks.left() + (chunk - self.row) as u64
    }
}

impl Iterator for Codes {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        if self
            .chunk
            .as_ref()
            .is_none_or(|chunk| self.row == chunk.len())
        {
            self.row = 0;
            self.chunk = self.chunks.next();
        }
        let code = self.chunk.as_ref()?.code(self.row).to_owned();
        self.row += 1;
        Some(code)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        hint(self.left())
    }
}

impl ExactSizeIterator for Codes {}
impl FusedIterator for Codes {}

impl CodeChunks {
    fn numbering(&self) -> &Numbering {
        let keyed = self.campaign.keyed.as_ref();
        &keyed.expect("the campaign has a key").customs[self.place]
    }

    /// How many codes are to come.
    fn left(&self) -> u64 {
        let made: usize = self.made.as_slice().iter().map(CodeChunk::len).sum();
        made as u64 + (self.serials.end).saturating_sub(self.serials.start)
    }

    /// Makes the next block.
    fn make(&mut self) {
        let Range { start, end } = self.serials;
        let count = (end.saturating_sub(start)).min(BLOCK * CHUNK as u64) as usize;
        let numbering = self.numbering();
        let width = numbering.format().text_length();
        let chunk = |chunk: usize| {
            let first_serial = start + (chunk * CHUNK) as u64;
            let text = numbering.text(first_serial, CHUNK.min(count - chunk * CHUNK));
            CodeChunk {
                first_serial,
                text: String::from_utf8(text).expect("codes are made of ASCII symbols"),
                width,
            }
        };
        self.made = share(count, count.div_ceil(CHUNK), chunk).into_iter();
        self.serials.start += count as u64;
    }
}

impl Iterator for CodeChunks {
    type Item = CodeChunk;

    fn next(&mut self) -> Option<CodeChunk> {
        if self.made.len() == 0 {
            self.make();
        }
        self.made.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let made = self.made.len() as u64;
        let left = self.serials.end.saturating_sub(self.serials.start);
        hint(made + left.div_ceil(CHUNK as u64))
    }
}

impl ExactSizeIterator for CodeChunks {}
impl FusedIterator for CodeChunks {}

fn hint(left: u64) -> (usize, Option<usize>) {
    let exact = usize::try_from(left).ok();
    (exact.unwrap_or(usize::MAX), exact)
}

impl CodeChunk {
    /// How many codes there are.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Key};
    /// # let engine = Engine::new();
    /// # let format = Format::new("A-", CodeType::Numeric, 10)?;
    /// # assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [format.clone()])?));
    /// let mut chunks = engine.codes("cam_15111", &format, 70..100)?.into_chunks();
    /// assert_eq!(chunks.next().map(|chunk| chunk.len()), Some(30));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.text.len() / self.width
    }

    /// Always false: a chunk has at least one code.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Key};
    /// # let engine = Engine::new();
    /// # let format = Format::new("A-", CodeType::Numeric, 10)?;
    /// # assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [format.clone()])?));
    /// let mut chunks = engine.codes("cam_15111", &format, 0..5_000)?.into_chunks();
    /// assert!(chunks.all(|chunk| !chunk.is_empty()));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The serial of the first code; those of the others follow on.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Key};
    /// # let engine = Engine::new();
    /// # let format = Format::new("A-", CodeType::Numeric, 10)?;
    /// # assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [format.clone()])?));
    /// let mut chunks = engine.codes("cam_15111", &format, 70..100)?.into_chunks();
    /// assert_eq!(chunks.next().map(|chunk| chunk.first_serial()), Some(70));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn first_serial(&self) -> u64 {
        self.first_serial
    }

    /// All codes, with nothing between them.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Key};
    /// # let engine = Engine::new();
    /// # let format = Format::new("A-", CodeType::Numeric, 10)?;
    /// # assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [format.clone()])?));
    /// let mut chunks = engine.codes("cam_15111", &format, 0..2)?.into_chunks();
    /// let chunk = chunks.next().unwrap();
    /// assert!(chunk.text()[..12].starts_with("A-") && chunk.text()[12..].starts_with("A-"));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The codes in turn.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Key};
    /// # let engine = Engine::new();
    /// # let format = Format::new("A-", CodeType::Numeric, 10)?;
    /// # assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [format.clone()])?));
    /// for chunk in engine.codes("cam_15111", &format, 0..5_000)?.into_chunks() {
    ///     assert!(chunk.iter().all(|code| format.spells(code)));
    /// }
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator + Clone {
        (0..self.len()).map(|row| self.code(row))
    }

    fn code(&self, row: usize) -> &str {
        &self.text[row * self.width..][..self.width]
    }

    /// What is left of it after some codes.
    fn after(mut self, codes: usize) -> Self {
        self.text.drain(..codes * self.width);
        self.first_serial += codes as u64;
        self
    }
}

impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut codes = f.debug_struct("Codes");
        codes.field("left", &self.left()).finish_non_exhaustive()
    }
}

impl fmt::Debug for CodeChunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chunks = f.debug_struct("CodeChunks");
        chunks.field("left", &self.left()).finish_non_exhaustive()
    }
}

impl fmt::Debug for CodeChunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeChunk")
            .field("first_serial", &self.first_serial)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
