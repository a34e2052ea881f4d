//! What couponmint is measured at.

use std::hint::black_box;

use couponmint::{Alphabet, Batch, Check, CodeType, Engine, Format, Status, Words};
use rayon::ThreadPool;

use crate::{
    common::{LARGE, campaign, engine, engine_of, format, generate, prefill, request},
    run::{Column, Run},
};

const KEYSPACE: usize = 1_000_000;

pub(crate) fn alphanumeric() -> Format {
    format(CodeType::Alphanumeric, 10)
}

pub(crate) fn numeric_6() -> Format {
    format(CodeType::Numeric, 6)
}

/// Two groups of five symbols, in place of ten.
pub(crate) fn grouped() -> Format {
    let format = Format::pattern("test_#####-#####", Alphabet::alphanumeric());
    format.expect("a valid pattern")
}

/// The same, the last of which is a check symbol.
pub(crate) fn checked() -> Format {
    let format = grouped().check(Check::Iso7064);
    format.expect("an even number of symbols")
}

/// A batch of a campaign that has issued nothing; making engine and campaign is timed too.
pub(crate) fn fresh(pool: &ThreadPool, format: Option<&Format>) -> Run {
    fresh_without(pool, format, None)
}

/// The same, without words in any code of the campaign.
pub(crate) fn fresh_without(
    pool: &ThreadPool,
    format: Option<&Format>,
    words: Option<&Words>,
) -> Run {
    let request = request(LARGE, format);
    let make = || {
        let engine = engine_of(match words {
            Some(words) => campaign().without_words(words),
            None => campaign(),
        });
        let batch = generate(&engine, black_box(&request));
        (engine, batch)
    };
    pool.install(|| Run::of(LARGE, make, |(_, batch)| columns(&batch)))
}

/// The next requests of a campaign, so many of them in a row; their mean.
pub(crate) fn next(engine: &Engine, format: &Format, amount: usize, times: u32) -> Run {
    let request = request(amount, Some(format));
    let make = || {
        for _ in 1..times {
            generate(engine, black_box(&request));
        }
        generate(engine, black_box(&request))
    };
    Run::of(amount, make, |batch| columns(&batch)).mean_of(times)
}

/// The first batch of a keyspace of 1,000,000 custom codes.
pub(crate) fn first_of_keyspace(pool: &ThreadPool) -> Run {
    fresh(pool, Some(&numeric_6()))
}

/// The last batch of a keyspace of 1,000,000 custom codes.
pub(crate) fn last_of_keyspace(pool: &ThreadPool) -> Run {
    let format = numeric_6();
    let engine = engine();
    pool.install(|| {
        prefill(&engine, KEYSPACE - LARGE, Some(&format));
        next(&engine, &format, LARGE, 1)
    })
}

/// A batch to write as JSON, and the JSON.
pub(crate) fn json() -> (Batch, Vec<u8>) {
    let request = request(LARGE, Some(&alphanumeric())).status(Status::Activated);
    let batch = generate(&engine(), &request);
    let json = batch.to_json();
    (batch, json)
}

/// Writes the JSON into a vector that has room for it.
pub(crate) fn write_json(batch: &Batch, json: &[u8], kept: &mut Vec<u8>) -> Run {
    kept.clear();
    let made = Run::of(
        LARGE,
        || batch.write_json(black_box(&mut *kept)),
        |_| Vec::new(),
    );
    assert!(kept == json, "the same bytes");
    made
}

/// Copies the JSON into a vector that has room for it.
pub(crate) fn copy(json: &[u8], kept: &mut Vec<u8>) -> Run {
    kept.clear();
    let make = || black_box(&mut *kept).extend_from_slice(black_box(json));
    Run::of(LARGE, make, |()| Vec::new())
}

/// The floor makes no codes that could be checked.
pub(crate) fn floor<T: Send + 'static>(
    pool: &ThreadPool,
    floor: impl Fn(usize) -> T + Sync,
) -> Run {
    let make = || black_box(floor(black_box(LARGE)));
    pool.install(|| Run::of(LARGE, make, |_| Vec::new()))
}

/// Widget codes, which decide that single-use codes differ, and custom codes.
fn columns(batch: &Batch) -> Vec<Column> {
    let widgets = batch.iter().map(|coupon| coupon.widget_validation_code());
    let customs = batch.iter().map(|coupon| coupon.custom_validation_code());
    let customs: Option<Vec<_>> = customs.collect();
    let mut columns = vec![Column::of_texts(widgets)];
    columns.extend(customs.map(Column::of_texts));
    columns
}
