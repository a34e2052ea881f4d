//! Leases: the serials of one request, taken from the counters once and for all.
//!
//! One statement takes them: it moves the counters on and inserts the request's id beside what they were. Either both
//! are there or neither, whoever dies meanwhile, so that no serial is given twice and none is lost. The rows of the
//! counters are locked for that one statement and in one order (single-use codes of the campaign, then the rest), so
//! nobody waits for a batch to be minted or stored, and nobody for ever.
//!
//! What makes the statement fail undoes all of it: a request id that is there already (then its lease is looked up: the
//! same request, tried again), or a counter that would go past its capacity (601). It finds no campaign, and moves
//! nothing, if the fingerprint differs: a machine with another key or other formats is stopped before its first lease.
//!
//! A lease is a pure value, of which any machine mints the same coupons. So it can be finished by anyone, and a request
//! is answered again without reading a coupon.

pub(crate) mod fault;

use couponmint::{CodeKind, Error, Format, Lease, MAX_SEQUENCE_ID, Request, jiff::Timestamp};
use sqlx::{FromRow, PgPool, Row, postgres::PgRow, query, query_as};

use crate::lease::fault::Fault;

/// What a lease is read from.
macro_rules! columns {
    () => {
        "request_id, campaign, amount, status, format, sequence_id, single_use, custom,
        extract(epoch FROM create_date)::bigint AS created, finished_at IS NOT NULL AS is_finished"
    };
}
pub(crate) use columns;

/// A request and the serials that are its own.
pub(crate) struct Leased {
    pub(crate) request_id: String,
    pub(crate) request: Request,
    pub(crate) lease: Lease,
    pub(crate) create_date: Timestamp,
    /// Whether its coupons are stored.
    pub(crate) is_finished: bool,
}

/// Why there is no lease.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The request's id was that of another request.
    OtherRequest,
    /// The counters belong to another key, other formats or other reserved codes.
    OtherFingerprint,
    /// Too few codes are left.
    Full(Error),
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// The lease of a request, and whether it is new: a request that is tried again finds the one it has.
pub(crate) async fn take(
    pool: &PgPool,
    request_id: &str,
    request: &Request,
    fingerprint: &str,
    fault: Option<Fault>,
) -> Result<(Leased, bool), Refusal> {
    if let Some(leased) = find(pool, request_id).await? {
        return known(leased, request);
    }
    let taken = match fault {
        None => insert(pool, request_id, request, fingerprint).await,
        Some(fault) => fault.insert(pool, request_id, request).await,
    };
    match taken {
        Ok(Some(leased)) => Ok((leased, true)),
        Ok(None) => Err(Refusal::OtherFingerprint),
        Err(error) if broken(&error, &["lease_is_known", "counter_is_full"]) => {
            // The last codes may have gone to this very request, on another machine.
            match find(pool, request_id).await? {
                Some(leased) => known(leased, request),
                None => Err(full(pool, request).await?),
            }
        }
        Err(error) => Err(error.into()),
    }
}

fn known(leased: Leased, request: &Request) -> Result<(Leased, bool), Refusal> {
    if leased.request == *request {
        Ok((leased, false))
    } else {
        Err(Refusal::OtherRequest)
    }
}

/// Whether a statement failed on one of these constraints.
fn broken(error: &sqlx::Error, constraints: &[&str]) -> bool {
    let constraint = error
        .as_database_error()
        .and_then(|error| error.constraint());
    constraint.is_some_and(|constraint| constraints.contains(&constraint))
}

const INSERT: &str = concat!(
    "
WITH known AS (
    SELECT id FROM campaign WHERE id = $2 AND fingerprint = $6
), single_use AS (
    UPDATE counter SET next = next + $3 FROM known
    WHERE campaign = known.id AND name = 'single_use'
    RETURNING next - $3 AS first
), custom AS (
    UPDATE counter SET next = next + $3 FROM single_use
    WHERE campaign = $2 AND name = $5
    RETURNING next - $3 AS first
), ids AS (
    UPDATE counter SET next = next + $3 FROM single_use
    WHERE campaign = '' AND name = 'sequence_id'
    RETURNING next - $3 AS first
)
INSERT INTO lease (request_id, campaign, amount, status, format, sequence_id, single_use, custom, create_date)
SELECT $1, $2, $3, $4, $5, ids.first, single_use.first, custom.first, date_trunc('second', now())
FROM single_use CROSS JOIN ids LEFT JOIN custom ON true
RETURNING ",
    columns!()
);

async fn insert(
    pool: &PgPool,
    request_id: &str,
    request: &Request,
    fingerprint: &str,
) -> Result<Option<Leased>, sqlx::Error> {
    query_as(INSERT)
        .bind(request_id)
        .bind(request.campaign())
        .bind(amount(request))
        .bind(request.requested_status().to_string())
        .bind(request.format().map(Format::to_string))
        .bind(fingerprint)
        .fetch_optional(pool)
        .await
}

fn amount(request: &Request) -> i64 {
    i64::try_from(request.requested_amount()).expect("an amount is at most 100,000")
}

pub(crate) async fn find(pool: &PgPool, request_id: &str) -> Result<Option<Leased>, sqlx::Error> {
    let find = concat!("SELECT ", columns!(), " FROM lease WHERE request_id = $1");
    query_as(find).bind(request_id).fetch_optional(pool).await
}

/// Leases whose coupons are not stored though they are older than that.
pub(crate) async fn unfinished(pool: &PgPool, seconds: i64) -> Result<Vec<Leased>, sqlx::Error> {
    let unfinished = concat!(
        "SELECT ",
        columns!(),
        " FROM lease WHERE finished_at IS NULL AND create_date <= now() - make_interval(secs => $1::bigint)
        ORDER BY sequence_id"
    );
    query_as(unfinished).bind(seconds).fetch_all(pool).await
}

/// 601, or what else a counter past its capacity means.
async fn full(pool: &PgPool, request: &Request) -> Result<Refusal, sqlx::Error> {
    let left = "SELECT name, capacity - next AS left FROM counter
        WHERE campaign = $1 AND name IN ('single_use', $2)
        ORDER BY name = 'single_use'";
    let counters = query(left)
        .bind(request.campaign())
        .bind(request.format().map(Format::to_string))
        .fetch_all(pool)
        .await?;
    let asked = request.requested_amount() as u64;
    for counter in counters {
        let left = u64::try_from(counter.try_get::<i64, _>("left")?).unwrap_or(0);
        let kind = match counter.try_get("name")? {
            "single_use" => CodeKind::Widget,
            _ => CodeKind::Custom,
        };
        if left < asked {
            return Ok(Refusal::Full(Error::Exhausted { kind, asked, left }));
        }
    }
    let next = "SELECT next FROM counter WHERE campaign = '' AND name = 'sequence_id'";
    let next: i64 = query(next).fetch_one(pool).await?.try_get("next")?;
    let left = (MAX_SEQUENCE_ID + 1).saturating_sub(u64::try_from(next).unwrap_or(0));
    Ok(Refusal::Full(Error::OutOfSequenceIds { asked, left }))
}

impl FromRow<'_, PgRow> for Leased {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let serial = |column| -> Result<u64, sqlx::Error> {
            let serial: Option<i64> = row.try_get(column)?;
            unsigned(serial.unwrap_or(0))
        };
        Ok(Self {
            request_id: row.try_get("request_id")?,
            request: request(row)?,
            lease: Lease {
                sequence_id: serial("sequence_id")?,
                single_use: serial("single_use")?,
                custom: serial("custom")?,
            },
            create_date: Timestamp::from_second(row.try_get("created")?).map_err(decode)?,
            is_finished: row.try_get("is_finished")?,
        })
    }
}

fn request(row: &PgRow) -> Result<Request, sqlx::Error> {
    let amount: i64 = row.try_get("amount")?;
    let status: &str = row.try_get("status")?;
    let format: Option<&str> = row.try_get("format")?;
    let request = Request::new(row.try_get::<&str, _>("campaign")?)
        .and_then(|request| request.amount(amount))
        .and_then(|request| Ok(request.status(status.parse()?)))
        .map_err(decode)?;
    match format {
        Some(format) => Ok(request.custom_codes(format.parse().map_err(decode)?)),
        None => Ok(request),
    }
}

fn unsigned(number: i64) -> Result<u64, sqlx::Error> {
    u64::try_from(number).map_err(decode)
}

fn decode(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}
