//! A client: sends one request after the other, tries again what failed, and believes nothing.

use std::{collections::VecDeque, time::Duration};

use couponmint::{CouponRow, Request};
use hyper::{StatusCode, body::Bytes};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde::Deserialize;
use tokio::time::Instant;

use crate::{
    drill::{
        http::{Answer, Call, Patience},
        journal::{Journal, Outcome, codes},
        machines::{Addresses, Secrets},
        request::{any_request, call, error_code, parameters},
    },
    setup::hex,
};

/// Of 100 requests, those whose client does not try again: what becomes of their leases?
const NEVER_BACK: u8 = 25;
/// How long a client reads nothing before it hangs up.
const STARE: Duration = Duration::from_secs(1);
/// Codes that are kept to be redeemed.
const CODES: usize = 64;

pub(super) struct Client {
    addresses: Addresses,
    secret: String,
    /// No request begins later.
    end: Instant,
    /// No request is tried again later.
    give_up: Instant,
    random: StdRng,
    journal: Journal,
    redeemable: VecDeque<String>,
    last: Option<(String, Request)>,
}

#[derive(Deserialize)]
struct Envelope {
    campaign: String,
    data: Vec<CouponRow>,
}

impl Client {
    pub(super) fn new(addresses: Addresses, secrets: &Secrets, end: Instant) -> Self {
        Self {
            addresses,
            secret: secrets.client_secret.clone(),
            end,
            give_up: end,
            random: StdRng::from_rng(&mut rand::rng()),
            journal: Journal::default(),
            redeemable: VecDeque::new(),
            last: None,
        }
    }

    pub(super) async fn run(mut self, give_up: Instant) -> Journal {
        self.give_up = give_up;
        while Instant::now() < self.end {
            match self.random.random_range(0..100) {
                0..80 => self.issue().await,
                80..90 => self.be_refused().await,
                _ => self.redeem().await,
            }
        }
        self.journal
    }

    /// Asks for coupons, now and then twice on purpose.
    async fn issue(&mut self) {
        let request = any_request(&mut self.random);
        let id = hex(&self.random.random::<[u8; 16]>());
        let call = self.call(&id, &parameters(&request));
        self.journal
            .asked
            .insert(id.clone(), (request.clone(), Outcome::Unfinished));
        if request.requested_amount() >= 5_000 {
            self.stop_reading(&call).await;
        }
        let patience = match self.random.random_range(0..100) {
            0..NEVER_BACK => Patience {
                tries: 1,
                ..self.patience()
            },
            _ => self.patience(),
        };
        let (first, second) = match self.random.random_range(0..100) {
            0..90 => (self.answer(&call, patience).await, None),
            90..95 => self.answer_twice(&call, patience).await,
            _ => (
                self.answer(&call, patience).await,
                self.answer(&call, patience).await,
            ),
        };
        let Some(first) = first else { return };
        if let Some(second) = second {
            self.journal.repeated += 1;
            let is_same = (first.status, &first.body) == (second.status, &second.body);
            self.journal.repeated_otherwise += u64::from(!is_same);
        }
        self.note(id, request, &first);
    }

    fn patience(&self) -> Patience {
        Patience {
            until: self.give_up,
            tries: u64::MAX,
        }
    }

    fn call(&mut self, id: &str, parameters: &[(&'static str, String)]) -> Call {
        call(&mut self.random, &self.secret, id, parameters)
    }

    /// The answer of any machine, tried again until there is one that is final.
    async fn answer(&mut self, call: &Call, patience: Patience) -> Option<Answer> {
        let seed = self.random.random();
        let (answer, failed) = call.answer(&self.addresses, patience, seed).await;
        self.journal.failed_tries += failed;
        answer
    }

    /// The same request to two machines at once.
    async fn answer_twice(
        &mut self,
        call: &Call,
        patience: Patience,
    ) -> (Option<Answer>, Option<Answer>) {
        let seeds: [u64; 2] = self.random.random();
        let (one, two) = tokio::join!(
            call.answer(&self.addresses, patience, seeds[0]),
            call.answer(&self.addresses, patience, seeds[1]),
        );
        self.journal.failed_tries += one.1 + two.1;
        (one.0, two.0)
    }

    async fn stop_reading(&mut self, call: &Call) {
        let machine = self.random.random_range(0..self.addresses.len());
        if let Some(address) = self.addresses.get(machine)
            && call.stop_reading(address, STARE).await.is_ok()
        {
            self.journal.stopped_reading += 1;
        }
    }

    /// Writes down what a request was answered.
    fn note(&mut self, id: String, request: Request, answer: &Answer) {
        let outcome = match answer.status {
            StatusCode::OK => {
                self.accept(&request, &answer.body);
                Outcome::Accepted
            }
            StatusCode::UNPROCESSABLE_ENTITY if error_code(&answer.body) == Some(601) => {
                self.journal.out_of_codes += 1;
                Outcome::Refused
            }
            status => {
                self.journal
                    .wrong
                    .push(format!("{status} to a valid request"));
                Outcome::Refused
            }
        };
        if outcome == Outcome::Accepted {
            self.last = Some((id.clone(), request.clone()));
        }
        self.journal.asked.insert(id, (request, outcome));
    }

    fn accept(&mut self, request: &Request, body: &[u8]) {
        let Ok(Envelope { campaign, data }) = serde_json::from_slice(body) else {
            self.journal
                .wrong
                .push("an envelope that is none".to_owned());
            return;
        };
        let first = data.first().map_or(0, |row| row.sequence_id);
        let are_consecutive = data
            .iter()
            .zip(first..)
            .all(|(row, id)| row.sequence_id == id);
        let format = request.format();
        let have_formats = data
            .iter()
            .all(|row| match (format, &row.custom_validation_code) {
                (Some(format), Some(code)) => format.spells(code),
                (None, None) => true,
                _ => false,
            });
        let is_what_was_asked =
            campaign == request.campaign() && data.len() == request.requested_amount();
        if !(are_consecutive && have_formats && is_what_was_asked) {
            self.journal
                .wrong
                .push("an envelope of another request".to_owned());
        }
        for row in &data {
            let custom = row.custom_validation_code.as_deref();
            self.journal
                .promise(row.sequence_id, codes(&row.single_use_code, custom));
        }
        if let Some(row) = data.first().filter(|row| !row.voided) {
            let code = row
                .custom_validation_code
                .as_ref()
                .unwrap_or(&row.single_use_code);
            self.redeemable.push_back(format!("{campaign}/{code}"));
            self.redeemable.truncate(CODES);
        }
    }

    /// Asks for what has to be refused.
    async fn be_refused(&mut self) {
        let id = hex(&self.random.random::<[u8; 16]>());
        let request = any_request(&mut self.random);
        let mut call = self.call(&id, &parameters(&request));
        let (status, error) = match self.random.random_range(0..100) {
            0..30 => {
                call.headers.retain(|(name, _)| *name != "x-client-secret");
                (StatusCode::UNAUTHORIZED, 401)
            }
            30..60 => {
                call = self.call(&id, &[("campaign", "cam_unknown".to_owned())]);
                (StatusCode::UNPROCESSABLE_ENTITY, 502)
            }
            60..90 => {
                let amount = ("amount", "ten".to_owned());
                call = self.call(&id, &[("campaign", "cam_15111".to_owned()), amount]);
                (StatusCode::UNPROCESSABLE_ENTITY, 301)
            }
            90..92 => {
                call.body = Bytes::from(vec![b' '; 10_000_000]);
                (StatusCode::PAYLOAD_TOO_LARGE, 413)
            }
            _ => {
                let Some((last, other)) = self.last.clone() else {
                    return;
                };
                let amount = other.requested_amount() % 100_000 + 1;
                let other = other.amount(amount).expect("it is in the range");
                call = self.call(&last, &parameters(&other));
                (StatusCode::UNPROCESSABLE_ENTITY, 422)
            }
        };
        // Another's id is known already; the others must not be found in the database.
        self.journal
            .asked
            .entry(id)
            .or_insert((request, Outcome::Refused));
        let Some(answer) = self.answer(&call, self.patience()).await else {
            return;
        };
        self.journal.refused_on_purpose += 1;
        if answer.status != status || error_code(&answer.body) != Some(error) {
            self.journal
                .wrong
                .push(format!("{} in place of {status} ({error})", answer.status));
        }
    }

    /// Redeems a code, half of them twice at once: one of two wins.
    async fn redeem(&mut self) {
        let Some(code) = self.redeemable.pop_front() else {
            return;
        };
        let ids: [[u8; 16]; 2] = self.random.random();
        let ids = ids.map(|id| hex(&id));
        let calls = ids.clone().map(|id| Call {
            path: format!("/coupons/{code}/redeem"),
            body: Bytes::new(),
            ..self.call(&id, &[])
        });
        let seeds: [u64; 2] = self.random.random();
        let is_twice: bool = self.random.random();
        let (addresses, patience) = (&self.addresses, self.patience());
        let second = async {
            if is_twice {
                calls[1].answer(addresses, patience, seeds[1]).await
            } else {
                (None, 0)
            }
        };
        let first = calls[0].answer(addresses, patience, seeds[0]);
        let ((first, failed), (second, failed_too)) = tokio::join!(first, second);
        self.journal.failed_tries += failed + failed_too;
        let tried = if is_twice { 2 } else { 1 };
        let redemption = self.journal.redemptions.entry(code).or_default();
        redemption.tried.extend(ids[..tried].iter().cloned());
        for (id, answer) in ids.into_iter().zip([first, second]) {
            match answer.map(|answer| answer.status) {
                Some(StatusCode::OK) => redemption.accepted.push(id),
                Some(StatusCode::CONFLICT) => self.journal.redemptions_refused += 1,
                Some(status) => self.journal.wrong.push(format!("{status} to a redemption")),
                None => {}
            }
        }
    }
}
