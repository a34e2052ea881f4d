//! The coupons as JSON and as CSV.

use std::{
    io::{self, Write},
    time::Duration,
};

use couponmint::{Batch, Coupon, jiff::Timestamp};

use crate::{failure::Failure, minting::Mint};

impl Mint {
    /// One batch: its envelope. More: an array of their envelopes.
    pub(crate) fn write_json(&self, out: &mut dyn Write) -> Result<Duration, Failure> {
        let (start, end) = if self.batches > 1 {
            ("[", "]")
        } else {
            ("", "")
        };
        write!(out, "{start}")?;
        let minting = self.batches(|number, batch| {
            out.write_all(if number > 0 { b",\n" } else { b"" })?;
            batch.write_json(&mut *out)
        })?;
        writeln!(out, "{end}")?;
        Ok(minting)
    }

    /// One header, then all rows.
    pub(crate) fn write_csv(&self, out: &mut dyn Write) -> Result<Duration, Failure> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(COLUMNS).map_err(from_csv)?;
        let minting = self.batches(|_, batch| write_rows(batch, &mut csv).map_err(from_csv))?;
        csv.flush()?;
        Ok(minting)
    }
}

pub(crate) const COLUMNS: [&str; 8] = [
    "single_use_code",
    "sequence_id",
    "single_use_url",
    "widget_validation_code",
    "custom_validation_code",
    "expirydate",
    "create_date",
    "voided",
];

/// What stands in the columns; a field that a coupon does not have is empty.
pub(crate) fn cells(coupon: &Coupon<'_>) -> [String; 8] {
    let spelt = |date: Timestamp| date.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let custom = coupon.custom_validation_code();
    [
        coupon.single_use_code().to_owned(),
        coupon.sequence_id().to_string(),
        coupon.single_use_url().to_string(),
        coupon.widget_validation_code().to_owned(),
        custom.unwrap_or_default().to_owned(),
        coupon.expiry_date().map(spelt).unwrap_or_default(),
        spelt(coupon.create_date()),
        if coupon.is_voided() { "1" } else { "0" }.to_owned(),
    ]
}

fn write_rows<W: Write>(batch: &Batch, csv: &mut csv::Writer<W>) -> csv::Result<()> {
    let mut coupons = batch.iter();
    coupons.try_for_each(|coupon| csv.write_record(cells(&coupon)))
}

fn from_csv(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}
