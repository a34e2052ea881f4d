//! `fleet serve`: one machine. Its memory is a few connections; all else is in the database.

mod body;
mod create;
mod failure;
pub(crate) mod listen;
mod metrics;
mod redeem;

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc, thread, time::Duration};

use anyhow::{Context, Result};
use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use sqlx::PgPool;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, oneshot},
};

use crate::{
    lease::{Refusal, fault::Fault},
    serve::{failure::Failure, metrics::Metrics},
    setup::{self, Mint, secret},
    store,
};

#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Options {
    /// Where to listen; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The id that clients have to send
    #[arg(long, value_name = "ID", default_value = "fleet")]
    client_id: String,
    /// A file with their secret; without it, it is taken from the variable `FLEET_CLIENT_SECRET`
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    #[command(flatten)]
    store: store::Options,
    #[command(flatten)]
    setup: setup::Options,
    /// Stop when standard input ends: a machine of a drill does not outlive it
    #[arg(long, hide = true)]
    until_stdin_ends: bool,
    /// A way to lease that is wrong
    #[arg(long, hide = true)]
    fault: Option<Fault>,
}

/// Coupons that may be in memory at once, in batches that are stored or sent: some 200 MB.
const COUPONS_IN_MEMORY: usize = 2_000_000;

/// How long all of a request may take until its answer begins.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Service {
    pub(crate) mint: Mint,
    pub(crate) pool: PgPool,
    client: (String, String),
    room: Arc<Semaphore>,
    metrics: Metrics,
    fault: Option<Fault>,
}

pub(crate) type Shared = State<Arc<Service>>;

impl Service {
    pub(crate) fn new(mint: Mint, pool: PgPool, client: (String, String)) -> Self {
        Self {
            mint,
            pool,
            client,
            room: Arc::new(Semaphore::new(COUPONS_IN_MEMORY)),
            metrics: Metrics::default(),
            fault: None,
        }
    }
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let mint = Mint::new(&options.setup)?;
    let file = options.client_secret_file.as_deref();
    let secret = secret("FLEET_CLIENT_SECRET", file)?
        .context("no secret of clients: set FLEET_CLIENT_SECRET, or give --client-secret-file")?;
    let pool = store::open(&options.store, &mint).await?;
    let mut service = Service::new(mint, pool, (options.client_id, secret));
    service.fault = options.fault;

    let listener = TcpListener::bind(options.listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", options.listen))?;
    println!("listening on http://{}", listener.local_addr()?);
    listen::listen(
        listener,
        router(Arc::new(service)),
        stopped(options.until_stdin_ends),
    )
    .await;
    Ok(())
}

pub(crate) fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/single_use/create_multiple", post(create::create))
        .route("/coupons/{campaign}/{code}", get(redeem::look_up))
        .route("/coupons/{campaign}/{code}/redeem", post(redeem::redeem))
        .route("/metrics", get(metrics::show))
        .fallback(async || Failure::NoSuchPage)
        .method_not_allowed_fallback(async || Failure::WrongMethod)
        .with_state(service)
}

/// Until somebody wants the process to end.
async fn stopped(until_stdin_ends: bool) {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
        () = stdin_ends(), if until_stdin_ends => {}
    }
}

/// On a thread of its own, which the end of the process need not wait for.
async fn stdin_ends() {
    let (ended, ends) = oneshot::channel();
    thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        let _ = ended.send(());
    });
    let _ = ends.await;
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::OtherRequest => Self::OtherRequest,
            Refusal::OtherFingerprint => Self::OtherFingerprint,
            Refusal::Full(error) => Self::Rejected(vec![error]),
            Refusal::Database(error) => error.into(),
        }
    }
}
