//! Many machines, one campaign, a real database: couponmint over PostgreSQL.

mod drill;
#[cfg(feature = "export")]
mod export;
mod finish;
mod lease;
mod postgres;
mod serve;
mod setup;
mod store;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

/// Many machines, one campaign, a real database: mints coupons over PostgreSQL
#[derive(Parser)]
#[command(name = "fleet", version)]
enum Command {
    /// Serve the end point, as one of any number of machines on one database
    Serve(serve::Options),
    /// Store the coupons of leases that nobody came back for
    Finish(finish::Options),
    /// Print a new key
    Key,
    /// Start a database and machines, kill them for a while, and judge what is left
    Drill(drill::Options),
    /// Write the codes of a format as Parquet files, or check them
    #[cfg(feature = "export")]
    Export(export::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Command::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("fleet: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Serve(options) => serve::run(options).await?,
        Command::Finish(options) => finish::run(&options).await?,
        Command::Key => println!("{}", setup::new_key()),
        Command::Drill(options) => return drill::run(options).await,
        #[cfg(feature = "export")]
        Command::Export(options) => export::run(options).await?,
    }
    Ok(ExitCode::SUCCESS)
}
