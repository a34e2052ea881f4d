//! Requests as JSON: the body of one, and what serde makes of it.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor},
    ser::{self, SerializeStruct},
};
use serde_json::value::RawValue;

use crate::{
    code::format::{CodeType, Format},
    error::{Error, Rejection},
    request::{Parameters, Request, Value},
};

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
        parameters(body.as_ref())?.into_request(|_| Ok(()))
    }
}

/// The parameters in the body of a request.
pub(super) fn parameters(body: &[u8]) -> Result<Parameters<'_>, Error> {
    let mut json = serde_json::Deserializer::from_slice(body);
    json.deserialize_map(ParametersVisitor::<&RawValue>(PhantomData))
        .and_then(|parameters| json.end().map(|()| parameters))
        .map_err(|_| Error::InvalidBody)
}

/// Reads an object name by name, since a map would hide repeated ones.
struct ParametersVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de> + Into<Value<'de>>> Visitor<'de> for ParametersVisitor<V> {
    type Value = Parameters<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the parameters of a request")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut parameters = Parameters::default();
        while let Some((name, value)) = map.next_entry::<Text<'de>, V>()? {
            parameters.add(&name.0, value.into());
        }
        Ok(parameters)
    }
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A number of digits alone is text, however many they are; any other number would be read in more than
/// one way.
impl<'a> From<&'a RawValue> for Value<'a> {
    fn from(raw: &'a RawValue) -> Self {
        let raw = raw.get();
        match raw.as_bytes() {
            [b'"', ..] => match serde_json::from_str::<Text<'_>>(raw) {
                Ok(Text(text)) => Self::Text(text),
                Err(_) => Self::Other,
            },
            b"true" => Self::Boolean(true),
            b"false" => Self::Boolean(false),
            digits if digits.iter().all(u8::is_ascii_digit) => Self::Text(Cow::Borrowed(raw)),
            _ => Self::Other,
        }
    }
}

/// As [`from_json`](Request::from_json) reads it, out of any format that says what its values are, such as a form.
/// What is wrong with it is told in one sentence. An integer past the last of 64 bits is not read as its
/// digits.
impl<'de> Deserialize<'de> for Request {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = ParametersVisitor::<AnyValue<'de>>(PhantomData);
        let parameters = deserializer.deserialize_map(visitor)?;
        parameters
            .into_request(|_| Ok(()))
            .map_err(de::Error::custom)
    }
}

/// A value of any format.
struct AnyValue<'a>(Value<'a>);

impl<'a> From<AnyValue<'a>> for Value<'a> {
    fn from(value: AnyValue<'a>) -> Self {
        value.0
    }
}

impl<'de> Deserialize<'de> for AnyValue<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor).map(Self)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a parameter")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Value::Boolean(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Owned(value.to_string())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(u64::try_from(value).map_or(Value::Other, |value| {
            Value::Text(Cow::Owned(value.to_string()))
        }))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }
}

/// Writes the parameters that make up the request, which [`from_json`](Request::from_json) reads. It fails for a format
/// that `code_prefix`, `code_length` and `code_type` cannot describe, such as one with another alphabet.
impl Serialize for Request {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = if self.format().is_some() { 7 } else { 3 };
        let mut parameters = serializer.serialize_struct("Request", fields)?;
        parameters.serialize_field("campaign", self.campaign())?;
        parameters.serialize_field("amount", &self.requested_amount())?;
        parameters.serialize_field("status", &self.requested_status())?;
        if let Some(format) = self.format() {
            let code_type = code_type(format).ok_or_else(|| {
                ser::Error::custom("code_prefix, code_length and code_type do not say this format")
            })?;
            parameters.serialize_field("automated_codes", &true)?;
            parameters.serialize_field("code_prefix", format.prefix())?;
            parameters.serialize_field("code_length", &format.length())?;
            parameters.serialize_field("code_type", &code_type)?;
        }
        parameters.end()
    }
}

/// The type that makes a format, with its prefix and length.
fn code_type(format: &Format) -> Option<CodeType> {
    let types = [CodeType::Numeric, CodeType::Alphanumeric];
    types.into_iter().find(|&code_type| {
        let made = Format::new(format.prefix(), code_type, format.length());
        made.as_ref() == Ok(format)
    })
}
