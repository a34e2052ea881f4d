//! One seed, one batch, on any number of threads and for ever.

use std::ops::Range;

use couponmint::{Batch, Engine, Format};
use rayon::ThreadPoolBuilder;

use crate::common::{
    CAMPAIGN, alphanumeric, bar, built, custom, customs, engine, numeric, plain, seeded,
    single_uses, spelt,
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
fn long_tails() {
    let formats = [
        numeric("", 30),
        alphanumeric("x", 30),
        spelt("y", "abcdefgh", 30),
    ];
    on_any_threads(|| {
        let engine = engine();
        let batches = formats
            .iter()
            .map(|format| engine.generate(&custom(5000, format)).unwrap());
        batches.collect()
    });
}

#[test]
fn keyspaces_filled_to_the_end() {
    let (small, large) = (numeric("", 5), numeric("", 6));
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
            .base_url("https://x.example"),
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
    ["349", "932", "034"],
    ["test_Lf6CewFsXR", "test_vpzSo8EZHe", "test_224LflcJmd"],
    [
        "N-349401682549474330403078922280",
        "N-932880167897773090843004904965",
        "N-032796606254619051953738572703",
    ],
    [
        "Lf6CewFsXR1uLvtslTQah9odDy2rqo",
        "vpzSo8EZHeQf6jFlJ5QPF1WLeUUmfu",
        "224LflcJmdXJi43zINmsol03kRbHS1",
    ],
    ["aba", "bbb", "aaa"],
];
/// The hash of all codes of 100,000 coupons with ten alphanumeric symbols, and of the last 100,000
/// of a million custom codes, drawn where looking takes the place of drawing.
const HASHES: [u64; 2] = [7_357_199_174_123_625_333, 15_588_519_697_353_325_069];

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

/// The hashes of codes of formats that another one bars in part: drawn from all, where that is a block
/// and where it is many single codes; drawn between blocks; and drawn so and then listed.
const HASHES_BESIDE_OTHERS: [u64; 4] = [
    16_466_506_186_186_111_792,
    687_279_951_274_032_718,
    15_448_510_073_265_183_111,
    16_914_566_418_025_893_540,
];

#[test]
fn golden_hashes_beside_other_formats() {
    let beside = |format: &Format, starts: &[String], amounts: &[usize]| {
        let engine = engine();
        for start in starts {
            bar(&engine, start, format.prefix().len() + format.length());
        }
        let generate = |&amount: &usize| engine.generate(&custom(amount, format)).unwrap();
        let batches: Vec<_> = amounts.iter().map(generate).collect();
        fnv(batches.iter().flat_map(customs))
    };
    let (large, small) = (numeric("1234567", 19), numeric("12345678", 4));
    let starts = |numbers: Range<u32>| -> Vec<_> {
        let start = |number| format!("1234567{number:03}");
        numbers.map(start).collect()
    };
    let after_codes_of = |other: &Format, format: &Format| {
        let engine = engine();
        engine.generate(&custom(3000, other)).unwrap();
        fnv(customs(&engine.generate(&custom(20_000, format)).unwrap()))
    };
    let hashes = [
        beside(&large, &["1234567890123".to_owned()], &[3000]),
        after_codes_of(&numeric("A1", 4), &numeric("A", 5)),
        beside(&large, &starts(1..1000), &[3000]),
        beside(&small, &starts(800..810), &[8000, 900]),
    ];
    assert_eq!(hashes, HASHES_BESIDE_OTHERS);
}

#[test]
fn golden_hashes() {
    let batch = engine()
        .generate(&custom(100_000, &alphanumeric("test_", 10)))
        .unwrap();
    let all = fnv(single_uses(&batch).into_iter().chain(customs(&batch)));
    let (engine, million) = (engine(), numeric("", 6));
    let last = (0..10)
        .map(|_| engine.generate(&custom(100_000, &million)).unwrap())
        .last();
    assert_eq!([all, fnv(customs(&last.unwrap()))], HASHES);
}
