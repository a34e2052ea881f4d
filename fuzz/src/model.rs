//! What a campaign has issued and reserved, as a list to be searched from end to end.
//!
//! A code is decided on its stem: prefix and head. A stem that is issued, or reserved, takes with it
//! all codes that begin with it and that its format spells; no code is taken twice. (A reserved code
//! whose stem is not free in this sense is an item by itself, of no format.)

use std::collections::HashSet;

use couponmint::{Batch, Format};

#[derive(Default)]
pub struct Model {
    items: Vec<Item>,
    texts: HashSet<String>,
    widgets: HashSet<String>,
}

struct Item {
    text: String,
    code_length: usize,
    format: Option<&'static Format>,
}

impl Item {
    /// Whether the item takes all codes with this start, of no shorter text than its own.
    fn takes(&self, start: &str) -> bool {
        starts(start, &self.text) && self.format.is_none_or(|format| begins(format, start))
    }
}

impl Model {
    /// Takes in a batch, all of whose codes must be free.
    pub fn issue(&mut self, batch: &Batch, format: Option<&'static Format>) {
        for coupon in batch {
            let widget = coupon.widget_validation_code();
            assert!(coupon.single_use_code().starts_with(widget));
            assert!(self.widgets.insert(widget.to_owned()), "{widget} twice");
            assert_eq!(coupon.custom_validation_code().is_some(), format.is_some());
            if let (Some(code), Some(format)) = (coupon.custom_validation_code(), format) {
                assert!(spells(format, code), "{format:?} does not spell {code}");
                assert!(self.texts.insert(code.to_owned()), "{code} twice");
                let stem = stem(format, code);
                assert!(self.is_free(format, stem), "{stem} is not free");
                self.take(stem, code.len(), Some(format));
            }
        }
    }

    /// Reserves a custom code; whether it was free.
    pub fn reserve(&mut self, format: &'static Format, code: &str) -> bool {
        self.texts.insert(code.to_owned());
        if self.items(code.len()).any(|item| item.takes(code)) {
            return false;
        }
        let stem = stem(format, code);
        if self.is_free(format, stem) {
            self.take(stem, code.len(), Some(format));
        } else {
            self.take(code, code.len(), None);
        }
        true
    }

    /// Reserves the widget code that a text begins with; whether it was free.
    pub fn reserve_widget(&mut self, code: &str) -> bool {
        self.widgets.insert(code[..6].to_owned())
    }

    pub fn widgets_left(&self) -> u64 {
        36_u64.pow(6) - self.widgets.len() as u64
    }

    /// The free stems of a format.
    pub fn left(&self, format: &Format) -> u64 {
        let (stem_length, code_length) = lengths(format);
        let begun = self
            .items(code_length)
            .filter(|item| begins(format, &item.text));
        let (longer, shorter): (Vec<_>, Vec<_>) =
            begun.partition(|item| item.text.len() >= stem_length);
        let stems: HashSet<_> = longer
            .iter()
            .map(|item| &item.text[..stem_length])
            .collect();
        let is_apart = |stem: &&str| !shorter.iter().any(|item| item.takes(stem));
        let alone = stems.into_iter().filter(is_apart).count() as u64;
        let blocks: u64 = shorter.iter().map(|item| block(item, format)).sum();
        format.capacity() - alone - blocks
    }

    /// The same of a small format, code by code.
    pub fn count(&self, format: &Format) -> u64 {
        let codes = (0..).map_while(|rank| format.code(rank));
        codes
            .filter(|code| self.is_free(format, stem(format, code)))
            .count() as u64
    }

    /// A custom code that was issued or reserved.
    pub fn text(&self, number: usize) -> Option<&str> {
        let item = self.items.get(number.checked_rem(self.items.len())?)?;
        Some(&item.text)
    }

    /// A widget code that was issued or reserved.
    pub fn widget(&self) -> Option<&str> {
        self.widgets.iter().min().map(String::as_str)
    }

    fn is_free(&self, format: &Format, stem: &str) -> bool {
        let (_, code_length) = lengths(format);
        !self.items(code_length).any(|item| {
            item.takes(stem) || (starts(&item.text, stem) && begins(format, &item.text))
        })
    }

    fn items(&self, code_length: usize) -> impl Iterator<Item = &Item> {
        self.items
            .iter()
            .filter(move |item| item.code_length == code_length)
    }

    fn take(&mut self, text: &str, code_length: usize, format: Option<&'static Format>) {
        let text = text.to_owned();
        self.items.push(Item {
            text,
            code_length,
            format,
        });
    }
}

/// How many stems of a format a shorter item takes.
fn block(item: &Item, format: &Format) -> u64 {
    let (stem_length, _) = lengths(format);
    let shared = |position| {
        let own = symbols(format, position).chars();
        let other = item.format.map_or("", |other| symbols(other, position));
        own.filter(|&symbol| other.contains(symbol)).count() as u64
    };
    (item.text.len()..stem_length).map(shared).product()
}

/// `starts_with`, out of sight of the fuzzer, which would take note of every comparison of memory.
fn starts(text: &str, start: &str) -> bool {
    start.len() <= text.len() && text.bytes().zip(start.bytes()).all(|(a, b)| a == b)
}

pub fn spells(format: &Format, code: &str) -> bool {
    code.len() == lengths(format).1 && begins(format, code)
}

/// Whether a format spells codes that begin like this.
fn begins(format: &Format, start: &str) -> bool {
    let (prefix, alphabet) = (format.prefix().as_bytes(), format.alphabet().symbols());
    let allows = |(position, symbol): (usize, u8)| match prefix.get(position) {
        Some(&only) => only == symbol,
        None => alphabet.as_bytes().contains(&symbol),
    };
    start.bytes().enumerate().all(allows)
}

/// The symbols that a format has at a position.
fn symbols(format: &Format, position: usize) -> &str {
    let alphabet = format.alphabet().symbols();
    format.prefix().get(position..=position).unwrap_or(alphabet)
}

fn stem<'a>(format: &Format, code: &'a str) -> &'a str {
    &code[..lengths(format).0]
}

/// The symbols of a stem and of a code.
fn lengths(format: &Format) -> (usize, usize) {
    let prefix = format.prefix().len();
    (prefix + format.head_length(), prefix + format.length())
}
