//! One seed, one batch, on any number of threads and for ever.

use couponmint::{Batch, Engine, Format};
use rayon::ThreadPoolBuilder;

use crate::common::{
    CAMPAIGN, alphanumeric, assert_refused, base36, built, campaign, custom, customs, engine,
    numeric, plain, remaining, remaining_widgets, seeded, single_uses, spelt,
};

/// What `run` gives on pools of 1, 2 and 8 threads, which must be the same.
#[track_caller]
fn on_any_threads(run: impl Fn() -> Vec<Batch> + Sync) {
    let on = |threads| {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(&run)
    };
    let one = on(1);
    assert!(!one.is_empty());
    assert!(on(2) == one && on(8) == one && run() == one);
}

#[test]
fn large_formats() {
    let format = alphanumeric("test_", 10);
    on_any_threads(|| {
        let engine = engine();
        let amounts = [1, 2047, 2048, 2049, 4096, 4097, 100_000, 10];
        amounts
            .map(|amount| engine.generate(&custom(amount, &format)).unwrap())
            .into()
    });
}

#[test]
fn long_codes() {
    let formats = [
        numeric("", 30),
        alphanumeric("x", 30),
        spelt("y", "abcdefgh", 30),
        numeric("", 20),
        alphanumeric("", 11),
        alphanumeric("0", 10),
        base36("", 25),
    ];
    on_any_threads(|| {
        let engine = engine();
        let generate = |format| engine.generate(&custom(5000, format)).unwrap();
        let mut batches: Vec<_> = formats.iter().map(generate).collect();
        batches.push(engine.generate(&custom(100_000, &formats[1])).unwrap());
        batches
    });
}

/// What is announced decides when tables grow, and nothing else: right, wrong or absurd.
#[test]
fn announced_or_not() {
    let formats = [
        alphanumeric("test_", 10),
        alphanumeric("x", 30),
        numeric("", 5),
        base36("", 6),
    ];
    let issue = |expected: Option<u64>| {
        let engine = seeded(7).build();
        let campaign = match expected {
            Some(coupons) => campaign().expecting(coupons),
            None => campaign(),
        };
        assert!(engine.add_campaign(campaign));
        let generate = |amount, format| engine.generate(&custom(amount, format));
        let mut batches = Vec::new();
        for amount in [10, 5_000, 40_000, 40_000] {
            batches.extend(
                formats
                    .iter()
                    .map(|format| generate(amount, format).unwrap()),
            );
            let left = remaining(&engine, &formats[2]) as u64;
            assert_refused(&engine, &formats[2], 100_000, left);
            let released = generate(3_000, &formats[0]).unwrap();
            engine.release(released).unwrap();
        }
        let left = formats.each_ref().map(|format| remaining(&engine, format));
        (batches, left, remaining_widgets(&engine))
    };
    let unannounced = issue(None);
    for expected in [0, 1, 20_000, 200_000, 1_000_000, u64::MAX] {
        assert!(issue(Some(expected)) == unannounced, "{expected}");
    }
}

/// Long codes, some of which were reserved or issued in other formats.
#[test]
fn long_codes_beside_others() {
    let (long, inside) = (alphanumeric("", 22), alphanumeric(&"A".repeat(19), 3));
    on_any_threads(|| {
        let engine = engine();
        let reserved = (0..50_000).filter_map(|rank| inside.code(rank * 4));
        assert_eq!(engine.reserve_custom(CAMPAIGN, &long, reserved), Ok(50_000));
        let steps = [
            (&inside, 60_000),
            (&long, 30_000),
            (&inside, 100_000),
            (&inside, 28_328),
        ];
        steps
            .map(|(format, amount)| engine.generate(&custom(amount, format)).unwrap())
            .into()
    });
}

/// Custom codes beside widget codes, to the end.
#[test]
fn codes_of_six_symbols() {
    let (digits, some, all) = (numeric("", 6), numeric("01", 4), base36("", 6));
    on_any_threads(|| {
        let engine = engine();
        let widgets = (0..5000).map(|number| format!("01{:04}", number * 2));
        assert_eq!(engine.reserve_single_use(CAMPAIGN, widgets), Ok(5000));
        let steps = [
            (&some, 3000),
            (&digits, 100_000),
            (&all, 100_000),
            (&digits, 100_000),
        ];
        let mut batches: Vec<_> = steps
            .map(|(format, amount)| engine.generate(&custom(amount, format)).unwrap())
            .into();
        let left = engine.remaining(CAMPAIGN, &some).unwrap() as usize;
        batches.push(engine.generate(&custom(left, &some)).unwrap());
        batches.push(engine.generate(&plain(100_000)).unwrap());
        batches
    });
}

/// Whatever the order in which a map has its formats.
#[test]
fn hundreds_of_prefixes() {
    let prefixes = |digits: usize, numbers: usize| {
        let prefix = move |number| format!("x{number:0digits$}");
        (0..numbers).map(move |number| numeric(&prefix(number), 6 - digits))
    };
    let (long, short): (Vec<_>, Vec<_>) = (prefixes(3, 300).collect(), prefixes(1, 3).collect());
    let wide = numeric("x", 6);
    on_any_threads(|| {
        let engine = engine();
        let generate = |format: &Format, amount| engine.generate(&custom(amount, format)).unwrap();
        let mut batches: Vec<_> = long.iter().map(|format| generate(format, 30)).collect();
        for format in &short {
            batches.extend([60_000, 30_000].map(|amount| generate(format, amount)));
        }
        for amount in [100_000, 3000, 1] {
            batches.push(generate(&wide, amount));
        }
        batches
    });
}

/// What is released is part of it, as what is refused is not.
#[test]
fn after_releases_and_refusals() {
    let (wide, narrow) = (numeric("A", 5), numeric("A1", 4));
    on_any_threads(|| {
        let engine = engine();
        let generate = |amount, format| engine.generate(&custom(amount, format)).unwrap();
        let [first, second] = [generate(70_000, &wide), generate(2000, &narrow)];
        assert_eq!(engine.release(first), Ok(()));
        assert_refused(&engine, &wide, 98_001, 98_000);
        let third = generate(90_000, &wide);
        assert_eq!(engine.release(third), Ok(()));
        vec![
            second,
            generate(5000, &narrow),
            generate(93_000, &wide),
            generate(10, &numeric("A", 6)),
        ]
    });
}

#[test]
fn keyspaces_filled_to_the_end() {
    let (small, large) = (numeric("", 5), numeric("x", 6));
    on_any_threads(|| {
        let engine = engine();
        let mut batches = Vec::new();
        for amount in [60_000, 30_000, 9000, 900, 99, 1] {
            batches.push(engine.generate(&custom(amount, &small)).unwrap());
        }
        for _ in 0..10 {
            batches.push(engine.generate(&custom(100_000, &large)).unwrap());
        }
        batches
    });
}

#[test]
fn a_keyspace_in_one_batch() {
    let format = numeric("", 5);
    on_any_threads(|| vec![engine().generate(&custom(100_000, &format)).unwrap()]);
}

#[test]
fn overlapping_formats_and_reserved_codes() {
    let (wide, narrow) = (numeric("A", 5), numeric("A1", 4));
    on_any_threads(|| {
        let engine = engine();
        let reserved = (0..30_000).filter_map(|rank| wide.code(rank * 3));
        engine.reserve_custom(CAMPAIGN, &wide, reserved).unwrap();
        let steps = [
            (&narrow, 2000),
            (&wide, 40_000),
            (&narrow, 1000),
            (&wide, 20_000),
        ];
        steps
            .map(|(format, amount)| engine.generate(&custom(amount, format)).unwrap())
            .into()
    });
}

#[test]
fn requests_of_one_engine_differ() {
    let (engine, format) = (engine(), alphanumeric("", 20));
    let first = engine.generate(&custom(10, &format)).unwrap();
    let second = engine.generate(&custom(10, &format)).unwrap();
    for (one, other) in first.iter().zip(&second) {
        assert_ne!(one.single_use_code()[6..], other.single_use_code()[6..]);
        assert_ne!(one.custom_validation_code(), other.custom_validation_code());
    }
}

#[test]
fn the_two_kinds_of_code_are_drawn_apart() {
    let base36 = spelt("", "0123456789abcdefghijklmnopqrstuvwxyz", 21);
    for coupon in &engine().generate(&custom(1000, &base36)).unwrap() {
        let code = coupon.custom_validation_code().unwrap();
        assert_ne!(code[..6], coupon.single_use_code()[..6]);
        assert_ne!(code[12..], coupon.single_use_code()[10..19]);
    }
}

#[test]
fn seeds_differ() {
    let codes = |seed| single_uses(&built(seeded(seed)).generate(&plain(10)).unwrap());
    assert_eq!(codes(1), codes(1));
    assert_ne!(codes(1), codes(2));
}

#[test]
fn engines_without_a_seed_differ() {
    let codes = || {
        let engine = built(Engine::builder());
        let batch = engine.generate(&plain(10)).unwrap();
        let again = engine.generate(&plain(10)).unwrap();
        [single_uses(&batch), single_uses(&again)]
    };
    let [a, b] = codes();
    let [c, d] = codes();
    assert!(a != b && a != c && a != d && b != c && b != d && c != d);
}

#[test]
fn what_a_seed_gives_depends_on_the_codes_alone() {
    let calm = engine().generate(&plain(100)).unwrap();
    let other = built(
        Engine::builder()
            .seed([7; 32])
            .first_sequence_id(9)
            .base_url("https://other.example/"),
    );
    let status = plain(100).status(couponmint::Status::Activated);
    assert_eq!(
        single_uses(&other.generate(&status).unwrap()),
        single_uses(&calm)
    );
    let with_custom = engine().generate(&custom(100, &numeric("", 5))).unwrap();
    assert_eq!(single_uses(&with_custom), single_uses(&calm));
}

// Golden values: frozen. To change them is a breaking change. A failing test prints the new ones.

/// The first codes of the first request of an engine with seed `[7; 32]`.
const SINGLE_USE: [&str; 3] = [
    "tmbny2h3mx1a3qy6vdmdl",
    "h7v0jk209bzkres7l4ul2",
    "nn8v96wi86459zkr9ld2c",
];
/// Its first custom codes in each of the formats.
const CUSTOM: [[&str; 3]; 5] = [
    ["349", "932", "032"],
    ["test_Lf6CewFsXR", "test_vpzSo8EZHe", "test_224LflcJmd"],
    [
        "N-349401682549474030789222804884",
        "N-932880167897773430049049659023",
        "N-032796606254619537385727039038",
    ],
    [
        "Lf6CewFsXR1uLvtslTQah9odDy2rqo",
        "vpzSo8EZHeQf6jFlJ5QPF1WLeUUmfu",
        "224LflcJmdXJi43zINmsol03kRbHS1",
    ],
    ["aba", "bbb", "aaa"],
];
fn golden_formats() -> [(Format, usize); 5] {
    [
        (numeric("", 3), 1000),
        (alphanumeric("test_", 10), 1000),
        (numeric("N-", 30), 1000),
        (alphanumeric("", 30), 1000),
        (spelt("", "ab", 3), 8),
    ]
}

/// FNV-1a of the texts, each followed by a line feed.
fn fnv(texts: impl IntoIterator<Item = String>) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let line = |text: String| text.into_bytes().into_iter().chain([b'\n']);
    texts
        .into_iter()
        .flat_map(line)
        .fold(0xcbf2_9ce4_8422_2325, step)
}

#[test]
fn golden() {
    let first = |codes: Vec<String>| [0, 1, 2].map(|i| codes[i].clone());
    let seen = golden_formats().map(|(format, amount)| {
        first(customs(
            &engine().generate(&custom(amount, &format)).unwrap(),
        ))
    });
    assert_eq!(seen, CUSTOM);
    let batch = engine().generate(&plain(10)).unwrap();
    assert_eq!(first(single_uses(&batch)), SINGLE_USE);
}

/// Hashes of all codes of each case of `golden_hashes`.
const HASHES: [u64; 9] = [
    7_357_199_174_123_625_333,
    6_170_398_937_511_156_135,
    13_605_039_957_104_613_510,
    8_830_615_216_671_024_751,
    14_982_066_516_135_986_545,
    6_957_615_096_625_697_869,
    983_565_174_150_235_621,
    6_326_716_958_015_728_335,
    5_291_864_223_602_036_015,
];

/// The cases are the ways in which codes are found.
#[test]
fn golden_hashes() {
    let hash = |steps: &[(&Format, usize)]| {
        let engine = engine();
        let generate = |&(format, amount)| engine.generate(&custom(amount, format)).unwrap();
        let batches: Vec<_> = steps.iter().map(generate).collect();
        fnv(batches
            .iter()
            .flat_map(|batch| single_uses(batch).into_iter().chain(customs(batch))))
    };
    let (plain, digits) = (alphanumeric("test_", 10), numeric("A", 5));
    let (inside, alike) = (numeric("A1", 4), spelt("A", "9876543210", 5));
    let hashes = [
        // Drawn.
        hash(&[(&plain, 100_000)]),
        // To the end of a keyspace.
        hash(&[
            (&digits, 60_000),
            (&digits, 30_000),
            (&digits, 9999),
            (&digits, 1),
        ]),
        // Beside a format of longer prefix, and the other way round.
        hash(&[(&inside, 3000), (&digits, 20_000), (&digits, 77_000)]),
        hash(&[(&digits, 20_000), (&inside, 3000), (&inside, 2000)]),
        hash(&[(&alike, 50_000), (&digits, 49_990), (&alike, 10)]),
        // Two and three numbers.
        hash(&[(&numeric("", 20), 5000), (&numeric("1", 19), 5000)]),
        hash(&[
            (&alphanumeric("", 30), 5000),
            (&alphanumeric("0", 29), 5000),
        ]),
        // Beside widget codes.
        hash(&[
            (&base36("", 6), 20_000),
            (&numeric("", 6), 90_000),
            (&numeric("01", 4), 5000),
        ]),
        hash(&[
            (&numeric("A", 6), 100_000),
            (&numeric("A12", 4), 5000),
            (&numeric("A", 6), 100_000),
        ]),
    ];
    assert_eq!(hashes, HASHES);
}

/// The hash of what comes after a release.
const HASH_AFTER_RELEASE: u64 = 6_877_444_621_214_054_085;

#[test]
fn golden_hash_after_a_release() {
    let (engine, format) = (engine(), numeric("A", 4));
    let generate = |amount| engine.generate(&custom(amount, &format)).unwrap();
    let [first, second] = [generate(6000), generate(3990)];
    assert_eq!(engine.release(first), Ok(()));
    let [third, fourth] = [generate(5000), generate(1010)];
    let batches = [second, third, fourth];
    assert_eq!(fnv(batches.iter().flat_map(customs)), HASH_AFTER_RELEASE);
}
