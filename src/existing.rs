//! Codes that exist already. A list of them is read to its end and checked before any of them is reserved: so
//! none of the caller's code runs under a lock, and a list with a foreign code in it changes nothing.

use hashbrown::HashMap;

use crate::{
    campaign::{Campaign, widgets},
    code::format::Format,
    error::Error,
};

/// How many foreign codes an error names.
const NAMED: usize = 100;

/// How many codes of a list were new: neither issued nor reserved before.
///
/// ```
/// use couponmint::{Campaign, Engine, Reserved};
///
/// let engine = Engine::new();
/// assert!(engine.add_campaign(Campaign::new("cam_15111")?));
/// let rows = [("5f3jup", None::<&str>), ("9k20xa", None), ("5f3jup", None)];
/// let new = engine.reserve_coupons("cam_15111", &[], rows)?;
/// assert_eq!((new.single_use_codes, new.custom_codes), (2, 0));
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct Reserved {
    /// Single-use codes whose widget codes were free.
    pub single_use_codes: u64,
    /// Custom codes that were free.
    pub custom_codes: u64,
}

/// The numbers of widget codes, from whole single-use codes or widget codes alone.
pub(crate) fn widget_numbers<C: AsRef<str>>(
    codes: impl IntoIterator<Item = C>,
) -> Result<Vec<u64>, Error> {
    let mut foreign = ForeignCodes::default();
    let number = |(index, code): (usize, C)| {
        let number = widgets::number_of_single_use(code.as_ref().as_bytes());
        foreign.note_none(index, number)
    };
    let numbers = codes.into_iter().enumerate().filter_map(number).collect();
    foreign.unless_any()?;
    Ok(numbers)
}

/// The codes of a format, one after the other: all are of one length.
pub(crate) fn custom_text<C: AsRef<str>>(
    format: &Format,
    codes: impl IntoIterator<Item = C>,
) -> Result<String, Error> {
    let (mut text, mut foreign) = (String::new(), ForeignCodes::default());
    for (index, code) in codes.into_iter().enumerate() {
        let code = code.as_ref();
        let is_spelt = format.spells_with_words(code).then(|| text.push_str(code));
        foreign.note_none(index, is_spelt);
    }
    foreign.unless_any()?;
    Ok(text)
}

/// Single-use codes and custom codes, ready to be reserved.
pub(crate) struct Coupons<'f> {
    widgets: Vec<u64>,
    /// The codes of each format, as [`custom_text`] gives them.
    customs: Vec<(&'f Format, String)>,
}

impl<'f> Coupons<'f> {
    pub(crate) fn read<S: AsRef<str>, C: AsRef<str>>(
        formats: &'f [Format],
        rows: impl IntoIterator<Item = (S, Option<C>)>,
    ) -> Result<Self, Error> {
        let finder = Finder::new(formats);
        let mut widgets = Vec::new();
        let mut customs: Vec<_> = formats
            .iter()
            .map(|format| (format, String::new()))
            .collect();
        let mut foreign = ForeignCodes::default();
        for (index, (single_use, custom)) in rows.into_iter().enumerate() {
            let widget = widgets::number_of_single_use(single_use.as_ref().as_bytes());
            let custom = custom.as_ref().map(C::as_ref);
            let found = match custom {
                Some(code) => finder.find(code).map(|format| Some((format, code))),
                None => Some(None),
            };
            let row = foreign.note_none(index, widget.zip(found));
            let Some((widget, custom)) = row else {
                continue;
            };
            widgets.push(widget);
            if let Some((format, code)) = custom {
                customs[format].1.push_str(code);
            }
        }
        foreign.unless_any()?;
        Ok(Self { widgets, customs })
    }

    pub(crate) fn reserve_in(&self, campaign: &Campaign) -> Reserved {
        let used = self.customs.iter().filter(|(_, codes)| !codes.is_empty());
        Reserved {
            single_use_codes: campaign.reserve_widgets(&self.widgets),
            custom_codes: used
                .map(|(format, codes)| campaign.reserve_customs(format, codes))
                .sum(),
        }
    }
}

/// Finds the format of a code among many: by its length and its first symbols.
struct Finder<'f> {
    formats: &'f [Format],
    by_start: HashMap<(usize, &'f str), Vec<usize>>,
    /// The lengths of the prefixes of codes of each length.
    prefix_lengths: Vec<Vec<usize>>,
}

impl<'f> Finder<'f> {
    fn new(formats: &'f [Format]) -> Self {
        let mut by_start: HashMap<_, Vec<_>> = HashMap::new();
        let mut prefix_lengths: Vec<Vec<_>> = Vec::new();
        for (place, format) in formats.iter().enumerate() {
            let (length, prefix) = (format.text_length(), format.prefix());
            by_start.entry((length, prefix)).or_default().push(place);
            if prefix_lengths.len() <= length {
                prefix_lengths.resize_with(length + 1, Vec::new);
            }
            if !prefix_lengths[length].contains(&prefix.len()) {
                prefix_lengths[length].push(prefix.len());
            }
        }
        Self {
            formats,
            by_start,
            prefix_lengths,
        }
    }

    /// The first of the formats that spells a text, or would but for a word: codes that exist may hold one.
    fn find(&self, code: &str) -> Option<usize> {
        let starts = self.prefix_lengths.get(code.len())?.iter();
        let starts = starts.filter_map(|&length| Some((code.len(), code.get(..length)?)));
        let formats = starts
            .filter_map(|start| self.by_start.get(&start))
            .flatten();
        let formats = formats.copied();
        formats
            .filter(|&place| self.formats[place].spells_with_words(code))
            .min()
    }
}

/// The codes of a list that are none of their format.
#[derive(Default)]
struct ForeignCodes {
    indices: Vec<usize>,
    more: usize,
}

impl ForeignCodes {
    /// Takes note of what there is none of.
    fn note_none<T>(&mut self, index: usize, read: Option<T>) -> Option<T> {
        if read.is_none() && self.indices.len() < NAMED {
            self.indices.push(index);
        } else if read.is_none() {
            self.more += 1;
        }
        read
    }

    fn unless_any(self) -> Result<(), Error> {
        let Self { indices, more } = self;
        if indices.is_empty() {
            return Ok(());
        }
        Err(Error::ForeignCodes { indices, more })
    }
}
