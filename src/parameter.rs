//! The parameters of a request by name, and what an error says about each.

use std::fmt;

/// A parameter of a request, in the order in which errors are reported.
///
/// ```
/// use couponmint::{Error, Parameter, Request};
///
/// let error = Request::new("").unwrap_err();
/// let parameter = Parameter::Campaign;
/// assert_eq!(error, Error::MissingParameter { parameter });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Parameter {
    /// `campaign`: the campaign the coupons are for.
    Campaign,
    /// `amount`: how many coupons.
    Amount,
    /// `status`: what they are issued as.
    Status,
    /// `automated_codes`: whether they get custom validation codes.
    AutomatedCodes,
    /// `code_prefix`: what custom codes begin with.
    CodePrefix,
    /// `code_length`: how many symbols follow the prefix.
    CodeLength,
    /// `code_type`: which symbols those are.
    CodeType,
    /// `client_id`: accepted and ignored.
    ClientId,
    /// `client_secret`: accepted and ignored.
    ClientSecret,
}

impl Parameter {
    pub(crate) const ALL: [Self; 9] = [
        Self::Campaign,
        Self::Amount,
        Self::Status,
        Self::AutomatedCodes,
        Self::CodePrefix,
        Self::CodeLength,
        Self::CodeType,
        Self::ClientId,
        Self::ClientSecret,
    ];

    /// The name in a request.
    ///
    /// ```
    /// use couponmint::Parameter;
    ///
    /// assert_eq!(Parameter::AutomatedCodes.name(), "automated_codes");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Amount => "amount",
            Self::Status => "status",
            Self::AutomatedCodes => "automated_codes",
            Self::CodePrefix => "code_prefix",
            Self::CodeLength => "code_length",
            Self::CodeType => "code_type",
            Self::ClientId => "client_id",
            Self::ClientSecret => "client_secret",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|parameter| parameter.name() == name)
    }

    /// What of it has to be in a range: its value, or its length.
    pub(crate) fn measure(self) -> &'static str {
        match self {
            Self::Campaign => "campaign length",
            Self::CodePrefix => "code prefix length",
            Self::CodeLength => "code length",
            Self::Amount
            | Self::Status
            | Self::AutomatedCodes
            | Self::CodeType
            | Self::ClientId
            | Self::ClientSecret => self.name(),
        }
    }

    /// The values that an error lists, if only a few are allowed.
    pub(crate) fn allowed_values(self) -> &'static [&'static str] {
        match self {
            Self::Status => &["normal", "voided", "active"],
            Self::AutomatedCodes => &["true", "false"],
            Self::CodeType => &["numeric", "alphanumeric"],
            Self::Campaign
            | Self::Amount
            | Self::CodePrefix
            | Self::CodeLength
            | Self::ClientId
            | Self::ClientSecret => &[],
        }
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// They are indices of a request's table, too.
    #[test]
    fn all_are_there_in_order_and_found_by_name() {
        for (i, parameter) in Parameter::ALL.into_iter().enumerate() {
            assert_eq!(parameter as usize, i);
            assert_eq!(Parameter::from_name(parameter.name()), Some(parameter));
            assert_eq!(format!("{parameter:>15}").trim(), parameter.name());
        }
        assert_eq!(Parameter::from_name("Amount"), None);
    }
}
