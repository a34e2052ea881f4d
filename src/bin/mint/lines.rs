//! Texts in a file: one per line, or in columns of a CSV file.

use std::io::{self, BufRead, BufReader, Read};

use csv::{ByteRecord, ReaderBuilder};

/// How many bad lines are named.
const NAMED: usize = 100;

/// Is told each text and its line, counted from 1; none where a row ends before its column.
type Take<'t> = &'t mut dyn FnMut(u64, Option<&[u8]>) -> io::Result<()>;

/// Hands on each line.
pub(crate) fn each_line(source: impl Read, take: Take<'_>) -> io::Result<()> {
    let lines = without_mark(source)?.split(b'\n');
    (1..)
        .zip(lines)
        .try_for_each(|(number, line)| take(number, Some(&line?)))
}

/// Hands on each cell of these columns.
pub(crate) fn each_cell(source: impl Read, columns: &[String], take: Take<'_>) -> io::Result<()> {
    let mut source = without_mark(source)?;
    let mut rows = ReaderBuilder::new()
        .delimiter(separator(source.fill_buf()?))
        .has_headers(false)
        .flexible(true)
        .from_reader(source);
    let mut row = ByteRecord::new();
    let columns = if let Some(numbers) = numbers(columns) {
        numbers
    } else {
        rows.read_byte_record(&mut row)?;
        places(columns, &row)?
    };
    while rows.read_byte_record(&mut row)? {
        let line = row.position().map_or(0, csv::Position::line);
        for &column in &columns {
            take(line, row.get(column))?;
        }
    }
    Ok(())
}

/// Spreadsheets put a mark in front of UTF-8.
fn without_mark(source: impl Read) -> io::Result<impl BufRead> {
    let mut source = BufReader::with_capacity(1 << 16, source);
    if source.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
        source.consume(3);
    }
    Ok(source)
}

/// What separates the fields of the first row: no code has any of these.
fn separator(start: &[u8]) -> u8 {
    let first = start
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let fields = |&separator: &u8| first.split(|&byte| byte == separator).count();
    // Of equally good ones the last.
    let separators = b"\t;,".iter().copied();
    separators.max_by_key(fields).unwrap_or(b',')
}

/// Columns as places counted from 0, if all are numbers counted from 1.
fn numbers(columns: &[String]) -> Option<Vec<usize>> {
    let number = |column: &String| column.parse::<usize>().ok()?.checked_sub(1);
    columns.iter().map(number).collect()
}

/// Columns by their names in the first row.
fn places(columns: &[String], names: &ByteRecord) -> io::Result<Vec<usize>> {
    let place = |column: &String| {
        let mut names = names.iter().map(<[u8]>::trim_ascii);
        let place = names.position(|name| name == column.as_bytes());
        place.ok_or_else(|| {
            io::Error::other(format!("there is no column {column:?} in its first row"))
        })
    };
    columns.iter().map(place).collect()
}

/// Lines without a code.
#[derive(Default)]
pub(crate) struct BadLines {
    numbers: Vec<u64>,
    more: u64,
    look_like_csv: bool,
    lack_columns: bool,
}

impl BadLines {
    pub(crate) fn note(&mut self, line: u64, text: Option<&[u8]>) {
        if self.numbers.last() == Some(&line) {
            return;
        }
        let is_of_csv = |byte| b",;\t\"".contains(byte);
        self.look_like_csv |= text.is_some_and(|text| text.iter().any(is_of_csv));
        self.lack_columns |= text.is_none();
        if self.numbers.len() < NAMED {
            self.numbers.push(line);
        } else {
            self.more += 1;
        }
    }

    /// Which they are, if there are any.
    pub(crate) fn describe(&self) -> Option<String> {
        let (last, others) = self.numbers.split_last()?;
        let others: Vec<_> = others.iter().map(u64::to_string).collect();
        let others = others.join(", ");
        Some(match (others.is_empty(), self.more) {
            (true, _) => format!("line {last} is no code"),
            (_, 0) => format!("lines {others} and {last} are no codes"),
            (_, more) => format!("lines {others}, {last} and {more} more are no codes"),
        })
    }

    /// What may have gone wrong with all of them.
    pub(crate) fn hint(&self, columns: &[String]) -> &'static str {
        let starts_at_first = self.numbers.first() == Some(&1);
        match columns {
            [] if self.look_like_csv => "; name the columns of a CSV file with --reserve-column",
            _ if self.lack_columns => "; some rows have fewer columns",
            [_, ..] if starts_at_first && numbers(columns).is_some() => {
                "; if the first row has names, say one of them instead of a number"
            }
            _ => "",
        }
    }
}
