//! Requests of a keyed campaign: which serials they get, and their codes.
//!
//! Counters stand under one lock, for as long as it takes to look at three numbers and move them on. Whatever can refuse
//! a request is asked before they move, so a refused one changes nothing, and leaves no gap; then the lock is let go,
//! and the codes, which nothing can refuse any more, are made by all threads.

use std::{
    mem,
    sync::{OnceLock, PoisonError},
};

use hashbrown::HashMap;

use crate::{
    campaign::{CustomColumn, IssuedCodes, rules::Rules},
    code::{
        format::{Format, SINGLE_USE_LENGTH},
        words::Words,
    },
    error::{CodeKind, Error},
    keyed::{
        fingerprint::{Fingerprint, digest},
        numbering::Numbering,
        serials::{Lease, Serials},
        single_use::SingleUse,
        subkeys::{Kind, Subkeys, joined, parts},
    },
    random::{column::TextColumn, stream::CHUNK, threads::share},
    sync::{Mutex, MutexGuard},
};

/// What a campaign with a key is beside its name and validity.
pub(crate) struct Keyed {
    subkeys: Subkeys,
    pub(super) single_use: SingleUse,
    pub(super) customs: Vec<Numbering>,
    by_format: HashMap<Format, usize>,
    counters: Mutex<Counters>,
    fingerprint: OnceLock<Fingerprint>,
    /// Of all its codes.
    words: Option<Words>,
    is_resumed: bool,
    /// Whether its words were changed after that.
    is_spoilt: bool,
}

/// What a request asks for.
pub(super) struct Order {
    pub(super) amount: usize,
    /// The place of the format.
    pub(super) place: Option<usize>,
    pub(super) max_coupons: Option<u64>,
}

/// The next serials.
struct Counters {
    single_use: u64,
    customs: Vec<u64>,
}

impl Keyed {
    /// The formats must spell no text in common.
    pub(super) fn new(subkeys: Subkeys, formats: Vec<Format>) -> Result<Self, Error> {
        let counters = Counters {
            single_use: 0,
            customs: vec![0; formats.len()],
        };
        let number = |format| Numbering::new(&subkeys, format);
        let customs = formats.into_iter().map(number);
        let customs = customs.collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            single_use: SingleUse::new(&subkeys, None),
            by_format: by_format(&customs),
            customs,
            counters: Mutex::new(counters),
            fingerprint: OnceLock::new(),
            words: None,
            is_resumed: false,
            is_spoilt: false,
            subkeys,
        })
    }

    /// Numbers all codes anew, since the words of the campaign are others.
    pub(super) fn anew(&mut self, rules: &Rules) {
        if self.is_resumed {
            self.is_spoilt = true;
            return;
        }
        let (subkeys, words) = (&self.subkeys, rules.words());
        self.single_use = self.single_use.anew(subkeys, words);
        self.words = words.cloned();
        let customs = mem::take(&mut self.customs).into_iter();
        self.customs = customs.map(|custom| custom.anew(subkeys, rules)).collect();
        self.by_format = by_format(&self.customs);
        self.fingerprint = OnceLock::new();
    }

    /// Refuses to issue anything if numbers would be used again.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.is_spoilt {
            return Err(Error::CampaignIsKeyed);
        }
        Ok(())
    }

    /// The place of a declared format.
    pub(super) fn place(&self, format: &Format) -> Result<usize, Error> {
        let place = self.by_format.get(format);
        let place = *place.ok_or(Error::FormatNotAllowed)?;
        self.customs[place].check()?;
        Ok(place)
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

    /// Issues the codes of the next serials.
    pub(super) fn issue(
        &self,
        order: &Order,
        take_sequence_ids: impl FnOnce(u64) -> Result<u64, Error>,
    ) -> Result<IssuedCodes, Error> {
        let amount = order.amount as u64;
        let mut counters = self.counters();
        let next = order.place.map(|place| counters.customs[place]);
        let mut lease = Lease {
            sequence_id: 0,
            single_use: counters.single_use,
            custom: next.unwrap_or(0),
        };
        self.unless_enough(order, &lease)?;
        lease.sequence_id = take_sequence_ids(amount)?;
        counters.single_use += amount;
        if let Some(place) = order.place {
            counters.customs[place] += amount;
        }
        drop(counters);
        Ok(self.codes(order, &lease))
    }

    /// Issues the codes of leased serials.
    pub(super) fn issue_leased(
        &self,
        order: &Order,
        lease: &Lease,
        check: impl FnOnce(u64) -> Result<(), Error>,
    ) -> Result<IssuedCodes, Error> {
        self.unless_enough(order, lease)?;
        check(order.amount as u64)?;
        Ok(self.codes(order, lease))
    }

    /// 601 if the serials go past the last coupon, widget code or custom code.
    fn unless_enough(&self, order: &Order, lease: &Lease) -> Result<(), Error> {
        let amount = order.amount as u64;
        let left = |all: u64| all.saturating_sub(lease.single_use);
        if let Some(max) = order.max_coupons {
            Error::unless_enough(CodeKind::Coupon, amount, left(max))?;
        }
        Error::unless_enough(CodeKind::Widget, amount, left(self.single_use.capacity()))?;
        let Some(place) = order.place else {
            return Ok(());
        };
        self.customs[place].unless_enough(lease.custom, amount)
    }

    /// The codes of serials, made by all threads.
    fn codes(&self, order: &Order, lease: &Lease) -> IssuedCodes {
        let amount = order.amount;
        let chunks = amount.div_ceil(CHUNK);
        let custom = order.place.map(|place| &self.customs[place]);
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
        let texts = self
            .customs
            .iter()
            .map(|custom| custom.declared().to_string());
        let texts: Vec<_> = texts.collect();
        let counters = self.counters();
        Serials {
            fingerprint,
            single_use: counters.single_use,
            custom: texts
                .into_iter()
                .zip(counters.customs.iter().copied())
                .collect(),
        }
    }

    /// Goes on where serials of the same campaign were.
    pub(super) fn resume(&mut self, serials: Serials) -> Result<(), Error> {
        self.unless_resumed()?;
        let Serials {
            fingerprint,
            single_use,
            mut custom,
        } = serials;
        let mut next = |numbering: &Numbering| {
            let next = custom.remove(&numbering.declared().to_string())?;
            numbering.left(next).map(|_| next)
        };
        let customs: Option<Vec<_>> = self.customs.iter().map(&mut next).collect();
        let is_ours = fingerprint == self.fingerprint()
            && single_use <= self.single_use.capacity()
            && custom.is_empty();
        let customs = customs.filter(|_| is_ours).ok_or(Error::OtherSerials)?;
        *self.counters() = Counters {
            single_use,
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
            let words = self
                .words
                .as_ref()
                .map(|words| words.to_string().into_bytes());
            let summary = [widgets.to_vec()].into_iter().chain(words).chain(customs);
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

fn by_format(customs: &[Numbering]) -> HashMap<Format, usize> {
    let formats = customs.iter().map(|custom| custom.format().clone());
    formats.zip(0..).collect()
}

/// All that decides the numbering of a format.
fn summary(custom: &Numbering) -> Vec<u8> {
    let out_of_reach = custom.out_of_reach().flatten().copied();
    let holes = [
        digest(custom.holes().numbers().iter().copied()),
        digest(out_of_reach.map(u128::from)),
    ];
    let parts = parts(custom.format()).into_iter().map(String::into_bytes);
    joined(parts.chain(holes.map(|holes| holes.to_vec())))
}

/// Codes that exist already.
impl Keyed {
    pub(super) fn reserve_custom(&mut self, format: &Format, codes: &str) -> Result<(), Error> {
        let place = self.place(format)?;
        self.unless_resumed()?;
        self.customs[place].reserve(codes.as_bytes());
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
