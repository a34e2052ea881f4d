//! What a seed yields is the same in every schedule.

use super::{
    at_once, search,
    shop::{
        CAMPAIGN, Shop, WIDGETS, bits, built, customs, engine, plain, request, seeded, widgets,
    },
};
use crate::{
    Batch, Campaign, Engine,
    code::{fraction::Word, spelling::Spelling},
    random::stream::{Purpose, Round, Stream},
};

/// Codes of a batch, of both kinds.
fn codes(batch: &Batch) -> (Vec<String>, Vec<String>) {
    (widgets(batch), customs(batch))
}

/// Whoever asks meanwhile may be in the way of a look at the ledger, but decides nothing.
#[test]
fn who_else_was_asking_is_not_to_be_seen() {
    for taken in [0, 3, 6] {
        search(move || {
            let [calm, engine] = [engine(), engine()];
            let format = bits("", 4);
            let prepare =
                |engine: &Engine| taken > 0 && engine.generate(&request(taken, &format)).is_ok();
            assert_eq!(prepare(&calm), prepare(&engine));
            let expected = codes(&calm.generate(&request(9, &format)).unwrap());
            let ask = || {
                let free = engine.remaining(CAMPAIGN, &format).unwrap() as usize;
                assert!([16 - taken, 7 - taken].contains(&free));
            };
            at_once([&ask, &ask, &|| {
                let batch = engine.generate(&request(9, &format)).unwrap();
                assert_eq!(codes(&batch), expected);
            }]);
        });
    }
}

/// Threads draw and enter it, in two shards, and codes drawn twice are drawn again in an order of their own.
#[test]
fn who_did_which_piece_is_not_to_be_seen() {
    search(|| {
        let [calm, engine] = [engine(), engine()];
        let format = bits("", 15);
        let ask = |engine: &Engine| {
            let batch = |amount| engine.generate(&request(amount, &format)).unwrap();
            [5, 900].map(batch).each_ref().map(codes)
        };
        at_once([&|| assert_eq!(ask(&engine), ask(&calm))]);
    });
}

/// The tickets 0 and 1 of this seed draw a widget code in common, among so many.
const COLLIDING_SEED: u32 = 3_999_472;
const COLLIDING: usize = 16;

fn numbered(seed: u32) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed.to_le_bytes());
    bytes
}

/// The numbers of the widget codes that a ticket draws first.
fn first_draws(seed: u32, ticket: u64) -> [u64; COLLIDING] {
    let stream = Stream::from_seed(numbered(seed), ticket);
    let mut words = [Word(0); COLLIDING];
    let bound = Spelling::single_use().texts(0).bound();
    let mut stream = stream.words(Purpose::SingleUse, Round::First, 0);
    stream.fill(&mut words, bound);
    words.map(|word| word.below(WIDGETS))
}

fn collides(seed: u32) -> bool {
    let first = first_draws(seed, 0);
    let others = first_draws(seed, 1);
    others.iter().any(|number| first.contains(number))
}

/// How it was found.
#[test]
#[ignore = "takes a while"]
fn find_a_seed_that_collides() {
    let found = (0..=u32::MAX).find(|&seed| collides(seed));
    assert_eq!(found, Some(COLLIDING_SEED));
}

#[test]
fn two_that_draw_the_same_widget_code() {
    assert!(collides(COLLIDING_SEED));
    search(|| {
        let campaign = Campaign::new(CAMPAIGN).unwrap();
        let shop = Shop::new(built(seeded(0).seed(numbered(COLLIDING_SEED)), campaign));
        let ask = || assert_eq!(shop.generate(&plain(COLLIDING)), Ok(COLLIDING));
        at_once([&ask, &ask]);
        shop.check(&[], 0);
    });
}

/// The codes that ticket 0 draws first are reserved meanwhile.
#[test]
fn widget_codes_are_reserved_while_they_are_drawn() {
    search(|| {
        let calm = engine().generate(&plain(3)).unwrap();
        let drawn = widgets(&calm);
        let drawn: Vec<_> = drawn.iter().map(String::as_str).collect();
        let shop = Shop::new(engine());
        at_once([
            &|| assert_eq!(shop.generate(&plain(3)), Ok(3)),
            &|| shop.reserve_widgets(&drawn),
            &|| shop.reserve_widgets(&[drawn[2], drawn[0]]),
        ]);
        shop.check(&[], 0);
    });
}
