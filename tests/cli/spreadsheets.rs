//! A warning where a spreadsheet would damage codes.

use crate::common::Place;

fn warning(options: &str) -> String {
    let said = Place::new().mint(&format!("-n 1 -f csv {options}"));
    let line = said.lines().find(|line| line.starts_with("warning: "));
    line.unwrap_or_default().to_owned()
}

/// Widget codes always are in danger.
#[test]
fn of_csv() {
    assert_eq!(
        warning(""),
        "warning: a spreadsheet changes some codes (023456 loses its zeros, 1e3456 becomes a power of ten, \
         1jan56 becomes a date): import their columns as text"
    );
    let custom = "--code-type numeric --code-length";
    for (options, named) in [
        (
            format!("{custom} 16 --code-prefix ''"),
            "1234567890123456 keeps 15 of its digits",
        ),
        (
            format!("{custom} 5 --code-prefix=-"),
            "-00000 becomes a formula",
        ),
        (
            format!("{custom} 13 --code-prefix 999"),
            "9994567890123456 keeps 15 of its digits",
        ),
    ] {
        let warning = warning(&options);
        assert!(warning.contains(named), "{options}: {warning}");
    }
    for options in [
        format!("{custom} 15 --code-prefix ''"),
        format!("{custom} 16 --code-prefix A"),
    ] {
        assert!(!warning(&options).contains("15 of its digits"), "{options}");
    }
}

#[test]
fn not_of_json() {
    assert!(!Place::new().mint("-n 1").contains("spreadsheet"));
}
