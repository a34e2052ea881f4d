//! What a campaign has issued and reserved: a set of texts. A text is taken or free, whatever code it
//! is and whatever format spells it.

use std::collections::HashSet;

use couponmint::{Batch, Format};

#[derive(Default)]
pub struct Model {
    taken: HashSet<String>,
    /// All that were ever taken, in that order.
    known: Vec<String>,
}

impl Model {
    /// Takes in a batch, all of whose codes must be free.
    pub fn issue(&mut self, batch: &Batch, format: Option<&Format>) {
        for coupon in batch {
            let widget = coupon.widget_validation_code();
            assert!(coupon.single_use_code().starts_with(widget));
            assert!(is_widget(widget), "{widget} is no widget code");
            assert!(self.reserve(widget), "widget code {widget} twice");
            assert_eq!(coupon.custom_validation_code().is_some(), format.is_some());
            if let (Some(code), Some(format)) = (coupon.custom_validation_code(), format) {
                assert!(spells(format, code), "{format:?} does not spell {code}");
                assert!(self.reserve(code), "custom code {code} twice");
            }
        }
    }

    /// Gives back the codes of a batch.
    pub fn release(&mut self, batch: &Batch) {
        for coupon in batch {
            assert!(self.taken.remove(coupon.widget_validation_code()));
            if let Some(code) = coupon.custom_validation_code() {
                assert!(self.taken.remove(code));
            }
        }
    }

    /// Reserves a code; whether it was free.
    pub fn reserve(&mut self, code: &str) -> bool {
        let is_new = self.taken.insert(code.to_owned());
        if is_new {
            self.known.push(code.to_owned());
        }
        is_new
    }

    pub fn widgets_left(&self) -> u64 {
        let taken = self.taken.iter().filter(|code| is_widget(code));
        36_u64.pow(6) - taken.count() as u64
    }

    /// The free codes of a format; the greatest number stands for itself and more.
    pub fn left(&self, format: &Format) -> u128 {
        let taken = self.taken.iter().filter(|code| spells(format, code));
        match codes(format) {
            Some(all) => all - taken.count() as u128,
            None => u128::MAX,
        }
    }

    /// The same of a small format, code by code.
    pub fn count(&self, format: &Format) -> u128 {
        let codes = (0..).map_while(|rank| format.code(rank));
        let free = codes.filter(|code| !self.taken.contains(code));
        free.count() as u128
    }

    /// A code that is or was taken.
    pub fn text(&self, number: usize) -> Option<&str> {
        let known = self.known.get(number.checked_rem(self.known.len())?)?;
        Some(known)
    }

    /// A widget code that is or was taken.
    pub fn widget(&self, number: usize) -> Option<&str> {
        let widgets = self.known.iter().filter(|code| is_widget(code));
        let count = widgets.clone().count();
        let known = widgets.clone().nth(number.checked_rem(count)?)?;
        Some(known)
    }
}

/// How many codes a format spells, if the number fits.
pub fn codes(format: &Format) -> Option<u128> {
    let base = format.alphabet().symbols().len() as u128;
    let times = |all: u128, _| all.checked_mul(base);
    (0..format.length()).try_fold(1, times)
}

/// By single symbols: out of sight of the fuzzer, which would take note of every comparison of memory.
pub fn spells(format: &Format, code: &str) -> bool {
    let (prefix, alphabet) = (format.prefix().as_bytes(), format.alphabet().symbols());
    let allows = |(position, symbol): (usize, u8)| match prefix.get(position) {
        Some(&only) => only == symbol,
        None => alphabet.bytes().any(|own| own == symbol),
    };
    code.len() == prefix.len() + format.length() && code.bytes().enumerate().all(allows)
}

pub fn is_widget(code: &str) -> bool {
    let is_base36 = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    code.len() == 6 && code.bytes().all(is_base36)
}
