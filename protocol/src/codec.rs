//! How bodies are compressed: one zstd frame a record, with a dictionary that both sides carry.
//!
//! One frame a record and not a package, because a record is erased and withheld alone. The dictionary is trained on
//! synthetic records and never changes: another one is another codec, and this one stays readable.

use std::fmt;
use std::sync::LazyLock;

use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::{self, CParameter};

use crate::hash::Hash;
use crate::json::RECORD_BYTES_MAX;

/// How a body is stored and sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    /// As it is: every node serves this.
    None = 0,
    /// One zstd frame, level 3, with [`DICTIONARY_1`].
    Zstd1 = 1,
}

impl Codec {
    /// Every codec.
    pub const ALL: [Self; 2] = [Self::None, Self::Zstd1];

    /// Reads the byte that frames carry, or `None`.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::None),
            1 => Some(Self::Zstd1),
            _ => None,
        }
    }

    /// The name that `hello` carries.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Zstd1 => "zstd-1",
        }
    }

    /// Reads the name, or `None`.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.name() == name)
    }
}

/// The dictionary of [`Codec::Zstd1`], 64 KiB.
pub static DICTIONARY_1: &[u8] = include_bytes!("codec/dictionary-1.bin");
/// SHA-256 of [`DICTIONARY_1`]: nodes that differ about it cannot read each other's bodies.
pub const DICTIONARY_1_HASH: Hash = Hash::from_bytes([
    0x47, 0x4c, 0xa7, 0xdf, 0x85, 0xd8, 0xd7, 0xf3, 0xb7, 0xf5, 0xcf, 0x33, 0x16, 0x4f, 0xba, 0x78,
    0x1c, 0xdf, 0x37, 0x47, 0x6c, 0xdc, 0x80, 0x66, 0x67, 0x22, 0x0f, 0xe0, 0x2c, 0x85, 0x51, 0xb0,
]);

/// Level 3: level 6 saves nothing more and takes four times as long, level 1 costs 4 % of size.
const LEVEL: i32 = 3;
/// How every zstd frame begins; skippable frames begin otherwise.
const MAGIC: [u8; 4] = 0xfd2f_b528_u32.to_le_bytes();
/// Bits of a frame's descriptor that have to be clear: two of reserve, checksum, two of dictionary id.
const FLAGS_REFUSED: u8 = 0b0001_1111;

static ENCODING: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(DICTIONARY_1, LEVEL));
static DECODING: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(DICTIONARY_1));

/// Why a stored body cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecFault {
    /// No zstd frame, or one with a checksum, a dictionary id or reserved bits.
    #[error("not a zstd frame of this codec")]
    Frame,
    /// The frame does not say how long the body is.
    #[error("the frame declares no size")]
    Undeclared,
    /// The body is longer than a record can be.
    #[error("the body has {found} bytes, allowed are {allowed}")]
    TooLarge {
        /// Bytes declared.
        found: u64,
        /// Bytes allowed.
        allowed: usize,
    },
    /// Bytes after the frame.
    #[error("the frame ends after {frame} bytes, {found} are there")]
    Trailing {
        /// Bytes of the frame.
        frame: usize,
        /// Bytes there.
        found: usize,
    },
    /// The frame does not unpack to what it declares.
    #[error("the frame is damaged")]
    Damaged,
}

/// Packs bodies as [`Codec::Zstd1`]. Keep one per thread: making one is dear, using it is not.
pub struct Encoder(Compressor<'static>);

impl Encoder {
    /// Makes one; all share the prepared dictionary.
    pub fn new() -> Self {
        let mut compressor = Compressor::with_prepared_dictionary(&ENCODING)
            .expect("the dictionary is embedded and was loaded before");
        for parameter in [
            CParameter::ChecksumFlag(false),
            CParameter::DictIdFlag(false),
            CParameter::ContentSizeFlag(true),
        ] {
            compressor
                .set_parameter(parameter)
                .expect("zstd knows these flags");
        }
        Self(compressor)
    }

    /// Appends the frame of `plain` to `out`.
    pub fn encode(&mut self, plain: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        out.resize(start + zstd_safe::compress_bound(plain.len()), 0);
        let written = self
            .0
            .compress_to_buffer(plain, &mut out[start..])
            .expect("the buffer has zstd's own bound for this length");
        out.truncate(start + written);
    }
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encoder")
    }
}

/// Unpacks bodies. Keep one per thread: making one is dear, using it is not.
pub struct Decoder(Decompressor<'static>);

impl Decoder {
    /// Makes one; all share the prepared dictionary.
    pub fn new() -> Self {
        let decompressor = Decompressor::with_prepared_dictionary(&DECODING)
            .expect("the dictionary is embedded and was loaded before");
        Self(decompressor)
    }

    /// Appends the body that `stored` is the [`Codec::Zstd1`] frame of; `out` is as before when it fails.
    ///
    /// Limits   the size that the frame declares is checked before anything is allocated: 64 KiB at most;
    ///          exactly one frame and nothing after it
    /// Errors   [`CodecFault`]
    pub fn decode(&mut self, stored: &[u8], out: &mut Vec<u8>) -> Result<(), CodecFault> {
        let size = declared(stored)?;
        let frame =
            zstd_safe::find_frame_compressed_size(stored).map_err(|_| CodecFault::Damaged)?;
        if frame != stored.len() {
            return Err(CodecFault::Trailing {
                frame,
                found: stored.len(),
            });
        }
        let start = out.len();
        out.resize(start + size, 0);
        match self.0.decompress_to_buffer(stored, &mut out[start..]) {
            Ok(written) if written == size => Ok(()),
            _ => {
                out.truncate(start);
                Err(CodecFault::Damaged)
            }
        }
    }

    /// Appends the body that `stored` is, in whatever codec.
    ///
    /// Errors   [`CodecFault`]
    pub fn decode_as(
        &mut self,
        codec: Codec,
        stored: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), CodecFault> {
        match codec {
            Codec::Zstd1 => self.decode(stored, out),
            Codec::None if stored.len() > RECORD_BYTES_MAX => Err(CodecFault::TooLarge {
                found: stored.len() as u64,
                allowed: RECORD_BYTES_MAX,
            }),
            Codec::None => {
                out.extend_from_slice(stored);
                Ok(())
            }
        }
    }
}

/// The size that a frame declares, when it may be unpacked.
fn declared(stored: &[u8]) -> Result<usize, CodecFault> {
    let descriptor = stored.strip_prefix(&MAGIC).and_then(|rest| rest.first());
    if descriptor.is_none_or(|flags| flags & FLAGS_REFUSED != 0) {
        return Err(CodecFault::Frame);
    }
    let found = zstd_safe::get_frame_content_size(stored)
        .map_err(|_| CodecFault::Frame)?
        .ok_or(CodecFault::Undeclared)?;
    match usize::try_from(found) {
        Ok(size) if size <= RECORD_BYTES_MAX => Ok(size),
        _ => Err(CodecFault::TooLarge {
            found,
            allowed: RECORD_BYTES_MAX,
        }),
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decoder")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(plain: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        Encoder::new().encode(plain, &mut out);
        out
    }

    fn decode(stored: &[u8]) -> Result<Vec<u8>, CodecFault> {
        let mut out = b"kept".to_vec();
        let result = Decoder::new().decode(stored, &mut out);
        assert!(out.starts_with(b"kept") && (result.is_ok() || out.len() == 4));
        result.map(|()| out.split_off(4))
    }

    #[test]
    fn the_dictionary_is_frozen() {
        assert_eq!(DICTIONARY_1.len(), 64 * 1024);
        assert_eq!(Hash::of(DICTIONARY_1), DICTIONARY_1_HASH);
    }

    #[test]
    fn bodies_round_trip_and_one_encoder_serves_many() {
        let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
        let (mut stored, mut plain) = (Vec::new(), Vec::new());
        for length in [0, 1, 100, 1_500, RECORD_BYTES_MAX] {
            let body: Vec<u8> = (0..length).map(|at| (at * at % 251) as u8).collect();
            stored.clear();
            plain.clear();
            encoder.encode(&body, &mut stored);
            assert_eq!(decoder.decode(&stored, &mut plain), Ok(()));
            assert_eq!(plain, body);
        }
    }

    #[test]
    fn a_size_beyond_the_bound_is_refused_before_it_is_allocated() {
        let found = RECORD_BYTES_MAX as u64 + 1;
        let stored = encode(&vec![b'a'; RECORD_BYTES_MAX + 1]);
        let allowed = RECORD_BYTES_MAX;
        assert_eq!(
            decode(&stored),
            Err(CodecFault::TooLarge { found, allowed })
        );
        // Magic, a descriptor with eight bytes of size, 2^62 bytes declared, nothing behind.
        let bomb = [&MAGIC[..], &[0b1110_0000], &(1_u64 << 62).to_le_bytes()].concat();
        assert!(matches!(decode(&bomb), Err(CodecFault::TooLarge { .. })));
    }

    #[test]
    fn everything_but_one_frame_is_refused() {
        let frame = encode(b"hours");
        let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 7][..], &frame].concat();
        assert_eq!(decode(&skippable), Err(CodecFault::Frame));
        assert_eq!(decode(b""), Err(CodecFault::Frame));
        for behind in [b"x".to_vec(), frame.clone(), skippable] {
            let stored = [frame.clone(), behind].concat();
            let fault = CodecFault::Trailing {
                frame: frame.len(),
                found: stored.len(),
            };
            assert_eq!(decode(&stored), Err(fault));
        }
        for length in 0..frame.len() {
            assert!(decode(&frame[..length]).is_err(), "cut after {length}");
        }
    }

    #[test]
    fn other_flags_and_undeclared_sizes_are_refused() {
        let plain = zstd::bulk::compress(b"hours", LEVEL).expect("zstd packs five bytes");
        assert_eq!(
            decode(&plain).as_deref(),
            Ok(&b"hours"[..]),
            "needs no dictionary"
        );
        let mut checksum = Compressor::new(LEVEL).expect("a level zstd knows");
        checksum
            .set_parameter(CParameter::ChecksumFlag(true))
            .expect("zstd knows this flag");
        let stored = checksum.compress(b"hours").expect("zstd packs five bytes");
        assert_eq!(decode(&stored), Err(CodecFault::Frame));
        let mut undeclared = Compressor::new(LEVEL).expect("a level zstd knows");
        undeclared
            .set_parameter(CParameter::ContentSizeFlag(false))
            .expect("zstd knows this flag");
        let stored = undeclared
            .compress(b"hours")
            .expect("zstd packs five bytes");
        assert_eq!(decode(&stored), Err(CodecFault::Undeclared));
    }

    #[test]
    fn names_and_bytes_of_codecs_round_trip() {
        for codec in Codec::ALL {
            assert_eq!(Codec::from_byte(codec as u8), Some(codec));
            assert_eq!(Codec::by_name(codec.name()), Some(codec));
        }
        assert_eq!(Codec::from_byte(2), None);
        assert_eq!(Codec::by_name("zstd"), None);
    }
}
