//! Types that serde writes as one text.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    code::{
        alphabet::Alphabet,
        check::Check,
        format::{CodeType, Format},
        words::Words,
    },
    request::Status,
};

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

macro_rules! as_text {
    ($($type:ty)*) => {$(
        /// The text of its `Display`.
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        /// Any text of its `FromStr`.
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let Text(text) = Text::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

as_text! { Alphabet Check CodeType Format Status Words }

#[cfg(feature = "keyed")]
as_text! { crate::keyed::fingerprint::Fingerprint }
