//! What can be said on the command line.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{ArgAction, Args, Parser, ValueEnum};
use couponmint::{
    Campaign, Engine, Format, MAX_SEQUENCE_ID, Rejection, Request,
    jiff::{Span, Timestamp},
};

use crate::{
    failure::{Failure, wrong_file, wrong_option},
    help::EXAMPLES_AND_STATUS,
    output::is_standard,
    values::{parse_date, parse_seed, parse_span},
};

const DEFAULT_CAMPAIGN: &str = "cam_15111";

/// Mint single-use coupon codes: random, and none ever issued twice
///
/// A run knows the codes that it issues itself and those that it is told with --reserve. Without that, two
/// runs can issue the same code.
#[derive(Parser)]
#[command(name = "mint", version, max_term_width = 100, after_help = EXAMPLES_AND_STATUS)]
#[command(disable_help_flag = true, disable_version_flag = true)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) coupons: CouponOptions,
    #[command(flatten)]
    custom_codes: CustomCodeOptions,
    #[command(flatten)]
    pub(crate) existing: ExistingOptions,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
    #[command(flatten)]
    pub(crate) other: OtherOptions,
}

#[derive(Args)]
#[command(next_help_heading = "Coupons")]
pub(crate) struct CouponOptions {
    /// Campaign that the coupons are for
    #[arg(short, long, value_name = "NAME", default_value = DEFAULT_CAMPAIGN, allow_hyphen_values = true)]
    campaign: String,
    /// Coupons in a batch, 1 to 100000
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        default_value = "100000",
        allow_hyphen_values = true
    )]
    amount: String,
    /// How many batches, one after the other
    ///
    /// Nothing is written unless all of them fit in what is left of the codes. As CSV they are one table, as
    /// JSON an array of answers.
    #[arg(short, long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) batches: u32,
    /// What they are issued as: normal, voided or activated
    #[arg(long, default_value = "activated", allow_hyphen_values = true)]
    status: String,
    /// How long activated coupons are valid: 36h, 30d, 3mo, 1y
    ///
    /// Months and years are counted on the calendar, in UTC.
    #[arg(long, value_name = "SPAN", default_value = "24h", value_parser = parse_span)]
    valid_for: Span,
    /// When they expire instead, UTC, as in "2027-01-31 23:59:59"
    #[arg(long, value_name = "DATE", conflicts_with = "valid_for", value_parser = parse_date)]
    valid_until: Option<Timestamp>,
    /// Answer the request in this JSON file instead (- for standard input)
    ///
    /// The answer is what a server would give, success or failure, and goes to standard output unless --output
    /// says otherwise.
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "amount", "status", "automated_codes", "code_prefix", "code_length", "code_type", "format",
        "batches",
    ])]
    pub(crate) request: Option<PathBuf>,
}

#[derive(Args)]
#[command(next_help_heading = "Custom validation codes")]
struct CustomCodeOptions {
    /// Whether the coupons get them: true or false
    #[arg(
        long,
        value_name = "BOOL",
        default_value = "true",
        allow_hyphen_values = true
    )]
    automated_codes: String,
    /// What they begin with: 0 to 32 letters, digits, _ and -
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "test_",
        allow_hyphen_values = true
    )]
    code_prefix: String,
    /// How many symbols follow, 3 to 30
    #[arg(
        long,
        value_name = "N",
        default_value = "10",
        allow_hyphen_values = true
    )]
    code_length: String,
    /// Which symbols: numeric (0-9) or alphanumeric (0-9A-Za-z)
    #[arg(
        long,
        value_name = "TYPE",
        default_value = "alphanumeric",
        allow_hyphen_values = true
    )]
    code_type: String,
}

#[derive(Args)]
#[command(next_help_heading = "Codes that exist already")]
pub(crate) struct ExistingOptions {
    /// File of codes never to issue, one per line (- for standard input); may be repeated
    ///
    /// A line is a whole single-use code (21 symbols), a widget code (6 symbols) or a custom code of the
    /// format that is minted; what can be both is reserved as both. Empty lines are skipped. A line that is
    /// none of these is an error, and nothing is minted.
    #[arg(long, value_name = "FILE")]
    pub(crate) reserve: Vec<PathBuf>,
    /// Read them from these columns of CSV files: names in the first row, or numbers from 1
    ///
    /// Several columns are separated by commas. With names the first row is not read as codes, with numbers it is. Empty cells are skipped. Fields may
    /// be separated by commas, semicolons or tabs.
    #[arg(
        long,
        value_name = "COLUMN",
        value_delimiter = ',',
        requires = "reserve"
    )]
    pub(crate) reserve_column: Vec<String>,
}

#[derive(Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputOptions {
    /// Where the coupons go (- for standard output) [default: coupons.json or coupons.csv]
    ///
    /// A file is there whole or not at all, and only its owner may read it.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How they are written
    #[arg(short, long, value_enum, default_value = "json")]
    pub(crate) format: OutputFormat,
    /// Where the addresses of coupons begin; campaign and code follow
    #[arg(long, value_name = "URL", default_value = "https://coupons.example/")]
    base_url: String,
    /// Their whole shape instead, with {code} once and, if you like, {campaign}
    #[arg(long, value_name = "URL", conflicts_with = "base_url")]
    url_template: Option<String>,
    /// Sequence id of the first coupon
    #[arg(long, value_name = "ID", default_value = "1", value_parser = clap::value_parser!(u64).range(..=MAX_SEQUENCE_ID))]
    pub(crate) first_sequence_id: u64,
    /// When the coupons are created, UTC, as in "2019-04-01 11:51:41" [default: now]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    create_date: Option<Timestamp>,
    /// Make the codes repeatable, and so guessable: for tests only
    ///
    /// 64 hex digits are the 32 bytes of the seed. Any other text or number of up to 32 bytes is taken as it
    /// is, followed by zeros.
    #[arg(long, value_parser = parse_seed)]
    seed: Option<[u8; 32]>,
}

#[derive(Args)]
#[command(next_help_heading = "Other options")]
pub(crate) struct OtherOptions {
    /// Say nothing but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Print this help: -h in short, --help in full
    #[arg(short, long, action = ArgAction::Help)]
    help: Option<bool>,
    /// Print the version
    #[arg(short = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum OutputFormat {
    Json,
    Csv,
}

impl Options {
    /// What is wrong with all of them together.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let files = self.existing.reserve.iter().chain(&self.coupons.request);
        if files.filter(|file| is_standard(file)).count() > 1 {
            return Err(wrong_file("standard input can be read for one option only"));
        }
        Ok(())
    }

    /// What the options ask for.
    pub(crate) fn request(&self) -> Result<Request, Failure> {
        let request = self.request_with(&self.custom_codes.automated_codes);
        request.map_err(wrong_option)
    }

    /// The format of custom codes, whether the coupons get them or not.
    pub(crate) fn format(&self) -> Option<Format> {
        let request = self.request_with("true").ok()?;
        request.format().cloned()
    }

    fn request_with(&self, automated_codes: &str) -> Result<Request, Rejection> {
        let (coupons, custom_codes) = (&self.coupons, &self.custom_codes);
        Request::from_params([
            ("campaign", &*coupons.campaign),
            ("amount", &*coupons.amount),
            ("status", &*coupons.status),
            ("automated_codes", automated_codes),
            ("code_prefix", &*custom_codes.code_prefix),
            ("code_length", &*custom_codes.code_length),
            ("code_type", &*custom_codes.code_type),
        ])
    }

    /// The engine, and in it the campaign.
    pub(crate) fn engine(&self) -> Result<Engine, Failure> {
        let output = &self.output;
        let mut builder = Engine::builder()
            .base_url(&output.base_url)
            .first_sequence_id(output.first_sequence_id);
        if let Some(template) = &output.url_template {
            builder = builder.url_template(template);
        }
        if let Some(seed) = output.seed {
            builder = builder.seed(seed);
        }
        if let Some(date) = output.create_date {
            builder = builder.clock(move || date);
        }
        let engine = builder.try_build().map_err(wrong_option)?;
        let campaign = Campaign::new(&self.coupons.campaign).map_err(wrong_option)?;
        assert!(engine.add_campaign(campaign.validity(self.validity())));
        Ok(engine)
    }

    fn validity(&self) -> Duration {
        let now = self.output.create_date.unwrap_or_else(Timestamp::now);
        let end = now
            .to_zoned(couponmint::jiff::tz::TimeZone::UTC)
            .checked_add(self.coupons.valid_for);
        let end = self
            .coupons
            .valid_until
            .unwrap_or_else(|| end.map_or(Timestamp::MAX, |end| end.timestamp()));
        Duration::try_from(end.duration_since(now)).unwrap_or_default()
    }

    pub(crate) fn campaign(&self) -> &str {
        &self.coupons.campaign
    }

    /// Where the output goes.
    pub(crate) fn target(&self) -> &Path {
        let default = match (&self.coupons.request, self.output.format) {
            (Some(_), _) => "-",
            (None, OutputFormat::Json) => "coupons.json",
            (None, OutputFormat::Csv) => "coupons.csv",
        };
        self.output.output.as_deref().unwrap_or(Path::new(default))
    }
}
