//! Keyed campaigns: codes without memory.

mod counting;
mod even;
mod frozen;
mod leases;
mod model;
mod refusals;
mod resume;
mod stream;
mod walk;
mod words;

use couponmint::{Batch, Campaign, Engine, Format, Key, Lease};

use crate::common::{CAMPAIGN, seeded};

pub(super) fn key() -> Key {
    Key::from_bytes([7; 32])
}

/// A campaign with the key of the tests.
pub(super) fn keyed(formats: &[Format]) -> Campaign {
    Campaign::keyed(CAMPAIGN, key(), formats.to_vec()).unwrap()
}

/// An engine, whose clock stands still, with a campaign.
pub(super) fn engine_of(campaign: Campaign) -> Engine {
    let engine = seeded(7).build();
    assert!(engine.add_campaign(campaign));
    engine
}

pub(super) fn lease(sequence_id: u64, single_use: u64, custom: u64) -> Lease {
    Lease {
        sequence_id,
        single_use,
        custom,
    }
}

/// The serials of the single-use codes of a batch.
pub(super) fn single_use_serials(engine: &Engine, batch: &Batch) -> Vec<u64> {
    let serial = |code| engine.single_use_serial(CAMPAIGN, code).unwrap().unwrap();
    batch.single_use_codes().map(serial).collect()
}

/// The serials of the custom codes of a batch.
pub(super) fn custom_serials(engine: &Engine, batch: &Batch) -> Vec<u64> {
    let format = batch.format().unwrap();
    let serial = |code| engine.serial(CAMPAIGN, format, code).unwrap().unwrap();
    batch.custom_validation_codes().map(serial).collect()
}
