//! Codes drawn without words: beside other formats, on any number of threads, evenly, to the last one.

use std::collections::{HashMap, HashSet};

use couponmint::{Alphabet, Campaign, Check, CodeKind, CodeType, Engine, Error, Format, Words};
use proptest::prelude::*;
use rayon::ThreadPoolBuilder;

use crate::{
    common::{
        CAMPAIGN, alphanumeric, assert_refused, base36, cases, checked, custom, customs, issue,
        number_words, numeric, plain, remaining, remaining_widgets, seeded, single_uses, spelt,
    },
    oracle::{Spelling, spells},
    overlap::fill_in_turn,
};

fn words(words: &[&str]) -> Words {
    Words::new(words).unwrap()
}

fn without(format: Format, list: &[&str]) -> Format {
    format.without_words(&words(list)).unwrap()
}

/// An engine whose campaign has words.
fn engine_without(list: &Words) -> Engine {
    let engine = seeded(7).build();
    assert!(engine.add_campaign(Campaign::new(CAMPAIGN).unwrap().without_words(list)));
    engine
}

#[test]
fn formats_with_and_without_words_share_texts() {
    let (wide, narrow) = (numeric("A", 4), numeric("A1", 3));
    let formats = [
        &wide,
        &without(wide.clone(), &["11", "42"]),
        &without(narrow.clone(), &["10", "7"]),
        &without(spelt("", "A145", 5), &["a1", "4s", "555"]),
        &without(spelt("A", "0124ab", 4), &["aib", "42", "bb"]),
    ];
    for amounts in [&[2000, 1, 400][..], &[700, 90], &[100_000]] {
        let run = fill_in_turn(&formats, amounts);
        assert_eq!(run.oracle.taken(&wide), 10_000);
    }
    let formats = [formats[4], formats[1], formats[3], formats[2], formats[0]];
    let run = fill_in_turn(&formats, &[3000, 70, 100_000]);
    assert_eq!(run.oracle.taken(&wide), 10_000);
}

proptest! {
    #![proptest_config(cases(60))]

    /// Formats of five characters, some of which are spelt like widget codes.
    #[test]
    fn any_formats_share_texts(
        patterns in prop::collection::vec(("[as1]{0,2}", "[as-]?", 0..6_usize, 0..3_usize), 2..4),
        lists in prop::collection::vec(prop::collection::vec("[as145]{1,3}", 1..4), 4),
        like_widgets: bool,
        amounts in prop::collection::vec(1..400_usize, 1..5),
    ) {
        let total = if like_widgets { 6 } else { 5 };
        let formats: Vec<Format> = patterns.iter().zip(&lists).filter_map(|((start, after, symbols, has), list)| {
            let symbols = ["as", "as15", "145", "a4s5", "AaSs", "0123456789"][*symbols];
            let start = format!("{}{start}", "xyz".get(..total - 5)?);
            let open = (total - start.len() - after.len()).min(4);
            let start = format!("{start}{}", "q".repeat(total - start.len() - after.len() - open));
            let pattern = format!("{start}#{after}{}", "#".repeat(open - 1));
            let format = Format::pattern(&pattern, Alphabet::new(symbols).ok()?).ok()?;
            let format = if *has == 2 { checked(format, Check::Iso7064) } else { format };
            let list: Vec<&str> = list.iter().map(String::as_str).collect();
            if *has == 0 { Some(format) } else { format.without_words(&words(&list)).ok() }
        }).filter(|format| format.capacity() <= 1500).collect();
        prop_assume!(!formats.is_empty());
        let formats: Vec<&Format> = formats.iter().collect();
        fill_in_turn(&formats, &amounts);
    }
}

/// Single-use codes and custom codes of one, two and three numbers, and with a check symbol.
#[test]
fn the_same_on_any_threads() {
    let list = Words::english();
    let formats = [
        alphanumeric("A-", 8),
        base36("", 6),
        alphanumeric("ass-", 16),
        without(alphanumeric("", 30), &["qq"]),
        Format::pattern("S-####-####", Alphabet::crockford())
            .unwrap()
            .check(Check::Iso7064)
            .unwrap(),
        spelt("A", "asz5xy", 9),
    ];
    let run = || {
        let engine = engine_without(&list);
        let batches = formats.iter().map(|format| {
            let batch = engine.generate(&custom(9000, format)).unwrap();
            (customs(&batch), single_uses(&batch))
        });
        batches.collect::<Vec<_>>()
    };
    let on = |threads| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap().install(run)
    };
    let one = on(1);
    assert!(on(2) == one && on(8) == one && run() == one);
    for (format, (codes, _)) in formats.iter().zip(&one) {
        let clean = format.clone().without_words(&list).unwrap();
        let spelling = Spelling::of(&clean);
        assert!(codes.iter().all(|code| spelling.spells(code)), "{clean}");
    }
}

/// Chi-square, within six standard deviations of its mean.
#[track_caller]
fn assert_even(counts: &HashMap<String, u32>, cells: u32) {
    assert_eq!(counts.len(), cells as usize);
    let cells = f64::from(cells);
    let expected = f64::from(counts.values().sum::<u32>()) / cells;
    assert!(expected > 8.0);
    let square = |&count: &u32| (f64::from(count) - expected).powi(2) / expected;
    let statistic: f64 = counts.values().map(square).sum();
    let limit = cells - 1.0 + 6.0 * (2.0 * (cells - 1.0)).sqrt();
    assert!(statistic < limit, "{statistic} of {cells} cells");
}

/// First draws, later ones and those of a list, of a format a third of whose codes hold a word.
#[test]
fn clean_codes_are_even() {
    let format = without(spelt("", "as5xyz", 4), &["ass", "x", "yas"]);
    let all = usize::try_from(format.capacity()).unwrap();
    assert_eq!(all, 569);
    for amount in [3, all] {
        let (mut first, mut last) = (HashMap::new(), HashMap::new());
        for seed in 0..5000_u64 {
            let mut bytes = [9; 32];
            bytes[..8].copy_from_slice(&seed.to_le_bytes());
            let engine = Engine::builder().seed(bytes).build();
            assert!(engine.add_campaign(Campaign::new(CAMPAIGN).unwrap()));
            let codes = issue(&engine, &format, amount);
            *first.entry(codes[0].clone()).or_insert(0) += 1;
            *last.entry(codes[amount - 1].clone()).or_insert(0) += 1;
        }
        assert_even(&first, all as u32);
        assert_even(&last, all as u32);
    }
}

/// What follows a widget code is even among all that completes no word, and what ends like the start
/// of one is no rarer.
#[test]
fn widget_codes_and_what_follows_are_even() {
    // Of the codes that end in q, a third may not be followed by these.
    let follows = "0123456789abcdef"
        .chars()
        .filter(|symbol| !"8beto0il1z2s5a47".contains(*symbol) && *symbol != '3');
    let list: Vec<String> = follows.map(|symbol| format!("q{symbol}")).collect();
    assert_eq!(list.len(), 5);
    let list = Words::new(&list).unwrap();
    let engine = engine_without(&list);
    let (mut sixth, mut after) = (HashMap::new(), HashMap::new());
    for _ in 0..6 {
        for code in single_uses(&engine.generate(&plain(100_000)).unwrap()) {
            *sixth.entry(code[5..6].to_owned()).or_insert(0) += 1;
            if &code[5..6] == "q" {
                *after.entry(code[6..7].to_owned()).or_insert(0) += 1;
            }
        }
    }
    assert_even(&after, 36 - 5);
    // Before the last symbol comes q, now and then: then it is none of five.
    let q = f64::from(sixth["q"]);
    let others: u32 = sixth.values().sum::<u32>() - sixth["q"];
    let others = f64::from(others) / 35.0;
    assert!((q / others - 1.0).abs() < 0.04, "{q} {others}");
}

/// As many as there are, and no code twice, however many share a number.
#[test]
fn counts_that_do_not_fit() {
    let list = Words::english();
    let format = alphanumeric("", 30).without_words(&list).unwrap();
    assert_eq!(format.capacity(), u128::MAX);
    for rank in [0, 1, 1 << 100, u128::MAX - 1] {
        let code = format.code(rank).unwrap();
        assert!(spells(&format, &code));
        assert_eq!(format.rank(&code), Some(rank));
    }
    let highest = "z".repeat(30);
    assert!(format.spells(&highest) && format.rank(&highest).is_none());
    let engine = engine_without(&list);
    assert_eq!(remaining(&engine, &alphanumeric("", 30)), u128::MAX);
    let codes = issue(&engine, &alphanumeric("", 30), 20_000);
    assert!(codes.iter().all(|code| spells(&format, code)));

    let long = without(numeric("", 30), &["00"]);
    let exact = "888888888888888888888888888888";
    assert_eq!(long.rank(exact), Some(long.rank(exact).unwrap()));
    // a(n) = 9 a(n-1) + 9 a(n-2): digits without two zeros in a row.
    let (_, all) = (1..30).fold((1_u128, 10_u128), |(before, now), _| {
        (now, 9 * (now + before))
    });
    assert_eq!(long.capacity(), all);
}

/// 36^6 codes are too many to fill, but not if words leave few of the texts that a format shares with them.
#[test]
fn custom_codes_like_widget_codes() {
    let list = words(&["ass", "77", "q"]);
    let engine = engine_without(&list);
    let before = remaining_widgets(&engine);
    let widget = Spelling::of(&base36("", 6).without_words(&list).unwrap());
    let mut taken = HashSet::new();
    for (format, amount) in [
        (base36("xyz", 3), 1000),
        (numeric("", 6), 50_000),
        // The word is the shop's own; it is no widget code that is ever issued.
        (base36("ass", 3), 1000),
        (numeric("q", 5), 1000),
        (alphanumeric("", 6), 50_000),
    ] {
        let clean = Spelling::of(&format.clone().without_words(&list).unwrap());
        let left = |taken: &HashSet<String>| {
            let taken = taken.iter().filter(|code| clean.spells(code));
            format.clone().without_words(&list).unwrap().capacity() - taken.count() as u128
        };
        assert_eq!(remaining(&engine, &format), left(&taken), "{format}");
        let batch = engine.generate(&custom(amount, &format)).unwrap();
        for coupon in &batch {
            assert!(taken.insert(coupon.widget_validation_code().to_owned()));
            assert!(taken.insert(coupon.custom_validation_code().unwrap().to_owned()));
        }
        assert_eq!(remaining(&engine, &format), left(&taken), "{format}");
        let widgets = taken.iter().filter(|code| widget.spells(code));
        assert_eq!(remaining_widgets(&engine), before - widgets.count() as u64);
    }
    assert!(remaining_widgets(&engine) < before);
    // To the last one.
    let format = base36("ass", 3);
    let left = usize::try_from(remaining(&engine, &format)).unwrap();
    issue(&engine, &format, left);
    assert_refused(&engine, &format, 1, 0);
}

/// A list is an error of the requests that need what it leaves none of.
#[test]
fn lists_that_leave_too_little() {
    let too_few = Err(Error::TooFewCodes);
    let letters: Vec<String> = ('a'..='z').map(String::from).collect();
    let engine = engine_without(&Words::new(&letters).unwrap());
    assert_eq!(engine.generate(&plain(1)).map(drop), too_few);
    let refused = engine.generate(&custom(1, &numeric("", 6))).map(drop);
    assert_eq!(refused, too_few);
    // Of digits that look like no letter there are two.
    assert_eq!(remaining_widgets(&engine), 64);

    // Nothing may follow.
    let all: Vec<String> = "0123456789abcdefghijklmnopqrstuvwxyz"
        .chars()
        .map(|symbol| format!("q{symbol}"))
        .collect();
    let engine = engine_without(&Words::new(&all).unwrap());
    assert_eq!(engine.generate(&plain(1)).map(drop), too_few);

    // Enough widget codes, too few of a format.
    let engine = engine_without(&words(&["5", "15"]));
    assert!(engine.generate(&plain(1)).is_ok());
    let format = spelt("", "5s1", 4);
    assert_eq!(engine.generate(&custom(1, &format)).map(drop), too_few);
    assert_eq!(engine.remaining(CAMPAIGN, &format).map(drop), too_few);
    assert_eq!(engine.reserve_custom(CAMPAIGN, &format, ["5s15"]), Ok(1));
    assert_eq!(engine.reserve_custom(CAMPAIGN, &format, ["5s15"]), Ok(0));
    assert!(engine.generate(&custom(1, &numeric("", 5))).is_ok());
}

/// With what else a campaign says.
#[test]
#[allow(clippy::large_stack_arrays, reason = "two campaigns, once")]
fn words_and_rules() {
    let list = words(&["ass", "sex"]);
    let format = Format::pattern("SALE-####", Alphabet::crockford()).unwrap();
    let campaign = || Campaign::new(CAMPAIGN).unwrap();
    for campaign in [
        campaign()
            .alphanumeric(Alphabet::crockford())
            .without_words(&list)
            .formats([format.clone(), alphanumeric("A", 5)])
            .max_coupons(20),
        campaign()
            .max_coupons(20)
            .formats([format.clone(), alphanumeric("A", 5)])
            .without_words(&words(&["sex"]))
            .without_words(&words(&["ass"]))
            .alphanumeric(Alphabet::crockford()),
    ] {
        let engine = engine_with(campaign);
        let batch = engine.generate(&custom(10, &format)).unwrap();
        let clean = format.clone().without_words(&list).unwrap();
        assert_eq!(batch.format(), Some(&clean));
        assert_eq!(remaining(&engine, &clean), clean.capacity() - 10);
        assert_eq!(remaining(&engine, &format), clean.capacity() - 10);
        let issued = issue(&engine, &alphanumeric("A", 5), 10);
        let crockford = Format::with_alphabet("A", Alphabet::crockford(), 5).unwrap();
        let crockford = crockford.without_words(&list).unwrap();
        assert!(issued.iter().all(|code| crockford.spells(code)));
        assert_eq!(engine.formats(CAMPAIGN).unwrap(), [crockford, clean]);
        let refused = engine.generate(&custom(1, &format)).unwrap_err();
        let (kind, asked, left) = (CodeKind::Coupon, 1, 0);
        assert_eq!(refused, Error::Exhausted { kind, asked, left });
        let other = Format::new("B", CodeType::Numeric, 5).unwrap();
        let refused = engine.generate(&custom(1, &other)).map(drop);
        assert_eq!(refused, Err(Error::FormatNotAllowed));
        assert_eq!(engine.release(batch), Ok(()));
    }
}

fn engine_with(campaign: Campaign) -> Engine {
    let engine = seeded(7).build();
    assert!(engine.add_campaign(campaign));
    engine
}

/// What is given back can be issued again, also near the end.
#[test]
fn released_codes_are_free() {
    let list = words(&["4", "77"]);
    let format = numeric("R", 4);
    let clean = format.clone().without_words(&list).unwrap();
    let engine = engine_without(&list);
    let all = usize::try_from(clean.capacity()).unwrap();
    issue(&engine, &format, all - 500);
    let batch = engine.generate(&custom(400, &format)).unwrap();
    assert_refused(&engine, &format, 101, 100);
    assert_eq!(engine.release(batch), Ok(()));
    assert_refused(&engine, &format, 501, 500);
    let codes = issue(&engine, &format, 500);
    assert!(codes.iter().all(|code| clean.spells(code)));
    assert_refused(&engine, &format, 1, 0);
}

/// A list after those that were too long together does not bring the campaign back, without what was said before.
#[test]
fn lists_that_are_too_long_stay_so() {
    let (first, second) = (number_words(0..600), number_words(1000..1600));
    let campaign = Campaign::new(CAMPAIGN).unwrap();
    let campaign = campaign.without_words(&first).without_words(&second);
    assert_eq!(campaign.words(), Some(&first));
    let campaign = campaign.without_words(&Words::new(["sex"]).unwrap());
    assert_eq!(campaign.words(), Some(&first));
    let engine = seeded(7).build();
    assert!(engine.add_campaign(campaign));
    for request in [plain(1), custom(1, &numeric("A", 6))] {
        assert_eq!(engine.generate(&request).unwrap_err(), Error::InvalidWords);
    }
}
