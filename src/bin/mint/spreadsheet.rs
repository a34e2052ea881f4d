//! What a spreadsheet does to codes when it opens a CSV file: it takes some for numbers, dates or formulas.
//!
//! A shape is what such texts look like, place by place: `9` is any digit, `*` any symbol, and whatever else is
//! itself, in upper or lower case. A format can spell a shape if it has a fitting symbol for each place, and these
//! symbols together are a code that would be damaged. Where a code must have a check symbol too, some
//! thousand such texts are tried.

use couponmint::Format;

/// What happens to codes of some shapes.
struct Damage {
    what: &'static str,
    shapes: fn(usize) -> Vec<String>,
}

const DAMAGES: [Damage; 6] = [
    Damage {
        what: "loses its zeros",
        shapes: leading_zeros,
    },
    Damage {
        what: "keeps 15 of its digits",
        shapes: many_digits,
    },
    Damage {
        what: "becomes a power of ten",
        shapes: exponents,
    },
    Damage {
        what: "becomes a date",
        shapes: dates,
    },
    Damage {
        what: "becomes a formula",
        shapes: formulas,
    },
    Damage {
        what: "becomes a truth value",
        shapes: truth_values,
    },
];

/// A line that warns of what a spreadsheet would change in codes of these formats, if anything.
pub(crate) fn warning(formats: &[&Format]) -> Option<String> {
    let example = |damage: &Damage| {
        let code = formats.iter().find_map(|format| damage.example(format))?;
        Some(format!("{code} {}", damage.what))
    };
    let examples: Vec<_> = DAMAGES.iter().filter_map(example).collect();
    (!examples.is_empty()).then(|| {
        let examples = examples.join(", ");
        format!(
            "warning: a spreadsheet changes some codes ({examples}): import their columns as text"
        )
    })
}

impl Damage {
    /// A code of a format to which this happens, if there is one.
    fn example(&self, format: &Format) -> Option<String> {
        let text = format.to_string();
        let pattern = text.split(' ').next()?.as_bytes();
        let mut shapes = (self.shapes)(pattern.len()).into_iter();
        shapes.find_map(|shape| Texts::new(format, pattern, &shape)?.find_code())
    }
}

/// The texts that fit a format's pattern and a shape.
struct Texts<'f> {
    format: &'f Format,
    /// For each place the symbols that it can have.
    symbols: Vec<Vec<char>>,
}

/// How many of them are tried at most.
const TRIES: usize = 10_000;

impl<'f> Texts<'f> {
    /// None if there are none.
    fn new(format: &'f Format, pattern: &[u8], shape: &str) -> Option<Self> {
        let symbols = |((place, literal), wanted): ((usize, &u8), char)| {
            let symbols = match literal {
                b'#' => format.alphabet().symbols().as_bytes(),
                literal => std::slice::from_ref(literal),
            };
            let symbols = symbols.iter().map(|&symbol| char::from(symbol));
            let mut fitting: Vec<_> = symbols.filter(|&symbol| fits(symbol, wanted)).collect();
            // Digits that differ show better what happens to them.
            if let ('9', 1..) = (wanted, fitting.len()) {
                let skipped = (place + 1) % fitting.len();
                fitting.rotate_left(skipped);
            }
            (!fitting.is_empty()).then_some(fitting)
        };
        let symbols = pattern.iter().enumerate().zip(shape.chars()).map(symbols);
        let symbols = symbols.collect::<Option<_>>()?;
        Some(Self { format, symbols })
    }

    /// The first of them that is a code.
    fn find_code(&self) -> Option<String> {
        let mut texts = (0..TRIES).map_while(|number| self.text(number));
        texts.find(|text| self.format.spells(text))
    }

    /// The text of a number, whose digits count the symbols from the last place on.
    fn text(&self, mut number: usize) -> Option<String> {
        let mut text = Vec::new();
        for symbols in self.symbols.iter().rev() {
            text.push(symbols[number % symbols.len()]);
            number /= symbols.len();
        }
        (number == 0).then(|| text.into_iter().rev().collect())
    }
}

fn fits(symbol: char, wanted: char) -> bool {
    match wanted {
        '9' => symbol.is_ascii_digit(),
        '*' => true,
        _ => symbol.eq_ignore_ascii_case(&wanted),
    }
}

fn digits(count: usize) -> String {
    "9".repeat(count)
}

fn leading_zeros(length: usize) -> Vec<String> {
    vec![format!("0{}", digits(length - 1))]
}

fn many_digits(length: usize) -> Vec<String> {
    (length > 15).then(|| digits(length)).into_iter().collect()
}

fn exponents(length: usize) -> Vec<String> {
    let shape = |sign: &str, before| {
        let after = length
            .checked_sub(before + 1 + sign.len())
            .filter(|&after| after > 0)?;
        Some(format!("{}e{sign}{}", digits(before), digits(after)))
    };
    let signs = ["", "-"].into_iter();
    signs
        .flat_map(|sign| (1..length).filter_map(move |before| shape(sign, before)))
        .collect()
}

fn formulas(length: usize) -> Vec<String> {
    let shape = |first| format!("{first}{}", "*".repeat(length - 1));
    ["-", "+", "=", "@"].map(shape).into()
}

fn truth_values(length: usize) -> Vec<String> {
    let mut values = vec!["true".to_owned(), "false".to_owned()];
    values.retain(|value| value.len() == length);
    values
}

const MONTHS: &str = "jan feb mar apr may jun jul aug sep oct nov dec sept january february march april \
                      june july august september october november december";
const DATES_IN_DIGITS: &str = "9-9 9-99 99-9 99-99 9-9999 99-9999 9-9-99 9-99-99 99-9-99 99-99-99 9-9-9999 \
                               9-99-9999 99-9-9999 99-99-9999 9999-9 9999-99 9999-9-9 9999-9-99 9999-99-9 \
                               9999-99-99";

/// As they are written in English: 31jan99, jan-31, 2027-01-31.
fn dates(length: usize) -> Vec<String> {
    let mut shapes: Vec<_> = MONTHS.split_whitespace().flat_map(dates_with).collect();
    shapes.extend(DATES_IN_DIGITS.split_whitespace().map(str::to_owned));
    shapes.retain(|shape| shape.len() == length);
    shapes
}

fn dates_with(month: &str) -> Vec<String> {
    let mut shapes = Vec::new();
    for between in ["", "-"] {
        for number in ["9", "99", "9999"] {
            shapes.push(format!("{month}{between}{number}"));
        }
        for day in ["9", "99"] {
            shapes.push(format!("{day}{between}{month}"));
            for year in ["99", "9999", "-99", "-9999"] {
                shapes.push(format!("{day}{between}{month}{year}"));
            }
        }
    }
    shapes
}

#[cfg(test)]
mod tests {
    use couponmint::{Alphabet, Check, CodeType};

    use super::*;

    /// Whether that happens to one code, in the order of the damages.
    const HAPPENS: [fn(&str) -> bool; 6] = [
        |code| is_digits(code) && code.starts_with('0'),
        |code| is_digits(code) && code.len() > 15,
        // As Rust reads numbers.
        |code| {
            code.starts_with(|first: char| first.is_ascii_digit())
                && code.contains(['e', 'E'])
                && code.parse::<f64>().is_ok()
        },
        is_date,
        |code| code.starts_with('-'),
        |code| ["true", "false"].contains(&&*code.to_lowercase()),
    ];

    fn is_digits(text: &str) -> bool {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Reads word by word.
    fn is_date(code: &str) -> bool {
        let mut spaced = String::new();
        for symbol in code.chars() {
            let last = spaced.chars().last().unwrap_or(symbol);
            if last.is_ascii_digit() != symbol.is_ascii_digit() && last != '-' && symbol != '-' {
                spaced.push('-');
            }
            spaced.push(symbol.to_ascii_lowercase());
        }
        let words: Vec<_> = spaced.split('-').collect();
        let is_month = |word: &str| MONTHS.split(' ').any(|month| month == word);
        let lengths: Vec<_> = words.iter().map(|word| word.len()).collect();
        match *words {
            [day, month] if is_digits(day) && is_month(month) => lengths[0] <= 2,
            [month, number] if is_month(month) && is_digits(number) => {
                [1, 2, 4].contains(&lengths[1])
            }
            [day, month, year] if is_digits(day) && is_month(month) && is_digits(year) => {
                lengths[0] <= 2 && [2, 4].contains(&lengths[2])
            }
            _ => {
                words.iter().all(|word| is_digits(word))
                    && matches!(
                        *lengths,
                        [1 | 2 | 4, 1 | 2] | [1 | 2, 4] | [1 | 2, 1 | 2, 2 | 4] | [4, 1 | 2, 1 | 2]
                    )
            }
        }
    }

    /// A damage is found in a format if and only if it happens to one of its codes, and then the example is
    /// such a code.
    #[test]
    fn all_codes_of_small_formats() {
        let prefixes = [
            "",
            "0",
            "1",
            "A",
            "-",
            "1-",
            "12-",
            "1-2-",
            "2027-",
            "2027-1",
            "1E",
            "12e",
            "1e-",
            "mar",
            "MAR-",
            "1mar",
            "12-Sept",
            "12-may-",
            "999mar",
            "tr",
            "TRU",
            "f",
            "FA",
            "e",
            "1234567890123",
            "123456789012",
        ];
        let mut found = [0; 6];
        for prefix in prefixes {
            for symbols in ["0123456789", "e1", "-0", "-9E", "ujn19", "truefals"] {
                for shape in ["###", "####", "#1-##", "##e#.", "-###"] {
                    let alphabet = Alphabet::new(symbols).unwrap();
                    let format = Format::pattern(&format!("{prefix}{shape}"), alphabet).unwrap();
                    let checked = format.clone().check(Check::Iso7064);
                    let format = checked
                        .ok()
                        .filter(|_| prefix.len() % 2 == 1)
                        .unwrap_or(format);
                    let codes: Vec<_> = (0..format.capacity())
                        .filter_map(|rank| format.code(rank))
                        .collect();
                    for ((damage, happens), found) in DAMAGES.iter().zip(HAPPENS).zip(&mut found) {
                        let example = damage.example(&format);
                        let any = codes.iter().any(|code| happens(code));
                        assert_eq!(example.is_some(), any, "{format} {}", damage.what);
                        if let Some(code) = example {
                            assert!(
                                format.spells(&code) && happens(&code),
                                "{code} {}",
                                damage.what
                            );
                            *found += 1;
                        }
                    }
                }
            }
        }
        assert!(found.iter().all(|&count| count > 0), "{found:?}");
    }

    #[test]
    fn most_formats_are_safe() {
        let format = |prefix, code_type, length| Format::new(prefix, code_type, length).unwrap();
        for safe in [
            format("test_", CodeType::Alphanumeric, 10),
            format("A", CodeType::Numeric, 20),
            format("1", CodeType::Numeric, 14),
        ] {
            assert_eq!(warning(&[&safe]), None, "{safe:?}");
        }
    }
}
