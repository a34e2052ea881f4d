//! A request: parameters as text become checked values.

use std::{borrow::Cow, fmt, str::FromStr};

use crate::{
    code::alphabet::is_symbol,
    code::format::{CodeType, Format, check_length, check_prefix},
    error::{Error, Rejection},
    parameter::Parameter,
};

/// The most coupons of one request.
///
/// ```
/// use couponmint::{MAX_AMOUNT, Request};
///
/// assert!(Request::new("cam_15111")?.amount(MAX_AMOUNT).is_ok());
/// assert!(Request::new("cam_15111")?.amount(MAX_AMOUNT + 1).is_err());
/// # Ok::<(), couponmint::Error>(())
/// ```
pub const MAX_AMOUNT: u32 = 100_000;
const DEFAULT_AMOUNT: u32 = 10;
const MAX_CAMPAIGN: u32 = 64;

/// What a coupon is issued as.
///
/// ```
/// use couponmint::Status;
///
/// assert_eq!(Status::Voided.to_string(), "voided");
/// assert_eq!("activated".parse(), Ok(Status::Activated));
/// assert_eq!("active".parse(), Ok(Status::Activated)); // as in a request
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Status {
    /// Not yet activated: no expiry date.
    #[default]
    Normal,
    /// Voided from the start.
    Voided,
    /// Activated: valid from its creation until its expiry date.
    Activated,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Normal => "normal",
            Self::Voided => "voided",
            Self::Activated => "activated",
        })
    }
}

/// As in a request: `active` is `activated`, too.
impl FromStr for Status {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "normal" => Ok(Self::Normal),
            "voided" => Ok(Self::Voided),
            "activated" | "active" => Ok(Self::Activated),
            _ => Err(Error::InvalidValue {
                parameter: Parameter::Status,
            }),
        }
    }
}

/// A valid request for coupons: all that can still go wrong is 502, 601 and a format that its campaign
/// does not allow (302).
///
/// ```
/// use couponmint::{CodeType, Format, Request, Status};
///
/// let request = Request::new("cam_15111")?
///     .amount(1_000)?
///     .status(Status::Activated)
///     .custom_codes(Format::new("test_", CodeType::Alphanumeric, 10)?);
///
/// let same = Request::from_params([
///     ("campaign", "cam_15111"),
///     ("amount", "1000"),
///     ("status", "activated"),
///     ("automated_codes", "true"),
///     ("code_prefix", "test_"),
///     ("code_length", "10"),
///     ("code_type", "alphanumeric"),
/// ])?;
/// assert_eq!(request, same);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    campaign: String,
    amount: u32,
    status: Status,
    custom_codes: Option<Format>,
}

impl Request {
    /// A request for 10 coupons of status normal without custom codes.
    ///
    /// ```
    /// use couponmint::{Request, Status};
    ///
    /// let request = Request::new("cam_15111")?;
    /// assert_eq!(request.requested_amount(), 10);
    /// assert_eq!(request.requested_status(), Status::Normal);
    /// assert_eq!(request.format(), None);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// 200 for an empty campaign; 301 unless it is 1 to 64 ASCII letters, digits, `_` and `-`.
    pub fn new(campaign: impl Into<String>) -> Result<Self, Error> {
        let campaign = campaign.into();
        check_campaign(&campaign)?;
        Ok(Self {
            campaign,
            amount: DEFAULT_AMOUNT,
            status: Status::Normal,
            custom_codes: None,
        })
    }

    /// Asks for this many coupons (any integer type).
    ///
    /// ```
    /// use couponmint::Request;
    ///
    /// let request = Request::new("cam_15111")?.amount(100_000)?;
    /// assert_eq!(request.amount(100_001).unwrap_err().code(), 301);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OutOfRange`] outside `1..=100_000`.
    pub fn amount(mut self, amount: impl TryInto<u32>) -> Result<Self, Error> {
        self.amount = check_amount(amount)?;
        Ok(self)
    }

    /// Asks for coupons of this status.
    ///
    /// ```
    /// use couponmint::{Request, Status};
    ///
    /// let request = Request::new("cam_15111")?.status(Status::Activated);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// Asks for custom validation codes of this format.
    ///
    /// ```
    /// use couponmint::{CodeType, Format, Request};
    ///
    /// let format = Format::new("test_", CodeType::Alphanumeric, 10)?;
    /// let request = Request::new("cam_15111")?.custom_codes(format);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn custom_codes(mut self, format: Format) -> Self {
        self.custom_codes = Some(format);
        self
    }

    /// A request from the parameters of a form post, names and values as text.
    ///
    /// | parameter | default | accepted |
    /// |---|---|---|
    /// | `campaign` | required | 1 to 64 ASCII letters, digits, `_`, `-` |
    /// | `amount` | 10 | digits, 1 to 100000 |
    /// | `status` | `normal` | `normal`, `voided`, `activated`, `active` |
    /// | `automated_codes` | `false` | `true` or `1`, `false` or `0` |
    /// | `code_prefix` | required with `automated_codes` | 0 to 32 ASCII letters, digits, `_`, `-` |
    /// | `code_length` | required with `automated_codes` | digits, 3 to 30 |
    /// | `code_type` | required with `automated_codes` | `numeric`, `alphanumeric` |
    /// | `client_id`, `client_secret` | | anything; ignored |
    ///
    /// The three `code_*` parameters are ignored without `automated_codes`.
    ///
    /// ```
    /// use couponmint::Request;
    ///
    /// let request = Request::from_params([("campaign", "cam_15111"), ("amount", "250")])?;
    /// assert_eq!(request, Request::new("cam_15111")?.amount(250)?);
    ///
    /// let rejection = Request::from_params([("amount", "many")]).unwrap_err();
    /// assert_eq!(rejection.errors().len(), 2);
    /// assert_eq!(rejection.errors()[0].to_string(), "Missing parameter: campaign");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// All that is wrong with the request, in the order of the table; unknown names come last.
    pub fn from_params<K, V>(params: impl IntoIterator<Item = (K, V)>) -> Result<Self, Rejection>
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        Parameters::from_texts(params).into_request(|_| Ok(()))
    }

    /// The campaign the coupons are for.
    ///
    /// ```
    /// use couponmint::Request;
    ///
    /// assert_eq!(Request::new("cam_15111")?.campaign(), "cam_15111");
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn campaign(&self) -> &str {
        &self.campaign
    }

    /// How many coupons are asked for, 1 to 100,000.
    ///
    /// ```
    /// use couponmint::Request;
    ///
    /// assert_eq!(Request::new("cam_15111")?.amount(250)?.requested_amount(), 250);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn requested_amount(&self) -> usize {
        self.amount as usize
    }

    /// What the coupons are to be issued as.
    ///
    /// ```
    /// use couponmint::{Request, Status};
    ///
    /// let request = Request::new("cam_15111")?.status(Status::Voided);
    /// assert_eq!(request.requested_status(), Status::Voided);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn requested_status(&self) -> Status {
        self.status
    }

    /// The format of the custom validation codes, if any are asked for.
    ///
    /// ```
    /// use couponmint::{CodeType, Format, Request};
    ///
    /// let format = Format::new("A-", CodeType::Numeric, 6)?;
    /// let request = Request::new("cam_15111")?.custom_codes(format.clone());
    /// assert_eq!(request.format(), Some(&format));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn format(&self) -> Option<&Format> {
        self.custom_codes.as_ref()
    }
}

/// The value of a parameter as it came.
#[cfg_attr(
    not(feature = "serde"),
    expect(dead_code, reason = "only JSON has values that are not text")
)]
pub(crate) enum Value<'a> {
    /// Text, or a plain JSON integer as its digits.
    Text(Cow<'a, str>),
    /// A JSON boolean.
    Boolean(bool),
    /// Any other JSON: another number, a null, an array, an object.
    Other,
}

/// The parameters of a request as they came.
#[derive(Default)]
pub(crate) struct Parameters<'a> {
    given: [Option<Value<'a>>; Parameter::ALL.len()],
    repeated: [bool; Parameter::ALL.len()],
    unknown: Vec<Error>,
}

impl<'a> Parameters<'a> {
    pub(crate) fn from_texts<K: AsRef<str>, V: AsRef<str>>(
        params: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let mut parameters = Self::default();
        for (name, value) in params {
            let value = Value::Text(Cow::Owned(value.as_ref().to_owned()));
            parameters.add(name.as_ref(), value);
        }
        parameters
    }

    pub(crate) fn add(&mut self, name: &str, value: Value<'a>) {
        match Parameter::from_name(name) {
            Some(parameter) => {
                let i = parameter as usize;
                self.repeated[i] = self.given[i].replace(value).is_some();
            }
            None => self.unknown.push(Error::UnknownParameter {
                name: name.to_owned(),
            }),
        }
    }

    /// The campaign, if it is well formed.
    #[cfg(feature = "serde")]
    pub(crate) fn campaign(&self) -> Option<String> {
        self.check(Parameter::Campaign, &mut Vec::new(), parse_campaign)
    }

    /// The request, or all that is wrong with it in the order of [`Parameter`]; `allow` tells whether the format
    /// may be asked for.
    pub(crate) fn into_request(
        self,
        allow: impl FnOnce(&Format) -> Result<(), Error>,
    ) -> Result<Request, Rejection> {
        let mut errors = Vec::new();
        let campaign = self.check(Parameter::Campaign, &mut errors, parse_campaign);
        let amount = self.check(Parameter::Amount, &mut errors, parse_amount);
        let status = self.check(Parameter::Status, &mut errors, parse_status);
        let automated = self.check(
            Parameter::AutomatedCodes,
            &mut errors,
            parse_automated_codes,
        );
        let format = if automated == Some(true) {
            self.check_format(&mut errors, allow)
        } else {
            let ignored = [
                Parameter::CodePrefix,
                Parameter::CodeLength,
                Parameter::CodeType,
            ];
            self.check_repeated(ignored, &mut errors);
            None
        };
        self.check_repeated([Parameter::ClientId, Parameter::ClientSecret], &mut errors);
        errors.extend(self.unknown);
        match (campaign, amount, status) {
            (Some(campaign), Some(amount), Some(status)) if errors.is_empty() => Ok(Request {
                campaign,
                amount,
                status,
                custom_codes: format,
            }),
            _ => Err(Rejection::new(errors)),
        }
    }

    fn check_format(
        &self,
        errors: &mut Vec<Error>,
        allow: impl FnOnce(&Format) -> Result<(), Error>,
    ) -> Option<Format> {
        let prefix = self.check(Parameter::CodePrefix, errors, parse_prefix);
        let length = self.check(Parameter::CodeLength, errors, parse_length);
        let code_type = self.check(Parameter::CodeType, errors, parse_code_type);
        let format = Format::new(&prefix?, code_type?, length?);
        let allowed = format.and_then(|format| allow(&format).map(|()| format));
        allowed.map_err(|error| errors.push(error)).ok()
    }

    /// Of parameters whose values do not matter: that each is given once at most.
    fn check_repeated<const N: usize>(&self, ignored: [Parameter; N], errors: &mut Vec<Error>) {
        for parameter in ignored {
            self.check(parameter, errors, |_| Ok(()));
        }
    }

    /// Parses one parameter; what is wrong with it goes to `errors`.
    fn check<T>(
        &self,
        parameter: Parameter,
        errors: &mut Vec<Error>,
        parse: impl FnOnce(Option<&Value<'_>>) -> Result<T, Error>,
    ) -> Option<T> {
        let i = parameter as usize;
        let parsed = if self.repeated[i] {
            Err(Error::RepeatedParameter { parameter })
        } else {
            parse(self.given[i].as_ref())
        };
        parsed.map_err(|error| errors.push(error)).ok()
    }
}

fn parse_campaign(value: Option<&Value<'_>>) -> Result<String, Error> {
    let campaign = text(required(value, Parameter::Campaign)?, Parameter::Campaign)?;
    check_campaign(campaign)?;
    Ok(campaign.to_owned())
}

fn parse_amount(value: Option<&Value<'_>>) -> Result<u32, Error> {
    let Some(value) = value else {
        return Ok(DEFAULT_AMOUNT);
    };
    let amount = digits(value, Parameter::Amount)?;
    check_amount(amount)
}

fn parse_status(value: Option<&Value<'_>>) -> Result<Status, Error> {
    match value {
        None => Ok(Status::Normal),
        Some(Value::Text(text)) => text.parse(),
        Some(_) => Err(Error::InvalidValue {
            parameter: Parameter::Status,
        }),
    }
}

/// PHP posts `1` and `0` for a boolean.
fn parse_automated_codes(value: Option<&Value<'_>>) -> Result<bool, Error> {
    match value {
        None => Ok(false),
        Some(Value::Boolean(value)) => Ok(*value),
        Some(Value::Text(text)) if text == "true" || text == "1" => Ok(true),
        Some(Value::Text(text)) if text == "false" || text == "0" => Ok(false),
        Some(_) => Err(Error::InvalidValue {
            parameter: Parameter::AutomatedCodes,
        }),
    }
}

fn parse_prefix(value: Option<&Value<'_>>) -> Result<String, Error> {
    let prefix = text(
        required(value, Parameter::CodePrefix)?,
        Parameter::CodePrefix,
    )?;
    check_prefix(prefix)?;
    Ok(prefix.to_owned())
}

fn parse_length(value: Option<&Value<'_>>) -> Result<usize, Error> {
    check_length(digits(
        required(value, Parameter::CodeLength)?,
        Parameter::CodeLength,
    )?)
}

fn parse_code_type(value: Option<&Value<'_>>) -> Result<CodeType, Error> {
    match required(value, Parameter::CodeType)? {
        Value::Text(text) => text.parse(),
        Value::Boolean(_) | Value::Other => Err(Error::InvalidValue {
            parameter: Parameter::CodeType,
        }),
    }
}

fn required<'v, 'a>(
    value: Option<&'v Value<'a>>,
    parameter: Parameter,
) -> Result<&'v Value<'a>, Error> {
    value.ok_or(Error::MissingParameter { parameter })
}

fn text<'v>(value: &'v Value<'_>, parameter: Parameter) -> Result<&'v str, Error> {
    match value {
        Value::Text(text) => Ok(text),
        Value::Boolean(_) | Value::Other => Err(Error::InvalidCharacter { parameter }),
    }
}

/// A number of ASCII digits, leading zeros allowed; one too long for a `u32` is its maximum.
fn digits(value: &Value<'_>, parameter: Parameter) -> Result<u32, Error> {
    let text = text(value, parameter)?;
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::InvalidCharacter { parameter });
    }
    Ok(text.parse().unwrap_or(u32::MAX))
}

fn check_amount(amount: impl TryInto<u32>) -> Result<u32, Error> {
    let amount = amount.try_into().ok();
    let amount = amount.filter(|amount| (1..=MAX_AMOUNT).contains(amount));
    amount.ok_or(Error::OutOfRange {
        parameter: Parameter::Amount,
        min: 1,
        max: MAX_AMOUNT,
    })
}

/// Checks the name of a campaign.
pub(crate) fn check_campaign(campaign: &str) -> Result<(), Error> {
    let parameter = Parameter::Campaign;
    if campaign.is_empty() {
        return Err(Error::MissingParameter { parameter });
    }
    if !campaign.bytes().all(is_symbol) {
        return Err(Error::InvalidCharacter { parameter });
    }
    if campaign.len() > MAX_CAMPAIGN as usize {
        return Err(Error::OutOfRange {
            parameter,
            min: 1,
            max: MAX_CAMPAIGN,
        });
    }
    Ok(())
}
