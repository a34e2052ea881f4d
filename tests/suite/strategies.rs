//! What the library offers to other people's tests: every value is valid, and all kinds of them come.

use std::{collections::HashSet, fmt::Debug, ops::RangeInclusive};

use arbitrary::{Arbitrary, Unstructured};
use couponmint::{
    Alphabet, Check, CodeType, Error, Format, Parameter, Request, Status, proptest as strategies,
};
use proptest::{
    arbitrary::any,
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};

use crate::oracle::{spells, texts};

/// Values of a strategy, the same in every run.
fn samples<S: Strategy>(strategy: S, count: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    let sample = |_| strategy.new_tree(&mut runner).unwrap().current();
    (0..count).map(sample).collect()
}

/// Values out of bytes, the same in every run.
fn out_of_bytes<T: for<'a> Arbitrary<'a>>(count: usize) -> Vec<T> {
    let bytes = samples(proptest::collection::vec(any::<u8>(), 300), count);
    let value = |bytes: &Vec<u8>| T::arbitrary(&mut Unstructured::new(bytes)).unwrap();
    bytes.iter().map(value).collect()
}

/// That numbers are in a range, and both its ends among them.
#[track_caller]
fn assert_spans(numbers: impl Iterator<Item = usize> + Clone, range: RangeInclusive<usize>) {
    let ends = [numbers.clone().min(), numbers.max()];
    assert_eq!(ends, [Some(*range.start()), Some(*range.end())]);
}

#[track_caller]
fn assert_all<T: Debug + PartialEq>(values: &[T], all: &[T]) {
    assert!(values.iter().all(|value| all.contains(value)));
    assert!(all.iter().all(|value| values.contains(value)), "{all:?}");
}

fn check_formats(formats: &[Format]) {
    assert_spans(formats.iter().map(|format| format.prefix().len()), 0..=32);
    assert_spans(formats.iter().map(Format::length), 3..=30);
    let alphabets: Vec<_> = formats
        .iter()
        .map(|format| format.alphabet().clone())
        .collect();
    assert_all(&alphabets, &[Alphabet::numeric(), Alphabet::alphanumeric()]);
    let prefixes: HashSet<_> = formats.iter().map(Format::prefix).collect();
    assert!(prefixes.len() > formats.len() / 2);
    let symbols: HashSet<_> = prefixes.iter().flat_map(|prefix| prefix.chars()).collect();
    assert_eq!(symbols.len(), 64);
}

/// Formats of any shape.
fn check_shapes(formats: &[Format]) {
    assert_spans(formats.iter().map(Format::length), 3..=30);
    let systems: HashSet<_> = formats.iter().map(Format::check_system).collect();
    assert_eq!(systems.len(), 7, "six, and none: {systems:?}");
    let patterns: HashSet<_> = formats.iter().map(pattern).collect();
    assert!(patterns.len() > formats.len() / 2);
    let symbols: HashSet<_> = patterns
        .iter()
        .flat_map(|pattern| pattern.chars())
        .collect();
    assert_eq!(symbols.len(), 67, "62, separators and #");
    let is_grouped = |pattern: &&String| pattern.trim_matches('#').contains('#');
    assert!(patterns.iter().filter(is_grouped).count() > formats.len() / 4);
    let alphabets: HashSet<_> = formats
        .iter()
        .map(|format| format.alphabet().symbols())
        .collect();
    assert!(alphabets.len() > 100);
}

fn pattern(format: &Format) -> String {
    format.to_string().split(' ').next().unwrap().to_owned()
}

/// What parameters of a request can ask for.
fn is_plain(format: &Format) -> bool {
    let prefix = format.prefix();
    let is_prefix = prefix.len() <= 32 && !prefix.contains(['.', '~']);
    let has_type = [Alphabet::numeric(), Alphabet::alphanumeric()].contains(format.alphabet());
    let is_all = pattern(format) == format!("{prefix}{}", "#".repeat(format.length()));
    is_prefix && has_type && is_all && format.check_system().is_none()
}

fn check_alphabets(alphabets: &[Alphabet]) {
    let bases = alphabets.iter().map(|alphabet| alphabet.symbols().len());
    assert_spans(bases, 2..=64);
    let firsts: HashSet<_> = alphabets
        .iter()
        .map(|alphabet| &alphabet.symbols()[..1])
        .collect();
    assert_eq!(firsts.len(), 64);
}

fn check_requests(requests: &[Request]) {
    assert_spans(
        requests.iter().map(|request| request.campaign().len()),
        1..=64,
    );
    let amounts = requests.iter().map(Request::requested_amount);
    assert!(
        amounts
            .clone()
            .all(|amount| (1..=100_000).contains(&amount))
    );
    assert!(amounts.clone().any(|amount| amount > 50_000));
    let statuses: Vec<_> = requests.iter().map(Request::requested_status).collect();
    assert_all(
        &statuses,
        &[Status::Normal, Status::Voided, Status::Activated],
    );
    let formats = requests.iter().filter(|request| request.format().is_some());
    assert!((requests.len() / 10..requests.len() * 9 / 10).contains(&formats.count()));
}

#[test]
fn strategies_reach_all_there_is() {
    check_formats(&samples(strategies::formats(), 2000));
    check_formats(&samples(any::<Format>(), 2000));
    check_alphabets(&samples(strategies::alphabets(), 2000));
    check_alphabets(&samples(any::<Alphabet>(), 2000));
    check_requests(&samples(strategies::requests(), 2000));
    check_requests(&samples(any::<Request>(), 2000));
    let small = samples(strategies::requests(), 200);
    let small = small
        .iter()
        .filter(|request| request.requested_amount() <= 20);
    assert!(small.count() > 50);
    let code_types = samples(any::<CodeType>(), 20);
    assert_all(&code_types, &[CodeType::Numeric, CodeType::Alphanumeric]);
    let statuses = samples(any::<Status>(), 20);
    assert_all(
        &statuses,
        &[Status::Normal, Status::Voided, Status::Activated],
    );
}

#[test]
fn patterns_reach_all_there_is() {
    check_shapes(&samples(strategies::patterns(), 2000));
    let checks: HashSet<_> = samples(any::<Check>(), 100).into_iter().collect();
    assert_eq!(checks.len(), 6);
    let named = samples(strategies::named_alphabets(), 200);
    let named: HashSet<_> = named.iter().map(Alphabet::to_string).collect();
    assert_eq!(named.len(), 8);
    assert!(named.contains("crockford"));
}

#[test]
fn listable_formats_can_be_listed() {
    let formats = samples(strategies::listable_formats(), 2000);
    let texts = formats
        .iter()
        .map(|format| format.alphabet().base().pow(format.length() as u32));
    assert!(texts.clone().all(|texts| texts <= 1_000_000));
    assert!(texts.clone().any(|texts| texts < 100));
    assert!(texts.clone().filter(|&texts| texts > 100_000).count() > 100);
    let systems: HashSet<_> = formats.iter().map(Format::check_system).collect();
    assert_eq!(systems.len(), 7, "six, and none: {systems:?}");
    let has_words = |format: &&Format| format.words().is_some();
    assert!(formats.iter().filter(has_words).count() > 500);
    let bases: HashSet<_> = formats
        .iter()
        .map(|format| format.alphabet().base())
        .collect();
    assert!(bases.len() > 50);
}

#[test]
fn small_formats_are_small_and_overlap() {
    let formats = samples(strategies::small_formats(), 300);
    let capacities: HashSet<_> = formats.iter().map(Format::capacity).collect();
    assert!(
        capacities
            .iter()
            .all(|capacity| (8..=1000).contains(capacity))
    );
    assert!(capacities.len() > 5);
    let lengths: HashSet<_> = formats
        .iter()
        .map(|format| format.prefix().len() + format.length())
        .collect();
    assert!(lengths.len() >= 3);
    let share_a_code = |a, b| texts(a).iter().any(|code| spells(b, code));
    let pairs = formats.iter().zip(&formats[1..]).filter(|(a, b)| a != b);
    let overlapping = pairs.filter(|&(a, b)| share_a_code(a, b)).count();
    assert!(overlapping > 10, "{overlapping}");
}

#[test]
fn parameters_are_accepted_or_refused_as_they_say() {
    let valid = samples(strategies::valid_params(), 500);
    let mut statuses = HashSet::new();
    let mut orders = HashSet::new();
    let mut automated = HashSet::new();
    for params in &valid {
        let pairs = params
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let request = Request::from_params(pairs.clone()).unwrap();
        let find = |wanted| {
            pairs
                .clone()
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| value)
        };
        assert_eq!(find("campaign"), Some(request.campaign()));
        assert_eq!(
            find("amount"),
            Some(&*request.requested_amount().to_string())
        );
        assert_eq!(find("code_prefix"), request.format().map(Format::prefix));
        let length = request.format().map(|format| format.length().to_string());
        assert_eq!(find("code_length"), length.as_deref());
        let code_type = request.format().map(|format| {
            let is_numeric = *format.alphabet() == Alphabet::numeric();
            if is_numeric {
                "numeric"
            } else {
                "alphanumeric"
            }
        });
        assert_eq!(find("code_type"), code_type);
        let status = find("status").unwrap().to_owned();
        let expected: &[&str] = match request.requested_status() {
            Status::Normal => &["normal"],
            Status::Voided => &["voided"],
            Status::Activated => &["active", "activated"],
        };
        assert!(expected.contains(&&*status));
        statuses.insert(status);
        automated.insert(find("automated_codes").map(str::to_owned));
        orders.insert(params[0].0.clone());
    }
    assert_eq!(statuses.len(), 4);
    assert_eq!(orders.len(), 7);
    let words = [None, Some("true"), Some("1")];
    assert_eq!(automated, words.map(|word| word.map(str::to_owned)).into());
    let mut mistakes = HashSet::new();
    for params in samples(strategies::invalid_params(), 500) {
        let refused = Request::from_params(params).unwrap_err();
        assert_eq!(refused.errors().len(), 1);
        mistakes.insert(refused.errors()[0].to_string());
    }
    let missing = [
        Parameter::Campaign,
        Parameter::CodePrefix,
        Parameter::CodeLength,
        Parameter::CodeType,
    ];
    let missing = missing.map(|parameter| Error::MissingParameter { parameter });
    let repeated = [
        Parameter::Campaign,
        Parameter::Amount,
        Parameter::Status,
        Parameter::ClientId,
    ];
    let repeated = repeated.map(|parameter| Error::RepeatedParameter { parameter });
    for mistake in missing.iter().chain(&repeated) {
        assert!(mistakes.contains(&mistake.to_string()), "{mistake}");
    }
    // Four parameters each have a wrong character or are out of range, three have another wrong value,
    // and one is unknown.
    assert_eq!(mistakes.len(), 4 + 4 + 4 + 4 + 3 + 1, "{mistakes:?}");
}

#[test]
fn invalid_formats_are_refused() {
    let refused = samples(strategies::invalid_formats(), 500);
    let errors = refused.into_iter().map(|(prefix, code_type, length)| {
        let refused = Format::new(&prefix, code_type, length);
        refused.unwrap_err().to_string()
    });
    let errors: HashSet<_> = errors.collect();
    assert_eq!(errors.len(), 3, "{errors:?}");
}

#[test]
fn bytes_reach_all_there_is() {
    let (plain, shaped): (Vec<_>, Vec<_>) = out_of_bytes(6000).into_iter().partition(is_plain);
    check_formats(&plain);
    check_shapes(&shaped);
    let checks: Vec<Check> = out_of_bytes(100);
    assert_eq!(checks.into_iter().collect::<HashSet<_>>().len(), 6);
    check_alphabets(&out_of_bytes(2000));
    check_requests(&out_of_bytes(2000));
    assert_all(
        &out_of_bytes(20),
        &[CodeType::Numeric, CodeType::Alphanumeric],
    );
    assert_all(
        &out_of_bytes(20),
        &[Status::Normal, Status::Voided, Status::Activated],
    );
}
