//! Campaigns saved and loaded: nothing is lost, nothing that is damaged gets in, and an engine goes on as if it had
//! never stopped. (Random histories are those of the model.)

use std::{
    collections::HashSet,
    error::Error as _,
    io::{self, Read, Write},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use couponmint::{
    Alphabet, Campaign, Engine, Error, Format, LoadError, Request, SaveError, Status, Words,
};
use jiff::{Timestamp, ToSpan};

use crate::common::{
    CAMPAIGN, SEQUENCE_IDS_END, WIDGETS, alphanumeric, assert_refused, base36, built, campaign,
    checked, custom, customs, engine, issue, numeric, pattern_of, plain, remaining,
    remaining_widgets, seeded, single_uses, spelt,
};

/// The bytes before the first section.
const HEAD: usize = 16;
/// Those of the last one.
const END: usize = 10;

fn saved(engine: &Engine) -> Vec<u8> {
    let mut file = Vec::new();
    engine.save(CAMPAIGN, &mut file).unwrap();
    file
}

/// A new engine with the campaign of a file.
#[track_caller]
fn loaded(file: &[u8]) -> Engine {
    let engine = seeded(8).build();
    assert_eq!(engine.load(file).unwrap(), CAMPAIGN);
    engine
}

/// That a file is refused, and nothing known of it afterwards.
#[track_caller]
fn refused(file: &[u8]) -> LoadError {
    let engine = Engine::new();
    let refused = engine.load(file).unwrap_err();
    assert_eq!(engine.campaigns(), [""; 0]);
    assert_eq!(engine.next_sequence_id(), 1);
    refused
}

#[track_caller]
fn assert_damaged(file: &[u8]) {
    let refused = refused(file);
    assert!(matches!(refused, LoadError::Damaged), "{refused}");
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

/// A file of these bytes and the right end.
fn sealed(bytes: &[u8]) -> Vec<u8> {
    let mut file = [bytes, &[b'Z', 8]].concat();
    file.extend(checksum(&file).to_le_bytes());
    file
}

/// Without its end.
fn unsealed(file: &[u8]) -> &[u8] {
    &file[..file.len() - END]
}

/// Formats of all kinds, with codes of theirs.
fn formats() -> Vec<(Format, Vec<String>)> {
    [
        numeric("A-", 3),
        // They share codes.
        numeric("A1", 4),
        alphanumeric("A", 5),
        alphanumeric("test_", 10),
        // Of two and of three numbers.
        alphanumeric("", 15),
        alphanumeric("", 30),
        // Widget codes are spelt like them.
        base36("a", 5),
        alphanumeric("", 6),
        pattern_of("#A-##.x#", "01234567"),
        checked(numeric("603587", 10), couponmint::Check::Luhn),
        // To its last code.
        spelt("full", "01", 3),
    ]
    .into_iter()
    .map(|format| {
        let most = u64::try_from(format.capacity()).unwrap_or(u64::MAX);
        let rank = |i: u64| {
            format
                .code((most / 9 * i + i % 9).min(most - 1).into())
                .unwrap()
        };
        let codes = if most == 8 {
            (0..8).map(|i| format.code(i).unwrap()).collect()
        } else {
            (0..9).map(rank).collect()
        };
        (format, codes)
    })
    .collect()
}

fn words<const N: usize>(words: [&str; N]) -> Words {
    Words::new(words).unwrap()
}

/// A campaign of a bit of everything.
fn small() -> Engine {
    let engine = seeded(7).first_sequence_id(18_001_837).build();
    let campaign = campaign().validity(3.months()).expecting(1_000);
    let campaign = campaign
        .alphanumeric(Alphabet::crockford())
        .max_coupons(5_000)
        .without_words(&words(["ass", "sex"]));
    let asked = formats().into_iter().map(|(format, _)| format);
    assert!(engine.add_campaign(campaign.formats(asked)));
    engine
        .reserve_single_use(CAMPAIGN, ["5f3jupt49d27udvwpnsar", "000000", "zzzzzz"])
        .unwrap();
    for (format, codes) in formats() {
        engine.reserve_custom(CAMPAIGN, &format, codes).unwrap();
    }
    engine
}

/// What `small` is saved as: as the first version that could save wrote it, whatever later ones write.
const FROZEN: &str = "
    8c636f75706f6e6d696e740d0a1a0a014310e8070963616d5f313531313173336d6f4c076173732c73657858020001410963
    726f636b666f7264508a020b000d412d232323206e756d65726963000e413123232323206e756d6572696300134123232323
    2320616c7068616e756d65726963001c746573745f2323232323232323232320616c7068616e756d65726963001c23232323
    232323232323232323232320616c7068616e756d65726963002b232323232323232323232323232323232323232323232323
    23232323232320616c7068616e756d65726963000d61232323232320626173653336001323232323232320616c7068616e75
    6d65726963001323412d23232e7823205b30313233343536375d002336303335383723232323232323232323206e756d6572
    696320636865636b3d6c75686e000c66756c6c232323205b30315d4d028827570401000001570801c1d4a09c010001570801
    c6dcafc401000157220980d0a9a0021601000001084d01084d01084d01084d01084d01084d01084d01084d570801ff9ffc8d
    0800014615010123232323232320616c7068616e756d657269634e250790c0e2822f20010000003c8062c1f3008a05cf0328
    163c0fa058f03c8062c1f3008a050f461e000123232323232323232323232323232320616c7068616e756d657269634e4a09
    000c0100000000000080ab2417d7f73187c4552217d7f73187242b594d2568144b709590890d7370b6b84a3a360459aba364
    255653091ac512ae920706e4547f1b570932b1610ece16462d00012323232323232323232323232323232323232323232323
    2323232323232320616c7068616e756d657269634e8c010900000100000000000000000000000000000a000000000000801c
    450c539d8c4925000000000000007214314c7532267d000000000000005639c8510ccdcc3301000000000000909bf23b03ff
    e53103000000000000e8787d5d8d9ecd49070000000000006095831cc5d0ccbc11000000000000e03168cfa523a011270000
    0000000000f2f224f59506c8004615000123412d23232e7823205b30313233343536375d4e0f090008013cf6d8638f3df6d8
    638f014625000136303335383723232323232323232323206e756d6572696320636865636b3d6c75686e4e2309001a010000
    f078ed538fd73ef578ed538fd73ef578ed538fd73ef578ed538fd73e054615000141232323232320616c7068616e756d6572
    69634e2309001a0100001063274231762214632742317622146327423176221463274231762204460f0001412d232323206e
    756d657269634e0c090006015f5f5f5f5f5f5f5f46100001413123232323206e756d657269634e1109000901f00aaff00aaf
    f00aaff00aaf00460f090161232323232320626173653336460e000166756c6c232323205b30315d4e04080000ff461e0001
    746573745f2323232323232323232320616c7068616e756d657269634e45090038010000000000003cae42f4f47a5af2b80a
    d1d3eb69c9e32a444fafa7258fab103dbd9e963cae42f4f47a5af2b80ad1d3eb69c9e32a444fafa7258fab103dbd9e960053
    0500addfca085a08f2b6a0504a85c26b";

fn frozen() -> Vec<u8> {
    let digits: Vec<_> = FROZEN
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let byte = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

#[test]
fn old_files_are_read() {
    let engine = loaded(&frozen());
    assert_eq!(engine.next_sequence_id(), 18_001_837);
    let told = small();
    assert_eq!(remaining_widgets(&engine), remaining_widgets(&told));
    assert_eq!(engine.formats(CAMPAIGN), told.formats(CAMPAIGN));
    for (format, codes) in formats() {
        assert_eq!(remaining(&engine, &format), remaining(&told, &format));
        assert_eq!(engine.reserve_custom(CAMPAIGN, &format, codes), Ok(0));
    }
    let single_uses = ["5f3jup", "000000", "zzzzzz"];
    assert_eq!(engine.reserve_single_use(CAMPAIGN, single_uses), Ok(0));
    let request = plain(1).status(Status::Activated);
    let expiry = engine.generate(&request).unwrap().expiry_date();
    assert_eq!(expiry, Some("1970-04-01T00:00:00Z".parse().unwrap()));
}

#[test]
fn files_are_as_they_were() {
    let file = saved(&small());
    assert!(file == frozen(), "{file:02x?}");
    assert!(saved(&loaded(&file)) == file);
    assert_eq!(sealed(unsealed(&file)), file);
}

/// That a file is refused with any of its bytes replaced: a byte, and what takes its place.
#[track_caller]
fn assert_noticed(mut file: Vec<u8>, replacements: impl Fn(u8) -> Vec<u8>) {
    for place in 0..file.len() {
        let right = file[place];
        for wrong in replacements(right) {
            file[place] = wrong;
            match refused(&file) {
                LoadError::Foreign => assert!(place < HEAD - 1),
                LoadError::Newer => assert_eq!(place, HEAD - 1),
                other => assert!(
                    matches!(other, LoadError::Damaged) && place >= HEAD,
                    "{other}"
                ),
            }
        }
        file[place] = right;
    }
    loaded(&file);
}

/// Every other value in place of every byte; in a file of all kinds of sections, every bit turned, and some more.
#[test]
fn every_damaged_byte_is_noticed() {
    let engine = engine();
    issue(&engine, &numeric("A-", 3), 5);
    let all = |right: u8| (0..=255).filter(|&wrong| wrong != right).collect();
    assert_noticed(saved(&engine), all);
    let some = |right: u8| {
        let turned = (0..8).map(|bit| right ^ 1 << bit);
        let others = [!right, right.wrapping_add(1), right.wrapping_sub(1)];
        turned.chain(others).collect()
    };
    assert_noticed(saved(&small()), some);
}

#[test]
fn every_cut_is_noticed() {
    let file = saved(&small());
    for length in 0..file.len() {
        match refused(&file[..length]) {
            LoadError::Foreign => assert!(length < HEAD - 1),
            other => assert!(matches!(other, LoadError::Damaged) && length >= HEAD - 1),
        }
        // What was cut off at the front is missed as well.
        if length > 0 {
            refused(&file[length..]);
        }
    }
}

#[test]
fn whatever_comes_after_the_end_is_noticed() {
    let file = saved(&small());
    for byte in 0..=255 {
        assert_damaged(&[&file[..], &[byte]].concat());
    }
    assert_damaged(&file.repeat(2));
    assert_damaged(&[&file[..], &unsealed(&file)[HEAD..]].concat());
}

/// Two bytes that changed places, sections that did, and one that is there twice, each with the checksum as it was.
#[test]
fn other_orders_are_noticed() {
    let file = saved(&small());
    for place in (0..file.len() - 1).filter(|&place| file[place] != file[place + 1]) {
        let mut file = file.clone();
        file.swap(place, place + 1);
        refused(&file);
    }
}

/// A section of less than 128 bytes.
fn section(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
}

/// Of files whose checksum is right.
#[test]
fn what_makes_no_sense_is_refused() {
    let file = saved(&small());
    let of = |sections: &[&Vec<u8>]| {
        let sections = sections.iter().flat_map(|section| section.iter().copied());
        sealed(
            &file[..HEAD]
                .iter()
                .copied()
                .chain(sections)
                .collect::<Vec<_>>(),
        )
    };
    let campaign = section(b'C', b"\0\x03camd\x01\0");
    let format = section(b'F', b"\0\0A-### numeric");
    let sums = section(b'S', b"\0\x01");
    let rules = [
        (b'A', &b"crockford"[..]),
        (b'P', b"\x01\0\x0DA-### numeric"),
        (b'P', b"\0"),
        (b'M', b"\x05"),
        (b'L', b"ass,sex"),
        (b'X', b"\0\x01"),
    ];
    let rules = rules.map(|(tag, content)| section(tag, content)).concat();
    for right in [
        of(&[&campaign, &sums]),
        of(&[&campaign, &rules, &sums]),
        of(&[&campaign, &format, &sums]),
    ] {
        assert_eq!(Engine::new().load(&right[..]).unwrap(), "cam");
    }
    for file in [
        of(&[]),
        of(&[&campaign]),
        of(&[&sums, &campaign]),
        of(&[&campaign, &sums, &sums]),
        of(&[&campaign, &campaign, &sums]),
        of(&[&campaign, &section(b'Z', b"        "), &sums]),
    ] {
        assert_damaged(&file);
    }
    for wrong in [
        // Names: with a blank, empty, too long.
        &b"\0\x03c md\x01\0"[..],
        b"\0\0d\x01\0",
        b"\0\x63camd\x01\0",
        // Validities: none, of another kind, longer than a second in nanoseconds, no span, no instant.
        b"\0\x03cam",
        b"\0\x03camx\x01\0",
        b"\0\x03camd\x01\0\0",
        b"\0\x03camd\x01\x80\x94\xEB\xDC\x03",
        b"\0\x03camssoon",
        b"\0\x03camusoon",
        b"\0\x03cams\xFF",
    ] {
        assert_damaged(&of(&[&section(b'C', wrong), &sums]));
    }
    for wrong in [
        section(b'S', b"\0\x81\x80\x80\x80\x80\x80\x80\x10"),
        section(b'S', b"\x81\x80\x80\x80\x80\x80\x80\x10\0"),
        section(b'S', b"\0\x01\x01"),
        section(b'S', b"\0"),
        section(b'S', b""),
    ] {
        assert_damaged(&of(&[&campaign, &wrong]));
    }
    // The numbers of a thousand codes: of the last one, and of what would come after it.
    let numbers = |content: &[u8]| section(b'N', content);
    let right = numbers(b"\x01\xE7\x07\0\x01");
    assert!(
        Engine::new()
            .load(&of(&[&campaign, &format, &right, &sums])[..])
            .is_ok()
    );
    assert_damaged(&of(&[&campaign, &right, &sums]));
    for wrong in [
        numbers(b"\x01\xE8\x07\0\x01"),
        numbers(b"\x01\xE7\x07\0\x03"),
        numbers(b"\x01\xE7\x07\0\x01\0"),
        numbers(b"\x02\xE7\x07\0\x03"),
        numbers(b"\x01\xE7\x07\0"),
        numbers(b"\x01\xE7\x07"),
        numbers(b""),
        section(b'A', b"crockford "),
        section(b'P', b"\x01\0\x0DA-### numeric\0"),
        section(b'P', b"\x01\0\x0BA-### roman"),
        section(b'P', b"\x02\0\x0DA-### numeric"),
        section(b'P', b"\x01\x01\x0DA-### numeric"),
        section(b'F', b"\0\x01A-### numeric"),
        section(b'L', b""),
        section(b'L', b"sex,ass"),
        section(b'X', b"\0\x01"),
        section(b'X', b"\0\0"),
        section(b'M', b""),
        section(b'M', b"\x05\x05"),
        section(b'F', b"\0\0A-## numeric"),
        section(b'F', b"\0\0A-### numeric "),
        section(b'F', b"\0"),
        section(b'F', b""),
        // None of its codes is spelt like a widget code.
        section(b'F', b"\x01\0A-### numeric"),
        section(b'W', b"\0"),
    ] {
        assert_damaged(&of(&[&campaign, &format, &wrong, &sums]));
    }
}

/// Sections that this version does not know: some it may skip, others not. But a damaged file is not a newer one.
#[test]
fn later_versions_are_told_from_damage() {
    let file = saved(&small());
    let with = |section: &[u8]| [unsealed(&file), section].concat();
    assert!(saved(&loaded(&sealed(&with(b"q\x01\0")))) == file);
    let newer = sealed(&with(b"Q\x01\0W\x01\0"));
    let line = "this campaign was saved by a later version of couponmint";
    assert_eq!(refused(&newer).to_string(), line);
    for place in unsealed(&file).len()..newer.len() {
        let mut damaged = newer.clone();
        damaged[place] ^= 1;
        assert_damaged(&damaged);
    }
}

/// A few bytes that claim to be many, in number or in what they stand for.
#[test]
fn no_length_is_believed() {
    let file = saved(&small());
    let huge = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F];
    for tag in *b"CWFNSqQ" {
        let body = [unsealed(&file), &[tag], &huge[..]].concat();
        assert_damaged(&body);
        assert_damaged(&sealed(&body));
    }
    let too_long = [&file[..HEAD], b"C", &[0xFF; 10], b"\x01"].concat();
    assert_damaged(&sealed(&too_long));
    // A count of codes.
    for tag in *b"WN" {
        for kept in [0, 63, 64, 255] {
            let count = [&[tag, 11], &huge[..], &[0, kept, 255]].concat();
            assert_damaged(&sealed(&[unsealed(&file), &count].concat()));
        }
    }
}

#[test]
fn errors_say_what_they_are() {
    let file = saved(&small());
    let engine = loaded(&file);
    let exists = engine.load(&file[..]).unwrap_err();
    for (error, line) in [
        (exists, "there is a campaign cam_15111 already"),
        (refused(b"code,status\n"), "this is not a saved campaign"),
        (refused(b""), "this is not a saved campaign"),
        (
            refused(&file[..99]),
            "this saved campaign is damaged or not complete",
        ),
    ] {
        assert_eq!(error.to_string(), line);
        assert!(error.source().is_none());
    }
    let unknown = engine.save("cam_15112", Vec::new()).unwrap_err();
    assert_eq!(unknown.to_string(), Error::CampaignNotFound.to_string());
}

#[test]
#[cfg(feature = "keyed")]
fn keyed_campaigns_are_not_saved() {
    let engine = Engine::new();
    assert!(
        engine.add_campaign(Campaign::keyed(CAMPAIGN, couponmint::Key::generate(), []).unwrap())
    );
    let refused = engine.save(CAMPAIGN, Vec::new()).unwrap_err();
    assert!(matches!(refused, SaveError::CampaignIsKeyed), "{refused}");
}

/// Gives so many bytes, one by one and with interruptions, then fails or ends.
struct Slowly<'a> {
    bytes: &'a [u8],
    calls: usize,
    fails: bool,
}

impl Read for Slowly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls % 3 == 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let Some((&byte, rest)) = self.bytes.split_first() else {
            return if self.fails {
                Err(io::Error::other("unplugged"))
            } else {
                Ok(0)
            };
        };
        self.bytes = rest;
        buffer[0] = byte;
        Ok(1)
    }
}

#[test]
fn readers_may_be_slow_and_fail() {
    let file = saved(&small());
    let slowly = |length: usize, fails| Slowly {
        bytes: &file[..length],
        calls: 0,
        fails,
    };
    assert!(Engine::new().load(slowly(file.len(), false)).is_ok());
    for length in 0..=file.len() {
        let engine = Engine::new();
        let error = engine.load(slowly(length, true)).unwrap_err();
        assert!(matches!(error, LoadError::Io(_)), "{error}");
        assert_eq!(error.source().unwrap().to_string(), "unplugged");
        assert_eq!(engine.campaigns(), [""; 0]);
    }
}

/// Takes so many bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self
            .0
            .checked_sub(bytes.len())
            .ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn writers_may_fail() {
    let engine = small();
    let length = saved(&engine).len();
    assert!(engine.save(CAMPAIGN, Full(length)).is_ok());
    for room in 0..length {
        let error = engine.save(CAMPAIGN, Full(room)).unwrap_err();
        assert!(matches!(error, SaveError::Io(_)), "{error}");
        assert!(error.source().is_some());
    }
}

#[test]
fn sequence_ids_are_raised_and_never_lowered() {
    let file = saved(&small());
    let engine = Engine::new();
    engine.load(&file[..]).unwrap();
    assert_eq!(
        engine.generate(&plain(1)).unwrap().first_sequence_id(),
        18_001_837
    );
    assert!(engine.load(&file[..]).is_err());
    assert!(engine.remove_campaign(CAMPAIGN));
    engine.load(&file[..]).unwrap();
    assert_eq!(engine.next_sequence_id(), 18_001_838);

    let all = built(seeded(7).first_sequence_id(SEQUENCE_IDS_END - 10));
    all.generate(&plain(10)).unwrap();
    let engine = loaded(&saved(&all));
    let (asked, left) = (1, 0);
    assert_eq!(
        engine.generate(&plain(1)).err(),
        Some(Error::OutOfSequenceIds { asked, left })
    );
}

#[test]
fn validities_are_kept() {
    let until: Timestamp = "2030-12-31T23:59:59.5Z".parse().unwrap();
    let request = plain(1).status(Status::Activated);
    for validity in [
        Duration::new(7, 999_999_999).into(),
        Duration::MAX.into(),
        1.year().months(1).days(1).hours(36).into(),
        (-1).days().into(),
        until.into(),
        couponmint::Validity::default(),
    ] {
        let engine = seeded(7).build();
        assert!(engine.add_campaign(campaign().validity(validity)));
        let end = |engine: &Engine| engine.generate(&request).unwrap().expiry_date();
        let loaded = loaded(&saved(&engine));
        assert_eq!(end(&loaded), end(&engine), "{validity:?}");
    }
}

#[test]
fn rules_are_kept() {
    let (letters, digits) = (alphanumeric("A-", 10), numeric("", 7));
    let clean = letters.clone().without_words(&words(["ass"])).unwrap();
    let many = |letter: &str| Words::new((0..1_000).map(|i| format!("{letter}{i:03}"))).unwrap();
    let campaigns = vec![
        campaign(),
        campaign().max_coupons(30),
        campaign().alphanumeric(Alphabet::crockford()),
        campaign().formats([]),
        campaign()
            .formats([letters.clone()])
            .alphanumeric(Alphabet::no_vowels()),
        campaign().max_coupons(0),
        campaign().without_words(&words(["a", "1"])),
        campaign().formats([clean]).without_words(&words(["sex"])),
        // Nothing can be issued: too few codes are left, or there are too many words.
        campaign().without_words(&Words::new(('a'..='z').map(String::from)).unwrap()),
        campaign()
            .without_words(&many("w"))
            .without_words(&many("x")),
    ];
    for campaign in campaigns {
        let engine = seeded(7).build();
        assert!(engine.add_campaign(campaign));
        let first = engine.generate(&custom(10, &letters)).is_ok();
        let restarted = seeded(7).build();
        restarted.load(&saved(&engine)[..]).unwrap();
        if first {
            // It is as far with its seed.
            assert!(restarted.add_campaign(Campaign::new("other").unwrap()));
            restarted.generate(&Request::new("other").unwrap()).unwrap();
        }
        for format in [&letters, &digits] {
            let left = |engine: &Engine| engine.remaining(CAMPAIGN, format);
            assert_eq!(left(&restarted), left(&engine));
            for amount in [15, 10, 5, 1] {
                let codes = |engine: &Engine| {
                    Some(customs(&engine.generate(&custom(amount, format)).ok()?))
                };
                assert_eq!(codes(&restarted), codes(&engine));
            }
        }
        let refused = |engine: &Engine| engine.generate(&plain(21)).err();
        assert_eq!(refused(&restarted), refused(&engine));
    }
}

/// What was issued is counted, what was reserved is not, what was released is gone.
#[test]
fn issued_reserved_and_released() {
    let (engine, format) = (engine(), numeric("A-", 3));
    issue(&engine, &format, 300);
    let released = engine.generate(&custom(200, &format)).unwrap();
    let gone = customs(&released);
    engine.release(released).unwrap();
    let reserved = engine
        .reserve_custom(CAMPAIGN, &format, (0..100).map(|i| format!("A-{i:03}")))
        .unwrap();
    let file = saved(&engine);
    let restarted = loaded(&file);
    assert_eq!(restarted.issued(CAMPAIGN), Ok(300));
    assert_eq!(remaining(&restarted, &format), 700 - u128::from(reserved));
    assert_eq!(remaining_widgets(&restarted), WIDGETS - 300);
    assert!(restarted.reserve_custom(CAMPAIGN, &format, gone).unwrap() > 0);

    // A batch of before belongs to a campaign that is gone.
    let batch = engine.generate(&plain(1)).unwrap();
    assert!(engine.remove_campaign(CAMPAIGN));
    engine.load(&file[..]).unwrap();
    assert_eq!(engine.release(batch), Err(Error::CampaignNotFound));
}

/// Ledgers of all kinds: one table, many, bitmaps, sets; and those that were large once.
#[test]
fn large_campaigns_go_on() {
    let formats = [
        alphanumeric("test_", 10),
        numeric("", 6),
        numeric("0", 5),
        numeric("B", 6),
        alphanumeric("x", 13),
        base36("1234567", 23),
    ];
    let engine = engine();
    let mut kept = HashSet::new();
    for amount in [100_000, 60_000, 4_000] {
        for format in &formats {
            let batch = engine.generate(&custom(amount / 3, format)).unwrap();
            if amount == 60_000 {
                engine.release(batch).unwrap();
            } else {
                kept.extend(customs(&batch).into_iter().chain(single_uses(&batch)));
            }
        }
    }
    let restarted = loaded(&saved(&engine));
    for format in &formats {
        assert_eq!(
            remaining(&restarted, format),
            remaining(&engine, format),
            "{format:?}"
        );
    }
    assert_eq!(restarted.formats(CAMPAIGN), engine.formats(CAMPAIGN));
    assert_eq!(remaining_widgets(&restarted), remaining_widgets(&engine));
    for format in &formats {
        let amount = usize::try_from(remaining(&restarted, format).min(50_000)).unwrap();
        let batch = restarted.generate(&custom(amount, format)).unwrap();
        let mut codes = customs(&batch).into_iter().chain(single_uses(&batch));
        assert!(codes.all(|code| kept.insert(code)));
    }
    let left = u64::try_from(remaining(&restarted, &formats[2])).unwrap();
    assert_refused(&restarted, &formats[2], 100_000, left);
}

/// Issued, released and saved on many threads: all that was there when saving began is in the file, and what
/// is in the file is a campaign that works.
#[test]
fn beside_other_requests() {
    let formats = [
        alphanumeric("", 6),
        numeric("", 6),
        base36("0", 5),
        numeric("A", 5),
        alphanumeric("long", 20),
    ];
    let engine = built(seeded(7));
    let there = Mutex::new(Vec::new());
    let running = AtomicUsize::new(formats.len());
    let issue_and_release = |format: &Format| {
        for round in 0..30 {
            // Not to fill what is small.
            let amount = if format.capacity() < 1_000_000 {
                20
            } else {
                400
            };
            let batch = engine.generate(&custom(amount, format)).unwrap();
            if round % 3 == 0 {
                engine.release(batch).unwrap();
            } else {
                let codes = (format.clone(), customs(&batch), single_uses(&batch));
                there.lock().unwrap().push(codes);
            }
        }
        running.fetch_sub(1, Ordering::Relaxed);
    };
    thread::scope(|scope| {
        for format in &formats {
            scope.spawn(|| issue_and_release(format));
        }
        let mut is_last = false;
        while !is_last {
            is_last = running.load(Ordering::Relaxed) == 0;
            let there = there.lock().unwrap().clone();
            let restarted = loaded(&saved(&engine));
            let mut issued = 0;
            for (format, codes, single_uses) in there {
                issued += codes.len() as u64;
                assert_eq!(restarted.reserve_single_use(CAMPAIGN, single_uses), Ok(0));
                assert_eq!(restarted.reserve_custom(CAMPAIGN, &format, codes), Ok(0));
            }
            assert!(restarted.issued(CAMPAIGN).unwrap() >= issued);
            assert!(restarted.next_sequence_id() > issued);
            let again = loaded(&saved(&restarted));
            for format in &formats {
                assert_eq!(remaining(&again, format), remaining(&restarted, format));
            }
            for format in &formats {
                issue(&restarted, format, 10);
            }
        }
    });
    assert_eq!(there.into_inner().unwrap().len(), 100);
    assert_eq!(saved(&loaded(&saved(&engine))), saved(&engine));
}

/// A seeded engine draws as one that was told of the same codes.
#[test]
fn a_loaded_engine_draws_as_a_told_one() {
    let (format, other) = (numeric("A", 4), alphanumeric("A1", 3));
    let first = engine();
    let batches = [&format, &other].map(|format| first.generate(&custom(3_000, format)).unwrap());
    let told = seeded(8).build();
    assert!(told.add_campaign(Campaign::new(CAMPAIGN).unwrap()));
    for (batch, format) in batches.iter().zip([&format, &other]) {
        told.reserve_custom(CAMPAIGN, format, customs(batch))
            .unwrap();
        told.reserve_single_use(CAMPAIGN, single_uses(batch))
            .unwrap();
    }
    let restarted = loaded(&saved(&first));
    for format in [&format, &other, &format] {
        let request = Request::new(CAMPAIGN)
            .unwrap()
            .amount(2_000)
            .unwrap()
            .custom_codes(format.clone());
        let [told, restarted] =
            [&told, &restarted].map(|engine| engine.generate(&request).unwrap());
        assert_eq!(customs(&told), customs(&restarted));
        assert_eq!(single_uses(&told), single_uses(&restarted));
    }
}

/// A file of a thousand codes is as large as it must be, and one of none is small.
#[test]
fn files_are_small() {
    assert!(saved(&engine()).len() < 60);
    let engine = engine();
    engine.generate(&plain(100_000)).unwrap();
    let file = saved(&engine);
    // 15.9 bits per code, in 64 sections.
    assert!(file.len() < 100_000 * 16 / 8 + 64 * 12, "{}", file.len());
}

/// `cargo test --release --test suite -- --ignored --nocapture ten_million`
#[test]
#[ignore = "takes a minute and a gigabyte; a measurement"]
fn ten_million_coupons() {
    use std::time::Instant;

    let (engine, format) = (built(Engine::builder()), alphanumeric("test_", 10));
    for _ in 0..100 {
        engine.generate(&custom(100_000, &format)).unwrap();
    }
    let start = Instant::now();
    let file = saved(&engine);
    let saving = start.elapsed();
    let start = Instant::now();
    let restarted = loaded(&file);
    let loading = start.elapsed();
    println!(
        "{} bytes, saved in {saving:?}, loaded in {loading:?}",
        file.len()
    );
    assert_eq!(remaining(&restarted, &format), remaining(&engine, &format));

    let plain_engine = built(Engine::builder());
    for _ in 0..100 {
        plain_engine.generate(&plain(100_000)).unwrap();
    }
    let length = saved(&plain_engine).len();
    println!("without custom codes {length} bytes");
    assert!(length < 30_000_000);
}
