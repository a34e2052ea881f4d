//! Formats beside formats: new ones beside many codes, many new ones, and ones that are only refused.

use std::time::{Duration, Instant};

use couponmint::{Campaign, CodeType, Error, Format, Request};

use crate::{
    common::{CAMPAIGN, LARGE, engine, format, generate, pool, prefill, request, time_request},
    row, show_spread,
    times::{median, show},
};

const MANY: usize = 10_000_000;
const NEW: usize = 10_000;
/// Refused requests, and questions.
const REFUSED: u32 = 3_000;
const ORDINARY: usize = 10_000;

pub(crate) fn measure() {
    measure_first_requests();
    measure_one_coupon_requests();
    measure_lost_draws();
    measure_refused_requests();
    measure_long_columns();
}

/// The first 10 coupons of formats that meet one that has issued many.
fn measure_first_requests() {
    let many = format(CodeType::Alphanumeric, 10);
    let engine = engine();
    prefill(&engine, MANY, Some(&many));
    let left = engine.remaining(CAMPAIGN, &many);
    assert_eq!(left, Ok(many.capacity() - MANY as u128));
    let longer = (0..500).map(|number| new(&format!("test_{number:04}"), 6));
    let shorter = (0..5).map(|length| new(&"test_"[..length], 15 - length));
    let what = "beside 10,000,000 codes, first 10 coupons of";
    let measure = |formats: Vec<Format>, which| {
        let first = |format| time_request(&engine, &request(10, Some(format)));
        let mut times: Vec<_> = formats.iter().map(first).collect();
        row(&format!("{what} {which}"), "1 ms", &show_spread(&mut times));
    };
    measure(longer.collect(), "formats it spells");
    measure(shorter.collect(), "formats that spell it");
}

/// One coupon each in as many new formats.
fn measure_one_coupon_requests() {
    let digits = |number| Format::new(&format!("p{number:07}"), CodeType::Numeric, 3);
    let symbols = |number| Format::new(&format!("p{number:07}"), CodeType::Alphanumeric, 10);
    let what = "10,000 requests for one coupon, new prefixes,";
    let measure = |format: &dyn Fn(usize) -> Result<Format, Error>, which| {
        let one = |number| request(1, Some(&format(number).expect("a valid format")));
        let requests: Vec<_> = (0..NEW).map(one).collect();
        let engine = engine();
        let times = requests
            .iter()
            .map(|request| time_request(&engine, request));
        let time: Duration = times.sum();
        row(&format!("{what} {which}"), "1000 ms", &show(time));
    };
    measure(&digits, "3 digits");
    measure(&symbols, "10 symbols");
}

/// One coupon of a keyspace half full, where every other draw is lost, in two campaigns in turn: in one of
/// them formats of longer prefixes begin with its own.
fn measure_lost_draws() {
    let own = Format::new("p", CodeType::Numeric, 7).expect("a valid format");
    let [without, with] = [0, NEW].map(|others| {
        let engine = engine();
        for number in 0..others {
            let letters = format!("{number:04}").into_bytes().into_iter();
            let letters: String = letters
                .map(|digit| char::from(digit - b'0' + b'a'))
                .collect();
            let other = Format::new(&format!("p{letters}"), CodeType::Numeric, 3);
            generate(&engine, &request(1, Some(&other.expect("a valid format"))));
        }
        prefill(&engine, 5_000_000, Some(&own));
        assert_eq!(engine.remaining(CAMPAIGN, &own), Ok(5_000_000));
        engine
    });
    let one = request(1, Some(&own));
    let times = (0..500).map(|_| [&with, &without].map(|engine| time_request(engine, &one)));
    let [with, without] = times.fold([Duration::ZERO; 2], |sums, times| {
        [sums[0] + times[0], sums[1] + times[1]]
    });
    let ratio = with.as_secs_f64() / without.as_secs_f64();
    let what = "one coupon of a keyspace half full, mean, with 10,000 longer prefixes, to without";
    row(what, "3", &format!("{ratio:.2}"));
}

/// Ordinary requests of two campaigns in turn: in one of them others were refused before.
fn measure_refused_requests() {
    const UNSPOILT: &str = "unspoilt";
    let engine = engine();
    assert!(engine.add_campaign(Campaign::new(UNSPOILT).expect("a valid name")));
    let ordinary = new("", 11);
    let refused = |number| {
        let format = Format::new(&format!("p{number:07}"), CodeType::Numeric, 3);
        let format = format.expect("a valid format");
        let refused = engine.generate(&request(LARGE, Some(&format)));
        assert_eq!(refused.err().map(|error| error.code()), Some(601));
        assert_eq!(engine.remaining(CAMPAIGN, &format), Ok(1000));
    };
    let ask = |campaign| {
        let request = Request::new(campaign).and_then(|request| request.amount(ORDINARY));
        let request = request.expect("a valid request");
        time_request(&engine, &request.custom_codes(ordinary.clone()))
    };
    let start = Instant::now();
    (0..REFUSED).for_each(refused);
    let time = start.elapsed() / REFUSED;
    let (mut after, mut before) = (Vec::new(), Vec::new());
    for _ in 0..100 {
        after.push(ask(CAMPAIGN));
        before.push(ask(UNSPOILT));
    }
    let ratio = median(&mut after).as_secs_f64() / median(&mut before).as_secs_f64();
    let what = "10,000 coupons, after 3,000 refused requests and 3,000 questions, to before";
    row(what, "1", &format!("{ratio:.2}"));
    row("a refused request and a question", "", &show(time));
}

/// The column of custom codes alone: what a batch takes longer than one without, on one thread.
fn measure_long_columns() {
    let formats = [
        ("10 digits", CodeType::Numeric, 10),
        ("10 symbols", CodeType::Alphanumeric, 10),
        ("30 digits", CodeType::Numeric, 30),
        ("20 symbols", CodeType::Alphanumeric, 20),
        ("30 symbols", CodeType::Alphanumeric, 30),
    ]
    .map(|(name, code_type, length)| (name, format(code_type, length)));
    let fresh = |format: Option<&Format>| time_request(&engine(), &request(LARGE, format));
    let mut without = Vec::new();
    let mut with = formats.each_ref().map(|_| Vec::new());
    pool(1).install(|| {
        for _ in 0..25 {
            without.push(fresh(None));
            for ((_, format), times) in formats.iter().zip(&mut with) {
                times.push(fresh(Some(format)));
            }
        }
    });
    let without = median(&mut without);
    let columns = with.map(|mut times| median(&mut times).saturating_sub(without));
    for (column, base) in [(2, 0), (3, 1), (4, 1)] {
        let ratio = columns[column].as_secs_f64() / columns[base].as_secs_f64();
        let [long, short] = [column, base].map(|i| formats[i].0);
        let what =
            format!("100,000 custom codes of {long}, without the rest of the batch, to {short}");
        row(&what, "", &format!("{ratio:.2}"));
    }
}

fn new(prefix: &str, length: usize) -> Format {
    Format::new(prefix, CodeType::Alphanumeric, length).expect("a valid format")
}
