//! The run: batches, one after the other.

use std::{
    io,
    time::{Duration, Instant},
};

use couponmint::{Batch, CodeKind, Engine, Error, Format, MAX_SEQUENCE_ID, Request, Words};
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};

use crate::failure::Failure;

/// A run: one request, made so many times.
pub(crate) struct Mint {
    pub(crate) engine: Engine,
    pub(crate) request: Request,
    pub(crate) batches: u32,
    /// What no code may hold.
    pub(crate) words: Words,
    /// Whether no progress is shown.
    pub(crate) is_quiet: bool,
}

impl Mint {
    /// The coupons of all batches.
    pub(crate) fn coupons(&self) -> u64 {
        self.request.requested_amount() as u64 * u64::from(self.batches)
    }

    /// Before the first of many batches: what is refused of one is refused of all.
    pub(crate) fn check_all_fit(&self) -> Result<(), Error> {
        let (campaign, asked) = (self.request.campaign(), self.coupons());
        if let Some(format) = self.request.format() {
            let left = self.engine.remaining(campaign, format)?;
            let left = u64::try_from(left).unwrap_or(u64::MAX);
            check(asked, left, CodeKind::Custom)?;
        }
        let left = self.engine.remaining_widget_codes(campaign)?;
        check(asked, left, CodeKind::Widget)?;
        let left = (MAX_SEQUENCE_ID + 1).saturating_sub(self.engine.next_sequence_id());
        if left < asked {
            return Err(Error::OutOfSequenceIds { asked, left });
        }
        Ok(())
    }

    /// Whether a batch can be refused though all seemed to fit: widget codes take custom codes of the same
    /// length away.
    pub(crate) fn may_end_midway(&self) -> bool {
        self.batches > 1
            && self
                .request
                .format()
                .is_some_and(is_as_long_as_widget_codes)
    }

    /// Hands the batches on one by one and tells how long minting alone took.
    pub(crate) fn batches(
        &self,
        mut each: impl FnMut(u32, &Batch) -> io::Result<()>,
    ) -> Result<Duration, Failure> {
        let bar = self.progress_bar();
        let mut minting = Duration::ZERO;
        for number in 0..self.batches {
            let start = Instant::now();
            let batch = self.engine.generate(&self.request)?;
            minting += start.elapsed();
            each(number, &batch)?;
            bar.inc(1);
        }
        Ok(minting)
    }

    /// A bar on standard error, if that is a terminal and there is more than one batch.
    fn progress_bar(&self) -> ProgressBar {
        if self.is_quiet || self.batches == 1 {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{wide_bar} {pos} of {len} batches, {eta} left");
        ProgressBar::new(self.batches.into())
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            .with_finish(ProgressFinish::AndClear)
    }
}

fn check(asked: u64, left: u64, kind: CodeKind) -> Result<(), Error> {
    if left < asked {
        return Err(Error::Exhausted { kind, asked, left });
    }
    Ok(())
}

fn is_as_long_as_widget_codes(format: &Format) -> bool {
    format.code(0).is_some_and(|code| code.len() == 6)
}
