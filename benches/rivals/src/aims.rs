//! What was aimed at, and whether this run met it.

use std::time::Duration;

use crate::{
    campaigns::Kind,
    growth::{self, Series},
    lanes,
    peaks::Peak,
    race::Outcome,
    table::{named, ratios},
};

/// A figure on one thread and one on two, as far as there are such.
type Figures = [Option<f64>; 2];

enum Limits {
    AtMost(f64),
    /// On one thread, and on two.
    AtLeast([f64; 2]),
}

struct Aim {
    what: &'static str,
    unit: &'static str,
    limits: Limits,
    figures: Figures,
}

impl Limits {
    /// In words, as far as there are figures.
    fn show(&self, unit: &str, figures: Figures) -> String {
        match self {
            Self::AtMost(most) => format!("at most {most}{unit}"),
            Self::AtLeast(least) => {
                let least = least.iter().zip(figures);
                let least =
                    least.filter_map(|(least, figure)| figure.map(|_| format!("{least}{unit}")));
                format!("at least {}", least.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// Whether each figure is as it should be.
    fn are_met(&self, figures: Figures) -> [Option<bool>; 2] {
        let is_met = |i: usize, figure| match self {
            Self::AtMost(most) => figure <= *most,
            Self::AtLeast(least) => figure >= least[i],
        };
        [0, 1].map(|i| figures[i].map(|figure| is_met(i, figure)))
    }
}

impl Aim {
    fn row(&self) -> String {
        let Self {
            what,
            unit,
            limits,
            figures,
        } = self;
        let show = |figure: Option<f64>| {
            figure.map_or_else(String::new, |figure| format!("{figure:.2}{unit}"))
        };
        let [one, two] = figures.map(show);
        let limits_text = limits.show(unit, *figures);
        let verdict = match limits.are_met(*figures) {
            [Some(false), Some(true)] => "missed on one thread",
            [Some(true), Some(false)] => "missed on two threads",
            met if met.contains(&Some(false)) => "missed",
            _ => "met",
        };
        format!("| {what} | {limits_text} | {one} | {two} | {verdict} |\n")
    }
}

pub(crate) fn table(outcomes: &[Outcome], series: &[Series], peaks: &[Peak]) -> String {
    let mut aims = of_lanes(outcomes);
    aims.extend(of_growth(outcomes, series));
    aims.extend(of_memory(peaks));
    let mut table =
        String::from("| what | aim | one thread | two threads | |\n|---|---|---:|---:|---|\n");
    table.extend(aims.iter().map(Aim::row));
    table
}

fn of_lanes(outcomes: &[Outcome]) -> Vec<Aim> {
    let lane = |name| named(outcomes, name);
    let ours = lane(lanes::OURS);
    let ratio = |name, base| ratios(lane(name), lane(base)).map(Some);
    let micros = |name| lane(name).times.map(|time| Some(time.as_secs_f64() * 1e6));
    let [one, two] = ours.times.map(|time| time.as_secs_f64());
    let [json, _] = ratio(lanes::JSON, lanes::COPY);
    let aim = |what, unit, limits, figures| Aim {
        what,
        unit,
        limits,
        figures,
    };
    let at_most = |what, most, figures| aim(what, "", Limits::AtMost(most), figures);
    let at_least = |what, least, figures| aim(what, "", Limits::AtLeast(least), figures);
    let within = |what, most, figures| aim(what, " µs", Limits::AtMost(most), figures);
    let spelt = ratio(lanes::OURS, lanes::SPELT);
    vec![
        at_most("a batch, to the same codes spelt", 1.8, spelt),
        at_most("the same, later", 1.5, spelt),
        at_least(
            "the usual way, to a batch",
            [36.0, 70.0],
            ratio(lanes::USUAL, lanes::OURS),
        ),
        at_least(
            "the best loop by hand, to a batch",
            [1.25, 2.4],
            ratio(lanes::INTEGERS, lanes::OURS),
        ),
        at_least("one thread, to two", [0.0, 1.9], [None, Some(one / two)]),
        at_most(
            "10,000,000 issued, 16,000,000 announced, to a fresh batch",
            2.2,
            ratio(lanes::ANNOUNCED, lanes::OURS),
        ),
        within("10 coupons", 5.0, micros(lanes::TEN)),
        within(
            "10 coupons, 10,000,000 issued",
            15.0,
            micros(lanes::TEN_LATER),
        ),
        at_most(
            "last 100,000 of 1,000,000, to the first",
            2.0,
            ratio(lanes::LAST, lanes::FIRST),
        ),
        at_most(
            "two groups and a check symbol, to a batch",
            1.3,
            ratio(lanes::CHECK, lanes::OURS),
        ),
        at_most(
            "custom codes without words, to a batch",
            2.0,
            ratio(lanes::WORDS, lanes::OURS),
        ),
        at_most(
            "codes of all kinds without words, to a batch",
            2.0,
            ratio(lanes::CLEAN, lanes::OURS),
        ),
        at_most("JSON, to a copy of the same bytes", 2.0, [json, None]),
    ]
}

fn of_growth(outcomes: &[Outcome], series: &[Series]) -> [Aim; 3] {
    let fresh = named(outcomes, lanes::OURS).times;
    let [one, two] = growth::of_kind(series, Kind::Plain);
    let mean = |series: &Series, fresh: Duration| series.mean().as_secs_f64() / fresh.as_secs_f64();
    let worst = |series: &Series| Some(series.usual_worst().as_secs_f64() * 1e3);
    let worst_of = |what, kind| Aim {
        what,
        unit: " ms",
        limits: Limits::AtMost(40.0),
        figures: growth::of_kind(series, kind).map(worst),
    };
    [
        Aim {
            what: "8,000,000 to 16,000,000, not announced: mean, to a fresh batch",
            unit: "",
            limits: Limits::AtMost(4.0),
            figures: [Some(mean(one, fresh[0])), Some(mean(two, fresh[1]))],
        },
        worst_of(
            "8,000,000 to 16,000,000, not announced: worst batch",
            Kind::Plain,
        ),
        worst_of(
            "8,000,000 to 16,000,000, announced: worst batch",
            Kind::Announced,
        ),
    ]
}

/// 12 bytes per widget code and 16 per custom code.
const MEAN_BOUND: f64 = 14.0;

fn of_memory(peaks: &[Peak]) -> Vec<Aim> {
    let whats = [
        (Kind::Plain, "10,000,000 issued: peak per code and kind"),
        (
            Kind::Announced,
            "10,000,000 announced and issued: peak per code and kind",
        ),
    ];
    let aim = |(kind, what)| {
        let peak = peaks.iter().find(|peak| peak.kind == kind)?;
        Some(Aim {
            what,
            unit: " bytes",
            limits: Limits::AtMost(MEAN_BOUND),
            figures: [None, Some(peak.per_code())],
        })
    };
    whats.into_iter().filter_map(aim).collect()
}
