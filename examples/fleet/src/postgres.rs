//! A PostgreSQL of one's own: Debian's programs, a folder that is gone afterwards, and a port on loopback.

use std::{
    env, fs,
    net::{Ipv4Addr, TcpListener},
    os::unix::{fs::PermissionsExt, fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use tokio::{
    process::Child,
    time::{Instant, sleep},
};

use crate::setup::hex;

const MISSING: &str = "PostgreSQL is not installed (no initdb in /usr/lib/postgresql/*/bin or PATH). On Debian: apt-get install postgresql";

/// How long the server may take to start, or to recover from a crash.
const PATIENCE: Duration = Duration::from_mins(5);

pub(crate) struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    /// The server refuses to run as root.
    user: Option<(u32, u32)>,
    port: u16,
    password: String,
    server: Option<Child>,
}

impl Postgres {
    /// A new database, in a folder of its own within that one.
    pub(crate) async fn start(within: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("fleet-")
            .tempdir_in(within)?;
        let mut postgres = Self {
            programs: programs().context(MISSING)?,
            user: unprivileged(folder.path())?,
            folder,
            port: free_port()?,
            password: hex(&rand::random::<[u8; 16]>()),
            server: None,
        };
        postgres.initialize()?;
        postgres.launch().await?;
        Ok(postgres)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn address(&self) -> String {
        let Self { port, password, .. } = self;
        format!("postgres://fleet:{password}@127.0.0.1:{port}/postgres?sslmode=disable")
    }

    /// Ends it as a crash would, and starts it again: what was committed is there, and nothing else.
    pub(crate) async fn crash_and_restart(&mut self) -> Result<()> {
        self.crash().await?;
        self.launch().await
    }

    pub(crate) async fn crash(&mut self) -> Result<()> {
        self.stop();
        if let Some(mut server) = self.server.take() {
            server.wait().await?;
        }
        Ok(())
    }

    fn initialize(&self) -> Result<()> {
        let password = self.folder.path().join("password");
        fs::write(&password, &self.password)?;
        if let Some((user, group)) = self.user {
            chown(self.folder.path(), Some(user), Some(group))?;
            chown(&password, Some(user), Some(group))?;
        }
        let output = self
            .program("initdb")
            .args([
                "--username=fleet",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
            ])
            .args(["--no-instructions", "--no-sync", "--pwfile"])
            .arg(&password)
            .output()
            .context("initdb")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "initdb failed: {}", said.trim());
        Ok(())
    }

    pub(crate) async fn launch(&mut self) -> Result<()> {
        let folder = self.folder.path();
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(folder.join("log"))?;
        let mut server = self.program("postgres");
        server
            .arg("-clisten_addresses=127.0.0.1")
            .arg(format!("-cport={}", self.port))
            .arg(format!("-cunix_socket_directories={}", folder.display()))
            // Little to replay after a crash; errors without the statements that met them.
            .args(["-cmax_connections=200", "-ccheckpoint_timeout=30s"])
            .args(["-cmax_wal_size=512MB", "-clog_min_error_statement=panic"])
            .stdout(Stdio::null())
            .stderr(log);
        let mut server = tokio::process::Command::from(server);
        self.server = Some(server.kill_on_drop(true).spawn().context("postgres")?);
        self.answers().await
    }

    async fn answers(&mut self) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        loop {
            let server = self.server.as_mut().context("it was launched")?;
            let ended = server.try_wait()?.is_some();
            match PgConnection::connect(&self.address()).await {
                Ok(connection) => return Ok(connection.close().await?),
                Err(_) if !ended && Instant::now() < end => sleep(Duration::from_millis(50)).await,
                Err(error) => {
                    let log = last_lines(&self.folder.path().join("log"));
                    bail!("PostgreSQL does not start: {error}\n{log}");
                }
            }
        }
    }

    /// At once, without a last checkpoint.
    fn stop(&self) {
        let mut stop = self.program("pg_ctl");
        let stop = stop.args(["stop", "--mode=immediate", "--silent"]);
        let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.arg("-D").arg(self.folder.path().join("data"));
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        // An interrupt of the drill is the drill's to handle.
        command.process_group(0);
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The end of a log.
pub(crate) fn last_lines(log: &Path) -> String {
    let log = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = log.lines().rev().take(10).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

/// The newest version's programs.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut debian: Vec<(u32, PathBuf)> = versions
        .filter_map(|version| {
            let number = version.file_name().to_str()?.parse().ok()?;
            Some((number, version.path().join("bin")))
        })
        .collect();
    debian.sort();
    let path = env::var_os("PATH").unwrap_or_default();
    let newest_first = debian.into_iter().rev().map(|(_, programs)| programs);
    newest_first
        .chain(env::split_paths(&path))
        .find(|programs| programs.join("initdb").is_file())
}

/// Somebody who may run the server, if we are root.
fn unprivileged(ours: &Path) -> Result<Option<(u32, u32)>> {
    use std::os::unix::fs::MetadataExt;
    if fs::metadata(ours)?.uid() != 0 {
        return Ok(None);
    }
    fs::set_permissions(ours, fs::Permissions::from_mode(0o700))?;
    let users = fs::read_to_string("/etc/passwd")?;
    let user = users
        .lines()
        .find_map(|line| line.strip_prefix("postgres:"));
    let mut ids = user
        .context("there is no user `postgres`, and the server refuses to run as root")?
        .split(':')
        .skip(1);
    let mut id = || ids.next().and_then(|id| id.parse().ok());
    let ids = id().zip(id());
    Ok(Some(ids.context(
        "/etc/passwd has no ids of the user `postgres`",
    )?))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}
