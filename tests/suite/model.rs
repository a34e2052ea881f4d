//! A model of the engine: random sequences of operations on a few campaigns with small, overlapping
//! formats. After each step the engine and the naive oracle agree on what is issued, what is left and
//! which error comes. A twin engine of the same seed is spared the steps that fail: it must go on
//! issuing the same batches, so a failed step has changed nothing.

use std::collections::BTreeMap;

use couponmint::{
    Campaign, CodeKind, CodeType, Engine, Error, Format, Request, proptest::small_formats,
};
use proptest::{collection::vec, prelude::*, sample::Index};

use crate::{
    common::{cases, seeded},
    oracle::{Oracle, texts},
};

const CAMPAIGNS: [&str; 3] = ["north", "south", "west"];
const ALL_WIDGETS: u64 = 36 * 36 * 36 * 36 * 36 * 36;

#[derive(Debug, Clone)]
enum Step {
    AddCampaign(Index),
    Generate(Index, usize, Option<Index>),
    ReserveCustom(Index, Index, Vec<Index>),
    ReserveForeign(Index, Index),
    ReserveWidgets(Index, Vec<u16>),
}

fn steps() -> impl Strategy<Value = Step> {
    let place = any::<Index>;
    prop_oneof![
        2 => place().prop_map(Step::AddCampaign),
        8 => (place(), 1..=300_usize, proptest::option::weighted(0.9, place()))
            .prop_map(|(campaign, amount, format)| Step::Generate(campaign, amount, format)),
        3 => (place(), place(), vec(place(), 0..40))
            .prop_map(|(campaign, format, codes)| Step::ReserveCustom(campaign, format, codes)),
        1 => (place(), place())
            .prop_map(|(campaign, format)| Step::ReserveForeign(campaign, format)),
        1 => (place(), vec(any::<u16>(), 0..10))
            .prop_map(|(campaign, codes)| Step::ReserveWidgets(campaign, codes)),
    ]
}

struct Model {
    engine: Engine,
    twin: Engine,
    formats: Vec<Format>,
    campaigns: BTreeMap<&'static str, Oracle>,
}

impl Model {
    fn new(formats: Vec<Format>) -> Self {
        Self {
            engine: seeded(3).build(),
            twin: seeded(3).build(),
            formats,
            campaigns: BTreeMap::new(),
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::AddCampaign(name) => self.add_campaign(campaign(name)),
            Step::Generate(name, amount, format) => {
                let format = format.map(|format| format.get(&self.formats).clone());
                self.generate(campaign(name), amount, format.as_ref());
            }
            Step::ReserveCustom(name, format, codes) => {
                let format = format.get(&self.formats).clone();
                let texts = texts(&format);
                let codes: Vec<_> = codes.iter().map(|code| code.get(&texts).clone()).collect();
                self.reserve_custom(campaign(name), &format, &codes);
            }
            Step::ReserveForeign(name, format) => {
                let format = format.get(&self.formats).clone();
                self.reserve_foreign(campaign(name), &format);
            }
            Step::ReserveWidgets(name, codes) => {
                let codes: Vec<_> = codes.iter().map(|code| format!("0{code:05}")).collect();
                self.reserve_widgets(campaign(name), &codes);
            }
        }
        self.agrees_on_what_is_left();
    }

    fn add_campaign(&mut self, name: &'static str) {
        let is_new = !self.campaigns.contains_key(name);
        assert_eq!(
            self.engine.add_campaign(Campaign::new(name).unwrap()),
            is_new
        );
        if is_new {
            assert!(self.twin.add_campaign(Campaign::new(name).unwrap()));
            self.campaigns.insert(name, Oracle::default());
        }
    }

    fn generate(&mut self, name: &str, amount: usize, format: Option<&Format>) {
        let mut request = Request::new(name).unwrap().amount(amount).unwrap();
        if let Some(format) = format {
            request = request.custom_codes(format.clone());
        }
        let answer = self.engine.generate(&request);
        let Some(oracle) = self.campaigns.get_mut(name) else {
            assert_eq!(answer, Err(Error::CampaignNotFound));
            return;
        };
        let asked = amount as u64;
        match format.map(|format| oracle.free(format)) {
            Some(left) if left < asked => {
                let kind = CodeKind::Custom;
                assert_eq!(answer, Err(Error::Exhausted { kind, asked, left }));
            }
            _ => {
                let batch = answer.unwrap();
                assert_eq!(batch.len(), amount);
                oracle.issue(&batch, format);
                assert_eq!(self.twin.generate(&request).as_ref(), Ok(&batch));
            }
        }
    }

    fn reserve_custom(&mut self, name: &str, format: &Format, codes: &[String]) {
        let answer = self.engine.reserve_custom(name, format, codes);
        let Some(oracle) = self.campaigns.get_mut(name) else {
            assert_eq!(answer, Err(Error::CampaignNotFound));
            return;
        };
        let new = codes.iter().filter(|code| oracle.reserve(code)).count() as u64;
        assert_eq!(answer, Ok(new));
        assert_eq!(self.twin.reserve_custom(name, format, codes), Ok(new));
    }

    fn reserve_foreign(&mut self, name: &str, format: &Format) {
        let (own, foreign) = (texts(format)[0].clone(), "?".repeat(5));
        let answer = self.engine.reserve_custom(name, format, [own, foreign]);
        let wrong = if self.campaigns.contains_key(name) {
            Error::ForeignCode { index: 1 }
        } else {
            Error::CampaignNotFound
        };
        assert_eq!(answer, Err(wrong));
    }

    fn reserve_widgets(&mut self, name: &str, codes: &[String]) {
        let answer = self.engine.reserve_single_use(name, codes);
        let Some(oracle) = self.campaigns.get_mut(name) else {
            assert_eq!(answer, Err(Error::CampaignNotFound));
            return;
        };
        let new = codes
            .iter()
            .filter(|code| oracle.reserve_widget(code))
            .count() as u64;
        assert_eq!(answer, Ok(new));
        assert_eq!(self.twin.reserve_single_use(name, codes), Ok(new));
    }

    fn agrees_on_what_is_left(&self) {
        for name in CAMPAIGNS {
            let Some(oracle) = self.campaigns.get(name) else {
                assert_eq!(
                    self.engine.remaining_widget_codes(name),
                    Err(Error::CampaignNotFound)
                );
                continue;
            };
            let left = ALL_WIDGETS - oracle.taken_widgets() as u64;
            assert_eq!(self.engine.remaining_widget_codes(name), Ok(left));
            for format in &self.formats {
                let left = self.engine.remaining(name, format);
                assert_eq!(left, Ok(oracle.free(format)), "{format:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn the_engine_does_as_the_oracle_says(
        formats in vec(small_formats(), 1..6),
        steps in vec(steps(), 1..40),
    ) {
        let mut model = Model::new(formats);
        model.add_campaign(CAMPAIGNS[0]);
        for step in steps {
            model.take(step);
        }
    }
}

/// Formats whose codes have tails, all of 14 symbols, that can spell each other's codes.
fn long_formats() -> [Format; 5] {
    let format = |prefix, code_type, length: usize| Format::new(prefix, code_type, length).unwrap();
    [
        format("A", CodeType::Alphanumeric, 13),
        format("A1", CodeType::Alphanumeric, 12),
        format("A1", CodeType::Numeric, 12),
        format("A12345678", CodeType::Alphanumeric, 5),
        format("A1234567800", CodeType::Numeric, 3),
    ]
}

proptest! {
    #![proptest_config(cases(128))]

    /// Of long formats the oracle says what it can: no text twice, and no reserved text issued.
    #[test]
    fn long_overlapping_formats_never_share_a_code(
        steps in vec((0..5_usize, 0..5_usize, 1..400_usize, "[0-9]{3}"), 1..12),
    ) {
        let formats = long_formats();
        let (mut model, name) = (Model::new(formats.to_vec()), CAMPAIGNS[0]);
        model.add_campaign(name);
        for (issued, reserved, amount, digits) in steps {
            let oracle = model.campaigns.get_mut(name).unwrap();
            let code = format!("A1234567800{digits}");
            let answer = model.engine.reserve_custom(name, &formats[reserved], [&code]).unwrap();
            prop_assert!(answer <= u64::from(oracle.reserve(&code)));

            let (format, asked) = (&formats[issued], amount as u64);
            let left = model.engine.remaining(name, format).unwrap();
            let request = Request::new(name).unwrap().amount(amount).unwrap();
            let answer = model.engine.generate(&request.custom_codes(format.clone()));
            if left < asked {
                let kind = CodeKind::Custom;
                prop_assert_eq!(answer, Err(Error::Exhausted { kind, asked, left }));
            } else {
                oracle.issue(&answer.unwrap(), Some(format));
                prop_assert_eq!(model.engine.remaining(name, format), Ok(left - asked));
            }
        }
    }
}

fn campaign(place: Index) -> &'static str {
    CAMPAIGNS[place.index(CAMPAIGNS.len())]
}
