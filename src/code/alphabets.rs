//! The alphabets that have a name, and where they come from.

use std::sync::LazyLock;

use crate::code::alphabet::Alphabet;

macro_rules! alphabets {
    ($($(#[$doc:meta])* $name:ident: $symbols:literal;)*) => {
        impl Alphabet {
            $(
                $(#[$doc])*
                ///
                /// ```
                #[doc = concat!("let alphabet = couponmint::Alphabet::", stringify!($name), "();")]
                #[doc = concat!("assert_eq!(alphabet.symbols(), \"", $symbols, "\");")]
                /// ```
                #[must_use]
                pub fn $name() -> Self {
                    static ALPHABET: LazyLock<Alphabet> =
                        LazyLock::new(|| Alphabet::built($symbols));
                    ALPHABET.clone()
                }
            )*
        }

        /// Their names, which stand for them in text.
        const NAMED: &[(&str, fn() -> Alphabet)] = &[$((stringify!($name), Alphabet::$name)),*];
    };
}

alphabets! {
    /// The ten digits.
    numeric: "0123456789";

    /// `0-9A-Za-z`, the alphabet of alphanumeric custom codes: 62 symbols, in the order of ASCII.
    alphanumeric: "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// `0-9a-z`, the alphabet of single-use codes: the digits of numbers to the base 36, as Rust's
    /// [`from_str_radix`](u64::from_str_radix) and C's `strtol` read them.
    base36: "0123456789abcdefghijklmnopqrstuvwxyz";

    /// `0-9A-Z`, one case, for columns and shops that ignore case: what ISO 7064 calls alphanumeric, and
    /// Adobe Commerce in its coupons (`alphanum`, in `SalesRule/etc/di.xml` of magento2).
    uppercase: "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// `0-9A-Z` without I, L, O and U: 32 symbols that are told apart on paper and on the phone.
    ///
    /// Douglas Crockford, [Base 32](https://www.crockford.com/base32.html). (Its own check symbol,
    /// modulo 37, is another one than those of ISO 7064.)
    crockford: "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// `0-9A-Za-z` without 0, O, I and l: 58 symbols in the order of Bitcoin's addresses.
    ///
    /// S. Nakamoto, `base58.h` of Bitcoin; [The Base58 Encoding
    /// Scheme](https://datatracker.ietf.org/doc/html/draft-msporny-base58).
    base58: "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// `0-9A-Za-z` without A, E, I, O, U in both cases: 52 symbols that spell few words.
    no_vowels: "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

    /// Ten digits and twenty capital consonants, without the vowels and Y: what Salesforce B2C Commerce
    /// makes coupons of, unless it is told to [include vowels and
    /// Y](https://help.salesforce.com/s/articleView?id=cc.b2c_configure_system_generated_codes.htm). The
    /// letters are those that [RFC 8628](https://www.rfc-editor.org/rfc/rfc8628#section-6.1) proposes
    /// for codes that users type in.
    consonants_and_digits: "0123456789BCDFGHJKLMNPQRSTVWXZ";
}

impl Alphabet {
    /// The alphabets that have a name, and those.
    pub(crate) fn named() -> impl Iterator<Item = (&'static str, Self)> {
        NAMED.iter().map(|(name, alphabet)| (*name, alphabet()))
    }
}
