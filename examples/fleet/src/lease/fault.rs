//! Two ways to get it wrong, for the drill to find. Nothing else uses them.

use std::time::Duration;

use couponmint::Request;
use sqlx::{PgPool, Row, query, query_as};
use tokio::time::sleep;

use crate::lease::{Leased, amount, columns};

/// How long a machine is slow at the wrong moment: long enough for kills to meet it, however slow all else is.
const MOMENT: Duration = Duration::from_millis(200);

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// The counters are moved on in one transaction, the request's id is inserted in another.
    LeaseOutside,
    /// The counters are read, and what was read is written back with the amount added.
    UnlockedCounter,
}

const COUNTERS: [&str; 3] = ["sequence_id", "single_use", "custom"];

/// The counters of a request; `next` as a request finds it.
const WHICH: &str =
    "(campaign = '' AND name = 'sequence_id' OR campaign = $1 AND name IN ('single_use', $2))";

impl Fault {
    pub(super) async fn insert(
        self,
        pool: &PgPool,
        request_id: &str,
        request: &Request,
    ) -> Result<Option<Leased>, sqlx::Error> {
        let first = match self {
            Self::LeaseOutside => {
                let update = format!(
                    "UPDATE counter SET next = next + $3 WHERE {WHICH} RETURNING name, next - $3 AS first"
                );
                let first = serials(pool, request, &update).await?;
                sleep(MOMENT).await;
                first
            }
            Self::UnlockedCounter => {
                let read =
                    format!("SELECT name, next AS first FROM counter WHERE {WHICH} AND $3 > 0");
                let first = serials(pool, request, &read).await?;
                sleep(MOMENT).await;
                write_back(pool, request, first).await?;
                first
            }
        };
        let insert = concat!(
            "INSERT INTO lease
            (request_id, campaign, amount, status, format, sequence_id, single_use, custom, create_date)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, date_trunc('second', now())) RETURNING ",
            columns!()
        );
        query_as(insert)
            .bind(request_id)
            .bind(request.campaign())
            .bind(amount(request))
            .bind(request.requested_status().to_string())
            .bind(request.format().map(ToString::to_string))
            .bind(first[0])
            .bind(first[1])
            .bind(first[2])
            .fetch_optional(pool)
            .await
    }
}

async fn serials(
    pool: &PgPool,
    request: &Request,
    statement: &str,
) -> Result<[Option<i64>; 3], sqlx::Error> {
    let rows = query(sqlx::AssertSqlSafe(statement))
        .bind(request.campaign())
        .bind(request.format().map(ToString::to_string))
        .bind(amount(request))
        .fetch_all(pool)
        .await?;
    let mut first = [None; 3];
    for row in rows {
        let name: &str = row.try_get("name")?;
        let place = COUNTERS
            .iter()
            .position(|counter| *counter == name)
            .unwrap_or(2);
        first[place] = Some(row.try_get("first")?);
    }
    Ok(first)
}

async fn write_back(
    pool: &PgPool,
    request: &Request,
    first: [Option<i64>; 3],
) -> Result<(), sqlx::Error> {
    let format = request.format().map(ToString::to_string);
    let names = [Some("sequence_id"), Some("single_use"), format.as_deref()];
    for (name, first) in names.into_iter().zip(first) {
        let write =
            "UPDATE counter SET next = $3::bigint + $4 WHERE campaign IN ('', $1) AND name = $2";
        query(write)
            .bind(request.campaign())
            .bind(name)
            .bind(first)
            .bind(amount(request))
            .execute(pool)
            .await?;
    }
    Ok(())
}
