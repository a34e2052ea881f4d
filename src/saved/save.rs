//! A campaign becomes a file.

use std::io::{self, Write};

use crate::{
    campaign::Campaign,
    code::{format::Format, words::Words},
    ledger::saved::Part,
    saved::{
        fields::{write_validity, write_varint},
        numbers,
        section::{SectionWriter, tag},
    },
};

/// Writes a campaign. `next_sequence_id` is asked for when all codes are written, so that it is past the sequence
/// ids of all coupons that are there.
pub(super) fn write(
    campaign: &Campaign,
    next_sequence_id: impl FnOnce() -> u64,
    out: impl Write,
) -> io::Result<()> {
    let issued = campaign.issued();
    let formats = campaign.formats_in_use();
    let lists = Lists::of(campaign, &formats);
    let mut out = SectionWriter::begin(out)?;
    out.section(tag::CAMPAIGN, &head(campaign))?;
    for words in &lists.0 {
        out.section(tag::LIST, words.to_string().as_bytes())?;
    }
    write_rules(campaign, &lists, &mut out)?;
    write_parts(
        tag::WIDGETS,
        Format::widget(),
        campaign.copies_of_widgets(),
        &mut out,
    )?;
    for format in &formats {
        let mut content = Vec::new();
        write_varint(campaign.like_widgets(format), &mut content);
        write_varint(lists.number(format.words()), &mut content);
        content.extend_from_slice(text_with_words(format).as_bytes());
        out.section(tag::FORMAT, &content)?;
        let parts = campaign.copies_of_customs(format);
        write_parts(tag::NUMBERS, format, parts, &mut out)?;
    }
    let mut sums = Vec::new();
    write_varint(issued, &mut sums);
    write_varint(next_sequence_id(), &mut sums);
    out.section(tag::SUMS, &sums)?;
    out.end()
}

/// All lists of words of a campaign, each once: thousands of formats share one.
struct Lists(Vec<Words>);

impl Lists {
    fn of(campaign: &Campaign, in_use: &[Format]) -> Self {
        let permitted = campaign.rules().formats().unwrap_or_default();
        let formats = permitted.iter().chain(in_use);
        let mut lists = Self(Vec::new());
        for words in formats
            .map(Format::words)
            .chain([campaign.words()])
            .flatten()
        {
            if !lists.0.contains(words) {
                lists.0.push(words.clone());
            }
        }
        lists
    }

    /// The number of a list, counted from 1; 0 for none.
    fn number(&self, words: Option<&Words>) -> u64 {
        let place = words.and_then(|words| self.0.iter().position(|list| list == words));
        place.map_or(0, |place| place as u64 + 1)
    }
}

fn text_with_words(format: &Format) -> String {
    format.with_all_words().to_string()
}

fn head(campaign: &Campaign) -> Vec<u8> {
    let mut content = Vec::new();
    write_varint(campaign.expected(), &mut content);
    write_varint(campaign.id().len() as u64, &mut content);
    content.extend_from_slice(campaign.id().as_bytes());
    write_validity(campaign.coupon_validity(), &mut content);
    content
}

/// Writes what is said of the campaign's coupons.
fn write_rules(
    campaign: &Campaign,
    lists: &Lists,
    out: &mut SectionWriter<impl Write>,
) -> io::Result<()> {
    let rules = campaign.rules();
    if let Some(words) = campaign.words() {
        let mut content = vec![campaign.has_too_many_words().into()];
        write_varint(lists.number(Some(words)), &mut content);
        out.section(tag::WORDS, &content)?;
    }
    if let Some(alphabet) = rules.alphanumeric() {
        out.section(tag::ALPHANUMERIC, alphabet.to_string().as_bytes())?;
    }
    if let Some(formats) = rules.formats() {
        out.section(tag::PERMITTED, &permitted(formats, lists))?;
    }
    if let Some(most) = rules.max_coupons() {
        let mut content = Vec::new();
        write_varint(most, &mut content);
        out.section(tag::MAX_COUPONS, &content)?;
    }
    Ok(())
}

fn permitted(formats: &[Format], lists: &Lists) -> Vec<u8> {
    let mut content = Vec::new();
    write_varint(formats.len() as u64, &mut content);
    for format in formats {
        let text = text_with_words(format);
        write_varint(lists.number(format.words()), &mut content);
        write_varint(text.len() as u64, &mut content);
        content.extend_from_slice(text.as_bytes());
    }
    content
}

/// Writes codes of a format, each part as sections of its own.
fn write_parts(
    tag: u8,
    format: &Format,
    parts: impl Iterator<Item = Part>,
    out: &mut SectionWriter<impl Write>,
) -> io::Result<()> {
    let bounds = numbers::bounds(format);
    for part in parts {
        part.in_order(|codes| out.section(tag, &numbers::write(codes, &bounds)))?;
    }
    Ok(())
}
