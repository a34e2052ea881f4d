//! Patterns, alphabets and check symbols.

use couponmint::{Alphabet, Check, Format};

use crate::common::{Place, assert_distinct, fields, json};

#[test]
fn codes_have_the_shape_that_is_asked_for() {
    let pattern = |pattern, alphabet| Format::pattern(pattern, alphabet).unwrap();
    let crockford = Alphabet::crockford;
    for (options, format) in [
        (
            "--pattern SUMMER-####-####",
            pattern("SUMMER-####-####", Alphabet::alphanumeric()),
        ),
        (
            "--pattern ###.### --code-type numeric",
            pattern("###.###", Alphabet::numeric()),
        ),
        (
            "--pattern A-####~ --alphabet crockford",
            pattern("A-####~", crockford()),
        ),
        (
            "--alphabet crockford",
            pattern("test_##########", crockford()),
        ),
        (
            "--alphabet [ABC] --code-prefix x --code-length 12",
            pattern("x############", Alphabet::new("ABC").unwrap()),
        ),
        (
            "--pattern SUMMER-####-#### --alphabet crockford --check iso7064",
            pattern("SUMMER-####-####", crockford())
                .check(Check::Iso7064)
                .unwrap(),
        ),
        (
            "--code-prefix 603587 --code-type numeric --code-length 10 --check luhn",
            pattern("603587##########", Alphabet::numeric())
                .check(Check::Luhn)
                .unwrap(),
        ),
        (
            "--pattern 99########### --code-type numeric --check ean13",
            pattern("99###########", Alphabet::numeric())
                .check(Check::Ean13)
                .unwrap(),
        ),
    ] {
        let place = Place::new();
        place.mint(&format!("-n 500 -f csv {options}"));
        let codes = place.column("coupons.csv", "custom_validation_code");
        assert_eq!(codes.len(), 500);
        assert_distinct(&codes);
        assert!(codes.iter().all(|code| format.spells(code)), "{options}");
    }
}

#[test]
fn mistakes_are_told_in_one_line() {
    let place = Place::new();
    for (options, line) in [
        (
            "--pattern ##",
            "error 301: pattern must be up to 64 characters: 3 to 30 \"#\", and ASCII letters, digits, \"-\", \"_\", \".\" and \"~\"",
        ),
        (
            "--pattern 99########### --check ean13",
            "error 301: check symbol \"ean13\" needs the ten digits for an alphabet, and 13 digits in all; and no letter or digit after its last \"#\"",
        ),
        (
            "--pattern ###-#### --alphabet [ABC] --check iso7064",
            "error 301: check symbol \"iso7064\" needs an alphabet of an even number of symbols; and no letter or digit after its last \"#\"",
        ),
        (
            "--check ean14",
            "error: invalid value 'ean14' for '--check <SYSTEM>': check symbol must be \"iso7064\", \"luhn\", \"ean8\", \"upca\", \"ean13\" or \"gtin14\"",
        ),
        (
            "--pattern A-#### --code-length 4",
            "error: the argument '--pattern <PATTERN>' cannot be used with '--code-length <N>'",
        ),
        (
            "--alphabet crockford --code-type numeric",
            "error: the argument '--alphabet <NAME>' cannot be used with '--code-type <TYPE>'",
        ),
        (
            "--request - --pattern A-####",
            "error: the argument '--request <FILE>' cannot be used with '--pattern <PATTERN>'",
        ),
    ] {
        place.fail(2, options, line);
    }
    let ran = place.run("--alphabet crockfort");
    assert_eq!(ran.status, Some(2));
    assert!(
        ran.stderr.contains("alphabet must be \"numeric\", "),
        "{}",
        ran.stderr
    );
}

/// What alphanumeric means in a request is said beside it, and codes that exist are read likewise.
#[test]
fn alphabets_of_requests() {
    let body = r#"{"campaign":"cam_15111","amount":31,"automated_codes":true,
        "code_prefix":"A-","code_length":3,"code_type":"alphanumeric"}"#;
    let place = Place::new();
    place.put("request.json", body);
    place.put("old.txt", "A-001\n");
    let options = "--request request.json --alphabet [01XY] --reserve old.txt -o answer.json";
    place.mint(options);
    let codes = fields(&json(&place.text("answer.json")), "custom_validation_code");
    let format = Format::pattern("A-###", Alphabet::new("01XY").unwrap()).unwrap();
    assert!(
        codes
            .iter()
            .all(|code| format.spells(code) && code != "A-001")
    );

    place.put("request.json", body.replace("31", "64"));
    let ran = place.run(options);
    assert_eq!(ran.status, Some(1));
    assert!(place.text("answer.json").contains("[601]"));
}

#[test]
fn codes_that_exist_have_the_shape_too() {
    let place = Place::new();
    let shape = "--pattern A-##.# --alphabet [01] --check iso7064";
    place.mint(&format!("-n 3 -f csv {shape}"));
    let old = place.column("coupons.csv", "custom_validation_code");
    place.put("old.txt", old.join("\n"));
    place.mint(&format!("-n 1 -f csv {shape} --reserve old.txt"));
    let last = place.column("coupons.csv", "custom_validation_code");
    assert!(!old.contains(&last[0]));
    let ran = place.run(&format!("-n 2 -f csv {shape} --reserve old.txt"));
    assert_eq!(ran.status, Some(1));
    assert!(
        ran.stderr.contains("(custom codes: 2 asked for, 1 left)"),
        "{}",
        ran.stderr
    );
}

/// Each of two letters, written with symbols that look alike, is a word.
#[test]
fn codes_without_words() {
    let place = Place::new();
    place.put("words.txt", "\u{feff}aa\r\n\r\n  BS \n");
    let shape = "-n 100 -f csv --pattern #-#-# --alphabet [aA4bB8sSxyz] --seed 7 --without-words";
    let said = place.mint(&format!("{shape} words.txt"));
    let codes = place.column("coupons.csv", "custom_validation_code");
    let looks = |code: &String| {
        code.to_lowercase()
            .replace('-', "")
            .replace('4', "a")
            .replace('8', "b")
    };
    let holds = |code: String| code.contains("aa") || code.contains("bs");
    assert_eq!(codes.len(), 100);
    assert!(!codes.iter().any(|code| holds(looks(code))));
    // Of 11^3: two words of three and of two times three ways, in two places, and what holds two.
    assert!(said.contains(" custom codes\n"), "{said}");
    let all = 11 * 11 * 11;
    let symbols = "aA4bB8sSxyz";
    let texts = symbols
        .chars()
        .flat_map(|a| symbols.chars().map(move |b| [a, b]));
    let texts = texts.flat_map(|[a, b]| symbols.chars().map(move |c| format!("{a}{b}{c}")));
    let clean = texts.filter(|text| !holds(looks(text))).count();
    assert!(clean < all);
    assert!(
        said.contains(&format!(" and {} custom codes", human(clean - 100))),
        "{said}"
    );
    let odds = format!("a custom code one time in {}", (clean + 50) / 100);
    assert!(said.contains(&odds), "{said}");

    // Codes that exist may hold words.
    place.put("old.txt", "a-a-a\nx-x-x\n");
    place.mint(&format!("{shape} words.txt --reserve old.txt"));
    let codes = place.column("coupons.csv", "custom_validation_code");
    assert!(!codes.contains(&"x-x-x".to_owned()));

    place.put("words.txt", "no good\n");
    let wrong = "error 301: words must be at most 1,000, each of 1 to 32 ASCII letters and digits, 4,096 characters in all";
    place.fail(2, &format!("{shape} words.txt"), wrong);
    place.put("words.txt", "a\nb\ns\nx\ny\n");
    let few = "error 301: words must leave at least one code in 16";
    let ran = place.run(&format!("{shape} words.txt"));
    assert_eq!(ran.stderr.lines().last(), Some(few));
    place.mint("-n 1000 --without-words english");
}

fn human(count: usize) -> String {
    match count / 1000 {
        0 => count.to_string(),
        thousands => format!("{thousands},{:03}", count % 1000),
    }
}
