//! Codes that exist already, from files: they are never issued.
//!
//! Which kind of code a text is shows in its symbols alone. Six or 21 symbols of base 36 are a widget code or a
//! single-use code, and what a known format spells is a custom code. A text can be both: then it is reserved as
//! both, since a code too many out of circulation costs nothing, and one too few is issued twice. A text that is
//! neither is more likely a damaged code than one that does not matter, so it is refused.

use std::{io, iter, mem, path::Path};

use couponmint::{Alphabet, Engine, Error, Format};

use crate::{
    failure::{Failure, cannot_read, wrong_file},
    input,
    lines::{BadLines, each_cell, each_line},
};

/// So many texts are reserved together: memory does not grow with the file.
const TOGETHER: usize = 1 << 16;

/// Reserves the codes of a file, one per line or in these columns. Gives how many there were.
pub(crate) fn reserve(
    engine: &Engine,
    campaign: &str,
    formats: &[Format],
    file: &Path,
    columns: &[String],
) -> Result<u64, Failure> {
    let source = input::open(file)?;
    let mut codes = Codes::new(engine, campaign, formats);
    let mut take = |line, text: Option<&[u8]>| codes.take(line, text);
    let read = if columns.is_empty() {
        each_line(source, &mut take)
    } else {
        each_cell(source, columns, &mut take)
    };
    read.map_err(|error| cannot_read(file, &error))?;
    if let Some(bad) = codes.bad.describe() {
        let (file, looks, hint) = (file.display(), codes.looks(), codes.bad.hint(columns));
        return Err(wrong_file(format!("{file}: {bad} ({looks}{hint})")));
    }
    codes.reserve()?;
    Ok(codes.taken)
}

struct Codes<'a> {
    engine: &'a Engine,
    campaign: &'a str,
    single_use: Vec<String>,
    custom: Vec<(&'a Format, Vec<String>)>,
    waiting: usize,
    taken: u64,
    bad: BadLines,
}

impl<'a> Codes<'a> {
    fn new(engine: &'a Engine, campaign: &'a str, formats: &'a [Format]) -> Self {
        Self {
            engine,
            campaign,
            single_use: Vec::new(),
            custom: formats.iter().map(|format| (format, Vec::new())).collect(),
            waiting: 0,
            taken: 0,
            bad: BadLines::default(),
        }
    }

    fn take(&mut self, line: u64, text: Option<&[u8]>) -> io::Result<()> {
        let text = text.map(<[u8]>::trim_ascii);
        if text.is_some_and(<[u8]>::is_empty) {
            return Ok(());
        }
        let readable = text.and_then(|text| std::str::from_utf8(text).ok());
        if !readable.is_some_and(|text| self.sort(text)) {
            self.bad.note(line, text);
            return Ok(());
        }
        self.taken += 1;
        self.waiting += 1;
        if self.waiting == TOGETHER {
            self.reserve().map_err(io::Error::other)?;
        }
        Ok(())
    }

    /// Puts a text where it belongs; false if that is nowhere.
    fn sort(&mut self, text: &str) -> bool {
        let is_single_use = is_single_use(text);
        if is_single_use {
            self.single_use.push(text.to_owned());
        }
        let mut formats = self.custom.iter_mut();
        let custom = formats.find(|(format, _)| format.spells(text));
        let is_custom = custom.is_some();
        if let Some((_, codes)) = custom {
            codes.push(text.to_owned());
        }
        is_single_use || is_custom
    }

    fn reserve(&mut self) -> Result<(), Error> {
        self.waiting = 0;
        let single_use = mem::take(&mut self.single_use);
        self.engine.reserve_single_use(self.campaign, single_use)?;
        for (format, codes) in &mut self.custom {
            let codes = mem::take(codes);
            self.engine.reserve_custom(self.campaign, format, codes)?;
        }
        Ok(())
    }

    /// How the codes look that are known here.
    fn looks(&self) -> String {
        let formats = self.custom.iter().map(|(format, _)| format.to_string());
        let kinds = iter::once("21 or 6 of 0-9a-z".to_owned()).chain(formats);
        format!("a code is {}", kinds.collect::<Vec<_>>().join(", or "))
    }
}

fn is_single_use(text: &str) -> bool {
    let symbols = Alphabet::base36();
    matches!(text.len(), 6 | 21)
        && text
            .chars()
            .all(|symbol| symbols.symbols().contains(symbol))
}
