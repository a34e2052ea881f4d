//! What clients wrote down: each request, and each coupon and redemption that they were promised.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use couponmint::Request;

use crate::drill::table::Table;

/// How a request ended, as its client saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Accepted,
    Refused,
    /// Nobody knows: there was no answer, however often it was tried.
    Unfinished,
}

/// One code that a client redeemed, and with which ids.
#[derive(Default)]
pub(super) struct Redemption {
    pub(super) tried: Vec<String>,
    pub(super) accepted: Vec<String>,
}

#[derive(Default)]
pub(super) struct Journal {
    /// By the ids of the requests.
    pub(super) asked: HashMap<String, (Request, Outcome)>,
    /// Promised coupons by sequence id; of the codes, a number that other codes have with odds of 2^-64.
    pub(super) coupons: HashMap<u64, u64>,
    /// Coupons whose sequence id was promised before.
    pub(super) promised_twice: u64,
    /// By campaign and code.
    pub(super) redemptions: HashMap<String, Redemption>,
    pub(super) repeated: u64,
    /// Answers to a repeated request that were other bytes than the first time.
    pub(super) repeated_otherwise: u64,
    pub(super) refused_on_purpose: u64,
    pub(super) out_of_codes: u64,
    pub(super) stopped_reading: u64,
    /// Tries that failed: machines that were down, answers that broke off, databases that were away.
    pub(super) failed_tries: u64,
    pub(super) redemptions_refused: u64,
    /// Answers that make no sense, in words.
    pub(super) wrong: Vec<String>,
}

impl Journal {
    pub(super) fn add(&mut self, other: Self) {
        self.asked.extend(other.asked);
        for (id, codes) in other.coupons {
            self.promise(id, codes);
        }
        self.promised_twice += other.promised_twice;
        self.redemptions.extend(other.redemptions);
        self.repeated += other.repeated;
        self.repeated_otherwise += other.repeated_otherwise;
        self.refused_on_purpose += other.refused_on_purpose;
        self.out_of_codes += other.out_of_codes;
        self.stopped_reading += other.stopped_reading;
        self.failed_tries += other.failed_tries;
        self.redemptions_refused += other.redemptions_refused;
        self.wrong.extend(other.wrong);
    }

    pub(super) fn promise(&mut self, sequence_id: u64, codes: u64) {
        if self.coupons.insert(sequence_id, codes).is_some() {
            self.promised_twice += 1;
        }
    }

    pub(super) fn requests(&self, outcome: Outcome) -> usize {
        self.asked
            .values()
            .filter(|(_, ended)| *ended == outcome)
            .count()
    }

    pub(super) fn tell(&self, table: &mut Table, seconds: f64) {
        table.title("What the clients saw");
        table.at_least("requests accepted", self.requests(Outcome::Accepted), 1);
        table.tell("coupons in them", self.coupons.len());
        table.tell("requests refused for want of codes", self.out_of_codes);
        table.tell("requests refused on purpose: wrong secret, unknown campaign, bad amount, 10 MB, another's id", self.refused_on_purpose);
        table.tell(
            "requests unfinished: never answered",
            self.requests(Outcome::Unfinished),
        );
        table.at_least("requests repeated on purpose", self.repeated, 1);
        table.none("repeated, and answered otherwise", self.repeated_otherwise);
        table.tell("clients that stopped reading", self.stopped_reading);
        table.tell("tries that failed, and were tried again", self.failed_tries);
        table.none("sequence ids promised twice", self.promised_twice);
        table.none("answers that make no sense", self.wrong.len());
        let redeemed = self
            .redemptions
            .values()
            .filter(|code| !code.accepted.is_empty())
            .count();
        table.tell("codes redeemed", redeemed);
        table.tell("second redemptions refused", self.redemptions_refused);
        for wrong in self.wrong.iter().take(10) {
            table.note(format!("Makes no sense: {wrong}"));
        }
        #[expect(clippy::cast_precision_loss, reason = "it is rounded")]
        let rate = self.coupons.len() as f64 / seconds;
        table.note(format!(
            "{rate:.0} coupons per second, over {seconds:.0} seconds."
        ));
    }
}

/// One number for the codes of a coupon.
pub(super) fn codes(single_use: &str, custom: Option<&str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (single_use, custom).hash(&mut hasher);
    hasher.finish()
}
