//! The answer to a request: flat columns, and coupons as views on them.

use std::{fmt, sync::Arc};

use jiff::civil::DateTime;

use crate::{column::TextColumn, format::WIDGET_LENGTH};

/// The coupons of one request.
///
/// Codes lie in columns of flat text, 21 bytes a coupon and the length of its custom code; a
/// [`Coupon`] is a view on one row. Coupons are bearer secrets: `Debug` shows counts only.
#[derive(Clone, PartialEq, Eq)]
pub struct Batch {
    pub(crate) campaign: Arc<str>,
    pub(crate) base_url: Arc<str>,
    pub(crate) single_use: TextColumn,
    pub(crate) custom: Option<TextColumn>,
    pub(crate) first_sequence_id: u64,
    pub(crate) create_date: DateTime,
    pub(crate) expiry_date: Option<DateTime>,
    pub(crate) voided: bool,
}

impl Batch {
    /// The campaign the coupons belong to.
    #[must_use]
    pub fn campaign(&self) -> &str {
        &self.campaign
    }

    /// How many coupons there are, 1 to 100,000.
    #[must_use]
    pub fn len(&self) -> usize {
        self.single_use.len()
    }

    /// Always false: a request asks for at least one coupon.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The coupon at a place, counted from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Coupon<'_>> {
        (index < self.len()).then_some(Coupon::new(self, index))
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("campaign", &self.campaign)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// One coupon of a batch.
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
            custom.map_or(&[], |column| column.bytes(self.index)),
        ]
    }

    #[cfg(feature = "serde")]
    pub(crate) fn is_first(&self) -> bool {
        self.index == 0
    }

    /// 21 symbols of `0-9a-z`, never issued before in this campaign.
    #[must_use]
    pub fn single_use_code(&self) -> &'a str {
        self.batch.single_use.text(self.index)
    }

    /// The first six symbols of the single-use code, never issued before in this campaign.
    #[must_use]
    pub fn widget_validation_code(&self) -> &'a str {
        &self.single_use_code()[..WIDGET_LENGTH]
    }

    /// The custom validation code, if the request asked for them; never issued before in this
    /// campaign, in any format.
    #[must_use]
    pub fn custom_validation_code(&self) -> Option<&'a str> {
        let column = self.batch.custom.as_ref()?;
        Some(column.text(self.index))
    }

    /// A number no other coupon of the engine has; consecutive within a batch.
    #[must_use]
    pub fn sequence_id(&self) -> u64 {
        self.batch.first_sequence_id + self.index as u64
    }

    /// The engine's base address, then campaign and single-use code.
    #[must_use]
    pub fn single_use_url(&self) -> SingleUseUrl<'a> {
        SingleUseUrl(*self)
    }

    /// When the coupon was created: UTC, whole seconds.
    #[must_use]
    pub fn create_date(&self) -> DateTime {
        self.batch.create_date
    }

    /// When an activated coupon expires: UTC, whole seconds; none for the others.
    #[must_use]
    pub fn expiry_date(&self) -> Option<DateTime> {
        self.batch.expiry_date
    }

    /// Whether the coupon was issued as voided.
    #[must_use]
    pub fn is_voided(&self) -> bool {
        self.batch.voided
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
#[derive(Clone, Copy)]
pub struct SingleUseUrl<'a>(Coupon<'a>);

impl fmt::Display for SingleUseUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Batch {
            base_url, campaign, ..
        } = self.0.batch;
        write!(f, "{base_url}{campaign}/{}", self.0.single_use_code())
    }
}

impl fmt::Debug for SingleUseUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleUseUrl").finish_non_exhaustive()
    }
}
