//! What can be said on the command line.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, ValueEnum};
use couponmint::{
    Alphabet, Check, Format, MAX_SEQUENCE_ID,
    jiff::{Span, Timestamp},
};

use crate::{
    help::EXAMPLES_AND_STATUS,
    values::{parse_date, parse_seed, parse_span},
};

const DEFAULT_CAMPAIGN: &str = "cam_15111";

/// Mint single-use coupon codes: random, and none ever issued twice
///
/// A run knows the codes that it issues itself, those of runs before it with --campaign-file, and those that it is told
/// with --reserve. Without these, two runs can issue the same code.
#[derive(Parser)]
#[command(name = "mint", version, max_term_width = 100, after_help = EXAMPLES_AND_STATUS)]
#[command(disable_help_flag = true, disable_version_flag = true)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) coupons: CouponOptions,
    #[command(flatten)]
    pub(crate) custom_codes: CustomCodeOptions,
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
    pub(crate) campaign: String,
    /// Coupons in a batch, 1 to 100000
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        default_value = "100000",
        allow_hyphen_values = true
    )]
    pub(crate) amount: String,
    /// How many batches, one after the other
    ///
    /// Nothing is written unless all of them fit in what is left of the codes. As CSV they are one table, as
    /// JSON an array of answers.
    #[arg(short, long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) batches: u32,
    /// What they are issued as: normal, voided or activated
    #[arg(long, default_value = "activated", allow_hyphen_values = true)]
    pub(crate) status: String,
    /// How long activated coupons are valid: 36h, 30d, 3mo, 1y
    ///
    /// Months and years are counted on the calendar, in UTC. Without it: as a campaign file says, else 24h.
    #[arg(long, value_name = "SPAN", value_parser = parse_span)]
    pub(crate) valid_for: Option<Span>,
    /// When they expire instead, UTC, as in "2027-01-31 23:59:59"
    #[arg(long, value_name = "DATE", conflicts_with = "valid_for", value_parser = parse_date)]
    pub(crate) valid_until: Option<Timestamp>,
    /// Answer the request in this JSON file instead (- for standard input)
    ///
    /// The answer is what a server would give, success or failure, and goes to standard output unless --output
    /// says otherwise.
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "amount", "status", "automated_codes", "code_prefix", "code_length", "code_type", "pattern", "check",
        "format", "batches",
    ])]
    pub(crate) request: Option<PathBuf>,
}

#[derive(Args)]
#[command(next_help_heading = "Custom validation codes")]
pub(crate) struct CustomCodeOptions {
    /// Whether the coupons get them: true or false
    #[arg(
        long,
        value_name = "BOOL",
        default_value = "true",
        allow_hyphen_values = true
    )]
    pub(crate) automated_codes: String,
    /// What they begin with: 0 to 32 letters, digits, _ and -
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "test_",
        allow_hyphen_values = true
    )]
    pub(crate) code_prefix: String,
    /// How many symbols follow, 3 to 30
    #[arg(
        long,
        value_name = "N",
        default_value = "10",
        allow_hyphen_values = true
    )]
    pub(crate) code_length: String,
    /// Which symbols: numeric (0-9) or alphanumeric (0-9A-Za-z)
    #[arg(
        long,
        value_name = "TYPE",
        default_value = "alphanumeric",
        allow_hyphen_values = true
    )]
    pub(crate) code_type: String,
    /// Which symbols instead: crockford, base58 and others, or your own in square brackets
    ///
    /// crockford is 0-9A-Z without I, L, O and U; a name that is not known is answered with all that are. With
    /// --request they are what "alphanumeric" means in it.
    #[allow(rustdoc::broken_intra_doc_links, reason = "help has no links")]
    #[arg(long, value_name = "NAME", conflicts_with = "code_type")]
    pub(crate) alphabet: Option<Alphabet>,
    /// Their whole shape instead of prefix and length, as in SUMMER-####-####: # is a symbol
    ///
    /// Everything else stands as it is: letters, digits, - _ . ~, up to 64 characters in all.
    #[arg(long, value_name = "PATTERN", conflicts_with_all = ["code_prefix", "code_length"])]
    pub(crate) pattern: Option<String>,
    /// Make the last symbol a check symbol: iso7064, luhn, ean8, upca, ean13 or gtin14
    ///
    /// It finds typing errors before a database is asked. iso7064 is for alphabets of an even number of
    /// symbols, the others are for digits alone: luhn as on gift cards, those of GS1 as a till scans them.
    #[arg(long, value_name = "SYSTEM")]
    pub(crate) check: Option<Check>,
    /// File of words that no code may hold, one per line (- for standard input); may be repeated
    ///
    /// They are seen in single-use codes and widget codes, too, in either case, with - _ . ~ between them, and
    /// with symbols that look alike: 4SS is ass. The name english stands for a list that is built in.
    #[arg(long, value_name = "FILE")]
    pub(crate) without_words: Vec<PathBuf>,
}

#[derive(Args)]
#[command(next_help_heading = "Codes that exist already")]
pub(crate) struct ExistingOptions {
    /// File in which the campaign is kept from one run to the next: read before, written after
    ///
    /// No code is issued twice by runs with the same file, and sequence ids go on where they ended. It is written
    /// before the coupons are, so if a run fails then, its codes are lost. FILE.lock beside it keeps two
    /// runs from using it at the same time; the second one fails. Whoever can read the file knows all codes.
    #[arg(long, value_name = "FILE")]
    pub(crate) campaign_file: Option<PathBuf>,
    /// File of codes never to issue, one per line (- for standard input); may be repeated
    ///
    /// A line is a whole single-use code (21 symbols), a widget code (6 symbols) or a custom code, of the
    /// format that is minted or one of --reserve-format; what can be both is reserved as both. Empty lines
    /// are skipped. A line that is none of these is an error, and nothing is minted.
    #[arg(long, value_name = "FILE")]
    pub(crate) reserve: Vec<PathBuf>,
    /// Read them from these columns of CSV files: names in the first row, or numbers from 1
    ///
    /// Several columns are separated by commas. With names the first row is not read as codes, with numbers it
    /// is. Empty cells are skipped. Fields may be separated by commas, semicolons or tabs.
    #[arg(
        long,
        value_name = "COLUMN",
        value_delimiter = ',',
        requires = "reserve"
    )]
    pub(crate) reserve_column: Vec<String>,
    /// Another format of custom codes in them, as in 'OLD-#### numeric'; may be repeated
    ///
    /// Each # is a symbol of the alphabet: one with a name (numeric, alphanumeric, base36, uppercase, crockford,
    /// base58 and others) or the symbols themselves in square brackets. A check symbol is named after it, as in
    /// '####-#### crockford check=iso7064'.
    #[arg(long, value_name = "FORMAT", requires = "reserve")]
    pub(crate) reserve_format: Vec<Format>,
}

#[derive(Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputOptions {
    /// Where the coupons go (- for standard output) [default: coupons.json, .csv and so on]
    ///
    /// A file is there whole or not at all, and only its owner may read it.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// How they are written
    #[arg(short, long, value_enum, default_value = "json")]
    pub(crate) format: OutputFormat,
    /// Where the addresses of coupons begin; campaign and code follow
    #[arg(long, value_name = "URL", default_value = "https://coupons.example/")]
    pub(crate) base_url: String,
    /// Their whole shape instead, with {code} once and, if you like, {campaign}
    #[arg(long, value_name = "URL", conflicts_with = "base_url")]
    pub(crate) url_template: Option<String>,
    /// Sequence id of the first coupon
    #[arg(long, value_name = "ID", default_value = "1", value_parser = clap::value_parser!(u64).range(..=MAX_SEQUENCE_ID))]
    pub(crate) first_sequence_id: u64,
    /// When the coupons are created, UTC, as in "2019-04-01 11:51:41" [default: now]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub(crate) create_date: Option<Timestamp>,
    /// Make the codes repeatable, and so guessable: for tests only
    ///
    /// 64 hex digits are the 32 bytes of the seed. Any other text or number of up to 32 bytes is taken as it
    /// is, followed by zeros.
    #[arg(long, value_parser = parse_seed)]
    pub(crate) seed: Option<[u8; 32]>,
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
    /// The answer of the API, one object
    Json,
    /// A table, one row for each coupon
    Csv,
    /// A workbook in which every cell is text, up to 1,048,575 coupons
    Xlsx,
    /// Cards to print and cut out, with QR codes and bars, up to 10,000 coupons
    Html,
}
