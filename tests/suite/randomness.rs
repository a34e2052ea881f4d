//! Every free code is equally likely. Chi-square tests with fixed seeds: a failure is a bug, not bad
//! luck. The limit is set where a fair source fails once in a hundred million runs.

use std::collections::HashMap;

use couponmint::{Engine, Format};

use crate::common::{CAMPAIGN, built, custom, customs, numeric, plain, seeded, single_uses, spelt};

/// The statistic of counts that should all be alike, in standard deviations from its mean.
///
/// Wilson and Hilferty: the cube root of chi-square / k is nearly normal, of mean 1 - 2 / 9k and
/// variance 2 / 9k (PNAS 17, 1931).
fn deviation(counts: &[u32]) -> f64 {
    let (total, cells) = (
        counts.iter().sum::<u32>(),
        u32::try_from(counts.len()).unwrap(),
    );
    let (total, cells) = (f64::from(total), f64::from(cells));
    let expected = total / cells;
    assert!(expected >= 5.0, "too few draws for a chi-square test");
    let square = |&count: &u32| (f64::from(count) - expected).powi(2) / expected;
    let statistic: f64 = counts.iter().map(square).sum();
    let freedom = cells - 1.0;
    let spread = 2.0 / (9.0 * freedom);
    ((statistic / freedom).cbrt() - (1.0 - spread)) / spread.sqrt()
}

#[track_caller]
fn assert_even(counts: &[u32], what: &str) {
    let deviation = deviation(counts);
    assert!(
        deviation.abs() < 5.7,
        "{what}: {deviation} standard deviations"
    );
}

/// Counts by a key below `cells`.
fn tally(cells: usize, keys: impl IntoIterator<Item = usize>) -> Vec<u32> {
    let mut counts = vec![0; cells];
    for key in keys {
        counts[key] += 1;
    }
    counts
}

fn assert_symbols_even(codes: &[String], alphabet: &str, from: usize) {
    let base = alphabet.len();
    let digit = |code: &String, at: usize| alphabet.find(&code[at..=at]).unwrap();
    let length = codes[0].len();
    for at in from..length {
        let counts = tally(base, codes.iter().map(|code| digit(code, at)));
        assert_even(&counts, &format!("symbols at {at}"));
    }
    for at in from..length - 1 {
        let pair = |code: &String| digit(code, at) * base + digit(code, at + 1);
        assert_even(
            &tally(base * base, codes.iter().map(pair)),
            &format!("pairs at {at}"),
        );
    }
    let neighbours = |pair: &[String]| digit(&pair[0], from) * base + digit(&pair[1], from);
    let counts = tally(base * base, codes.windows(2).map(neighbours));
    assert_even(&counts, "first symbols of codes in a row");
}

fn issue(engine: &Engine, format: &Format, amount: usize, times: usize) -> Vec<String> {
    let issue = |_| customs(&engine.generate(&custom(amount, format)).unwrap());
    (0..times).flat_map(issue).collect()
}

#[test]
fn the_test_itself_sees_a_bias() {
    let fair = tally(36, (0..100_000).map(|i| i * 7919 % 36));
    assert!(deviation(&fair) < 5.7);
    let bytes = (0..=255_usize).cycle().take(1_000_000);
    let modulo = tally(36, bytes.map(|byte| byte % 36));
    assert!(deviation(&modulo) > 20.0);
}

#[test]
fn single_use_codes_are_even_in_head_and_tail() {
    let engine = built(seeded(1));
    let codes: Vec<_> = (0..3)
        .flat_map(|_| single_uses(&engine.generate(&plain(100_000)).unwrap()))
        .collect();
    assert_symbols_even(&codes, "0123456789abcdefghijklmnopqrstuvwxyz", 0);
}

#[test]
fn custom_codes_are_even_in_every_base() {
    let alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (alphabet, length) in [
        ("0123456789", 10),
        ("0123456789", 19),
        ("0123456789", 25),
        (alphanumeric, 10),
        (alphanumeric, 25),
        ("xyz", 30),
    ] {
        let codes = issue(&built(seeded(2)), &spelt("", alphabet, length), 100_000, 2);
        assert_symbols_even(&codes, alphabet, 0);
    }
}

/// Ranks of a bound far from a power of two, in buckets: 10^19 rejects 46 % of all words.
#[test]
fn ranks_fill_their_range_evenly() {
    for length in [12, 18, 19] {
        let format = numeric("", length);
        let codes = issue(&built(seeded(3)), &format, 100_000, 2);
        let bucket = |code: &String| {
            let rank = format.rank(code).unwrap();
            (u128::from(rank) * 1000 / u128::from(format.capacity())) as usize
        };
        assert_even(&tally(1000, codes.iter().map(bucket)), "ranks in buckets");
    }
}

/// The codes of a keyspace of 60, of which some are reserved, drawn to the end: in each place each
/// free code comes up equally often, redrawn or not.
fn assert_order_even(reserved: usize, amount: usize) {
    let format = spelt("", "0123", 3);
    let free: Vec<u64> = (0..64)
        .filter(|rank| (rank * 13) % 64 >= reserved as u64)
        .collect();
    let taken = (0..64).filter(|rank| !free.contains(rank));
    let taken: Vec<_> = taken.map(|rank| format.code(rank).unwrap()).collect();
    let mut places = HashMap::<usize, Vec<u32>>::new();
    let mut pairs = vec![0_u32; free.len() * free.len()];
    for seed in 0..4000_u64 {
        let mut bytes = [9; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let engine = built(Engine::builder().seed(bytes));
        engine.reserve_custom(CAMPAIGN, &format, &taken).unwrap();
        let codes = issue(&engine, &format, amount, 1);
        let index = |code: &String| {
            let rank = format.rank(code).unwrap();
            free.binary_search(&rank)
                .expect("a reserved code was issued")
        };
        for (place, code) in codes.iter().enumerate() {
            let counts = places.entry(place).or_insert_with(|| vec![0; free.len()]);
            counts[index(code)] += 1;
        }
        if amount > 1 {
            pairs[index(&codes[0]) * free.len() + index(&codes[amount - 1])] += 1;
        }
    }
    for (place, counts) in &places {
        assert_even(
            counts,
            &format!("{reserved} reserved, place {place} of {amount}"),
        );
    }
    if amount > 1 && free.len() <= 16 {
        let distinct = |&(pair, _): &(usize, &u32)| pair / free.len() != pair % free.len();
        let counts = pairs.iter().enumerate().filter(distinct);
        let counts: Vec<_> = counts.map(|(_, &count)| count).collect();
        assert_even(&counts, "first and last together");
    }
}

#[test]
fn each_order_of_free_codes_is_equally_likely() {
    for (reserved, amount) in [
        (0, 64),
        (0, 10),
        (32, 32),
        (48, 16),
        (48, 3),
        (56, 8),
        (62, 2),
        (60, 1),
    ] {
        assert_order_even(reserved, amount);
    }
}

/// The same where another format has taken the codes, so that free ranks are listed one by one.
#[test]
fn codes_beside_an_overlapping_format_are_even() {
    let (wide, narrow) = (spelt("", "01", 5), spelt("1", "01", 4));
    let mut counts = [0; 32];
    for seed in 0..4000_u64 {
        let mut bytes = [8; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let engine = built(Engine::builder().seed(bytes));
        issue(&engine, &narrow, 12, 1);
        for code in issue(&engine, &wide, 20, 1) {
            counts[wide.rank(&code).unwrap() as usize] += 1_u32;
        }
    }
    // All 16 codes that begin with 0 are issued each time, and 4 of the 16 others.
    assert!(counts[..16].iter().all(|&count| count == 4000));
    assert_even(&counts[16..], "codes that begin with 1");
}
