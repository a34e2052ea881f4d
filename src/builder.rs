//! How an engine is set up.

use std::fmt;

use jiff::Timestamp;

#[cfg(feature = "keyed")]
use crate::keyed::counting::Counting;
use crate::{
    engine::{Clock, Engine},
    error::Error,
    link::{LinkTemplate, UrlSetting},
    sync::{AtomicU64, RwLock},
};

const DEFAULT_BASE_URL: &str = "https://coupons.example/";

/// Sets up an [`Engine`].
///
/// ```
/// use couponmint::{Engine, EngineBuilder};
///
/// let builder: EngineBuilder = Engine::builder().first_sequence_id(1_000);
/// let engine = builder.build();
/// ```
#[must_use = "an engine is there when it is built"]
pub struct EngineBuilder {
    links: (UrlSetting, String),
    first_sequence_id: u64,
    seed: Option<[u8; 32]>,
    clock: Clock,
}

impl EngineBuilder {
    pub(crate) fn new() -> Self {
        Self {
            links: (UrlSetting::BaseUrl, DEFAULT_BASE_URL.to_owned()),
            first_sequence_id: 1,
            seed: None,
            clock: Box::new(Timestamp::now),
        }
    }

    /// Where single-use URLs begin; campaign and code follow, and a slash is added if there is none at
    /// the end. Default `https://coupons.example/`. Takes the place of an earlier
    /// [`url_template`](Self::url_template).
    ///
    /// ```
    /// use couponmint::{Campaign, Engine, Request};
    ///
    /// let engine = Engine::builder().base_url("https://shop.example/coupons").build();
    /// assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// for coupon in &engine.generate(&Request::new("cam_15111")?)? {
    ///     let url = coupon.single_use_url().to_string();
    ///     assert!(url.starts_with("https://shop.example/coupons/cam_15111/"));
    /// }
    /// # Ok::<(), couponmint::Error>(())
    /// ```
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
    pub fn url_template(mut self, template: impl Into<String>) -> Self {
        self.links = (UrlSetting::UrlTemplate, template.into());
        self
    }

    /// The sequence id of the first coupon; default 1. The last one is [`MAX_SEQUENCE_ID`](crate::MAX_SEQUENCE_ID);
    /// past it, requests are refused with [`Error::OutOfSequenceIds`].
    ///
    /// ```
    /// use couponmint::{Campaign, Engine, Request};
    ///
    /// let engine = Engine::builder().first_sequence_id(18_001_837).build();
    /// assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// assert_eq!(batch.first_sequence_id(), 18_001_837);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    pub fn first_sequence_id(mut self, id: u64) -> Self {
        self.first_sequence_id = id;
        self
    }

    /// Makes the codes repeatable, and so predictable: for tests and benchmarks only. The same calls
    /// in the same order give the same batches on any number of threads. Without a seed every
    /// request takes fresh entropy from the operating system.
    ///
    /// ```
    /// use couponmint::{Campaign, Engine, Request, jiff::Timestamp};
    ///
    /// let engine = || {
    ///     let engine = Engine::builder().seed([7; 32]).clock(|| Timestamp::UNIX_EPOCH).build();
    ///     assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    ///     engine.generate(&Request::new("cam_15111")?)
    /// };
    /// assert_eq!(engine()?, engine()?);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    pub fn seed(mut self, seed: [u8; 32]) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Tells the time; default now. It is called once for each request of a known campaign, before
    /// anything is issued.
    ///
    /// ```
    /// use couponmint::{Campaign, Engine, Request, jiff::Timestamp};
    ///
    /// let engine = Engine::builder().clock(|| Timestamp::UNIX_EPOCH).build();
    /// assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// assert_eq!(batch.create_date(), Timestamp::UNIX_EPOCH);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// The engine, with no campaigns yet.
    ///
    /// ```
    /// use couponmint::Engine;
    ///
    /// let engine = Engine::builder().base_url("https://shop.example/").build();
    /// ```
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
    /// ```
    /// use couponmint::{Engine, Error, UrlSetting};
    ///
    /// let refused = Engine::builder().base_url("shop.example").try_build();
    /// let setting = UrlSetting::BaseUrl;
    /// assert_eq!(refused.unwrap_err(), Error::InvalidUrl { setting });
    /// ```
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
            #[cfg(feature = "keyed")]
            counting: Counting::default(),
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
