//! The machines of a drill: processes of this very program.

use std::{
    env, fs,
    net::SocketAddr,
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result};
use clap::ValueEnum;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::{
    lease::fault::Fault,
    postgres::last_lines,
    setup::{self, Mint, hex, new_key},
};

/// How long a machine may take to start, while the database recovers.
const PATIENCE: Duration = Duration::from_secs(310);

/// What machines and their clients know.
#[derive(Clone)]
pub(super) struct Secrets {
    database: String,
    key: String,
    pub(super) client_secret: String,
}

impl Secrets {
    pub(super) fn new(database: String) -> Self {
        Self {
            database,
            key: new_key(),
            client_secret: hex(&rand::random::<[u8; 16]>()),
        }
    }

    /// What a machine of this drill mints with.
    pub(super) fn mint(&self) -> Result<Mint> {
        let arguments = ["setup"].into_iter().chain(CAMPAIGNS);
        Mint::with_key(&setup::Options::of(arguments)?, &self.key)
    }
}

/// One campaign like any, and one whose codes run out.
const CAMPAIGNS: [&str; 5] = [
    "--campaign=cam_15111",
    "--campaign=cam_small",
    "--format=cam_15111=test_########## alphanumeric",
    "--format=cam_15111=A-############ numeric",
    "--format=cam_small=### numeric",
];

/// Where the machines listen; nowhere while they are down.
#[derive(Clone)]
pub(super) struct Addresses(Arc<[Mutex<Option<SocketAddr>>]>);

impl Addresses {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, machine: usize) -> Option<SocketAddr> {
        *self.0[machine]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, machine: usize, address: Option<SocketAddr>) {
        *self.0[machine]
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = address;
    }
}

pub(super) struct Machines {
    secrets: Secrets,
    /// What they say of errors.
    log: PathBuf,
    fault: Option<Fault>,
    processes: Vec<Child>,
    addresses: Addresses,
}

impl Machines {
    pub(super) async fn start(
        number: usize,
        secrets: &Secrets,
        fault: Option<Fault>,
        log: PathBuf,
    ) -> Result<Self> {
        let mut machines = Self {
            secrets: secrets.clone(),
            log,
            fault,
            processes: Vec::new(),
            addresses: Addresses((0..number).map(|_| Mutex::new(None)).collect()),
        };
        for machine in 0..number {
            let process = machines.launch(machine).await?;
            machines.processes.push(process);
        }
        Ok(machines)
    }

    pub(super) fn addresses(&self) -> Addresses {
        self.addresses.clone()
    }

    /// SIGKILL, and another process in its place.
    pub(super) async fn kill_and_restart(&mut self, machine: usize) -> Result<()> {
        self.processes[machine].kill().await?;
        self.addresses.set(machine, None);
        self.processes[machine] = self.launch(machine).await?;
        Ok(())
    }

    /// SIGKILL for all.
    pub(super) async fn kill(mut self) -> Result<()> {
        for process in &mut self.processes {
            process.kill().await?;
        }
        Ok(())
    }

    async fn launch(&self, machine: usize) -> Result<Child> {
        let mut command = Command::new(env::current_exe()?);
        command
            .args([
                "serve",
                "--listen=127.0.0.1:0",
                "--until-stdin-ends",
                "--wait=300",
            ])
            .args(CAMPAIGNS)
            .env("DATABASE_URL", &self.secrets.database)
            .env("FLEET_KEY", &self.secrets.key)
            .env("FLEET_CLIENT_SECRET", &self.secrets.client_secret)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(
                fs::File::options()
                    .create(true)
                    .append(true)
                    .open(&self.log)?,
            )
            .kill_on_drop(true);
        if let Some(fault) = self.fault.and_then(|fault| fault.to_possible_value()) {
            command.args(["--fault", fault.get_name()]);
        }
        let mut process = command.spawn().context("a machine does not start")?;
        let output = process.stdout.as_mut().context("it has an output")?;
        let mut line = String::new();
        timeout(PATIENCE, BufReader::new(output).read_line(&mut line)).await??;
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.and_then(|address| address.parse().ok());
        let address = address
            .with_context(|| format!("a machine does not listen: {}", last_lines(&self.log)))?;
        self.addresses.set(machine, Some(address));
        Ok(process)
    }
}
