//! The address of a coupon: how an engine is told its shape, and the text around a code.

use std::fmt;

use iri_string::{components::AuthorityComponents, types::UriStr};

use crate::error::Error;

const CAMPAIGN: &str = "{campaign}";
const CODE: &str = "{code}";

/// Which setting of an [`EngineBuilder`](crate::EngineBuilder) shapes the addresses.
///
/// ```
/// use couponmint::{Engine, Error, UrlSetting};
///
/// let refused = Engine::builder().url_template("https://shop.example/redeem").try_build();
/// let setting = UrlSetting::UrlTemplate; // it has no {code}
/// assert_eq!(refused.unwrap_err(), Error::InvalidUrl { setting });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UrlSetting {
    /// [`base_url`](crate::EngineBuilder::base_url)
    BaseUrl,
    /// [`url_template`](crate::EngineBuilder::url_template)
    UrlTemplate,
}

impl UrlSetting {
    /// What an address has to be, with an example.
    pub(crate) fn rule(self) -> &'static str {
        match self {
            Self::BaseUrl => "an absolute address, like \"https://shop.example/coupons/\"",
            Self::UrlTemplate => {
                "an absolute address with {code} once and, if you like, {campaign}, \
                 like \"https://shop.example/redeem?c={campaign}&coupon={code}\""
            }
        }
    }
}

impl fmt::Display for UrlSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::BaseUrl => "base_url",
            Self::UrlTemplate => "url_template",
        })
    }
}

/// The shape of all addresses: the text before and after a code, cut where a campaign's name goes.
pub(crate) struct LinkTemplate {
    before: Vec<String>,
    after: Vec<String>,
}

/// What stands before and after a code in the addresses of one campaign. It has only characters of a
/// URI, so no quotation marks or backslashes.
#[derive(PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) before: String,
    pub(crate) after: String,
}

impl LinkTemplate {
    /// Checks what a setting says.
    pub(crate) fn new(setting: UrlSetting, text: &str) -> Result<Self, Error> {
        let template = match setting {
            UrlSetting::BaseUrl => Self::from_base(text),
            UrlSetting::UrlTemplate => Self::from_template(text),
        };
        template.ok_or(Error::InvalidUrl { setting })
    }

    /// Campaign and code follow, with a slash between them.
    fn from_base(base: &str) -> Option<Self> {
        let slash = if base.ends_with('/') { "" } else { "/" };
        let base = format!("{base}{slash}");
        is_absolute(&base).then(|| Self {
            before: vec![base, "/".to_owned()],
            after: Vec::new(),
        })
    }

    /// Any brace that is left when names and a code are filled in is no character of a URI.
    fn from_template(template: &str) -> Option<Self> {
        let (before, after) = template.split_once(CODE)?;
        let cut = |text: &str| text.split(CAMPAIGN).map(str::to_owned).collect();
        let template = Self {
            before: cut(before),
            after: cut(after),
        };
        // All digits or all letters: what not every code fits, a port or a scheme, is refused.
        let is_valid = |code: &str| is_absolute(&template.fill_in("_").address(code));
        (is_valid("0") && is_valid("z")).then_some(template)
    }

    /// The addresses of a campaign.
    pub(crate) fn fill_in(&self, campaign: &str) -> Link {
        Link {
            before: self.before.join(campaign),
            after: self.after.join(campaign),
        }
    }
}

impl fmt::Debug for LinkTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fill_in(CAMPAIGN).address(CODE).fmt(f)
    }
}

impl Link {
    fn address(&self, code: &str) -> String {
        format!("{}{code}{}", self.before, self.after)
    }
}

/// Whether a text is a URI (RFC 3986) with a scheme and a host.
fn is_absolute(text: &str) -> bool {
    let has_host = |authority: AuthorityComponents<'_>| !authority.host().is_empty();
    UriStr::new(text).is_ok_and(|uri| uri.authority_components().is_some_and(has_host))
}
