//! In place of `sheets`, where that is not built in: how to get it.

use std::{io::Write, time::Duration};

use crate::{
    failure::{Failure, wrong_file},
    minting::Mint,
    options::OutputFormat,
};

/// Refuses what cannot be written.
pub(crate) fn check_room(output: OutputFormat, _coupons: u64) -> Result<(), Failure> {
    match output {
        OutputFormat::Xlsx | OutputFormat::Html => Err(not_built_in()),
        OutputFormat::Json | OutputFormat::Csv => Ok(()),
    }
}

impl Mint {
    pub(crate) fn write_xlsx(&self, _out: &mut dyn Write) -> Result<Duration, Failure> {
        Err(not_built_in())
    }

    pub(crate) fn write_html(&self, _out: &mut dyn Write) -> Result<Duration, Failure> {
        Err(not_built_in())
    }
}

fn not_built_in() -> Failure {
    wrong_file("xlsx and html are not built in: cargo install couponmint --features sheets")
}
