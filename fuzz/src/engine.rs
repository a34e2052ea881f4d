//! Operations on an engine and on a naive model of it; and a twin of the engine that never hears of
//! what was refused or asked, since that must leave no trace.
//!
//! An input is a byte for the seed, then operations, a few bytes each: letters and digits will do.

use std::sync::LazyLock;

use couponmint::{Alphabet, Batch, Campaign, CodeKind, Engine, Error, Format, Request, Status};
use jiff::Timestamp;

use super::model::{self, Model};

const CAMPAIGNS: [&str; 2] = ["cam_15111", "cam_15112"];
/// The most operations of an input, to be fast.
const STEPS: usize = 16;
/// Formats of at most so many codes are counted code by code.
const SMALL: u128 = 64;
/// Sequence ids end before this one.
const END: u64 = 1 << 53;

const DIGITS: &str = "0123456789";
const BASE36: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SYMBOLS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";

/// Codes of 3, 4, 6, 13 and 30 symbols: formats of one total length share codes. Those of 6 share them
/// with widget codes, and a number does not hold most of those of 30.
static FORMATS: LazyLock<Vec<Format>> = LazyLock::new(|| {
    let formats = [
        ("", "01", 3),
        ("", "10", 3),
        ("", "012", 3),
        ("", DIGITS, 3),
        ("1", "012", 3),
        ("", "12", 4),
        ("", DIGITS, 6),
        ("111", "12Z", 3),
        ("11", "1a", 4),
        ("", BASE36, 6),
        ("1111111111", "12Z", 3),
        ("1111111111", "1_2", 3),
        ("111111111", "21", 4),
        ("111", BASE62, 10),
        ("", DIGITS, 13),
        ("", BASE36, 13),
        ("11", BASE62, 11),
        ("1", BASE62, 12),
        ("1", SYMBOLS, 12),
        ("", BASE62, 13),
        ("", DIGITS, 30),
        ("1", BASE62, 29),
        ("", "12", 30),
        ("11111111111", DIGITS, 19),
        ("111111111111111111111111111", "12", 3),
        ("11111111111111111111111111", "1Z2", 4),
    ];
    formats
        .map(|(prefix, symbols, length)| format(prefix, symbols, length))
        .into()
});

fn format(prefix: &str, symbols: &str, length: usize) -> Format {
    let alphabet = Alphabet::new(symbols).expect("distinct symbols");
    Format::with_alphabet(prefix, alphabet, length).expect("a valid format")
}

pub fn check(input: &[u8]) {
    let mut input = Input(input);
    let mut run = Run::new(input.byte());
    for _ in 0..STEPS {
        if input.0.is_empty() {
            break;
        }
        run.step(&mut input);
    }
    run.assert_all_left();
}

/// Decisions, a byte each; zeros when the bytes have run out.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        first
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// One of the formats, or one of seven symbols with any of many prefixes.
    fn format(&mut self) -> Format {
        let choice = self.below(FORMATS.len() + 6);
        if let Some(format) = FORMATS.get(choice) {
            return format.clone();
        }
        let digits = self.byte();
        let symbols = [digits, digits / 3, digits / 9, digits / 27];
        let prefix = symbols.map(|digit| ['1', '2', 'Z'][usize::from(digit % 3)]);
        let prefix: String = prefix[..choice % 5].iter().collect();
        let symbols = ["12", "21Z", "Z1"][choice % 3];
        format(&prefix, symbols, 7 - prefix.len())
    }
}

/// A batch, that of the twin, and which of the campaigns that ever were has issued it.
struct Issued {
    batch: Batch,
    of_twin: Option<Batch>,
    life: usize,
}

struct Run {
    engine: Engine,
    twin: Option<Engine>,
    /// What the campaigns have issued, and which of all that ever were they are.
    models: [Option<(usize, Model)>; 2],
    lives: usize,
    issued: Vec<Issued>,
    next_id: u64,
    /// The campaign of the step.
    place: usize,
}

impl Run {
    fn new(seed: u8) -> Self {
        // To be fast, every other engine has a twin; every fourth one is short of sequence ids.
        let next_id = if seed % 4 == 3 { END - 50 } else { 1 };
        let engine = || {
            let builder = Engine::builder()
                .seed([seed; 32])
                .first_sequence_id(next_id);
            builder.clock(|| Timestamp::UNIX_EPOCH).build()
        };
        let mut run = Self {
            engine: engine(),
            twin: (seed % 2 == 1).then(engine),
            models: [None, None],
            lives: 0,
            issued: Vec::new(),
            next_id,
            place: 0,
        };
        run.add_campaign();
        run
    }

    fn step(&mut self, input: &mut Input<'_>) {
        let operation = input.byte();
        self.place = usize::from(operation) / 8 % 8 / 7;
        match operation % 8 {
            5 => self.release(input),
            7 if self.models[self.place].is_some() => self.remove_campaign(input),
            7 => self.add_campaign(),
            _ if self.models[self.place].is_none() => self.assert_unknown(),
            0 => self.generate_plain(input),
            1 | 2 => self.generate(input),
            3 => self.look(input),
            4 => self.reserve(input),
            _ => self.reserve_single_use(input),
        }
    }

    fn campaign(&self) -> &'static str {
        CAMPAIGNS[self.place]
    }

    fn model(&mut self) -> &mut Model {
        let (_, model) = self.models[self.place]
            .as_mut()
            .expect("the campaign was added");
        model
    }

    fn add_campaign(&mut self) {
        let is_new = self.models[self.place].is_none();
        for engine in [&self.engine].into_iter().chain(&self.twin) {
            let campaign = Campaign::new(self.campaign()).expect("a valid name");
            assert_eq!(engine.add_campaign(campaign), is_new);
        }
        if is_new {
            self.lives += 1;
            self.models[self.place] = Some((self.lives, Model::default()));
        }
    }

    /// Now and then it is added again, which changes nothing.
    fn remove_campaign(&mut self, input: &mut Input<'_>) {
        if input.byte() % 2 == 0 {
            return self.add_campaign();
        }
        for engine in [&self.engine].into_iter().chain(&self.twin) {
            assert!(engine.remove_campaign(self.campaign()));
            assert!(!engine.remove_campaign(self.campaign()));
        }
        self.models[self.place] = None;
    }

    fn assert_unknown(&self) {
        let (engine, campaign) = (&self.engine, self.campaign());
        let request = Request::new(campaign).expect("a valid name");
        let unknown = Error::CampaignNotFound;
        assert_eq!(engine.generate(&request), Err(unknown.clone()));
        assert_eq!(
            engine.remaining(campaign, &FORMATS[0]),
            Err(unknown.clone())
        );
        assert_eq!(
            engine.reserve_custom(campaign, &FORMATS[0], ["000"]),
            Err(unknown.clone())
        );
        assert_eq!(
            engine.reserve_single_use(campaign, ["000000"]),
            Err(unknown)
        );
    }

    /// Looks at what is left of any format.
    fn look(&mut self, input: &mut Input<'_>) {
        let format = input.format();
        self.assert_left(&format);
        if format.capacity() <= SMALL {
            assert_eq!(self.model().left(&format), self.model().count(&format));
        }
    }

    fn generate_plain(&mut self, input: &mut Input<'_>) {
        let amount = u64::from(input.byte() % 32) + 1;
        self.request(amount, input, None);
    }

    fn generate(&mut self, input: &mut Input<'_>) {
        let format = input.format();
        let left = self.model().left(&format);
        let some = [1, 2, 3, 5, 8, 13, 21, 34, 55, left / 2, left / 3];
        let all = [
            left.saturating_sub(1),
            left,
            left,
            left,
            left.saturating_add(1),
        ];
        let amount = input.pick(&[&some[..], &all].concat());
        self.request(amount.clamp(1, 32) as u64, input, Some((&format, left)));
        self.assert_left(&format);
    }

    fn request(&mut self, asked: u64, input: &mut Input<'_>, custom: Option<(&Format, u128)>) {
        let status = input.pick(&[Status::Normal, Status::Voided, Status::Activated]);
        let request = Request::new(self.campaign()).and_then(|request| request.amount(asked));
        let request = request.expect("a valid request").status(status);
        let format = custom.map(|(format, _)| format);
        let request = match format {
            Some(format) => request.custom_codes(format.clone()),
            None => request,
        };
        let ids_left = END - self.next_id;
        let result = self.engine.generate(&request);
        match custom {
            Some((_, left)) if left < u128::from(asked) => {
                let (kind, left) = (CodeKind::Custom, left as u64);
                assert_eq!(result, Err(Error::Exhausted { kind, asked, left }));
            }
            _ if ids_left < asked => {
                let left = ids_left;
                assert_eq!(result, Err(Error::OutOfSequenceIds { asked, left }));
            }
            _ => self.keep(&request, result.expect("enough codes are left")),
        }
    }

    fn keep(&mut self, request: &Request, batch: Batch) {
        let asked = request.requested_amount() as u64;
        assert_eq!(batch.len() as u64, asked);
        let ids = batch.iter().map(|coupon| coupon.sequence_id());
        assert!(ids.eq(self.next_id..self.next_id + asked));
        self.next_id += asked;
        self.model().issue(&batch, request.format());

        let answer = |twin: &Engine| twin.generate(request).expect("enough codes are left");
        let of_twin = self.twin.as_ref().map(answer);
        assert!(of_twin.as_ref().is_none_or(|of_twin| *of_twin == batch));
        let life = self.lives_here();
        self.issued.push(Issued {
            batch,
            of_twin,
            life,
        });
    }

    fn lives_here(&self) -> usize {
        let model = self.models[self.place].as_ref();
        model.map_or(0, |&(life, _)| life)
    }

    fn release(&mut self, input: &mut Input<'_>) {
        let choice = usize::from(input.byte());
        let Some(index) = choice.checked_rem(self.issued.len()) else {
            return;
        };
        let issued = self.issued.swap_remove(index);
        let is_here = |name: &&str| *name == issued.batch.campaign();
        let place = CAMPAIGNS.iter().position(is_here);
        self.place = place.expect("one of the campaigns");
        if self.lives_here() == issued.life {
            self.model().release(&issued.batch);
            assert_eq!(self.engine.release(issued.batch), Ok(()));
            if let (Some(twin), Some(batch)) = (&self.twin, issued.of_twin) {
                assert_eq!(twin.release(batch), Ok(()));
            }
        } else {
            let gone = Err(Error::CampaignNotFound);
            assert_eq!(self.engine.release(issued.batch), gone);
        }
    }

    fn reserve(&mut self, input: &mut Input<'_>) {
        let format = input.format();
        let codes: Vec<_> = (0..=input.below(4))
            .map(|_| self.code(&format, input))
            .collect();
        let foreign = (0..codes.len()).filter(|&i| !model::spells(&format, &codes[i]));
        let indices: Vec<_> = foreign.collect();
        let result = self.engine.reserve_custom(self.campaign(), &format, &codes);
        if indices.is_empty() {
            if let Some(twin) = &self.twin {
                let of_twin = twin.reserve_custom(self.campaign(), &format, &codes);
                assert_eq!(result, of_twin);
            }
            let reserved = codes.iter().filter(|code| self.model().reserve(code));
            assert_eq!(result, Ok(reserved.count() as u64));
        } else {
            let more = 0;
            assert_eq!(result, Err(Error::ForeignCodes { indices, more }));
        }
        self.assert_left(&format);
    }

    /// A code that exists already or one made of what many formats share: ones, and a varied end.
    fn code(&mut self, format: &Format, input: &mut Input<'_>) -> String {
        let choice = input.byte();
        if choice % 4 == 3 {
            let known = self.model().text(usize::from(choice) / 4);
            return known.unwrap_or("unknown").to_owned();
        }
        let symbols = format.alphabet().symbols();
        let shared = "12Z_0a".chars().filter(|&symbol| symbols.contains(symbol));
        let shared: Vec<_> = shared.collect();
        let mut code = format!("{}{}", format.prefix(), "1".repeat(format.length() - 3));
        code.extend((0..3).map(|_| input.pick(&shared)));
        code
    }

    fn reserve_single_use(&mut self, input: &mut Input<'_>) {
        let kind = input.byte();
        let known = self.model().widget(usize::from(kind) / 16);
        let widget = match (kind % 4, known) {
            (0, Some(known)) => known.to_owned(),
            // What formats of six symbols spell.
            (1 | 2, _) => format!("1111{}{}", input.pick(&[1, 2]), input.below(3)),
            _ => (0..6).map(|_| ['0', '1', '2'][input.below(3)]).collect(),
        };
        let code = match kind / 4 % 4 {
            0 | 1 => widget,
            2 => format!("{widget}{}", "z".repeat(15)),
            _ => format!("{widget}z"),
        };
        let result = self.engine.reserve_single_use(self.campaign(), [&code]);
        if code.len() == 7 {
            let (indices, more) = (vec![0], 0);
            assert_eq!(result, Err(Error::ForeignCodes { indices, more }));
        } else {
            if let Some(twin) = &self.twin {
                assert_eq!(result, twin.reserve_single_use(self.campaign(), [&code]));
            }
            assert_eq!(result, Ok(u64::from(self.model().reserve(&code[..6]))));
        }
    }

    fn assert_left(&mut self, format: &Format) {
        let left = self.model().left(format);
        assert_eq!(
            self.engine.remaining(self.campaign(), format),
            Ok(left),
            "{format:?}"
        );
        let widgets = self.engine.remaining_widget_codes(self.campaign());
        assert_eq!(widgets, Ok(self.model().widgets_left()));
    }

    fn assert_all_left(&mut self) {
        for place in 0..CAMPAIGNS.len() {
            self.place = place;
            if self.models[place].is_some() {
                FORMATS.iter().for_each(|format| self.assert_left(format));
            } else {
                self.assert_unknown();
            }
        }
    }
}
