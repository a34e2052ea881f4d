//! A model of the engine: random histories of a few campaigns, with formats that overlap. After each
//! step the engine and the naive oracle agree on what is issued, what is left and which error comes.
//! A twin engine of the same seed is spared the steps that fail, all questions, and restarts: it must go on
//! issuing the same batches, so what was refused or asked has changed nothing, and what was saved and loaded is
//! what was there.

mod histories;
mod said;
mod steps;

use std::collections::BTreeMap;

use couponmint::{
    Batch, Campaign, CodeKind, Coupon, Engine, Error, Format, LoadError, Request, SaveError,
    Status, Words,
};
use jiff::Timestamp;
use proptest::sample::Index;

use crate::{
    common::{self, SEQUENCE_IDS_END, base36, exhausted, seeded},
    model::{
        said::{Rules, Said},
        steps::{Amount, CAMPAIGNS, Code, Single, Step, Valid},
    },
    oracle::{Oracle, filled, holds_any, spells, with_all_words},
};

/// A batch, that of the twin, and which campaign of the name issued it.
struct Issued {
    batch: Batch,
    of_twin: Batch,
    life: usize,
}

/// A campaign of now. Each that was ever added has a number of its own.
struct Known {
    life: usize,
    oracle: Oracle,
    rules: Rules,
    /// When its coupons end.
    end: Timestamp,
}

impl Known {
    /// The free codes of a format as it is asked for; an error if it may not be.
    fn free(&self, asked: &Format) -> Result<u128, Error> {
        let issued = self.rules.issued(asked)?;
        if issued.words().is_some() && issued.capacity() < u128::MAX {
            // What is without words is counted one by one elsewhere (`listed.rs`).
            return Ok(issued.capacity() - self.oracle.taken(&issued) as u128);
        }
        Ok(self.oracle.free(&issued))
    }

    /// The free widget codes, those that hold a word left out.
    fn free_widgets(&self) -> u64 {
        let clean = self.rules.clean(&base36("", 6)).unwrap();
        let all = u64::try_from(clean.capacity()).unwrap();
        all - self.oracle.taken(&clean) as u64
    }

    /// That no word is in a widget code, or begins there and ends after it.
    fn check_words(&self, batch: &Batch) {
        let words = self.rules.words.iter().flat_map(Words::iter);
        for word in words {
            // As far as a word reaches that begins in the last symbol of six.
            let end = 5 + word.len();
            for code in batch.single_use_codes() {
                let start = &code[..end];
                assert!(
                    !holds_any(&"#".repeat(end), "0a", &[word], start),
                    "{word} in {code}"
                );
            }
        }
    }

    /// How many coupons it may issue yet.
    fn coupons(&self) -> u64 {
        self.rules.max_coupons - self.oracle.issued()
    }
}

struct Model {
    engine: Engine,
    twin: Engine,
    formats: Vec<Format>,
    campaigns: BTreeMap<&'static str, Known>,
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
            lives: 0,
            issued: Vec::new(),
            next_id: first_id,
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::AddCampaign(name, said) => self.add_campaign(name, said),
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

    fn add_campaign(&mut self, name: &'static str, said: Said) {
        let is_new = !self.campaigns.contains_key(name);
        let rules = Rules::new(said, &self.formats);
        let campaign = || rules.tell(Campaign::new(name).unwrap());
        // The twin is not told, and must not differ.
        let announced = campaign().expecting(5_000);
        assert_eq!(self.engine.add_campaign(announced), is_new);
        if is_new {
            assert!(self.twin.add_campaign(campaign()));
            self.lives += 1;
            let known = Known {
                life: self.lives,
                oracle: Oracle::default(),
                rules,
                end: "1970-01-02T00:00:00Z".parse().unwrap(),
            };
            self.campaigns.insert(name, known);
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
        let request = request(name, format, amount.of(self.left(name, format)));
        let answer = self.engine.generate(&request);
        match self.refusal(name, &request) {
            Err(error) => assert_eq!(answer, Err(error)),
            Ok(()) => self.issue(name, &request, answer.unwrap()),
        }
    }

    /// How many coupons may be asked for, as far as codes and limits go.
    fn left(&self, name: &str, format: Option<&Format>) -> u128 {
        let Some(known) = self.campaigns.get(name) else {
            return u128::MAX;
        };
        let codes = format.and_then(|format| known.free(format).ok());
        codes.unwrap_or(u128::MAX).min(match known.coupons() {
            u64::MAX => u128::MAX,
            coupons => coupons.into(),
        })
    }

    /// The error that a request meets, if it meets one.
    fn refusal(&self, name: &str, request: &Request) -> Result<(), Error> {
        let asked = request.requested_amount() as u64;
        let known = self.campaigns.get(name).ok_or(Error::CampaignNotFound)?;
        let free = request.format().map(|format| known.free(format));
        let free = free.transpose()?.unwrap_or(u128::MAX);
        if known.coupons() < asked {
            let (kind, left) = (CodeKind::Coupon, known.coupons());
            return Err(Error::Exhausted { kind, asked, left });
        }
        if free < u128::from(asked) {
            return Err(exhausted(asked, u64::try_from(free).unwrap()));
        }
        let left = SEQUENCE_IDS_END - self.next_id;
        if left < asked {
            return Err(Error::OutOfSequenceIds { asked, left });
        }
        Ok(())
    }

    fn issue(&mut self, name: &str, request: &Request, batch: Batch) {
        let amount = request.requested_amount();
        assert_eq!(batch.len(), amount);
        let ids = batch.iter().map(|coupon| coupon.sequence_id());
        assert!(ids.eq(self.next_id..self.next_id + amount as u64));
        self.next_id += amount as u64;

        let known = self.campaigns.get_mut(name).unwrap();
        assert_eq!(batch.expiry_date(), Some(known.end));
        let format = request
            .format()
            .map(|format| known.rules.issued(format).unwrap());
        known.oracle.issue(&batch, format.as_ref());
        known.check_words(&batch);
        let of_twin = self.twin.generate(request).unwrap();
        assert!(batch == of_twin, "the twin's batch is another one");
        let life = known.life;
        self.issued.push(Issued {
            batch,
            of_twin,
            life,
        });
    }

    fn reserve_custom(&mut self, name: &str, format: &Format, codes: &[String]) {
        let answer = self.engine.reserve_custom(name, format, codes);
        // Codes that exist may hold words.
        let any = with_all_words(format);
        let foreign = places(codes, |code| !spells(&any, code));
        match self.campaigns.get_mut(name) {
            None => assert_eq!(answer, Err(Error::CampaignNotFound)),
            Some(_) if !foreign.is_empty() => assert_eq!(answer, Err(common::foreign(foreign))),
            Some(Known { oracle, rules, .. }) => {
                let kept = |code: &String| rules.kept(format, code);
                let new = codes
                    .iter()
                    .filter(|code| oracle.reserve_in(&kept(code), code));
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
            Some(Known { oracle, .. }) => {
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
        let is_of = |format: &&Format, code: &str| spells(&with_all_words(format), code);
        let format = |code: &str| told.iter().find(|format| is_of(format, code));
        let foreign = places(rows, |(code, custom)| {
            let custom = custom.as_ref();
            is_foreign(code) || custom.is_some_and(|code| format(code).is_none())
        });
        match self.campaigns.get_mut(name) {
            None => assert_eq!(answer, Err(Error::CampaignNotFound)),
            Some(_) if !foreign.is_empty() => assert_eq!(answer, Err(common::foreign(foreign))),
            Some(Known { oracle, rules, .. }) => {
                let new = rows.iter().filter(|(code, _)| oracle.reserve(&code[..6]));
                let new_single_uses = new.count() as u64;
                let customs = rows.iter().filter_map(|(_, custom)| custom.as_ref());
                let new = customs.filter(|code| {
                    let format = format(code).expect("none is foreign");
                    oracle.reserve_in(&rules.kept(format, code), code)
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
        if let Some(known) = self.campaigns.get_mut(name) {
            assert_eq!(answer, Ok(()));
            self.twin.set_validity(name, valid.validity()).unwrap();
            known.end = valid.end();
        } else {
            assert_eq!(answer, Err(Error::CampaignNotFound));
        }
    }

    /// The twin goes on without, and must not differ. Batches of before are not those of the loaded campaign.
    fn restart(&mut self, name: &str) {
        let mut file = Vec::new();
        let saved = self.engine.save(name, &mut file);
        let Some(known) = self.campaigns.get_mut(name) else {
            assert!(matches!(saved, Err(SaveError::CampaignNotFound)));
            return;
        };
        assert!(saved.is_ok());
        let refused = self.engine.load(&file[..]);
        assert!(matches!(refused, Err(LoadError::CampaignExists { .. })));
        assert!(self.engine.remove_campaign(name));
        assert_eq!(self.engine.load(&file[..]).unwrap(), name);
        self.lives += 1;
        known.life = self.lives;
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
            Some(known) if known.life == life => {
                known.oracle.release(&batch);
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
        let Some(known) = self.campaigns.get(name) else {
            let unknown = Err(Error::CampaignNotFound);
            assert_eq!(engine.remaining_widget_codes(name), unknown);
            assert_eq!(engine.issued(name), unknown);
            assert_eq!(engine.formats(name), Err(Error::CampaignNotFound));
            return;
        };
        let oracle = &known.oracle;
        assert_eq!(engine.issued(name), Ok(oracle.issued()));
        assert_eq!(engine.formats(name), Ok(oracle.formats()));
        let widgets = engine.remaining_widget_codes(name);
        assert_eq!(widgets, Ok(known.free_widgets()));
        for format in &self.formats {
            let left = engine.remaining(name, format);
            assert_eq!(left, known.free(format), "{format:?}");
        }
    }

    /// Fills all that is small to its end, and beyond; then the twin is asked, too.
    fn end(mut self) {
        for name in CAMPAIGNS {
            for format in self.formats.clone() {
                if self.left(name, Some(&format)) <= 5000 {
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
