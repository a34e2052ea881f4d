//! What happens in a history.

use std::{ops::Range, time::Duration};

use couponmint::Validity;
use jiff::{Timestamp, ToSpan};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

use crate::model::said::{Said, said, said_with_words};

pub(super) const CAMPAIGNS: [&str; 3] = ["north", "south", "west"];

#[derive(Debug, Clone)]
pub(super) enum Step {
    AddCampaign(&'static str, Said),
    RemoveCampaign(&'static str),
    Generate(&'static str, Option<Index>, Amount),
    ReserveCustom(&'static str, Index, Vec<Code>),
    ReserveSingleUse(&'static str, Vec<Single>),
    /// The formats told, then the rows.
    ReserveCoupons(
        &'static str,
        [Index; 2],
        Vec<(Single, Option<(Index, Code)>)>,
    ),
    Release(Index),
    SetValidity(&'static str, Valid),
    /// Saves a campaign, forgets it and loads it again.
    Restart(&'static str),
}

/// How long coupons are valid that are created as 1970 begins.
#[derive(Debug, Clone, Copy)]
pub(super) enum Valid {
    Seconds(u32),
    Months(i16),
    Until(i64),
}

/// How many coupons to ask for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Amount {
    Some(usize),
    /// So many hundredths of what is left.
    Percent(u128),
    All,
    OneMore,
}

/// A custom code to reserve.
#[derive(Debug, Clone)]
pub(super) enum Code {
    /// Begins as those of many formats do, and ends in three symbols of choice.
    Alike([Index; 3]),
    /// Any symbols.
    Any(Vec<Index>),
    /// A code of a batch, of whatever format.
    Known(Index, Index),
}

/// A single-use code to reserve.
#[derive(Debug, Clone)]
pub(super) enum Single {
    /// Begins as those of formats of six symbols do.
    Alike(u16),
    Whole(u16),
    Wrong(u16),
    /// A code of a batch.
    Known(Index, Index),
}

fn amounts() -> impl Strategy<Value = Amount> {
    prop_oneof![
        8 => (1..=300_usize).prop_map(Amount::Some),
        1 => (1..=9000_usize).prop_map(Amount::Some),
        3 => (0..=100_u128).prop_map(Amount::Percent),
        4 => Just(Amount::All),
        2 => Just(Amount::OneMore),
    ]
}

fn codes() -> impl Strategy<Value = Code> {
    prop_oneof![
        6 => any::<[Index; 3]>().prop_map(Code::Alike),
        2 => vec(any::<Index>(), 30).prop_map(Code::Any),
        1 => any::<(Index, Index)>().prop_map(|(batch, coupon)| Code::Known(batch, coupon)),
    ]
}

fn singles() -> impl Strategy<Value = Single> {
    prop_oneof![
        8 => any::<u16>().prop_map(Single::Alike),
        4 => any::<u16>().prop_map(Single::Whole),
        2 => any::<(Index, Index)>().prop_map(|(batch, coupon)| Single::Known(batch, coupon)),
        1 => any::<u16>().prop_map(Single::Wrong),
    ]
}

fn rows() -> impl Strategy<Value = Vec<(Single, Option<(Index, Code)>)>> {
    let custom = proptest::option::of((any::<Index>(), codes()));
    vec((singles(), custom), 0..6)
}

fn valid() -> impl Strategy<Value = Valid> {
    prop_oneof![
        any::<u32>().prop_map(Valid::Seconds),
        (0..12_000_i16).prop_map(Valid::Months),
        (-1_000_000..1_000_000_000_i64).prop_map(Valid::Until),
    ]
}

fn steps(campaigns: &'static [&'static str]) -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    let name = move || select(campaigns);
    let format = proptest::option::weighted(0.9, index());
    prop_oneof![
        4 => (name(), said()).prop_map(|(name, said)| Step::AddCampaign(name, said)),
        1 => name().prop_map(Step::RemoveCampaign),
        16 => (name(), format, amounts())
            .prop_map(|(name, format, amount)| Step::Generate(name, format, amount)),
        6 => (name(), index(), vec(codes(), 0..40))
            .prop_map(|(name, format, codes)| Step::ReserveCustom(name, format, codes)),
        3 => (name(), vec(singles(), 0..20))
            .prop_map(|(name, codes)| Step::ReserveSingleUse(name, codes)),
        3 => (name(), any::<[Index; 2]>(), rows())
            .prop_map(|(name, formats, rows)| Step::ReserveCoupons(name, formats, rows)),
        8 => index().prop_map(Step::Release),
        1 => (name(), valid()).prop_map(|(name, valid)| Step::SetValidity(name, valid)),
        2 => name().prop_map(Step::Restart),
    ]
}

/// A history begins with a campaign in use.
pub(super) fn histories(steps: Range<usize>) -> impl Strategy<Value = Vec<Step>> {
    let first = (select(&CAMPAIGNS[..]), said());
    let first = first.prop_map(|(name, said)| Step::AddCampaign(name, said));
    (first, vec(self::steps(&CAMPAIGNS), steps)).prop_map(|(first, mut steps)| {
        steps.insert(0, first);
        steps
    })
}

/// The same where campaigns mostly leave out words.
pub(super) fn histories_with_words(steps: Range<usize>) -> impl Strategy<Value = Vec<Step>> {
    let add = || (select(&CAMPAIGNS[..]), said_with_words());
    let add = || add().prop_map(|(name, said)| Step::AddCampaign(name, said));
    let step = prop_oneof![1 => add(), 8 => self::steps(&CAMPAIGNS)];
    (add(), vec(step, steps)).prop_map(|(first, mut steps)| {
        steps.insert(0, first);
        steps
    })
}

/// The history of one campaign, which is there all the time.
pub(super) fn histories_of_one(steps: Range<usize>) -> impl Strategy<Value = Vec<Step>> {
    vec(self::steps(&CAMPAIGNS[..1]), steps).prop_map(|mut steps| {
        steps.retain(|step| !matches!(step, Step::RemoveCampaign(_)));
        steps
    })
}

impl Valid {
    pub(super) fn validity(self) -> Validity {
        match self {
            Self::Seconds(seconds) => Duration::from_secs(seconds.into()).into(),
            Self::Months(months) => months.months().into(),
            Self::Until(second) => Timestamp::from_second(second).unwrap().into(),
        }
    }

    pub(super) fn end(self) -> Timestamp {
        match self {
            Self::Seconds(seconds) => Timestamp::from_second(seconds.into()).unwrap(),
            Self::Months(months) => {
                let (year, month) = (1970 + months / 12, months % 12 + 1);
                format!("{year}-{month:02}-01T00:00:00Z").parse().unwrap()
            }
            Self::Until(second) => Timestamp::from_second(second).unwrap(),
        }
    }
}

impl Amount {
    pub(super) fn of(self, left: u128) -> usize {
        // As much as fills formats of a few digits, and is fast.
        let most = if left <= 20_000 { 20_001 } else { 2000 };
        let amount = match self {
            Self::Some(amount) => amount as u128,
            Self::Percent(percent) => left.min(most) * percent / 100,
            Self::All => left.min(most),
            Self::OneMore => left.min(most) + 1,
        };
        usize::try_from(amount.max(1)).unwrap()
    }
}
