//! The lanes of the race, in the order of the table.

use couponmint::{CodeType, Format, Words};
use rayon::ThreadPool;

use crate::{
    by_hand,
    campaigns::{self, Kind},
    common::{self, LARGE, generate, request},
    floor, ours,
    prefixes::{numbered, with_others},
    race::{Lane, Threads, keep_busy},
    rivals,
    run::Run,
};

pub(crate) const OURS: &str = "**couponmint**";
pub(crate) const FLOOR: &str = "the floor";
pub(crate) const SPELT: &str = "the same codes spelt, not made distinct";
pub(crate) const HASHED: &str = "the same ledgers on hashbrown";
pub(crate) const INTEGERS: &str = "best loop by hand, sets of integers";
pub(crate) const USUAL: &str = "the usual way: nanoid and rand, a `HashSet<String>` each";
const OURS_WITHOUT: &str = "couponmint, without custom codes";
const FLOOR_WITHOUT: &str = "the floor, without custom codes";
pub(crate) const TEN: &str = "couponmint, 10 coupons";
pub(crate) const TEN_LATER: &str = "couponmint, 10 coupons, 10,000,000 issued before";
const TEN_HASHED: &str = "the same ledgers on hashbrown, 10 coupons, 10,000,000 issued before";
pub(crate) const LATER: &str = "couponmint, 10,000,000 issued before";
pub(crate) const ANNOUNCED: &str = "couponmint, 10,000,000 issued before, 16,000,000 announced";
const HASHED_LATER: &str = "the same ledgers on hashbrown, 10,000,000 issued before";
const HASHED_ANNOUNCED: &str =
    "the same ledgers on hashbrown, 10,000,000 issued before, 16,000,000 announced";
pub(crate) const FIRST: &str = "couponmint, first 100,000 of a keyspace of 1,000,000";
pub(crate) const LAST: &str = "couponmint, last 100,000 of a keyspace of 1,000,000";
pub(crate) const COPY: &str = "a copy of the same bytes";
pub(crate) const JSON: &str = "couponmint, JSON of 100,000 coupons";

pub(crate) const GROUPS: &str = "couponmint, codes in two groups";
pub(crate) const CHECK: &str = "couponmint, two groups and a check symbol";
pub(crate) const WORDS: &str = "couponmint, custom codes without English words";
pub(crate) const CLEAN: &str = "couponmint, no code of any kind with English words";
const COUPON_CODE: &str = "the way of Algorithm::CouponCode, a `HashSet<String>` each";

/// The rows that are enough for the project's own page.
pub(crate) const SHORT: [&str; 5] = [OURS, INTEGERS, USUAL, TEN, LATER];

/// Coupons that old campaigns have issued, and by how many they grow before others take their place. Unless they
/// are announced some of their tables grow in nearly each batch, more in some than in others; with thirteen
/// batches a life and ten a round each of them is timed now and then. (What all of them cost is in `growth.rs`.)
const ISSUED: usize = 10_000_000;
const GROWTH: usize = 13 * LARGE;
/// Small requests in a row.
const SMALL: u32 = 1_000;

pub(crate) fn all() -> Vec<Lane> {
    let mut lanes = Vec::from(steps());
    lanes.extend(others());
    lanes.extend(shapes());
    lanes.extend(formats());
    lanes.extend(ages());
    lanes.extend(json());
    lanes
}

/// A batch, and what it is made of.
fn steps() -> [Lane; 6] {
    let format = ours::alphanumeric();
    [
        pooled(OURS, SPELT, move |pool| ours::fresh(pool, Some(&format))),
        pooled(SPELT, FLOOR, |pool| pool.install(campaigns::spelt)),
        pooled(FLOOR, None, |pool| ours::floor(pool, floor::with_customs)),
        pooled(HASHED, OURS, |pool| pool.install(campaigns::fresh_hashed)),
        pooled(OURS_WITHOUT, FLOOR_WITHOUT, |pool| ours::fresh(pool, None)),
        pooled(FLOOR_WITHOUT, None, |pool| {
            ours::floor(pool, floor::without_customs)
        }),
    ]
}

/// Who else mints codes.
fn others() -> [Lane; 7] {
    [
        single(INTEGERS, OURS, by_hand::with_integers),
        single("best loop by hand, sets of text", OURS, by_hand::with_texts),
        single(USUAL, OURS, rivals::usual),
        single(
            "tq-code-generator-core, a `HashSet<String>` each",
            OURS,
            rivals::code_generator,
        ),
        single(
            "uuid v4, a `HashSet<String>`; no custom codes",
            OURS,
            rivals::uuid,
        ),
        single(
            "rand `index::sample`, numbers only",
            OURS,
            rivals::index_sample,
        ),
        single(
            "permutation_iterator, numbers only",
            OURS,
            rivals::permutation,
        ),
    ]
}

/// Codes as people print and type them.
fn shapes() -> [Lane; 5] {
    let (grouped, checked, words) = (ours::grouped(), ours::checked(), Words::english());
    let without = ours::alphanumeric().without_words(&words);
    let without = without.expect("most codes hold no word");
    let plain = ours::alphanumeric();
    [
        pooled(GROUPS, OURS, move |pool| ours::fresh(pool, Some(&grouped))),
        pooled(CHECK, OURS, move |pool| ours::fresh(pool, Some(&checked))),
        pooled(WORDS, OURS, move |pool| ours::fresh(pool, Some(&without))),
        pooled(CLEAN, OURS, move |pool| {
            ours::fresh_without(pool, Some(&plain), Some(&words))
        }),
        single(COUPON_CODE, CHECK, rivals::coupon_code),
    ]
}

/// Long codes, and many formats in one campaign.
fn formats() -> [Lane; 4] {
    let ten = ours::alphanumeric();
    let no_start = numbered(&ten, "other", 5..=5);
    let starts = numbered(&ten, "test_", 4..=4);
    [
        long("couponmint, custom codes of 20 symbols", 20),
        long("couponmint, custom codes of 30 symbols", 30),
        pooled(
            "couponmint, 10,000 other prefixes, none a start of a code",
            OURS,
            move |pool| beside(pool, &no_start),
        ),
        pooled(
            "couponmint, 10,000 other prefixes of one length, starts of codes",
            OURS,
            move |pool| beside(pool, &starts),
        ),
    ]
}

fn long(name: &'static str, length: usize) -> Lane {
    let format = common::format(CodeType::Alphanumeric, length);
    pooled(name, OURS, move |pool| ours::fresh(pool, Some(&format)))
}

/// The first batch of a format in a campaign that has issued a coupon in each of the others.
fn beside(pool: &ThreadPool, others: &[Format]) -> Run {
    let engine = with_others(others);
    keep_busy(pool);
    pool.install(|| ours::next(&engine, &ours::alphanumeric(), LARGE, 1))
}

/// Small and large requests of campaigns that have issued much, and the ends of a keyspace.
fn ages() -> [Lane; 9] {
    let small = |kind| after_ten_million(kind, 10, SMALL);
    let large = |kind| after_ten_million(kind, LARGE, 1);
    [
        pooled(TEN, None, |pool| pool.install(ten)),
        pooled(TEN_LATER, TEN, small(Kind::Plain)),
        pooled(TEN_HASHED, TEN_LATER, small(Kind::Hashed)),
        pooled(LATER, OURS, large(Kind::Plain)),
        pooled(ANNOUNCED, OURS, large(Kind::Announced)),
        pooled(HASHED_LATER, LATER, large(Kind::Hashed)),
        pooled(HASHED_ANNOUNCED, ANNOUNCED, large(Kind::HashedAnnounced)),
        pooled(FIRST, None, ours::first_of_keyspace),
        pooled(LAST, FIRST, ours::last_of_keyspace),
    ]
}

fn ten() -> Run {
    let (engine, format) = (common::engine(), ours::alphanumeric());
    generate(&engine, &request(10, Some(&format)));
    ours::next(&engine, &format, 10, SMALL)
}

/// Requests of a campaign that grows, and is begun anew when it has grown too much.
fn after_ten_million(
    kind: Kind,
    amount: usize,
    times: u32,
) -> impl FnMut(&ThreadPool) -> Run + 'static {
    let coupons = amount * times as usize;
    let mut campaign = None;
    move |pool| {
        let (mut issue, grown) = campaign.take().unwrap_or_else(|| {
            let issue = kind.begin_after(ISSUED);
            keep_busy(pool);
            (issue, 0)
        });
        let run = pool.install(|| issue(amount, times));
        let grown = grown + coupons;
        campaign = (grown + coupons <= GROWTH).then_some((issue, grown));
        run
    }
}

fn json() -> [Lane; 2] {
    let (batch, json) = ours::json();
    let mut kept = Vec::with_capacity(json.len());
    let mut copied = Vec::with_capacity(json.len());
    let original = json.clone();
    [
        single(COPY, None, move || ours::copy(&original, &mut copied)),
        single(JSON, COPY, move || {
            ours::write_json(&batch, &json, &mut kept)
        }),
    ]
}

fn pooled(
    name: &'static str,
    base: impl Into<Option<&'static str>>,
    run: impl FnMut(&ThreadPool) -> Run + 'static,
) -> Lane {
    Lane {
        name,
        base: base.into(),
        threads: Threads::Pool,
        run: Box::new(run),
    }
}

fn single(
    name: &'static str,
    base: impl Into<Option<&'static str>>,
    mut run: impl FnMut() -> Run + 'static,
) -> Lane {
    Lane {
        threads: Threads::One,
        ..pooled(name, base, move |_| run())
    }
}
