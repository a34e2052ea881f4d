//! Keyed campaigns by the crate `fpe`: the same codes from the same key.
//!
//! An input is bytes, and zeros where it ends: how many symbols there are, how many of them a code has, whether the last one
//! is a check symbol, how many holes; the serial; the distance of each hole from it; the key.

use std::collections::BTreeSet;

use aes::Aes256;
use couponmint::{Alphabet, Campaign, Check, Engine, Format, Key};
use fpe::ff1::{FF1, FlexibleNumeralString};
use hkdf::Hkdf;
use sha2::Sha256;

const SYMBOLS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";
const CAMPAIGN: &str = "cam_15111";
/// Codes that are looked at.
const CODES: u64 = 3;
/// Formats of fewer codes are shuffled, which is nothing of `fpe`'s.
const FEW: u128 = 1_000_000;

pub fn check(input: &[u8]) {
    let mut bytes = input.iter().copied().chain(std::iter::repeat(0));
    let mut next = || bytes.next().expect("there is no end");
    let base = usize::from(next()) % 63 + 2;
    let length = usize::from(next()) % 28 + 3;
    let alphabet = Alphabet::new(&SYMBOLS[..base]).expect("distinct symbols");
    let mut format = Format::with_alphabet("K-", alphabet, length).expect("a length in range");
    if next() % 2 == 1 {
        format = format.clone().check(Check::Iso7064).unwrap_or(format);
    }
    if format.capacity() < FEW {
        return;
    }
    let holes = next() % 4;
    let serial = u64::from_be_bytes([(); 8].map(|()| next()));
    let room = format.capacity().min(u64::MAX.into()) - u128::from(CODES) - u128::from(holes);
    let serial = (u128::from(serial) % room) as u64;
    let last = format.capacity() - 1;
    let holes = (0..holes).map(|_| last.min(u128::from(serial) + u128::from(next() % 8)));
    let holes: BTreeSet<u128> = holes.collect();
    let key = [(); 32].map(|()| next());
    let naive = Naive::new(&key, &format);
    let codes: Vec<String> = holes.iter().map(|&number| naive.code(number)).collect();
    let campaign = Campaign::keyed(CAMPAIGN, Key::from_bytes(key), [format.clone()]);
    let campaign = campaign.expect("one format, which is no widget code's");
    let engine = Engine::new();
    assert!(
        engine.add_campaign(
            campaign
                .reserve_custom(&format, &codes)
                .expect("codes of the format")
        )
    );
    let stream = engine.codes(CAMPAIGN, &format, serial..serial + CODES);
    for (serial, code) in (serial..).zip(stream.expect("the serials are below the capacity")) {
        assert_eq!(
            code,
            naive.code(number(serial, &holes)),
            "{format:?} {serial}"
        );
        let found = engine.serial(CAMPAIGN, &format, &code);
        assert_eq!(found, Ok(Some(serial)), "{format:?} {serial}");
    }
    for code in &codes {
        assert_eq!(
            engine.serial(CAMPAIGN, &format, code),
            Ok(None),
            "{format:?}"
        );
    }
}

/// The n-th number that is no hole.
fn number(serial: u64, holes: &BTreeSet<u128>) -> u128 {
    let mut number = u128::from(serial);
    for &hole in holes {
        number += u128::from(hole <= number);
    }
    number
}

/// A format's codes by `fpe`.
struct Naive<'f> {
    format: &'f Format,
    ff1: FF1<Aes256>,
    radix: u128,
    length: u32,
}

impl<'f> Naive<'f> {
    fn new(key: &[u8; 32], format: &'f Format) -> Self {
        let check = format.check_system().map_or("", Check::name);
        let pattern = format.to_string();
        let pattern = pattern.split(' ').next().expect("a pattern comes first");
        let parts = [
            "couponmint keyed 1",
            CAMPAIGN,
            "custom",
            pattern,
            format.alphabet().symbols(),
            check,
        ];
        let mut info = Vec::new();
        for part in parts {
            info.extend((part.len() as u64).to_be_bytes());
            info.extend(part.as_bytes());
        }
        let mut subkey = [0; 32];
        let hkdf = Hkdf::<Sha256>::new(None, key);
        hkdf.expand(&info, &mut subkey)
            .expect("32 bytes are no more than there are");
        let (radix, length) = numerals(format);
        let radix = u32::try_from(radix).expect("a radix is small");
        let ff1 = FF1::new(&subkey, radix).expect("a radix in range");
        Self {
            format,
            ff1,
            radix: radix.into(),
            length,
        }
    }

    fn code(&self, mut number: u128) -> String {
        loop {
            let string = self.encrypted(number);
            if self.format.capacity() == u128::MAX {
                return self.spelt(&string);
            }
            let append = |rank, &numeral: &u16| rank * self.radix + u128::from(numeral);
            number = string.iter().fold(0, append);
            if let Some(code) = self.format.code(number) {
                return code;
            }
        }
    }

    fn encrypted(&self, mut number: u128) -> Vec<u16> {
        let mut string = vec![0; self.length as usize];
        for numeral in string.iter_mut().rev() {
            *numeral = u16::try_from(number % self.radix).expect("below the radix");
            number /= self.radix;
        }
        let string = FlexibleNumeralString::from(string);
        self.ff1
            .encrypt(&[], &string)
            .expect("a string in range")
            .into()
    }

    /// The code of its own symbols, all but the check symbol, which is the one that makes a code of them.
    fn spelt(&self, symbols: &[u16]) -> String {
        let alphabet = self.format.alphabet().symbols();
        let symbol = |&place: &u16| &alphabet[usize::from(place)..][..1];
        let code =
            self.format.prefix().to_owned() + &symbols.iter().map(symbol).collect::<String>();
        if self.format.spells(&code) {
            return code;
        }
        let mut codes = alphabet.chars().map(|last| format!("{code}{last}"));
        codes
            .find(|code| self.format.spells(code))
            .expect("a check symbol fits")
    }
}

/// The radix and the number of numerals: the shortest even length, then the smallest radix; or the code's own.
fn numerals(format: &Format) -> (u128, u32) {
    let capacity = format.capacity();
    if capacity == u128::MAX {
        let check = usize::from(format.check_system().is_some());
        return (
            format.alphabet().base().into(),
            (format.length() - check) as u32,
        );
    }
    let is_enough = |radix: u128, length| {
        radix
            .checked_pow(length)
            .is_none_or(|strings| strings >= capacity)
    };
    let length = [2, 4, 6, 8, 10]
        .into_iter()
        .find(|&length| is_enough(65_535, length));
    let length = length.expect("ten numerals are enough");
    let radix = (2..=65_535).find(|&radix| is_enough(radix, length));
    (radix.expect("the largest radix is enough"), length)
}
