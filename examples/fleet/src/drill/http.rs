//! Calls: each over a connection of its own, with an end to all waiting, and tried again on any machine.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Result, bail};
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, StatusCode, body::Bytes, body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep, timeout},
};

use crate::drill::machines::Addresses;

/// Between tries: another machine may be up.
const PAUSE: Duration = Duration::from_millis(50);
/// What machines ask for when they cannot help.
const RETRY_AFTER: Duration = Duration::from_secs(1);

const PATIENCE: Duration = Duration::from_secs(20);

/// What is sent, to any machine, any number of times.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

/// How long, and how often, a client tries.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    pub(super) until: Instant,
    pub(super) tries: u64,
}

impl Call {
    /// The final answer of any machine, and how many tries failed before.
    pub(super) async fn answer(
        &self,
        machines: &Addresses,
        patience: Patience,
        seed: u64,
    ) -> (Option<Answer>, u64) {
        let mut random = StdRng::seed_from_u64(seed);
        let mut failed = 0;
        while failed < patience.tries && Instant::now() < patience.until {
            let machine = random.random_range(0..machines.len());
            let pause = match machines.get(machine) {
                Some(address) => match self.send(address).await {
                    Ok(answer) if !answer.status.is_server_error() => {
                        return (Some(answer), failed);
                    }
                    Ok(_) => RETRY_AFTER,
                    Err(_) => PAUSE,
                },
                None => PAUSE,
            };
            failed += 1;
            sleep(pause).await;
        }
        (None, failed)
    }

    pub(crate) async fn send(&self, to: SocketAddr) -> Result<Answer> {
        timeout(PATIENCE, self.send_patiently(to)).await?
    }

    async fn send_patiently(&self, to: SocketAddr) -> Result<Answer> {
        let response = self.begin(to).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        Ok(Answer { status, body })
    }

    /// Reads nothing of the answer for a while, then hangs up.
    pub(crate) async fn stop_reading(&self, to: SocketAddr, pause: Duration) -> Result<()> {
        let mut response = timeout(PATIENCE, self.begin(to)).await??;
        if response.body_mut().frame().await.is_none() {
            bail!("there was nothing to read");
        }
        sleep(pause).await;
        Ok(())
    }

    async fn begin(&self, to: SocketAddr) -> Result<hyper::Response<Incoming>> {
        let stream = TokioIo::new(TcpStream::connect(to).await?);
        let (mut sender, connection) = http1::handshake(stream).await?;
        tokio::spawn(connection);
        let mut request = Request::builder()
            .method(&self.method)
            .uri(&self.path)
            .header("host", "fleet");
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        Ok(sender
            .send_request(request.body(Full::new(self.body.clone()))?)
            .await?)
    }
}
