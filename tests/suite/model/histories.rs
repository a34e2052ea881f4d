//! Random histories, with formats of every kind.

use couponmint::{Alphabet, Check, Format, Words, proptest::small_formats};
use proptest::{collection::vec, prelude::*};

use crate::{
    common::{SEQUENCE_IDS_END, alphanumeric, base36, cases, checked, numeric, pattern_of, spelt},
    model::{
        Model,
        said::Said,
        steps::{CAMPAIGNS, Step, histories, histories_of_one, histories_with_words},
    },
    oracle::texts,
};

fn run(formats: Vec<Format>, steps: Vec<Step>) {
    run_from(1, formats, steps);
}

fn run_from(first_id: u64, formats: Vec<Format>, steps: Vec<Step>) {
    let mut model = Model::new(formats, first_id);
    for step in steps {
        model.take(step);
    }
    model.end();
}

/// All prefixes of up to four of three symbols, each with three alphabets: 363 formats of seven
/// symbols.
fn many_prefixes() -> Vec<Format> {
    let mut prefixes = vec![String::new()];
    let mut formats = Vec::new();
    for length in (3..=7).rev() {
        for prefix in &prefixes {
            formats.extend(["01", "10A", "A0"].map(|symbols| spelt(prefix, symbols, length)));
        }
        let longer = |prefix: &String| ["0", "1", "A"].map(|symbol| format!("{prefix}{symbol}"));
        prefixes = prefixes.iter().flat_map(longer).collect();
    }
    formats
}

/// Formats of six symbols, beside widget codes. Those with an upper-case letter spell none of them.
fn six_symbols() -> Vec<Format> {
    vec![
        numeric("", 6),
        alphanumeric("", 6),
        base36("", 6),
        numeric("a", 5),
        numeric("0", 5),
        numeric("01", 4),
        base36("01", 4),
        numeric("012", 3),
        spelt("012", "zyx0", 3),
        alphanumeric("012", 3),
        numeric("A1", 4),
        spelt("0", "01A", 5),
        spelt("", "012", 6),
        checked(alphanumeric("", 6), Check::Iso7064),
        checked(base36("01", 4), Check::Iso7064),
        checked(numeric("0", 5), Check::Luhn),
        checked(pattern_of("0#1#a#", "0aA1"), Check::Iso7064),
    ]
}

/// Formats of 11 to 30 symbols after their prefixes: of two and three numbers a code, beside some that
/// end soon.
fn long_formats() -> Vec<Format> {
    let ones = |count| "1".repeat(count);
    vec![
        // 14 in all.
        alphanumeric("A", 13),
        alphanumeric("A1", 12),
        numeric("A1", 12),
        alphanumeric("A12345678", 5),
        numeric("A1234567800", 3),
        // 21.
        numeric("", 21),
        numeric("1", 20),
        alphanumeric("", 21),
        alphanumeric(&ones(10), 11),
        numeric(&ones(18), 3),
        spelt(&ones(17), "1A", 4),
        // 30.
        numeric("", 30),
        alphanumeric("", 30),
        alphanumeric("1", 29),
        numeric(&ones(11), 19),
        numeric(&ones(10), 20),
        base36(&ones(7), 23),
        spelt("", "10", 30),
        numeric(&ones(27), 3),
        spelt(&ones(26), "21", 4),
        // 62 and 61.
        alphanumeric(&ones(32), 30),
        numeric(&ones(32), 30),
        numeric(&ones(31), 30),
    ]
}

/// Patterns of five characters with groups, literal text between symbols and at the end, beside plain ones;
/// and some of six, beside widget codes.
fn patterns() -> Vec<Format> {
    [
        ("#####", "0123456789"),
        ("###-#", "01-"),
        ("##-##", "0123456789"),
        ("#A###", "012A"),
        ("##A##", "A10"),
        ("###A#", "0123456789"),
        ("####A", "A01"),
        ("A-###", "0123456789"),
        ("A###-", "-01A"),
        ("###.~", "01"),
        ("A#1##", "0123456789"),
        ("###a#9", "0123456789abcdefghijklmnopqrstuvwxyz"),
        ("0####1", "0a1"),
        ("######", "01a"),
        ("##-###", "0123456789"),
        ("01##a#", "012ABCa"),
    ]
    .into_iter()
    .flat_map(|(pattern, symbols)| with_checks(&pattern_of(pattern, symbols)))
    .collect()
}

/// Formats some of whose codes hold a word, and one that has words of its own.
fn formats_with_letters() -> Vec<Format> {
    let own = Words::new(["ia", "4"]).unwrap();
    vec![
        spelt("a", "01ai", 4),
        spelt("", "xo01a", 4),
        pattern_of("0#1#a#", "0aA1"),
        pattern_of("##-a#", "01ix"),
        checked(pattern_of("#x##a", "01ao"), Check::Iso7064),
        spelt("", "ai14", 4).without_words(&own).unwrap(),
    ]
}

/// A format, and the same with each check symbol that fits it.
fn with_checks(format: &Format) -> Vec<Format> {
    let checks = [Check::Iso7064, Check::Luhn].map(|check| format.clone().check(check));
    let checked = checks.into_iter().flatten();
    std::iter::once(format.clone()).chain(checked).collect()
}

/// Patterns of more than ten symbols, cut across groups.
fn long_patterns() -> Vec<Format> {
    let symbols = Alphabet::alphanumeric().symbols().to_owned();
    [
        ("A#####-#####-#####", &*symbols),
        ("A1####-#####-####0", &symbols),
        ("A1####-#####-####0", "0123456789"),
        ("#################0", "01A-"),
        ("A10000-00000-0###0", "0123456789"),
        ("A10000-0000#-#0##0", "0A1"),
        ("######-##########-##########-####", &symbols),
        ("######-####0#####-##########-####", "0123456789"),
        ("00000000000000000-000000000#-####", "01"),
    ]
    .into_iter()
    .flat_map(|(pattern, symbols)| with_checks(&pattern_of(pattern, symbols)))
    .collect()
}

/// Large formats that share codes, of which all but a hundred are taken in some of them: where free codes are
/// listed, and lists are kept.
fn run_near_the_end(formats: Vec<Format>, taken_in: [usize; 2], steps: Vec<Step>) {
    let mut model = Model::new(formats, 1);
    let name = CAMPAIGNS[0];
    model.add_campaign(name, Said::default());
    let codes = texts(&model.formats[0]);
    let taken = codes.iter().enumerate().filter(|(i, _)| i % 997 > 0);
    let taken: Vec<_> = taken.map(|(_, code)| code.clone()).collect();
    for (format, codes) in taken_in.iter().zip(taken.chunks(taken.len().div_ceil(2))) {
        let format = model.formats[*format].clone();
        model.reserve_custom(name, &format, codes);
    }
    for step in steps {
        model.take(step);
    }
    model.end();
}

/// The first has 100,000 codes, and so have others.
fn large_formats(prefix: &str) -> Vec<Format> {
    let with = |more: &str| format!("{prefix}{more}");
    vec![
        numeric(prefix, 5),
        spelt(prefix, "9876543210", 5),
        spelt(prefix, "0123456789x", 5),
        numeric(&with("0"), 4),
        numeric(&with("12"), 3),
        base36(&with("9"), 4),
        spelt(prefix, "0123456", 5),
    ]
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn small_overlapping_formats(
        formats in vec(small_formats(), 1..6),
        steps in histories(1..24),
    ) {
        run(formats, steps);
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn sequence_ids_end(
        formats in vec(small_formats(), 1..3),
        steps in histories(1..12),
        ids in 0..1000_u64,
    ) {
        run_from(SEQUENCE_IDS_END - ids, formats, steps);
    }

    #[test]
    fn words_are_left_out(
        formats in vec(small_formats(), 1..4),
        more in prop::sample::subsequence(formats_with_letters(), 1..4),
        steps in histories_with_words(1..20),
    ) {
        run([formats, more].concat(), steps);
    }

    #[test]
    fn patterns_that_overlap(steps in histories(1..24)) {
        run(patterns(), steps);
    }

    #[test]
    fn patterns_of_many_numbers(steps in histories(1..24)) {
        run(long_patterns(), steps);
    }

    #[test]
    fn formats_of_many_numbers(steps in histories(1..24)) {
        run(long_formats(), steps);
    }
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn formats_of_the_length_of_widget_codes(steps in histories(1..20)) {
        run(six_symbols(), steps);
    }
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn hundreds_of_prefixes(steps in histories(1..12)) {
        run(many_prefixes(), steps);
    }
}

proptest! {
    #![proptest_config(cases(8))]

    #[test]
    fn large_formats_near_their_end(
        steps in histories_of_one(1..24),
        prefix in "[Aa_]|1[0-9]{26}",
        taken_in in [0..3_usize, 0..3_usize],
    ) {
        // With one lower-case letter, beside widget codes.
        run_near_the_end(large_formats(&prefix), taken_in, steps);
    }
}
