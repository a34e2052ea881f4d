//! One coupon near the end of 10,000,000 codes, most of them taken by ten other formats.

use couponmint::{Batch, CodeType, Engine, Format};

use crate::{
    common::{CAMPAIGN, LARGE, engine, generate, request, time_request},
    row, show_spread,
    times::show,
};

/// Codes of each of the ten.
const CODES: usize = 1_000_000;
/// Codes each of them leaves.
const LEFT: usize = 20;

pub(crate) fn measure() {
    let numeric = tens(CodeType::Numeric);
    measure_end("issued in formats of its alphabet", issue(&numeric));
    measure_end("reserved in formats of its alphabet", reserve(&numeric));
    let other = tens(CodeType::Alphanumeric);
    measure_end("reserved in formats of another", reserve(&other));
}

/// The ten formats.
fn tens(code_type: CodeType) -> Vec<Format> {
    let ten = |digit| Format::new(&format!("A{digit}"), code_type, 6);
    (0..10)
        .map(|digit| ten(digit).expect("a valid format"))
        .collect()
}

/// Takes all codes of the ten but a few. One batch can be given back.
fn issue(tens: &[Format]) -> (Engine, Batch) {
    let engine = engine();
    let mut last = None;
    for ten in tens {
        for start in (0..CODES - LEFT).step_by(LARGE) {
            let amount = LARGE.min(CODES - LEFT - start);
            last = Some(generate(&engine, &request(amount, Some(ten))));
        }
    }
    (engine, last.expect("ten formats"))
}

/// Reserves all codes of the ten but a few and a batch, which is issued.
fn reserve(tens: &[Format]) -> (Engine, Batch) {
    let engine = engine();
    for ten in tens {
        let codes = (LEFT..CODES).map(|number| format!("{}{number:06}", ten.prefix()));
        let free = if ten == &tens[9] { LARGE } else { 0 };
        let reserved = engine.reserve_custom(CAMPAIGN, ten, codes.skip(free));
        assert_eq!(reserved, Ok((CODES - LEFT - free) as u64));
    }
    let last = Format::new("A9", CodeType::Numeric, 6).expect("a valid format");
    let batch = generate(&engine, &request(LARGE, Some(&last)));
    (engine, batch)
}

fn measure_end(which: &str, (engine, batch): (Engine, Batch)) {
    let all = Format::new("A", CodeType::Numeric, 7).expect("a valid format");
    let left = |count: usize| assert_eq!(engine.remaining(CAMPAIGN, &all), Ok(count as u128));
    let one = || time_request(&engine, &request(1, Some(&all)));
    let what = format!("one of the last coupons of 10,000,000 {which}");

    let first = one();
    let mut next = [(); 50].map(|()| one());
    left(10 * LEFT - 51);
    row(&format!("{what}: the first"), "400 ms", &show(first));
    row(
        &format!("{what}: each of the next"),
        "1 ms",
        &show_spread(&mut next),
    );

    let given_back = batch.len();
    engine.release(batch).expect("a batch of the engine");
    let first = one();
    let mut next = [(); 50].map(|()| one());
    left(10 * LEFT - 102 + given_back);
    row(
        &format!("{what}: the first after a release"),
        "1 ms",
        &show(first),
    );
    let what = format!("{what}: each of the next after it");
    row(&what, "1 ms", &show_spread(&mut next));
}
