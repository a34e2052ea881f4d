//! What all machines have to agree on: campaigns, their formats and the key. And the engine that mints from it.

use std::{
    cell::Cell, collections::BTreeMap, env, fs, path::Path, path::PathBuf, str::FromStr,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, FromArgMatches};
use couponmint::{Batch, Campaign, Engine, Error, Format, Key, Request, jiff::Timestamp};

use crate::lease::Leased;

#[derive(Args, Clone, Debug)]
#[group(skip)]
pub(crate) struct Options {
    /// A campaign; may be given several times
    #[arg(long = "campaign", value_name = "ID", default_value = "cam_15111")]
    campaigns: Vec<String>,
    /// A format of custom codes that a campaign may issue; may be given several times
    #[arg(
        long = "format",
        value_name = "CAMPAIGN=FORMAT",
        default_value = "cam_15111=test_########## alphanumeric"
    )]
    formats: Vec<Declared>,
    /// How long activated coupons are valid
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    valid_for: u32,
    /// What the addresses of coupons begin with
    #[arg(long, value_name = "URL", default_value = "https://coupons.example/")]
    base_url: String,
    /// A file with the key, 64 hexadecimal digits; without it, they are taken from the variable `FLEET_KEY`
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl Options {
    /// As from a command line.
    pub(crate) fn of<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let command = Self::augment_args(clap::Command::new("setup"));
        let matches = command.try_get_matches_from(arguments)?;
        Ok(Self::from_arg_matches(&matches)?)
    }
}

/// A format of a campaign.
#[derive(Clone, Debug)]
struct Declared {
    campaign: String,
    format: Format,
}

impl FromStr for Declared {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (campaign, format) = text.split_once('=').ok_or("it has to be CAMPAIGN=FORMAT")?;
        Ok(Self {
            campaign: campaign.to_owned(),
            format: format.parse().map_err(|error: Error| error.to_string())?,
        })
    }
}

/// An engine that is only leased to: any machine that is set up alike mints the same coupons from the same lease.
pub(crate) struct Mint {
    pub(crate) engine: Engine,
    pub(crate) formats: BTreeMap<String, Vec<Format>>,
    pub(crate) valid_for: u32,
}

impl Mint {
    pub(crate) fn new(options: &Options) -> Result<Self> {
        let key = secret("FLEET_KEY", options.key_file.as_deref())?.context(
            "no key: set FLEET_KEY to 64 hexadecimal digits, or give --key-file (`fleet key` makes one)",
        )?;
        Self::with_key(options, &key)
    }

    pub(crate) fn with_key(options: &Options, key: &str) -> Result<Self> {
        let key = key_bytes(key).context("the key has to be 64 hexadecimal digits")?;
        let engine = Engine::builder()
            .base_url(&options.base_url)
            .clock(time_of_lease)
            .try_build()?;
        let mut formats: BTreeMap<String, Vec<Format>> = BTreeMap::new();
        for campaign in &options.campaigns {
            formats.insert(campaign.clone(), Vec::new());
        }
        for Declared { campaign, format } in &options.formats {
            let of_campaign = formats.get_mut(campaign);
            let of_campaign = of_campaign
                .with_context(|| format!("--format of {campaign}, which is no --campaign"))?;
            of_campaign.push(format.clone());
        }
        for (campaign, formats) in &formats {
            let declared = Campaign::keyed(campaign, Key::from_bytes(key), formats.clone())?;
            let valid_for = Duration::from_secs(options.valid_for.into());
            ensure!(
                engine.add_campaign(declared.validity(valid_for)),
                "{campaign} is given twice"
            );
        }
        Ok(Self {
            engine,
            formats,
            valid_for: options.valid_for,
        })
    }

    /// The coupons of a lease: the same ones, to the byte, wherever and whenever they are minted.
    pub(crate) fn mint(&self, leased: &Leased) -> Result<Batch, Error> {
        CREATED.set(leased.create_date);
        self.engine.generate_leased(&leased.request, &leased.lease)
    }

    /// Refuses what could not be minted, before it is leased.
    pub(crate) fn check(&self, request: &Request) -> Result<(), Error> {
        let campaign = request.campaign();
        let format = request.format();
        format.map_or(Ok(()), |format| {
            self.engine.remaining(campaign, format).map(drop)
        })
    }

    /// What keys, formats and reserved codes are told apart by.
    pub(crate) fn fingerprint(&self, campaign: &str) -> Result<String, Error> {
        Ok(self.engine.fingerprint(campaign)?.to_string())
    }

    /// Whether a campaign has such a code, issued or not: most guesses end here, and cost no query.
    pub(crate) fn spells(&self, campaign: &str, code: &str) -> bool {
        let is_single_use = || matches!(self.engine.single_use_serial(campaign, code), Ok(Some(_)));
        let is_widget = || {
            code.len() == 6
                && code
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
        };
        let mut formats = self.formats.get(campaign).into_iter().flatten();
        is_single_use() || is_widget() || formats.any(|format| format.spells(code))
    }

    /// Whether a text is the name of a campaign, but of none of these.
    pub(crate) fn is_unknown(&self, campaign: &str) -> bool {
        Request::new(campaign).is_ok() && !self.engine.has_campaign(campaign)
    }
}

thread_local! {
    static CREATED: Cell<Timestamp> = const { Cell::new(Timestamp::UNIX_EPOCH) };
}

/// The engine asks its clock on the thread that calls it, and coupons are as old as their lease.
fn time_of_lease() -> Timestamp {
    CREATED.get()
}

/// A secret from a file or a variable, without the blanks around it.
pub(crate) fn secret(variable: &str, file: Option<&Path>) -> Result<Option<String>> {
    let text = match file {
        Some(file) => Some(
            fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?,
        ),
        None => env::var(variable).ok(),
    };
    match text.map(|text| text.trim().to_owned()) {
        Some(text) if text.is_empty() => bail!("{variable} is empty"),
        text => Ok(text),
    }
}

fn key_bytes(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    let digits = text.as_bytes();
    (digits.len() == 64).then_some(())?;
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
    }
    Some(key)
}

/// A fresh key as text.
pub(crate) fn new_key() -> String {
    hex(Key::generate().as_bytes())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let text = digits.map(|digit| char::from_digit(digit.into(), 16));
    text.collect::<Option<_>>().expect("half a byte is a digit")
}
