//! Campaigns that go on issuing: couponmint's, told beforehand how much is coming or not, and the same
//! ledgers on hashbrown.

use std::hint::black_box;

use couponmint::Engine;

use crate::{
    common::{LARGE, campaign, engine, engine_of},
    floor, hashed, ours,
    run::{Column, Run},
    spelt::{self, Columns},
};

/// What the announced ones are told.
pub(crate) const ANNOUNCED: u64 = 16_000_000;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Announced,
    Hashed,
    HashedAnnounced,
}

/// Answers requests for so many coupons, so many of them in a row. The time is their mean.
pub(crate) type Issue = Box<dyn FnMut(usize, u32) -> Run + Send>;

impl Kind {
    pub(crate) const ALL: [Self; 4] = [
        Self::Plain,
        Self::Announced,
        Self::Hashed,
        Self::HashedAnnounced,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "couponmint",
            Self::Announced => "couponmint, announced",
            Self::Hashed => "the same on hashbrown",
            Self::HashedAnnounced => "the same on hashbrown, announced",
        }
    }

    /// A campaign that has issued nothing.
    pub(crate) fn begin(self) -> Issue {
        match self {
            Self::Plain => ours(engine()),
            Self::Announced => ours(engine_of(campaign().expecting(ANNOUNCED))),
            Self::Hashed => hashed(0),
            Self::HashedAnnounced => hashed(ANNOUNCED),
        }
    }

    /// A campaign that has issued so many coupons.
    pub(crate) fn begin_after(self, coupons: usize) -> Issue {
        let mut issue = self.begin();
        for _ in 0..coupons / LARGE {
            issue(LARGE, 1);
        }
        issue
    }
}

fn ours(engine: Engine) -> Issue {
    let format = ours::alphanumeric();
    Box::new(move |amount, times| ours::next(&engine, &format, amount, times))
}

fn hashed(expected: u64) -> Issue {
    let mut campaign = hashed::Campaign::expecting(expected);
    Box::new(move |amount, times| next_hashed(&mut campaign, amount, times))
}

fn next_hashed(campaign: &mut hashed::Campaign, amount: usize, times: u32) -> Run {
    let make = || {
        for _ in 1..times {
            campaign.issue(black_box(amount));
        }
        campaign.issue(black_box(amount))
    };
    Run::of(amount, make, distinct_columns).mean_of(times)
}

/// A batch of a campaign on hashbrown that has issued nothing.
pub(crate) fn fresh_hashed() -> Run {
    let make = || {
        let mut campaign = hashed::Campaign::expecting(0);
        let columns = campaign.issue(black_box(LARGE));
        (campaign, columns)
    };
    Run::of(LARGE, make, |(_, columns)| distinct_columns(columns))
}

/// The same codes, spelt and not made distinct. (That widget codes differ would be luck. Whole ones do.)
pub(crate) fn spelt() -> Run {
    let make = || spell(spelt::fresh_seed(), black_box(LARGE));
    Run::of(LARGE, make, |[single_use, custom]| {
        let [single_use, custom] = [single_use, custom].map(|chunks| chunks.concat());
        vec![Column::flat(single_use, 21), Column::flat(custom, 15)]
    })
}

/// A batch of so many of both kinds.
pub(crate) fn spell(seed: [u8; 32], amount: usize) -> Columns {
    let kinds = [spelt::Kind::single_use(), spelt::Kind::custom()];
    let chunks = floor::chunks(amount, |chunk, count| {
        kinds.map(|kind| kind.chunk(seed, chunk, count, |_| ()).0)
    });
    let mut columns = Columns::default();
    for chunk in chunks {
        for (column, text) in columns.iter_mut().zip(chunk) {
            column.push(text);
        }
    }
    columns
}

/// Widget codes and custom codes.
fn distinct_columns([single_use, custom]: Columns) -> Vec<Column> {
    let widgets = single_use.iter().flat_map(|chunk| chunk.chunks_exact(21));
    let widgets = widgets.flat_map(|code| &code[..6]).copied().collect();
    vec![Column::flat(widgets, 6), Column::flat(custom.concat(), 15)]
}
