//! Subkeys: one for each use of a campaign's key, so that no two of them ever share one.
//!
//! They come by HKDF-SHA-256 (RFC 5869), without salt, since the key is random. What a subkey is for is its
//! `info`: a label, the campaign, the kind of code, and the parts of the format, each with its length in front, as
//! eight bytes with the most significant first. So no two lists of parts are ever the same bytes. Frozen.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    code::{format::Format, words::Words},
    keyed::key::Key,
};

const LABEL: &str = "couponmint keyed 1";

/// What a subkey is for. Its name is frozen.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Widget,
    Proof,
    Custom,
    Fingerprint,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Widget => "widget",
            Self::Proof => "proof",
            Self::Custom => "custom",
            Self::Fingerprint => "fingerprint",
        }
    }
}

/// 32 bytes of a secret, wiped when they are dropped.
pub(super) type Subkey = Zeroizing<[u8; 32]>;

/// What subkeys of one campaign are made of.
pub(super) struct Subkeys {
    hkdf: Hkdf<Sha256>,
    campaign: Box<str>,
}

impl Subkeys {
    pub(super) fn new(key: &Key, campaign: &str) -> Self {
        Self {
            hkdf: Hkdf::new(None, key.as_bytes()),
            campaign: campaign.into(),
        }
    }

    /// The subkey of a kind, and of what else tells uses apart.
    pub(super) fn subkey<P: AsRef<[u8]>>(
        &self,
        kind: Kind,
        parts: impl IntoIterator<Item = P>,
    ) -> Subkey {
        let own = [LABEL, &self.campaign, kind.name()];
        let mut info = joined(own);
        info.append(&mut joined(parts));
        let mut subkey = Subkey::default();
        self.hkdf
            .expand(&info, &mut *subkey)
            .expect("HKDF gives up to 255 times 32 bytes");
        subkey
    }
}

/// Parts as bytes, each with its length in front.
pub(super) fn joined<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Vec<u8> {
    let mut joined = Vec::new();
    for part in parts {
        let part = part.as_ref();
        joined.extend_from_slice(&(part.len() as u64).to_be_bytes());
        joined.extend_from_slice(part);
    }
    joined
}

/// All that decides which codes a format has and how they are numbered. Alphabets are told by their symbols:
/// one that gets a name in a later version stays the same.
pub(super) fn parts(format: &Format) -> Vec<String> {
    let check = format.check_system().map(|check| check.name().to_owned());
    let mut parts = vec![
        format.whole_pattern().text().to_owned(),
        format.alphabet().symbols().to_owned(),
        check.unwrap_or_default(),
    ];
    parts.extend(format.words().map(Words::to_string));
    parts
}
