//! The envelopes, through serde: of a batch, of stored rows, of a rejection.

use std::fmt;

use jiff::Timestamp;
use serde::{
    Serialize, Serializer,
    ser::{SerializeSeq, SerializeStruct},
};

use crate::{
    batch::{Batch, Coupon},
    error::{Error, Rejection},
    export::row::CouponRow,
};

pub(super) const ACTION: &str = "multiple_single_use_codes_created";
pub(super) const DATE_FORMAT: &str = "%Y-%m-%d %H:%M:%S";

pub(super) fn voided(is_voided: bool) -> &'static str {
    if is_voided { "1" } else { "0" }
}

impl Serialize for Batch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut envelope = serializer.serialize_struct("Batch", 4)?;
        envelope.serialize_field("status", &Success { status: "OK" })?;
        envelope.serialize_field("campaign", self.campaign())?;
        envelope.serialize_field("action", ACTION)?;
        envelope.serialize_field("data", &Rows(self))?;
        envelope.end()
    }
}

struct Rows<'a>(&'a Batch);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.0.len()))?;
        for coupon in self.0 {
            rows.serialize_element(&coupon)?;
        }
        rows.end()
    }
}

impl Serialize for Coupon<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = Row {
            single_use_code: self.single_use_code(),
            sequence_id: self.sequence_id(),
            single_use_url: self.single_use_url(),
            widget_validation_code: self.widget_validation_code(),
            custom_validation_code: self.custom_validation_code(),
            expiry_date: self.expiry_date(),
            create_date: self.create_date(),
            is_voided: self.is_voided(),
        };
        row.serialize(serializer)
    }
}

/// As a row of the envelope, byte for byte.
impl Serialize for CouponRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = Row {
            single_use_code: &self.single_use_code,
            sequence_id: self.sequence_id,
            single_use_url: &self.single_use_url,
            widget_validation_code: self.widget_validation_code(),
            custom_validation_code: self.custom_validation_code.as_deref(),
            expiry_date: self.expiry_date,
            create_date: self.create_date,
            is_voided: self.voided,
        };
        row.serialize(serializer)
    }
}

/// The fields of a row.
struct Row<'a, U> {
    single_use_code: &'a str,
    sequence_id: u64,
    single_use_url: U,
    widget_validation_code: &'a str,
    custom_validation_code: Option<&'a str>,
    expiry_date: Option<Timestamp>,
    create_date: Timestamp,
    is_voided: bool,
}

impl<U: fmt::Display> Serialize for Row<'_, U> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("Coupon", 8)?;
        row.serialize_field("single_use_code", self.single_use_code)?;
        row.serialize_field("sequence_id", &self.sequence_id)?;
        row.serialize_field("single_use_url", &Displayed(&self.single_use_url))?;
        row.serialize_field("widget_validation_code", self.widget_validation_code)?;
        if let Some(code) = self.custom_validation_code {
            row.serialize_field("custom_validation_code", code)?;
        }
        if let Some(date) = self.expiry_date {
            row.serialize_field("expirydate", &Displayed(date.strftime(DATE_FORMAT)))?;
        }
        let create_date = self.create_date.strftime(DATE_FORMAT);
        row.serialize_field("create_date", &Displayed(create_date))?;
        row.serialize_field("voided", voided(self.is_voided))?;
        row.end()
    }
}

/// Text that is made by `Display`.
struct Displayed<T>(T);

impl<T: fmt::Display> Serialize for Displayed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[derive(Serialize)]
struct Success {
    status: &'static str,
}

impl Serialize for Rejection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Envelope {
            status: Failed,
        }
        #[derive(Serialize)]
        struct Failed {
            status: &'static str,
            errors: Errors,
        }
        #[derive(Serialize)]
        struct Errors {
            #[serde(rename = "error_message")]
            message: &'static str,
            #[serde(rename = "error_message_description")]
            descriptions: Vec<String>,
            #[serde(rename = "error_code")]
            codes: Vec<u16>,
        }
        let errors = Errors {
            message: "HTTP/1.0 422 Unprocessable entity.",
            descriptions: self.errors().iter().map(Error::to_string).collect(),
            codes: self.errors().iter().map(Error::code).collect(),
        };
        let status = Failed {
            status: "failed",
            errors,
        };
        Envelope { status }.serialize(serializer)
    }
}
