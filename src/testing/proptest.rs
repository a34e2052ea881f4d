//! Strategies for property tests of what is built on this library.
//!
//! ```
//! use couponmint::{Campaign, Engine, proptest::{requests, small_formats}};
//! use proptest::prelude::*;
//!
//! proptest!(ProptestConfig::with_cases(16), |(request in requests())| {
//!     let engine = Engine::new();
//!     prop_assert!(engine.add_campaign(Campaign::new(request.campaign())?));
//!     if let Ok(batch) = engine.generate(&request) {
//!         prop_assert_eq!(batch.len(), request.requested_amount());
//!     }
//! });
//! ```
//!
//! [`CodeType`], [`Status`], [`Check`], [`Alphabet`], [`Words`], [`Format`] and [`Request`] are also `Arbitrary`, for
//! `any::<Request>()`.

use proptest::{
    arbitrary::{Arbitrary, any},
    prop_oneof,
    sample::{self as prop, select},
    strategy::{BoxedStrategy, Just, Strategy},
};

use crate::{
    code::{
        alphabet::{Alphabet, SYMBOLS},
        check::Check,
        format::{CodeType, Format},
        words::Words,
    },
    request::{MAX_AMOUNT, Request, Status},
};

/// Any alphabet: 2 to 64 symbols in any order.
///
/// ```
/// use couponmint::proptest::alphabets;
/// use proptest::prelude::*;
///
/// proptest!(|(alphabet in alphabets())| {
///     prop_assert!((2..=64).contains(&alphabet.base()));
/// });
/// ```
pub fn alphabets() -> impl Strategy<Value = Alphabet> {
    let symbols = Just(SYMBOLS.chars().collect::<Vec<_>>()).prop_shuffle();
    (symbols, 2..=SYMBOLS.len()).prop_filter_map("a valid alphabet", |(symbols, base)| {
        let symbols: String = symbols[..base].iter().collect();
        Alphabet::new(&symbols).ok()
    })
}

/// Any format of numeric or alphanumeric codes, as a request can ask for.
///
/// ```
/// use couponmint::proptest::formats;
/// use proptest::prelude::*;
///
/// proptest!(|(format in formats())| {
///     let first = format.code(0).unwrap();
///     prop_assert!(format.spells(&first));
/// });
/// ```
pub fn formats() -> impl Strategy<Value = Format> {
    let parts = ("[0-9A-Za-z_-]{0,32}", any::<CodeType>(), 3_usize..=30);
    parts.prop_filter_map("a valid format", |(prefix, code_type, length)| {
        Format::new(&prefix, code_type, length).ok()
    })
}

/// Formats of 8 to 1,000 codes, which are soon exhausted, and many of which overlap.
///
/// ```
/// use couponmint::proptest::small_formats;
/// use proptest::prelude::*;
///
/// proptest!(|(format in small_formats())| {
///     prop_assert!((8..=1000).contains(&format.capacity()));
/// });
/// ```
pub fn small_formats() -> impl Strategy<Value = Format> {
    let symbols = select(vec!["01", "10", "0A", "AB1", "012A", "0123456789"]);
    let shape = prop_oneof![("[01A]{0,2}", Just(3_usize)), ("[01A]{0,1}", Just(4_usize))];
    (symbols, shape).prop_filter_map("8 to 1,000 codes", |(symbols, (prefix, length))| {
        let alphabet = Alphabet::new(symbols).ok()?;
        let format = Format::with_alphabet(&prefix, alphabet, length).ok()?;
        (format.capacity() <= 1000).then_some(format)
    })
}

/// Any alphabet that has a name, such as `crockford`.
///
/// ```
/// use couponmint::{Alphabet, proptest::named_alphabets};
/// use proptest::prelude::*;
///
/// proptest!(|(alphabet in named_alphabets())| {
///     prop_assert_eq!(alphabet.to_string().parse::<Alphabet>()?, alphabet);
/// });
/// ```
pub fn named_alphabets() -> impl Strategy<Value = Alphabet> {
    let alphabets: Vec<_> = Alphabet::named().map(|(_, alphabet)| alphabet).collect();
    select(alphabets)
}

/// Any format there is: groups and literal text, any alphabet, check symbols of every system, and words left out.
///
/// ```
/// use couponmint::proptest::patterns;
/// use proptest::prelude::*;
///
/// proptest!(|(format in patterns())| {
///     let code = format.code(format.capacity() / 2).unwrap();
///     prop_assert_eq!(format.normalize(&code), Some(code));
/// });
/// ```
pub fn patterns() -> impl Strategy<Value = Format> {
    let group = ("[0-9A-Za-z._~-]{0,4}", 1_usize..=8);
    let groups = proptest::collection::vec(group, 1..=6);
    let alphabet = prop_oneof![named_alphabets(), alphabets()];
    let check = proptest::option::of(select(vec![Check::Iso7064, Check::Luhn]));
    let parts = (groups, "[0-9A-Za-z._~-]{0,4}|[._~-]?", alphabet, check);
    let any = parts.prop_filter_map("a valid pattern", |(groups, end, alphabet, check)| {
        let groups = groups.into_iter();
        let groups: String = groups
            .map(|(text, symbols)| text + &"#".repeat(symbols))
            .collect();
        let format = Format::pattern(&(groups + &end), alphabet).ok()?;
        Some(checked(format, check))
    });
    let format = prop_oneof![4 => any, 1 => scanned(14)];
    (format, proptest::option::of(words())).prop_map(|(format, words)| without(format, words))
}

/// Formats that tills scan, of at most so many symbols.
fn scanned(most: usize) -> impl Strategy<Value = Format> {
    let systems = [
        (Check::Ean8, 8_usize),
        (Check::UpcA, 12),
        (Check::Ean13, 13),
        (Check::Gtin14, 14),
    ];
    let parts = (select(systems.to_vec()), "[0-9]{0,11}", any::<bool>());
    parts.prop_filter_map(
        "a valid pattern",
        move |((check, digits), prefix, is_grouped)| {
            let symbols = digits.checked_sub(prefix.len())?;
            (symbols <= most).then_some(())?;
            let mut pattern = format!("{prefix:#<digits$}");
            if is_grouped {
                pattern.insert(digits - 1, '-');
            }
            Format::pattern(&pattern, Alphabet::numeric())
                .ok()?
                .check(check)
                .ok()
        },
    )
}

/// The format with a check symbol, if there is to be one and it fits.
fn checked(format: Format, check: Option<Check>) -> Format {
    let with_check = check.and_then(|check| format.clone().check(check).ok());
    with_check.unwrap_or(format)
}

/// The format without these words, if that leaves enough codes.
fn without(format: Format, words: Option<Words>) -> Format {
    let without = words.and_then(|words| format.clone().without_words(&words).ok());
    without.unwrap_or(format)
}

/// Formats of any shape whose pattern fits at most a million texts: few enough to list all codes.
///
/// ```
/// use couponmint::proptest::listable_formats;
/// use proptest::prelude::*;
///
/// proptest!(|(format in listable_formats())| {
///     let texts = format.alphabet().base().pow(format.length() as u32);
///     prop_assert!(texts <= 1_000_000);
///     prop_assert!(format.capacity() <= texts.into());
/// });
/// ```
pub fn listable_formats() -> impl Strategy<Value = Format> {
    let alphabet = prop_oneof![named_alphabets(), alphabets(), few_symbols()];
    let text = proptest::collection::vec("[0-9A-Za-z._~-]{0,2}", 20);
    let end = "[0-9A-Za-z]{0,2}|[._~-]?";
    let check = proptest::option::of(Just(Check::Iso7064));
    let parts = (alphabet, any::<prop::Index>(), text, end, check);
    let shaped = parts.prop_filter_map(
        "a valid pattern",
        |(alphabet, length, texts, end, check)| {
            let longest = 1_000_000_u64.ilog(alphabet.base()) as usize;
            let length = length.index(longest - 2) + 3;
            let groups = texts[..length].iter().map(|text| format!("{text}#"));
            let format = Format::pattern(&(groups.collect::<String>() + &end), alphabet).ok()?;
            Some(checked(format, check))
        },
    );
    let digits = ("[0-9]{0,4}[._~-]?#{3}[._~-]?#{0,3}", any::<bool>());
    let digits = digits.prop_filter_map("a valid pattern", |(pattern, is_checked)| {
        let format = Format::pattern(&pattern, Alphabet::numeric()).ok()?;
        Some(checked(format, is_checked.then_some(Check::Luhn)))
    });
    let format = prop_oneof![8 => shaped, 1 => digits, 1 => scanned(6)];
    let parts = (format, proptest::option::of(words()));
    parts.prop_map(|(format, words)| without(format, words))
}

/// Alphabets of 2 to 6 symbols.
fn few_symbols() -> impl Strategy<Value = Alphabet> {
    let alphabets = (alphabets(), 2_usize..=6);
    alphabets.prop_filter_map("a valid alphabet", |(alphabet, base)| {
        Alphabet::new(alphabet.symbols().get(..base)?).ok()
    })
}

/// Lists of one to eight short words, of letters and digits that look alike or not.
///
/// ```
/// use couponmint::proptest::words;
/// use proptest::prelude::*;
///
/// proptest!(|(words in words())| {
///     prop_assert!((1..=8).contains(&words.len()));
/// });
/// ```
pub fn words() -> impl Strategy<Value = Words> {
    let word = prop_oneof!["[0-9a-zA-Z]{2,6}", "[01AB]{1,3}", "[0-9]{2,4}"];
    let words = proptest::collection::vec(word, 1..=8);
    words.prop_filter_map("a list of words", |words| Words::new(words).ok())
}

/// Small formats, up to 10,000 codes, with groups and a check symbol or without, some of whose codes hold a word
/// and are none.
///
/// ```
/// use couponmint::proptest::filtered_formats;
/// use proptest::prelude::*;
///
/// proptest!(|(format in filtered_formats())| {
///     let all = (0..format.capacity()).filter_map(|rank| format.code(rank));
///     for code in all.take(10) {
///         prop_assert!(format.spells(&code));
///     }
/// });
/// ```
pub fn filtered_formats() -> impl Strategy<Value = Format> {
    let symbols = select(vec!["01", "0A", "AB1", "012A", "a4As5S", "0123456789"]);
    let pattern = "[01A-]{0,2}#{1,2}[-01A]{0,1}#{2}-?";
    let parts = (symbols, pattern, any::<bool>(), words());
    parts.prop_filter_map("codes are left", |(symbols, pattern, is_checked, words)| {
        let format = Format::pattern(&pattern, Alphabet::new(symbols).ok()?).ok()?;
        let format = checked(format, is_checked.then_some(Check::Iso7064));
        format.without_words(&words).ok()
    })
}

/// Any valid request; small amounts are as likely as large ones.
///
/// ```
/// use couponmint::proptest::requests;
/// use proptest::prelude::*;
///
/// proptest!(|(request in requests())| {
///     prop_assert!((1..=100_000).contains(&request.requested_amount()));
/// });
/// ```
pub fn requests() -> impl Strategy<Value = Request> {
    let amount = prop_oneof![1..=20_u32, 1..=MAX_AMOUNT];
    let custom_codes = proptest::option::of(formats());
    let parts = ("[0-9A-Za-z_-]{1,64}", amount, any::<Status>(), custom_codes);
    parts.prop_filter_map("a valid request", |(campaign, amount, status, format)| {
        let request = Request::new(campaign).ok()?.amount(amount).ok()?;
        let request = request.status(status);
        Some(match format {
            Some(format) => request.custom_codes(format),
            None => request,
        })
    })
}

/// Parameters of a valid request, as text, in any order.
///
/// ```
/// use couponmint::{Request, proptest::valid_params};
/// use proptest::prelude::*;
///
/// proptest!(|(params in valid_params())| {
///     prop_assert!(Request::from_params(params).is_ok());
/// });
/// ```
pub fn valid_params() -> impl Strategy<Value = Vec<(String, String)>> {
    (requests(), any::<bool>())
        .prop_map(|(request, rare)| params(&request, rare))
        .prop_shuffle()
}

/// Parameters that are refused: those of a valid request with one mistake, in any order.
///
/// ```
/// use couponmint::{Request, proptest::invalid_params};
/// use proptest::prelude::*;
///
/// proptest!(|(params in invalid_params())| {
///     prop_assert!(Request::from_params(params).is_err());
/// });
/// ```
pub fn invalid_params() -> impl Strategy<Value = Vec<(String, String)>> {
    let parts = (requests(), formats(), select(&MISTAKES[..]));
    let params = parts.prop_map(|(mut request, format, (name, values))| {
        if name.starts_with("code_") {
            request = request.custom_codes(format);
        }
        let mut params = params(&request, true);
        params.retain(|(known, _)| known != name);
        params.extend(
            values
                .iter()
                .map(|&value| (name.to_owned(), value.to_owned())),
        );
        params
    });
    params.prop_shuffle()
}

/// Names, and the values that are put in place of the valid one: none, a wrong one, or two.
const MISTAKES: [(&str, &[&str]); 25] = [
    ("campaign", &[]),
    ("campaign", &[""]),
    ("campaign", &["cam 15111"]),
    (
        "campaign",
        &["0123456789012345678901234567890123456789012345678901234567890cam_"],
    ),
    ("campaign", &["cam_15111", "cam_15111"]),
    ("amount", &[""]),
    ("amount", &["0"]),
    ("amount", &["100001"]),
    ("amount", &["1e3"]),
    ("amount", &["-1"]),
    ("amount", &["10", "10"]),
    ("status", &["Activated"]),
    ("status", &["normal", "voided"]),
    ("automated_codes", &["2"]),
    ("code_prefix", &[]),
    ("code_prefix", &["test "]),
    ("code_prefix", &["0123456789012345678901234567test_"]),
    ("code_length", &[]),
    ("code_length", &["2"]),
    ("code_length", &["31"]),
    ("code_length", &["ten"]),
    ("code_type", &[]),
    ("code_type", &["Numeric"]),
    ("client_id", &["1", "1"]),
    ("ammount", &["10"]),
];

/// Prefix, type and length of a format that is refused.
///
/// ```
/// use couponmint::{Format, proptest::invalid_formats};
/// use proptest::prelude::*;
///
/// proptest!(|((prefix, code_type, length) in invalid_formats())| {
///     prop_assert!(Format::new(&prefix, code_type, length).is_err());
/// });
/// ```
pub fn invalid_formats() -> impl Strategy<Value = (String, CodeType, usize)> {
    let valid = || ("[0-9A-Za-z_-]{0,32}", 3_usize..=30);
    prop_oneof![
        (
            "[0-9A-Za-z_-]{0,15}[^0-9A-Za-z_-][0-9A-Za-z_-]{0,15}",
            valid().1
        ),
        ("[0-9A-Za-z_-]{33,64}", valid().1),
        (valid().0, 0_usize..=2),
        (valid().0, 31_usize..),
    ]
    .prop_flat_map(|(prefix, length)| (Just(prefix), any::<CodeType>(), Just(length)))
}

/// The parameters that ask for a request with a numeric or alphanumeric format, in the rarer words
/// where there are two.
fn params(request: &Request, rare: bool) -> Vec<(String, String)> {
    let status = match request.requested_status() {
        Status::Activated if rare => "active".to_owned(),
        status => status.to_string(),
    };
    let mut params = vec![
        ("campaign", request.campaign().to_owned()),
        ("amount", request.requested_amount().to_string()),
        ("status", status),
    ];
    if let Some(format) = request.format() {
        let is_numeric = *format.alphabet() == Alphabet::numeric();
        let code_type = if is_numeric {
            CodeType::Numeric
        } else {
            CodeType::Alphanumeric
        };
        params.extend([
            (
                "automated_codes",
                if rare { "1" } else { "true" }.to_owned(),
            ),
            ("code_prefix", format.prefix().to_owned()),
            ("code_length", format.length().to_string()),
            ("code_type", code_type.to_string()),
        ]);
    }
    let owned = |(name, value): (&str, String)| (name.to_owned(), value);
    params.into_iter().map(owned).collect()
}

macro_rules! arbitrary {
    ($($type:ty: $strategy:expr;)*) => {$(
        impl Arbitrary for $type {
            type Parameters = ();
            type Strategy = BoxedStrategy<Self>;

            fn arbitrary_with((): ()) -> Self::Strategy {
                $strategy.boxed()
            }
        }
    )*};
}

arbitrary! {
    CodeType: select(vec![CodeType::Numeric, CodeType::Alphanumeric]);
    Status: select(vec![Status::Normal, Status::Voided, Status::Activated]);
    Check: select(&Check::ALL[..]);
    Alphabet: alphabets();
    Format: formats();
    Request: requests();
    Words: words();
}
