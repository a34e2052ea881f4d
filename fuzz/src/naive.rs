//! What a format's text says of its codes, by plain text alone: place by place, word by word, one check sum.

/// Characters that look alike.
const ALIKE: [&str; 8] = ["o0", "il1", "z2", "e3", "a4", "s5", "t7", "b8"];

/// A format, as its text says it.
#[derive(Debug)]
pub struct Naive {
    pattern: String,
    symbols: String,
    check: Option<String>,
    words: Vec<String>,
}

impl Naive {
    /// Reads the text of a format, whose symbols are given.
    pub fn new(text: &str, symbols: &str) -> Self {
        let parts: Vec<_> = text.split(' ').collect();
        let named = |name| parts.iter().find_map(|part| part.strip_prefix(name));
        let words = named("words=").unwrap_or_default().split(',');
        Self {
            pattern: parts[0].to_owned(),
            symbols: symbols.to_owned(),
            check: named("check=").map(str::to_owned),
            words: words
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect(),
        }
    }

    pub fn spells(&self, text: &str) -> bool {
        let fits = |(place, symbol): (char, char)| match place {
            '#' => self.symbols.contains(symbol),
            literal => literal == symbol,
        };
        text.chars().count() == self.pattern.len()
            && self.pattern.chars().zip(text.chars()).all(fits)
            && self.is_checked(text)
            && !self.holds_word(text)
    }

    /// How many texts fit the pattern, if that is a number of 64 bits.
    pub fn fitting(&self) -> Option<u64> {
        let symbols = self.pattern.matches('#').count() as u32;
        (self.symbols.len() as u64).checked_pow(symbols)
    }

    /// All codes in the order of the alphabet: every text that fits the pattern, if it is one.
    pub fn codes(&self) -> Vec<String> {
        let mut codes = Vec::new();
        let mut text = self.pattern.clone();
        self.fill(&mut text, 0, &mut codes);
        codes
    }

    fn fill(&self, text: &mut String, from: usize, codes: &mut Vec<String>) {
        let Some(place) = self.pattern[from..].find('#').map(|next| from + next) else {
            if self.is_checked(text) && !self.holds_word(text) {
                codes.push(text.clone());
            }
            return;
        };
        for symbol in 0..self.symbols.len() {
            text.replace_range(place..=place, &self.symbols[symbol..=symbol]);
            self.fill(text, place + 1, codes);
        }
    }

    /// Whether a text that fits the pattern has the check symbol that belongs to it.
    fn is_checked(&self, text: &str) -> bool {
        match self.check.as_deref() {
            None => true,
            Some("iso7064") => self.iso7064(text) == 1,
            Some("luhn") => sum(text, |digit| 2 * digit / 10 + 2 * digit % 10) % 10 == 0,
            Some("ean8" | "upca" | "ean13" | "gtin14") => sum(text, |digit| 3 * digit) % 10 == 0,
            Some(other) => panic!("no check is {other}"),
        }
    }

    /// The remainder of ISO 7064, hybrid system MOD q+1,q, with the check symbol added.
    fn iso7064(&self, text: &str) -> usize {
        let q = self.symbols.len();
        let places = self.pattern.chars().zip(text.chars());
        let symbols = places.filter(|(place, _)| *place == '#');
        let mut product = q;
        let mut sum = 0;
        for (_, symbol) in symbols {
            let value = self.symbols.find(symbol).expect("it fits the pattern");
            sum = (product + value) % q;
            product = if sum == 0 { q } else { sum } * 2 % (q + 1);
        }
        sum
    }

    /// Whether a word stands somewhere in a text, not wholly in what the pattern says.
    fn holds_word(&self, text: &str) -> bool {
        let is_digits = self.symbols.chars().all(|symbol| symbol.is_ascii_digit());
        let read = text
            .char_indices()
            .filter(|(_, symbol)| symbol.is_ascii_alphanumeric());
        let read: Vec<_> = read.collect();
        let is_alike = |one: char, other: char| {
            if is_digits {
                one == other
            } else {
                look(one) == look(other)
            }
        };
        let stands = |word: &str, first: usize| {
            let part = read.get(first..first + word.len())?;
            let places = part.first()?.0..=part.last()?.0;
            let is_word = part
                .iter()
                .zip(word.chars())
                .all(|(&(_, symbol), letter)| is_alike(symbol, letter));
            (is_word && self.pattern[places].contains('#')).then_some(())
        };
        let counts =
            |word: &&String| !is_digits || word.chars().all(|symbol| symbol.is_ascii_digit());
        let mut words = self.words.iter().filter(counts);
        words.any(|word| (0..read.len()).any(|first| stands(word, first).is_some()))
    }
}

/// What a character is taken for.
fn look(symbol: char) -> char {
    let symbol = symbol.to_ascii_lowercase();
    let alike = ALIKE.iter().find(|alike| alike.contains(symbol));
    alike.map_or(symbol, |alike| {
        alike.chars().next().expect("there are some")
    })
}

/// The sum of all digits, of which every other one from the right, but for the last, counts otherwise.
fn sum(text: &str, way: fn(u32) -> u32) -> u32 {
    let digits = text.chars().rev().filter_map(|symbol| symbol.to_digit(10));
    let values = digits
        .enumerate()
        .map(|(i, digit)| if i % 2 == 1 { way(digit) } else { digit });
    values.sum()
}
