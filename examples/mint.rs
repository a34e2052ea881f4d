//! Mints coupons from the command line.
//!
//! ```text
//! cargo run --release --example mint               # 100,000 coupons to coupons.json
//! cargo run --release --example mint -- --help     # everything else it can do
//! ```

use std::{
    fs::{self, File},
    io::{self, BufWriter, ErrorKind, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::{Parser, ValueEnum};
use couponmint::{Batch, Campaign, CodeKind, Engine, Error, Rejection, Request};
use indicatif::{HumanCount, ProgressBar, ProgressFinish, ProgressStyle};
use jiff::{Timestamp, civil::DateTime, tz::Offset};
use tempfile::NamedTempFile;

/// Mints single-use coupons for a campaign that has issued none yet.
///
/// Nothing is kept from one run to the next: the codes of one run are distinct, those of two runs
/// need not be.
#[derive(Parser)]
#[command(name = "mint", version, after_help = EXIT_STATUS)]
struct Cli {
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
    request: Option<PathBuf>,
    /// How many such requests; the JSON of more than one is an array of their answers
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..))]
    batches: u32,

    /// How the coupons are written
    #[arg(long, value_enum, default_value = "json")]
    format: OutputFormat,
    /// Where to (- for standard output) [default: coupons.json or coupons.csv; with --request, -]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Where single-use URLs begin
    #[arg(long, value_name = "URL", default_value = "https://coupons.example/")]
    base_url: String,
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
enum OutputFormat {
    Json,
    Csv,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return not_parsed(&error),
    };
    let ran = match &cli.request {
        Some(file) => answer(&cli, file),
        None => mint(&cli),
    };
    ran.unwrap_or_else(|failure| {
        say(&failure.line);
        ExitCode::from(failure.status)
    })
}

/// Mints what the options ask for.
fn mint(cli: &Cli) -> Result<ExitCode, Failure> {
    let request = request(cli).map_err(|rejection| wrong_option(&rejection))?;
    let mint = Mint {
        engine: engine(cli)?,
        request,
        batches: cli.batches,
    };
    let minting = write_to(&target(cli), |out| match cli.format {
        OutputFormat::Json => mint.write_json(out),
        OutputFormat::Csv => mint.write_csv(out),
    })?;
    say(&mint.summary(minting)?);
    Ok(ExitCode::SUCCESS)
}

/// Answers the body of a request as a server would.
fn answer(cli: &Cli, file: &Path) -> Result<ExitCode, Failure> {
    let body = read(file).map_err(|error| Failure {
        status: 2,
        line: format!("error: cannot read {}: {error}", file.display()),
    })?;
    let response = engine(cli)?.respond(body);
    write_to(&target(cli), |out| {
        out.write_all(response.body())?;
        Ok(writeln!(out)?)
    })?;
    Ok(ExitCode::from(u8::from(response.http_status() != 200)))
}

fn request(cli: &Cli) -> Result<Request, Rejection> {
    Request::from_params([
        ("campaign", &cli.campaign),
        ("amount", &cli.amount),
        ("status", &cli.status),
        ("automated_codes", &cli.automated_codes),
        ("code_prefix", &cli.code_prefix),
        ("code_length", &cli.code_length),
        ("code_type", &cli.code_type),
    ])
}

fn engine(cli: &Cli) -> Result<Engine, Failure> {
    let mut builder = Engine::builder()
        .base_url(&cli.base_url)
        .first_sequence_id(cli.first_sequence_id);
    if let Some(seed) = cli.seed {
        builder = builder.seed(seed);
    }
    if let Some(date) = cli.create_date {
        builder = builder.clock(move || date);
    }
    let engine = builder.build();
    let campaign = Campaign::new(&cli.campaign).map_err(|error| wrong_option(&error.into()))?;
    engine.add_campaign(campaign.validity(Duration::from_secs(cli.validity)));
    Ok(engine)
}

/// A run: one request, made so many times.
struct Mint {
    engine: Engine,
    request: Request,
    batches: u32,
}

impl Mint {
    /// Hands the batches on one by one and tells how long minting alone took.
    fn batches(
        &self,
        mut each: impl FnMut(u32, &Batch) -> io::Result<()>,
    ) -> Result<Duration, Failure> {
        let bar = progress_bar(self.batches);
        let mut minting = Duration::ZERO;
        for place in 0..self.batches {
            let start = Instant::now();
            let batch = self.engine.generate(&self.request)?;
            minting += start.elapsed();
            each(place, &batch)?;
            bar.inc(1);
        }
        Ok(minting)
    }

    /// One request: its envelope. More: an array of their envelopes.
    fn write_json(&self, out: &mut dyn Write) -> Result<Duration, Failure> {
        let (start, end) = if self.batches > 1 {
            ("[", "]")
        } else {
            ("", "")
        };
        write!(out, "{start}")?;
        let minting = self.batches(|place, batch| {
            out.write_all(if place > 0 { b",\n" } else { b"" })?;
            batch.write_json(&mut *out)
        })?;
        writeln!(out, "{end}")?;
        Ok(minting)
    }

    /// One header, then all rows; a field that a coupon does not have is empty.
    fn write_csv(&self, out: &mut dyn Write) -> Result<Duration, Failure> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(COLUMNS.split(',')).map_err(from_csv)?;
        let minting = self.batches(|_, batch| write_rows(batch, &mut csv).map_err(from_csv))?;
        csv.flush()?;
        Ok(minting)
    }

    /// How many, how fast, what is left, and how safe that is.
    fn summary(&self, minting: Duration) -> Result<String, Error> {
        let campaign = self.request.campaign();
        let issued = self.request.requested_amount() as u64 * u64::from(self.batches);
        let rate = u128::from(issued) * 1_000_000_000 / minting.as_nanos().max(1);
        let widgets = self.engine.remaining_widget_codes(campaign)?;
        let mut left = format!("{} widget codes", HumanCount(widgets));
        if let Some(format) = self.request.format() {
            let customs = HumanCount(self.engine.remaining(campaign, format)?);
            left = format!("{left} and {customs} custom codes");
        }
        Ok(format!(
            "{} coupons for {campaign} in {minting:.1?}, {} a second (minting alone)\n\
             left: {left}\n\
             a blind guess hits one of the widget codes just issued: 1 in {}",
            HumanCount(issued),
            HumanCount(u64::try_from(rate).unwrap_or(u64::MAX)),
            HumanCount((widgets + issued + issued / 2) / issued),
        ))
    }
}

/// A bar on standard error, if that is a terminal and there is more than one request.
fn progress_bar(requests: u32) -> ProgressBar {
    if requests == 1 {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{wide_bar} {pos} of {len} requests, {eta} left");
    ProgressBar::new(requests.into())
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_finish(ProgressFinish::AndClear)
}

const COLUMNS: &str = "single_use_code,sequence_id,single_use_url,widget_validation_code,\
                       custom_validation_code,expirydate,create_date,voided";

fn write_rows<W: Write>(batch: &Batch, csv: &mut csv::Writer<W>) -> csv::Result<()> {
    let spelt = |date: DateTime| date.strftime("%Y-%m-%d %H:%M:%S").to_string();
    batch.iter().try_for_each(|coupon| {
        csv.write_record([
            coupon.single_use_code(),
            &coupon.sequence_id().to_string(),
            &coupon.single_use_url().to_string(),
            coupon.widget_validation_code(),
            coupon.custom_validation_code().unwrap_or_default(),
            &coupon.expiry_date().map(spelt).unwrap_or_default(),
            &spelt(coupon.create_date()),
            if coupon.is_voided() { "1" } else { "0" },
        ])
    })
}

fn from_csv(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}

/// Where the output goes.
fn target(cli: &Cli) -> PathBuf {
    let default = match (&cli.request, cli.format) {
        (Some(_), _) => "-",
        (None, OutputFormat::Json) => "coupons.json",
        (None, OutputFormat::Csv) => "coupons.csv",
    };
    cli.output.clone().unwrap_or_else(|| default.into())
}

/// Opens the target and lets `write` fill it. A file is all there or not touched, and its owner's
/// alone to read; standard output, devices and pipes are written to as they are.
fn write_to<T>(
    target: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T, Failure>,
) -> Result<T, Failure> {
    if target == Path::new("-") {
        return write_through(io::stdout().lock(), write);
    }
    // A link stays a link to the file that is replaced.
    let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
    if fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file()) {
        return write_through(File::create(&target)?, write);
    }
    let directory = target.parent().filter(|path| !path.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(directory.unwrap_or(Path::new(".")))?;
    let written = write_through(&mut file, write)?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    Ok(written)
}

fn write_through<T>(
    out: impl Write,
    write: impl FnOnce(&mut dyn Write) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut out = BufWriter::new(out);
    let written = write(&mut out)?;
    out.flush()?;
    Ok(written)
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return fs::read(file);
    }
    let mut body = Vec::new();
    io::stdin().lock().read_to_end(&mut body)?;
    Ok(body)
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

/// Help and version as they are; of an error what matters of it, on one line.
fn not_parsed(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.to_string();
    let lines = text.lines().map(str::trim);
    let first: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    say(&first.join(" "));
    ExitCode::from(2)
}

/// Why there are no coupons: the exit status, and a line to say (none if nobody listens).
struct Failure {
    status: u8,
    line: String,
}

fn wrong_option(rejection: &Rejection) -> Failure {
    let line = format!("error {rejection}");
    Failure { status: 2, line }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let fields = match error {
            Error::Exhausted { kind, asked, left } => {
                let kind = match kind {
                    CodeKind::Widget => "widget",
                    CodeKind::Custom => "custom",
                };
                format!(" ({kind} codes: {asked} asked for, {left} left)")
            }
            Error::OutOfSequenceIds { asked, left } => format!(" ({asked} asked for, {left} left)"),
            _ => String::new(),
        };
        let line = format!("error {}: {error}{fields}", error.code());
        Self { status: 1, line }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let line = match error.kind() {
            // Whoever read standard output has seen enough.
            ErrorKind::BrokenPipe => String::new(),
            _ => format!("error: cannot write the output: {error}"),
        };
        Self { status: 1, line }
    }
}

/// Lines on standard error, if anyone listens.
fn say(lines: &str) {
    if !lines.is_empty() {
        let _ = writeln!(io::stderr(), "{lines}");
    }
}
