//! Codes as few bytes: their numbers in order, as gaps.
//!
//! Taken codes are random, so the gaps between their numbers are spread geometrically, and the best that can be done
//! with such is Rice's code (1979): the lowest bits of a gap as they are, the rest of it in unary. How many bits are
//! kept as they are is chosen by the mean gap, and written down. That takes about a twentieth of a bit more than there is
//! to know: of ten million widget codes 9.3 bits each. And it is never bad: all gaps together are at most the range, so
//! that the unary parts come to little more than three bits per code, whatever the codes.
//!
//! Of long codes the first numbers are written like this. Their other numbers follow, of as many bits as they need.

use crate::{
    code::{Numbers, format::Format},
    ledger::saved::Codes,
    saved::{
        bits::{BitReader, BitWriter},
        fields::{Fields, write_varint},
    },
};

/// What the numbers of the codes of a format are below: of each piece, how many texts there are.
pub(super) fn bounds(format: &Format) -> Vec<u64> {
    let base = format.alphabet().base();
    let pieces = format.pieces();
    pieces.map(|piece| base.pow(piece.len() as u32)).collect()
}

/// How many bits a number below a bound has.
fn bits(bound: u64) -> u32 {
    u64::BITS - (bound - 1).leading_zeros()
}

/// How many bits of a gap are kept as they are: from some number to the next one as soon as the mean gap is 2 to its
/// power divided by ln φ, φ being the golden ratio (Kiely, 2004).
fn kept_bits(range: u64, count: usize) -> u32 {
    let doubled_mean = u128::from(range) * 2 * 4812 / 10_000 / count.max(1) as u128;
    doubled_mean.checked_ilog2().unwrap_or(0)
}

/// How much the first numbers of two codes in a row differ at least.
fn step(bounds: &[u64]) -> u64 {
    u64::from(bounds.len() == 1)
}

/// Writes codes that are in order.
pub(super) fn write(codes: &Codes, bounds: &[u64]) -> Vec<u8> {
    match codes {
        Codes::Short(numbers) => write_as(numbers, |&number| [number, 0, 0], bounds),
        Codes::Long(numbers) => write_as(numbers, |&numbers| numbers, bounds),
    }
}

fn write_as<T>(codes: &[T], numbers: impl Fn(&T) -> Numbers, bounds: &[u64]) -> Vec<u8> {
    let first = |code: Option<&T>| code.map_or(0, |code| numbers(code)[0]);
    let (start, last) = (first(codes.first()), first(codes.last()));
    let step = step(bounds);
    let steps = step * codes.len().saturating_sub(1) as u64;
    let kept = kept_bits(last - start - steps, codes.len());
    let mut bytes = Vec::new();
    write_varint(codes.len() as u64, &mut bytes);
    write_varint(start, &mut bytes);
    bytes.push(kept as u8);
    let mut out = BitWriter::new(bytes);
    let mut from = start;
    for code in codes {
        let [first, ..] = numbers(code);
        let gap = first - from;
        out.write_unary(gap >> kept);
        out.write(gap & ((1 << kept) - 1), kept);
        for (&number, &bound) in numbers(code)[1..].iter().zip(&bounds[1..]) {
            out.write(number, bits(bound));
        }
        from = first + step;
    }
    out.finish()
}

/// Reads what [`write`] wrote; none if it is anything else.
pub(super) fn read(bytes: &[u8], bounds: &[u64]) -> Option<Codes> {
    match bounds {
        [_] => read_as(bytes, bounds, |[number, ..]| number).map(Codes::Short),
        _ => read_as(bytes, bounds, |numbers| numbers).map(Codes::Long),
    }
}

fn read_as<T>(bytes: &[u8], bounds: &[u64], code: impl Fn(Numbers) -> T) -> Option<Vec<T>> {
    let mut fields = Fields::new(bytes);
    let (count, start) = (fields.varint()?, fields.varint()?);
    let kept = u32::from(fields.byte()?);
    let bytes = fields.rest();
    // So many are not believed before there are the bits for them.
    let of_each = 1 + kept + bounds[1..].iter().copied().map(bits).sum::<u32>();
    let most = 8 * bytes.len() as u64 / u64::from(of_each);
    (kept < u64::BITS && count <= most).then_some(())?;
    let mut bits = BitReader::new(bytes);
    let mut codes = Vec::with_capacity(count as usize);
    let mut from = start;
    for _ in 0..count {
        let high = bits.read_unary()?;
        (high <= u64::MAX >> kept).then_some(())?;
        let first = from.checked_add(high << kept | bits.read(kept)?)?;
        codes.push(code(numbers(first, bounds, &mut bits)?));
        from = first.saturating_add(step(bounds));
    }
    bits.is_at_end().then_some(codes)
}

/// The numbers of a code, of which the first is known.
fn numbers(first: u64, bounds: &[u64], rest: &mut BitReader<'_>) -> Option<Numbers> {
    let mut numbers = [first, 0, 0];
    for (number, &bound) in numbers[1..].iter_mut().zip(&bounds[1..]) {
        *number = rest.read(bits(bound))?;
    }
    let mut all = numbers.iter().zip(bounds);
    all.all(|(number, bound)| number < bound).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDGETS: u64 = 36_u64.pow(6);

    /// So many different numbers below a bound, in order.
    fn random(count: u32, bound: u64) -> Vec<u64> {
        let mut state = 1_u64;
        let numbers = (0..count).map(|_| {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            ((u128::from(state ^ state >> 29) * u128::from(bound)) >> 64) as u64
        });
        let mut numbers: Vec<_> = numbers.collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Writes codes, reads them, and tells how many bytes they took.
    #[track_caller]
    fn size(codes: &Codes, bounds: &[u64]) -> usize {
        let bytes = write(codes, bounds);
        let read_again = read(&bytes, bounds).unwrap();
        assert!(read_again.numbers().eq(codes.numbers()));
        for cut in (0..bytes.len()).rev().take(100) {
            assert!(read(&bytes[..cut], bounds).is_none());
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(read(&longer, bounds).is_none());
        bytes.len()
    }

    #[test]
    fn random_codes_take_little_more_than_they_must() {
        // In tenths of a bit, rounded up.
        for (bound, bits) in [
            (WIDGETS, 159),
            (WIDGETS / 100, 93),
            (62_u64.pow(10), 445),
            (10_u64.pow(19), 481),
            (1_000_000, 49),
        ] {
            let numbers = random(100_000, bound);
            let all = numbers.len();
            let bits_each = (80 * size(&Codes::Short(numbers), &[bound])).div_ceil(all);
            assert!(
                (bits - 3..=bits).contains(&bits_each),
                "{bits_each} of {bits}"
            );
        }
    }

    #[test]
    fn any_codes_come_back() {
        let all = |numbers: &[u64]| Codes::Short(numbers.to_vec());
        assert_eq!(size(&all(&[]), &[1000]), 3);
        size(&all(&[0]), &[1000]);
        size(&all(&[u64::MAX - 1]), &[u64::MAX]);
        size(&all(&[0, u64::MAX - 1]), &[u64::MAX]);
        size(&all(&[0, 1, 2, u64::MAX - 2, u64::MAX - 1]), &[u64::MAX]);
        // A keyspace to its last code takes a bit for each.
        let full: Vec<_> = (0..8_000).collect();
        assert!(size(&Codes::Short(full), &[8_000]) < 1_010);
        // Two heaps, far from each other.
        let heaps = (0..1_000).chain((0..1_000).map(|number| number + 10_u64.pow(18)));
        assert!(size(&Codes::Short(heaps.collect()), &[10_u64.pow(19)]) < 2_000 * 60 / 8);
    }

    #[test]
    fn long_codes_come_back() {
        let bounds = [62_u64.pow(10); 3];
        let firsts = random(1_000, bounds[0]);
        let last = bounds[2] - 1;
        let codes = firsts
            .iter()
            .flat_map(|&first| [[first, first, 0], [first, last, last]]);
        let codes: Vec<_> = codes.collect();
        assert!(size(&Codes::Long(codes), &bounds) < 2_000 * (60 + 60 + 55) / 8);
        size(&Codes::Long(vec![[7, 0, 0]; 9]), &bounds);
    }

    /// Of numbers that the format does not have there is no code.
    #[test]
    fn numbers_are_below_their_bounds() {
        let bytes = write(&Codes::Short(vec![5, 999]), &[1000]);
        assert!(read(&bytes, &[999]).is_none());
        let bounds = [1000, 1000];
        let bytes = write(&Codes::Long(vec![[5, 999, 0]]), &bounds);
        assert!(read(&bytes, &bounds).is_some() && read(&bytes, &[1000, 999]).is_none());
    }
}
