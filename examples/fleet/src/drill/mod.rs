//! `fleet drill`: a database and machines of its own, clients that send and write down, and somebody who kills.
//!
//! A claim that machines need not talk is worth what survives when they are killed. So machines are killed with SIGKILL
//! at random moments and started again, the database once in the middle as if the power had failed; clients try what
//! failed again, on any machine, and write down each request and what they were answered. In the end the machines are
//! killed for good, and the database is compared with what the clients wrote.

mod chaos;
mod client;
pub(crate) mod http;
mod journal;
mod judge;
mod machines;
mod request;
mod table;

use std::{env, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Context, Result};
use tokio::{task::JoinSet, time::Instant};

use crate::{
    drill::{
        chaos::Chaos,
        client::Client,
        journal::Journal,
        judge::judge,
        machines::{Machines, Secrets},
        table::Table,
    },
    lease::fault::Fault,
    postgres::{Postgres, last_lines},
    store,
};

#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Options {
    /// How long clients send requests
    #[arg(long, value_name = "NUMBER", default_value_t = 60, value_parser = clap::value_parser!(u64).range(5..=86_400))]
    seconds: u64,
    /// How many machines serve
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    processes: u16,
    /// How many clients send, each one request after the other
    #[arg(long, value_name = "NUMBER", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    clients: u16,
    /// Kill nothing: how fast the machines are when nothing happens
    #[arg(long)]
    peace: bool,
    /// Where the folder of the database is made, and removed again
    #[arg(long, value_name = "FOLDER", default_value_os_t = env::temp_dir())]
    folder: PathBuf,
    /// A way to lease that is wrong, for the drill to find
    #[arg(long, hide = true)]
    fault: Option<Fault>,
}

/// How long clients go on trying what they began.
const GRACE: Duration = Duration::from_secs(30);

pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    tokio::select! {
        judged = drill(options) => judged,
        // What was started ends with what is dropped.
        signal = interrupted() => Err(signal.map_or_else(Into::into, |()| anyhow::anyhow!("interrupted"))),
    }
}

async fn interrupted() -> std::io::Result<()> {
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended,
        _ = terminated.recv() => Ok(()),
    }
}

async fn drill(options: Options) -> Result<ExitCode> {
    let mut postgres = Postgres::start(&options.folder).await?;
    let log = postgres.folder().join("machines");
    let secrets = Secrets::new(postgres.address());
    let mut machines = Machines::start(
        options.processes.into(),
        &secrets,
        options.fault,
        log.clone(),
    )
    .await?;
    eprintln!(
        "{} machines, {} clients, {} seconds …",
        options.processes, options.clients, options.seconds
    );

    let start = Instant::now();
    let end = start + Duration::from_secs(options.seconds);
    let mut clients = JoinSet::new();
    for _ in 0..options.clients {
        clients.spawn(Client::new(machines.addresses(), &secrets, end).run(end + GRACE));
    }
    let chaos = if options.peace {
        Chaos::default()
    } else {
        chaos::spread(&mut machines, &mut postgres, start, options.seconds).await?
    };
    let mut journal = Journal::default();
    while let Some(client) = clients.join_next().await {
        journal.add(client.context("a client failed")?);
    }
    let seconds = start.elapsed().as_secs_f64();
    machines.kill().await?;

    let pool = store::pool(&postgres.address(), 4)?;
    let mut table = Table::default();
    if !options.peace {
        chaos.tell(&mut table);
    }
    journal.tell(&mut table, seconds);
    judge(&pool, &secrets.mint()?, &journal, &mut table).await?;
    pool.close().await;
    print!("{table}");
    if !table.is_right() {
        println!("The machines' last words:\n{}", last_lines(&log));
    }
    Ok(if table.is_right() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
