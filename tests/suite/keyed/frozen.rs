//! Frozen codes: a key and a serial mean the same code for ever.
//!
//! All but those of three digits, which are shuffled, and those with a check symbol were computed by a program of
//! sixty lines of Python, too, with the AES of OpenSSL.

use couponmint::{Alphabet, Check, Format};

use super::{engine_of, key, keyed};
use crate::common::{CAMPAIGN, alphanumeric, customs, numeric, spelt};

fn first_codes(format: &Format) -> Vec<String> {
    let engine = engine_of(keyed(std::slice::from_ref(format)));
    let batch = engine.generate(&crate::common::custom(3, format)).unwrap();
    customs(&batch)
}

#[test]
fn single_use_codes() {
    let engine = engine_of(keyed(&[]));
    let batch = engine.generate(&crate::common::plain(3)).unwrap();
    let codes: Vec<_> = batch.single_use_codes().collect();
    assert_eq!(
        codes,
        [
            "58x79e5nma1bq1cv6ksd9",
            "10x271b21d7xljeypuf32",
            "46ytcmh29k5i36kcwcr7s"
        ]
    );
    assert_eq!(
        engine.fingerprint(CAMPAIGN).unwrap().to_string(),
        "0479dddcd70b3ab32faadd87971ac731"
    );
    assert_eq!(key().as_bytes(), &[7; 32]);
}

#[test]
fn custom_codes() {
    let crockford = |pattern| Format::pattern(pattern, Alphabet::crockford()).unwrap();
    let formats = [
        numeric("A", 3),
        alphanumeric("test_", 10),
        numeric("", 30),
        alphanumeric("", 21),
        alphanumeric("", 22),
        alphanumeric("", 30),
        spelt("", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcd", 25),
        crockford("SUMMER-####-####").check(Check::Iso7064).unwrap(),
    ];
    let codes: Vec<_> = formats.iter().flat_map(first_codes).collect();
    assert_eq!(
        codes,
        [
            "A362",
            "A507",
            "A907",
            "test_6PUaewRMKS",
            "test_Vpd5wPpRn4",
            "test_FGtFZVJ76G",
            "263237035496097457735002435464",
            "842942087850716286572108869654",
            "820649935362760805107069633593",
            "rQJseZDgQZyz8tAEFvRBW",
            "REltTFbn1Z5pQCq3Oa87W",
            "kddS990VLynhHEztEnhPZ",
            "ZvIZfX0oA5S1nU5FBhch8w",
            "wLe3pkDiijln1TajDTmRFW",
            "e5wsJ2rsyltG1pXvJ5G11b",
            "MCdI7FXd2xHgNn0ZHXwH04XdGRdtpK",
            "KFX4B1hjFPsPE8cNqe5TUHTxexMpba",
            "FL23s5wE0jGt6qVNBiwh3lwgnKeIDS",
            "0GOYZ3X15ObO8RQ6JBa1WYQGA",
            "LaCbSTDEdSKQO5UMaa0V7YPVT",
            "C5Vd1B0HWZ4FGQR33X7GAEZ9B",
            "SUMMER-HHF7-TFNB",
            "SUMMER-KRVZ-WN61",
            "SUMMER-TRD0-5SGV"
        ]
    );
}
