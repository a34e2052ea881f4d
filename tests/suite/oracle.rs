//! The naive oracle: one campaign, one `HashSet<String>` a kind of code, one code after the other.
//! What is clever in the library is compared with this.

use std::collections::HashSet;

use couponmint::{Batch, Format};

use crate::common::{custom, customs, engine, numeric, plain, spelt};

/// What one campaign has issued or reserved.
#[derive(Default)]
pub(crate) struct Oracle {
    widgets: HashSet<String>,
    customs: HashSet<String>,
}

impl Oracle {
    /// Takes in a batch: every coupon well formed, no code known before.
    pub(crate) fn issue(&mut self, batch: &Batch, format: Option<&Format>) {
        for coupon in batch {
            let (single_use, widget) = (coupon.single_use_code(), coupon.widget_validation_code());
            assert_eq!((single_use.len(), widget.len()), (21, 6));
            assert!(single_use.starts_with(widget));
            let is_base36 = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
            assert!(single_use.bytes().all(is_base36), "{single_use}");
            assert!(self.widgets.insert(widget.to_owned()), "{widget} twice");

            let code = coupon.custom_validation_code();
            assert_eq!(code.is_some(), format.is_some());
            if let (Some(code), Some(format)) = (code, format) {
                assert!(spells(format, code), "{format:?} does not spell {code}");
                assert!(self.customs.insert(code.to_owned()), "{code} twice");
            }
        }
    }

    /// Whether a custom code was free; it is not any more.
    pub(crate) fn reserve(&mut self, code: &str) -> bool {
        self.customs.insert(code.to_owned())
    }

    /// Whether a widget code was free; it is not any more.
    pub(crate) fn reserve_widget(&mut self, code: &str) -> bool {
        self.widgets.insert(code.to_owned())
    }

    pub(crate) fn taken_widgets(&self) -> usize {
        self.widgets.len()
    }

    /// The custom codes gone, in whatever format.
    pub(crate) fn taken(&self) -> usize {
        self.customs.len()
    }

    pub(crate) fn has(&self, code: &str) -> bool {
        self.customs.contains(code)
    }

    /// The free codes of a format without tails: all but those gone that it spells.
    pub(crate) fn free(&self, format: &Format) -> u64 {
        let length = u32::try_from(format.length()).unwrap();
        let all = (format.alphabet().symbols().len() as u64).pow(length);
        let is_gone = |code: &&String| spells(format, code);
        all - self.customs.iter().filter(is_gone).count() as u64
    }

    /// The same, looking at every text that the format spells.
    fn free_texts(&self, format: &Format) -> u64 {
        let is_free = |text: &String| !self.customs.contains(text);
        texts(format).into_iter().filter(is_free).count() as u64
    }
}

/// Every code of a small format, in alphabet order.
pub(crate) fn texts(format: &Format) -> Vec<String> {
    let symbols = format.alphabet().symbols();
    let append = |text: &String| {
        let longer = |symbol| format!("{text}{symbol}");
        symbols.chars().map(longer).collect::<Vec<_>>()
    };
    let mut texts = vec![format.prefix().to_owned()];
    for _ in 0..format.length() {
        texts = texts.iter().flat_map(append).collect();
    }
    texts
}

pub(crate) fn spells(format: &Format, code: &str) -> bool {
    code.strip_prefix(format.prefix()).is_some_and(|symbols| {
        let known = |symbol| format.alphabet().symbols().contains(symbol);
        symbols.len() == format.length() && symbols.chars().all(known)
    })
}

#[test]
fn oracle_counts_texts() {
    let (wide, narrow) = (numeric("A", 4), numeric("A1", 3));
    let mut oracle = Oracle::default();
    assert_eq!((oracle.free(&wide), oracle.free(&narrow)), (10_000, 1000));
    assert!(oracle.reserve("A1000"));
    assert!(oracle.reserve("A2000"));
    assert!(!oracle.reserve("A2000"));
    assert_eq!((oracle.free(&wide), oracle.free(&narrow)), (9998, 999));
    assert_eq!(oracle.taken(), 2);
    for format in [
        wide,
        narrow,
        spelt("A", "123", 4),
        spelt("", "A0", 5),
        numeric("B", 4),
    ] {
        assert_eq!(oracle.free(&format), oracle.free_texts(&format));
    }
    assert_eq!(
        texts(&spelt("x", "ba", 3))[..3],
        ["xbbb", "xbba", "xbab"].map(str::to_owned)
    );
}

#[test]
#[should_panic(expected = "twice")]
fn oracle_notices_a_code_issued_twice() {
    let batch = engine().generate(&plain(3)).unwrap();
    let mut oracle = Oracle::default();
    oracle.issue(&batch, None);
    oracle.issue(&batch, None);
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
        let remaining = engine.remaining("cam_15111", &format).unwrap();
        assert_eq!(remaining, oracle.free_texts(&format));
        assert_eq!(remaining, oracle.free(&format));
    }
    assert_eq!(oracle.free(&format), 0);
}
