//! Campaigns with a key, and codes that exist before a campaign is added to an engine.

use crate::{
    campaign::{Campaign, IssuedCodes},
    code::format::Format,
    error::Error,
    existing::{custom_text, widget_numbers},
    keyed::{
        issuing::{Keyed, Order},
        key::Key,
        serials::{Lease, Serials},
        subkeys::Subkeys,
    },
    request::Request,
};

/// Campaigns that need no memory of codes: with the feature `keyed`.
impl Campaign {
    /// A campaign whose code number n is the encryption of n under a key. No code is issued twice, even after a restart
    /// or on other machines, although none is remembered. Custom codes are issued in the declared formats only.
    ///
    /// Each declared format means what it says: if *alphanumeric* is to be other symbols in requests
    /// ([`alphanumeric`](Self::alphanumeric)), declare a format of those.
    ///
    /// Everything that decides the codes is set before the campaign is added to an engine: the key, the name, the
    /// formats, the words to leave out, and the codes that exist already. Machines that share a campaign must agree on all
    /// of it; compare [`Engine::fingerprint`](crate::Engine::fingerprint) to find out whether they do. The order of the
    /// formats does not matter.
    ///
    /// The codes of a format that has fewer than 10^6 are shuffled when the first of them is asked for, and the table,
    /// 8 bytes for each code of the format, stays until the campaign goes.
    ///
    /// ```
    /// use couponmint::{Campaign, CodeType, Engine, Format, Key, Request};
    ///
    /// let format = Format::new("test_", CodeType::Alphanumeric, 10)?;
    /// let engine = Engine::new();
    /// assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [format.clone()])?));
    /// let batch = engine.generate(&Request::new("cam_15111")?.amount(1_000)?.custom_codes(format.clone()))?;
    /// assert_eq!(batch.len(), 1_000);
    /// assert_eq!(engine.remaining("cam_15111", &format)?, format.capacity() - 1_000);
    ///
    /// // A code tells its number, with no look-up anywhere.
    /// let code = batch.custom_validation_codes().nth(42).unwrap();
    /// assert_eq!(engine.serial("cam_15111", &format, code)?, Some(42));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new) for the name; [`Error::FormatsMeet`] if two of the formats can spell one text, and
    /// [`Error::FormatMeetsWidgetCodes`] if one can spell a widget code: machines that do not talk to each other could
    /// not keep such codes apart; [`Error::FormatIsTooLarge`] for a format that has words of its own, and 2^128 codes or
    /// nearly as many.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "to be wiped as soon as it is used"
    )]
    pub fn keyed(
        id: impl AsRef<str>,
        key: Key,
        formats: impl IntoIterator<Item = Format>,
    ) -> Result<Self, Error> {
        let mut campaign = Self::new(id)?;
        let formats: Vec<_> = formats.into_iter().collect();
        check_apart(&formats)?;
        let subkeys = Subkeys::new(&key, campaign.id());
        campaign.keyed = Some(Box::new(Keyed::new(subkeys, formats)?));
        Ok(campaign)
    }

    /// Reserves custom codes that exist already, so that they are never issued. Call it before the campaign is added to
    /// an engine, and before it is [resumed](Self::resume). In a keyed campaign, the numbering of the format skips them,
    /// and [`Engine::remaining`](crate::Engine::remaining) stays exact.
    ///
    /// ```
    /// use couponmint::{Campaign, CodeType, Engine, Format, Key};
    ///
    /// let format = Format::new("A-", CodeType::Numeric, 3)?;
    /// let campaign = Campaign::keyed("cam_15111", Key::generate(), [format.clone()])?
    ///     .reserve_custom(&format, ["A-123", "A-777", "A-123"])?;
    /// let engine = Engine::new();
    /// assert!(engine.add_campaign(campaign));
    /// assert_eq!(engine.remaining("cam_15111", &format)?, 998);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::ForeignCodes`] for codes that the format does not spell. Of a keyed campaign also
    /// [`Error::FormatNotAllowed`] for a format that was not declared, and [`Error::CampaignIsKeyed`] once it is resumed.
    pub fn reserve_custom<C: AsRef<str>>(
        mut self,
        format: &Format,
        codes: impl IntoIterator<Item = C>,
    ) -> Result<Self, Error> {
        let codes = custom_text(format, codes)?;
        match &mut self.keyed {
            Some(keyed) => keyed.reserve_custom(&*self.rules.clean(format)?, &codes)?,
            None => drop(self.reserve_customs(format, &codes)),
        }
        Ok(self)
    }

    /// Reserves single-use codes that exist already, whole ones (21 symbols) or widget codes alone (6 symbols), as
    /// [`reserve_custom`](Self::reserve_custom) does custom codes: their widget codes are never issued.
    ///
    /// ```
    /// use couponmint::{Campaign, Engine, Key};
    ///
    /// let campaign = Campaign::keyed("cam_15111", Key::generate(), [])?
    ///     .reserve_single_use(["5f3jupt49d27udvwpnsar", "9k20xa"])?;
    /// let engine = Engine::new();
    /// assert!(engine.add_campaign(campaign));
    /// assert_eq!(engine.remaining_widget_codes("cam_15111")?, 36_u64.pow(6) - 2);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::ForeignCodes`] for codes that are neither; [`Error::CampaignIsKeyed`] once a keyed campaign is resumed.
    pub fn reserve_single_use<C: AsRef<str>>(
        mut self,
        codes: impl IntoIterator<Item = C>,
    ) -> Result<Self, Error> {
        let ranks = widget_numbers(codes)?;
        match &mut self.keyed {
            Some(keyed) => keyed.reserve_single_use(&ranks)?,
            None => drop(self.reserve_widgets(&ranks)),
        }
        Ok(self)
    }

    /// Goes on where the campaign was before a restart, without loading a code. The serials are those that
    /// [`Engine::serials`](crate::Engine::serials) gave: store them before a batch is handed out, or its codes are issued
    /// again.
    ///
    /// ```
    /// use couponmint::{Campaign, Engine, Error, Key, Request};
    ///
    /// let key = Key::generate();
    /// let engine = Engine::new();
    /// assert!(engine.add_campaign(Campaign::keyed("cam_15111", key.clone(), [])?));
    /// engine.generate(&Request::new("cam_15111")?.amount(100)?)?;
    /// let serials = engine.serials("cam_15111")?;
    ///
    /// let restarted = Engine::new();
    /// assert!(restarted.add_campaign(Campaign::keyed("cam_15111", key, [])?.resume(serials.clone())?));
    /// assert_eq!(restarted.issued("cam_15111")?, 100);
    ///
    /// let other = Campaign::keyed("cam_15111", Key::generate(), [])?.resume(serials);
    /// assert_eq!(other.err(), Some(Error::OtherSerials));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OtherSerials`] if they are of a campaign with another key, name, formats, words or reserved codes;
    /// [`Error::CampaignIsNotKeyed`] if there is no key; [`Error::CampaignIsKeyed`] if it is resumed already.
    pub fn resume(mut self, serials: Serials) -> Result<Self, Error> {
        let keyed = self.keyed.as_mut().ok_or(Error::CampaignIsNotKeyed)?;
        let issued = serials.single_use();
        keyed.resume(serials)?;
        self.coupons.count(issued);
        Ok(self)
    }

    /// Words decide which codes there are.
    pub(crate) fn number_anew(&mut self) {
        if let Some(keyed) = &mut self.keyed {
            keyed.anew(&self.rules);
        }
    }

    /// The place of a format that is asked for.
    pub(super) fn place(&self, keyed: &Keyed, asked: &Format) -> Result<usize, Error> {
        if self.has_too_many_words() {
            return Err(Error::InvalidWords);
        }
        keyed.place(&*self.rules.format(asked)?)
    }

    /// Issues the codes of a request, of the next serials.
    pub(crate) fn issue_next(
        &self,
        keyed: &Keyed,
        request: &Request,
        take_sequence_ids: impl FnOnce(u64) -> Result<u64, Error>,
    ) -> Result<IssuedCodes, Error> {
        let issued = keyed.issue(&self.order(keyed, request)?, take_sequence_ids)?;
        self.coupons.count(issued.single_use.len() as u64);
        Ok(issued)
    }

    /// Issues the codes of a request, of leased serials. `check` is called when nothing else can refuse it.
    pub(super) fn issue_leased(
        &self,
        keyed: &Keyed,
        request: &Request,
        lease: &Lease,
        check: impl FnOnce(u64) -> Result<(), Error>,
    ) -> Result<IssuedCodes, Error> {
        let issued = keyed.issue_leased(&self.order(keyed, request)?, lease, check)?;
        self.coupons.count(issued.single_use.len() as u64);
        Ok(issued)
    }

    /// What a request asks for, by the rules of the campaign.
    fn order(&self, keyed: &Keyed, request: &Request) -> Result<Order, Error> {
        let rules = self.rules();
        self.single_use_spelling()?;
        keyed.check()?;
        let place = |asked| self.place(keyed, asked);
        Ok(Order {
            amount: request.requested_amount(),
            place: request.format().map(place).transpose()?,
            max_coupons: rules.max_coupons(),
        })
    }
}

/// Refuses formats whose codes could not be kept apart without a memory of codes.
fn check_apart(formats: &[Format]) -> Result<(), Error> {
    let is_same_length = |a: &Format, b: &Format| a.text_length() == b.text_length();
    let meets = |a: &Format, b: &Format| is_same_length(a, b) && a.meets(b);
    for (second, format) in formats.iter().enumerate() {
        if meets(format, Format::widget()) {
            return Err(Error::FormatMeetsWidgetCodes { index: second });
        }
        let first = formats[..second]
            .iter()
            .position(|other| meets(other, format));
        if let Some(first) = first {
            return Err(Error::FormatsMeet { first, second });
        }
    }
    Ok(())
}
