//! Words that codes never spell.
//!
//! A code holds a word if its letters and digits do, one after the other, in either case and with characters
//! taken for each other that look alike: a reader sees `A55`, `a-s-5` and `4SS` as one word. `automaton.rs` finds
//! them, a look-up per character; `filter.rs` knows what a format's literal text has to do with it; and
//! `counting.rs` counts the codes that hold none, and numbers them.
//!
//! A code that holds a word is drawn again, like one that is taken (`random/clean.rs`): most of them hold none,
//! and to look at a code takes about as long as to draw it, while it takes many times as long to find the
//! code of a number among those that are clean. So a ledger keeps the same plain numbers with and without words,
//! and counts are only made when somebody asks for one.

mod automaton;
mod common;
mod counting;
mod filter;
mod finder;
mod sums;

use std::{
    collections::BTreeSet,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
    sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError},
};

use self::{automaton::Automaton, counting::Tables};
pub(crate) use self::{
    common::count_common,
    counting::Counts,
    filter::{Filter, Scan},
    finder::{Finder, Flaw, WidgetScan},
};
use crate::error::Error;

/// The most words of a list, the most characters of a word, and of all of them together.
pub(crate) const MAX_WORDS: usize = 1000;
pub(crate) const MAX_WORD: usize = 32;
pub(crate) const MAX_CHARACTERS: usize = 4096;

/// Words that codes never spell.
///
/// They are found in the whole text of a code, whatever the case of its letters. Separators (`-_.~`) are skipped, and
/// characters that look alike count as the same: o and 0, i, l and 1, z and 2, e and 3, a and 4, s and 5, t and 7, b and
/// 8. A word that is wholly in the literal text of a pattern is allowed: it is the shop's own. If an alphabet has only
/// digits, nothing looks like a letter: only words of digits count, as they are.
///
/// A list has one form, whatever it was made of: in lower case, with characters that look alike written as one of
/// them (`n00b` as `noob`, `hell` as `heii`) unless a word is digits alone, each word once, in order. Cloning is
/// cheap.
///
/// ```
/// use couponmint::{Alphabet, Format, Words};
///
/// let words = Words::new(["Sex", "ass", "A5S"])?;
/// assert_eq!(words.to_string(), "ass,sex");
///
/// let format = Format::pattern("####", Alphabet::crockford())?.without_words(&words)?;
/// assert!(format.spells("4A1T"));
/// assert!(!format.spells("4A5S")); // as good as "aass"
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Clone)]
pub struct Words(Arc<List>);

struct List {
    /// The words, with a comma between them.
    text: String,
    len: usize,
    letters: Automaton,
    digits: Automaton,
    tables: Tables,
    /// Whether enough may follow each widget code, found when first asked for.
    is_followed: OnceLock<bool>,
    /// Lists made of this and another one, by the text of that; the last ones asked for. (A plain lock, which no
    /// schedule is searched for: what is kept changes nothing but the time it takes.)
    merged: Mutex<Vec<(String, Words)>>,
}

/// How many lists are kept that were made of two.
const MERGED: usize = 8;

/// What a character is taken for: a letter in lower case, one of those that look alike.
fn folded(byte: u8) -> u8 {
    match byte.to_ascii_lowercase() {
        b'0' => b'o',
        b'1' | b'l' => b'i',
        b'2' => b'z',
        b'3' => b'e',
        b'4' => b'a',
        b'5' => b's',
        b'7' => b't',
        b'8' => b'b',
        byte => byte,
    }
}

fn folded_text(word: &str) -> String {
    word.bytes().map(|byte| char::from(folded(byte))).collect()
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

impl Words {
    /// A list of words, in any order.
    ///
    /// ```
    /// use couponmint::Words;
    ///
    /// let words = Words::new(["Ass", "SEX", "1488"])?;
    /// assert_eq!(words.len(), 3);
    /// assert!(Words::new(["no way"]).is_err());
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidWords`] unless they are at most 1,000, each of 1 to 32 ASCII letters and digits,
    /// 4,096 characters in all. An endless list is not read to its end.
    pub fn new<W: AsRef<str>>(words: impl IntoIterator<Item = W>) -> Result<Self, Error> {
        let (mut numbers, mut others) = (BTreeSet::new(), BTreeSet::new());
        let (mut count, mut characters) = (0, 0);
        for word in words {
            let word = word.as_ref();
            count += 1;
            characters += word.len();
            let is_word = (1..=MAX_WORD).contains(&word.len())
                && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !is_word || count > MAX_WORDS || characters > MAX_CHARACTERS {
                return Err(Error::InvalidWords);
            }
            if is_number(word) {
                numbers.insert(word.to_owned());
            } else {
                others.insert(folded_text(word));
            }
        }
        Ok(Self::of(&numbers, others))
    }

    /// Words of digits, and others, which are folded.
    fn of(numbers: &BTreeSet<String>, mut others: BTreeSet<String>) -> Self {
        // Where there are letters, a number is a word like any other one.
        let like_words: BTreeSet<_> = numbers.iter().map(|number| folded_text(number)).collect();
        others.retain(|word| !like_words.contains(word));
        let words: Vec<_> = numbers.union(&others).map(String::as_str).collect();
        let letters = others.union(&like_words).map(String::as_str);
        Self(Arc::new(List {
            text: words.join(","),
            len: words.len(),
            letters: Automaton::of_letters(letters),
            digits: Automaton::of_digits(numbers.iter().map(String::as_str)),
            tables: Tables::default(),
            is_followed: OnceLock::new(),
            merged: Mutex::default(),
        }))
    }

    /// A short list of English words that no shop wants to print: some 60 of sex, excrement and race.
    ///
    /// Of codes of ten symbols they leave 99.4 to 99.7 %, whichever of the named alphabets spells them (of
    /// digits all). Chosen from the [List of Dirty, Naughty, Obscene, and Otherwise Bad
    /// Words](https://github.com/LDNOOBW/List-of-Dirty-Naughty-Obscene-and-Otherwise-Bad-Words), © Shutterstock,
    /// Inc., under [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/), with a few of their stems.
    ///
    /// ```
    /// use couponmint::{Alphabet, Format, Words};
    ///
    /// let format = Format::pattern("##########", Alphabet::uppercase())?;
    /// let clean = format.clone().without_words(&Words::english())?;
    /// assert!(clean.capacity() < format.capacity());
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn english() -> Self {
        static ENGLISH: LazyLock<Words> = LazyLock::new(|| {
            let words = include_str!("english.txt").lines();
            Words::new(words).expect("the list is one of words")
        });
        ENGLISH.clone()
    }

    /// How many words there are.
    ///
    /// ```
    /// use couponmint::Words;
    ///
    /// assert_eq!(Words::new(["sex", "SEX"])?.len(), 1);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len
    }

    /// Whether there is no word at all.
    ///
    /// ```
    /// use couponmint::Words;
    ///
    /// assert!(Words::new::<&str>([])?.is_empty());
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The words in order, as they are kept.
    ///
    /// ```
    /// use couponmint::Words;
    ///
    /// let words = Words::new(["sex", "BALL", "455"])?;
    /// let words: Vec<&str> = words.iter().collect();
    /// assert_eq!(words, ["455", "baii", "sex"]);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.text.split(',').filter(|word| !word.is_empty())
    }

    /// The words of both lists.
    pub(crate) fn and(&self, other: &Self) -> Result<Self, Error> {
        if self == other || other.is_empty() {
            return Ok(self.clone());
        }
        if let Some(known) = self.merged(other) {
            return Ok(known);
        }
        // What is in both counts once.
        let all: BTreeSet<_> = self.iter().chain(other.iter()).collect();
        let both = Self::new(all)?;
        let mut merged = self.0.merged.lock().unwrap_or_else(PoisonError::into_inner);
        if merged.len() == MERGED {
            merged.remove(0);
        }
        merged.push((other.0.text.clone(), both.clone()));
        Ok(both)
    }

    fn merged(&self, other: &Self) -> Option<Self> {
        let merged = self.0.merged.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = merged.iter();
        known
            .find(|(text, _)| *text == other.0.text)
            .map(|(_, both)| both.clone())
    }

    fn tables(&self) -> &Tables {
        &self.0.tables
    }
}

/// The words with a comma between them, in their one form.
///
/// ```
/// use couponmint::Words;
///
/// let words: Words = "sex,ASS".parse()?;
/// assert_eq!(words.to_string(), "ass,sex");
/// # Ok::<(), couponmint::Error>(())
/// ```
impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.text)
    }
}

/// Reads words with a comma between them; no text is no word.
impl FromStr for Words {
    type Err = Error;

    /// # Errors
    /// As [`Words::new`].
    fn from_str(text: &str) -> Result<Self, Error> {
        let words = text.split(',').filter(|_| !text.is_empty());
        Self::new(words)
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.text == other.0.text
    }
}

impl Eq for Words {}

impl Hash for Words {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text.hash(state);
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Words").field(&self.0.text).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_one_form() {
        for (words, text) in [
            (&["ass", "ASS", "a5s"][..], "ass"),
            (&["asset", "ass"], "ass,asset"),
            (&["ass", "455"], "455"),
            (&["4550", "ass"], "4550,ass"),
            (&["1488", "14", "x1488"], "14,1488,xiabb"),
            (&["slut", "L0l"], "ioi,siut"),
            (&[], ""),
        ] {
            assert_eq!(Words::new(words).unwrap().to_string(), text, "{words:?}");
        }
    }
}
