//! The coupons for people: a workbook for tables, and a page for the printer and the scissors.
//!
//! Both are written batch by batch, so that memory does not grow with the number of coupons. It is the reader's
//! that does: a sheet of a workbook ends after 1,048,576 rows, and a browser takes minutes to print more than some
//! ten thousand cards. What would not fit is refused before anything is minted.

mod bars;
mod card;
mod page;
mod picture;
mod workbook;

use crate::{
    failure::{Failure, wrong_file},
    options::OutputFormat,
};

/// The rows of a sheet, but for the first, which has the names.
const MAX_ROWS: u64 = (1 << 20) - 1;
/// The coupons that a browser prints in a minute or two: a thousand pages.
const MAX_CARDS: u64 = 10_000;

/// Refuses more coupons than there is room for.
pub(crate) fn check_room(output: OutputFormat, coupons: u64) -> Result<(), Failure> {
    let (max, place) = match output {
        OutputFormat::Xlsx => (MAX_ROWS, "a sheet of a workbook"),
        OutputFormat::Html => (MAX_CARDS, "a page to print"),
        OutputFormat::Json | OutputFormat::Csv => return Ok(()),
    };
    if coupons <= max {
        return Ok(());
    }
    Err(wrong_file(format!(
        "{place} has room for {max} coupons, not for {coupons}: mint fewer, or write csv"
    )))
}
