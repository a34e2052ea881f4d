//! What is said when the coupons are there: how many, how fast, what is left, and how safe that is.

use std::time::Duration;

use couponmint::{Alphabet, Error, Format};
use indicatif::HumanCount;

use crate::{minting::Mint, options::OutputFormat, setup::without, spreadsheet};

/// How many and how fast, what is left, how safe that is, and what to take care of.
pub(crate) fn report(
    mint: &Mint,
    minting: Duration,
    output: OutputFormat,
) -> Result<String, Error> {
    let widget = Format::with_alphabet("", Alphabet::base36(), 6)?;
    let widget = without(widget, &mint.words)?;
    let (campaign, issued) = (mint.request.campaign(), mint.coupons());
    let rate = u128::from(issued) * 1_000_000_000 / minting.as_nanos().max(1);
    let widgets = mint.engine.remaining_widget_codes(campaign)?;
    let mut left = format!("{} widget codes", HumanCount(widgets));
    let guessed = one_in(widget.capacity(), widgets.into(), issued);
    let mut odds = format!("a blind guess hits a widget code in use one time in {guessed}");
    if let Some(format) = mint.request.format() {
        let customs = mint.engine.remaining(campaign, format)?;
        left = format!("{left} and {} custom codes", human_count(customs));
        let guessed = one_in(format.capacity(), customs, issued);
        odds = format!("{odds}, a custom code one time in {guessed}");
    }
    let mut report = format!(
        "{} coupons for {campaign} in {minting:.1?}, {} per second (minting alone)\n\
         left: {left}\n\
         {odds}",
        HumanCount(issued),
        human_count(rate),
    );
    let formats: Vec<_> = [Some(&widget), mint.request.format()]
        .into_iter()
        .flatten()
        .collect();
    if let (OutputFormat::Csv, Some(warning)) = (output, spreadsheet::warning(&formats)) {
        report = format!("{report}\n{warning}");
    }
    Ok(report)
}

/// The guesses for each code in use, of which there are at least those just issued.
fn one_in(capacity: u128, free: u128, issued: u64) -> String {
    let in_use = (capacity - free).max(issued.into());
    let guesses = capacity / in_use + u128::from(capacity % in_use >= in_use.div_ceil(2));
    match capacity {
        u128::MAX => format!("more than {guesses:.0e}"),
        _ => human_count(guesses),
    }
}

/// A count as people read it; a huge one by its order of magnitude.
fn human_count(count: u128) -> String {
    match u64::try_from(count) {
        Ok(count) => HumanCount(count).to_string(),
        Err(_) if count == u128::MAX => format!("more than {count:.0e}"),
        Err(_) => format!("{count:.2e}"),
    }
}
