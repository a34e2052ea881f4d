//! Numbers of any number of bits, one after the other, the lowest bit first.

/// Writes bits.
#[derive(Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that are no whole byte yet.
    open: u64,
    count: u32,
}

impl BitWriter {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        let (open, count) = (0, 0);
        Self { bytes, open, count }
    }

    /// Writes the lowest bits of a number, which has no others.
    pub(super) fn write(&mut self, number: u64, bits: u32) {
        let low = bits.min(32);
        self.write_few(number & ((1 << low) - 1), low);
        if bits > low {
            self.write_few(number >> low, bits - low);
        }
    }

    /// Writes so many zeros and a one.
    pub(super) fn write_unary(&mut self, zeros: u64) {
        for _ in 0..zeros / 32 {
            self.write_few(0, 32);
        }
        let zeros = (zeros % 32) as u32;
        self.write_few(1 << zeros, zeros + 1);
    }

    /// At most 32 bits.
    fn write_few(&mut self, number: u64, bits: u32) {
        self.open |= number << self.count;
        self.count += bits;
        if self.count >= 32 {
            self.bytes
                .extend_from_slice(&(self.open as u32).to_le_bytes());
            self.open >>= 32;
            self.count -= 32;
        }
    }

    /// The bytes; zeros fill the last one.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let bytes = self.count.div_ceil(8) as usize;
        self.bytes
            .extend_from_slice(&self.open.to_le_bytes()[..bytes]);
        self.bytes
    }
}

/// Reads what [`BitWriter`] wrote; none where the bytes have run out.
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    open: u64,
    count: u32,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let (open, count) = (0, 0);
        Self { bytes, open, count }
    }

    pub(super) fn read(&mut self, bits: u32) -> Option<u64> {
        let low = bits.min(32);
        let number = self.read_few(low)?;
        match bits - low {
            0 => Some(number),
            high => Some(number | self.read_few(high)? << low),
        }
    }

    /// How many zeros there are before the next one.
    pub(super) fn read_unary(&mut self) -> Option<u64> {
        let mut zeros = 0;
        loop {
            self.fill();
            if self.open != 0 {
                break;
            }
            zeros += u64::from(self.count);
            self.count = 0;
            self.bytes.first()?;
        }
        let last = self.open.trailing_zeros();
        self.skip(last + 1);
        Some(zeros + u64::from(last))
    }

    /// Whether nothing is left but the zeros that fill the last byte.
    pub(super) fn is_at_end(&self) -> bool {
        self.bytes.is_empty() && self.count < 8 && self.open == 0
    }

    /// At most 32 bits.
    fn read_few(&mut self, bits: u32) -> Option<u64> {
        self.fill();
        (bits <= self.count).then_some(())?;
        let number = self.open & ((1 << bits) - 1);
        self.skip(bits);
        Some(number)
    }

    fn skip(&mut self, bits: u32) {
        self.open = self.open.checked_shr(bits).unwrap_or(0);
        self.count -= bits;
    }

    /// Opens as many bits as there is room for: 33 or more, unless the bytes run out.
    fn fill(&mut self) {
        if self.count > 32 {
            return;
        }
        if let Some((four, rest)) = self.bytes.split_first_chunk() {
            self.open |= u64::from(u32::from_le_bytes(*four)) << self.count;
            self.count += 32;
            self.bytes = rest;
            return;
        }
        while let Some((&byte, rest)) = self.bytes.split_first() {
            self.open |= u64::from(byte) << self.count;
            self.count += 8;
            self.bytes = rest;
        }
    }
}
