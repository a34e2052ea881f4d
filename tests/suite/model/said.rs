//! What a campaign of a history says about its coupons.

use couponmint::{Alphabet, Campaign, Error, Format, Words};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select},
};

use crate::oracle::{spells, with_all_words};

/// As it is drawn, for whatever formats a history has.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    alphanumeric: Option<&'static str>,
    formats: Option<Vec<Index>>,
    max_coupons: Option<u64>,
    words: Option<&'static [&'static str]>,
}

pub(super) fn said() -> impl Strategy<Value = Said> {
    let symbols = prop_oneof![Just("01A"), Just("A0"), Just("23456789abcdefgh")];
    let limits = prop_oneof![0..20_u64, 0..3000_u64];
    let said = (
        option::weighted(0.3, symbols),
        option::weighted(0.2, vec(any::<Index>(), 0..6)),
        option::weighted(0.3, limits),
    );
    let said = said.prop_map(|(alphanumeric, formats, max_coupons)| Said {
        alphanumeric,
        formats,
        max_coupons,
        words: None,
    });
    prop_oneof![Just(Said::default()), said]
}

/// The same, mostly with words.
pub(super) fn said_with_words() -> impl Strategy<Value = Said> {
    let lists: [&[&str]; 4] = [
        &["11", "42"],
        &["a", "70"],
        &["0ia", "aaa", "1"],
        &["012", "xo"],
    ];
    let lists = option::weighted(0.8, select(lists.to_vec()));
    (said(), lists).prop_map(|(said, words)| Said { words, ..said })
}

/// What is said of a campaign, by its formats.
#[derive(Debug)]
pub(super) struct Rules {
    alphanumeric: Option<Alphabet>,
    formats: Option<Vec<Format>>,
    pub(super) max_coupons: u64,
    pub(super) words: Option<Words>,
}

impl Rules {
    pub(super) fn new(said: Said, formats: &[Format]) -> Self {
        let chosen = |indices: Vec<Index>| {
            let chosen = indices.iter().map(|index| index.get(formats).clone());
            chosen.collect()
        };
        Self {
            alphanumeric: said.alphanumeric.map(|text| Alphabet::new(text).unwrap()),
            formats: said.formats.map(chosen),
            max_coupons: said.max_coupons.unwrap_or(u64::MAX),
            words: said.words.map(|list| Words::new(list).unwrap()),
        }
    }

    /// The campaign, told of them.
    pub(super) fn tell(&self, mut campaign: Campaign) -> Campaign {
        if let Some(formats) = &self.formats {
            campaign = campaign.formats(formats.clone());
        }
        if let Some(alphabet) = &self.alphanumeric {
            campaign = campaign.alphanumeric(alphabet.clone());
        }
        if self.max_coupons < u64::MAX {
            campaign = campaign.max_coupons(self.max_coupons);
        }
        if let Some(words) = &self.words {
            campaign = campaign.without_words(words);
        }
        campaign
    }

    /// The format in which codes are issued that are asked for in this one, if it may be asked for.
    pub(super) fn issued(&self, asked: &Format) -> Result<Format, Error> {
        let issued = self.clean(&self.meant(asked))?;
        let is_allowed = |allowed: &Vec<Format>| {
            let mut allowed = allowed.iter().map(|format| self.clean(&self.meant(format)));
            allowed.any(|format| format.as_ref() == Ok(&issued))
        };
        let is_allowed = self.formats.as_ref().is_none_or(is_allowed);
        is_allowed.then_some(issued).ok_or(Error::FormatNotAllowed)
    }

    /// A format without the words of the campaign.
    pub(super) fn clean(&self, format: &Format) -> Result<Format, Error> {
        match &self.words {
            Some(words) => format.clone().without_words(words),
            None => Ok(format.clone()),
        }
    }

    /// In which format a code that exists already is kept: those that hold a word are codes of the format with all words.
    pub(super) fn kept(&self, format: &Format, code: &str) -> Format {
        let clean = self.clean(format).ok().filter(|clean| spells(clean, code));
        clean.unwrap_or_else(|| with_all_words(format))
    }

    fn meant(&self, asked: &Format) -> Format {
        let text = asked.to_string();
        let (pattern, symbols) = text.split_once(' ').unwrap();
        let is_plain = pattern[asked.prefix().len()..]
            .bytes()
            .all(|byte| byte == b'#');
        match &self.alphanumeric {
            Some(alphabet) if is_plain && symbols == ALPHANUMERIC => {
                let symbols = pattern.len() - asked.prefix().len();
                Format::with_alphabet(asked.prefix(), alphabet.clone(), symbols).unwrap()
            }
            _ => asked.clone(),
        }
    }
}

/// How the text of a format names these symbols.
const ALPHANUMERIC: &str = "alphanumeric";
