//! The naive oracle: one campaign is one set of texts. A text is taken or free, whatever code it is.
//! What is clever in the library is compared with this.

use std::collections::HashMap;

use couponmint::{Alphabet, Batch, Format};

use crate::common::{
    CAMPAIGN, base36, built, custom, customs, engine, issue, numeric, plain, remaining, seeded,
    spelt,
};

/// What one campaign has issued or reserved: widget codes and custom codes alike, each with the format that took
/// it, if it was known.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    taken: HashMap<String, Option<Format>>,
    issued: u64,
}

impl Oracle {
    /// Takes in a batch: every coupon well formed, no code taken before.
    #[track_caller]
    pub(crate) fn issue(&mut self, batch: &Batch, format: Option<&Format>) {
        let spelling = format.map(Spelling::of);
        for coupon in batch {
            let (single_use, widget) = (coupon.single_use_code(), coupon.widget_validation_code());
            assert_eq!((single_use.len(), widget.len()), (21, 6));
            assert!(single_use.starts_with(widget));
            let is_base36 = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
            assert!(single_use.bytes().all(is_base36), "{single_use}");
            assert!(self.reserve(widget), "widget code {widget} twice");

            let code = coupon.custom_validation_code();
            assert_eq!(code.is_some(), format.is_some());
            if let (Some(code), Some(format), Some(spelling)) = (code, format, &spelling) {
                assert!(spelling.spells(code), "{format:?} does not spell {code}");
                assert!(self.reserve_in(format, code), "custom code {code} twice");
            }
            self.issued += 1;
        }
    }

    /// Gives back the codes of a batch, all of which are taken.
    #[track_caller]
    pub(crate) fn release(&mut self, batch: &Batch) {
        for coupon in batch {
            let widget = coupon.widget_validation_code();
            assert!(self.taken.remove(widget).is_some(), "{widget} was free");
            if let Some(code) = coupon.custom_validation_code() {
                assert!(self.taken.remove(code).is_some(), "{code} was free");
            }
            self.issued -= 1;
        }
    }

    /// Whether a code was free; it is not any more.
    pub(crate) fn reserve(&mut self, code: &str) -> bool {
        self.take(code, None)
    }

    /// The same of a code of a format.
    pub(crate) fn reserve_in(&mut self, format: &Format, code: &str) -> bool {
        self.take(code, Some(format))
    }

    fn take(&mut self, code: &str, format: Option<&Format>) -> bool {
        let is_new = !self.has(code);
        if is_new {
            self.taken.insert(code.to_owned(), format.cloned());
        }
        is_new
    }

    pub(crate) fn has(&self, code: &str) -> bool {
        self.taken.contains_key(code)
    }

    /// How many coupons are issued and not released.
    pub(crate) fn issued(&self) -> u64 {
        self.issued
    }

    /// The formats that have taken codes, in the order in which an engine gives them.
    pub(crate) fn formats(&self) -> Vec<Format> {
        let mut formats: Vec<_> = self.taken.values().flatten().cloned().collect();
        formats.sort_by_cached_key(Format::to_string);
        formats.dedup();
        formats
    }

    /// The taken codes that a format spells.
    pub(crate) fn taken(&self, format: &Format) -> usize {
        let spelling = Spelling::of(format);
        let spelt = |code: &&String| spelling.spells(code);
        self.taken.keys().filter(spelt).count()
    }

    /// The free codes of a format: all but the taken ones that it spells. The greatest number stands
    /// for itself and more.
    pub(crate) fn free(&self, format: &Format) -> u128 {
        match codes(format) {
            Some(all) => all - self.taken(format) as u128,
            None => u128::MAX,
        }
    }

    /// The same of a small format, looking at every text that it spells.
    pub(crate) fn free_texts(&self, format: &Format) -> Vec<String> {
        let mut texts = texts(format);
        texts.retain(|text| !self.has(text));
        texts
    }

    /// The free widget codes.
    pub(crate) fn free_widgets(&self) -> u64 {
        u64::try_from(self.free(&base36("", 6))).unwrap()
    }
}

/// How a format spells its codes, as its text says.
pub(crate) struct Spelling {
    pattern: String,
    symbols: Vec<u8>,
    check: Option<String>,
    words: Vec<String>,
}

impl Spelling {
    pub(crate) fn of(format: &Format) -> Self {
        let text = format.to_string();
        let mut parts = text.split(' ').peekable();
        let pattern = parts.next().unwrap().to_owned();
        let alphabet: Alphabet = parts.next().unwrap().parse().unwrap();
        assert_eq!(&alphabet, format.alphabet());
        let mut named = |name: &str| {
            parts
                .next_if(|part| part.starts_with(name))
                .map(|part| part[name.len()..].to_owned())
        };
        let check = named("check=");
        let words = named("words=").unwrap_or_default();
        let words = words.split(',').filter(|word| !word.is_empty());
        let words = words.map(str::to_owned).collect();
        assert_eq!(parts.next(), None);
        Self {
            pattern,
            symbols: alphabet.symbols().into(),
            check,
            words,
        }
    }

    /// Whether a text that would be a code holds no word.
    fn is_clean(&self, code: &str) -> bool {
        let symbols = std::str::from_utf8(&self.symbols).unwrap();
        self.words.is_empty() || !holds_any(&self.pattern, symbols, &self.words, code)
    }

    /// Whether the check symbol of a text that fits the pattern is right.
    fn is_checked(&self, code: &str) -> bool {
        let digits = || {
            code.bytes()
                .filter(u8::is_ascii_digit)
                .map(|digit| u32::from(digit - b'0'))
        };
        // Those that count otherwise: every other one, from the right, but for the check digit.
        let sum = |way: fn(u32) -> u32| {
            let ways = digits().rev().enumerate();
            let values = ways.map(|(i, digit)| if i % 2 == 1 { way(digit) } else { digit });
            values.sum::<u32>()
        };
        match self.check.as_deref() {
            None => true,
            Some("iso7064") => {
                let q = self.symbols.len();
                let places = self
                    .pattern
                    .bytes()
                    .zip(code.bytes())
                    .filter(|(place, _)| *place == b'#');
                let value = |byte| {
                    self.symbols
                        .iter()
                        .position(|&symbol| symbol == byte)
                        .unwrap()
                };
                let step = |check: usize, (_, byte)| {
                    let doubled = if check == 0 { q } else { check } * 2 % (q + 1);
                    (doubled + value(byte)) % q
                };
                // As if the remainder before the first symbol were doubled to q.
                places.fold(q / 2, step) == 1
            }
            Some("luhn") => sum(|digit| 2 * digit / 10 + 2 * digit % 10) % 10 == 0,
            Some("ean8" | "upca" | "ean13" | "gtin14") => sum(|digit| 3 * digit) % 10 == 0,
            Some(other) => panic!("{other}"),
        }
    }

    fn length(&self) -> usize {
        self.pattern.matches('#').count()
    }

    /// How many codes there are, if the number fits. With words they are looked at one by one.
    pub(crate) fn codes(&self) -> Option<u128> {
        if !self.words.is_empty() {
            return Some(self.texts().len() as u128);
        }
        let base = self.symbols.len() as u128;
        let times = |all: u128, _| all.checked_mul(base);
        (0..self.length() - usize::from(self.check.is_some())).try_fold(1, times)
    }

    pub(crate) fn spells(&self, code: &str) -> bool {
        let fits = |(pattern, symbol)| match pattern {
            b'#' => self.symbols.contains(&symbol),
            literal => literal == symbol,
        };
        code.len() == self.pattern.len()
            && self.pattern.bytes().zip(code.bytes()).all(fits)
            && self.is_checked(code)
            && self.is_clean(code)
    }

    /// Every text of a small format, in alphabet order.
    pub(crate) fn texts(&self) -> Vec<String> {
        let mut texts = vec![String::new()];
        for pattern in self.pattern.bytes() {
            let own = match pattern {
                b'#' => &*self.symbols,
                ref literal => std::slice::from_ref(literal),
            };
            let append = |text: &String| {
                let longer = |&symbol| format!("{text}{}", char::from(symbol));
                own.iter().map(longer).collect::<Vec<_>>()
            };
            texts = texts.iter().flat_map(append).collect();
        }
        texts.retain(|text| self.is_checked(text) && self.is_clean(text));
        texts
    }
}

/// Characters that look alike, the one that stands for them first.
const ALIKE: [&str; 8] = ["o0", "il1", "z2", "e3", "a4", "s5", "t7", "b8"];

fn look(byte: char) -> char {
    let byte = byte.to_ascii_lowercase();
    let alike = ALIKE.into_iter().find(|alike| alike.contains(byte));
    alike.map_or(byte, |alike| alike.chars().next().unwrap())
}

/// Whether a code of a format holds one of some words, by trying each of them at each place.
pub(crate) fn holds_any(
    pattern: &str,
    symbols: &str,
    words: &[impl AsRef<str>],
    code: &str,
) -> bool {
    let is_digits = symbols.bytes().all(|symbol| symbol.is_ascii_digit());
    // What is read, and where it stands.
    let read: Vec<(usize, char)> = code
        .chars()
        .enumerate()
        .filter(|(_, read)| read.is_ascii_alphanumeric())
        .map(|(place, read)| (place, if is_digits { read } else { look(read) }))
        .collect();
    let stands = |word: &str, first: usize| {
        let word: Vec<char> = word.chars().collect();
        if is_digits && !word.iter().all(char::is_ascii_digit) {
            return false;
        }
        let Some(part) = read.get(first..first + word.len()) else {
            return false;
        };
        let is_there = part
            .iter()
            .zip(&word)
            .all(|(&(_, read), &letter)| read == if is_digits { letter } else { look(letter) });
        let places = part[0].0..=part[word.len() - 1].0;
        is_there && pattern[places].contains('#')
    };
    (0..read.len()).any(|first| words.iter().any(|word| stands(word.as_ref(), first)))
}

/// How many codes a format spells, if the number fits.
pub(crate) fn codes(format: &Format) -> Option<u128> {
    Spelling::of(format).codes()
}

/// Every code of a small format, in alphabet order.
pub(crate) fn texts(format: &Format) -> Vec<String> {
    Spelling::of(format).texts()
}

/// A format that spells the codes that hold a word, too.
pub(crate) fn with_all_words(format: &Format) -> Format {
    let text = format.to_string();
    let (shape, _) = text.split_once(" words=").unwrap_or((&text, ""));
    shape.parse().unwrap()
}

pub(crate) fn spells(format: &Format, code: &str) -> bool {
    Spelling::of(format).spells(code)
}

/// The text of a format with these symbols.
pub(crate) fn filled(format: &Format, mut symbols: impl Iterator<Item = char>) -> String {
    let pattern = Spelling::of(format).pattern;
    let mut fill = |place| match place {
        '#' => symbols.next().unwrap(),
        literal => literal,
    };
    pattern.chars().map(&mut fill).collect()
}

/// Both ways to count the free codes of a small format.
#[track_caller]
fn assert_free(oracle: &Oracle, format: &Format, free: u128) {
    assert_eq!(oracle.free(format), free, "{format:?}");
    assert_eq!(oracle.free_texts(format).len() as u128, free, "{format:?}");
}

#[test]
fn oracle_counts_texts() {
    let (wide, narrow) = (numeric("A", 4), numeric("A1", 3));
    let mut oracle = Oracle::default();
    assert_free(&oracle, &wide, 10_000);
    assert_free(&oracle, &narrow, 1000);
    assert!(oracle.reserve("A1000"));
    assert!(oracle.reserve("A2000"));
    assert!(!oracle.reserve("A2000"));
    for (format, free) in [
        (wide, 9998),
        (narrow, 999),
        (spelt("A", "123", 4), 81),
        (spelt("", "A01", 5), 242),
        (numeric("B", 4), 10_000),
    ] {
        assert_free(&oracle, &format, free);
    }
    assert_eq!(
        texts(&spelt("x", "ba", 3))[..3],
        ["xbbb", "xbba", "xbab"].map(str::to_owned)
    );
}

#[test]
fn oracle_counts_what_no_number_holds() {
    let (mut oracle, digits) = (Oracle::default(), numeric("", 30));
    let symbols = base36("", 30);
    assert!(oracle.reserve(&"7".repeat(30)));
    assert_eq!(oracle.free(&digits), 10_u128.pow(30) - 1);
    assert_eq!(codes(&symbols), None);
    assert_eq!(oracle.free(&symbols), u128::MAX);
}

#[test]
fn oracle_keeps_widget_codes_among_the_others() {
    let mut oracle = Oracle::default();
    assert_eq!(oracle.free_widgets(), 2_176_782_336);
    for code in ["012345", "abc000", "ABC000", "12345"] {
        assert!(oracle.reserve(code));
    }
    assert_eq!(oracle.free_widgets(), 2_176_782_336 - 2);
    assert_free(&oracle, &numeric("012", 3), 999);
    assert_free(&oracle, &numeric("", 5), 99_999);
    let batch = engine().generate(&plain(3)).unwrap();
    oracle.issue(&batch, None);
    assert_eq!(oracle.free_widgets(), 2_176_782_336 - 5);
    let three = batch.get(0).unwrap().widget_validation_code()[..3].to_owned();
    assert_free(&oracle, &base36(&three, 3), 36 * 36 * 36 - 1);
}

#[test]
fn oracle_takes_codes_back() {
    let (mut oracle, format, engine) = (Oracle::default(), numeric("A", 4), engine());
    let batches = [7, 20].map(|amount| engine.generate(&custom(amount, &format)).unwrap());
    for batch in &batches {
        oracle.issue(batch, Some(&format));
    }
    assert_free(&oracle, &format, 10_000 - 27);
    oracle.release(&batches[0]);
    assert_free(&oracle, &format, 10_000 - 20);
    assert_eq!(oracle.free_widgets(), 2_176_782_336 - 20);
    assert!(customs(&batches[0]).iter().all(|code| !oracle.has(code)));
    oracle.issue(&batches[0], Some(&format));
    assert_free(&oracle, &format, 10_000 - 27);
}

#[test]
#[should_panic(expected = "widget code")]
fn oracle_notices_a_widget_code_issued_twice() {
    let batch = engine().generate(&plain(3)).unwrap();
    let mut oracle = Oracle::default();
    oracle.issue(&batch, None);
    oracle.issue(&batch, None);
}

#[test]
#[should_panic(expected = "custom code")]
fn oracle_notices_a_custom_code_issued_twice() {
    let format = numeric("A", 3);
    let [one, other] = [1, 2].map(|seed| built(seeded(seed)));
    let mut oracle = Oracle::default();
    for engine in [one, other] {
        let batch = engine.generate(&custom(1000, &format)).unwrap();
        oracle.issue(&batch, Some(&format));
    }
}

#[test]
#[should_panic(expected = "custom code")]
fn oracle_notices_a_custom_code_that_is_a_widget_code() {
    let batch = engine().generate(&plain(1)).unwrap();
    let widget = batch.get(0).unwrap().widget_validation_code();
    let (format, other) = (base36(&widget[..3], 3), built(seeded(8)));
    let mut oracle = Oracle::default();
    oracle.issue(&batch, None);
    let all = other.generate(&custom(36 * 36 * 36, &format)).unwrap();
    oracle.issue(&all, Some(&format));
}

#[test]
#[should_panic(expected = "was free")]
fn oracle_notices_a_batch_released_twice() {
    let batch = engine().generate(&plain(3)).unwrap();
    let mut oracle = Oracle::default();
    oracle.issue(&batch, None);
    oracle.release(&batch);
    oracle.release(&batch);
}

#[test]
#[should_panic(expected = "does not spell")]
fn oracle_notices_a_foreign_code() {
    let batch = engine().generate(&custom(3, &numeric("A", 4))).unwrap();
    Oracle::default().issue(&batch, Some(&numeric("A1", 4)));
}

#[test]
fn library_agrees_on_one_format() {
    let (engine, format) = (engine(), spelt("-", "xyz", 5));
    let mut oracle = Oracle::default();
    for amount in [1, 7, 100, 100, 34, 1] {
        let batch = engine.generate(&custom(amount, &format)).unwrap();
        oracle.issue(&batch, Some(&format));
        assert!(customs(&batch).iter().all(|code| oracle.has(code)));
        assert_free(&oracle, &format, remaining(&engine, &format));
    }
    assert_free(&oracle, &format, 0);
}

#[test]
fn library_agrees_on_codes_like_widget_codes() {
    let (engine, format) = (engine(), base36("a", 5));
    let mut oracle = Oracle::default();
    for amount in [1, 50_000, 100_000] {
        let batch = engine.generate(&custom(amount, &format)).unwrap();
        oracle.issue(&batch, Some(&format));
        assert_eq!(remaining(&engine, &format), oracle.free(&format));
        assert_eq!(
            engine.remaining_widget_codes(CAMPAIGN),
            Ok(oracle.free_widgets())
        );
    }
    // One widget code in 36 begins like this.
    assert!(oracle.taken(&format) > 150_001);
    assert_eq!(issue(&engine, &format, 10).len(), 10);
}
