//! Every free code is equally likely. Chi-square tests with fixed seeds: a failure is a bug, not bad
//! luck. The limit is set where a fair source fails once in a hundred million runs.

use couponmint::{Batch, Campaign, Check, Engine, Format, Words};

use crate::common::{
    CAMPAIGN, alphanumeric, assert_refused, base36, built, checked, custom, customs, issue,
    numeric, pattern_of, plain, seeded, single_uses, spelt,
};

const DIGITS: &str = "0123456789";
const BASE36: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

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
pub(crate) fn assert_even(counts: &[u32], what: &str) {
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
pub(crate) fn tally(cells: usize, keys: impl IntoIterator<Item = usize>) -> Vec<u32> {
    let mut counts = vec![0; cells];
    for key in keys {
        counts[key] += 1;
    }
    counts
}

/// That each symbol comes equally often in each place, and with each other one in the next place, in
/// the place as far from the end, and in the next code.
fn assert_symbols_even(codes: &[String], alphabet: &str, from: usize) {
    let base = alphabet.len();
    let digit = |symbol| alphabet.find(symbol).unwrap();
    let digits = |code: &String| code[from..].chars().map(digit).collect::<Vec<_>>();
    let codes: Vec<_> = codes.iter().map(digits).collect();
    let length = codes[0].len();
    for at in 0..length {
        let counts = tally(base, codes.iter().map(|code| code[at]));
        assert_even(&counts, &format!("symbols at {at}"));
    }
    let next = (0..length - 1).map(|at| (at, at + 1));
    let opposite = (0..length / 2).map(|at| (at, length - 1 - at));
    for (one, other) in next.chain(opposite) {
        let pairs = codes.iter().map(|code| code[one] * base + code[other]);
        let counts = tally(base * base, pairs);
        assert_even(&counts, &format!("pairs at {one} and {other}"));
    }
    let neighbours = codes.windows(2).map(|pair| pair[0][0] * base + pair[1][0]);
    let counts = tally(base * base, neighbours);
    assert_even(&counts, "first symbols of codes in a row");
}

/// The codes of many batches.
fn issue_often(engine: &Engine, format: &Format, amount: usize, times: usize) -> Vec<String> {
    (0..times)
        .flat_map(|_| issue(engine, format, amount))
        .collect()
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
fn single_use_codes_are_even_to_the_last_symbol() {
    let engine = built(seeded(1));
    let codes: Vec<_> = (0..3)
        .flat_map(|_| single_uses(&engine.generate(&plain(100_000)).unwrap()))
        .collect();
    assert_symbols_even(&codes, BASE36, 0);
}

#[test]
fn custom_codes_are_even_in_every_base() {
    for (alphabet, length) in [(DIGITS, 10), (DIGITS, 19), (BASE62, 10), ("xyz", 30)] {
        let codes = issue_often(&built(seeded(2)), &spelt("", alphabet, length), 100_000, 2);
        assert_symbols_even(&codes, alphabet, 0);
    }
}

/// Codes of two and of three numbers: the first and the last of each length, and some between.
#[test]
fn long_codes_are_even_to_the_last_symbol() {
    for (prefix, alphabet, length) in [
        ("", DIGITS, 20),
        ("", DIGITS, 25),
        ("N-", DIGITS, 30),
        ("", BASE62, 11),
        ("x", BASE62, 16),
        ("", BASE62, 20),
        ("", BASE62, 21),
        ("", BASE62, 22),
        ("", BASE62, 30),
        ("", BASE36, 13),
        ("-", BASE36, 25),
    ] {
        let format = spelt(prefix, alphabet, length);
        let codes = issue_often(&built(seeded(4)), &format, 100_000, 2);
        assert_symbols_even(&codes, alphabet, prefix.len());
    }
}

/// Custom codes and widget codes of one set.
#[test]
fn both_kinds_of_code_are_even_beside_each_other() {
    let engine = built(seeded(6));
    let batches = [(); 3].map(|()| engine.generate(&custom(100_000, &base36("", 6))).unwrap());
    let customs: Vec<_> = batches.iter().flat_map(customs).collect();
    assert_symbols_even(&customs, BASE36, 0);
    let singles: Vec<_> = batches.iter().flat_map(single_uses).collect();
    assert_symbols_even(&singles, BASE36, 0);
}

/// Ranks of bounds far from a power of two, in buckets: 10^19 rejects 46 % of all words.
#[test]
fn ranks_fill_their_range_evenly() {
    for format in [
        numeric("", 12),
        numeric("", 18),
        numeric("", 19),
        numeric("", 20),
        numeric("", 30),
        base36("", 6),
        base36("", 12),
        base36("", 20),
        alphanumeric("", 5),
        alphanumeric("", 10),
        alphanumeric("", 11),
        alphanumeric("", 15),
    ] {
        assert_ranks_even(&format, issue_often(&built(seeded(3)), &format, 100_000, 2));
    }
}

/// That codes are spread evenly over all of a format, in a thousand parts.
#[track_caller]
pub(crate) fn assert_ranks_even(format: &Format, codes: impl IntoIterator<Item = impl AsRef<str>>) {
    // So that a thousand times a rank fits.
    let cut = 10_u32.saturating_sub(format.capacity().leading_zeros());
    let capacity = format.capacity() >> cut;
    let bucket = |code: &str| ((format.rank(code).unwrap() >> cut) * 1000 / capacity) as usize;
    let buckets = codes.into_iter().map(|code| bucket(code.as_ref()));
    assert_even(&tally(1000, buckets), "ranks in buckets");
}

/// The same of codes without words, among those that hold none.
#[test]
fn ranks_without_words_fill_their_range_evenly() {
    let english = Words::english();
    let clean = |format: Format| format.without_words(&english).unwrap();
    for format in [
        alphanumeric("", 10),
        alphanumeric("fu", 8),
        base36("a", 12),
        pattern_of("##-A##-###", BASE36),
        checked(pattern_of("###-###-#", BASE36), Check::Iso7064),
    ] {
        let format = clean(format);
        assert_ranks_even(&format, issue_often(&built(seeded(3)), &format, 100_000, 2));
    }
    let engine = seeded(5).build();
    let campaign = Campaign::new(CAMPAIGN).unwrap().without_words(&english);
    assert!(engine.add_campaign(campaign));
    let batches = [(); 2].map(|()| engine.generate(&plain(100_000)).unwrap());
    let widgets = batches.iter().flat_map(Batch::widget_validation_codes);
    assert_ranks_even(&clean(base36("", 6)), widgets);
}

/// Seeds for many runs of one experiment.
fn seeds(experiment: u8, runs: u64) -> impl Iterator<Item = Engine> {
    (0..runs).map(move |run| {
        let mut seed = [experiment; 32];
        seed[..8].copy_from_slice(&run.to_le_bytes());
        built(Engine::builder().seed(seed))
    })
}

/// Some codes of a keyspace of which others are taken: in each place each free code comes up equally
/// often, and with each other one in the first and the last place. Free codes are counted in this many
/// cells.
struct Places<'a> {
    format: &'a Format,
    /// In so many requests.
    amounts: &'a [usize],
    cells: usize,
    runs: u64,
}

impl Places<'_> {
    /// `take` takes codes, which can be others in each run, but are as many; and gives them.
    #[track_caller]
    fn assert_even(&self, take: impl Fn(&Engine) -> Vec<String>) {
        let (cells, amount) = (self.cells, self.amounts.iter().sum::<usize>());
        let mut places = vec![vec![0_u32; cells]; amount];
        let mut pairs = vec![0_u32; cells * cells];
        let mut codes_seen = Vec::new();
        let rank = |code: &String| self.format.rank(code).unwrap() as usize;
        for engine in seeds(9, self.runs) {
            // The number of each free code among them.
            let mut numbers = vec![Some(0); self.format.capacity() as usize];
            for code in take(&engine) {
                numbers[rank(&code)] = None;
            }
            let free = numbers.iter_mut().flatten().zip(0..);
            let free = free.map(|(place, number)| *place = number).count();
            assert_eq!(free % cells, 0);
            codes_seen.resize(free, 0_u32);
            let issue = |&amount: &usize| issue(&engine, self.format, amount);
            let codes: Vec<_> = self.amounts.iter().flat_map(issue).collect();
            let index = |code| numbers[rank(code)].expect("a taken code was issued");
            let cell = |code| index(code) * cells / free;
            for (counts, code) in places.iter_mut().zip(&codes) {
                counts[cell(code)] += 1;
            }
            pairs[cell(&codes[0]) * cells + cell(&codes[amount - 1])] += 1;
            for code in &codes {
                codes_seen[index(code)] += 1;
            }
        }
        for (place, counts) in places.iter().enumerate() {
            assert_even(counts, &format!("{:?}, place {place}", self.amounts));
        }
        self.assert_codes_even(&codes_seen, amount);
        self.assert_pairs_even(&pairs, codes_seen.len(), amount);
    }

    #[track_caller]
    fn assert_codes_even(&self, codes_seen: &[u32], amount: usize) {
        if amount < codes_seen.len() {
            // No code comes twice in a run.
            let [issued, free] = [amount, codes_seen.len()].map(|count| f64::from(count as u32));
            let variance = (free - issued) / (free - 1.0);
            let deviation = deviation_of_any(codes_seen, variance);
            assert_small(deviation, &format!("{:?}", self.amounts));
        }
    }

    #[track_caller]
    fn assert_pairs_even(&self, pairs: &[u32], free: usize, amount: usize) {
        let cells = self.cells;
        if amount > 1 && cells <= 16 {
            // With a cell for each code, one code is not in two places.
            let can_be = |&(pair, _): &(usize, &u32)| cells < free || pair / cells != pair % cells;
            let counts = pairs.iter().enumerate().filter(can_be);
            let counts: Vec<_> = counts.map(|(_, &count)| count).collect();
            assert_even(
                &counts,
                &format!("{:?}, first and last together", self.amounts),
            );
        }
    }
}

fn places<'a>(format: &'a Format, amounts: &'a [usize], cells: usize) -> Places<'a> {
    Places {
        format,
        amounts,
        cells,
        runs: 4000,
    }
}

/// So many of a format's codes, strewn over all of them.
fn strewn(format: &Format, count: u128) -> Vec<String> {
    let ranks = (0..format.capacity()).filter(|rank| rank * 13 % format.capacity() < count);
    ranks.map(|rank| format.code(rank).unwrap()).collect()
}

fn reserve(engine: &Engine, format: &Format, codes: Vec<String>) -> Vec<String> {
    let new = engine.reserve_custom(CAMPAIGN, format, &codes);
    assert_eq!(new, Ok(codes.len() as u64));
    codes
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
        let cells = 64 - reserved as usize;
        let reserved = strewn(&format, reserved);
        let take = |engine: &Engine| reserve(engine, &format, reserved.clone());
        places(&format, &[amount], cells).assert_even(take);
    }
}

/// The same, one request after the other: what was listed for one serves the next.
#[test]
fn codes_of_one_request_after_the_other_are_equally_likely() {
    let format = spelt("", "0123", 3);
    for (reserved, amounts) in [
        (48, &[1; 16][..]),
        (56, &[1, 1, 1, 1]),
        (32, &[5, 1, 7, 1]),
        (0, &[60, 1, 1]),
    ] {
        let cells = 64 - reserved as usize;
        let reserved = strewn(&format, reserved);
        let take = |engine: &Engine| {
            let left = cells as u64;
            // What is refused lists as well.
            assert_refused(engine, &format, 65, 64);
            let codes = reserve(engine, &format, reserved.clone());
            assert_refused(engine, &format, 65, left);
            codes
        };
        places(&format, amounts, cells).assert_even(take);
    }
}

/// Keyspaces with so much room that codes are drawn. Some tens are drawn twice or taken, and redrawn.
#[test]
fn drawn_and_redrawn_codes_are_equally_likely() {
    let (base4, three) = (spelt("", "0123", 6), base36("", 3));
    for (format, reserved, amount) in [
        (&base4, 0, 400),
        (&base4, 512, 300),
        (&base4, 1024, 160),
        (&numeric("", 4), 2000, 100),
        (&three, 1600, 400),
    ] {
        let reserved = strewn(format, reserved);
        let take = |engine: &Engine| reserve(engine, format, reserved.clone());
        places(format, &[amount], 16).assert_even(take);
    }
}

/// The same where another format has issued a quarter of the codes, those that begin with 3, or half of
/// them, or some of all.
#[test]
fn codes_drawn_beside_an_overlapping_format_are_even() {
    let wide = spelt("", "0123", 5);
    for (narrow, taken) in [
        (spelt("3", "0123", 4), 256),
        (spelt("3", "0123", 4), 128),
        (spelt("", "3210", 5), 256),
        (spelt("", "0123", 5), 256),
    ] {
        let take = |engine: &Engine| issue(engine, &narrow, taken);
        places(&wide, &[50, 50], 16).assert_even(take);
    }
}

/// The same where other formats have taken so many codes that the free ones are listed.
#[test]
fn codes_listed_beside_an_overlapping_format_are_even() {
    let wide = spelt("", "01", 5);
    for (narrow, taken) in [
        (spelt("1", "01", 4), 12),
        (spelt("1", "01", 4), 16),
        (spelt("", "10", 5), 12),
        (spelt("0", "10", 4), 12),
    ] {
        let take = |engine: &Engine| issue(engine, &narrow, taken);
        let cells = 32 - taken;
        places(&wide, &[16], cells).assert_even(take);
        places(&wide, &[2, 1, 9], cells).assert_even(take);
    }
}

/// Many prefixes have taken codes of one format, as each request of theirs found them.
#[test]
fn codes_among_many_prefixes_are_even() {
    let wide = spelt("", "0123", 5);
    let take = |engine: &Engine| {
        let prefixes = ["0", "1", "2", "3", "00", "11", "22", "33"];
        let issue = |prefix: &&str| issue(engine, &spelt(prefix, "0123", 5 - prefix.len()), 32);
        prefixes.iter().flat_map(issue).collect()
    };
    places(&wide, &[100], 16).assert_even(take);
    places(&wide, &[700, 68], 16).assert_even(take);
}

/// Codes of six symbols, some of which are gone as widget codes.
#[test]
fn codes_beside_widget_codes_are_even() {
    let (few, many) = (spelt("012", "0123", 3), spelt("0", "0123", 5));
    let reserve = |engine: &Engine, codes: Vec<String>| {
        let new = engine.reserve_single_use(CAMPAIGN, &codes);
        assert_eq!(new, Ok(codes.len() as u64));
        codes
    };
    let some = |engine: &Engine| reserve(engine, strewn(&few, 32));
    places(&few, &[32], 32).assert_even(some);
    places(&few, &[3, 1, 1], 32).assert_even(some);
    let some = |engine: &Engine| reserve(engine, strewn(&many, 256));
    places(&many, &[100], 16).assert_even(some);
}

/// Groups, literal text and check symbols: drawn and redrawn, listed, and beside others that spell the same texts.
#[test]
fn codes_of_patterns_are_even() {
    let quarters = pattern_of("A#-##.#", "0123");
    let even = checked(pattern_of("#x##-##", "0123"), Check::Iso7064);
    let digits = checked(pattern_of("9##-#", DIGITS), Check::Luhn);
    for (format, reserved, amount, cells) in [
        (&quarters, 0, 100, 16),
        (&quarters, 64, 192, 192),
        (&quarters, 240, 16, 16),
        (&even, 0, 60, 16),
        (&even, 192, 50, 64),
        (&even, 248, 8, 8),
        (&digits, 20, 40, 16),
        (&digits, 84, 10, 16),
    ] {
        let reserved = strewn(format, reserved);
        let take = |engine: &Engine| reserve(engine, format, reserved.clone());
        places(format, &[amount], cells).assert_even(take);
    }
    let unchecked = pattern_of("#x##-##", "0123");
    let take = |engine: &Engine| {
        let mut codes = issue(engine, &unchecked, 1024 - 512);
        codes.retain(|code| even.spells(code));
        // As many in each run: what is missing is reserved.
        let free = strewn(&even, 256)
            .into_iter()
            .filter(|code| !codes.contains(code));
        let more: Vec<_> = free.take(192 - codes.len()).collect();
        codes.extend(reserve(engine, &even, more));
        codes
    };
    places(&even, &[30, 2], 16).assert_even(take);
}

/// Keyspaces with holes where codes hold a word: drawn and redrawn, listed, and beside one that has them all.
#[test]
fn codes_without_words_are_even() {
    let words = Words::new(["tab", "as", "bs"]).unwrap();
    let clean = |format: &Format| format.clone().without_words(&words).unwrap();
    let groups = pattern_of("#-##-##", "abst");
    for format in [
        &groups,
        &pattern_of("t##a##", "abst"),
        &checked(groups.clone(), Check::Iso7064),
    ] {
        let format = clean(format);
        let all = format.capacity();
        for (left, amount, cells) in [(all - all % 16, 30, 16), (32, 16, 32), (8, 8, 8)] {
            let reserved: Vec<_> = strewn(&format, all - left);
            let take = |engine: &Engine| reserve(engine, &format, reserved.clone());
            places(&format, &[amount], cells).assert_even(take);
        }
    }
    let format = clean(&groups);
    let left = 128;
    let take = |engine: &Engine| {
        let mut codes = issue(engine, &groups, 300);
        codes.retain(|code| format.spells(code));
        // As many in each run: what is missing is reserved.
        let free = strewn(&format, format.capacity());
        let free = free.into_iter().filter(|code| !codes.contains(code));
        let missing = format.capacity() as usize - left - codes.len();
        let more: Vec<_> = free.take(missing).collect();
        codes.extend(reserve(engine, &format, more));
        codes
    };
    places(&format, &[30, 2], 16).assert_even(take);
}

/// What was released comes up as often as what was never issued.
#[test]
fn codes_after_a_release_are_even() {
    let (few, many) = (spelt("", "0123", 3), spelt("", "0123", 5));
    let take = |engine: &Engine, format: &Format, amounts: &[usize], released: &[usize]| {
        let generate = |&amount: &usize| engine.generate(&custom(amount, format)).unwrap();
        let mut batches: Vec<_> = amounts.iter().map(generate).collect();
        for &batch in released {
            assert_eq!(engine.release(batches.swap_remove(batch)), Ok(()));
        }
        batches.iter().flat_map(customs).collect::<Vec<_>>()
    };
    // The last that are left, those that were released, or some of both.
    for (amounts, released, left) in [
        (&[16; 4][..], &[1, 0][..], 32),
        (&[16, 16, 16], &[1], 32),
        (&[60, 2], &[0], 62),
        (&[1; 64], &[63, 10, 20, 0], 4),
    ] {
        let take = |engine: &Engine| take(engine, &few, amounts, released);
        places(&few, &[left], left).assert_even(take);
        places(&few, &[1, left / 2], left).assert_even(take);
    }
    let take = |engine: &Engine| take(engine, &many, &[200, 48, 200], &[2, 0]);
    places(&many, &[100], 16).assert_even(take);
}

/// Codes of many numbers that another format's codes are among.
#[test]
fn long_codes_beside_others_are_even() {
    let ones = "1".repeat(27);
    let (wide, narrow) = (spelt(&ones[..25], "0123", 5), spelt(&ones, "0123", 3));
    let long = spelt("", "0123", 30);
    let take = |engine: &Engine| {
        let mut codes = issue(engine, &narrow, 32);
        let reserved = strewn(&spelt(&ones[..24], "0123", 6), 2048);
        let reserved: Vec<_> = reserved
            .into_iter()
            .filter(|code| code.as_bytes()[24] == b'2')
            .collect();
        // Of the long format, and no code of the wide one.
        engine.reserve_custom(CAMPAIGN, &long, &reserved).unwrap();
        codes.sort_unstable();
        codes
    };
    places(&wide, &[992], 16).assert_even(take);
    places(&wide, &[100], 16).assert_even(take);
}
