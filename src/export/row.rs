//! A coupon that owns its codes: a row of the envelope, as a database has it.

use std::{
    borrow::{Borrow, Cow},
    fmt,
    io::{self, Write},
};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Deserializer, de};

use crate::{batch::Coupon, code::format::WIDGET_LENGTH, export::envelope::DATE_FORMAT};

/// A coupon that owns its codes: what you store, and what a stored coupon is written from.
///
/// With the `serde` traits, it is a row of the envelope, byte for byte. So a repeated request can be answered from the
/// database exactly as it was the first time. Nothing is checked: the fields are written as they are. Dates are
/// written without fractions of a second.
///
/// ```
/// use couponmint::{Campaign, CouponRow, Engine, Request, Response};
///
/// let engine = Engine::new();
/// assert!(engine.add_campaign(Campaign::new("cam_15111")?));
/// let batch = engine.generate(&Request::new("cam_15111")?)?;
///
/// let stored: Vec<_> = batch.iter().map(CouponRow::from).collect(); // into the database, and out of it
/// assert_eq!(Response::from_rows("cam_15111", &stored), Response::from(&batch));
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CouponRow {
    /// 21 symbols of `0-9a-z`. The first six are the widget code.
    pub single_use_code: String,
    /// A number no other coupon of the engine has.
    pub sequence_id: u64,
    /// Where the coupon is redeemed.
    pub single_use_url: String,
    /// The custom validation code, if there is one.
    pub custom_validation_code: Option<String>,
    /// When the coupon expires, if it is activated.
    pub expiry_date: Option<Timestamp>,
    /// When the coupon was created.
    pub create_date: Timestamp,
    /// Whether the coupon was issued as voided.
    pub voided: bool,
}

impl CouponRow {
    /// The first six symbols of the single-use code.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// # use couponmint::CouponRow;
    /// for coupon in &engine.generate(&Request::new("cam_15111")?)? {
    ///     let row = CouponRow::from(coupon);
    ///     assert_eq!(row.widget_validation_code(), coupon.widget_validation_code());
    /// }
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn widget_validation_code(&self) -> &str {
        let code = &self.single_use_code;
        code.get(..WIDGET_LENGTH).unwrap_or(code)
    }

    /// Writes the success envelope of these rows, the same bytes as [`Batch::write_json`](crate::Batch::write_json)
    /// of the batch they come from, if they are in its order.
    ///
    /// ```
    /// use couponmint::CouponRow;
    ///
    /// let rows = [CouponRow {
    ///     single_use_code: "5f3jupt49d27udvwpnsar".to_owned(),
    ///     sequence_id: 18_001_837,
    ///     single_use_url: "https://coupons.example/cam_15111/5f3jupt49d27udvwpnsar".to_owned(),
    ///     custom_validation_code: None,
    ///     expiry_date: None,
    ///     create_date: "2019-04-01T11:51:41Z".parse()?,
    ///     voided: false,
    /// }];
    /// let mut body = Vec::new();
    /// CouponRow::write_json(&mut body, "cam_15111", &rows)?;
    /// assert!(body.ends_with(br#""create_date":"2019-04-01 11:51:41","voided":"0"}]}"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_json<W: Write, R: Borrow<Self>>(
        mut writer: W,
        campaign: &str,
        rows: impl IntoIterator<Item = R>,
    ) -> io::Result<()> {
        for chunk in Self::json_chunks(campaign, rows) {
            writer.write_all(&chunk)?;
        }
        Ok(())
    }
}

impl From<Coupon<'_>> for CouponRow {
    fn from(coupon: Coupon<'_>) -> Self {
        Self {
            single_use_code: coupon.single_use_code().to_owned(),
            sequence_id: coupon.sequence_id(),
            single_use_url: coupon.single_use_url().to_string(),
            custom_validation_code: coupon.custom_validation_code().map(str::to_owned),
            expiry_date: coupon.expiry_date(),
            create_date: coupon.create_date(),
            voided: coupon.is_voided(),
        }
    }
}

/// Codes are secrets, and not shown.
impl fmt::Debug for CouponRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CouponRow")
            .field("sequence_id", &self.sequence_id)
            .finish_non_exhaustive()
    }
}

/// From a row of the envelope. Its widget code has to be that of its single-use code.
impl<'de> Deserialize<'de> for CouponRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::deserialize(deserializer)?;
        let row = Self {
            single_use_code: fields.single_use_code,
            sequence_id: fields.sequence_id,
            single_use_url: fields.single_use_url,
            custom_validation_code: fields.custom_validation_code,
            expiry_date: fields.expirydate.map(|Date(date)| date),
            create_date: fields.create_date.0,
            voided: match &*fields.voided {
                "0" => false,
                "1" => true,
                _ => return Err(de::Error::custom("voided must be \"0\" or \"1\"")),
            },
        };
        if row.widget_validation_code() != fields.widget_validation_code {
            let error = "widget_validation_code must be the first six symbols of single_use_code";
            return Err(de::Error::custom(error));
        }
        Ok(row)
    }
}

#[derive(Deserialize)]
struct Fields<'a> {
    single_use_code: String,
    sequence_id: u64,
    single_use_url: String,
    #[serde(borrow)]
    widget_validation_code: Cow<'a, str>,
    custom_validation_code: Option<String>,
    expirydate: Option<Date>,
    create_date: Date,
    #[serde(borrow)]
    voided: Cow<'a, str>,
}

struct Date(Timestamp);

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let date = DateTime::strptime(DATE_FORMAT, text);
        let date = date.and_then(|date| date.to_zoned(TimeZone::UTC));
        date.map(|date| Self(date.timestamp()))
            .map_err(|_| de::Error::custom("a date must be of the form YYYY-MM-DD HH:MM:SS"))
    }
}
