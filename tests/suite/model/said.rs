//! What a campaign of a history says about its coupons.

use couponmint::{Alphabet, Campaign, Format};
use proptest::{collection::vec, option, prelude::*, sample::Index};

/// As it is drawn, for whatever formats a history has.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    alphanumeric: Option<&'static str>,
    formats: Option<Vec<Index>>,
    max_coupons: Option<u64>,
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
    });
    prop_oneof![Just(Said::default()), said]
}

/// What is said of a campaign, by its formats.
#[derive(Debug)]
pub(super) struct Rules {
    alphanumeric: Option<Alphabet>,
    formats: Option<Vec<Format>>,
    pub(super) max_coupons: u64,
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
        campaign
    }

    /// The format in which codes are issued that are asked for in this one; none if it may not be asked for.
    pub(super) fn issued(&self, asked: &Format) -> Option<Format> {
        let issued = self.meant(asked);
        let is_allowed = |allowed: &Vec<Format>| {
            let mut allowed = allowed.iter().map(|format| self.meant(format));
            allowed.any(|format| format == issued)
        };
        let is_allowed = self.formats.as_ref().is_none_or(is_allowed);
        is_allowed.then_some(issued)
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
