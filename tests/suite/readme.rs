//! The README's table of errors, row by row: it is what people look an error up in.

use couponmint::{Check, CodeKind, Error, Parameter, UrlSetting};

use crate::common::foreign;

/// An error of each row, in the order of the rows.
fn errors() -> Vec<Error> {
    let invalid = |parameter| Error::InvalidValue { parameter };
    let range = |parameter, min, max| Error::OutOfRange {
        parameter,
        min,
        max,
    };
    let url = |setting| Error::InvalidUrl { setting };
    vec![
        Error::MissingParameter {
            parameter: Parameter::Campaign,
        },
        Error::InvalidCharacter {
            parameter: Parameter::Amount,
        },
        range(Parameter::Amount, 1, 100_000),
        range(Parameter::CodeLength, 3, 30),
        range(Parameter::CodePrefix, 0, 32),
        range(Parameter::Campaign, 1, 64),
        Error::InvalidAlphabet,
        Error::UnknownAlphabet,
        Error::InvalidPattern,
        Error::UnknownCheck,
        Error::InvalidCheck {
            check: Check::Ean13,
        },
        Error::InvalidWords,
        Error::TooFewCodes,
        Error::InvalidFormat,
        foreign([0, 7]),
        invalid(Parameter::Status),
        invalid(Parameter::AutomatedCodes),
        invalid(Parameter::CodeType),
        Error::FormatNotAllowed,
        Error::UnknownParameter {
            name: "ammount".into(),
        },
        Error::RepeatedParameter {
            parameter: Parameter::Amount,
        },
        Error::InvalidBody,
        Error::FormatsMeet {
            first: 0,
            second: 1,
        },
        Error::FormatMeetsWidgetCodes { index: 0 },
        Error::FormatIsTooLarge,
        Error::CampaignIsKeyed,
        Error::CampaignIsNotKeyed,
        Error::OtherSerials,
        Error::InvalidFingerprint,
        Error::EngineCounts,
        Error::EngineIsLeasedTo,
        url(UrlSetting::BaseUrl),
        url(UrlSetting::UrlTemplate),
        Error::CampaignNotFound,
        Error::Exhausted {
            kind: CodeKind::Custom,
            asked: 1,
            left: 0,
        },
        Error::OutOfSequenceIds { asked: 1, left: 0 },
    ]
}

#[test]
fn the_table_of_errors_is_true() {
    let readme = include_str!("../../README.md");
    let rows = readme.lines().filter(|line| {
        let code = line.get(..6);
        code.is_some_and(|code| ["| 200 ", "| 301 ", "| 302 ", "| 502 ", "| 601 "].contains(&code))
    });
    let rows: Vec<_> = rows.collect();
    let errors = errors();
    for (row, error) in rows.iter().zip(&errors) {
        let start = format!("| {} | `{error}` | ", error.code());
        assert!(row.starts_with(&start), "{row}\n{start}");
        let debug = format!("{error:?}");
        let name = debug.split([' ', '{']).next().unwrap();
        assert!(row.contains(name) || row.ends_with("| the same |"), "{row}");
    }
    assert_eq!(rows.len(), errors.len());
}
