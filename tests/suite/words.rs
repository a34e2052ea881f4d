//! Words that codes never spell, compared with a naive filter: plain text, no automaton.

use std::{
    collections::HashSet,
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
};

use couponmint::{Alphabet, Campaign, Check, Error, Format, Mistake, Words};
use proptest::prelude::*;

use crate::{
    common::{
        CAMPAIGN, WIDGETS, assert_refused, cases, checked, custom, customs, engine, foreign, issue,
        number_words, numeric, plain, remaining, remaining_widgets, seeded, single_uses,
    },
    oracle::{holds_any, texts},
};

/// The clean codes of a format of a list, in alphabet order.
fn clean_texts(format: &Format, words: &[&str]) -> Vec<String> {
    let text = format.to_string();
    let pattern = text.split(' ').next().unwrap();
    let symbols = format.alphabet().symbols();
    let mut clean = texts(format);
    clean.retain(|code| !holds_any(pattern, symbols, words, code));
    clean
}

fn words(words: &[&str]) -> Words {
    Words::new(words).unwrap()
}

/// Formats of few codes, with and without check symbols, of symbols that look alike.
fn formats() -> impl Strategy<Value = Format> {
    let symbols = prop_oneof![
        Just("0123456789"),
        Just("0145"),
        Just("as5"),
        Just("aA4b"),
        Just("sexSEX35"),
        Just("0OoIl1"),
        Just("ab-"),
        Just("AS-_"),
    ];
    let pattern = "[as4-]{0,3}#{1,3}[-.as5]{0,2}#[s6-]{0,1}#{1,2}[-_e]{0,2}";
    let check = prop_oneof![
        Just(None),
        Just(Some(Check::Iso7064)),
        Just(Some(Check::Luhn)),
        Just(Some(Check::Ean8)),
    ];
    (symbols, pattern, check).prop_filter_map("few codes", |(symbols, pattern, check)| {
        let format = Format::pattern(&pattern, Alphabet::new(symbols).ok()?).ok()?;
        let format = match check {
            Some(check) => checked(format, check),
            None => format,
        };
        (format.capacity() <= 100_000).then_some(format)
    })
}

fn lists() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[asAS45bex60-9]{2,4}|[aoi04]{1,3}|[0-9]{1,3}", 1..6)
}

/// All that a format says of its codes agrees with a list of them.
#[track_caller]
fn assert_agrees(format: &Format, all: &Format, clean: &[String]) {
    assert_eq!(format.capacity(), clean.len() as u128, "{format}");
    for (rank, code) in (0..).zip(clean) {
        assert_eq!(format.code(rank).as_ref(), Some(code), "{format}");
        assert_eq!(format.rank(code), Some(rank), "{format} {code}");
        assert_eq!(format.verify(code), Ok(()));
        assert_eq!(format.normalize(code).as_ref(), Some(code));
    }
    assert_eq!(format.code(clean.len() as u128), None);
    let clean: HashSet<_> = clean.iter().collect();
    for code in texts(all) {
        assert_eq!(
            format.spells(&code),
            clean.contains(&code),
            "{format} {code}"
        );
        if !clean.contains(&code) {
            assert_eq!(format.rank(&code), None);
            assert_eq!(format.verify(&code), Err(Mistake::NotOfFormat));
        }
        let typed = code.to_lowercase().replace(['-', '.'], " ");
        if let Some(read) = format.normalize(&typed) {
            assert!(clean.contains(&read), "{format} {typed}");
        }
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn clean_codes_are_those_of_a_naive_filter(all in formats(), list in lists()) {
        let list: Vec<&str> = list.iter().map(String::as_str).collect();
        let clean = clean_texts(&all, &list);
        let format = all.clone().without_words(&words(&list));
        if 16 * (clean.len() as u128) < all.capacity() {
            prop_assert_eq!(format, Err(Error::TooFewCodes), "{} {:?}", all, list);
            return Ok(());
        }
        let format = format.unwrap();
        assert_agrees(&format, &all, &clean);
        prop_assert_eq!(format.to_string().parse(), Ok(format.clone()));
        prop_assert!(format.guess_odds(format.capacity()).to_bits() == 1.0_f64.to_bits());
    }

    /// To the last one, each of them once; then 601.
    #[test]
    fn all_clean_codes_are_issued(all in formats(), list in lists(), cut: prop::sample::Index) {
        let list: Vec<&str> = list.iter().map(String::as_str).collect();
        let clean = clean_texts(&all, &list);
        let Ok(format) = all.without_words(&words(&list)) else { return Ok(()) };
        if clean.len() < 2 || clean.len() > 20_000 {
            return Ok(());
        }
        let engine = engine();
        prop_assert_eq!(remaining(&engine, &format), clean.len() as u128);
        let first = 1 + cut.index(clean.len() - 1);
        assert_refused(&engine, &format, clean.len() + 1, clean.len() as u64);
        let mut issued = issue(&engine, &format, first);
        let left = clean.len() - first;
        prop_assert_eq!(remaining(&engine, &format), left as u128);
        assert_refused(&engine, &format, left + 1, left as u64);
        issued.extend(issue(&engine, &format, left));
        issued.sort_unstable();
        let mut clean = clean;
        clean.sort_unstable();
        prop_assert_eq!(issued, clean);
        assert_refused(&engine, &format, 1, 0);
    }
}

#[test]
fn lists_that_are_none() {
    let long = "a".repeat(33);
    for list in [
        &[""][..],
        &["a b"],
        &["ä"],
        &["a-b"],
        &[&long],
        &["ass", "\n"],
    ] {
        assert_eq!(Words::new(list), Err(Error::InvalidWords), "{list:?}");
    }
    assert_eq!(
        Words::new(std::iter::repeat("ass")),
        Err(Error::InvalidWords)
    );
    let many: Vec<_> = (0..1000).map(|number| format!("{number:04}")).collect();
    assert_eq!(Words::new(&many).unwrap().len(), 1000);
    assert_eq!(
        Words::new(many.iter().chain(&many[..1])),
        Err(Error::InvalidWords)
    );
    let long: Vec<_> = (0..129).map(|number| format!("{number:032}")).collect();
    assert_eq!(Words::new(&long), Err(Error::InvalidWords));
    assert!(Words::new(&long[1..]).is_ok());
    let error = Error::InvalidWords;
    assert_eq!(error.code(), 301);
    assert_eq!(
        error.to_string(),
        "words must be at most 1,000, each of 1 to 32 ASCII letters and digits, 4,096 characters in all"
    );
    assert_eq!(Error::TooFewCodes.code(), 301);
    assert_eq!(
        Error::TooFewCodes.to_string(),
        "words must leave at least one code in 16"
    );
}

#[test]
fn lists_as_text() {
    for list in [&[][..], &["ass"], &["SEX", "1488", "a5s"]] {
        let list = words(list);
        assert_eq!(list.to_string().parse(), Ok(list.clone()));
        assert_eq!(list.is_empty(), list == words(&[]));
        assert_eq!(list.iter().count(), list.len());
    }
    let text = words(&["hell", "HE11", "l00k"]).to_string();
    assert_eq!(text, "heii,iook");
    assert!(",".parse::<Words>().is_err() && " ass".parse::<Words>().is_err());
}

#[test]
fn texts_that_are_no_format() {
    let ok = "SUMMER-#### crockford check=iso7064 words=ass,sex";
    assert_eq!(ok.parse::<Format>().unwrap().to_string(), ok);
    for text in [
        "#### crockford words=sex,ass",
        "#### crockford words=ASS",
        "#### crockford words=ball",
        "#### crockford words=ass,ass",
        "#### crockford words=",
        "#### crockford words=ass ",
        "#### crockford words=ass,",
        "#### crockford words=ass check=iso7064",
        "#### crockford words=ass words=sex",
        "#### crockford words=a-b",
        "##### [ab] words=a",
    ] {
        assert!(text.parse::<Format>().is_err(), "{text}");
    }
}

/// Widget codes and single-use codes of a campaign.
#[test]
fn no_word_begins_in_a_widget_code() {
    let list = ["ass", "b", "xy", "q0q0", "lol"];
    let engine = seeded(7).build();
    let campaign = Campaign::new(CAMPAIGN)
        .unwrap()
        .without_words(&words(&list));
    assert!(engine.add_campaign(campaign));
    let widget = Format::pattern("######", Alphabet::base36()).unwrap();
    let clean = widget.clone().without_words(&words(&list)).unwrap();
    let capacity = u64::try_from(clean.capacity()).unwrap();
    assert!(capacity < WIDGETS);
    assert_eq!(remaining_widgets(&engine), capacity);
    let mut ends = 0;
    for _ in 0..3 {
        for code in single_uses(&engine.generate(&plain(100_000)).unwrap()) {
            assert!(clean.spells(&code[..6]), "{code}");
            let symbols = widget.alphabet().symbols();
            for end in 7..=10 {
                for first in 0..6 {
                    let word = &code[first..end];
                    let same = |known: &&&str| known.len() == word.len();
                    let pattern = "#".repeat(word.len());
                    let known: Vec<&str> = list.iter().filter(same).copied().collect();
                    assert!(!holds_any(&pattern, symbols, &known, word), "{code}");
                }
            }
            ends += usize::from(code[..6].ends_with("as"));
        }
    }
    // As often as any other two symbols that may stand there: 300,000 / 36^2 times about 1.2.
    assert!((180..360).contains(&ends), "{ends}");
    assert_eq!(remaining_widgets(&engine), capacity - 300_000);
}

#[test]
fn codes_that_exist_may_hold_words() {
    let list = words(&["ass", "42"]);
    let engine = seeded(7).build();
    let campaign = Campaign::new(CAMPAIGN).unwrap().without_words(&list);
    assert!(engine.add_campaign(campaign));
    let before = remaining_widgets(&engine);
    let codes = ["ass000", "000a5s", "000000", "xx42yy", "000000"];
    assert_eq!(engine.reserve_single_use(CAMPAIGN, codes), Ok(4));
    assert_eq!(remaining_widgets(&engine), before - 1);

    let format = numeric("A-", 3);
    let clean = format.clone().without_words(&list).unwrap();
    assert_eq!(clean.capacity(), 1000 - 20);
    assert_eq!(remaining(&engine, &format), 980);
    let codes = ["A-042", "A-421", "A-100", "A-042"];
    assert_eq!(engine.reserve_custom(CAMPAIGN, &format, codes), Ok(3));
    assert_eq!(engine.reserve_custom(CAMPAIGN, &clean, codes), Ok(0));
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &clean, ["A-142", "A-143"]),
        Ok(2)
    );
    assert_eq!(remaining(&engine, &format), 978);
    assert_eq!(remaining(&engine, &clean), 978);
    let mut issued = issue(&engine, &format, 978);
    issued.sort_unstable();
    let expected = (0..1000).map(|number| format!("A-{number:03}"));
    let expected = expected.filter(|code| clean.spells(code) && code != "A-100" && code != "A-143");
    assert_eq!(issued, expected.collect::<Vec<_>>());
    assert_refused(&engine, &format, 1, 0);
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &format, ["A-420", "A-100"]),
        Ok(1)
    );
    assert_eq!(
        engine.reserve_custom(CAMPAIGN, &format, ["B-420"]),
        Err(foreign([0]))
    );
    let rows = [("zzzzzz", Some("A-742")), ("ass001", Some("A-742"))];
    let new = engine.reserve_coupons(CAMPAIGN, &[clean], rows).unwrap();
    assert_eq!((new.single_use_codes, new.custom_codes), (2, 1));
    assert_eq!(remaining_widgets(&engine), before - 2 - 978);
}

/// It goes into the subkeys of keyed campaigns: another word would make other codes of the same serials.
#[test]
fn the_english_list_is_frozen() {
    let text = Words::english().to_string();
    let sum = |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte));
    assert_eq!((Words::english().len(), text.len()), (59, 314));
    assert_eq!(text.bytes().fold(0, sum), 0x2ade_e11b_125a_dedf);
}

/// The campaign's words and the format's count once where they are the same.
#[test]
fn long_lists_that_have_words_in_common() {
    let engine = engine();
    let campaign = Campaign::new("cam_lists").unwrap();
    assert!(engine.add_campaign(campaign.without_words(&number_words(0..600))));
    let format = numeric("A", 6)
        .without_words(&number_words(100..700))
        .unwrap();
    let left = engine.remaining("cam_lists", &format).unwrap();
    let all = numeric("A", 6)
        .without_words(&number_words(0..700))
        .unwrap();
    assert_eq!(left, all.capacity());
    assert_eq!(engine.remaining("cam_lists", &all), Ok(left));
}

/// Whoever keeps lists in a set finds them again, and apart.
#[test]
fn equal_lists_hash_alike() {
    let hash = |list: &Words| BuildHasherDefault::<DefaultHasher>::default().hash_one(list);
    let [list, same, other] =
        [&["damn", "hell"], &["HELL", "damn"], &["damn", "help"]].map(|list| words(list));
    assert_eq!((&list, hash(&list)), (&same, hash(&same)));
    assert_ne!(hash(&list), hash(&other));
    assert_ne!(list, other);
}

#[test]
fn frozen() {
    let engine = seeded(7).build();
    let list = Words::english();
    assert!(engine.add_campaign(Campaign::new(CAMPAIGN).unwrap().without_words(&list)));
    let format = Format::pattern("SALE-###-#", Alphabet::new("asSx5").unwrap()).unwrap();
    let batch = engine.generate(&custom(5, &format)).unwrap();
    let codes = [
        "SALE-sxx-x",
        "SALE-5xs-x",
        "SALE-aa5-a",
        "SALE-5as-a",
        "SALE-axx-x",
    ];
    assert_eq!(customs(&batch), codes);
    let codes = [
        "tmbny2h3mx1a3qy6vdmdl",
        "h7v0jk209bzkres7l4ul2",
        "nn8v96wi86459zkr9ld2c",
        "7x7vpxq5sxl1dqas2tqpq",
        "q6b524x39uvo8x0f5vy3s",
    ];
    assert_eq!(single_uses(&batch), codes);
}
