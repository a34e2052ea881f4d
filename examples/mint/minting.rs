//! The run: batches, one after the other, as JSON or CSV.

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

use couponmint::{Batch, Engine, Error, Request, jiff::Timestamp};
use indicatif::{HumanCount, ProgressBar, ProgressFinish, ProgressStyle};

use crate::failure::Failure;

/// A run: one request, made so many times.
pub(crate) struct Mint {
    pub(crate) engine: Engine,
    pub(crate) request: Request,
    pub(crate) batches: u32,
}

impl Mint {
    /// Hands the batches on one by one and tells how long minting alone took.
    fn batches(
        &self,
        mut each: impl FnMut(u32, &Batch) -> io::Result<()>,
    ) -> Result<Duration, Failure> {
        let bar = progress_bar(self.batches);
        let mut minting = Duration::ZERO;
        for place in 0..self.batches {
            let start = Instant::now();
            let batch = self.engine.generate(&self.request)?;
            minting += start.elapsed();
            each(place, &batch)?;
            bar.inc(1);
        }
        Ok(minting)
    }

    /// One request: its envelope. More: an array of their envelopes.
    pub(crate) fn write_json(&self, out: &mut dyn Write) -> Result<Duration, Failure> {
        let (start, end) = if self.batches > 1 {
            ("[", "]")
        } else {
            ("", "")
        };
        write!(out, "{start}")?;
        let minting = self.batches(|place, batch| {
            out.write_all(if place > 0 { b",\n" } else { b"" })?;
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

    /// How many, how fast, what is left, and how safe that is.
    pub(crate) fn summary(&self, minting: Duration) -> Result<String, Error> {
        let campaign = self.request.campaign();
        let issued = self.request.requested_amount() as u64 * u64::from(self.batches);
        let rate = u128::from(issued) * 1_000_000_000 / minting.as_nanos().max(1);
        let widgets = self.engine.remaining_widget_codes(campaign)?;
        let mut left = format!("{} widget codes", HumanCount(widgets));
        if let Some(format) = self.request.format() {
            let customs = human_count(self.engine.remaining(campaign, format)?);
            left = format!("{left} and {customs} custom codes");
        }
        Ok(format!(
            "{} coupons for {campaign} in {minting:.1?}, {} per second (minting alone)\n\
             left: {left}\n\
             a blind guess hits one of the widget codes just issued: 1 in {}",
            HumanCount(issued),
            HumanCount(u64::try_from(rate).unwrap_or(u64::MAX)),
            HumanCount((widgets + issued + issued / 2) / issued),
        ))
    }
}

/// A count as people read it; a huge one by its order of magnitude.
fn human_count(count: u128) -> String {
    match u64::try_from(count) {
        Ok(count) => HumanCount(count).to_string(),
        Err(_) if count == u128::MAX => format!("more than {count:.0e}"),
        Err(_) => format!("{count:.2e}"),
    }
}

/// A bar on standard error, if that is a terminal and there is more than one request.
fn progress_bar(requests: u32) -> ProgressBar {
    if requests == 1 {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{wide_bar} {pos} of {len} requests, {eta} left");
    ProgressBar::new(requests.into())
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_finish(ProgressFinish::AndClear)
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
