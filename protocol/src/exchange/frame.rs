//! Frames: how one message after another travels on a stream.
//!
//! ```text
//! frame  = length ‖ payload
//! length = unsigned LEB128, shortest form, 1 to 262,144
//! ```
//!
//! Reading and writing of sockets is not here: callers hand over bytes.

use super::varint;

/// Bytes of a frame's payload, at most: 256 KiB, the window of one yamux stream.
pub const FRAME_BYTES_MAX: usize = 256 * 1024;

/// Bytes of a frame's length, at most: 262,144 = 2^18 needs 19 bits, 7 go into a byte.
pub const LENGTH_BYTES_MAX: usize = 3;

/// Why bytes are no frame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameFault {
    /// The payload is longer than a frame may be.
    #[error("a frame of {found} bytes, at most {FRAME_BYTES_MAX} are allowed")]
    TooLong {
        /// The length that was announced.
        found: u64,
    },
    /// The frame has no payload.
    #[error("a frame without payload")]
    Empty,
    /// The length is not in its shortest form, or never ends.
    #[error("the length of a frame is not a varint of at most {LENGTH_BYTES_MAX} bytes")]
    Length,
}

/// Reads a frame's length from the beginning of `bytes`: payload bytes and the bytes that the length itself takes,
/// or `None` when the length is not yet complete.
///
/// Errors   [`FrameFault`], before anything is allocated for the payload
pub fn length(bytes: &[u8]) -> Result<Option<(usize, usize)>, FrameFault> {
    let head = &bytes[..bytes.len().min(LENGTH_BYTES_MAX)];
    match varint::read(head) {
        Ok((0, _)) => Err(FrameFault::Empty),
        Ok((length, used)) => match usize::try_from(length) {
            Ok(length) if length <= FRAME_BYTES_MAX => Ok(Some((length, used))),
            _ => Err(FrameFault::TooLong { found: length }),
        },
        Err(varint::Fault::Short) if head.len() < LENGTH_BYTES_MAX => Ok(None),
        Err(_) => Err(FrameFault::Length),
    }
}

/// Writes one frame at the end of `out`.
///
/// Errors   [`FrameFault::Empty`] or [`FrameFault::TooLong`], and nothing is written
pub fn write(payload: &[u8], out: &mut Vec<u8>) -> Result<(), FrameFault> {
    if payload.is_empty() {
        return Err(FrameFault::Empty);
    }
    if payload.len() > FRAME_BYTES_MAX {
        return Err(FrameFault::TooLong {
            found: payload.len() as u64,
        });
    }
    out.reserve(LENGTH_BYTES_MAX + payload.len());
    varint::write(payload.len() as u64, out);
    out.extend_from_slice(payload);
    Ok(())
}

/// Writes a body of any length as frames that are full, except the last; an empty body as no frame at all.
pub fn write_body(body: &[u8], out: &mut Vec<u8>) {
    for payload in body.chunks(FRAME_BYTES_MAX) {
        write(payload, out).expect("a chunk is neither empty nor longer than a frame");
    }
}

/// Cuts frames out of bytes that arrive in pieces of any length.
///
/// Limits   holds at most one frame and the piece that was pushed last
#[derive(Debug, Default)]
pub struct Cutter {
    held: Vec<u8>,
    start: usize,
}

impl Cutter {
    /// Takes the next piece of the stream.
    pub fn push(&mut self, piece: &[u8]) {
        self.held.drain(..self.start);
        self.start = 0;
        self.held.extend_from_slice(piece);
    }

    /// The next whole payload, or `None` until more was pushed.
    ///
    /// Errors   [`FrameFault`]; the stream is then of no further use
    pub fn next_frame(&mut self) -> Result<Option<&[u8]>, FrameFault> {
        let rest = &self.held[self.start..];
        let Some((length, used)) = length(rest)? else {
            return Ok(None);
        };
        if rest.len() < used + length {
            return Ok(None);
        }
        let from = self.start + used;
        self.start = from + length;
        Ok(Some(&self.held[from..from + length]))
    }

    /// Whether no byte is left over: where a stream may end.
    pub fn is_at_end(&self) -> bool {
        self.start == self.held.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_out_as_they_went_in_however_the_bytes_are_cut() {
        let payloads = [vec![1; 1], vec![2; 127], vec![3; 128], vec![4; 70_000]];
        let mut stream = Vec::new();
        for payload in &payloads {
            write(payload, &mut stream).expect("the payload fits");
        }
        for piece in [1, 2, 3, 1000, stream.len()] {
            let mut cutter = Cutter::default();
            let mut found = Vec::new();
            for bytes in stream.chunks(piece) {
                cutter.push(bytes);
                while let Some(payload) = cutter.next_frame().expect("the stream is whole") {
                    found.push(payload.to_vec());
                }
            }
            assert_eq!(found, payloads);
            assert!(cutter.is_at_end());
        }
    }

    #[test]
    fn lengths_are_bounded_and_have_one_spelling() {
        assert_eq!(length(&[]), Ok(None));
        assert_eq!(length(&[0x80]), Ok(None));
        assert_eq!(length(&[0x00]), Err(FrameFault::Empty));
        assert_eq!(length(&[0x81, 0x00]), Err(FrameFault::Length));
        assert_eq!(length(&[0x80, 0x80, 0x10]), Ok(Some((FRAME_BYTES_MAX, 3))));
        assert_eq!(
            length(&[0x81, 0x80, 0x10]),
            Err(FrameFault::TooLong { found: 262_145 })
        );
        assert_eq!(length(&[0x80, 0x80, 0x80, 0x01]), Err(FrameFault::Length));
        let mut out = Vec::new();
        assert_eq!(write(&[], &mut out), Err(FrameFault::Empty));
        assert!(write(&vec![0; FRAME_BYTES_MAX], &mut out).is_ok());
        assert!(write(&vec![0; FRAME_BYTES_MAX + 1], &mut out).is_err());
    }

    #[test]
    fn a_body_is_split_into_full_frames() {
        let mut out = Vec::new();
        write_body(&vec![7; FRAME_BYTES_MAX + 5], &mut out);
        let mut cutter = Cutter::default();
        cutter.push(&out);
        assert_eq!(
            cutter.next_frame().map(|f| f.map(<[u8]>::len)),
            Ok(Some(FRAME_BYTES_MAX))
        );
        assert_eq!(cutter.next_frame().map(|f| f.map(<[u8]>::len)), Ok(Some(5)));
        assert!(cutter.is_at_end());
    }
}
