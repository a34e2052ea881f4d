//! What an engine does for keyed campaigns only.

use std::ops::Range;

use crate::{
    batch::Batch,
    campaign::Campaign,
    code::format::Format,
    engine::{Engine, MAX_SEQUENCE_ID},
    error::Error,
    keyed::{
        counting::Source,
        fingerprint::Fingerprint,
        issuing::Keyed,
        serials::{Lease, Serials},
        stream::Codes,
    },
    request::Request,
};

/// Keyed campaigns: with the feature `keyed`.
impl Engine {
    /// Issues the coupons of a request with leased serials and sequence ids, from a database that many machines share.
    /// The same lease and request always give the same codes, on any machine, so a request that is retried after a crash
    /// gets the same ones. Only the dates come from the engine's clock.
    ///
    /// Issued codes are counted by whatever grants the leases, not by the engine. For a campaign that issues by leases,
    /// [`remaining`](Engine::remaining) and [`remaining_widget_codes`](Engine::remaining_widget_codes) give the number of
    /// codes that have a serial at all, and [`issued`](Engine::issued) how many coupons this engine has made, including
    /// those that it made again.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Key, Lease, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [])?));
    /// let request = Request::new("cam_15111")?.amount(100)?;
    /// let lease = Lease { sequence_id: 18_001_837, single_use: 5_000, custom: 0 };
    /// let batch = engine.generate_leased(&request, &lease)?;
    /// let again = engine.generate_leased(&request, &lease)?;
    /// assert!(batch.single_use_codes().eq(again.single_use_codes()));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`generate`](Engine::generate); 601 also if the lease goes past the last code or sequence id.
    /// [`Error::CampaignIsNotKeyed`] if there is no key; [`Error::EngineCounts`] if the engine has issued coupons
    /// with counters of its own.
    ///
    /// # Panics
    /// If the engine's clock does.
    pub fn generate_leased(&self, request: &Request, lease: &Lease) -> Result<Batch, Error> {
        let campaign = self.campaign(request.campaign())?;
        let keyed = keyed(&campaign)?;
        let now = self.now();
        let issued = campaign.issue_leased(keyed, request, lease, |amount| {
            check_sequence_ids(lease.sequence_id, amount)?;
            self.counting.decide(Source::Leases)
        })?;
        Ok(self.batch(campaign, request, issued, now))
    }

    /// What to store of a keyed campaign, for [`Campaign::resume`]: the next serials, and a fingerprint. All coupons that
    /// this engine has issued have lower serials.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Key, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [])?));
    /// engine.generate(&Request::new("cam_15111")?.amount(100)?)?;
    /// let serials = engine.serials("cam_15111")?;
    /// assert_eq!(serials.single_use(), 100);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 502 for an unknown campaign; [`Error::CampaignIsNotKeyed`] if it has no key; [`Error::EngineIsLeasedTo`] if the
    /// counters are elsewhere.
    pub fn serials(&self, campaign: &str) -> Result<Serials, Error> {
        let campaign = self.campaign(campaign)?;
        let keyed = keyed(&campaign)?;
        self.counting.check(Source::Own)?;
        Ok(keyed.serials())
    }

    /// Of all that decides the codes of a keyed campaign: equal for machines that would issue equal codes for equal
    /// serials. Those who keep counters in a database store it beside them, and compare before the first lease.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Fingerprint, Key};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [])?));
    /// let stored = engine.fingerprint("cam_15111")?.to_string();
    /// // On another machine, before it leases:
    /// assert_eq!(engine.fingerprint("cam_15111")?, stored.parse::<Fingerprint>()?);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 502 for an unknown campaign; [`Error::CampaignIsNotKeyed`] if it has no key.
    pub fn fingerprint(&self, campaign: &str) -> Result<Fingerprint, Error> {
        let campaign = self.campaign(campaign)?;
        Ok(keyed(&campaign)?.fingerprint())
    }

    /// The serial of a custom code of a keyed campaign, found by decryption; none for a text that is not a code of the
    /// format, or that was reserved. A code that was **never issued** has a serial, too, at or past the counter: compare
    /// it with your counter, and with the coupon's row. Do not let strangers ask: serials reveal the order and the volume
    /// of sales.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Key, Request};
    /// # let engine = Engine::new();
    /// let format = Format::new("A-", CodeType::Numeric, 8)?;
    /// assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [format.clone()])?));
    /// let batch = engine.generate(&Request::new("cam_15111")?.custom_codes(format.clone()))?;
    /// for (serial, code) in (0..).zip(batch.custom_validation_codes()) {
    ///     assert_eq!(engine.serial("cam_15111", &format, code)?, Some(serial));
    /// }
    /// assert_eq!(engine.serial("cam_15111", &format, "A-1234")?, None);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 502 for an unknown campaign; [`Error::CampaignIsNotKeyed`] if it has no key; [`Error::FormatNotAllowed`] for a format
    /// that was not declared; [`Error::TooFewCodes`] or [`Error::InvalidWords`] if words leave no codes to issue.
    pub fn serial(
        &self,
        campaign: &str,
        format: &Format,
        code: &str,
    ) -> Result<Option<u64>, Error> {
        let campaign = self.campaign(campaign)?;
        let keyed = keyed(&campaign)?;
        let place = campaign.place(keyed, format)?;
        Ok(keyed.customs[place].serial(code))
    }

    /// The serial of a whole single-use code of a keyed campaign; none unless the 15 symbols after the widget code are
    /// right. They can be computed only with the key, and a guess is right with a probability of 1 in 2^77. Somebody who
    /// has the key can write a code that has not been issued yet: compare its serial as with [`serial`](Engine::serial).
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Key, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [])?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// let code = batch.single_use_codes().nth(7).unwrap();
    /// assert_eq!(engine.single_use_serial("cam_15111", code)?, Some(7));
    ///
    /// let forged = format!("{}000000000000000", &code[..6]);
    /// assert_eq!(engine.single_use_serial("cam_15111", &forged)?, None);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 502 for an unknown campaign; [`Error::CampaignIsNotKeyed`] if it has no key; [`Error::TooFewCodes`] if its words
    /// leave too few codes.
    pub fn single_use_serial(&self, campaign: &str, code: &str) -> Result<Option<u64>, Error> {
        let campaign = self.campaign(campaign)?;
        let keyed = keyed(&campaign)?;
        campaign.single_use_spelling()?;
        Ok(keyed.single_use.serial(code))
    }

    /// The custom codes of a range of serials of a keyed campaign, as a stream in constant memory, made by all threads:
    /// for printing or exporting 10^9 codes. No counter moves. An empty range, or one that ends before it starts, has no
    /// codes.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Key};
    /// # let engine = Engine::new();
    /// let format = Format::new("A-", CodeType::Numeric, 10)?;
    /// assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [format.clone()])?));
    /// let codes = engine.codes("cam_15111", &format, 0..1_000_000)?;
    /// assert_eq!(codes.len(), 1_000_000);
    /// for (serial, code) in (0..).zip(codes.take(1_000)) {
    ///     assert_eq!(engine.serial("cam_15111", &format, &code)?, Some(serial));
    /// }
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 502 for an unknown campaign; [`Error::CampaignIsNotKeyed`] if it has no key; [`Error::FormatNotAllowed`] for a
    /// format that was not declared; [`Error::TooFewCodes`] or [`Error::InvalidWords`] if words leave no codes to issue;
    /// 601 if the range goes past the last code.
    pub fn codes(
        &self,
        campaign: &str,
        format: &Format,
        serials: Range<u64>,
    ) -> Result<Codes, Error> {
        let campaign = self.campaign(campaign)?;
        let place = campaign.place(keyed(&campaign)?, format)?;
        Codes::new(campaign, place, serials)
    }
}

/// What a campaign with a key is.
fn keyed(campaign: &Campaign) -> Result<&Keyed, Error> {
    campaign.keyed.as_deref().ok_or(Error::CampaignIsNotKeyed)
}

fn check_sequence_ids(first: u64, asked: u64) -> Result<(), Error> {
    let left = (MAX_SEQUENCE_ID + 1).saturating_sub(first);
    if asked > left {
        return Err(Error::OutOfSequenceIds { asked, left });
    }
    Ok(())
}
