//! `mint`, the command line of couponmint.
//!
//! ```text
//! cargo run --release --features cli               # 100,000 coupons to coupons.json
//! cargo run --release --features cli -- --help     # everything else it can do
//! ```
mod campaign_file;
mod existing;
mod failure;
mod help;
mod input;
mod lines;
mod minting;
mod options;
mod output;
mod report;
mod rows;
mod setup;
#[cfg_attr(not(feature = "sheets"), path = "no_sheets.rs")]
mod sheets;
mod spreadsheet;
mod values;

use std::process::ExitCode;

use clap::Parser;
use couponmint::{Engine, Format, Request};

use crate::{
    failure::{Failure, not_parsed, say},
    minting::Mint,
    options::{Options, OutputFormat},
    output::Output,
    report::report,
};

fn main() -> ExitCode {
    let options = match Options::try_parse() {
        Ok(options) => options,
        Err(error) => return not_parsed(&error),
    };
    run(&options).unwrap_or_else(|failure| {
        say(&failure.line);
        ExitCode::from(failure.status)
    })
}

fn run(options: &Options) -> Result<ExitCode, Failure> {
    options.check()?;
    match &options.coupons.request {
        Some(file) => answer(options, &input::read(file)?),
        None => mint(options),
    }
}

/// Mints what the options ask for. Whatever can be refused is refused before anything is written.
fn mint(options: &Options) -> Result<ExitCode, Failure> {
    let words = options.words()?;
    let request = options.request(&words)?;
    let campaign_file = options.campaign_file()?;
    let format = options.output.format;
    let mint = Mint {
        request,
        batches: options.coupons.batches,
        is_quiet: options.other.quiet,
        engine: options.engine(campaign_file.as_ref(), &words)?,
        words,
    };
    sheets::check_room(format, mint.coupons())?;
    reserve(options, &mint.engine, options.format().as_ref())?;
    mint.check_all_fit()?;

    let is_held = campaign_file.is_some() || mint.may_end_midway();
    let mut output = Output::open(options.target(), is_held)?;
    let minting = output.write(|out| match format {
        OutputFormat::Json => mint.write_json(out),
        OutputFormat::Csv => mint.write_csv(out),
        OutputFormat::Xlsx => mint.write_xlsx(out),
        OutputFormat::Html => mint.write_html(out),
    })?;
    if let Some(file) = &campaign_file {
        file.save(&mint.engine, options.campaign())?;
    }
    output.publish()?;
    if !options.other.quiet {
        say(&report(&mint, minting, format)?);
    }
    Ok(ExitCode::SUCCESS)
}

/// Answers the body of a request as a server would.
fn answer(options: &Options, body: &[u8]) -> Result<ExitCode, Failure> {
    let words = options.words()?;
    let campaign_file = options.campaign_file()?;
    let engine = options.engine(campaign_file.as_ref(), &words)?;
    let request = Request::from_json(body).ok();
    let asked = request.as_ref().and_then(Request::format);
    let format = asked.map(|asked| options.custom_codes.as_issued(asked));
    reserve(options, &engine, format.transpose()?.as_ref())?;
    let response = engine.respond(body);
    let is_granted = response.http_status() == 200;
    let mut output = Output::open(options.target(), campaign_file.is_some())?;
    output.write(|out| {
        out.write_all(response.body())?;
        Ok(writeln!(out)?)
    })?;
    if let (Some(file), true) = (&campaign_file, is_granted) {
        file.save(&engine, options.campaign())?;
    }
    output.publish()?;
    Ok(ExitCode::from(u8::from(!is_granted)))
}

/// Reserves the codes that exist already.
fn reserve(options: &Options, engine: &Engine, format: Option<&Format>) -> Result<(), Failure> {
    let (existing, campaign) = (&options.existing, options.campaign());
    let formats: Vec<_> = format
        .into_iter()
        .chain(&existing.reserve_format)
        .cloned()
        .collect();
    for file in &existing.reserve {
        let codes = existing::reserve(engine, campaign, &formats, file, &existing.reserve_column)?;
        if !options.other.quiet {
            say(&format!(
                "{codes} existing codes of {} reserved",
                file.display()
            ));
        }
    }
    Ok(())
}
