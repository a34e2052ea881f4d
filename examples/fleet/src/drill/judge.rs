//! The judge: what the database holds against what the clients wrote, with no word of the machines.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Result;
use futures_util::TryStreamExt;
use sqlx::{PgPool, Row, query, query_as, query_scalar};

use crate::{
    drill::{
        journal::{Journal, Outcome, codes},
        table::Table,
    },
    lease::{self, Leased, columns},
    setup::Mint,
    store,
};

pub(super) async fn judge(
    pool: &PgPool,
    mint: &Mint,
    journal: &Journal,
    table: &mut Table,
) -> Result<()> {
    table.title("What the database says");
    finish_leases(pool, mint, journal, table).await?;
    let leases: Vec<Leased> = query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM lease ORDER BY sequence_id"
    ))
    .fetch_all(pool)
    .await?;
    requests(&leases, journal, table);
    serials(pool, &leases, table).await?;
    coupons(pool, mint, &leases, journal, table).await?;
    distinct(pool, table).await?;
    redemptions(pool, journal, table).await
}

/// Names what was leased and not used, and finishes it as anyone can.
async fn finish_leases(
    pool: &PgPool,
    mint: &Mint,
    journal: &Journal,
    table: &mut Table,
) -> Result<()> {
    let unfinished = lease::unfinished(pool, 0).await?;
    let mut failed = 0;
    for leased in &unfinished {
        let finished = match mint.mint(leased) {
            Ok(batch) => store::finish(pool, leased, &batch).await.is_ok(),
            Err(_) => false,
        };
        failed += u64::from(!finished);
        let promised = journal
            .asked
            .get(&leased.request_id)
            .map(|(_, outcome)| *outcome);
        table.note(format!(
            "Lease of request {}: {} coupons from sequence id {}, {}. Its client {}.",
            leased.request_id,
            leased.request.requested_amount(),
            leased.lease.sequence_id,
            if finished {
                "finished now"
            } else {
                "NOT to be finished"
            },
            match promised {
                Some(Outcome::Unfinished) => "had no answer",
                Some(Outcome::Accepted) => "had been PROMISED them",
                Some(Outcome::Refused) => "had been REFUSED",
                None => "is unknown",
            }
        ));
        failed += u64::from(promised == Some(Outcome::Accepted));
    }
    table.tell(
        "leases whose coupons were not stored: named below, finished now",
        unfinished.len(),
    );
    table.none("of those, not to be finished or promised already", failed);
    Ok(())
}

/// Every accepted request has one lease, every lease a request.
fn requests(leases: &[Leased], journal: &Journal, table: &mut Table) {
    let mut unasked = 0;
    let mut otherwise = 0;
    let mut refused = 0;
    let mut accepted = 0;
    for leased in leases {
        match journal.asked.get(&leased.request_id) {
            None => unasked += 1,
            Some((request, _)) if *request != leased.request => otherwise += 1,
            Some((_, Outcome::Refused)) => refused += 1,
            Some((_, Outcome::Accepted)) => accepted += 1,
            Some((_, Outcome::Unfinished)) => {}
        }
    }
    table.exactly(
        "leases of accepted requests, one each",
        accepted,
        journal.requests(Outcome::Accepted),
    );
    table.none("leases that nobody asked for", unasked);
    table.none("leases of requests that were refused", refused);
    table.none("leases of another amount, status or format", otherwise);
}

/// The serials of each counter, from the first lease to the last: one after the other, up to where the counter is.
async fn serials(pool: &PgPool, leases: &[Leased], table: &mut Table) -> Result<()> {
    let mut taken: BTreeMap<(String, String), Vec<(u64, u64)>> = BTreeMap::new();
    for leased in leases {
        let (campaign, amount) = (
            leased.request.campaign(),
            leased.request.requested_amount() as u64,
        );
        let mut take = |campaign: &str, name: String, first| {
            taken
                .entry((campaign.to_owned(), name))
                .or_default()
                .push((first, amount));
        };
        take("", "sequence_id".to_owned(), leased.lease.sequence_id);
        take(campaign, "single_use".to_owned(), leased.lease.single_use);
        if let Some(format) = leased.request.format() {
            take(campaign, format.to_string(), leased.lease.custom);
        }
    }
    let (mut gaps, mut overlaps) = (0, 0);
    for counter in query("SELECT campaign, name, next FROM counter")
        .fetch_all(pool)
        .await?
    {
        let name: String = counter.try_get("name")?;
        let first = u64::from(name == "sequence_id");
        let end = u64::try_from(counter.try_get::<i64, _>("next")?)?;
        let taken = taken
            .remove(&(counter.try_get("campaign")?, name))
            .unwrap_or_default();
        let (gap, overlap) = gaps_and_overlaps(first, end, taken);
        gaps += gap;
        overlaps += overlap;
    }
    table.none("serials that no lease has", gaps);
    table.none("serials that two leases have", overlaps);
    table.none("counters that are not there", taken.len());
    Ok(())
}

fn gaps_and_overlaps(first: u64, end: u64, mut taken: Vec<(u64, u64)>) -> (u64, u64) {
    taken.sort_unstable();
    let (mut next, mut gaps, mut overlaps) = (first, 0, 0);
    for (start, amount) in taken {
        gaps += start.saturating_sub(next);
        overlaps += next.min(start + amount).saturating_sub(start);
        next = next.max(start + amount);
    }
    (
        gaps + end.saturating_sub(next),
        overlaps + next.saturating_sub(end),
    )
}

/// Every coupon is that of its lease, and every promised one is there as it was promised.
async fn coupons(
    pool: &PgPool,
    mint: &Mint,
    leases: &[Leased],
    journal: &Journal,
    table: &mut Table,
) -> Result<()> {
    let mut stored: HashMap<u64, u64> = HashMap::new();
    let mut rows = query("SELECT sequence_id, single_use_code, custom_validation_code FROM coupon")
        .fetch(pool);
    while let Some(row) = rows.try_next().await? {
        let id = u64::try_from(row.try_get::<i64, _>("sequence_id")?)?;
        stored.insert(
            id,
            codes(
                row.try_get("single_use_code")?,
                row.try_get("custom_validation_code")?,
            ),
        );
    }
    let missing = journal
        .coupons
        .keys()
        .filter(|id| !stored.contains_key(*id))
        .count();
    let differs =
        |(id, codes): &(&u64, &u64)| stored.get(*id).is_some_and(|stored| stored != *codes);
    let others = journal.coupons.iter().filter(differs).count();
    table.none("coupons promised and missing", missing);
    table.none("coupons promised and stored otherwise", others);

    let (mut unminted, mut asked) = (0, 0);
    for leased in leases {
        asked += leased.request.requested_amount();
        for coupon in &mint.mint(leased)? {
            let codes = codes(coupon.single_use_code(), coupon.custom_validation_code());
            unminted += u64::from(stored.remove(&coupon.sequence_id()) != Some(codes));
        }
    }
    table.none(
        "coupons of leases that are missing, or not what the lease yields",
        unminted,
    );
    table.none("coupons stored that no lease yields", stored.len());
    let count = query_scalar::<_, i64>("SELECT count(*) FROM coupon")
        .fetch_one(pool)
        .await?;
    table.exactly("coupons stored, as many as all leases have", count, asked);
    Ok(())
}

/// Counted from the table itself, not believed of its indexes.
async fn distinct(pool: &PgPool, table: &mut Table) -> Result<()> {
    let count = "SELECT count(*) AS coupons, count(custom_validation_code) AS customs,
        count(DISTINCT sequence_id) AS distinct_ids,
        count(DISTINCT (campaign, single_use_code)) AS distinct_single_use,
        count(DISTINCT (campaign, left(single_use_code, 6))) AS distinct_widgets,
        count(DISTINCT (campaign, custom_validation_code)) FILTER (WHERE custom_validation_code IS NOT NULL) AS distinct_customs
        FROM coupon";
    // It sorts all of them, and may take longer than a request.
    let mut transaction = pool.begin().await?;
    query("SET LOCAL statement_timeout = 0")
        .execute(&mut *transaction)
        .await?;
    let counts = query(count).fetch_one(&mut *transaction).await?;
    let count = |name| counts.try_get::<i64, _>(name);
    let coupons = count("coupons")?;
    table.exactly("sequence ids, distinct", count("distinct_ids")?, coupons);
    table.exactly(
        "single-use codes, distinct",
        count("distinct_single_use")?,
        coupons,
    );
    table.exactly(
        "widget codes, distinct",
        count("distinct_widgets")?,
        coupons,
    );
    table.exactly(
        "custom codes, distinct",
        count("distinct_customs")?,
        count("customs")?,
    );
    let small: i64 = query_scalar("SELECT count(*) FROM coupon WHERE campaign = 'cam_small'")
        .fetch_one(&mut *transaction)
        .await?;
    table.tell("coupons of the campaign that has 1,000 codes", small);
    Ok(())
}

/// A code is redeemed once, by who was told so.
async fn redemptions(pool: &PgPool, journal: &Journal, table: &mut Table) -> Result<()> {
    let redeemed = "SELECT campaign, single_use_code, custom_validation_code, redeemed_by FROM coupon WHERE redeemed_at IS NOT NULL";
    let (mut unasked, mut found) = (0, HashSet::new());
    for row in query(redeemed).fetch_all(pool).await? {
        let campaign: &str = row.try_get("campaign")?;
        let custom: Option<&str> = row.try_get("custom_validation_code")?;
        let code = custom.map_or_else(|| row.try_get("single_use_code"), Ok)?;
        let by: String = row.try_get("redeemed_by")?;
        let code: &str = code;
        let redemption = journal.redemptions.get(&format!("{campaign}/{code}"));
        unasked += u64::from(!redemption.is_some_and(|code| code.tried.contains(&by)));
        found.insert(by);
    }
    let accepted = || journal.redemptions.values().map(|code| &code.accepted);
    let lost = accepted()
        .flatten()
        .filter(|by| !found.contains(*by))
        .count();
    table.none("redemptions that nobody asked for", unasked);
    table.none("redemptions promised and missing", lost);
    table.none(
        "codes redeemed twice",
        accepted().filter(|by| by.len() > 1).count(),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::gaps_and_overlaps;

    #[test]
    fn gaps_and_overlaps_are_counted() {
        assert_eq!(gaps_and_overlaps(1, 11, vec![(6, 5), (1, 5)]), (0, 0));
        assert_eq!(gaps_and_overlaps(1, 11, vec![(6, 5)]), (5, 0));
        assert_eq!(gaps_and_overlaps(0, 20, vec![(0, 10)]), (10, 0));
        assert_eq!(gaps_and_overlaps(0, 10, vec![(0, 10), (0, 10)]), (0, 10));
        assert_eq!(gaps_and_overlaps(0, 15, vec![(0, 10), (7, 8)]), (0, 3));
        assert_eq!(gaps_and_overlaps(0, 15, vec![(0, 15), (3, 2)]), (0, 2));
        assert_eq!(gaps_and_overlaps(0, 5, vec![(0, 10)]), (0, 5));
    }
}
