//! The engine: campaigns, sequence numbers, the clock; requests become batches.

use std::{
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hashbrown::HashMap;
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

use crate::{
    batch::Batch,
    campaign::{Campaign, widgets},
    code::format::Format,
    error::Error,
    link::{LinkTemplate, UrlSetting},
    random::stream::Stream,
    request::{Request, Status},
};

/// The last sequence id: 2^53 - 1, the last integer that every reader of JSON tells from its
/// neighbours.
pub const MAX_SEQUENCE_ID: u64 = (1 << 53) - 1;
const DEFAULT_BASE_URL: &str = "https://coupons.example/";

type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

/// Issues coupons for its campaigns.
///
/// All methods take `&self`, and many threads may call them at once, from inside a rayon pool too.
/// What has been issued is known for as long as the engine lives: after a restart, hand the codes
/// that exist to [`reserve_single_use`](Engine::reserve_single_use) and
/// [`reserve_custom`](Engine::reserve_custom).
pub struct Engine {
    links: LinkTemplate,
    next_sequence_id: AtomicU64,
    seed: Option<[u8; 32]>,
    tickets: AtomicU64,
    clock: Clock,
    campaigns: RwLock<HashMap<String, Arc<Campaign>>>,
}

impl Engine {
    /// An engine with the defaults of the [`builder`](Engine::builder).
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Sets up an engine.
    #[must_use]
    pub fn builder() -> EngineBuilder {
        EngineBuilder {
            links: (UrlSetting::BaseUrl, DEFAULT_BASE_URL.to_owned()),
            first_sequence_id: 1,
            seed: None,
            clock: Box::new(Timestamp::now),
        }
    }

    /// Makes a campaign known. False, and nothing changes, if there is one of that name.
    #[must_use = "false if there is a campaign of that name, which stays as it is"]
    pub fn add_campaign(&self, campaign: Campaign) -> bool {
        let mut campaigns = self
            .campaigns
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let is_new = !campaigns.contains_key(campaign.id());
        if is_new {
            campaigns.insert(campaign.id().to_owned(), Arc::new(campaign));
        }
        is_new
    }

    /// Issues the coupons of a request.
    ///
    /// # Errors
    /// 502 for an unknown campaign; 601 if fewer codes, widget or custom, are free than asked for, or
    /// fewer sequence ids are left. Then nothing has changed.
    ///
    /// # Panics
    /// If the operating system has no entropy to give, or the engine's clock panics; then nothing
    /// has changed either.
    pub fn generate(&self, request: &Request) -> Result<Batch, Error> {
        let campaign = self.campaign(request.campaign())?;
        let now = (self.clock)();
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        let stream = match self.seed {
            Some(seed) => Stream::from_seed(seed, ticket),
            None => Stream::from_os(),
        };
        let take_sequence_ids = |amount| self.take_sequence_ids(amount);
        let issued = campaign
            .issue(request, &stream, take_sequence_ids)
            .inspect_err(|_| self.return_ticket(ticket))?;

        let create_date = whole_seconds(now);
        Ok(Batch {
            link: self.links.fill_in(campaign.id()),
            single_use: issued.single_use,
            custom: issued.custom,
            first_sequence_id: issued.first_sequence_id,
            create_date,
            expiry_date: (request.requested_status() == Status::Activated)
                .then(|| expiry(create_date, campaign.coupon_validity())),
            voided: request.requested_status() == Status::Voided,
            campaign,
        })
    }

    /// Makes the codes of a batch free again, as if never drawn: for a batch that could not be stored.
    /// Its sequence ids stay used. A code that was reserved while it was issued is free again, too.
    ///
    /// # Errors
    /// 502 if the campaign of the batch is no longer one of this engine's, be there another of its name or
    /// not. Then nothing has changed, and the batch is dropped.
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
        campaign.release(&single_use, custom.as_ref());
        Ok(())
    }

    /// How many custom codes of a format are free: taken neither in this format nor in another one of
    /// the campaign that spells them too, and no widget codes. Exact; the largest `u128` stands for that
    /// many or more.
    ///
    /// # Errors
    /// 502 for an unknown campaign.
    pub fn remaining(&self, campaign: &str, format: &Format) -> Result<u128, Error> {
        Ok(self.campaign(campaign)?.free_customs(format))
    }

    /// How many widget codes, and so single-use codes, are free. A new campaign has
    /// 36^6 = 2,176,782,336.
    ///
    /// # Errors
    /// 502 for an unknown campaign.
    pub fn remaining_widget_codes(&self, campaign: &str) -> Result<u64, Error> {
        Ok(self.campaign(campaign)?.free_widgets())
    }

    /// Reserves custom codes that exist already, so that they are never issued. Gives how many of
    /// them were new, neither issued nor reserved before. Each code takes its own text out of circulation
    /// and nothing else.
    ///
    /// # Errors
    /// 502 for an unknown campaign; [`Error::ForeignCode`] for the first code that the format does
    /// not spell. Then nothing has changed.
    pub fn reserve_custom<C: AsRef<str>>(
        &self,
        campaign: &str,
        format: &Format,
        codes: impl IntoIterator<Item = C>,
    ) -> Result<u64, Error> {
        let campaign = self.campaign(campaign)?;
        // All are of one length. They are copied, so that none of the caller's code runs under a lock.
        let mut text = String::new();
        for (index, code) in codes.into_iter().enumerate() {
            let code = code.as_ref();
            if !format.spells(code) {
                return Err(Error::ForeignCode { index });
            }
            text.push_str(code);
        }
        Ok(campaign.reserve_customs(format, &text))
    }

    /// Reserves single-use codes that exist already, whole ones (21 symbols) or widget codes alone
    /// (6 symbols): their widget codes are never issued. Gives how many of those were free.
    ///
    /// # Errors
    /// 502 for an unknown campaign; [`Error::ForeignCode`] for the first code that is neither. Then
    /// nothing has changed.
    pub fn reserve_single_use<C: AsRef<str>>(
        &self,
        campaign: &str,
        codes: impl IntoIterator<Item = C>,
    ) -> Result<u64, Error> {
        let campaign = self.campaign(campaign)?;
        let number = |(index, code): (usize, C)| {
            widgets::number_of_single_use(code.as_ref().as_bytes())
                .ok_or(Error::ForeignCode { index })
        };
        let numbers = codes.into_iter().enumerate().map(number);
        Ok(campaign.reserve_widgets(&numbers.collect::<Result<Vec<_>, _>>()?))
    }

    /// Forgets a campaign and all it has issued; false if there is none of that name. Batches of it stay as
    /// they are.
    pub fn remove_campaign(&self, id: &str) -> bool {
        let mut campaigns = self
            .campaigns
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        campaigns.remove(id).is_some()
    }

    /// Whether a campaign of that name is known.
    #[must_use]
    pub fn has_campaign(&self, id: &str) -> bool {
        self.campaign(id).is_ok()
    }

    fn campaign(&self, id: &str) -> Result<Arc<Campaign>, Error> {
        let campaigns = self
            .campaigns
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        campaigns.get(id).cloned().ok_or(Error::CampaignNotFound)
    }

    fn take_sequence_ids(&self, asked: u64) -> Result<u64, Error> {
        let left = |next: u64| (MAX_SEQUENCE_ID + 1).saturating_sub(next);
        let take = |next: u64| (asked <= left(next)).then(|| next + asked);
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

/// The second that an instant falls in, before 1970 too.
fn whole_seconds(instant: Timestamp) -> Timestamp {
    let down = TimestampRound::new()
        .smallest(Unit::Second)
        .mode(RoundMode::Floor);
    instant
        .round(down)
        .expect("the first instant of all is a whole second")
}

/// Creation plus validity, but no later than instants go.
fn expiry(created: Timestamp, validity: Duration) -> Timestamp {
    created
        .checked_add(validity)
        .unwrap_or_else(|_| whole_seconds(Timestamp::MAX))
}

/// Sets up an [`Engine`].
pub struct EngineBuilder {
    links: (UrlSetting, String),
    first_sequence_id: u64,
    seed: Option<[u8; 32]>,
    clock: Clock,
}

impl EngineBuilder {
    /// Where single-use URLs begin; campaign and code follow, and a slash is added if there is none at
    /// the end. Default `https://coupons.example/`. Takes the place of an earlier
    /// [`url_template`](Self::url_template).
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.links = (UrlSetting::BaseUrl, base_url.into());
        self
    }

    /// The whole shape of single-use URLs: `{code}` once, `{campaign}` as often as you like. Takes the
    /// place of an earlier [`base_url`](Self::base_url).
    ///
    /// ```
    /// use couponmint::{Campaign, Engine, Request};
    ///
    /// let engine = Engine::builder()
    ///     .url_template("https://shop.example/redeem?c={campaign}&coupon={code}")
    ///     .try_build()?;
    /// assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    ///
    /// for coupon in &engine.generate(&Request::new("cam_15111")?)? {
    ///     assert_eq!(
    ///         coupon.single_use_url().to_string(),
    ///         format!("https://shop.example/redeem?c=cam_15111&coupon={}", coupon.single_use_code())
    ///     );
    /// }
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn url_template(mut self, template: impl Into<String>) -> Self {
        self.links = (UrlSetting::UrlTemplate, template.into());
        self
    }

    /// The sequence id of the first coupon; default 1. They end at [`MAX_SEQUENCE_ID`]: past it a
    /// request is refused with [`Error::OutOfSequenceIds`].
    #[must_use]
    pub fn first_sequence_id(mut self, id: u64) -> Self {
        self.first_sequence_id = id;
        self
    }

    /// Makes the codes repeatable, and so predictable: for tests and benchmarks only. The same calls
    /// in the same order give the same batches on any number of threads. Without a seed every
    /// request takes fresh entropy from the operating system.
    #[must_use]
    pub fn seed(mut self, seed: [u8; 32]) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Tells the time; default now. It is called once for each request of a known campaign, before
    /// anything is issued.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// The engine, with no campaigns yet.
    ///
    /// # Panics
    /// Where [`try_build`](Self::try_build) gives an error, with its sentence. Use that one for
    /// settings that are not your own.
    #[must_use]
    pub fn build(self) -> Engine {
        self.try_build().unwrap_or_else(|error| panic!("{error}"))
    }

    /// The engine, with no campaigns yet.
    ///
    /// # Errors
    /// [`Error::InvalidUrl`] if coupons would not get an absolute address: a scheme, `://`, a host,
    /// and only characters that a URI may have; or if a template has `{code}` not exactly once, or
    /// anything in braces but that and `{campaign}`.
    pub fn try_build(self) -> Result<Engine, Error> {
        let (setting, text) = &self.links;
        Ok(Engine {
            links: LinkTemplate::new(*setting, text)?,
            next_sequence_id: AtomicU64::new(self.first_sequence_id),
            seed: self.seed,
            tickets: AtomicU64::new(0),
            clock: self.clock,
            campaigns: RwLock::default(),
        })
    }
}

impl fmt::Debug for EngineBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineBuilder")
            .field(&self.links.0.to_string(), &self.links.1)
            .field("first_sequence_id", &self.first_sequence_id)
            .finish_non_exhaustive()
    }
}
