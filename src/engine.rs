//! The engine: campaigns, sequence numbers, the clock; requests become batches.

use std::{
    fmt,
    sync::{Arc, PoisonError, atomic::Ordering},
};

use hashbrown::HashMap;
use jiff::Timestamp;

#[cfg(feature = "keyed")]
use crate::keyed::counting::{Counting, Source};
use crate::{
    batch::Batch,
    builder::EngineBuilder,
    campaign::{Campaign, IssuedCodes},
    code::format::Format,
    error::Error,
    existing::{Coupons, Reserved, custom_text, widget_numbers},
    link::LinkTemplate,
    random::stream::Stream,
    request::{Request, Status},
    sync::{AtomicU64, RwLock},
    validity::{Validity, whole_seconds},
};

/// The last sequence id: 2^53 - 1, the last integer that every reader of JSON tells from its
/// neighbours.
///
/// ```
/// use couponmint::{Campaign, Engine, MAX_SEQUENCE_ID, Request};
///
/// let engine = Engine::builder().first_sequence_id(MAX_SEQUENCE_ID - 9).build();
/// assert!(engine.add_campaign(Campaign::new("cam_15111")?));
/// let request = Request::new("cam_15111")?;
/// assert!(engine.generate(&request).is_ok());
/// assert_eq!(engine.generate(&request).unwrap_err().code(), 601);
/// # Ok::<(), couponmint::Error>(())
/// ```
pub const MAX_SEQUENCE_ID: u64 = (1 << 53) - 1;

pub(crate) type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

/// Issues coupons for its campaigns.
///
/// All methods take `&self`, and many threads may call them at once, from inside a rayon pool too.
/// An engine remembers what it has issued for as long as it lives. To go on after a restart, [`save`](Engine::save)
/// a campaign and [`load`](Engine::load) it, or hand the codes that exist to
/// [`reserve_coupons`](Engine::reserve_coupons).
///
/// ```
/// use couponmint::{Campaign, Engine, Request};
///
/// let engine = Engine::new();
/// assert!(engine.add_campaign(Campaign::new("cam_15111")?));
/// let batch = engine.generate(&Request::new("cam_15111")?.amount(100)?)?;
/// assert_eq!(batch.len(), 100);
/// # Ok::<(), couponmint::Error>(())
/// ```
pub struct Engine {
    pub(crate) links: LinkTemplate,
    pub(crate) next_sequence_id: AtomicU64,
    pub(crate) seed: Option<[u8; 32]>,
    pub(crate) tickets: AtomicU64,
    pub(crate) clock: Clock,
    pub(crate) campaigns: RwLock<HashMap<String, Arc<Campaign>>>,
    #[cfg(feature = "keyed")]
    pub(crate) counting: Counting,
}

impl Engine {
    /// An engine with the defaults of the [`builder`](Engine::builder).
    ///
    /// ```
    /// use couponmint::Engine;
    ///
    /// let engine = Engine::new();
    /// assert!(engine.campaigns().is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Sets up an engine.
    ///
    /// ```
    /// use couponmint::Engine;
    ///
    /// let engine = Engine::builder()
    ///     .base_url("https://shop.example/coupons/")
    ///     .first_sequence_id(18_001_837)
    ///     .try_build()?;
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    pub fn builder() -> EngineBuilder {
        EngineBuilder::new()
    }

    /// Adds a campaign. False, and nothing changes, if there is already one of that name.
    ///
    /// ```
    /// use couponmint::{Campaign, Engine};
    ///
    /// let engine = Engine::new();
    /// assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// assert!(!engine.add_campaign(Campaign::new("cam_15111")?));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use = "false if there is a campaign of that name, which stays as it is"]
    pub fn add_campaign(&self, campaign: Campaign) -> bool {
        self.add(campaign, 0)
    }

    /// The same of a campaign that has used all sequence ids before this one.
    pub(crate) fn add(&self, campaign: Campaign, next_sequence_id: u64) -> bool {
        let mut campaigns = self
            .campaigns
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let is_new = !campaigns.contains_key(campaign.id());
        if is_new {
            self.next_sequence_id
                .fetch_max(next_sequence_id, Ordering::Relaxed);
            campaigns.insert(campaign.id().to_owned(), Arc::new(campaign));
        }
        is_new
    }

    /// Issues the coupons of a request.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let format = Format::new("A-", CodeType::Numeric, 3)?;
    /// let request = Request::new("cam_15111")?.amount(600)?.custom_codes(format);
    /// assert_eq!(engine.generate(&request)?.len(), 600);
    ///
    /// let refused = engine.generate(&request).unwrap_err(); // 400 of 1,000 are left
    /// assert_eq!(refused.code(), 601);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 502 for an unknown campaign; 302 for a format that is none of those that [may be asked
    /// for](Campaign::formats); 601 if fewer codes, widget or custom, are free than asked for, or fewer
    /// coupons or sequence ids are left; 301 if the campaign's [words](Campaign::without_words) leave too
    /// few codes. Then nothing has changed.
    ///
    /// # Panics
    /// If the operating system has no entropy to give, or the engine's clock panics; then nothing
    /// has changed either.
    pub fn generate(&self, request: &Request) -> Result<Batch, Error> {
        let campaign = self.campaign(request.campaign())?;
        let now = self.now();
        let issued = self.issue_codes(&campaign, request)?;
        Ok(self.batch(campaign, request, issued, now))
    }

    /// What the clock says.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// The codes of a request: the next ones, or random ones.
    fn issue_codes(&self, campaign: &Campaign, request: &Request) -> Result<IssuedCodes, Error> {
        let take_sequence_ids = |amount| self.take_sequence_ids(amount);
        #[cfg(feature = "keyed")]
        if let Some(keyed) = &campaign.keyed {
            return campaign.issue_next(keyed, request, take_sequence_ids);
        }
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        let stream = match self.seed {
            Some(seed) => Stream::from_seed(seed, ticket),
            None => Stream::from_os(),
        };
        campaign
            .issue(request, &stream, take_sequence_ids)
            .inspect_err(|_| self.return_ticket(ticket))
    }

    /// The batch of issued codes.
    pub(crate) fn batch(
        &self,
        campaign: Arc<Campaign>,
        request: &Request,
        issued: IssuedCodes,
        now: Timestamp,
    ) -> Batch {
        let create_date = whole_seconds(now);
        Batch {
            link: self.links.fill_in(campaign.id()),
            single_use: issued.single_use,
            custom: issued.custom,
            first_sequence_id: issued.first_sequence_id,
            create_date,
            expiry_date: (request.requested_status() == Status::Activated)
                .then(|| campaign.coupon_validity().end(create_date)),
            status: request.requested_status(),
            campaign,
        }
    }

    /// Makes the codes of a batch free again, as if never drawn: for a batch that could not be stored.
    /// Its sequence ids stay used. A code that was reserved while it was issued is free again, too.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let format = Format::new("A-", CodeType::Numeric, 3)?;
    /// let batch = engine.generate(&Request::new("cam_15111")?.custom_codes(format.clone()))?;
    /// assert_eq!(engine.remaining("cam_15111", &format)?, 990);
    /// engine.release(batch)?; // it could not be stored
    /// assert_eq!(engine.remaining("cam_15111", &format)?, 1_000);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 502 if the campaign of the batch is not, or no longer, one of this engine's, even if another one has its name.
    /// Then nothing has changed, and the batch is dropped.
    pub fn release(&self, batch: Batch) -> Result<(), Error> {
        let Batch {
            campaign,
            single_use,
            custom,
            ..
        } = batch;
        let known = self.campaign(campaign.id())?;
        if !Arc::ptr_eq(&known, &campaign) {
            return Err(Error::CampaignNotFound);
        }
        campaign.needs_memory()?;
        campaign.release(&single_use, custom.as_ref());
        Ok(())
    }

    /// How many custom codes of a format are free: not taken in this format, nor in another format of the campaign
    /// that spells them too, nor as widget codes. The number is exact; the largest `u128` stands for that many or
    /// more. The format is read as in a request: the campaign decides what
    /// [alphanumeric](Campaign::alphanumeric) means and which words are [never spelt](Campaign::without_words).
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let digits = Format::new("A", CodeType::Numeric, 4)?;
    /// engine.generate(&Request::new("cam_15111")?.custom_codes(digits.clone()))?;
    /// assert_eq!(engine.remaining("cam_15111", &digits)?, 9_990);
    ///
    /// // A format that can spell the same codes has fewer left, too.
    /// let letters = Format::new("A", CodeType::Alphanumeric, 4)?;
    /// assert_eq!(engine.remaining("cam_15111", &letters)?, 62_u128.pow(4) - 10);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 502 for an unknown campaign; 302 for a format that may not be asked for; 301 if the campaign's words
    /// leave too few of its codes.
    pub fn remaining(&self, campaign: &str, format: &Format) -> Result<u128, Error> {
        self.campaign(campaign)?.free_customs(format)
    }

    /// How many widget codes, and so single-use codes, are free. A new campaign has
    /// 36^6 = 2,176,782,336, or those that hold none of its [words](Campaign::without_words).
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// engine.generate(&Request::new("cam_15111")?.amount(1_000)?)?;
    /// assert_eq!(engine.remaining_widget_codes("cam_15111")?, 36_u64.pow(6) - 1_000);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 502 for an unknown campaign.
    pub fn remaining_widget_codes(&self, campaign: &str) -> Result<u64, Error> {
        Ok(self.campaign(campaign)?.free_widgets())
    }

    /// Reserves custom codes that exist already, so that they are never issued. Gives how many of
    /// them were new, neither issued nor reserved before. Each code takes its own text out of circulation
    /// and nothing else. Codes that exist may hold a word that new ones never spell.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let format = Format::new("A-", CodeType::Numeric, 3)?;
    /// assert_eq!(engine.reserve_custom("cam_15111", &format, ["A-123", "A-777", "A-123"])?, 2);
    /// assert_eq!(engine.remaining("cam_15111", &format)?, 998);
    ///
    /// let refused = engine.reserve_custom("cam_15111", &format, ["A-000", "A-12", "B-345"]);
    /// assert_eq!(
    ///     refused.unwrap_err().to_string(),
    ///     "Codes at indices 1 and 2 are not ones that their formats spell."
    /// );
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 502 for an unknown campaign; [`Error::ForeignCodes`] for codes that the format does not spell. Then
    /// nothing has changed.
    pub fn reserve_custom<C: AsRef<str>>(
        &self,
        campaign: &str,
        format: &Format,
        codes: impl IntoIterator<Item = C>,
    ) -> Result<u64, Error> {
        let campaign = self.campaign(campaign)?;
        campaign.needs_memory()?;
        Ok(campaign.reserve_customs(format, &custom_text(format, codes)?))
    }

    /// Reserves single-use codes that exist already, whole ones (21 symbols) or widget codes alone
    /// (6 symbols): their widget codes are never issued. Gives how many of those were free.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let existing = ["5f3jupt49d27udvwpnsar", "9k20xa"];
    /// assert_eq!(engine.reserve_single_use("cam_15111", existing)?, 2);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 502 for an unknown campaign; [`Error::ForeignCodes`] for codes that are neither. Then nothing has
    /// changed.
    pub fn reserve_single_use<C: AsRef<str>>(
        &self,
        campaign: &str,
        codes: impl IntoIterator<Item = C>,
    ) -> Result<u64, Error> {
        let campaign = self.campaign(campaign)?;
        campaign.needs_memory()?;
        Ok(campaign.reserve_widgets(&widget_numbers(codes)?))
    }

    /// Reserves coupons that exist already, as a database has them: in each row a single-use code, whole or
    /// its widget code alone, and the custom code if there is one. Each custom code belongs to the first of
    /// these formats that spells it. Gives how many codes of each kind were new.
    ///
    /// All rows are read and checked before any of them is reserved.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let formats = [
    ///     Format::new("A-", CodeType::Numeric, 3)?,
    ///     Format::new("test_", CodeType::Alphanumeric, 10)?,
    /// ];
    /// let rows = [
    ///     ("5f3jupt49d27udvwpnsar", Some("test_MPwV4DdaEq")),
    ///     ("9k20xac2v6m80x9dlw1yq", Some("A-123")),
    ///     ("15rvag", None),
    /// ];
    /// let new = engine.reserve_coupons("cam_15111", &formats, rows)?;
    /// assert_eq!((new.single_use_codes, new.custom_codes), (3, 2));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 502 for an unknown campaign; [`Error::ForeignCodes`] for rows in which the single-use code is not one, or
    /// none of the formats spells the custom code. Then nothing has changed.
    pub fn reserve_coupons<S: AsRef<str>, C: AsRef<str>>(
        &self,
        campaign: &str,
        formats: &[Format],
        rows: impl IntoIterator<Item = (S, Option<C>)>,
    ) -> Result<Reserved, Error> {
        let campaign = self.campaign(campaign)?;
        campaign.needs_memory()?;
        Ok(Coupons::read(formats, rows)?.reserve_in(&campaign))
    }

    /// Removes a campaign and forgets all it has issued; false if there is none of that name. Its batches
    /// stay as they are.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// assert!(engine.remove_campaign("cam_15111"));
    /// assert!(!engine.remove_campaign("cam_15111"));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    pub fn remove_campaign(&self, id: &str) -> bool {
        let mut campaigns = self
            .campaigns
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let removed = campaigns.remove(id);
        // To free the memory of a large one takes a while, and others need not wait for it.
        drop(campaigns);
        removed.is_some()
    }

    /// Changes how long a campaign's activated coupons are valid: for a [`Duration`](std::time::Duration), for
    /// a calendar [`Span`](jiff::Span), or until a [`Timestamp`]. It applies to requests from now on;
    /// existing coupons keep their dates.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// # use couponmint::{Status, jiff::ToSpan};
    /// engine.set_validity("cam_15111", 90.days())?;
    /// let request = Request::new("cam_15111")?.status(Status::Activated);
    /// let batch = engine.generate(&request)?;
    /// assert_eq!(batch.expiry_date(), Some(batch.create_date() + (90 * 24).hours()));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 502 for an unknown campaign.
    pub fn set_validity(&self, campaign: &str, validity: impl Into<Validity>) -> Result<(), Error> {
        let campaign = self.campaign(campaign)?;
        campaign.set_validity(validity.into());
        Ok(())
    }

    /// How many coupons of a campaign are issued. Those of a batch that was released do not count, nor do
    /// reserved codes.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?.amount(250)?)?;
    /// assert_eq!(engine.issued("cam_15111")?, 250);
    /// engine.release(batch)?;
    /// assert_eq!(engine.issued("cam_15111")?, 0);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 502 for an unknown campaign.
    pub fn issued(&self, campaign: &str) -> Result<u64, Error> {
        Ok(self.campaign(campaign)?.issued())
    }

    /// The formats in use in a campaign: those in which there are custom codes, issued or reserved. They
    /// come in the order of their texts, those of their `Display`.
    ///
    /// A code that was taken before it was reserved stays with the format that took it, and a single-use
    /// code has none.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let format = Format::new("A-", CodeType::Numeric, 6)?;
    /// assert!(engine.formats("cam_15111")?.is_empty());
    /// engine.generate(&Request::new("cam_15111")?.custom_codes(format.clone()))?;
    /// assert_eq!(engine.formats("cam_15111")?, [format]);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 502 for an unknown campaign.
    pub fn formats(&self, campaign: &str) -> Result<Vec<Format>, Error> {
        Ok(self.campaign(campaign)?.formats_in_use())
    }

    /// The names of all campaigns, in alphabetical order.
    ///
    /// ```
    /// use couponmint::{Campaign, Engine};
    ///
    /// let engine = Engine::new();
    /// for name in ["winter", "summer"] {
    ///     assert!(engine.add_campaign(Campaign::new(name)?));
    /// }
    /// assert_eq!(engine.campaigns(), ["summer", "winter"]);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn campaigns(&self) -> Vec<String> {
        let campaigns = self
            .campaigns
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let mut names: Vec<_> = campaigns.keys().cloned().collect();
        drop(campaigns);
        names.sort_unstable();
        names
    }

    /// The sequence id of the next coupon.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// engine.generate(&Request::new("cam_15111")?.amount(500)?)?;
    /// assert_eq!(engine.next_sequence_id(), 501);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn next_sequence_id(&self) -> u64 {
        self.next_sequence_id.load(Ordering::Relaxed)
    }

    /// Whether a campaign of that name is known.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// assert!(engine.has_campaign("cam_15111"));
    /// assert!(!engine.has_campaign("cam_15112"));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn has_campaign(&self, id: &str) -> bool {
        self.campaign(id).is_ok()
    }

    pub(crate) fn campaign(&self, id: &str) -> Result<Arc<Campaign>, Error> {
        let campaigns = self
            .campaigns
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        campaigns.get(id).cloned().ok_or(Error::CampaignNotFound)
    }

    fn take_sequence_ids(&self, asked: u64) -> Result<u64, Error> {
        let left = |next: u64| (MAX_SEQUENCE_ID + 1).saturating_sub(next);
        let take = |next: u64| (asked <= left(next)).then(|| next + asked);
        #[cfg(feature = "keyed")]
        if asked <= left(self.next_sequence_id.load(Ordering::Relaxed)) {
            // Only requests that succeed take ids, so one that is too late from here on decides for nobody else.
            self.counting.decide(Source::Own)?;
        }
        self.next_sequence_id
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .map_err(|next| Error::OutOfSequenceIds {
                asked,
                left: left(next),
            })
    }

    /// A refused request gives its ticket back, if none was taken since, so that it leaves no trace
    /// in what a seed yields.
    fn return_ticket(&self, ticket: u64) {
        let (now, before, ordering) = (ticket + 1, ticket, Ordering::Relaxed);
        let _ = self
            .tickets
            .compare_exchange(now, before, ordering, ordering);
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let campaigns = self
            .campaigns
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Engine")
            .field("links", &self.links)
            .field("campaigns", &campaigns.len())
            .finish_non_exhaustive()
    }
}
