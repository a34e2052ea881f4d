//! The answer to a request: flat columns, and coupons as views on them.

use std::{fmt, iter::FusedIterator, sync::Arc};

use jiff::Timestamp;
use rayon::prelude::*;

use crate::{
    campaign::{Campaign, CustomColumn},
    code::format::{Format, WIDGET_LENGTH},
    link::Link,
    random::column::TextColumn,
    request::Status,
};

/// The coupons of one request.
///
/// Codes lie in columns of flat text, 21 bytes per coupon and the length of its custom code; a
/// [`Coupon`] is a view on one row. Coupons are bearer secrets: `Debug` shows counts only, and a batch
/// is not `Clone`: a request has one answer.
///
/// ```
/// # use couponmint::{Campaign, CodeType, Engine, Format, Request};
/// # let engine = Engine::new();
/// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
///
/// let format = Format::new("A-", CodeType::Alphanumeric, 8)?;
/// let request = Request::new("cam_15111")?.amount(500)?.custom_codes(format);
/// let batch: couponmint::Batch = engine.generate(&request)?;
///
/// assert_eq!(batch.len(), 500);
/// for coupon in &batch {
///     assert!(coupon.custom_validation_code().is_some_and(|code| code.starts_with("A-")));
/// }
/// # Ok::<(), couponmint::Error>(())
/// ```
pub struct Batch {
    /// The campaign itself: one of that name that is added later is another.
    pub(crate) campaign: Arc<Campaign>,
    pub(crate) link: Link,
    pub(crate) single_use: TextColumn,
    pub(crate) custom: Option<CustomColumn>,
    pub(crate) first_sequence_id: u64,
    pub(crate) create_date: Timestamp,
    pub(crate) expiry_date: Option<Timestamp>,
    pub(crate) status: Status,
}

impl Batch {
    /// The campaign the coupons belong to.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// assert_eq!(batch.campaign(), "cam_15111");
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn campaign(&self) -> &str {
        self.campaign.id()
    }

    /// How many coupons there are, 1 to 100,000.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?.amount(250)?)?;
    /// assert_eq!(batch.len(), 250);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.single_use.len()
    }

    /// Always false: a request asks for at least one coupon.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// assert!(!batch.is_empty());
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The sequence id of the first coupon; those of the others follow on.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// assert_eq!(batch.first_sequence_id(), 1);
    /// let next = engine.generate(&Request::new("cam_15111")?)?;
    /// assert_eq!(next.first_sequence_id(), 11);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn first_sequence_id(&self) -> u64 {
        self.first_sequence_id
    }

    /// When the coupons were created, rounded down to a whole second.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// assert!(batch.create_date() <= couponmint::jiff::Timestamp::now());
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn create_date(&self) -> Timestamp {
        self.create_date
    }

    /// When the coupons expire, if they were issued as activated: their creation and the campaign's
    /// validity, but no later than the last whole second that a `Timestamp` has.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// # use couponmint::Status;
    /// use std::time::Duration;
    ///
    /// let request = Request::new("cam_15111")?.status(Status::Activated);
    /// let batch = engine.generate(&request)?;
    /// let day = Duration::from_secs(24 * 60 * 60); // if the campaign says nothing else
    /// assert_eq!(batch.expiry_date(), Some(batch.create_date() + day));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn expiry_date(&self) -> Option<Timestamp> {
        self.expiry_date
    }

    /// What the coupons were issued as.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// assert_eq!(batch.status(), couponmint::Status::Normal);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// The format of the custom validation codes, if the request asked for them.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let format = Format::new("A-", CodeType::Numeric, 6)?;
    /// let request = Request::new("cam_15111")?.custom_codes(format.clone());
    /// assert_eq!(engine.generate(&request)?.format(), Some(&format));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn format(&self) -> Option<&Format> {
        self.custom.as_ref().map(|column| &column.format)
    }

    /// The coupon at a place, counted from 0.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// assert_eq!(batch.get(9).map(|coupon| coupon.sequence_id()), Some(10));
    /// assert!(batch.get(10).is_none());
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Coupon<'_>> {
        (index < self.len()).then_some(Coupon::new(self, index))
    }
}

/// Columns, for those who store a batch column by column.
impl Batch {
    /// The single-use codes in turn.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// let codes: Vec<&str> = batch.single_use_codes().collect();
    /// assert_eq!(codes.len(), 10);
    /// assert!(codes.iter().all(|code| code.len() == 21));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn single_use_codes(
        &self,
    ) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator + FusedIterator + Clone {
        (0..self.len()).map(|row| self.single_use.text(row))
    }

    /// The widget codes in turn: the first six symbols of each single-use code.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// let codes = batch.single_use_codes().zip(batch.widget_validation_codes());
    /// for (single_use, widget) in codes {
    ///     assert_eq!(&single_use[..6], widget);
    /// }
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn widget_validation_codes(
        &self,
    ) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator + FusedIterator + Clone {
        self.single_use_codes().map(|code| &code[..WIDGET_LENGTH])
    }

    /// The custom validation codes in turn; none if the request did not ask for them.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let request = Request::new("cam_15111")?;
    /// assert_eq!(engine.generate(&request)?.custom_validation_codes().len(), 0);
    ///
    /// let format = Format::new("A-", CodeType::Numeric, 6)?;
    /// let batch = engine.generate(&request.custom_codes(format.clone()))?;
    /// assert!(batch.custom_validation_codes().all(|code| format.spells(code)));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn custom_validation_codes(
        &self,
    ) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator + FusedIterator + Clone {
        let column = self.custom.as_ref().map(|column| &column.text);
        let rows = column.map_or(0, TextColumn::len);
        (0..rows).map(move |row| column.map_or("", |column| column.text(row)))
    }

    /// The sequence ids in turn: consecutive numbers.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// assert!(batch.sequence_ids().eq(1..=10));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn sequence_ids(
        &self,
    ) -> impl DoubleEndedIterator<Item = u64> + ExactSizeIterator + FusedIterator + Clone {
        let first = self.first_sequence_id;
        (0..self.len()).map(move |row| first + row as u64)
    }
}

/// Batches are equal if their coupons are, and the campaigns' names.
impl PartialEq for Batch {
    fn eq(&self, other: &Self) -> bool {
        self.campaign() == other.campaign()
            && self.link == other.link
            && self.single_use == other.single_use
            && self.custom == other.custom
            && self.first_sequence_id == other.first_sequence_id
            && self.create_date == other.create_date
            && self.expiry_date == other.expiry_date
            && self.status == other.status
    }
}

impl Eq for Batch {}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("campaign", &self.campaign())
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// One coupon of a batch.
///
/// ```
/// # use couponmint::{Campaign, Engine, Request};
/// # let engine = Engine::new();
/// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
/// let batch = engine.generate(&Request::new("cam_15111")?)?;
/// let coupon: couponmint::Coupon<'_> = batch.get(0).unwrap();
/// println!("{}: {}", coupon.sequence_id(), coupon.single_use_url());
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Coupon<'a> {
    batch: &'a Batch,
    index: usize,
}

impl<'a> Coupon<'a> {
    pub(crate) fn new(batch: &'a Batch, index: usize) -> Self {
        Self { batch, index }
    }

    /// The three codes as bytes: single-use, widget, and custom or nothing.
    #[cfg(feature = "serde")]
    pub(crate) fn codes(&self) -> [&'a [u8]; 3] {
        let single_use = self.batch.single_use.bytes(self.index);
        let custom = self.batch.custom.as_ref();
        [
            single_use,
            &single_use[..WIDGET_LENGTH],
            custom.map_or(&[], |column| column.text.bytes(self.index)),
        ]
    }

    #[cfg(feature = "serde")]
    pub(crate) fn is_first(&self) -> bool {
        self.index == 0
    }

    /// 21 symbols of `0-9a-z`, never issued before in this campaign.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// for coupon in &batch {
    ///     assert_eq!(coupon.single_use_code().len(), 21);
    /// }
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn single_use_code(&self) -> &'a str {
        self.batch.single_use.text(self.index)
    }

    /// The first six symbols of the single-use code, never issued before in this campaign.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// for coupon in &batch {
    ///     assert_eq!(coupon.widget_validation_code(), &coupon.single_use_code()[..6]);
    /// }
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn widget_validation_code(&self) -> &'a str {
        &self.single_use_code()[..WIDGET_LENGTH]
    }

    /// The custom validation code, if the request asked for them; never issued before in this
    /// campaign, in any format.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let format = Format::new("A-", CodeType::Numeric, 6)?;
    /// for coupon in &engine.generate(&Request::new("cam_15111")?.custom_codes(format))? {
    ///     assert!(coupon.custom_validation_code().is_some_and(|code| code.len() == 8));
    /// }
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn custom_validation_code(&self) -> Option<&'a str> {
        let column = self.batch.custom.as_ref()?;
        Some(column.text.text(self.index))
    }

    /// A number no other coupon of the engine has; consecutive within a batch, and at most
    /// [`MAX_SEQUENCE_ID`](crate::MAX_SEQUENCE_ID).
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// let first = batch.first_sequence_id();
    /// for (id, coupon) in (first..).zip(&batch) {
    ///     assert_eq!(coupon.sequence_id(), id);
    /// }
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn sequence_id(&self) -> u64 {
        self.batch.first_sequence_id + self.index as u64
    }

    /// Where the coupon is redeemed, in the shape that the engine was told: by default its base
    /// address, then campaign and single-use code.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// for coupon in &batch {
    ///     let code = coupon.single_use_code();
    ///     let url = coupon.single_use_url().to_string();
    ///     assert_eq!(url, format!("https://coupons.example/cam_15111/{code}"));
    /// }
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn single_use_url(&self) -> SingleUseUrl<'a> {
        SingleUseUrl(*self)
    }

    /// When the coupon was created, rounded down to a whole second.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// for coupon in &batch {
    ///     assert_eq!(coupon.create_date(), batch.create_date());
    /// }
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn create_date(&self) -> Timestamp {
        self.batch.create_date
    }

    /// When an activated coupon expires, at a whole second; none for the others.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// for coupon in &engine.generate(&Request::new("cam_15111")?)? {
    ///     assert_eq!(coupon.expiry_date(), None); // it is not activated
    /// }
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn expiry_date(&self) -> Option<Timestamp> {
        self.batch.expiry_date
    }

    /// Whether the coupon was issued as voided.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// # use couponmint::Status;
    /// let request = Request::new("cam_15111")?.status(Status::Voided);
    /// assert!(engine.generate(&request)?.iter().all(|coupon| coupon.is_voided()));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn is_voided(&self) -> bool {
        self.batch.status == Status::Voided
    }
}

impl fmt::Debug for Coupon<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coupon")
            .field("sequence_id", &self.sequence_id())
            .finish_non_exhaustive()
    }
}

/// The address of one coupon; `Display` writes it.
///
/// ```
/// # use couponmint::{Campaign, Engine, Request};
/// # let engine = Engine::new();
/// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
/// let batch = engine.generate(&Request::new("cam_15111")?)?;
/// let url: Option<couponmint::SingleUseUrl<'_>> = batch.iter().next().map(|coupon| coupon.single_use_url());
/// assert!(url.is_some_and(|url| url.to_string().starts_with("https://coupons.example/cam_15111/")));
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct SingleUseUrl<'a>(Coupon<'a>);

impl fmt::Display for SingleUseUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Link { before, after } = &self.0.batch.link;
        write!(f, "{before}{}{after}", self.0.single_use_code())
    }
}

impl fmt::Debug for SingleUseUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleUseUrl").finish_non_exhaustive()
    }
}

/// The coupons of a batch in turn.
///
/// ```
/// # use couponmint::{Campaign, Engine, Request};
/// # let engine = Engine::new();
/// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
/// let batch = engine.generate(&Request::new("cam_15111")?)?;
/// let coupons: couponmint::Iter<'_> = batch.iter();
/// assert_eq!(coupons.len(), 10);
/// assert_eq!(coupons.rev().next().map(|coupon| coupon.sequence_id()), Some(10));
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "iterators are lazy"]
pub struct Iter<'a> {
    batch: &'a Batch,
    places: std::ops::Range<usize>,
}

impl Batch {
    /// The coupons in turn.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// assert_eq!(batch.iter().filter(|coupon| coupon.is_voided()).count(), 0);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    pub fn iter(&self) -> Iter<'_> {
        Iter {
            batch: self,
            places: 0..self.len(),
        }
    }

    /// The coupons, for rayon's threads to share.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// use rayon::prelude::*;
    ///
    /// let batch = engine.generate(&Request::new("cam_15111")?.amount(10_000)?)?;
    /// let rows: Vec<String> = batch
    ///     .par_iter()
    ///     .map(|coupon| format!("{};{}", coupon.sequence_id(), coupon.single_use_code()))
    ///     .collect();
    /// assert_eq!(rows.len(), 10_000);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn par_iter(&self) -> impl IndexedParallelIterator<Item = Coupon<'_>> {
        (0..self.len())
            .into_par_iter()
            .map(|place| Coupon::new(self, place))
    }
}

impl<'a> IntoIterator for &'a Batch {
    type Item = Coupon<'a>;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = Coupon<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.batch.get(self.places.next()?)
    }

    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        self.batch.get(self.places.nth(n)?)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.places.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.batch.get(self.places.next_back()?)
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl FusedIterator for Iter<'_> {}
