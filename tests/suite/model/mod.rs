//! A model of the engine: random histories of a few campaigns, with formats that overlap. After each
//! step the engine and the naive oracle agree on what is issued, what is left and which error comes.
//! A twin engine of the same seed is spared the steps that fail, all questions, and restarts: it must go on
//! issuing the same batches, so what was refused or asked has changed nothing, and what was saved and loaded is
//! what was there.

mod histories;
mod steps;

use std::collections::BTreeMap;

use couponmint::{
    Batch, Campaign, Coupon, Engine, Error, Format, LoadError, Request, SaveError, Status,
};
use jiff::Timestamp;
use proptest::sample::Index;

use crate::{
    common::{self, SEQUENCE_IDS_END, exhausted, seeded},
    model::steps::{Amount, CAMPAIGNS, Code, Single, Step, Valid},
    oracle::{Oracle, filled, spells},
};

/// A batch, that of the twin, and which campaign of the name issued it.
struct Issued {
    batch: Batch,
    of_twin: Batch,
    life: usize,
}

struct Model {
    engine: Engine,
    twin: Engine,
    formats: Vec<Format>,
    /// The campaigns of now; each that was ever added has a number of its own.
    campaigns: BTreeMap<&'static str, (usize, Oracle)>,
    /// When coupons of theirs end.
    ends: BTreeMap<&'static str, Timestamp>,
    lives: usize,
    issued: Vec<Issued>,
    next_id: u64,
}

impl Model {
    fn new(formats: Vec<Format>, first_id: u64) -> Self {
        let engine = || seeded(3).first_sequence_id(first_id).build();
        Self {
            engine: engine(),
            twin: engine(),
            formats,
            campaigns: BTreeMap::new(),
            ends: BTreeMap::new(),
            lives: 0,
            issued: Vec::new(),
            next_id: first_id,
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::AddCampaign(name) => self.add_campaign(name),
            Step::RemoveCampaign(name) => self.remove_campaign(name),
            Step::Generate(name, format, amount) => {
                let format = format.map(|format| format.get(&self.formats).clone());
                self.generate(name, format.as_ref(), amount);
            }
            Step::ReserveCustom(name, format, codes) => {
                let format = format.get(&self.formats).clone();
                let codes: Vec<_> = codes.iter().map(|code| self.code(&format, code)).collect();
                self.reserve_custom(name, &format, &codes);
            }
            Step::ReserveSingleUse(name, codes) => {
                let codes: Vec<_> = codes.iter().map(|code| self.single_use(code)).collect();
                self.reserve_single_use(name, &codes);
            }
            Step::ReserveCoupons(name, formats, rows) => {
                let told = formats.map(|format| format.get(&self.formats).clone());
                let custom = |(format, code): (Index, Code)| {
                    // Mostly a code of a format that is told.
                    let of_any = format.get(&self.formats).clone();
                    let formats = [told[0].clone(), told[1].clone(), of_any];
                    self.code(format.get(&formats), &code)
                };
                let row = |(code, other): (Single, Option<_>)| {
                    (self.single_use(&code), other.map(custom))
                };
                let rows: Vec<_> = rows.into_iter().map(row).collect();
                self.reserve_coupons(name, &told, &rows);
            }
            Step::Release(batch) => self.release(batch),
            Step::SetValidity(name, valid) => self.set_validity(name, valid),
            Step::Restart(name) => self.restart(name),
        }
        self.agrees_on_what_is_left();
    }

    fn add_campaign(&mut self, name: &'static str) {
        let is_new = !self.campaigns.contains_key(name);
        let campaign = || Campaign::new(name).unwrap();
        // The twin is not told, and must not differ.
        let announced = campaign().expecting(5_000);
        assert_eq!(self.engine.add_campaign(announced), is_new);
        if is_new {
            assert!(self.twin.add_campaign(campaign()));
            self.lives += 1;
            self.campaigns.insert(name, (self.lives, Oracle::default()));
            self.ends
                .insert(name, "1970-01-02T00:00:00Z".parse().unwrap());
        }
    }

    fn remove_campaign(&mut self, name: &str) {
        let is_known = self.campaigns.remove(name).is_some();
        assert_eq!(self.engine.remove_campaign(name), is_known);
        if is_known {
            assert!(self.twin.remove_campaign(name));
        }
    }

    fn generate(&mut self, name: &str, format: Option<&Format>, amount: Amount) {
        let oracle = self.campaigns.get(name).map(|(_, oracle)| oracle);
        let left = match (oracle, format) {
            (Some(oracle), Some(format)) => oracle.free(format),
            _ => u128::MAX,
        };
        let request = request(name, format, amount.of(left));
        let answer = self.engine.generate(&request);
        match self.refusal(name, left, &request) {
            Some(error) => assert_eq!(answer, Err(error)),
            None => self.issue(name, format, &request, answer.unwrap()),
        }
    }

    /// The error that a request meets, if it meets one.
    fn refusal(&self, name: &str, left: u128, request: &Request) -> Option<Error> {
        let asked = request.requested_amount() as u64;
        let ids_left = SEQUENCE_IDS_END - self.next_id;
        if !self.campaigns.contains_key(name) {
            Some(Error::CampaignNotFound)
        } else if left < u128::from(asked) {
            Some(exhausted(asked, u64::try_from(left).unwrap()))
        } else if ids_left < asked {
            let left = ids_left;
            Some(Error::OutOfSequenceIds { asked, left })
        } else {
            None
        }
    }

    fn issue(&mut self, name: &str, format: Option<&Format>, request: &Request, batch: Batch) {
        let amount = request.requested_amount();
        assert_eq!(batch.len(), amount);
        let ids = batch.iter().map(|coupon| coupon.sequence_id());
        assert!(ids.eq(self.next_id..self.next_id + amount as u64));
        self.next_id += amount as u64;

        assert_eq!(batch.expiry_date().as_ref(), self.ends.get(name));

        let (life, oracle) = self.campaigns.get_mut(name).unwrap();
        oracle.issue(&batch, format);
        let of_twin = self.twin.generate(request).unwrap();
        assert!(batch == of_twin, "the twin's batch is another one");
        let life = *life;
        self.issued.push(Issued {
            batch,
            of_twin,
            life,
        });
    }

    fn reserve_custom(&mut self, name: &str, format: &Format, codes: &[String]) {
        let answer = self.engine.reserve_custom(name, format, codes);
        let foreign = places(codes, |code| !spells(format, code));
        match self.campaigns.get_mut(name) {
            None => assert_eq!(answer, Err(Error::CampaignNotFound)),
            Some(_) if !foreign.is_empty() => assert_eq!(answer, Err(common::foreign(foreign))),
            Some((_, oracle)) => {
                let new = codes.iter().filter(|code| oracle.reserve_in(format, code));
                let new = new.count();
                assert_eq!(answer, Ok(new as u64));
                assert_eq!(self.twin.reserve_custom(name, format, codes), answer);
            }
        }
    }

    fn reserve_single_use(&mut self, name: &str, codes: &[String]) {
        let answer = self.engine.reserve_single_use(name, codes);
        let foreign = places(codes, |code| is_foreign(code));
        match self.campaigns.get_mut(name) {
            None => assert_eq!(answer, Err(Error::CampaignNotFound)),
            Some(_) if !foreign.is_empty() => assert_eq!(answer, Err(common::foreign(foreign))),
            Some((_, oracle)) => {
                let new = codes.iter().filter(|code| oracle.reserve(&code[..6]));
                assert_eq!(answer, Ok(new.count() as u64));
                assert_eq!(self.twin.reserve_single_use(name, codes), answer);
            }
        }
    }

    /// Rows are of the first format that spells them.
    fn reserve_coupons(&mut self, name: &str, told: &[Format], rows: &[(String, Option<String>)]) {
        let given = || rows.iter().map(|(code, custom)| (code, custom.as_ref()));
        let answer = self.engine.reserve_coupons(name, told, given());
        let format = |code: &str| told.iter().find(|format| spells(format, code));
        let foreign = places(rows, |(code, custom)| {
            let custom = custom.as_ref();
            is_foreign(code) || custom.is_some_and(|code| format(code).is_none())
        });
        match self.campaigns.get_mut(name) {
            None => assert_eq!(answer, Err(Error::CampaignNotFound)),
            Some(_) if !foreign.is_empty() => assert_eq!(answer, Err(common::foreign(foreign))),
            Some((_, oracle)) => {
                let new = rows.iter().filter(|(code, _)| oracle.reserve(&code[..6]));
                let new_single_uses = new.count() as u64;
                let customs = rows.iter().filter_map(|(_, custom)| custom.as_ref());
                let new = customs.filter(|code| {
                    let format = format(code).expect("none is foreign");
                    oracle.reserve_in(format, code)
                });
                let new_customs = new.count() as u64;
                let new = answer.as_ref().unwrap();
                assert_eq!(new.single_use_codes, new_single_uses);
                assert_eq!(new.custom_codes, new_customs);
                assert_eq!(self.twin.reserve_coupons(name, told, given()), answer);
            }
        }
    }

    fn set_validity(&mut self, name: &'static str, valid: Valid) {
        let answer = self.engine.set_validity(name, valid.validity());
        if self.campaigns.contains_key(name) {
            assert_eq!(answer, Ok(()));
            self.twin.set_validity(name, valid.validity()).unwrap();
            self.ends.insert(name, valid.end());
        } else {
            assert_eq!(answer, Err(Error::CampaignNotFound));
        }
    }

    /// The twin goes on without, and must not differ. Batches of before are not those of the loaded campaign.
    fn restart(&mut self, name: &str) {
        let mut file = Vec::new();
        let saved = self.engine.save(name, &mut file);
        let Some((life, _)) = self.campaigns.get_mut(name) else {
            assert!(matches!(saved, Err(SaveError::CampaignNotFound)));
            return;
        };
        assert!(saved.is_ok());
        let refused = self.engine.load(&file[..]);
        assert!(matches!(refused, Err(LoadError::CampaignExists { .. })));
        assert!(self.engine.remove_campaign(name));
        assert_eq!(self.engine.load(&file[..]).unwrap(), name);
        self.lives += 1;
        *life = self.lives;
    }

    fn release(&mut self, batch: Index) {
        if self.issued.is_empty() {
            return;
        }
        let batch = batch.index(self.issued.len());
        let Issued {
            batch,
            of_twin,
            life,
        } = self.issued.swap_remove(batch);
        let name = batch.campaign().to_owned();
        match self.campaigns.get_mut(&*name) {
            Some((now, oracle)) if *now == life => {
                oracle.release(&batch);
                assert_eq!(self.engine.release(batch), Ok(()));
                assert_eq!(self.twin.release(of_twin), Ok(()));
            }
            _ => assert_eq!(self.engine.release(batch), Err(Error::CampaignNotFound)),
        }
    }

    fn agrees_on_what_is_left(&self) {
        for name in CAMPAIGNS {
            self.agrees(&self.engine, name);
        }
    }

    fn agrees(&self, engine: &Engine, name: &str) {
        let names: Vec<_> = self.campaigns.keys().copied().collect();
        assert_eq!(engine.campaigns(), names);
        let Some((_, oracle)) = self.campaigns.get(name) else {
            let unknown = Err(Error::CampaignNotFound);
            assert_eq!(engine.remaining_widget_codes(name), unknown);
            assert_eq!(engine.issued(name), unknown);
            assert_eq!(engine.formats(name), Err(Error::CampaignNotFound));
            return;
        };
        assert_eq!(engine.issued(name), Ok(oracle.issued()));
        assert_eq!(engine.formats(name), Ok(oracle.formats()));
        let widgets = engine.remaining_widget_codes(name);
        assert_eq!(widgets, Ok(oracle.free_widgets()));
        for format in &self.formats {
            let left = engine.remaining(name, format);
            assert_eq!(left, Ok(oracle.free(format)), "{format:?}");
        }
    }

    /// Fills all that is small to its end, and beyond; then the twin is asked, too.
    fn end(mut self) {
        for name in CAMPAIGNS {
            for format in self.formats.clone() {
                let left = |model: &Self| {
                    let oracle = model.campaigns.get(name);
                    oracle.map_or(u128::MAX, |(_, oracle)| oracle.free(&format))
                };
                if left(&self) <= 5000 {
                    self.generate(name, Some(&format), Amount::Percent(80));
                    self.generate(name, Some(&format), Amount::OneMore);
                    self.generate(name, Some(&format), Amount::All);
                }
            }
        }
        for name in CAMPAIGNS {
            self.agrees(&self.engine, name);
            self.agrees(&self.twin, name);
        }
    }

    /// The text of a code; of most kinds one that the format spells.
    fn code(&self, format: &Format, code: &Code) -> String {
        match code {
            Code::Alike(ends) => {
                let symbols: Vec<_> = format.alphabet().symbols().chars().take(3).collect();
                let ends = ends.iter().map(|end| *end.get(&symbols));
                let start = self.start(format);
                checked_text(format, start[..start.len() - 3].chars().chain(ends))
            }
            Code::Any(picks) => {
                let symbols: Vec<_> = format.alphabet().symbols().chars().collect();
                checked_text(format, picks.iter().map(|pick| *pick.get(&symbols)))
            }
            Code::Known(batch, coupon) => self
                .known(*batch, *coupon)
                .and_then(|coupon| coupon.custom_validation_code())
                .unwrap_or("?")
                .to_owned(),
        }
    }

    /// The symbols of a code that goes, as far as it can, like the longest prefix of all of its length.
    fn start(&self, format: &Format) -> String {
        let pattern = |format: &Format| format.to_string().split(' ').next().unwrap().to_owned();
        let own = pattern(format);
        let alike = |other: &&Format| {
            pattern(other).len() == own.len() && other.prefix().starts_with(format.prefix())
        };
        let others = self.formats.iter().filter(alike);
        let longest = others.map(Format::prefix).max_by_key(|prefix| prefix.len());
        let longest = longest.unwrap_or(format.prefix());
        let first = format.alphabet().symbols().chars().next().unwrap();
        let alike = format!("{longest:0<width$}", width = own.len());
        let symbols = own
            .chars()
            .zip(alike.chars())
            .filter(|(own, _)| *own == '#');
        let known = |(_, symbol)| {
            if format.alphabet().symbols().contains(symbol) {
                symbol
            } else {
                first
            }
        };
        symbols.map(known).collect()
    }

    fn single_use(&self, code: &Single) -> String {
        match code {
            Single::Alike(number) => format!("01{:04}", number % 10_000),
            Single::Whole(number) => format!("012{:03}zzzzzzzzzzzzzzz", number % 1000),
            Single::Wrong(number) => format!("012{number:04}"),
            Single::Known(batch, coupon) => {
                let known = self.known(*batch, *coupon);
                known
                    .map_or("000000", |coupon| coupon.single_use_code())
                    .to_owned()
            }
        }
    }

    /// A coupon that was issued in whatever campaign.
    fn known(&self, batch: Index, coupon: Index) -> Option<Coupon<'_>> {
        let batch = self.issued.get(batch.index(self.issued.len().max(1)))?;
        batch.batch.get(coupon.index(batch.batch.len()))
    }
}

/// A code of these symbols, but for the last if that is a check symbol.
fn checked_text(format: &Format, symbols: impl Iterator<Item = char>) -> String {
    let text = filled(format, symbols);
    let last = text.len() - 1;
    let place = format
        .to_string()
        .split(' ')
        .next()
        .unwrap()
        .rfind('#')
        .unwrap();
    let with = |symbol: char| {
        format!(
            "{}{symbol}{}",
            &text[..place],
            &text[(place + 1).min(last + 1)..]
        )
    };
    let all = format.alphabet().symbols().chars().map(with);
    if format.check_system().is_none() {
        return text;
    }
    all.into_iter().find(|code| spells(format, code)).unwrap()
}

/// Where in a list something holds.
fn places<T>(list: &[T], holds: impl Fn(&T) -> bool) -> Vec<usize> {
    (0..list.len())
        .filter(|&place| holds(&list[place]))
        .collect()
}

/// Of the single-use codes of a history, whose symbols are all right.
fn is_foreign(code: &str) -> bool {
    ![6, 21].contains(&code.len())
}

fn request(name: &str, format: Option<&Format>, amount: usize) -> Request {
    let request = Request::new(name).unwrap().amount(amount).unwrap();
    let request = request.status(Status::Activated);
    match format {
        Some(format) => request.custom_codes(format.clone()),
        None => request,
    }
}
