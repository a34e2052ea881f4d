//! Mints coupons from the command line.
//!
//! ```text
//! cargo run --release --example mint               # 100,000 coupons to coupons.json
//! cargo run --release --example mint -- --help     # everything else it can do
//! ```
mod failure;
mod files;
mod minting;
mod options;

use std::{path::Path, process::ExitCode};

use clap::Parser;

use crate::{
    failure::{Failure, not_parsed, say, wrong_option},
    files::{read, write_to},
    minting::Mint,
    options::{Cli, OutputFormat},
};

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
    let request = cli.minted_request().map_err(wrong_option)?;
    let mint = Mint {
        engine: cli.engine()?,
        request,
        batches: cli.batches,
    };
    let minting = write_to(&cli.target(), |out| match cli.format {
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
    let response = cli.engine()?.respond(body);
    write_to(&cli.target(), |out| {
        out.write_all(response.body())?;
        Ok(writeln!(out)?)
    })?;
    Ok(ExitCode::from(u8::from(response.http_status() != 200)))
}
