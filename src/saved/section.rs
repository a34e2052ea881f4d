//! The frame of a file: a mark, sections, and a checksum at the end.

use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};

use crate::saved::{
    checksum::Checksum,
    error::LoadError,
    fields::{Fields, write_varint},
};

/// What a file begins with: no text, and damaged by whatever takes it for one.
const MARK: [u8; 15] = *b"\x8Ccouponmint\r\n\x1A\n";
/// The version of the frame.
const VERSION: u8 = 1;

/// What a section is about. Of one with a capital letter that a version does not know it must not load the file; others
/// may be left out.
pub(super) mod tag {
    /// The campaign: the number of announced coupons, the length of its name, its name, its validity. It comes first.
    pub(in crate::saved) const CAMPAIGN: u8 = b'C';
    /// A list of words, which others name by its number: the first one is 1, and 0 is no list.
    pub(in crate::saved) const LIST: u8 = b'L';
    /// The list of words that no code spells, if there is one, and whether there were too many.
    pub(in crate::saved) const WORDS: u8 = b'X';
    /// The symbols of alphanumeric codes, if that was said.
    pub(in crate::saved) const ALPHANUMERIC: u8 = b'A';
    /// The formats that may be asked for, if not any may: how many, and each with its list, its length and its text.
    pub(in crate::saved) const PERMITTED: u8 = b'P';
    /// The most coupons, if that was said.
    pub(in crate::saved) const MAX_COUPONS: u8 = b'M';
    /// Widget codes.
    pub(in crate::saved) const WIDGETS: u8 = b'W';
    /// A format: how many of its codes stand with the widget codes, its list of words, and its text without them.
    pub(in crate::saved) const FORMAT: u8 = b'F';
    /// Codes of the format that came last.
    pub(in crate::saved) const NUMBERS: u8 = b'N';
    /// Sums: coupons issued, and the next sequence id. It comes once.
    pub(in crate::saved) const SUMS: u8 = b'S';
    /// The end: the checksum of all before these eight bytes.
    pub(in crate::saved) const END: u8 = b'Z';
}

/// Bytes of a checksum.
const CHECKSUM: usize = 8;

/// Writes a file, section by section.
pub(super) struct SectionWriter<W: Write> {
    out: BufWriter<W>,
    checksum: Checksum,
}

impl<W: Write> SectionWriter<W> {
    pub(super) fn begin(out: W) -> io::Result<Self> {
        let mut writer = Self {
            out: BufWriter::new(out),
            checksum: Checksum::new(),
        };
        writer.put(&MARK)?;
        writer.put(&[VERSION])?;
        Ok(writer)
    }

    pub(super) fn section(&mut self, tag: u8, content: &[u8]) -> io::Result<()> {
        self.head(tag, content.len())?;
        self.put(content)
    }

    /// Writes the end of the file.
    pub(super) fn end(mut self) -> io::Result<()> {
        self.head(tag::END, CHECKSUM)?;
        let checksum = self.checksum.value().to_le_bytes();
        self.put(&checksum)?;
        self.out.flush()
    }

    fn head(&mut self, tag: u8, length: usize) -> io::Result<()> {
        let mut head = vec![tag];
        write_varint(length as u64, &mut head);
        self.put(&head)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.checksum.add(bytes);
        self.out.write_all(bytes)
    }
}

/// A section.
pub(super) struct Section {
    pub(super) tag: u8,
    pub(super) content: Vec<u8>,
}

impl Section {
    /// Whether a version that does not know it must not load the file.
    pub(super) fn is_needed(&self) -> bool {
        self.tag.is_ascii_uppercase()
    }
}

/// Reads a file, section by section. No length is believed before the bytes are there.
pub(super) struct SectionReader<R> {
    source: BufReader<R>,
    checksum: Checksum,
}

impl<R: Read> SectionReader<R> {
    pub(super) fn begin(source: R) -> Result<Self, LoadError> {
        let mut reader = Self {
            source: BufReader::new(source),
            checksum: Checksum::new(),
        };
        let mut mark = [0; MARK.len()];
        let is_there = match reader.source.read_exact(&mut mark) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => false,
            read => read.map(|()| mark == MARK)?,
        };
        if !is_there {
            return Err(LoadError::Foreign);
        }
        reader.checksum.add(&mark);
        match reader.byte()? {
            VERSION => Ok(reader),
            _ => Err(LoadError::Newer),
        }
    }

    /// The next section; none at the end, if that is where and what it has to be.
    pub(super) fn next(&mut self) -> Result<Option<Section>, LoadError> {
        let tag = self.byte()?;
        let length = self.varint()?;
        let expected = self.checksum.value();
        let mut content = Vec::new();
        (&mut self.source).take(length).read_to_end(&mut content)?;
        if (content.len() as u64) < length {
            return Err(LoadError::Damaged);
        }
        self.checksum.add(&content);
        if tag != tag::END {
            return Ok(Some(Section { tag, content }));
        }
        let is_whole = content == expected.to_le_bytes() && self.is_at_end()?;
        if is_whole {
            Ok(None)
        } else {
            Err(LoadError::Damaged)
        }
    }

    fn is_at_end(&mut self) -> io::Result<bool> {
        let more = (&mut self.source).take(1).read_to_end(&mut Vec::new());
        more.map(|count| count == 0)
    }

    fn byte(&mut self) -> Result<u8, LoadError> {
        let mut byte = [0];
        match self.source.read_exact(&mut byte) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(LoadError::Damaged),
            read => {
                read?;
                self.checksum.add(&byte);
                Ok(byte[0])
            }
        }
    }

    fn varint(&mut self) -> Result<u64, LoadError> {
        let mut bytes = Vec::new();
        while bytes.last().is_none_or(|&last| last >= 128) && bytes.len() < 10 {
            bytes.push(self.byte()?);
        }
        Fields::new(&bytes).varint().ok_or(LoadError::Damaged)
    }
}
