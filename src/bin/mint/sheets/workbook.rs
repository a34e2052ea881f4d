//! The coupons as a workbook. Every cell is text, so that no spreadsheet takes a code for a number, a date or a
//! formula; a cell that is written over stays text, too.

use std::{
    io::{self, Seek, Write},
    time::Duration,
};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::{
    failure::Failure,
    minting::Mint,
    rows::{COLUMNS, cells},
};

impl Mint {
    /// One sheet with a row of names, then all coupons.
    pub(crate) fn write_xlsx(&self, out: &mut dyn Write) -> Result<Duration, Failure> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet_with_constant_memory();
        let mut sheet = Sheet::new(sheet.map_err(from_xlsx)?).map_err(from_xlsx)?;
        let mut created = None;
        let minting = self.batches(|_, batch| {
            created.get_or_insert(batch.create_date());
            let mut coupons = batch.iter();
            coupons.try_for_each(|coupon| sheet.add(&cells(&coupon)).map_err(from_xlsx))
        })?;
        // The date of the coupons, so that a run that is repeated gives the same bytes.
        let created = created.and_then(|date| ExcelDateTime::from_timestamp(date.as_second()).ok());
        if let Some(created) = created {
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        }

        let mut file = tempfile::tempfile()?;
        workbook.save_to_writer(&mut file).map_err(from_xlsx)?;
        file.rewind()?;
        io::copy(&mut file, out)?;
        Ok(minting)
    }
}

struct Sheet<'w> {
    out: &'w mut Worksheet,
    text: Format,
    rows: u32,
}

impl<'w> Sheet<'w> {
    fn new(sheet: &'w mut Worksheet) -> Result<Self, XlsxError> {
        let text = Format::new().set_num_format("@");
        let bold = text.clone().set_bold();
        sheet.set_name("coupons")?.set_freeze_panes(1, 0)?;
        for (column, name) in (0..).zip(COLUMNS) {
            sheet.set_column_format(column, &text)?;
            sheet.write_string_with_format(0, column, name, &bold)?;
        }
        Ok(Self {
            out: sheet,
            text,
            rows: 1,
        })
    }

    fn add(&mut self, cells: &[String]) -> Result<(), XlsxError> {
        for (column, cell) in (0..).zip(cells) {
            if self.rows == 1 {
                let name = COLUMNS[usize::from(column)];
                let width = f64::from(cell.len().max(name.len()) as u32) + 2.0;
                self.out.set_column_width(column, width.min(80.0))?;
            }
            self.out
                .write_string_with_format(self.rows, column, cell, &self.text)?;
        }
        self.rows += 1;
        Ok(())
    }
}

fn from_xlsx(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    }
}
