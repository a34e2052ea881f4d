//! A service that issues coupons: `server ADDRESS DATABASE CAMPAIGN...`
//!
//! `POST /coupons` takes a request, as JSON or as a form post. Its coupons are stored, and only then sent. A request with an
//! `Idempotency-Key` can be repeated: it gets the same bytes again, from the database.
//!
//! Whatever computes or reads the database does so on threads that may block. They share one connection, as SQLite has
//! one writer at a time anyway. Whoever holds it looks the key up, issues and stores. So if two requests with one key come
//! at once, one of them is the repetition.
//!
//! Who may ask, and how often, is for whatever stands before this service to decide.

use std::fs::{self, File};
use std::sync::Arc;

use anyhow::{Error, Result, bail};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header::CONTENT_TYPE};
use axum::{Router, response::IntoResponse, routing::post};
use couponmint::{Batch, Campaign, CouponRow, Engine, Format};
use form_urlencoded::parse;
use futures_util::stream::try_unfold;
use rusqlite::{Connection, Params, ToSql, params};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tokio::{net::TcpListener, runtime::Runtime, signal::ctrl_c, sync::Mutex, task::spawn_blocking};

const FORM: &[u8] = b"application/x-www-form-urlencoded";

struct Shop {
    engine: Engine,
    database: Mutex<Connection>,
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, database, campaigns @ ..] = &args[..] else {
        bail!("server ADDRESS DATABASE CAMPAIGN...");
    };
    let shop = Arc::new(Shop::open(database, campaigns)?);
    let service = Router::new().route("/coupons", post(issue)).with_state(Arc::clone(&shop));
    // The runtime ends with this statement, and waits for what is still being stored.
    Runtime::new()?.block_on(async {
        let listener = TcpListener::bind(address).await?;
        println!("http://{}/coupons", listener.local_addr()?);
        axum::serve(listener, service).with_graceful_shutdown(async { _ = ctrl_c().await }).await
    })?;
    let save = |campaign: &String| Ok(shop.engine.save(campaign, File::create(format!("{database}.{campaign}"))?)?);
    shop.engine.campaigns().iter().try_for_each(save)
}

async fn issue(State(shop): State<Arc<Shop>>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let answer = spawn_blocking(move || shop.answer(&headers, &body)).await;
    let (status, body) = answer.map_err(Error::from).flatten().unwrap_or_else(|error| {
        eprintln!("{error}");
        (StatusCode::INTERNAL_SERVER_ERROR, Body::empty())
    });
    (status, [(CONTENT_TYPE, "application/json")], body)
}

/// A chunk is made when the reader has taken the one before.
fn stream<C: Iterator<Item = Vec<u8>> + Send + 'static>(chunks: C) -> (StatusCode, Body) {
    let next = |mut chunks: C| spawn_blocking(|| chunks.next().map(|chunk| (chunk, chunks)));
    (StatusCode::OK, Body::from_stream(try_unfold(chunks, next)))
}

impl Shop {
    /// A campaign goes on from the file that the last run saved, if it came to that; else from the database, which
    /// always knows all codes. The file is removed, as it is out of date with the next batch.
    fn open(path: &str, campaigns: &[String]) -> Result<Self> {
        let database = Connection::open(path)?;
        database.execute_batch(include_str!("sql/schema.sql"))?;
        let next = select(&database, "SELECT ifnull(max(sequence_id), 0) + 1 FROM coupons", [])?;
        let engine = Engine::builder().first_sequence_id(next[0]).build();
        for campaign in campaigns {
            let saved = format!("{path}.{campaign}");
            if File::open(&saved).is_ok_and(|file| engine.load(file).is_ok()) {
                fs::remove_file(saved)?;
            } else if engine.add_campaign(Campaign::new(campaign)?) {
                let formats: Vec<Format> = select(&database, include_str!("sql/formats.sql"), [campaign])?;
                let codes = select::<(String, Option<String>)>(&database, include_str!("sql/codes.sql"), [campaign])?;
                engine.reserve_coupons(campaign, &formats, codes)?;
            }
        }
        Ok(Self { engine, database: Mutex::new(database) })
    }

    fn answer(self: Arc<Self>, headers: &HeaderMap, body: &[u8]) -> Result<(StatusCode, Body)> {
        let (key, fingerprint) = (headers.get("idempotency-key"), Sha256::digest(body));
        let request = params![key.map(HeaderValue::as_bytes), fingerprint.as_slice()];
        let mut database = self.database.blocking_lock();
        let stored: Vec<(bool, String, u64, u64)> = select(&database, include_str!("sql/stored.sql"), request)?;
        if let [(is_same, campaign, first, amount)] = &stored[..] {
            let rows = Arc::clone(&self).rows(*first, *amount);
            let chunks = CouponRow::json_chunks(campaign, rows);
            return Ok(if *is_same { stream(chunks) } else { (StatusCode::CONFLICT, Body::empty()) });
        }
        let is_form = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(FORM));
        let outcome = if is_form { self.engine.answer_params(parse(body)) } else { self.engine.answer(body) };
        match outcome.map(|batch| (store(&mut database, &batch, request), batch)) {
            Ok((Ok(()), batch)) => Ok(stream(batch.into_json_chunks())),
            Ok((Err(error), batch)) => Err(self.engine.release(batch).map_or_else(Error::from, |()| error)),
            Err(rejection) => Ok((StatusCode::UNPROCESSABLE_ENTITY, rejection.to_json().into())),
        }
    }

    /// Coupons from the database, page by page.
    fn rows(self: Arc<Self>, first: u64, amount: u64) -> impl Iterator<Item = CouponRow> {
        let (page, end) = (include_str!("sql/page.sql"), first + amount);
        let read = move |start: u64| select(&self.database.blocking_lock(), page, [start, end.min(start + 1_000)]);
        (first..end).step_by(1_000).flat_map(move |start| read(start).expect("stored coupons can be read"))
    }
}

/// All of a batch, or nothing.
fn store(database: &mut Connection, batch: &Batch, request: &[&dyn ToSql]) -> Result<()> {
    let (campaign, format) = (batch.campaign(), batch.format().map(Format::to_string));
    let facts = params![batch.first_sequence_id(), batch.len(), campaign, format];
    let transaction = database.transaction()?;
    transaction.execute("INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?)", &*[request, facts].concat())?;
    let mut insert = transaction.prepare(include_str!("sql/insert.sql"))?;
    insert.raw_bind_parameter(":campaign", campaign)?;
    for coupon in batch {
        insert.execute(serde_rusqlite::to_params_named(coupon)?.to_slice().as_slice())?;
    }
    drop(insert);
    Ok(transaction.commit()?)
}

fn select<T: DeserializeOwned>(database: &Connection, sql: &str, params: impl Params) -> Result<Vec<T>> {
    Ok(serde_rusqlite::from_rows(database.prepare_cached(sql)?.query(params)?).collect::<Result<_, _>>()?)
}
