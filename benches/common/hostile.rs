//! Bodies that no honest client sends.

/// Bodies of about so many bytes, each of which is refused, and what they are.
pub(crate) fn of(bytes: usize) -> Vec<(&'static str, String)> {
    let amount = |value: &str| format!(r#"{{"campaign":"cam_15111","amount":{value}}}"#);
    let nested = |open: &str, close: &str| {
        let depth = bytes / (open.len() + close.len());
        amount(&format!("{}1{}", open.repeat(depth), close.repeat(depth)))
    };
    let names = |name: fn(usize) -> String| {
        let pairs = (0..bytes / 10).map(|i| format!(r#""{}":1"#, name(i)));
        format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
    };
    vec![
        ("a number of digits alone", amount(&"9".repeat(bytes))),
        (
            "text of digits alone",
            amount(&format!("\"{}\"", "9".repeat(bytes))),
        ),
        (
            "text of escapes alone",
            amount(&format!("\"{}\"", r"\u0039".repeat(bytes / 6))),
        ),
        ("nested arrays", nested("[", "]")),
        ("nested objects", nested(r#"{"a":"#, "}")),
        ("one name over and over", names(|_| "amount".to_owned())),
        ("unknown names", names(|i| format!("x{i}"))),
        ("no JSON at all", "x".repeat(bytes)),
    ]
}
