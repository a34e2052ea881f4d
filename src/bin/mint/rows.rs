//! The coupons as JSON and as CSV.

use std::{
    io::{self, Write},
    time::Duration,
};

use couponmint::{Batch, jiff::Timestamp};

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

    /// One header, then all rows; a field that a coupon does not have is empty.
    pub(crate) fn write_csv(&self, out: &mut dyn Write) -> Result<Duration, Failure> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(COLUMNS.split(',')).map_err(from_csv)?;
        let minting = self.batches(|_, batch| write_rows(batch, &mut csv).map_err(from_csv))?;
        csv.flush()?;
        Ok(minting)
    }
}

const COLUMNS: &str = "single_use_code,sequence_id,single_use_url,widget_validation_code,\
                       custom_validation_code,expirydate,create_date,voided";

fn write_rows<W: Write>(batch: &Batch, csv: &mut csv::Writer<W>) -> csv::Result<()> {
    let spelt = |date: Timestamp| date.strftime("%Y-%m-%d %H:%M:%S").to_string();
    batch.iter().try_for_each(|coupon| {
        csv.write_record([
            coupon.single_use_code(),
            &coupon.sequence_id().to_string(),
            &coupon.single_use_url().to_string(),
            coupon.widget_validation_code(),
            coupon.custom_validation_code().unwrap_or_default(),
            &coupon.expiry_date().map(spelt).unwrap_or_default(),
            &spelt(coupon.create_date()),
            if coupon.is_voided() { "1" } else { "0" },
        ])
    })
}

fn from_csv(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}
