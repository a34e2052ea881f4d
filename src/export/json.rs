//! The success envelope, written by hand: row by row through serde takes sixteen times as long.

use std::io::{self, Write};

use crate::{
    batch::{Batch, Coupon},
    export::envelope::{ACTION, DATE_FORMAT, voided},
    link::Link,
    request::Status,
};

impl Batch {
    /// Writes the success envelope, the same bytes as `serde_json::to_writer`.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// let mut body = Vec::new(); // or a file, or a socket
    /// batch.write_json(&mut body)?;
    /// assert!(body.starts_with(br#"{"status":{"status":"OK"},"campaign":"cam_15111","#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_json<W: Write>(&self, mut writer: W) -> io::Result<()> {
        let rows = RowTemplate::new(self);
        let mut block = self.envelope_start();
        for coupon in self {
            rows.append(coupon, &mut block);
            if block.len() >= BLOCK {
                writer.write_all(&block)?;
                block.clear();
            }
        }
        block.extend_from_slice(ENVELOPE_END);
        writer.write_all(&block)
    }

    /// The success envelope.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let body = engine.generate(&Request::new("cam_15111")?)?.to_json();
    /// assert!(body.starts_with(br#"{"status":{"status":"OK"},"campaign":"cam_15111","#));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let rows = RowTemplate::new(self);
        // Sequence ids grow, and so the last row is the longest.
        let mut longest = Vec::new();
        if let Some(last) = self.iter().next_back() {
            rows.append(last, &mut longest);
        }
        let mut body = self.envelope_start();
        body.reserve_exact(self.len() * longest.len() + ENVELOPE_END.len());
        for coupon in self {
            rows.append(coupon, &mut body);
        }
        body.extend_from_slice(ENVELOPE_END);
        body
    }

    pub(super) fn envelope_start(&self) -> Vec<u8> {
        envelope_start(self.campaign())
    }
}

/// The envelope up to its first row.
pub(super) fn envelope_start(campaign: &str) -> Vec<u8> {
    let mut start = br#"{"status":{"status":"OK"},"campaign":"#.to_vec();
    serde_json::to_writer(&mut start, campaign).expect("a vector takes all bytes");
    start.extend_from_slice(format!(r#","action":"{ACTION}","data":["#).as_bytes());
    start
}

pub(super) const ENVELOPE_END: &[u8] = b"]}";
/// Bytes given to a writer at once.
pub(super) const BLOCK: usize = 1 << 16;

/// The parts of a row that are the same for all coupons of a batch.
pub(super) struct RowTemplate {
    before_link_code: String,
    after_link_code: String,
    ending: String,
}

impl RowTemplate {
    pub(super) fn new(batch: &Batch) -> Self {
        // A link has no character that JSON would escape.
        let Link { before, after } = &batch.link;
        let expiry_date = batch.expiry_date.map_or_else(String::new, |date| {
            format!(r#""expirydate":"{}","#, date.strftime(DATE_FORMAT))
        });
        Self {
            before_link_code: format!(r#","single_use_url":"{before}"#),
            after_link_code: format!(r#"{after}","widget_validation_code":""#),
            ending: format!(
                r#"",{expiry_date}"create_date":"{}","voided":"{}"}}"#,
                batch.create_date.strftime(DATE_FORMAT),
                voided(batch.status == Status::Voided),
            ),
        }
    }

    pub(super) fn append(&self, coupon: Coupon<'_>, out: &mut Vec<u8>) {
        let [single_use, widget, custom] = coupon.codes();
        let start: &[u8] = if coupon.is_first() { b"{" } else { b",{" };
        out.extend_from_slice(start);
        out.extend_from_slice(br#""single_use_code":""#);
        out.extend_from_slice(single_use);
        out.extend_from_slice(br#"","sequence_id":"#);
        serde_json::to_writer(&mut *out, &coupon.sequence_id()).expect("a vector takes all bytes");
        out.extend_from_slice(self.before_link_code.as_bytes());
        out.extend_from_slice(single_use);
        out.extend_from_slice(self.after_link_code.as_bytes());
        out.extend_from_slice(widget);
        if !custom.is_empty() {
            out.extend_from_slice(br#"","custom_validation_code":""#);
            out.extend_from_slice(custom);
        }
        out.extend_from_slice(self.ending.as_bytes());
    }
}
