//! That what stands in for couponmint does its work: with the same seed it makes the same codes.

use couponmint::{Batch, Campaign, Engine};
use rand::Rng;

use crate::{
    campaigns,
    common::{CAMPAIGN, LARGE, generate, request},
    floor, hashed,
    ours::alphanumeric,
    spelt::Columns,
};

const SEED: [u8; 32] = [7; 32];
/// The column of the seeds of requests.
const SEEDS: u64 = 4;
const BATCHES: u64 = 5;
/// Codes of a batch that were drawn again, at most: 20 of the fifth are expected.
const REDRAWN: usize = 100;

/// Panics unless the ledgers on hashbrown give the batches of couponmint, and codes that are only spelt are those
/// that it draws at first.
pub(crate) fn check() {
    let engine = Engine::builder().seed(SEED).build();
    assert!(engine.add_campaign(Campaign::new(CAMPAIGN).expect("a valid name")));
    let request = request(LARGE, Some(&alphanumeric()));
    let mut hashed = hashed::Campaign::expecting(0);
    for ticket in 0..BATCHES {
        let batch = generate(&engine, &request);
        let seed = seed_of(ticket);
        assert_eq!(
            differing(&batch, &hashed.issue_seeded(seed, LARGE)),
            [0, 0],
            "codes on hashbrown"
        );
        for redrawn in differing(&batch, &campaigns::spell(seed, LARGE)) {
            assert!(redrawn < REDRAWN, "{redrawn} codes spelt otherwise");
        }
    }
}

/// The seed of a request of a seeded engine.
fn seed_of(ticket: u64) -> [u8; 32] {
    let mut keystream = floor::keystream(SEED, SEEDS, 0);
    keystream.set_word_pos(u128::from(ticket) * 8);
    let mut seed = [0; 32];
    keystream.fill_bytes(&mut seed);
    seed
}

/// How many codes of each kind are not those of a batch.
fn differing(batch: &Batch, columns: &Columns) -> [usize; 2] {
    let [single_uses, customs] = columns.each_ref().map(|chunks| chunks.concat());
    assert_eq!(
        [single_uses.len(), customs.len()],
        [21, 15].map(|width| width * batch.len())
    );
    let rows = batch
        .iter()
        .zip(single_uses.chunks_exact(21).zip(customs.chunks_exact(15)));
    rows.fold([0; 2], |[single, custom], (coupon, (single_use, own))| {
        let is_other = coupon.single_use_code().as_bytes() != single_use;
        let custom_code = coupon.custom_validation_code().map(str::as_bytes);
        [
            single + usize::from(is_other),
            custom + usize::from(custom_code != Some(own)),
        ]
    })
}
