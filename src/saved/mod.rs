//! A campaign as a file, so that an engine goes on after a restart as if it had never stopped.
//!
//! **What is in it.** All that a campaign knows: its name, validity, rules and announced coupons, how many it has issued,
//! and every taken code, reserved ones too; and the engine's next sequence id. What is not saved can be found again: the
//! lists of free codes that a campaign keeps near the end of a keyspace, and the room of its tables. Nor is the place
//! that a seed has come to, which is for tests.
//!
//! ```text
//! mark, version                       16 bytes (section.rs)
//! C  announced, name, validity
//! L  a list of words                  each once, whoever names it
//! X  words that no code spells        these four only if they are said (rules.rs)
//! A  what alphanumeric means
//! P  formats that may be asked for
//! M  the most coupons
//! W  widget codes, in order           one section for each shard (numbers.rs: 9.3 bits per code of ten million)
//! F  a format, as its text            one for each format in use, in the order of their texts,
//! N  its codes, in order              each before the sections of its codes
//! S  coupons issued, next sequence id
//! Z  checksum of all of it            8 bytes (checksum.rs)
//! ```
//!
//! A section is a letter, the length of its content, and that. What a later version adds are sections with letters of
//! their own: small ones that others may skip, capital ones that they must refuse.
//!
//! **Beside other requests.** A campaign is not stopped while it is saved. A code that is taken when `save` is called and
//! is not released meanwhile is in the file, since its shard is copied at some time while it is there (see
//! `ledger/saved.rs`). Codes that are taken meanwhile may be there or not, each by itself: those of a request that runs
//! at the same time count as taken if they are. A code that is released by one format and taken by another in the
//! meantime may even be there twice; the second one is left out when the file is loaded, so that a text stands in
//! one ledger again. What waits for `save` is whoever needs the lock of a shard of widget codes, or of a length of
//! custom codes, while a sixty-fourth of that ledger is copied.
//!
//! **Nothing is believed.** All sections are read before anyone can see the campaign. A length is good for as many bytes
//! as are there, and a count for as many codes as there are bits for them; numbers are below their bounds, and
//! codes enter ledgers as reserved ones do, so that whatever a file says the campaign could have come to it by itself.
//! Then the checksum decides. It finds damage, not malice: whoever can write a file can write another checksum.

mod bits;
mod checksum;
mod error;
mod fields;
mod load;
mod numbers;
mod save;
mod section;

use std::io;

pub use error::{LoadError, SaveError};

use crate::engine::Engine;

impl Engine {
    /// Writes all that a campaign knows, for [`load`](Engine::load) after a restart: its name, validity, rules and
    /// announced coupons, how many are issued, every code that is issued or reserved, and the engine's next sequence id.
    ///
    /// The file is usually smaller than the campaign in memory. To be safe, write to a new file, sync it, then rename it
    /// over the old one.
    ///
    /// Other requests go on meanwhile. Every code that was issued or reserved when `save` is called is in the file,
    /// unless its batch is released before `save` ends. If a request runs at the same time, all, some or none of its
    /// codes are in the file; those that are count as taken. So treat batches that came after the call as unsaved:
    /// after a crash, load the file, then pass their rows to [`reserve_coupons`](Engine::reserve_coupons), whether or
    /// not they are in the file already. A request waits for `save` only while a sixty-fourth of the codes of one kind
    /// is copied. The rest of the work is done on the calling thread, with nothing locked.
    ///
    /// Whoever can read the file knows all codes that are in use.
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let format = Format::new("A-", CodeType::Numeric, 3)?;
    /// let request = Request::new("cam_15111")?.amount(600)?.custom_codes(format);
    /// engine.generate(&request)?;
    /// let mut file = Vec::new();
    /// engine.save("cam_15111", &mut file)?;
    ///
    /// let restarted = Engine::new();
    /// assert_eq!(restarted.load(&file[..])?, "cam_15111");
    /// assert_eq!(restarted.generate(&request).unwrap_err().code(), 601); // 400 of 1,000 are left
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`SaveError::CampaignNotFound`] for an unknown campaign; [`SaveError::CampaignIsKeyed`] for a keyed one;
    /// [`SaveError::Io`] if writing fails.
    pub fn save(&self, campaign: &str, writer: impl io::Write) -> Result<(), SaveError> {
        let campaign = self
            .campaign(campaign)
            .map_err(|_| SaveError::CampaignNotFound)?;
        campaign
            .needs_memory()
            .map_err(|_| SaveError::CampaignIsKeyed)?;
        Ok(save::write(&campaign, || self.next_sequence_id(), writer)?)
    }

    /// Makes a campaign known that was [saved](Engine::save), and gives its name. The next sequence id becomes the one
    /// that was saved, if that is higher.
    ///
    /// The reader is read to its end. Whatever it contains, memory use is bounded by its size, and is about that of the
    /// campaign itself. Load only what you have saved yourself: the checksum detects damage, not forgery.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, LoadError, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// # engine.generate(&Request::new("cam_15111")?)?;
    /// # let mut file = Vec::new();
    /// # engine.save("cam_15111", &mut file)?;
    /// let restarted = Engine::new();
    /// let name = restarted.load(&file[..])?;
    /// assert_eq!(restarted.issued(&name)?, 10);
    /// assert_eq!(restarted.generate(&Request::new(&name)?)?.first_sequence_id(), 11);
    ///
    /// assert!(matches!(restarted.load(&file[..]), Err(LoadError::CampaignExists { .. })));
    /// file[40] ^= 1;
    /// assert!(matches!(Engine::new().load(&file[..]), Err(LoadError::Damaged)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`LoadError`]: for what is not a saved campaign, for a file that is truncated, damaged in any byte, or newer than
    /// this version, for a campaign that the engine already has, and if reading fails. Then nothing has changed.
    pub fn load(&self, reader: impl io::Read) -> Result<String, LoadError> {
        let load::Loaded {
            campaign,
            next_sequence_id,
        } = load::read(reader)?;
        let campaign_id = campaign.id().to_owned();
        if self.add(campaign, next_sequence_id) {
            Ok(campaign_id)
        } else {
            let campaign = campaign_id;
            Err(LoadError::CampaignExists { campaign })
        }
    }
}
