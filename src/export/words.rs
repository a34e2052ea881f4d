//! Types that serde writes as one word.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{code::format::CodeType, request::Status};

#[derive(Deserialize)]
struct Word<'a>(#[serde(borrow)] Cow<'a, str>);

macro_rules! words {
    ($($word:ty)*) => {$(
        /// The word of its `Display`.
        impl Serialize for $word {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        /// Any word of its `FromStr`.
        impl<'de> Deserialize<'de> for $word {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let Word(word) = Word::deserialize(deserializer)?;
                word.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

words! { CodeType Status }
