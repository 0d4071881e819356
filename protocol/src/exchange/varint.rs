//! Unsigned LEB128 in its shortest form, as frames and packages use it.

/// Bytes of a varint, at most: 64 bits in sevens.
pub(super) const BYTES_MAX: usize = 10;

/// Why bytes are no varint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// They end too early.
    Short,
    /// There is a shorter spelling, or the number has more than 64 bits.
    Spelling,
}

/// Writes a number.
pub(super) fn write(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads a number and how many bytes it took.
pub(super) fn read(bytes: &[u8]) -> Result<(u64, usize), Fault> {
    let mut number = 0_u64;
    for (at, &byte) in bytes.iter().take(BYTES_MAX).enumerate() {
        let bits = u64::from(byte & 0x7f);
        let shifted = bits << (7 * at);
        if shifted >> (7 * at) != bits {
            return Err(Fault::Spelling);
        }
        number |= shifted;
        if byte & 0x80 == 0 {
            return if byte == 0 && at > 0 {
                Err(Fault::Spelling)
            } else {
                Ok((number, at + 1))
            };
        }
    }
    if bytes.len() < BYTES_MAX {
        Err(Fault::Short)
    } else {
        Err(Fault::Spelling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip_and_have_one_spelling() {
        for number in [0, 1, 127, 128, 300, 1 << 18, u64::from(u32::MAX), u64::MAX] {
            let mut out = Vec::new();
            write(number, &mut out);
            assert_eq!(read(&out), Ok((number, out.len())));
            assert_eq!(read(&out[..out.len() - 1]), Err(Fault::Short));
        }
        assert_eq!(read(&[0x80, 0x00]), Err(Fault::Spelling));
        assert_eq!(read(&[0xff; 11]), Err(Fault::Spelling));
        let mut over = vec![0xff; 9];
        over.push(0x02);
        assert_eq!(read(&over), Err(Fault::Spelling));
    }
}
