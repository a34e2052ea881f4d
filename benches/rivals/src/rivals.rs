//! Other ways, with crates off the shelf. Sets get room for the whole batch beforehand, and they are
//! the answer: nothing is copied out of them.

use std::{array, collections::HashSet};

use permutation_iterator::Permutor;
use rand::{
    RngExt,
    distr::{Alphanumeric, SampleString},
    seq::index,
};
use tq_code_generator_core::generate_random_code;
use uuid::Uuid;

use crate::{
    common::LARGE,
    run::{Column, Run},
};

const BASE36: [char; 36] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i',
    'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
];
/// Widget codes and custom codes there are.
const RANKS: [u64; 2] = [36_u64.pow(6), 62_u64.pow(10)];

/// The usual way: draw a `String`, keep it if the set is without it. Whole codes are told apart, not
/// widget codes, which nobody does by hand.
pub(crate) fn usual() -> Run {
    sets(usual_single_use, usual_custom)
}

pub(crate) fn usual_single_use() -> String {
    nanoid::nanoid!(21, &BASE36)
}

pub(crate) fn usual_custom() -> String {
    let mut code = String::from("test_");
    Alphanumeric.append_string(&mut rand::rng(), &mut code, 10);
    code
}

/// The one crate that is made for such codes. It draws letters only and leaves distinctness to its
/// users.
pub(crate) fn code_generator() -> Run {
    let custom = || format!("test_{}", generate_random_code(10));
    sets(|| generate_random_code(21), custom)
}

/// What `Algorithm::CouponCode` of Perl does, and its ports to Ruby, JavaScript and Elixir do; Rust has none. Three parts
/// of three symbols and a check symbol each. Distinctness is left to its users. (It does not look for words here,
/// as in Ruby.)
pub(crate) fn coupon_code() -> Run {
    sets(usual_single_use, three_parts)
}

const LEGIBLE: &[u8; 32] = b"0123456789ABCDEFGHJKLMNPQRTUVWXY";

fn three_parts() -> String {
    let parts: [String; 3] = array::from_fn(part);
    parts.join("-")
}

fn part(number: usize) -> String {
    let drawn = [(); 3].map(|()| rand::rng().random_range(0..LEGIBLE.len()));
    let append = |sum, symbol| sum * 19 + symbol;
    let check = drawn.into_iter().fold(number + 1, append) % 31;
    let symbols = drawn.into_iter().chain([check]);
    symbols.map(|symbol| char::from(LEGIBLE[symbol])).collect()
}

/// One identifier a coupon, and no custom code. With the thread's generator, its fastest setting.
pub(crate) fn uuid() -> Run {
    let make = || set(|| Uuid::new_v4().simple().to_string());
    Run::of(LARGE, make, |codes| vec![Column::of_texts(codes)])
}

/// Distinct numbers without text: as many of 36^6 and of 62^10.
pub(crate) fn index_sample() -> Run {
    let sample = |ranks: u64| index::sample(&mut rand::rng(), ranks as usize, LARGE);
    let columns = |numbers: [index::IndexVec; 2]| {
        let column = |numbers: index::IndexVec| {
            Column::of_numbers(numbers.into_iter().map(|number| number as u64))
        };
        numbers.map(column).into()
    };
    Run::of(LARGE, || RANKS.map(sample), columns)
}

/// Distinct numbers without text, by a keyed permutation.
pub(crate) fn permutation() -> Run {
    let draw = |ranks| Permutor::new(ranks).take(LARGE).collect::<Vec<u64>>();
    let columns = |numbers: [Vec<u64>; 2]| numbers.map(Column::of_numbers).into();
    Run::of(LARGE, || RANKS.map(draw), columns)
}

fn sets(single_use: impl FnMut() -> String, custom: impl FnMut() -> String) -> Run {
    let columns = |sets: [HashSet<String>; 2]| sets.map(Column::of_texts).into();
    Run::of(LARGE, || [set(single_use), set(custom)], columns)
}

fn set(mut draw: impl FnMut() -> String) -> HashSet<String> {
    let mut codes = HashSet::with_capacity(LARGE);
    while codes.len() < LARGE {
        codes.insert(draw());
    }
    codes
}
