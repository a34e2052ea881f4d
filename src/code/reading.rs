//! What customers type, read as a code.
//!
//! Blanks and dashes are skipped, case is ignored where an alphabet has only one, and a character that is no
//! symbol is read as the one that it looks like. Nothing is guessed: where more than one symbol comes into
//! question, or the result is not a code, check symbol included, there is no reading.

use std::fmt;

use crate::code::{
    alphabet::Alphabet,
    format::Format,
    pattern::{SYMBOL, is_separator},
};

/// What is wrong with a text that is not a code.
///
/// ```
/// use couponmint::{Alphabet, Check, Format, Mistake};
///
/// let format = Format::pattern("####", Alphabet::numeric())?.check(Check::Luhn)?;
/// assert_eq!(format.verify("1230"), Ok(()));
/// assert_eq!(format.verify("1320"), Err(Mistake::Mistyped));
/// assert_eq!(format.verify("123"), Err(Mistake::NotOfFormat));
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mistake {
    /// The text is not one of the format, whatever its check symbol; or it holds a word that codes never spell.
    NotOfFormat,
    /// All but the check symbol would do: a typing error.
    Mistyped,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NotOfFormat => "not a code of this format",
            Self::Mistyped => "the check symbol is another one: a typing error",
        })
    }
}

impl std::error::Error for Mistake {}

/// Characters taken for each other, each group with its digit first.
const LOOK_ALIKES: [&str; 5] = ["0Oo", "1Il", "2Zz", "5Ss", "8B"];
/// The same where case is ignored.
const LOOK_ALIKES_IN_ANY_CASE: [&str; 5] = ["0Oo", "1IiLl", "2Zz", "5Ss", "8Bb"];

/// Dashes that word processors put in place of a plain one: U+2010 to U+2015, and the minus sign.
fn is_dash(typed: char) -> bool {
    matches!(typed, '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn other_case(typed: char) -> char {
    if typed.is_ascii_lowercase() {
        typed.to_ascii_uppercase()
    } else {
        typed.to_ascii_lowercase()
    }
}

impl Alphabet {
    fn has(&self, symbol: char) -> bool {
        self.symbols().contains(symbol)
    }

    /// Whether no letter is there in both cases.
    fn ignores_case(&self) -> bool {
        let mut letters = self.symbols().chars().filter(char::is_ascii_alphabetic);
        !letters.any(|letter| self.has(other_case(letter)))
    }

    /// The symbol that a typed character stands for.
    fn read(&self, typed: char) -> Option<char> {
        if self.has(typed) {
            return Some(typed);
        }
        let ignores_case = self.ignores_case();
        if ignores_case && self.has(other_case(typed)) {
            return Some(other_case(typed));
        }
        let groups = if ignores_case {
            LOOK_ALIKES_IN_ANY_CASE
        } else {
            LOOK_ALIKES
        };
        let group = groups.into_iter().find(|group| group.contains(typed))?;
        let mut symbols = group.chars().filter(|&symbol| self.has(symbol));
        let first = symbols.next()?;
        // In one case there is no doubt about a digit: what looks like it is not another letter.
        let is_only = symbols.next().is_none() || (ignores_case && first.is_ascii_digit());
        is_only.then_some(first)
    }
}

/// Whether a typed character stands for one that the pattern says.
fn stands_for(typed: char, literal: char) -> bool {
    let mut groups = LOOK_ALIKES_IN_ANY_CASE.into_iter();
    typed.eq_ignore_ascii_case(&literal)
        || groups.any(|group| group.contains(typed) && group.contains(literal))
}

impl Format {
    /// Whether a text is a code, or what is wrong with it.
    ///
    /// ```
    /// use couponmint::{Alphabet, Check, Format};
    ///
    /// let format = Format::pattern("####", Alphabet::numeric())?.check(Check::Luhn)?;
    /// let wrong = format.verify("1320").unwrap_err();
    /// assert_eq!(wrong.to_string(), "the check symbol is another one: a typing error");
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Mistake::Mistyped`] if all is right but the check symbol; [`Mistake::NotOfFormat`] for any other text.
    pub fn verify(&self, text: &str) -> Result<(), Mistake> {
        if self.spells(text) {
            return Ok(());
        }
        let is_mistyped = text.len() == self.text_length() && self.is_mistyped(text.as_bytes());
        Err(if is_mistyped {
            Mistake::Mistyped
        } else {
            Mistake::NotOfFormat
        })
    }

    /// The code that a customer meant to type. Blanks, dashes and other characters that only separate groups are
    /// ignored, and so is case if the alphabet has only one. Look-alikes such as O and 0, or I, L and 1, are
    /// exchanged where only one of them is a symbol. A code is left as it is; the result is always a code.
    ///
    /// ```
    /// use couponmint::{Alphabet, Format};
    ///
    /// let format = Format::pattern("SUMMER-####-####", Alphabet::crockford())?;
    /// let code = Some("SUMMER-7K3M-90XT".to_owned());
    /// assert_eq!(format.normalize(" summer 7k3m9oxt "), code);
    /// assert_eq!(format.normalize("5UMMER\u{2013}7K3M\u{2013}90XT"), code);
    /// assert_eq!(format.normalize("SUMMER-7K3M-90X"), None);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn normalize(&self, typed: &str) -> Option<String> {
        if self.spells(typed) {
            return Some(typed.to_owned());
        }
        // A separator that is a symbol, too, is never skipped.
        let is_skipped = |separator: char| !self.alphabet().has(separator);
        let is_separator = |byte: u8| is_separator(byte) && is_skipped(byte.into());
        let is_blank = |typed: char| {
            let is_separator = |typed| u8::try_from(typed).is_ok_and(is_separator);
            typed.is_whitespace() || is_dash(typed) || is_separator(typed)
        };
        let mut typed = typed.chars().filter(|&typed| !is_blank(typed));
        let pattern = self.whole_pattern();
        let mut code = String::with_capacity(pattern.text().len());
        for place in pattern.text().bytes() {
            code.push(match place {
                SYMBOL => self.alphabet().read(typed.next()?)?,
                separator if is_separator(separator) => separator.into(),
                literal => {
                    let literal = char::from(literal);
                    typed.next().filter(|&typed| stands_for(typed, literal))?;
                    literal
                }
            });
        }
        (typed.next().is_none() && self.spells(&code)).then_some(code)
    }
}
