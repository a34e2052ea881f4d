//! Files out of any bytes: what loads is a campaign that works, and what is damaged does not load.
//!
//! An input is a byte that says what to damage, then sections: a letter, the length of the content in one byte, and the
//! content. The frame around them, checksum included, is made right.

use std::collections::HashSet;

use couponmint::{Campaign, CodeKind, Engine, Error, Format, LoadError, Request};

/// What saved campaigns of the first version begin with.
const START: &[u8; 16] = b"\x8Ccouponmint\r\n\x1A\n\x01";
/// The most formats that are looked at, to be fast.
const FORMATS: usize = 4;
const COUPONS: usize = 5;

pub fn check(input: &[u8]) {
    assert!(load(input).is_err(), "without a checksum");
    let Some((&damage, sections)) = input.split_first() else {
        return;
    };
    let file = file(sections);
    let Ok((engine, name)) = load(&file) else {
        return;
    };
    assert_damage_is_noticed(&file, damage.into());
    assert_goes_on(&engine, &name);
}

fn load(file: &[u8]) -> Result<(Engine, String), LoadError> {
    let engine = Engine::builder().seed([7; 32]).build();
    let loaded = engine.load(file);
    let known = engine.campaigns();
    assert_eq!(known.len(), usize::from(loaded.is_ok()));
    loaded.map(|name| (engine, name))
}

/// The file of these sections; the last one may be shorter than it says.
fn file(mut sections: &[u8]) -> Vec<u8> {
    let mut file = START.to_vec();
    while let [tag, length, rest @ ..] = sections {
        let (content, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        file.push(*tag);
        write_length(content.len(), &mut file);
        file.extend_from_slice(content);
        sections = rest;
    }
    file.extend_from_slice(b"Z\x08");
    let checksum = checksum(&file);
    file.extend_from_slice(&checksum.to_le_bytes());
    file
}

fn write_length(length: usize, file: &mut Vec<u8>) {
    if length >= 128 {
        file.push(128 | (length % 128) as u8);
        file.push((length / 128) as u8);
    } else {
        file.push(length as u8);
    }
}

/// CRC-64/XZ, bit by bit.
fn checksum(bytes: &[u8]) -> u64 {
    let bits = bytes
        .iter()
        .flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
    !bits.fold(u64::MAX, |sum, bit| {
        let odd = sum & 1 ^ u64::from(bit);
        (sum >> 1) ^ (odd * 0xC96C_5795_D787_0F42)
    })
}

fn assert_damage_is_noticed(file: &[u8], choice: usize) {
    let mut damaged = file.to_vec();
    damaged[choice * 7 % file.len()] ^= choice as u8 | 1;
    assert!(load(&damaged).is_err());
    assert!(load(&file[..choice % file.len()]).is_err());
    damaged = file.to_vec();
    damaged.push(choice as u8);
    assert!(load(&damaged).is_err());
}

/// Saved once more and loaded, it is the same campaign; and it issues codes that were free.
fn assert_goes_on(engine: &Engine, name: &str) {
    let mut file = Vec::new();
    engine.save(name, &mut file).expect("there is room");
    let (again, same_name) = load(&file).expect("it was just saved");
    assert_eq!(same_name, name);
    assert_eq!(again.issued(name), engine.issued(name));
    assert_eq!(again.next_sequence_id(), engine.next_sequence_id());
    assert_eq!(
        again.remaining_widget_codes(name),
        engine.remaining_widget_codes(name)
    );
    let formats = engine.formats(name).expect("it was loaded");
    assert_eq!(again.formats(name).as_ref(), Ok(&formats));
    let mut issued = HashSet::new();
    for format in formats.iter().take(FORMATS) {
        assert_eq!(
            again.remaining(name, format),
            engine.remaining(name, format)
        );
        assert_issues(engine, &again, name, format, &mut issued);
    }
    // It is the name of a campaign.
    assert!(Campaign::new(name).is_ok());
    assert!(matches!(
        engine.load(&file[..]),
        Err(LoadError::CampaignExists { .. })
    ));
}

/// Codes that neither were taken in the file nor have been issued.
fn assert_issues(
    engine: &Engine,
    told: &Engine,
    name: &str,
    format: &Format,
    issued: &mut HashSet<String>,
) {
    let free = engine.remaining(name, format);
    let request = Request::new(name).and_then(|request| request.amount(COUPONS));
    let request = request
        .expect("a valid request")
        .custom_codes(format.clone());
    let kind = CodeKind::Custom;
    let batch = match engine.generate(&request) {
        Ok(batch) => batch,
        Err(Error::Exhausted { kind: of, left, .. }) if of == kind => {
            assert!(left < COUPONS as u64);
            return assert_eq!(free, Ok(left.into()));
        }
        // The campaign does not allow it, or there are no sequence ids or coupons left.
        Err(_) => return,
    };
    for coupon in &batch {
        let code = coupon
            .custom_validation_code()
            .expect("they were asked for");
        assert!(issued.insert(code.to_owned()));
        assert!(issued.insert(coupon.widget_validation_code().to_owned()));
        assert_eq!(told.reserve_custom(name, format, [code]), Ok(1));
        assert_eq!(
            told.reserve_single_use(name, [coupon.single_use_code()]),
            Ok(1)
        );
    }
}
