//! What can be wrong with a request: a number, a sentence and the fields a program needs.

use std::fmt;

use crate::{
    code::{alphabet::Alphabet, check::Check},
    link::UrlSetting,
    parameter::Parameter,
};

/// Which of the codes of a coupon an error is about.
///
/// ```
/// # use couponmint::{Campaign, CodeType, Engine, Format, Request};
/// # let engine = Engine::new();
/// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
/// use couponmint::{CodeKind, Error};
///
/// let format = Format::new("A-", CodeType::Numeric, 3)?;
/// let request = Request::new("cam_15111")?.amount(2_000)?.custom_codes(format);
/// let refused = engine.generate(&request).unwrap_err();
/// let (kind, asked, left) = (CodeKind::Custom, 2_000, 1_000);
/// assert_eq!(refused, Error::Exhausted { kind, asked, left });
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CodeKind {
    /// The widget code: the first six symbols of the single-use code.
    Widget,
    /// The custom validation code.
    Custom,
    /// None of its codes but the coupon itself: the campaign has reached its limit
    /// ([`Campaign::max_coupons`](crate::Campaign::max_coupons)).
    Coupon,
}

/// One thing wrong with a request.
///
/// [`code`](Error::code) is the number a client sees and `Display` the exact sentence, one line that is
/// safe to log. What a client sent is escaped in it.
///
/// ```
/// use couponmint::{CodeType, Error, Format, Parameter};
///
/// let error = Format::new("A-", CodeType::Numeric, 2).unwrap_err();
/// assert_eq!(error.code(), 301);
/// assert_eq!(error.to_string(), "code length must be between 3 and 30 inclusive");
/// let parameter = Parameter::CodeLength;
/// assert_eq!(error, Error::OutOfRange { parameter, min: 3, max: 30 });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// 200: a required parameter is absent.
    MissingParameter {
        /// The absent parameter.
        parameter: Parameter,
    },
    /// 301: a parameter holds a character, or a kind of value, that it does not allow.
    InvalidCharacter {
        /// The parameter at fault.
        parameter: Parameter,
    },
    /// 301: a number, or the length of a text, is outside its inclusive range.
    OutOfRange {
        /// The parameter at fault.
        parameter: Parameter,
        /// The least allowed value.
        min: u32,
        /// The greatest allowed value.
        max: u32,
    },
    /// 301: an alphabet is not made of 2 to 64 distinct ASCII letters, digits, `_` and `-`.
    InvalidAlphabet,
    /// 302: a text is neither the name of an alphabet nor symbols in brackets.
    UnknownAlphabet,
    /// 301: a pattern is not one of 3 to 30 `#` and literal text.
    InvalidPattern,
    /// 302: a text is not the name of a system of check symbols.
    UnknownCheck,
    /// 301: a system of check symbols does not fit a pattern and its alphabet.
    InvalidCheck {
        /// The system.
        check: Check,
    },
    /// 301: words never to spell are not at most 1,000, each of 1 to 32 ASCII letters and digits, 4,096
    /// characters in all.
    InvalidWords,
    /// 301: words never to spell leave less than one code in 16 of a format, or of the widget codes of a
    /// campaign.
    TooFewCodes,
    /// 302: a text does not say what a format is.
    InvalidFormat,
    /// 301: a list of codes to reserve contains some that their format does not spell. (The codes themselves
    /// are secrets, and are not repeated.)
    ForeignCodes {
        /// Where they stand in the list, counted from 0: the first hundred of them, in order.
        indices: Vec<usize>,
        /// How many more there are.
        more: usize,
    },
    /// 302: a parameter with a fixed set of values has another one.
    InvalidValue {
        /// The parameter at fault.
        parameter: Parameter,
    },
    /// 302: the campaign restricts the [formats](crate::Campaign::formats) that may be asked for, and this is not
    /// one of them. The parameter is `code_prefix`. (The error does not list the formats: a format is half of a code.)
    FormatNotAllowed,
    /// 302: a parameter of that name does not exist.
    UnknownParameter {
        /// The name as it was given. `Display` escapes what could draw on a terminal.
        name: String,
    },
    /// 302: a parameter was given more than once.
    RepeatedParameter {
        /// The parameter at fault.
        parameter: Parameter,
    },
    /// 302: the body of a request is not a JSON object.
    InvalidBody,
    /// 302: two formats of a keyed campaign can spell one text.
    FormatsMeet {
        /// Where the first one stands in the list, counted from 0.
        first: usize,
        /// Where the second one does.
        second: usize,
    },
    /// 302: a format of a keyed campaign can spell a widget code.
    FormatMeetsWidgetCodes {
        /// Where it stands in the list, counted from 0.
        index: usize,
    },
    /// 302: a format of a keyed campaign has 2^128 codes or more, and is to leave out words.
    FormatIsTooLarge,
    /// 302: what was asked for needs a memory of codes, which a keyed campaign does not have.
    CampaignIsKeyed,
    /// 302: what was asked for needs a campaign with a key.
    CampaignIsNotKeyed,
    /// 302: serials belong to a campaign with another key or name, or with other formats, words or reserved codes.
    OtherSerials,
    /// 302: a text is not a fingerprint.
    InvalidFingerprint,
    /// 302: leased serials were given to an engine that has issued coupons with counters of its own.
    EngineCounts,
    /// 302: an engine that has issued coupons by leases was asked to count by itself.
    EngineIsLeasedTo,
    /// 302: an engine was told to make addresses that are not absolute, or not those of its coupons.
    InvalidUrl {
        /// The setting at fault.
        setting: UrlSetting,
    },
    /// 502: the engine has no campaign of that name.
    CampaignNotFound,
    /// 601: fewer codes are left than were asked for. Nothing was issued, nothing has changed.
    Exhausted {
        /// The kind of code that is short.
        kind: CodeKind,
        /// How many were asked for.
        asked: u64,
        /// How many are left.
        left: u64,
    },
    /// 601: fewer sequence ids are left, up to [`MAX_SEQUENCE_ID`](crate::MAX_SEQUENCE_ID), than were
    /// asked for. Nothing has changed.
    OutOfSequenceIds {
        /// How many were asked for.
        asked: u64,
        /// How many are left.
        left: u64,
    },
}

impl Error {
    /// 601 if fewer codes are left than asked for.
    pub(crate) fn unless_enough(kind: CodeKind, asked: u64, left: u64) -> Result<(), Self> {
        if left < asked {
            return Err(Self::Exhausted { kind, asked, left });
        }
        Ok(())
    }

    /// The number of the error: 200, 301, 302, 502 or 601.
    ///
    /// ```
    /// use couponmint::Error;
    ///
    /// assert_eq!(Error::CampaignNotFound.code(), 502);
    /// ```
    #[must_use]
    pub fn code(&self) -> u16 {
        match self {
            Self::MissingParameter { .. } => 200,
            Self::InvalidCharacter { .. }
            | Self::OutOfRange { .. }
            | Self::InvalidAlphabet
            | Self::InvalidPattern
            | Self::InvalidCheck { .. }
            | Self::InvalidWords
            | Self::TooFewCodes
            | Self::ForeignCodes { .. } => 301,
            Self::InvalidValue { .. }
            | Self::UnknownParameter { .. }
            | Self::RepeatedParameter { .. }
            | Self::InvalidBody
            | Self::UnknownAlphabet
            | Self::UnknownCheck
            | Self::InvalidFormat
            | Self::FormatNotAllowed
            | Self::InvalidUrl { .. }
            | Self::FormatsMeet { .. }
            | Self::FormatMeetsWidgetCodes { .. }
            | Self::FormatIsTooLarge
            | Self::CampaignIsKeyed
            | Self::CampaignIsNotKeyed
            | Self::OtherSerials
            | Self::InvalidFingerprint
            | Self::EngineCounts
            | Self::EngineIsLeasedTo => 302,
            Self::CampaignNotFound => 502,
            Self::Exhausted { .. } | Self::OutOfSequenceIds { .. } => 601,
        }
    }

    /// The name of the request's parameter that the error is about, if it is about one.
    ///
    /// ```
    /// use couponmint::{Error, Request};
    ///
    /// let error = Request::new("cam_15111")?.amount(0).unwrap_err();
    /// assert_eq!(error.parameter(), Some("amount"));
    /// assert_eq!(Error::InvalidBody.parameter(), None);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Self::MissingParameter { parameter }
            | Self::InvalidCharacter { parameter }
            | Self::OutOfRange { parameter, .. }
            | Self::InvalidValue { parameter }
            | Self::RepeatedParameter { parameter } => Some(parameter.name()),
            Self::UnknownParameter { name } => Some(name),
            Self::CampaignNotFound => Some(Parameter::Campaign.name()),
            Self::FormatNotAllowed => Some(Parameter::CodePrefix.name()),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingParameter { parameter } => write!(f, "Missing parameter: {parameter}"),
            Self::InvalidCharacter { parameter } => {
                write!(f, "Invalid character in parameter: {parameter}.")
            }
            Self::OutOfRange {
                parameter,
                min,
                max,
            } => write!(
                f,
                "{} must be between {min} and {max} inclusive",
                parameter.measure()
            ),
            Self::InvalidAlphabet => f.write_str(
                "alphabet must be 2 to 64 distinct ASCII letters, digits, \"_\" and \"-\"",
            ),
            Self::UnknownAlphabet => {
                f.write_str("alphabet must be ")?;
                for (name, _) in Alphabet::named() {
                    write!(f, "\"{name}\", ")?;
                }
                f.write_str("or its symbols in brackets, like \"[01AB]\"")
            }
            Self::InvalidPattern => f.write_str(
                "pattern must be up to 64 characters: 3 to 30 \"#\", and ASCII letters, digits, \"-\", \"_\", \".\" and \"~\"",
            ),
            Self::UnknownCheck => {
                let names = Check::ALL.map(|check| format!("\"{check}\""));
                write!(f, "check symbol must be {}", listed(&names, "or"))
            }
            Self::InvalidCheck { check } => write_invalid_check(f, *check),
            Self::InvalidWords => f.write_str(
                "words must be at most 1,000, each of 1 to 32 ASCII letters and digits, 4,096 characters in all",
            ),
            Self::TooFewCodes => f.write_str("words must leave at least one code in 16"),
            Self::InvalidFormat => f.write_str(
                "format must be a pattern, an alphabet and what else it has, with a blank before each, like \"SUMMER-####-#### crockford\"",
            ),
            Self::ForeignCodes { indices, more } => write_foreign_codes(f, indices, *more),
            Self::InvalidValue { parameter } => write_invalid_value(f, *parameter),
            Self::FormatNotAllowed => f.write_str(
                "Parameter \"code_prefix\" has invalid value. This campaign has no codes of that prefix, length and type.",
            ),
            Self::UnknownParameter { name } => {
                write!(f, "Unknown parameter: {}", name.escape_debug())
            }
            Self::RepeatedParameter { parameter } => {
                write!(f, "Parameter \"{parameter}\" is repeated.")
            }
            Self::InvalidBody => f.write_str("Request body must be a JSON object."),
            Self::FormatsMeet { first, second } => write!(
                f,
                "formats of a keyed campaign must not spell the same text; those at indices {first} and {second} can"
            ),
            Self::FormatMeetsWidgetCodes { index } => write!(
                f,
                "formats of a keyed campaign must not spell widget codes, six of 0-9 and a-z; the one at index {index} can"
            ),
            Self::FormatIsTooLarge => f.write_str(
                "formats of a keyed campaign must have fewer than 2^128 codes if words are left out",
            ),
            Self::CampaignIsKeyed => f.write_str(
                "a keyed campaign has no memory of codes: set its words and reserve codes before it is resumed or added; store its serials, and release nothing",
            ),
            Self::CampaignIsNotKeyed => f.write_str("campaign must be a keyed one"),
            Self::OtherSerials => f.write_str(
                "serials must be those of a campaign with the same key, name, formats, words and reserved codes",
            ),
            Self::InvalidFingerprint => f.write_str("fingerprint must be 32 hexadecimal digits"),
            Self::EngineCounts => f.write_str(
                "leased serials need an engine that issues nothing else; this one counts by itself",
            ),
            Self::EngineIsLeasedTo => f.write_str(
                "engine issues by leases, and counts neither serials nor sequence ids by itself",
            ),
            Self::InvalidUrl { setting } => write!(f, "{setting} must be {}.", setting.rule()),
            Self::CampaignNotFound => f.write_str("Campaign ID not found."),
            Self::Exhausted { .. } => f.write_str("low on unique generated validation codes"),
            Self::OutOfSequenceIds { .. } => f.write_str("low on sequence ids"),
        }
    }
}

fn write_invalid_check(f: &mut fmt::Formatter<'_>, check: Check) -> fmt::Result {
    write!(f, "check symbol \"{check}\" needs ")?;
    match (check, check.digits()) {
        (Check::Iso7064, _) => f.write_str("an alphabet of an even number of symbols")?,
        (_, None) => f.write_str("the ten digits for an alphabet, and no letter in the pattern")?,
        (_, Some(digits)) => write!(
            f,
            "the ten digits for an alphabet, and {digits} digits in all"
        )?,
    }
    f.write_str("; and no letter or digit after its last \"#\"")
}

/// `code_type` has a sentence of its own; the others share one.
fn write_invalid_value(f: &mut fmt::Formatter<'_>, parameter: Parameter) -> fmt::Result {
    let values = parameter.allowed_values().iter();
    let values: Vec<_> = values.map(|value| format!("\"{value}\"")).collect();
    if parameter == Parameter::CodeType {
        return write!(f, "{parameter} must be {}", listed(&values, "or"));
    }
    write!(f, "Parameter \"{parameter}\" has invalid value.")?;
    if !values.is_empty() {
        write!(f, " Possible values are {}.", listed(&values, "and"))?;
    }
    Ok(())
}

fn write_foreign_codes(f: &mut fmt::Formatter<'_>, indices: &[usize], more: usize) -> fmt::Result {
    if let ([index], 0) = (indices, more) {
        return write!(
            f,
            "Code at index {index} is not one that its format spells."
        );
    }
    let indices = indices.iter().map(usize::to_string);
    let more = (more > 0).then(|| format!("{more} more"));
    let all: Vec<_> = indices.chain(more).collect();
    write!(
        f,
        "Codes at indices {} are not ones that their formats spell.",
        listed(&all, "and")
    )
}

/// `a, b and c`
fn listed(values: &[String], last_word: &str) -> String {
    match values.split_last() {
        Some((last, others)) if !others.is_empty() => {
            format!("{} {last_word} {last}", others.join(", "))
        }
        _ => values.concat(),
    }
}

impl std::error::Error for Error {}

/// Everything wrong with one request, in the order of the request's parameters.
///
/// ```
/// use couponmint::{Rejection, Request};
///
/// let rejection: Rejection = Request::from_params([("amount", "0")]).unwrap_err();
/// assert_eq!(
///     rejection.to_string(),
///     "200: Missing parameter: campaign; 301: amount must be between 1 and 100000 inclusive"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    errors: Vec<Error>,
}

impl Rejection {
    /// `errors` is not empty.
    pub(crate) fn new(errors: Vec<Error>) -> Self {
        debug_assert!(!errors.is_empty());
        Self { errors }
    }

    /// The errors, at least one.
    ///
    /// ```
    /// use couponmint::{Error, Parameter, Request};
    ///
    /// let rejection = Request::from_params([("amount", "10")]).unwrap_err();
    /// let parameter = Parameter::Campaign;
    /// assert_eq!(rejection.errors(), [Error::MissingParameter { parameter }]);
    /// ```
    #[must_use]
    pub fn errors(&self) -> &[Error] {
        &self.errors
    }
}

#[cfg(feature = "serde")]
impl Rejection {
    pub(crate) fn into_errors(self) -> Vec<Error> {
        self.errors
    }
}

impl From<Error> for Rejection {
    fn from(error: Error) -> Self {
        Self::new(vec![error])
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.errors.iter().enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            write!(f, "{separator}{}: {error}", error.code())?;
        }
        Ok(())
    }
}

impl std::error::Error for Rejection {}
