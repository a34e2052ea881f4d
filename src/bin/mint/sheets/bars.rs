//! Codes as bars, for tills: EAN-8, UPC-A or EAN-13 where the format has such a check digit, and else Code 128
//! where there is room for it.

use barcoders::sym::{code128::Code128, ean8::EAN8, ean13::EAN13};
use couponmint::{Check, Format};

use super::picture::Picture;

/// How codes of a format are written as bars.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Bars {
    Ean8,
    UpcA,
    Ean13,
    Code128,
}

/// The width of a card that is there for bars, in millimetres.
const ROOM: f64 = 75.0;
/// A module in millimetres, as GS1 would have it, and the narrowest that ordinary printers and scanners can do.
const MODULE: f64 = 0.33;
const NARROWEST: f64 = 0.25;
/// The white modules that scanners want on either side.
const QUIET: usize = 11;
/// Heights in modules: of the bars, and of the digits below them.
const HEIGHT: usize = 36;
const DIGITS: usize = 9;

impl Bars {
    /// None if codes of the format are too long for them.
    pub(crate) fn of(format: &Format) -> Option<Self> {
        let bars = match format.check_system() {
            Some(Check::Ean8) => Self::Ean8,
            Some(Check::UpcA) => Self::UpcA,
            Some(Check::Ean13) => Self::Ean13,
            _ => Self::Code128,
        };
        let modules = bars.modules(&format.code(0)?)?.len() + 2 * QUIET;
        (millimetres(modules, NARROWEST) <= ROOM).then_some(bars)
    }

    /// A code as SVG.
    pub(crate) fn draw(self, code: &str) -> Option<String> {
        let modules = self.modules(code)?;
        let width = modules.len() + 2 * QUIET;
        let quiet = || [false; QUIET].into_iter();
        let mut picture = Picture::default();
        picture.add(0, HEIGHT, quiet().chain(modules.iter().copied()));
        let digits = only_digits(code);
        let groups = self.groups(&digits);
        let mut height = HEIGHT;
        if !groups.is_empty() {
            let guards = modules.iter().enumerate();
            let guards = guards.map(|(place, &bar)| bar && self.is_guard(place, modules.len()));
            picture.add(HEIGHT, DIGITS / 2, quiet().chain(guards));
            height += DIGITS;
        }
        let size = MODULE.min(ROOM / millimetres(width, 1.0));
        // What is drawn begins where the letters above it do.
        let white = groups.first().map_or(QUIET, |&(left, ..)| left.min(QUIET));
        let [wide, high, white] = [width, height, white].map(|modules| millimetres(modules, size));
        let digits: String = groups.into_iter().map(digits_below).collect();
        Some(format!(
            "<svg class=\"bars\" viewBox=\"0 0 {width} {height}\" \
             style=\"width:{wide:.2}mm;height:{high:.2}mm;margin-left:-{white:.2}mm\">{picture}{digits}</svg>"
        ))
    }

    /// The modules of a code, black or not.
    fn modules(self, code: &str) -> Option<Vec<bool>> {
        let modules = match self {
            Self::Ean8 => EAN8::new(only_digits(code)).ok()?.encode(),
            Self::UpcA => EAN13::new(format!("0{}", only_digits(code))).ok()?.encode(),
            Self::Ean13 => EAN13::new(only_digits(code)).ok()?.encode(),
            Self::Code128 => Code128::new(with_character_set(code)).ok()?.encode(),
        };
        Some(modules.into_iter().map(|module| module == 1).collect())
    }

    /// Whether a module is in one of the longer bars that part the digits.
    fn is_guard(self, place: usize, modules: usize) -> bool {
        let edge = if self == Self::UpcA { 10 } else { 3 };
        place < edge || place + edge >= modules || place.abs_diff(modules / 2) <= 2
    }

    /// The digits below the bars: at which module they begin, how many modules wide they are, and which.
    fn groups(self, digits: &str) -> Vec<(usize, usize, &str)> {
        const LEFT: usize = QUIET - 8;
        match self {
            Self::Ean8 => vec![
                (QUIET + 4, 26, &digits[..4]),
                (QUIET + 37, 26, &digits[4..]),
            ],
            Self::Ean13 => vec![
                (LEFT, 6, &digits[..1]),
                (QUIET + 4, 40, &digits[1..7]),
                (QUIET + 51, 40, &digits[7..]),
            ],
            Self::UpcA => vec![
                (LEFT, 6, &digits[..1]),
                (QUIET + 11, 33, &digits[1..6]),
                (QUIET + 51, 33, &digits[6..11]),
                (QUIET + 97, 6, &digits[11..]),
            ],
            Self::Code128 => Vec::new(),
        }
    }
}

fn digits_below((left, width, digits): (usize, usize, &str)) -> String {
    let base = HEIGHT + DIGITS - 1;
    format!("<text x=\"{left}\" y=\"{base}\" textLength=\"{width}\">{digits}</text>")
}

fn millimetres(modules: usize, size: f64) -> f64 {
    f64::from(modules as u32) * size
}

fn only_digits(code: &str) -> String {
    code.chars().filter(char::is_ascii_digit).collect()
}

/// Code 128 writes pairs of digits in the room of one letter.
fn with_character_set(code: &str) -> String {
    let is_pairs = code.len() % 2 == 0 && code.bytes().all(|byte| byte.is_ascii_digit());
    let set = if is_pairs { '\u{106}' } else { '\u{181}' };
    format!("{set}{code}")
}

#[cfg(test)]
mod tests {
    use couponmint::Alphabet;

    use super::*;

    fn bars(pattern: &str, alphabet: Alphabet, check: Option<Check>) -> Option<Bars> {
        let format = Format::pattern(pattern, alphabet).unwrap();
        Bars::of(&match check {
            Some(check) => format.check(check).unwrap(),
            None => format,
        })
    }

    #[test]
    fn each_format_has_the_bars_that_tills_know() {
        for (pattern, check, expected) in [
            ("99###########", Check::Ean13, Bars::Ean13),
            ("20-##-########-#", Check::Ean13, Bars::Ean13),
            ("2#######", Check::Ean8, Bars::Ean8),
            ("5###########", Check::UpcA, Bars::UpcA),
            ("1#############", Check::Gtin14, Bars::Code128),
            ("603587##########", Check::Luhn, Bars::Code128),
        ] {
            let bars = bars(pattern, Alphabet::numeric(), Some(check));
            assert_eq!(bars, Some(expected), "{pattern}");
        }
        let letters = |pattern: &str| bars(pattern, Alphabet::crockford(), None);
        assert_eq!(letters("SUMMER-####-####"), Some(Bars::Code128));
        assert_eq!(letters(&"#".repeat(22)), Some(Bars::Code128));
        assert_eq!(letters(&"#".repeat(23)), None);
        assert_eq!(
            bars(&"#".repeat(30), Alphabet::numeric(), None),
            Some(Bars::Code128)
        );
    }

    /// The modules of an EAN-13 as GS1's General Specifications have them, for 4006381333931.
    #[test]
    fn modules_of_a_known_ean_13() {
        let modules = Bars::Ean13.modules("4006381333931").unwrap();
        let modules: String = modules
            .iter()
            .map(|&bar| if bar { '1' } else { '0' })
            .collect();
        let left = "0001101 0100111 0101111 0111101 0001001 0110011";
        let right = "1000010 1000010 1000010 1110100 1000010 1100110";
        let expected = format!("101{left}01010{right}101").replace(' ', "");
        assert_eq!(modules, expected);
    }
}
