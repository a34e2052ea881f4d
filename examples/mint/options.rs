//! What the command line says.

use std::{path::PathBuf, time::Duration};

use clap::{Parser, ValueEnum};
use couponmint::{
    Campaign, Engine, Rejection, Request,
    jiff::{Timestamp, civil::DateTime, tz::Offset},
};

use crate::failure::{Failure, wrong_option};

/// Mints single-use coupons for a campaign that has issued none yet.
///
/// Nothing is kept from one run to the next: the codes of one run are distinct, those of two runs
/// need not be.
#[derive(Parser)]
#[command(name = "mint", version, after_help = EXIT_STATUS)]
pub(crate) struct Cli {
    /// The campaign the coupons are for, the only one there is
    #[arg(long, default_value = "cam_15111", allow_hyphen_values = true)]
    campaign: String,
    /// Coupons of one request, 1 to 100000
    #[arg(long, default_value = "100000", allow_hyphen_values = true)]
    amount: String,
    /// What they are issued as: normal, voided or activated
    #[arg(long, default_value = "activated", allow_hyphen_values = true)]
    status: String,
    /// Whether they get custom validation codes: true or false
    #[arg(long, default_value = "true", allow_hyphen_values = true)]
    automated_codes: String,
    /// What custom codes begin with; may be empty
    #[arg(long, default_value = "test_", allow_hyphen_values = true)]
    code_prefix: String,
    /// Symbols of a custom code behind its prefix, 3 to 30
    #[arg(long, default_value = "10", allow_hyphen_values = true)]
    code_length: String,
    /// Symbols of a custom code: numeric or alphanumeric
    #[arg(long, default_value = "alphanumeric", allow_hyphen_values = true)]
    code_type: String,

    /// Answer the request in this JSON file (- for standard input) with an envelope instead
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "amount", "status", "automated_codes", "code_prefix", "code_length", "code_type", "format",
        "batches",
    ])]
    pub(crate) request: Option<PathBuf>,
    /// How many such requests; the JSON of more than one is an array of their answers
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) batches: u32,

    /// How the coupons are written
    #[arg(long, value_enum, default_value = "json")]
    pub(crate) format: OutputFormat,
    /// Where to (- for standard output) [default: coupons.json or coupons.csv; with --request, -]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Where single-use URLs begin
    #[arg(long, value_name = "URL", default_value = "https://coupons.example/")]
    base_url: String,
    /// Their whole shape instead, with {code} once and, if you like, {campaign}
    #[arg(long, value_name = "URL", conflicts_with = "base_url")]
    url_template: Option<String>,
    /// The sequence id of the first coupon
    #[arg(long, value_name = "ID", default_value = "1")]
    first_sequence_id: u64,
    /// How long an activated coupon is valid
    #[arg(long, value_name = "SECONDS", default_value = "86400")]
    validity: u64,
    /// When the coupons are created, UTC, as in "2019-04-01 11:51:41" [default: now]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    create_date: Option<Timestamp>,
    /// Makes the codes repeatable and guessable, for tests: 64 hex digits are the 32 bytes of the
    /// seed; any other text or number of up to 32 bytes is taken as it is, zeros behind it
    #[arg(long, value_parser = parse_seed)]
    seed: Option<[u8; 32]>,
}

const EXIT_STATUS: &str = "Exit status: 0 if the coupons are written, 1 if the request is refused \
                           or they cannot be, 2 for a wrong option.";

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum OutputFormat {
    Json,
    Csv,
}

impl Cli {
    /// What the options ask for.
    pub(crate) fn minted_request(&self) -> Result<Request, Rejection> {
        Request::from_params([
            ("campaign", &self.campaign),
            ("amount", &self.amount),
            ("status", &self.status),
            ("automated_codes", &self.automated_codes),
            ("code_prefix", &self.code_prefix),
            ("code_length", &self.code_length),
            ("code_type", &self.code_type),
        ])
    }

    pub(crate) fn engine(&self) -> Result<Engine, Failure> {
        let mut builder = Engine::builder()
            .base_url(&self.base_url)
            .first_sequence_id(self.first_sequence_id);
        if let Some(template) = &self.url_template {
            builder = builder.url_template(template);
        }
        if let Some(seed) = self.seed {
            builder = builder.seed(seed);
        }
        if let Some(date) = self.create_date {
            builder = builder.clock(move || date);
        }
        let engine = builder.try_build().map_err(wrong_option)?;
        let campaign = Campaign::new(&self.campaign).map_err(wrong_option)?;
        assert!(engine.add_campaign(campaign.validity(Duration::from_secs(self.validity))));
        Ok(engine)
    }

    /// Where the output goes.
    pub(crate) fn target(&self) -> PathBuf {
        let default = match (&self.request, self.format) {
            (Some(_), _) => "-",
            (None, OutputFormat::Json) => "coupons.json",
            (None, OutputFormat::Csv) => "coupons.csv",
        };
        self.output.clone().unwrap_or_else(|| default.into())
    }
}

/// The seed's 32 bytes: 64 hex digits, or the text itself with zeros behind it.
fn parse_seed(text: &str) -> Result<[u8; 32], String> {
    let mut seed = [0; 32];
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        for (byte, place) in seed.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[place..place + 2], 16).unwrap_or_default();
        }
    } else if (1..=seed.len()).contains(&text.len()) {
        seed[..text.len()].copy_from_slice(text.as_bytes());
    } else {
        return Err("a seed is 64 hex digits, or 1 to 32 bytes of other text".to_owned());
    }
    Ok(seed)
}

fn parse_date(text: &str) -> Result<Timestamp, String> {
    let date = text.parse::<DateTime>();
    let timestamp = date.and_then(|date| Offset::UTC.to_timestamp(date));
    timestamp.map_err(|_| "a date is written as 2019-04-01 11:51:41".to_owned())
}
