//! When coupons expire.

use std::{fmt, time::Duration};

use jiff::{RoundMode, Span, Timestamp, TimestampRound, Unit, tz::TimeZone};

/// How long an activated coupon is valid. There are three kinds, and each is made by `into`:
///
/// - a [`Duration`], counted from the coupon's creation. With one of zero, coupons expire when they are created;
/// - a jiff [`Span`], counted on the calendar in UTC: a month after 31 January is the last day of February,
///   and a day is always 24 hours. With a negative one, coupons expire when they are created;
/// - a [`Timestamp`], the same end for all coupons. A coupon created later is expired from the start.
///
/// Coupons expire at whole seconds: fractions are dropped. No coupon expires later than the last whole second that a
/// `Timestamp` has, 9999-12-30 22:00:00 UTC.
///
/// The default is 24 hours.
///
/// ```
/// use couponmint::{Validity, jiff::{Timestamp, ToSpan}};
/// use std::{fmt, time::Duration};
///
/// let created: Timestamp = "2024-01-31T10:00:00Z".parse()?;
/// let end = |validity: Validity| validity.end(created).to_string();
///
/// assert_eq!(end(Duration::from_secs(3600).into()), "2024-01-31T11:00:00Z");
/// assert_eq!(end(1.month().into()), "2024-02-29T10:00:00Z");
/// let new_year: Timestamp = "2025-01-01T00:00:00Z".parse()?;
/// assert_eq!(end(new_year.into()), "2025-01-01T00:00:00Z");
/// assert_eq!(end(Validity::default()), "2024-02-01T10:00:00Z");
/// # Ok::<(), couponmint::jiff::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Validity(Kind);

/// Its three kinds.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    For(Duration),
    Span(Span),
    Until(Timestamp),
}

impl Validity {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    /// When a coupon expires that is created at this instant.
    ///
    /// ```
    /// use couponmint::{Validity, jiff::{Timestamp, ToSpan}};
    ///
    /// let year = Validity::from(1.year());
    /// let created: Timestamp = "2024-02-29T10:00:00Z".parse()?;
    /// assert_eq!(year.end(created), "2025-02-28T10:00:00Z".parse()?);
    /// # Ok::<(), couponmint::jiff::Error>(())
    /// ```
    #[must_use]
    pub fn end(self, created: Timestamp) -> Timestamp {
        let end = match self.0 {
            Kind::For(duration) => created.checked_add(duration),
            Kind::Span(span) if span.is_negative() => Ok(created),
            Kind::Span(span) => {
                let created = created.to_zoned(TimeZone::UTC);
                created.checked_add(span).map(|end| end.timestamp())
            }
            Kind::Until(end) => Ok(end),
        };
        whole_seconds(end.unwrap_or(Timestamp::MAX))
    }

    pub(crate) fn kind(self) -> Kind {
        self.0
    }
}

impl Default for Validity {
    fn default() -> Self {
        Self::DAY.into()
    }
}

impl From<Duration> for Validity {
    fn from(duration: Duration) -> Self {
        Self(Kind::For(duration))
    }
}

impl From<Span> for Validity {
    fn from(span: Span) -> Self {
        Self(Kind::Span(span))
    }
}

impl From<Timestamp> for Validity {
    fn from(end: Timestamp) -> Self {
        Self(Kind::Until(end))
    }
}

impl fmt::Debug for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::For(duration) => duration.fmt(f),
            Kind::Span(span) => span.fmt(f),
            Kind::Until(end) => end.fmt(f),
        }
    }
}

/// The second that an instant falls in, before 1970 too.
pub(crate) fn whole_seconds(instant: Timestamp) -> Timestamp {
    let down = TimestampRound::new()
        .smallest(Unit::Second)
        .mode(RoundMode::Floor);
    instant
        .round(down)
        .expect("the first instant of all is a whole second")
}
