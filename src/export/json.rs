//! The envelopes: a request's body in, a response's body out.

use std::{
    borrow::Cow,
    fmt,
    io::{self, Write},
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
    ser::{SerializeSeq, SerializeStruct},
};
use serde_json::value::RawValue;

use crate::{
    batch::{Batch, Coupon},
    engine::Engine,
    error::{Error, Rejection},
    link::Link,
    request::{Parameters, Request, Value},
};

const ACTION: &str = "multiple_single_use_codes_created";
const DATE_FORMAT: &str = "%Y-%m-%d %H:%M:%S";

impl Request {
    /// A request from its JSON body: an object with the parameters of
    /// [`from_params`](Request::from_params). Values are text; an integer is read as its digits, and
    /// `automated_codes` may be a boolean.
    ///
    /// ```
    /// use couponmint::Request;
    ///
    /// let request = Request::from_json(r#"{"campaign": "cam_15111", "amount": 250}"#)?;
    /// assert_eq!(request, Request::new("cam_15111")?.amount(250)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// All that is wrong with the request, in the order of its parameters; unknown names come last.
    pub fn from_json(body: impl AsRef<[u8]>) -> Result<Self, Rejection> {
        parameters(body.as_ref())?.into_request()
    }
}

fn parameters(body: &[u8]) -> Result<Parameters<'_>, Error> {
    serde_json::from_slice(body).map_err(|_| Error::InvalidBody)
}

impl<'de> Deserialize<'de> for Parameters<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ParametersVisitor)
    }
}

/// Reads an object name by name, since a map would hide repeated ones.
struct ParametersVisitor;

impl<'de> Visitor<'de> for ParametersVisitor {
    type Value = Parameters<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut parameters = Parameters::default();
        while let Some((name, raw)) = map.next_entry::<Name<'de>, &RawValue>()? {
            parameters.add(&name.0, value(raw.get()));
        }
        Ok(parameters)
    }
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// A raw JSON value. A number of digits alone is text, however many they are; any other number would
/// be read in more than one way.
fn value(raw: &str) -> Value<'_> {
    match raw.as_bytes() {
        [b'"', ..] => match serde_json::from_str::<Name<'_>>(raw) {
            Ok(Name(text)) => Value::Text(text),
            Err(_) => Value::Other,
        },
        b"true" => Value::Boolean(true),
        b"false" => Value::Boolean(false),
        digits if digits.iter().all(u8::is_ascii_digit) => Value::Text(Cow::Borrowed(raw)),
        _ => Value::Other,
    }
}

/// The answer to a request's body.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    http_status: u16,
    body: Vec<u8>,
}

impl Response {
    /// 200 if coupons were issued, 422 if the request was refused.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        self.http_status
    }

    /// The envelope: one JSON object.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The envelope, to keep.
    #[must_use]
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("http_status", &self.http_status)
            .field("len", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Answers the body of a request, whatever its bytes, with an envelope.
    ///
    /// # Panics
    /// Only where [`generate`](Engine::generate) does.
    #[must_use]
    pub fn respond(&self, body: impl AsRef<[u8]>) -> Response {
        match self.answer(body.as_ref()) {
            Ok(batch) => Response {
                http_status: 200,
                body: batch.to_json(),
            },
            Err(rejection) => Response {
                http_status: 422,
                body: rejection.to_json(),
            },
        }
    }
}

impl Engine {
    /// An unknown campaign is reported along with what else is wrong.
    fn answer(&self, body: &[u8]) -> Result<Batch, Rejection> {
        let parameters = parameters(body)?;
        let campaign = parameters.campaign();
        let is_unknown = campaign.is_some_and(|campaign| !self.has_campaign(&campaign));
        let request = parameters.into_request().map_err(|rejection| {
            let unknown = is_unknown.then_some(Error::CampaignNotFound);
            let errors = unknown.into_iter().chain(rejection.into_errors());
            Rejection::new(errors.collect())
        })?;
        Ok(self.generate(&request)?)
    }
}

impl Batch {
    /// Writes the success envelope, the same bytes as `serde_json::to_writer`.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_json<W: Write>(&self, mut writer: W) -> io::Result<()> {
        let rows = RowTemplate::new(self);
        let mut block = self.envelope_start();
        for coupon in self {
            rows.append(coupon, &mut block);
            if block.len() >= BLOCK {
                writer.write_all(&block)?;
                block.clear();
            }
        }
        block.extend_from_slice(ENVELOPE_END);
        writer.write_all(&block)
    }

    /// The success envelope.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let rows = RowTemplate::new(self);
        // Sequence ids grow, and so the last row is the longest.
        let mut longest = Vec::new();
        if let Some(last) = self.iter().next_back() {
            rows.append(last, &mut longest);
        }
        let mut body = self.envelope_start();
        body.reserve_exact(self.len() * longest.len() + ENVELOPE_END.len());
        for coupon in self {
            rows.append(coupon, &mut body);
        }
        body.extend_from_slice(ENVELOPE_END);
        body
    }

    fn envelope_start(&self) -> Vec<u8> {
        let campaign = self.campaign();
        format!(
            r#"{{"status":{{"status":"OK"}},"campaign":"{campaign}","action":"{ACTION}","data":["#
        )
        .into_bytes()
    }
}

const ENVELOPE_END: &[u8] = b"]}";
/// Bytes given to a writer at once.
const BLOCK: usize = 1 << 16;

/// The parts of a row that are the same for all coupons of a batch.
struct RowTemplate {
    before_link_code: String,
    after_link_code: String,
    ending: String,
}

impl RowTemplate {
    fn new(batch: &Batch) -> Self {
        // A link has no character that JSON would escape.
        let Link { before, after } = &batch.link;
        let expiry_date = batch.expiry_date.map_or_else(String::new, |date| {
            format!(r#""expirydate":"{}","#, date.strftime(DATE_FORMAT))
        });
        Self {
            before_link_code: format!(r#","single_use_url":"{before}"#),
            after_link_code: format!(r#"{after}","widget_validation_code":""#),
            ending: format!(
                r#"",{expiry_date}"create_date":"{}","voided":"{}"}}"#,
                batch.create_date.strftime(DATE_FORMAT),
                voided(batch.voided),
            ),
        }
    }

    fn append(&self, coupon: Coupon<'_>, out: &mut Vec<u8>) {
        let [single_use, widget, custom] = coupon.codes();
        let start: &[u8] = if coupon.is_first() { b"{" } else { b",{" };
        out.extend_from_slice(start);
        out.extend_from_slice(br#""single_use_code":""#);
        out.extend_from_slice(single_use);
        out.extend_from_slice(br#"","sequence_id":"#);
        serde_json::to_writer(&mut *out, &coupon.sequence_id()).expect("a vector takes all bytes");
        out.extend_from_slice(self.before_link_code.as_bytes());
        out.extend_from_slice(single_use);
        out.extend_from_slice(self.after_link_code.as_bytes());
        out.extend_from_slice(widget);
        if !custom.is_empty() {
            out.extend_from_slice(br#"","custom_validation_code":""#);
            out.extend_from_slice(custom);
        }
        out.extend_from_slice(self.ending.as_bytes());
    }
}

fn voided(is_voided: bool) -> &'static str {
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
        let mut row = serializer.serialize_struct("Coupon", 8)?;
        row.serialize_field("single_use_code", self.single_use_code())?;
        row.serialize_field("sequence_id", &self.sequence_id())?;
        row.serialize_field("single_use_url", &Displayed(self.single_use_url()))?;
        row.serialize_field("widget_validation_code", self.widget_validation_code())?;
        if let Some(code) = self.custom_validation_code() {
            row.serialize_field("custom_validation_code", code)?;
        }
        if let Some(date) = self.expiry_date() {
            row.serialize_field("expirydate", &Displayed(date.strftime(DATE_FORMAT)))?;
        }
        let create_date = self.create_date().strftime(DATE_FORMAT);
        row.serialize_field("create_date", &Displayed(create_date))?;
        row.serialize_field("voided", voided(self.is_voided()))?;
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

impl Rejection {
    /// The failed envelope.
    ///
    /// # Panics
    /// Never: numbers and sentences are always JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("errors are always JSON")
    }
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
