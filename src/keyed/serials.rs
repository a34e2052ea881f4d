//! What is stored of a keyed campaign, and what is leased of it.

use std::collections::BTreeMap;

use crate::{code::format::Format, keyed::fingerprint::Fingerprint};

/// How far a keyed campaign has come: the next serial of single-use codes and of each format, and a fingerprint of
/// everything that decides which codes they stand for. Nothing else of the campaign has to be stored, and the size does
/// not grow with the number of codes.
///
/// Sequence ids belong to the engine and are not included. Store
/// [`Engine::next_sequence_id`](crate::Engine::next_sequence_id) too, and pass it to
/// [`first_sequence_id`](crate::EngineBuilder::first_sequence_id).
///
/// The only secret here is the volume of sales. With the feature `serde`, it can be serialized and deserialized.
///
/// ```
/// use couponmint::{Campaign, CodeType, Engine, Format, Key, Request, Serials};
///
/// let format = Format::new("A-", CodeType::Numeric, 8)?;
/// let campaign = || Campaign::keyed("cam_15111", Key::from_bytes([7; 32]), [format.clone()]);
/// let request = Request::new("cam_15111")?.amount(100)?.custom_codes(format.clone());
///
/// let engine = Engine::new();
/// assert!(engine.add_campaign(campaign()?));
/// engine.generate(&request)?;
/// let serials: Serials = engine.serials("cam_15111")?; // to be stored
///
/// let restarted = Engine::new();
/// assert!(restarted.add_campaign(campaign()?.resume(serials)?));
/// let (next, as_before) = (restarted.generate(&request)?, engine.generate(&request)?);
/// assert!(next.custom_validation_codes().eq(as_before.custom_validation_codes()));
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Serials {
    pub(super) fingerprint: Fingerprint,
    pub(super) single_use: u64,
    /// By the text of the format.
    pub(super) custom: BTreeMap<String, u64>,
}

impl Serials {
    /// The fingerprint of everything that decides which code has which serial.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Key};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [])?));
    /// let serials = engine.serials("cam_15111")?;
    /// assert_eq!(serials.fingerprint(), engine.fingerprint("cam_15111")?);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The serial of the next single-use code, which is also the number issued so far.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Key, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [])?));
    /// engine.generate(&Request::new("cam_15111")?.amount(100)?)?;
    /// assert_eq!(engine.serials("cam_15111")?.single_use(), 100);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn single_use(&self) -> u64 {
        self.single_use
    }

    /// The serial of the next custom code of a format, which is also the number issued so far; none if the format was
    /// not declared.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Key, Request};
    /// # let engine = Engine::new();
    /// let format = Format::new("A-", CodeType::Numeric, 8)?;
    /// assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [format.clone()])?));
    /// engine.generate(&Request::new("cam_15111")?.amount(100)?.custom_codes(format.clone()))?;
    /// assert_eq!(engine.serials("cam_15111")?.custom(&format), Some(100));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn custom(&self, format: &Format) -> Option<u64> {
        self.custom.get(&format.to_string()).copied()
    }
}

/// The serials that one batch may use, as a plain value. The same lease and request always give the same codes, on any
/// machine; leases that do not overlap give distinct codes.
///
/// The three counters behind a lease live in a database. A batch of n coupons advances each of them by n; one without
/// custom codes leaves the counter of custom codes alone.
///
/// ```
/// use couponmint::{Campaign, CodeType, Engine, Format, Key, Lease, Request};
///
/// let machine = || {
///     let engine = Engine::new();
///     let format = Format::new("A-", CodeType::Numeric, 8)?;
///     let campaign = Campaign::keyed("cam_15111", Key::from_bytes([7; 32]), [format.clone()])?;
///     assert!(engine.add_campaign(campaign));
///     let request = Request::new("cam_15111")?.amount(100)?.custom_codes(format);
///     let lease = Lease { sequence_id: 18_001_837, single_use: 5_000, custom: 700 };
///     let batch = engine.generate_leased(&request, &lease)?;
///     let codes: Vec<_> = batch.custom_validation_codes().map(str::to_owned).collect();
///     Ok::<_, couponmint::Error>(codes)
/// };
/// assert_eq!(machine()?, machine()?);
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The sequence id of the first coupon.
    pub sequence_id: u64,
    /// The serial of the first single-use code.
    pub single_use: u64,
    /// The serial of the first custom code, among those of the request's format.
    pub custom: u64,
}
