//! What a campaign says about its coupons: what alphanumeric means, which words no code spells, which formats may be
//! asked for, how many coupons there may be.
//!
//! A request names a type of code, and the campaign says which symbols these are. So there are two readings of a
//! format: *as asked for*, where a prefix and symbols of `0-9A-Za-z` stand for the alphanumeric codes of the
//! campaign, and *as issued*, where every format means what it says. Requests, `Campaign::formats` and
//! `Engine::remaining` read it as asked for; ledgers, batches and codes to reserve have it as issued.

use std::borrow::Cow;

use hashbrown::HashSet;

use crate::{
    campaign::Campaign,
    code::{alphabet::Alphabet, format::Format, words::Words},
    error::Error,
};

/// What is said of one campaign; by default nothing, and anything may be asked for.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    alphanumeric: Option<Alphabet>,
    words: Option<Words>,
    /// The formats that may be asked for, as they were said.
    formats: Option<Vec<Format>>,
    /// The same, as they are issued.
    allowed: Option<HashSet<Format>>,
    max_coupons: Option<u64>,
}

impl Rules {
    /// What alphanumeric means, if that was said.
    pub(crate) fn alphanumeric(&self) -> Option<&Alphabet> {
        self.alphanumeric.as_ref()
    }

    /// The words that no code spells, if there are any.
    pub(crate) fn words(&self) -> Option<&Words> {
        self.words.as_ref()
    }

    /// Says which words no code spells.
    pub(super) fn set_words(&mut self, words: Words) {
        self.words = Some(words);
        self.settle();
    }

    /// The formats that may be asked for, if not any.
    pub(crate) fn formats(&self) -> Option<&[Format]> {
        self.formats.as_deref()
    }

    /// How many coupons there may be, if that was said.
    pub(crate) fn max_coupons(&self) -> Option<u64> {
        self.max_coupons
    }

    /// The format, as it is issued, of one that is asked for. What is counted for it is counted now, before anything
    /// is locked.
    ///
    /// # Errors
    /// [`Error::FormatNotAllowed`] unless it is one of those that may be asked for; [`Error::TooFewCodes`] if the
    /// campaign's words leave too few of its codes.
    pub(crate) fn format<'f>(&self, asked: &'f Format) -> Result<Cow<'f, Format>, Error> {
        let issued = self.as_issued(asked)?;
        let issued = match &self.allowed {
            // The one that was said: what was counted for it once is there.
            Some(allowed) => allowed.get(&*issued).cloned().map(Cow::Owned),
            None => Some(issued),
        };
        let issued = issued.ok_or(Error::FormatNotAllowed)?;
        let _ = issued.capacity();
        Ok(issued)
    }

    pub(crate) fn set_alphanumeric(&mut self, alphabet: Alphabet) {
        self.alphanumeric = Some(alphabet);
        self.settle();
    }

    pub(crate) fn set_formats(&mut self, formats: Vec<Format>) {
        self.formats = Some(formats);
        self.settle();
    }

    pub(crate) fn set_max_coupons(&mut self, coupons: u64) {
        self.max_coupons = Some(coupons);
    }

    fn as_issued<'f>(&self, asked: &'f Format) -> Result<Cow<'f, Format>, Error> {
        match &self.alphanumeric {
            Some(alphabet) if asked.is_alphanumeric() => {
                let (prefix, length) = (asked.prefix(), asked.length());
                let mut format = Format::unchecked(prefix, alphabet.clone(), length);
                if let Some(words) = asked.words() {
                    format = format.without_words(words)?;
                }
                let format = self.clean(&format)?.into_owned();
                Ok(Cow::Owned(format))
            }
            _ => self.clean(asked),
        }
    }

    /// A format without the words that no code spells.
    pub(crate) fn clean<'f>(&self, format: &'f Format) -> Result<Cow<'f, Format>, Error> {
        match &self.words {
            Some(words) => format.clone().without_words(words).map(Cow::Owned),
            None => Ok(Cow::Borrowed(format)),
        }
    }

    /// Whatever is said last counts for what was said before, too.
    fn settle(&mut self) {
        let formats = self.formats.as_ref();
        // One of which too few codes are left is refused for that.
        let as_issued = |format| self.as_issued(format).ok().map(Cow::into_owned);
        self.allowed = formats.map(|formats| formats.iter().filter_map(as_issued).collect());
    }
}

impl Campaign {
    /// Sets the symbols that *alphanumeric* means in the requests of this campaign. The default is `0-9A-Za-z`.
    ///
    /// A request asks for such codes by its parameters, or in Rust by an equivalent format: a prefix and
    /// symbols of `0-9A-Za-z`, which is what [`Format::new`] makes of
    /// [`CodeType::Alphanumeric`](crate::CodeType::Alphanumeric). A format with groups, a check symbol or
    /// another alphabet is taken as it is. The same applies to [`formats`](Campaign::formats) and
    /// [`Engine::remaining`](crate::Engine::remaining). Codes that exist already may be spelt otherwise:
    /// they are reserved in the very format that is given.
    ///
    /// ```
    /// use couponmint::{Alphabet, Campaign, CodeType, Engine, Format, Request};
    ///
    /// let engine = Engine::new();
    /// assert!(engine.add_campaign(Campaign::new("cam_15111")?.alphanumeric(Alphabet::crockford())));
    ///
    /// let format = Format::new("A-", CodeType::Alphanumeric, 10)?;
    /// let batch = engine.generate(&Request::new("cam_15111")?.custom_codes(format))?;
    /// let issued = Format::pattern("A-##########", Alphabet::crockford())?;
    /// for code in batch.custom_validation_codes() {
    ///     assert!(issued.spells(code));
    /// }
    /// assert_eq!(engine.formats("cam_15111")?, [issued]);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn alphanumeric(mut self, alphabet: Alphabet) -> Self {
        self.rules.set_alphanumeric(alphabet);
        self
    }

    /// Restricts the formats of custom codes that may be asked for; requests for any other are refused with 302. By
    /// default there is no restriction. A second call replaces the first. Coupons without custom codes can always
    /// be asked for.
    ///
    /// The parameters of a request, as JSON or as a form, can only name a prefix, a length and a type: they
    /// reach those of the formats that are a prefix and symbols, numeric or alphanumeric as the
    /// [campaign means it](Campaign::alphanumeric). All others are asked for in Rust.
    ///
    /// ```
    /// use couponmint::{Alphabet, Campaign, Check, CodeType, Engine, Error, Format, Request};
    ///
    /// let summer = Format::pattern("SUMMER-####-####", Alphabet::crockford())?.check(Check::Iso7064)?;
    /// let plain = Format::new("A-", CodeType::Numeric, 8)?;
    /// let campaign = Campaign::new("cam_15111")?.formats([summer.clone(), plain]);
    ///
    /// let engine = Engine::new();
    /// assert!(engine.add_campaign(campaign));
    /// assert!(engine.generate(&Request::new("cam_15111")?.custom_codes(summer)).is_ok());
    ///
    /// let short = Format::new("A-", CodeType::Numeric, 4)?;
    /// let refused = engine.generate(&Request::new("cam_15111")?.custom_codes(short)).unwrap_err();
    /// assert_eq!(refused, Error::FormatNotAllowed);
    /// assert_eq!((refused.code(), refused.parameter()), (302, Some("code_prefix")));
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn formats(mut self, formats: impl IntoIterator<Item = Format>) -> Self {
        self.rules.set_formats(formats.into_iter().collect());
        self
    }

    /// Limits the number of this campaign's coupons. A request for more than are left is refused with 601, and the
    /// error says how many are left: [`Error::Exhausted`] of the kind [`CodeKind::Coupon`](crate::CodeKind::Coupon).
    /// Coupons of a batch that is [released](crate::Engine::release) do not count any more, and codes that
    /// are reserved never did.
    ///
    /// ```
    /// use couponmint::{Campaign, CodeKind, Engine, Error, Request};
    ///
    /// let engine = Engine::new();
    /// assert!(engine.add_campaign(Campaign::new("cam_15111")?.max_coupons(1_000)));
    /// let request = Request::new("cam_15111")?.amount(600)?;
    /// let batch = engine.generate(&request)?;
    ///
    /// let refused = engine.generate(&request).unwrap_err();
    /// let (kind, asked, left) = (CodeKind::Coupon, 600, 400);
    /// assert_eq!(refused, Error::Exhausted { kind, asked, left });
    ///
    /// engine.release(batch)?;
    /// assert!(engine.generate(&request).is_ok());
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn max_coupons(mut self, coupons: u64) -> Self {
        self.rules.set_max_coupons(coupons);
        self.coupons.limit(coupons);
        self
    }

    /// What is said of its coupons.
    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }
}
