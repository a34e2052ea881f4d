//! A campaign becomes a file.

use std::io::{self, Write};

use crate::{
    campaign::{Campaign, rules::Rules},
    code::format::Format,
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
    let mut out = SectionWriter::begin(out)?;
    out.section(tag::CAMPAIGN, &head(campaign))?;
    write_rules(campaign.rules(), &mut out)?;
    write_parts(
        tag::WIDGETS,
        Format::widget(),
        campaign.copies_of_widgets(),
        &mut out,
    )?;
    for format in campaign.formats_in_use() {
        let mut content = Vec::new();
        write_varint(campaign.like_widgets(&format), &mut content);
        content.extend_from_slice(format.to_string().as_bytes());
        out.section(tag::FORMAT, &content)?;
        write_parts(
            tag::NUMBERS,
            &format,
            campaign.copies_of_customs(&format),
            &mut out,
        )?;
    }
    let mut sums = Vec::new();
    write_varint(issued, &mut sums);
    write_varint(next_sequence_id(), &mut sums);
    out.section(tag::SUMS, &sums)?;
    out.end()
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
fn write_rules(rules: &Rules, out: &mut SectionWriter<impl Write>) -> io::Result<()> {
    if let Some(alphabet) = rules.alphanumeric() {
        out.section(tag::ALPHANUMERIC, alphabet.to_string().as_bytes())?;
    }
    if let Some(formats) = rules.formats() {
        let lines: Vec<_> = formats.iter().map(|format| format!("{format}\n")).collect();
        out.section(tag::PERMITTED, lines.concat().as_bytes())?;
    }
    if let Some(most) = rules.max_coupons() {
        let mut content = Vec::new();
        write_varint(most, &mut content);
        out.section(tag::MAX_COUPONS, &content)?;
    }
    Ok(())
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
