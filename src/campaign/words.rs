//! Words that no code of a campaign spells.

use std::borrow::Cow;

use crate::{
    campaign::Campaign,
    code::{
        format::Format,
        spelling::Spelling,
        words::{Finder, Words},
    },
    error::Error,
};

/// What a campaign without some words has to know of its single-use codes.
pub(super) struct CleanCodes {
    single_use: Spelling,
    /// Why nothing can be issued, if that is so.
    error: Option<Error>,
}

impl CleanCodes {
    /// Them, and the format of widget codes without the words.
    fn new(words: &Words) -> (Self, Format) {
        let (widget, are_enough) = Format::widget().without_any(words.clone());
        let single_use = Spelling::single_use_without(words);
        let is_followed = single_use.finder().is_none_or(Finder::leaves_enough);
        let clean = Self {
            error: (!are_enough || !is_followed).then_some(Error::TooFewCodes),
            single_use,
        };
        (clean, widget)
    }
}

impl Campaign {
    /// Adds words that no code of the campaign may spell from now on: custom codes, whatever their format, widget
    /// codes and single-use codes.
    ///
    /// - A request's custom format is replaced by what [`Format::without_words`] makes of it; its own words are
    ///   left out too. The batch has that format, and [`Engine::remaining`](crate::Engine::remaining) counts its codes.
    /// - In a single-use code, no word is in the widget code, or begins there and ends after it.
    ///   [`Engine::remaining_widget_codes`](crate::Engine::remaining_widget_codes) counts the free widget codes
    ///   without a word.
    /// - Codes that exist already may hold words, and can still be reserved.
    ///
    /// If fewer than one in 16 widget codes, or codes of a custom format, are left, requests that need them are
    /// refused with [`Error::TooFewCodes`]. If all the lists together are too long, every request is refused with
    /// [`Error::InvalidWords`]; further lists do not change that.
    ///
    /// In a keyed campaign, formats of nearly 2^128 codes or more are refused with `Error::FormatIsTooLarge` from then on;
    /// and words that are set after `resume` make every request fail with `Error::CampaignIsKeyed`.
    ///
    /// ```
    /// use couponmint::{Campaign, CodeType, Engine, Format, Request, Words};
    ///
    /// let words = Words::english();
    /// let engine = Engine::new();
    /// assert!(engine.add_campaign(Campaign::new("cam_15111")?.without_words(&words)));
    ///
    /// let format = Format::new("A-", CodeType::Alphanumeric, 8)?;
    /// let request = Request::new("cam_15111")?.custom_codes(format.clone());
    /// let clean = format.without_words(&words)?;
    /// assert_eq!(engine.generate(&request)?.format(), Some(&clean));
    /// assert_eq!(engine.remaining("cam_15111", &clean)?, clean.capacity() - 10);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn without_words(mut self, words: &Words) -> Self {
        self.leave_out(words);
        self
    }

    /// Once there are too many words, those before stay, and further lists change nothing.
    pub(super) fn leave_out(&mut self, words: &Words) {
        let all = match self.words() {
            _ if self.has_too_many_words() => return,
            Some(own) => own.and(words),
            None if words.is_empty() => return,
            None => Ok(words.clone()),
        };
        match all {
            Ok(all) => self.set_words(all),
            Err(_) => self.refuse_words(),
        }
    }

    fn set_words(&mut self, words: Words) {
        let (clean, widget) = CleanCodes::new(&words);
        self.widgets.issue_only(widget);
        self.clean = Some(clean);
        self.rules.set_words(words);
        #[cfg(feature = "keyed")]
        self.number_anew();
    }

    /// Refuses all requests from now on, as those of a campaign with too many words are.
    pub(super) fn refuse_words(&mut self) {
        if let Some(clean) = &mut self.clean {
            clean.error = Some(Error::InvalidWords);
        }
    }

    /// The words that no code of the campaign spells, if there are any.
    ///
    /// ```
    /// use couponmint::{Campaign, Words};
    ///
    /// let words = Words::new(["ass"])?;
    /// assert_eq!(Campaign::new("cam_15111")?.words(), None);
    /// assert_eq!(Campaign::new("cam_15111")?.without_words(&words).words(), Some(&words));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn words(&self) -> Option<&Words> {
        self.rules.words()
    }

    /// Whether there were too many words.
    pub(crate) fn has_too_many_words(&self) -> bool {
        let error = self.clean.as_ref().and_then(|clean| clean.error.as_ref());
        error == Some(&Error::InvalidWords)
    }

    /// How single-use codes are spelt.
    pub(crate) fn single_use_spelling(&self) -> Result<&Spelling, Error> {
        match &self.clean {
            None => Ok(Spelling::single_use()),
            Some(clean) => match &clean.error {
                None => Ok(&clean.single_use),
                Some(error) => Err(error.clone()),
            },
        }
    }

    /// Codes that exist, each with the format in whose ledger it belongs: those that are clean, and those that hold a
    /// word, which only a format with all words spells.
    pub(super) fn split<'c>(&self, format: &Format, codes: &'c str) -> Vec<(Format, Cow<'c, str>)> {
        let clean = self.rules.clean(format);
        let all = format.with_all_words();
        let Some(clean) = clean.ok().filter(|clean| clean.words().is_some()) else {
            return vec![(all, codes.into())];
        };
        let (mut clean_codes, mut others) = (String::new(), String::new());
        let mut rest = codes;
        while !rest.is_empty() {
            let (code, after) = rest.split_at(format.text_length());
            rest = after;
            if clean.is_clean(code.as_bytes()) {
                clean_codes.push_str(code);
            } else {
                others.push_str(code);
            }
        }
        vec![
            (clean.into_owned(), clean_codes.into()),
            (all, others.into()),
        ]
    }
}
