//! Codes without end as raw random bits, for an outside judge of random numbers such as dieharder:
//!
//! ```text
//! cargo run --release --example ranks | dieharder -a -g 200
//! cargo run --release --features keyed --example ranks keyed | dieharder -a -g 200
//! ```
//!
//! The second is of keyed campaigns.
//!
//! Each coupon gives three words of 32 bits, the leading bits of three ranks: that of the first ten
//! symbols of its single-use code (the widget code and four more), that of the other eleven, and that
//! of its custom code. Campaigns issue 10,000,000 coupons, so that redrawn codes are among them, but for keyed ones.

use std::{
    env,
    error::Error,
    io::{self, BufWriter, ErrorKind, Write},
};

use couponmint::{Alphabet, Batch, Campaign, CodeType, Engine, Format, Request};

const NAME: &str = "cam_15111";
const BATCHES: usize = 100;
/// Symbols of the first part of a single-use code.
const LEAD: usize = 10;

struct Ranks {
    lead: Format,
    tail: Format,
    custom: Format,
}

fn main() -> Result<(), Box<dyn Error>> {
    let ranks = Ranks {
        lead: Format::with_alphabet("", Alphabet::base36(), LEAD)?,
        tail: Format::with_alphabet("", Alphabet::base36(), 21 - LEAD)?,
        custom: Format::new("", CodeType::Alphanumeric, 10)?,
    };
    let campaign = match env::args().nth(1).as_deref() {
        None => |_: &Format| Campaign::new(NAME),
        #[cfg(feature = "keyed")]
        Some("keyed") => {
            |format: &Format| Campaign::keyed(NAME, couponmint::Key::generate(), [format.clone()])
        }
        Some(other) => return Err(format!("{other}: nothing, or keyed with that feature").into()),
    };
    let request = Request::new(NAME)?
        .amount(100_000)?
        .custom_codes(ranks.custom.clone());
    let mut out = BufWriter::new(io::stdout().lock());
    loop {
        let engine = Engine::new();
        assert!(engine.add_campaign(campaign(&ranks.custom)?));
        for _ in 0..BATCHES {
            match ranks.write(&engine.generate(&request)?, &mut out) {
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
                written => written?,
            }
        }
    }
}

impl Ranks {
    fn write(&self, batch: &Batch, out: &mut impl Write) -> io::Result<()> {
        for coupon in batch {
            let (lead, tail) = coupon.single_use_code().split_at(LEAD);
            let custom = coupon.custom_validation_code().unwrap_or_default();
            let words = [
                leading_bits(&self.lead, lead),
                leading_bits(&self.tail, tail),
                leading_bits(&self.custom, custom),
            ];
            for word in words {
                out.write_all(&word.to_le_bytes())?;
            }
        }
        Ok(())
    }
}

/// A rank as a fraction of the capacity, in units of 2^-32.
fn leading_bits(format: &Format, code: &str) -> u32 {
    let rank = format.rank(code).expect("the format spells the code");
    let scaled = (rank << 32) / format.capacity();
    u32::try_from(scaled).expect("a rank is below the capacity")
}
