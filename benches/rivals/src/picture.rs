//! Two pictures: how a batch slows down as a campaign ages, and as its keyspace fills.

use std::{
    collections::HashSet,
    error::Error,
    hint::black_box,
    ops::Range,
    path::Path,
    time::{Duration, Instant},
};

use couponmint::Format;
use plotters::prelude::*;
use rand::RngExt;
use rayon::ThreadPool;

use crate::{
    campaigns::Kind,
    common::{LARGE, engine, request, time_request},
    growth::{self, Series, of_kind},
    ours, rivals,
    times::median,
};

type Drawn = Result<(), Box<dyn Error>>;

/// Points of a curve, and how to draw it.
struct Curve {
    name: &'static str,
    colour: RGBColor,
    points: Vec<(f64, f64)>,
}

const BLUE: RGBColor = RGBColor(0x1f, 0x5f, 0xb4);
const LIGHT_BLUE: RGBColor = RGBColor(0x4f, 0xb0, 0xe8);
const ORANGE: RGBColor = RGBColor(0xd9, 0x5f, 0x02);
const GREEN: RGBColor = RGBColor(0x1b, 0x9e, 0x4b);
const GREY: RGBColor = RGBColor(0x88, 0x88, 0x88);

/// Milliseconds a batch of 100,000 against codes issued before.
pub(crate) fn draw_issued(path: &Path, series: &[Series], quick: bool) -> Drawn {
    let usual = time_usual(LARGE, if quick { 10 } else { 100 }, rivals::usual_custom);
    let curve = |name, colour, times: Vec<Duration>| Curve {
        name,
        colour,
        points: (0..)
            .zip(times)
            .map(|(i, time)| (f64::from(i) / 10.0, time.as_secs_f64() * 1e3))
            .collect(),
    };
    let [one, two] = of_kind(series, Kind::Plain);
    let [announced, _] = of_kind(series, Kind::Announced);
    let [hashed, _] = of_kind(series, Kind::Hashed);
    draw(
        path,
        "A batch of 100,000 coupons, by the codes its campaign has issued before",
        [
            "millions of codes issued before",
            "milliseconds a batch (log)",
        ],
        0.0..growth::BATCHES as f64 / 10.0,
        &[
            curve("nanoid + rand + HashSet<String>", ORANGE, usual),
            curve("the same on hashbrown, one thread", GREY, hashed.medians()),
            curve("couponmint, one thread", BLUE, one.medians()),
            curve(
                "couponmint, announced, one thread",
                GREEN,
                announced.medians(),
            ),
            curve("couponmint, two threads", LIGHT_BLUE, two.medians()),
        ],
    )
}

/// Nanoseconds a coupon against the fill of a keyspace of 1,000,000 custom codes.
pub(crate) fn draw_fill(path: &Path, pools: &[ThreadPool; 2], quick: bool) -> Drawn {
    const AMOUNT: usize = 50_000;
    const BATCHES: usize = 20;
    let passes = if quick { 1 } else { 9 };
    let format = ours::numeric_6();
    let [one, two] = pools
        .each_ref()
        .map(|pool| time_ours(pool, &format, AMOUNT, BATCHES, passes));
    let usual = time_usual(AMOUNT, BATCHES, || {
        format!("test_{:06}", rand::rng().random_range(0..1_000_000))
    });
    // A batch stands where it ends: the last one leaves no code free.
    let curve = |name, colour, times: Vec<Duration>| Curve {
        name,
        colour,
        points: (1..)
            .zip(times)
            .map(|(i, time)| (f64::from(i) * 5.0, time.as_secs_f64() * 1e9 / AMOUNT as f64))
            .collect(),
    };
    draw(
        path,
        "Filling a keyspace of 1,000,000 custom codes, 50,000 a batch, to the last code",
        [
            "% of the keyspace issued after the batch",
            "nanoseconds a coupon (log)",
        ],
        0.0..100.0,
        &[
            curve(
                "nanoid + rand + HashSet<String>, draw until new",
                ORANGE,
                usual,
            ),
            curve("couponmint, one thread", BLUE, one),
            curve("couponmint, two threads", LIGHT_BLUE, two),
        ],
    )
}

/// The time of each batch of a campaign from its first on, the median of some passes.
fn time_ours(
    pool: &ThreadPool,
    format: &Format,
    amount: usize,
    batches: usize,
    passes: usize,
) -> Vec<Duration> {
    let request = request(amount, Some(format));
    let pass = || {
        let engine = engine();
        let times = (0..batches).map(|_| time_request(&engine, &request));
        times.collect::<Vec<_>>()
    };
    let passes: Vec<_> = pool.install(|| (0..passes).map(|_| pass()).collect());
    let at = |batch: usize| {
        let mut times: Vec<_> = passes.iter().map(|times| times[batch]).collect();
        median(&mut times)
    };
    (0..batches).map(at).collect()
}

/// The same for the usual way, once: sets that stay, and copies of their new codes as the batch.
fn time_usual(amount: usize, batches: usize, mut custom: impl FnMut() -> String) -> Vec<Duration> {
    let mut single_uses = HashSet::new();
    let mut customs = HashSet::new();
    let times = (0..batches).map(|_| {
        let start = Instant::now();
        let batch = black_box([
            new_codes(&mut single_uses, amount, rivals::usual_single_use),
            new_codes(&mut customs, amount, &mut custom),
        ]);
        let time = start.elapsed();
        drop(batch);
        time
    });
    times.collect()
}

fn new_codes(
    seen: &mut HashSet<String>,
    amount: usize,
    mut draw: impl FnMut() -> String,
) -> Vec<String> {
    let mut codes = Vec::with_capacity(amount);
    while codes.len() < amount {
        let code = draw();
        if seen.insert(code.clone()) {
            codes.push(code);
        }
    }
    codes
}

/// A label of an axis: one decimal if need be, thousands apart.
fn label(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded < 1e3 {
        format!("{rounded}")
    } else if rounded < 1e6 {
        let thousands = (rounded / 1e3).floor();
        format!("{thousands},{:03}", rounded - thousands * 1e3)
    } else {
        format!("{} million", rounded / 1e6)
    }
}

fn draw(
    path: &Path,
    title: &str,
    [x_title, y_title]: [&str; 2],
    x: Range<f64>,
    curves: &[Curve],
) -> Drawn {
    let heights = || {
        curves
            .iter()
            .flat_map(|curve| &curve.points)
            .map(|point| point.1)
    };
    let (lowest, highest) = heights().fold((f64::MAX, 0.0_f64), |(low, high), height| {
        (low.min(height), high.max(height))
    });
    // Whole powers of ten, so that the scale's lines are all labelled.
    let y = 10_f64.powf(lowest.log10().floor())..10_f64.powf(highest.log10().ceil());

    let root = SVGBackend::new(path, (960, 540)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 22))
        .margin(16)
        .x_label_area_size(52)
        .y_label_area_size(76)
        .build_cartesian_2d(x, y.log_scale())?;
    chart
        .configure_mesh()
        .x_desc(x_title)
        .y_desc(y_title)
        .x_label_formatter(&|&value| label(value))
        .y_label_formatter(&|&value| label(value))
        .axis_desc_style(("sans-serif", 17))
        .label_style(("sans-serif", 15))
        .bold_line_style(RGBColor(0xcc, 0xcc, 0xcc))
        .light_line_style(RGBColor(0xf0, 0xf0, 0xf0))
        .draw()?;
    for curve in curves {
        let style = curve.colour.stroke_width(3);
        chart
            .draw_series(LineSeries::new(curve.points.iter().copied(), style))?
            .label(curve.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 24, y)], style));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .legend_area_size(32)
        .margin(12)
        .background_style(WHITE)
        .border_style(RGBColor(0x99, 0x99, 0x99))
        .label_font(("sans-serif", 16))
        .draw()?;
    root.present()?;
    eprintln!("drawn: {}", path.display());
    Ok(())
}
