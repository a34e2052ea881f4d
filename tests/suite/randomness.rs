//! Every free code is equally likely. Chi-square tests with fixed seeds: a failure is a bug, not bad
//! luck. The limit is set where a fair source fails once in a hundred million runs.

use couponmint::{Engine, Format};

use crate::common::{
    CAMPAIGN, alphanumeric, bar, built, custom, customs, numeric, plain, seeded, single_uses, spelt,
};

/// The statistic of counts that should all be alike, in standard deviations from its mean.
fn deviation(counts: &[u32]) -> f64 {
    deviation_of_any(counts, 1.0)
}

/// The same for counts that vary less, or more, than those of independent draws, by this factor.
///
/// Wilson and Hilferty: the cube root of chi-square / k is nearly normal, of mean 1 - 2 / 9k and
/// variance 2 / 9k (PNAS 17, 1931).
fn deviation_of_any(counts: &[u32], variance: f64) -> f64 {
    let (total, cells) = (
        counts.iter().sum::<u32>(),
        u32::try_from(counts.len()).unwrap(),
    );
    let (total, cells) = (f64::from(total), f64::from(cells));
    let expected = total / cells;
    assert!(expected >= 5.0, "too few draws for a chi-square test");
    let square = |&count: &u32| (f64::from(count) - expected).powi(2) / expected;
    let statistic = counts.iter().map(square).sum::<f64>() / variance;
    let freedom = cells - 1.0;
    let spread = 2.0 / (9.0 * freedom);
    ((statistic / freedom).cbrt() - (1.0 - spread)) / spread.sqrt()
}

#[track_caller]
fn assert_even(counts: &[u32], what: &str) {
    assert_small(deviation(counts), what);
}

#[track_caller]
fn assert_small(deviation: f64, what: &str) {
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

/// Ranks of bounds far from a power of two, in buckets: 10^19 rejects 46 % of all words.
#[test]
fn ranks_fill_their_range_evenly() {
    let base36 = "0123456789abcdefghijklmnopqrstuvwxyz";
    for format in [
        numeric("", 12),
        numeric("", 18),
        numeric("", 19),
        spelt("", base36, 6),
        spelt("", base36, 12),
        alphanumeric("", 5),
        alphanumeric("", 10),
    ] {
        let codes = issue(&built(seeded(3)), &format, 100_000, 2);
        let bucket = |code: &String| {
            let rank = format.rank(code).unwrap();
            (u128::from(rank) * 1000 / u128::from(format.capacity())) as usize
        };
        assert_even(&tally(1000, codes.iter().map(bucket)), "ranks in buckets");
    }
}

/// Seeds for many runs of one experiment.
fn seeds(experiment: u8, runs: u64) -> impl Iterator<Item = Engine> {
    (0..runs).map(move |run| {
        let mut seed = [experiment; 32];
        seed[..8].copy_from_slice(&run.to_le_bytes());
        built(Engine::builder().seed(seed))
    })
}

/// Some codes of a keyspace in which others are reserved: in each place each free code comes up
/// equally often, and with each other one in the first and the last place. Free codes are counted in
/// this many cells.
fn assert_order_even(format: &Format, reserved: u64, amount: usize, cells: usize) {
    let capacity = format.capacity();
    let is_taken = |rank: u64| (rank * 13) % capacity < reserved;
    let free: Vec<u64> = (0..capacity).filter(|&rank| !is_taken(rank)).collect();
    let taken = (0..capacity).filter(|&rank| is_taken(rank));
    let taken: Vec<_> = taken.map(|rank| format.code(rank).unwrap()).collect();
    assert_eq!(free.len() % cells, 0);
    let mut places = vec![vec![0_u32; cells]; amount];
    let mut codes_seen = vec![0_u32; free.len()];
    let mut pairs = vec![0_u32; cells * cells];
    for engine in seeds(9, 4000) {
        engine.reserve_custom(CAMPAIGN, format, &taken).unwrap();
        let codes = issue(&engine, format, amount, 1);
        let index = |code: &String| {
            let rank = format.rank(code).unwrap();
            free.binary_search(&rank)
                .expect("a reserved code was issued")
        };
        let cell = |code| index(code) * cells / free.len();
        for (counts, code) in places.iter_mut().zip(&codes) {
            counts[cell(code)] += 1;
            codes_seen[index(code)] += 1;
        }
        pairs[cell(&codes[0]) * cells + cell(&codes[amount - 1])] += 1;
    }
    let what = format!("{reserved} of {capacity} reserved, {amount} issued");
    for (place, counts) in places.iter().enumerate() {
        assert_even(counts, &format!("{what}, place {place}"));
    }
    if amount < free.len() {
        // No code comes twice in a run.
        let [issued, free] = [amount, free.len()].map(|count| f64::from(count as u32));
        let variance = (free - issued) / (free - 1.0);
        assert_small(deviation_of_any(&codes_seen, variance), &what);
    }
    if amount > 1 && cells <= 16 {
        // With a cell for each code, one code is not in two places.
        let can_be =
            |&(pair, _): &(usize, &u32)| cells < free.len() || pair / cells != pair % cells;
        let counts = pairs.iter().enumerate().filter(can_be);
        let counts: Vec<_> = counts.map(|(_, &count)| count).collect();
        assert_even(&counts, &format!("{what}, first and last together"));
    }
}

/// Keyspaces so small or full that their free codes are listed and chosen.
#[test]
fn each_order_of_free_codes_is_equally_likely() {
    let format = spelt("", "0123", 3);
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
        let cells = usize::try_from(64 - reserved).unwrap();
        assert_order_even(&format, reserved, amount, cells);
    }
}

/// Keyspaces with so much room that codes are drawn. Some tens are drawn twice or taken, and redrawn.
#[test]
fn drawn_and_redrawn_codes_are_equally_likely() {
    let base4 = spelt("", "0123", 6);
    let base36 = spelt("", "0123456789abcdefghijklmnopqrstuvwxyz", 3);
    for (format, reserved, amount) in [
        (&base4, 0, 400),
        (&base4, 512, 300),
        (&base4, 1024, 160),
        (&numeric("", 4), 2000, 100),
        (&base36, 1600, 400),
    ] {
        assert_order_even(format, reserved, amount, 16);
    }
}

/// The same where another format has issued a quarter of the codes, those that begin with 3.
#[test]
fn codes_drawn_beside_an_overlapping_format_are_even() {
    let (wide, narrow) = (spelt("", "0123", 5), spelt("3", "0123", 4));
    let mut places = vec![vec![0_u32; 16]; 100];
    for engine in seeds(7, 2000) {
        issue(&engine, &narrow, 256, 1);
        for (counts, code) in places.iter_mut().zip(issue(&engine, &wide, 100, 1)) {
            let rank = usize::try_from(wide.rank(&code).unwrap()).unwrap();
            counts[rank / 48] += 1;
        }
    }
    for (place, counts) in places.iter().enumerate() {
        assert_even(counts, &format!("place {place}"));
    }
}

/// The same where another format has taken codes, so that free ranks are listed one by one: each of
/// the 20 free codes comes equally often in each place.
#[test]
fn codes_beside_an_overlapping_format_are_even() {
    let (wide, narrow) = (spelt("", "01", 5), spelt("1", "01", 4));
    let mut places = vec![vec![0_u32; 20]; 16];
    for engine in seeds(8, 4000) {
        let taken = issue(&engine, &narrow, 12, 1);
        let codes = (0..32).map(|rank| wide.code(rank).unwrap());
        let free: Vec<_> = codes.filter(|code| !taken.contains(code)).collect();
        let codes = issue(&engine, &wide, 16, 1);
        for (counts, code) in places.iter_mut().zip(&codes) {
            let index = free.binary_search(code);
            counts[index.expect("a taken code was issued")] += 1;
        }
    }
    for (place, counts) in places.iter().enumerate() {
        assert_even(counts, &format!("place {place}"));
    }
}

/// The same where other formats bar whole blocks of codes, all but three in a thousand of 10^19.
#[test]
fn codes_between_barred_blocks_are_even() {
    let (engine, format) = (built(seeded(5)), numeric("1234567", 19));
    let open = ["1234567000", "1234567015", "1234567999"];
    for start in (0..1000).map(|number| format!("1234567{number:03}")) {
        if !open.contains(&&*start) {
            bar(&engine, &start, 26);
        }
    }
    let each = format.capacity() / 1000;
    assert_eq!(engine.remaining(CAMPAIGN, &format), Ok(3 * each));
    let codes = issue(&engine, &format, 50_000, 2);
    let gap = |code: &String| open.iter().position(|start| code.starts_with(start));
    let gaps = codes
        .iter()
        .map(|code| gap(code).expect("a barred code was issued"));
    assert_even(&tally(3, gaps), "gaps");
    assert_symbols_even(&codes, "0123456789", 10);
}
