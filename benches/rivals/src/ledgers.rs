//! Memory of formats and of their codes, in bytes asked of the allocator.

use std::error::Error;

use couponmint::{CodeType, Format};

use crate::{
    ALLOCATOR,
    common::{CAMPAIGN, engine, generate, request},
};

const FORMATS: usize = 10_000;
const REFUSED: usize = 3_000;
/// Coupons of a batch; working memory is in proportion to them.
const AMOUNT: usize = 10_000;
/// Codes from which on the worst moments are looked for.
const FIRST: usize = 500_000;

pub(crate) fn measure() -> Result<(), Box<dyn Error>> {
    measure_formats()?;
    measure_codes()?;
    measure_refused()
}

/// New formats with one coupon each, without what their widget codes take.
fn measure_formats() -> Result<(), Box<dyn Error>> {
    println!("\n| 10,000 new formats with one coupon each | kept, bytes a format | peak |");
    println!("|---|---:|---:|");
    let [widgets, _] = memory_of_formats(|_| Ok(None))?;
    for (name, code_type, length) in [
        ("3 digits", CodeType::Numeric, 3),
        ("10 symbols", CodeType::Alphanumeric, 10),
        ("30 symbols", CodeType::Alphanumeric, 30),
    ] {
        let format = |number| Format::new(&format!("p{number:07}"), code_type, length).map(Some);
        let bytes = memory_of_formats(format)?;
        let [kept, peak] = bytes.map(|bytes| bytes.saturating_sub(widgets) / FORMATS);
        println!("| a prefix of 8, {name} | {kept} | {peak} |");
    }
    Ok(())
}

/// What is kept, and the peak, of a campaign that has issued a coupon in each of many formats.
fn memory_of_formats(
    format: impl Fn(usize) -> Result<Option<Format>, couponmint::Error>,
) -> Result<[usize; 2], Box<dyn Error>> {
    let engine = engine();
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    for number in 0..FORMATS {
        drop(generate(&engine, &request(1, format(number)?.as_ref())));
    }
    Ok([ALLOCATOR.current_usage(), ALLOCATOR.peak_usage()].map(|bytes| bytes - before))
}

/// Codes of each kind: what is kept, and while a table grows.
fn measure_codes() -> Result<(), Box<dyn Error>> {
    println!("\nBytes a code, of one kind alone; the worst since the row before.\n");
    println!("| kind | codes | kept | most kept | peak without the batch's text |");
    println!("|---|---:|---:|---:|---:|");
    let widgets = Growth::of(None, 10_000_000, &Growth::none());
    widgets.print("widget codes", &[1_000_000, 10_000_000]);
    for (name, length, counts) in [
        ("custom codes of one number", 10, [1_000_000, 10_000_000]),
        ("custom codes of two numbers", 20, [1_000_000, 10_000_000]),
        ("custom codes of three numbers", 30, [1_000_000, 2_000_000]),
    ] {
        let format = Format::new("test_", CodeType::Alphanumeric, length)?;
        Growth::of(Some(&format), counts[1], &widgets).print(name, &counts);
    }
    Ok(())
}

/// Bytes that a kind of code takes after each batch, and at most while it was issued.
struct Growth(Vec<[usize; 2]>);

impl Growth {
    fn none() -> Self {
        Self(Vec::new())
    }

    /// Of a new campaign, without what another kind of code takes that it issues too.
    fn of(format: Option<&Format>, codes: usize, other: &Self) -> Self {
        let text = AMOUNT * (21 + format.map_or(0, |format| 5 + format.length()));
        let request = request(AMOUNT, format);
        let engine = engine();
        let before = ALLOCATOR.current_usage();
        let mut growth = Self::none();
        for batch in 0..codes / AMOUNT {
            ALLOCATOR.reset_peak_usage();
            drop(generate(&engine, &request));
            let others = other.0.get(batch).map_or(0, |[kept, _]| *kept);
            let kept = ALLOCATOR.current_usage() - before - others;
            let peak = (ALLOCATOR.peak_usage() - before).saturating_sub(others + text);
            growth.0.push([kept, peak]);
        }
        growth
    }

    fn print(&self, name: &str, counts: &[usize]) {
        let mut first = FIRST;
        for &codes in counts {
            let each = |[number, bytes]: [usize; 2]| bytes as f64 / number as f64;
            let since = || (first / AMOUNT..codes / AMOUNT).map(|batch| (batch + 1) * AMOUNT);
            let worst = |which: usize| {
                let all = since().map(|codes| each([codes, self.0[codes / AMOUNT - 1][which]]));
                all.fold(0.0, f64::max)
            };
            let kept = each([codes, self.0[codes / AMOUNT - 1][0]]);
            let (most, peak) = (worst(0), worst(1));
            println!("| {name} | {codes} | {kept:.1} | {most:.1} | {peak:.1} |");
            first = codes;
        }
    }
}

/// What requests leave that are refused in formats never used.
fn measure_refused() -> Result<(), Box<dyn Error>> {
    let engine = engine();
    let ordinary = Format::new("", CodeType::Alphanumeric, 11)?;
    drop(generate(&engine, &request(10, Some(&ordinary))));
    let before = ALLOCATOR.current_usage();
    for number in 0..REFUSED {
        let format = Format::new(&format!("p{number:07}"), CodeType::Numeric, 3)?;
        assert_eq!(engine.remaining(CAMPAIGN, &format)?, 1000);
        let refused = engine.generate(&request(100_000, Some(&format)));
        assert_eq!(refused.err().map(|error| error.code()), Some(601));
    }
    let left = ALLOCATOR.current_usage().saturating_sub(before);
    println!("\n3,000 refused requests and as many questions leave {left} bytes.");
    Ok(())
}
