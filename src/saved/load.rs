//! A file becomes a campaign, which is nobody's until all of the file is read and found right.

use std::io::Read;

use crate::{
    campaign::Campaign,
    code::{format::Format, words::Words},
    engine::MAX_SEQUENCE_ID,
    ledger::saved::Codes,
    saved::{
        error::LoadError,
        fields::{Fields, read_validity},
        numbers,
        section::{Section, SectionReader, tag},
    },
};

/// A campaign out of a file.
pub(super) struct Loaded {
    pub(super) campaign: Campaign,
    pub(super) next_sequence_id: u64,
}

pub(super) fn read(source: impl Read) -> Result<Loaded, LoadError> {
    let mut sections = SectionReader::begin(source)?;
    let first = sections.next()?.ok_or(LoadError::Damaged)?;
    let mut loading = Loading::begin(&first).ok_or(LoadError::Damaged)?;
    while let Some(section) = sections.next()? {
        if !loading.is_newer {
            loading.take(&section).ok_or(LoadError::Damaged)?;
        }
    }
    loading.end()
}

struct Loading {
    campaign: Campaign,
    lists: Vec<Words>,
    /// The format that came last, and the bounds of its numbers.
    format: Option<(Format, Vec<u64>)>,
    /// Coupons issued, and the next sequence id.
    sums: Option<[u64; 2]>,
    /// Whether there is a section that this version must know and does not. What follows it is read for its
    /// checksum alone: a damaged file is not a newer one.
    is_newer: bool,
}

/// Of each section: none if it is not as it was saved.
impl Loading {
    fn begin(first: &Section) -> Option<Self> {
        (first.tag == tag::CAMPAIGN).then_some(())?;
        let mut fields = Fields::new(&first.content);
        let expected = fields.varint()?;
        let length = usize::try_from(fields.varint()?).ok()?;
        let name = std::str::from_utf8(fields.bytes(length)?).ok()?;
        let campaign = Campaign::new(name).ok()?.expecting(expected);
        Some(Self {
            campaign: campaign.validity(read_validity(fields)?),
            lists: Vec::new(),
            format: None,
            sums: None,
            is_newer: false,
        })
    }

    fn take(&mut self, section: &Section) -> Option<()> {
        let content = &section.content;
        match section.tag {
            tag::LIST => self.list(content),
            tag::WORDS => self.words(content),
            tag::ALPHANUMERIC => self.alphanumeric(content),
            tag::PERMITTED => self.permitted(content),
            tag::MAX_COUPONS => self.max_coupons(content),
            tag::WIDGETS => self.widgets(content),
            tag::FORMAT => self.format(content),
            tag::NUMBERS => self.numbers(content),
            tag::SUMS => self.sums(content),
            tag::CAMPAIGN => None,
            _ => {
                self.is_newer = section.is_needed();
                Some(())
            }
        }
    }

    fn list(&mut self, content: &[u8]) -> Option<()> {
        let text = Fields::new(content).text()?;
        let words: Words = text.parse().ok()?;
        let is_right = !words.is_empty() && words.to_string() == text;
        self.lists.push(words);
        is_right.then_some(())
    }

    fn words(&mut self, content: &[u8]) -> Option<()> {
        let mut fields = Fields::new(content);
        let (is_wrong, number) = (fields.byte()?, fields.varint()?);
        let words = self.listed(number)?.clone();
        let is_right = is_wrong <= 1 && fields.rest().is_empty() && self.campaign.words().is_none();
        self.campaign.restore_words(&words, is_wrong == 1);
        is_right.then_some(())
    }

    /// The list with a number, counted from 1.
    fn listed(&self, number: u64) -> Option<&Words> {
        let place = usize::try_from(number.checked_sub(1)?).ok()?;
        self.lists.get(place)
    }

    /// The format of a text, without the words of a list if it has one.
    fn format_of(&self, list: u64, text: &str) -> Option<Format> {
        let format: Format = text.parse().ok()?;
        format.words().is_none().then_some(())?;
        if list == 0 {
            return Some(format);
        }
        format.without_words(self.listed(list)?).ok()
    }

    fn alphanumeric(&mut self, content: &[u8]) -> Option<()> {
        let alphabet = Fields::new(content).text()?.parse().ok()?;
        self.campaign.rules_mut().set_alphanumeric(alphabet);
        Some(())
    }

    fn permitted(&mut self, content: &[u8]) -> Option<()> {
        let mut fields = Fields::new(content);
        let mut formats = Vec::new();
        for _ in 0..fields.varint()? {
            let (list, length) = (fields.varint()?, fields.varint()?);
            let text = fields.bytes(usize::try_from(length).ok()?)?;
            formats.push(self.format_of(list, std::str::from_utf8(text).ok()?)?);
        }
        self.campaign.rules_mut().set_formats(formats);
        fields.rest().is_empty().then_some(())
    }

    fn max_coupons(&mut self, content: &[u8]) -> Option<()> {
        let mut fields = Fields::new(content);
        let most = fields.varint()?;
        self.campaign.rules_mut().set_max_coupons(most);
        fields.rest().is_empty().then_some(())
    }

    fn widgets(&mut self, content: &[u8]) -> Option<()> {
        let bounds = numbers::bounds(Format::widget());
        let Codes::Short(numbers) = numbers::read(content, &bounds)? else {
            return None;
        };
        self.campaign.restore_widgets(&numbers);
        Some(())
    }

    fn format(&mut self, content: &[u8]) -> Option<()> {
        let mut fields = Fields::new(content);
        let (like_widgets, list) = (fields.varint()?, fields.varint()?);
        let format = self.format_of(list, fields.text()?)?;
        let is_right = self.campaign.restore_like_widgets(&format, like_widgets);
        let bounds = numbers::bounds(&format);
        self.format = Some((format, bounds));
        is_right.then_some(())
    }

    fn numbers(&mut self, content: &[u8]) -> Option<()> {
        let (format, bounds) = self.format.as_ref()?;
        let codes = numbers::read(content, bounds)?;
        let is_right = self.campaign.restore_customs(format, &codes);
        is_right.then_some(())
    }

    fn sums(&mut self, content: &[u8]) -> Option<()> {
        let mut fields = Fields::new(content);
        let (issued, next) = (fields.varint()?, fields.varint()?);
        let is_possible = issued <= MAX_SEQUENCE_ID && next <= MAX_SEQUENCE_ID + 1;
        let is_right = is_possible && fields.rest().is_empty() && self.sums.is_none();
        self.sums = Some([issued, next]);
        is_right.then_some(())
    }

    fn end(mut self) -> Result<Loaded, LoadError> {
        if self.is_newer {
            return Err(LoadError::Newer);
        }
        let [issued, next_sequence_id] = self.sums.ok_or(LoadError::Damaged)?;
        self.campaign.end_restoring(issued);
        Ok(Loaded {
            campaign: self.campaign,
            next_sequence_id,
        })
    }
}
