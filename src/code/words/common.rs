//! How many codes two formats have in common.

use std::collections::BTreeMap;

use crate::code::{
    check::CheckSymbol,
    format::Format,
    words::automaton::{DIRTY, ROOT, State},
};

/// How many codes of a format another one spells that has no check symbol: both are followed through all texts at once, from
/// place to place. For short texts alone.
pub(crate) fn count_common(format: &Format, other: &Format) -> u128 {
    let next = |format: &Format, state: State, place: usize, symbol: u8| match format.scan() {
        Some(scan) => Some(scan.after(state, place, symbol)).filter(|&state| state != DIRTY),
        None => Some(state),
    };
    let check = format.check_symbol();
    let (alphabet, mut drawn) = (format.alphabet(), 0);
    let start = check.map_or(0, CheckSymbol::start);
    let mut ways = BTreeMap::from([((ROOT, ROOT, start), 1_u128)]);
    for place in 0..format.text_length() {
        let is_drawn = drawn < format.drawn() && format.place(drawn) == place;
        let mut after = BTreeMap::new();
        for (&(own, others, sum), &count) in &ways {
            for symbol in format.common_symbols(other, place) {
                let states =
                    next(format, own, place, symbol).zip(next(other, others, place, symbol));
                let Some((own, others)) = states else {
                    continue;
                };
                let sum = match check {
                    Some(check) if is_drawn => check.step(alphabet, drawn, sum, symbol),
                    Some(check)
                        if check.place() == place && check.symbol(alphabet, sum) != symbol =>
                    {
                        continue;
                    }
                    _ => sum,
                };
                *after.entry((own, others, sum)).or_insert(0) += count;
            }
        }
        drawn += usize::from(is_drawn);
        ways = after;
    }
    ways.values().sum()
}
