//! Requests of a keyed campaign: which serials they get, and their codes.
//!
//! Counters stand under one lock, for as long as it takes to look at three numbers and move them on. Whatever can refuse
//! a request is asked before they move, so a refused one changes nothing, and leaves no gap; then the lock is let go,
//! and the codes, which nothing can refuse any more, are made by all threads.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use hashbrown::HashMap;

use crate::{
    campaign::{CustomColumn, IssuedCodes},
    code::format::{Format, SINGLE_USE_LENGTH},
    error::{CodeKind, Error},
    keyed::{
        fingerprint::{Fingerprint, digest},
        numbering::Numbering,
        serials::{Lease, Serials},
        single_use::SingleUse,
        subkeys::{Kind, Subkeys, joined, parts},
    },
    random::{column::TextColumn, stream::CHUNK, threads::share},
    request::Request,
};

/// What a campaign with a key is beside its name and validity.
pub(crate) struct Keyed {
    pub(super) subkeys: Subkeys,
    pub(super) single_use: SingleUse,
    pub(super) customs: Vec<Numbering>,
    by_format: HashMap<Format, usize>,
    counters: Mutex<Counters>,
    pub(super) fingerprint: OnceLock<Fingerprint>,
    pub(super) is_resumed: bool,
}

/// The next serials.
struct Counters {
    single_use: u64,
    customs: Vec<u64>,
}

impl Keyed {
    /// The formats must spell no text in common.
    pub(super) fn new(subkeys: Subkeys, formats: Vec<Format>) -> Self {
        let counters = Counters {
            single_use: 0,
            customs: vec![0; formats.len()],
        };
        Self {
            single_use: SingleUse::new(&subkeys),
            by_format: formats.iter().cloned().zip(0..).collect(),
            customs: formats
                .into_iter()
                .map(|format| Numbering::new(&subkeys, format))
                .collect(),
            counters: Mutex::new(counters),
            fingerprint: OnceLock::new(),
            is_resumed: false,
            subkeys,
        }
    }

    /// The place of a declared format.
    pub(super) fn place(&self, format: &Format) -> Result<usize, Error> {
        let place = self.by_format.get(format);
        place.copied().ok_or(Error::FormatNotAllowed)
    }

    /// The codes of a declared format.
    pub(super) fn numbering(&self, format: &Format) -> Result<&Numbering, Error> {
        Ok(&self.customs[self.place(format)?])
    }

    /// The declared formats, in the order of their texts.
    pub(crate) fn formats(&self) -> Vec<Format> {
        let formats = self.customs.iter().map(Numbering::format);
        let mut formats: Vec<_> = formats.cloned().collect();
        formats.sort_by_cached_key(Format::to_string);
        formats
    }

    /// How many widget codes are left.
    pub(crate) fn free_widgets(&self) -> u64 {
        let next = self.counters().single_use;
        self.single_use.capacity().saturating_sub(next)
    }

    /// How many codes of a format are left; the largest `u128` for that many or more.
    pub(crate) fn free_customs(&self, format: &Format) -> Result<u128, Error> {
        let place = self.place(format)?;
        let next = self.counters().customs[place];
        Ok(match self.customs[place].capacity() {
            u128::MAX => u128::MAX,
            capacity => capacity.saturating_sub(next.into()),
        })
    }

    /// Issues the codes of a request, of the next serials.
    pub(crate) fn issue(
        &self,
        request: &Request,
        take_sequence_ids: impl FnOnce(u64) -> Result<u64, Error>,
    ) -> Result<IssuedCodes, Error> {
        let amount = request.requested_amount() as u64;
        let place = request.format().map(|format| self.place(format));
        let place = place.transpose()?;
        let mut counters = self.counters();
        let (single_use, custom) = (
            counters.single_use,
            place.map(|place| counters.customs[place]),
        );
        self.unless_enough(amount, single_use, place.zip(custom))?;
        let sequence_id = take_sequence_ids(amount)?;
        counters.single_use += amount;
        if let Some(place) = place {
            counters.customs[place] += amount;
        }
        drop(counters);
        let lease = Lease {
            sequence_id,
            single_use,
            custom: custom.unwrap_or(0),
        };
        Ok(self.codes(request.requested_amount(), place, &lease))
    }

    /// Issues the codes of a request, of leased serials.
    pub(super) fn issue_leased(
        &self,
        request: &Request,
        lease: &Lease,
        check: impl FnOnce(u64) -> Result<(), Error>,
    ) -> Result<IssuedCodes, Error> {
        let amount = request.requested_amount();
        let place = request.format().map(|format| self.place(format));
        let place = place.transpose()?;
        let custom = place.map(|place| (place, lease.custom));
        self.unless_enough(amount as u64, lease.single_use, custom)?;
        check(amount as u64)?;
        Ok(self.codes(amount, place, lease))
    }

    /// 601 if so many serials from some on are too many: of single-use codes, or of a format.
    fn unless_enough(
        &self,
        amount: u64,
        single_use: u64,
        custom: Option<(usize, u64)>,
    ) -> Result<(), Error> {
        let left = self.single_use.capacity().saturating_sub(single_use);
        Error::unless_enough(CodeKind::Widget, amount, left)?;
        let Some((place, next)) = custom else {
            return Ok(());
        };
        self.customs[place].unless_enough(next, amount)
    }

    /// The codes of serials, made by all threads.
    fn codes(&self, amount: usize, place: Option<usize>, lease: &Lease) -> IssuedCodes {
        let chunks = amount.div_ceil(CHUNK);
        let custom = place.map(|place| &self.customs[place]);
        let kinds = 1 + usize::from(custom.is_some());
        let text = |piece: usize| {
            let chunk = piece % chunks;
            let (start, count) = (chunk * CHUNK, CHUNK.min(amount - chunk * CHUNK));
            match custom {
                Some(custom) if piece >= chunks => custom.text(lease.custom + start as u64, count),
                _ => self.single_use.text(lease.single_use + start as u64, count),
            }
        };
        let mut single_use = share(kinds * amount, kinds * chunks, text);
        let of_custom = single_use.split_off(chunks);
        IssuedCodes {
            first_sequence_id: lease.sequence_id,
            single_use: TextColumn::new(single_use, SINGLE_USE_LENGTH),
            custom: custom.map(|custom| CustomColumn {
                format: custom.format().clone(),
                text: TextColumn::new(of_custom, custom.format().text_length()),
            }),
        }
    }

    /// What to store.
    pub(super) fn serials(&self) -> Serials {
        let fingerprint = self.fingerprint();
        let counters = self.counters();
        let formats = self
            .customs
            .iter()
            .map(|custom| custom.format().to_string());
        Serials {
            fingerprint,
            single_use: counters.single_use,
            custom: formats.zip(counters.customs.iter().copied()).collect(),
        }
    }

    /// Goes on where serials of the same campaign were.
    pub(super) fn resume(&mut self, serials: &Serials) -> Result<(), Error> {
        if serials.fingerprint != self.fingerprint() {
            return Err(Error::OtherSerials);
        }
        let next = |custom: &Numbering| {
            let next = serials.custom(custom.format())?;
            (custom.left(next).is_some()).then_some(next)
        };
        let customs: Option<Vec<_>> = self.customs.iter().map(next).collect();
        let customs = customs.ok_or(Error::OtherSerials)?;
        let is_within = serials.single_use <= self.single_use.capacity();
        if !is_within || serials.custom.len() != customs.len() {
            return Err(Error::OtherSerials);
        }
        *self.counters() = Counters {
            single_use: serials.single_use,
            customs,
        };
        self.is_resumed = true;
        Ok(())
    }

    /// Of all that decides which code has which serial. The order in which formats are declared decides nothing.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        *self.fingerprint.get_or_init(|| {
            let mut customs: Vec<_> = self.customs.iter().map(summary).collect();
            customs.sort_unstable();
            let widgets = digest(self.single_use.holes().numbers().iter().copied());
            let summary = [widgets.to_vec()].into_iter().chain(customs);
            let subkey = self.subkeys.subkey(Kind::Fingerprint, summary);
            let (half, _) = subkey.split_at(16);
            Fingerprint(half.try_into().expect("16 bytes"))
        })
    }

    /// Counters are only ever moved on whole, so a poisoned lock is taken as it is.
    fn counters(&self) -> MutexGuard<'_, Counters> {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All that decides the numbering of a format.
fn summary(custom: &Numbering) -> Vec<u8> {
    let out_of_reach = custom.out_of_reach().flatten().copied();
    let holes = [
        digest(custom.holes().numbers().iter().copied()),
        digest(out_of_reach.map(u128::from)),
    ];
    let parts = parts(custom.format()).map(String::into_bytes);
    joined(parts.into_iter().chain(holes.map(|holes| holes.to_vec())))
}

/// Codes that exist already.
impl Keyed {
    pub(super) fn reserve_custom(&mut self, format: &Format, codes: &str) -> Result<(), Error> {
        let place = self.place(format)?;
        self.unless_resumed()?;
        self.customs[place].reserve(codes);
        self.fingerprint = OnceLock::new();
        Ok(())
    }

    pub(super) fn reserve_single_use(&mut self, ranks: &[u64]) -> Result<(), Error> {
        self.unless_resumed()?;
        self.single_use.reserve(ranks);
        self.fingerprint = OnceLock::new();
        Ok(())
    }

    /// The numbering would change under serials that are used.
    fn unless_resumed(&self) -> Result<(), Error> {
        if self.is_resumed {
            return Err(Error::CampaignIsKeyed);
        }
        Ok(())
    }
}
