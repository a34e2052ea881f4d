//! The end point: a request is leased, minted, stored and answered.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use couponmint::{Batch, JsonChunks, Request};
use futures_util::stream;
use tokio::{
    sync::OwnedSemaphorePermit,
    task::{spawn, spawn_blocking},
    time::timeout,
};

use crate::{
    lease,
    serve::{
        PATIENCE, Service, Shared,
        body::{Parameters, read, request_id},
        failure::Failure,
        metrics::Count,
    },
    setup::hex,
    store,
};

/// How long to wait for others' coupons to leave memory.
const ROOM_WAIT: Duration = Duration::from_secs(5);

pub(super) async fn create(
    State(service): Shared,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let answered = answer(&service, &headers, body).await;
    service.metrics.count_answer(answered.as_ref().err());
    answered
}

async fn answer(
    service: &Arc<Service>,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let body = read(body).await?;
    let parameters = Parameters::new(headers, &body)?;
    service.authorize(headers, Some(&parameters))?;
    let request = parameters.request(service)?;
    let id = request_id(headers)?.unwrap_or_else(|| hex(&rand::random::<[u8; 16]>()));
    // What is begun is finished, even if the client hangs up meanwhile.
    let work = spawn(issue(Arc::clone(service), request, id));
    match timeout(PATIENCE, work).await {
        Ok(Ok(issued)) => Ok(issued?.into_response()),
        Ok(Err(_)) => Err(Failure::Broken),
        Err(_) => Err(Failure::Unavailable),
    }
}

/// Coupons that are stored, and not yet sent.
struct Issued {
    batch: Batch,
    is_new: bool,
    room: OwnedSemaphorePermit,
}

async fn issue(service: Arc<Service>, request: Request, id: String) -> Result<Issued, Failure> {
    service.mint.check(&request)?;
    let room = service.room_for(&request).await?;
    let fingerprint = service.mint.fingerprint(request.campaign())?;
    let taken = lease::take(&service.pool, &id, &request, &fingerprint, service.fault).await;
    let (leased, is_new) = taken?;

    let minting = Arc::clone(&service);
    let minted = spawn_blocking(move || (minting.mint.mint(&leased), leased)).await;
    let (batch, leased) = minted.map_err(|_| Failure::Broken)?;
    let batch = batch?;
    if !leased.is_finished && store::finish(&service.pool, &leased, &batch).await? {
        service.metrics.add(Count::Coupons, batch.len() as u64);
    }
    let outcome = if is_new {
        Count::Accepted
    } else {
        Count::Repeated
    };
    service.metrics.add(outcome, 1);
    Ok(Issued {
        batch,
        is_new,
        room,
    })
}

impl Service {
    /// Memory for the coupons of a request, until they are sent.
    async fn room_for(&self, request: &Request) -> Result<OwnedSemaphorePermit, Failure> {
        let coupons = u32::try_from(request.requested_amount()).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).acquire_many_owned(coupons);
        match timeout(ROOM_WAIT, room).await {
            Ok(Ok(room)) => Ok(room),
            _ => Err(Failure::Unavailable),
        }
    }
}

impl IntoResponse for Issued {
    /// The envelope, written as fast as the client reads it.
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, "application/json"),
            (
                header::HeaderName::from_static("idempotency-replayed"),
                if self.is_new { "false" } else { "true" },
            ),
        ];
        let chunks = Chunks {
            chunks: self.batch.into_json_chunks(),
            _room: self.room,
        };
        (headers, Body::from_stream(stream::iter(chunks))).into_response()
    }
}

struct Chunks {
    chunks: JsonChunks<Batch>,
    _room: OwnedSemaphorePermit,
}

impl Iterator for Chunks {
    type Item = Result<Vec<u8>, Infallible>;

    fn next(&mut self) -> Option<Self::Item> {
        self.chunks.next().map(Ok)
    }
}
