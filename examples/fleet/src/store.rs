//! The database: its tables, the coupons in them, and what is asked about one code.

use std::{fmt::Write, time::Duration};

use anyhow::{Context, Result, ensure};
use couponmint::{Batch, MAX_SEQUENCE_ID, jiff::Timestamp};
use sqlx::{
    FromRow, PgConnection, PgPool, Row,
    postgres::{PgConnectOptions, PgPoolOptions, PgRow},
    query, query_as, raw_sql,
};
use tokio::time::{Instant, sleep};

use crate::{
    lease::Leased,
    setup::{Mint, secret},
};

#[derive(clap::Args, Clone, Debug)]
#[group(skip)]
pub(crate) struct Options {
    /// A file with the address of the database, postgres://user:password@host:port/name; without it, it is taken from the
    /// variable `DATABASE_URL`
    #[arg(long, value_name = "FILE")]
    database_file: Option<std::path::PathBuf>,
    /// How many connections this machine may open
    #[arg(long, value_name = "NUMBER", default_value_t = 8)]
    connections: u32,
    /// How long to wait for the database at the start
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
}

/// How long a request waits for a connection, and a statement may take: nobody waits for ever.
const CONNECTION_WAIT: Duration = Duration::from_secs(3);
const LIMITS: [(&str, &str); 3] = [
    ("statement_timeout", "60s"),
    ("lock_timeout", "10s"),
    ("idle_in_transaction_session_timeout", "20s"),
];

/// A pool of connections, once the database is there and has the tables and campaigns.
pub(crate) async fn open(options: &Options, mint: &Mint) -> Result<PgPool> {
    let address = secret("DATABASE_URL", options.database_file.as_deref())?
        .context("no database: set DATABASE_URL, or give --database-file")?;
    let pool = pool(&address, options.connections)?;
    let end = Instant::now() + Duration::from_secs(options.wait);
    loop {
        match make_tables(&pool).await {
            Ok(()) => break,
            Err(error) if Instant::now() < end => {
                eprintln!("fleet: waiting for the database: {error}");
            }
            Err(error) => return Err(error).context("the database cannot be reached"),
        }
        sleep(Duration::from_millis(500)).await;
    }
    declare_all(&pool, mint).await?;
    Ok(pool)
}

async fn declare_all(pool: &PgPool, mint: &Mint) -> Result<()> {
    for campaign in mint.formats.keys() {
        declare(pool, mint, campaign).await?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) async fn prepare(pool: &PgPool, mint: &Mint) -> Result<()> {
    make_tables(pool).await?;
    declare_all(pool, mint).await
}

pub(crate) fn pool(address: &str, connections: u32) -> Result<PgPool> {
    // What the parser says of a bad address may hold the password.
    let options: PgConnectOptions = address.parse().ok().context(
        "the address of the database has to be like postgres://user:password@host:port/name",
    )?;
    Ok(PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(CONNECTION_WAIT)
        .connect_lazy_with(options.options(LIMITS)))
}

/// Makes the tables, one machine after the other.
async fn make_tables(pool: &PgPool) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    query("SELECT pg_advisory_xact_lock(15111)")
        .execute(&mut *transaction)
        .await?;
    let there = query("SELECT to_regclass('coupon') IS NOT NULL AS there")
        .fetch_one(&mut *transaction)
        .await?;
    if !there.try_get("there")? {
        raw_sql(include_str!("schema.sql"))
            .execute(&mut *transaction)
            .await?;
        let ids = "INSERT INTO counter VALUES ('', 'sequence_id', 1, $1)";
        let end = bounded(u128::from(MAX_SEQUENCE_ID) + 1);
        query(ids).bind(end).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

/// Declares a campaign, or compares it with what was declared before.
async fn declare(pool: &PgPool, mint: &Mint, campaign: &str) -> Result<()> {
    let fingerprint = mint.fingerprint(campaign)?;
    let mut transaction = pool.begin().await?;
    let insert = "INSERT INTO campaign VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    query(insert)
        .bind(campaign)
        .bind(&fingerprint)
        .bind(i64::from(mint.valid_for))
        .execute(&mut *transaction)
        .await?;
    let widgets = mint.engine.remaining_widget_codes(campaign)?;
    counter(&mut transaction, campaign, "single_use", widgets.into()).await?;
    for format in &mint.formats[campaign] {
        let capacity = mint.engine.remaining(campaign, format)?;
        counter(&mut transaction, campaign, &format.to_string(), capacity).await?;
    }
    let declared = "SELECT fingerprint, valid_for FROM campaign WHERE id = $1";
    let declared = query(declared)
        .bind(campaign)
        .fetch_one(&mut *transaction)
        .await?;
    ensure!(
        declared.try_get::<&str, _>("fingerprint")? == fingerprint,
        "{campaign} was declared with another key, other formats or other reserved codes: this machine would issue codes twice"
    );
    let valid_for: i64 = declared.try_get("valid_for")?;
    ensure!(
        valid_for == i64::from(mint.valid_for),
        "{campaign} was declared with --valid-for {valid_for}"
    );
    Ok(transaction.commit().await?)
}

async fn counter(
    connection: &mut PgConnection,
    campaign: &str,
    name: &str,
    capacity: u128,
) -> Result<(), sqlx::Error> {
    query("INSERT INTO counter VALUES ($1, $2, 0, $3) ON CONFLICT DO NOTHING")
        .bind(campaign)
        .bind(name)
        .bind(bounded(capacity))
        .execute(connection)
        .await?;
    Ok(())
}

/// No counter will ever get past what a column holds.
fn bounded(capacity: u128) -> i64 {
    i64::try_from(capacity).unwrap_or(i64::MAX)
}

/// Stores the coupons of a lease and marks it as finished, in one transaction. Whoever comes second changes nothing, and
/// is told so.
pub(crate) async fn finish(
    pool: &PgPool,
    leased: &Leased,
    batch: &Batch,
) -> Result<bool, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    let claim = "UPDATE lease SET finished_at = now(), expiry_date = to_timestamp($2::bigint)
        WHERE request_id = $1 AND finished_at IS NULL";
    let claimed = query(claim)
        .bind(&leased.request_id)
        .bind(batch.expiry_date().map(Timestamp::as_second))
        .execute(&mut *transaction)
        .await?;
    let is_first = claimed.rows_affected() == 1;
    if is_first {
        copy(&mut transaction, batch).await?;
    }
    transaction.commit().await?;
    Ok(is_first)
}

/// Rows that are sent at once.
const BLOCK: usize = 1 << 16;

async fn copy(connection: &mut PgConnection, batch: &Batch) -> Result<(), sqlx::Error> {
    let into = "COPY coupon (lease, sequence_id, campaign, single_use_code, custom_validation_code) FROM STDIN";
    let mut copy = connection.copy_in_raw(into).await?;
    let mut block = String::with_capacity(BLOCK + 256);
    for coupon in batch {
        // Codes and campaigns are letters, digits, `_` and `-`: nothing needs to be escaped.
        let custom = coupon.custom_validation_code().unwrap_or("\\N");
        let (id, code) = (coupon.sequence_id(), coupon.single_use_code());
        let (lease, campaign) = (batch.first_sequence_id(), batch.campaign());
        let _ = writeln!(block, "{lease}\t{id}\t{campaign}\t{code}\t{custom}");
        if block.len() >= BLOCK {
            copy.send(block.as_bytes()).await?;
            block.clear();
        }
    }
    copy.send(block.as_bytes()).await?;
    copy.finish().await?;
    Ok(())
}

/// A coupon as it is stored; dates as text, as in the envelope.
pub(crate) struct Stored {
    pub(crate) sequence_id: i64,
    pub(crate) single_use_code: String,
    pub(crate) custom_validation_code: Option<String>,
    pub(crate) status: String,
    pub(crate) create_date: String,
    pub(crate) expirydate: Option<String>,
    pub(crate) redeemed: Option<String>,
    pub(crate) redeemed_by: Option<String>,
    pub(crate) is_expired: bool,
}

impl FromRow<'_, PgRow> for Stored {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            sequence_id: row.try_get("sequence_id")?,
            single_use_code: row.try_get("single_use_code")?,
            custom_validation_code: row.try_get("custom_validation_code")?,
            status: row.try_get("status")?,
            create_date: row.try_get("create_date")?,
            expirydate: row.try_get("expirydate")?,
            redeemed: row.try_get("redeemed")?,
            redeemed_by: row.try_get("redeemed_by")?,
            is_expired: row.try_get("is_expired")?,
        })
    }
}

macro_rules! found {
    () => {
        "coupon.sequence_id, single_use_code, custom_validation_code, status, redeemed_by,
        to_char(create_date AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS create_date,
        to_char(expiry_date AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS expirydate,
        to_char(redeemed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS redeemed,
        coalesce(expiry_date <= now(), false) AS is_expired"
    };
}

/// The coupon that has this single-use code, widget code or custom code, by the unique indexes.
macro_rules! has_code {
    () => {
        "coupon.lease = lease.sequence_id AND coupon.campaign = $1 AND (custom_validation_code = $2
        OR left(single_use_code, 6) = left($2, 6) AND $2 IN (single_use_code, left(single_use_code, 6)))"
    };
}

pub(crate) async fn look_up(
    pool: &PgPool,
    campaign: &str,
    code: &str,
) -> Result<Option<Stored>, sqlx::Error> {
    let look_up = concat!(
        "SELECT ",
        found!(),
        " FROM coupon, lease WHERE ",
        has_code!()
    );
    query_as(look_up)
        .bind(campaign)
        .bind(code)
        .fetch_optional(pool)
        .await
}

/// Redeems a coupon if nothing speaks against it; nothing comes back if something does. Only one can be first.
pub(crate) async fn redeem(
    pool: &PgPool,
    campaign: &str,
    code: &str,
    by: &str,
) -> Result<Option<Stored>, sqlx::Error> {
    let redeem = concat!(
        "UPDATE coupon SET redeemed_at = now(), redeemed_by = $3 FROM lease WHERE ",
        has_code!(),
        " AND redeemed_at IS NULL AND status <> 'voided' AND NOT coalesce(expiry_date <= now(), false) RETURNING ",
        found!()
    );
    query_as(redeem)
        .bind(campaign)
        .bind(code)
        .bind(by)
        .fetch_optional(pool)
        .await
}
