//! The checksum of a file: CRC-64/XZ.
//!
//! Of 64 bits, since one of 32 bits misses one damaged file in four billion. And a CRC rather than a hash, since it
//! promises something: whatever happens to eight bytes in a row, or to fewer, is always found. Eight bytes are read at
//! a time, each with a table of its own ("slicing by 8"), which is faster than the rest of saving by far. A crate
//! would be larger than this.

/// The polynomial of ECMA-182, its bits reversed.
const POLYNOMIAL: u64 = 0xC96C_5795_D787_0F42;

/// What a byte comes to, with so many bytes after it.
static TABLES: [[u64; 256]; 8] = tables();

const fn tables() -> [[u64; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut remainder = byte as u64;
        let mut bits = 0;
        while bits < 64 {
            if bits % 8 == 0 && bits > 0 {
                tables[bits / 8 - 1][byte] = remainder;
            }
            let is_odd = remainder & 1 == 1;
            remainder >>= 1;
            if is_odd {
                remainder ^= POLYNOMIAL;
            }
            bits += 1;
        }
        tables[7][byte] = remainder;
        byte += 1;
    }
    tables
}

/// The checksum of the bytes so far.
pub(super) struct Checksum(u64);

impl Checksum {
    pub(super) fn new() -> Self {
        Self(u64::MAX)
    }

    pub(super) fn add(&mut self, mut bytes: &[u8]) {
        while let Some((block, rest)) = bytes.split_first_chunk() {
            let block = (self.0 ^ u64::from_le_bytes(*block)).to_le_bytes();
            let remainders = TABLES.iter().rev().zip(block);
            self.0 = remainders.fold(0, |sum, (table, byte)| sum ^ table[usize::from(byte)]);
            bytes = rest;
        }
        for byte in bytes {
            let [low, ..] = self.0.to_le_bytes();
            self.0 = self.0 >> 8 ^ TABLES[0][usize::from(low ^ byte)];
        }
    }

    pub(super) fn value(&self) -> u64 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(parts: &[&[u8]]) -> u64 {
        let mut checksum = Checksum::new();
        for part in parts {
            checksum.add(part);
        }
        checksum.value()
    }

    /// The check value of the catalogue of CRCs.
    #[test]
    fn it_is_the_one_of_xz() {
        assert_eq!(of(&[b"123456789"]), 0x995D_C9BB_DF19_39FA);
        assert_eq!(of(&[]), 0);
    }

    #[test]
    fn it_does_not_matter_how_bytes_come() {
        let bytes: Vec<_> = (0..100_u8).collect();
        for cut in 0..bytes.len() {
            let (first, rest) = bytes.split_at(cut);
            assert_eq!(of(&[first, rest]), of(&[&bytes]));
        }
    }
}
