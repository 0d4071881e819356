//! Walking through a log's segments frame by frame, and finding the next whole frame behind a broken one.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::frame::{HEAD_BYTES, HEADER_BYTES, Header, Spot, TAG_BYTES};
use super::{Status, StoreFault};

/// Bytes read at once: several frames of any length.
const CHUNK_BYTES: usize = 1024 * 1024;

/// What stands at a place.
#[derive(Debug)]
pub(super) enum Found {
    /// A whole header with as many bytes behind it as it says.
    Frame {
        header: Header,
        spot: Spot,
        /// Whether those bytes are the ones that were written.
        fits: bool,
    },
    /// No frame.
    Broken,
    /// The end of the last segment.
    End,
}

/// A place in the segments: number and offset.
pub(super) type Place = (u32, u64);

/// A walk.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    tag: [u8; TAG_BYTES],
    segments: &'a [Arc<File>],
    at: Place,
    length: u64,
    chunk: Vec<u8>,
    chunk_at: u64,
    body: std::ops::Range<usize>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(
        tag: [u8; TAG_BYTES],
        segments: &'a [Arc<File>],
        at: Place,
    ) -> Result<Self, StoreFault> {
        let mut scanner = Self {
            tag,
            segments,
            at,
            length: 0,
            chunk: Vec::new(),
            chunk_at: 0,
            body: 0..0,
        };
        scanner.go(at)?;
        Ok(scanner)
    }

    /// Where the next frame would begin.
    pub(super) fn at(&self) -> Place {
        self.at
    }

    /// The body of the frame found last.
    pub(super) fn body(&self) -> &[u8] {
        &self.chunk[self.body.clone()]
    }

    /// Goes to another place.
    pub(super) fn go(&mut self, at: Place) -> Result<(), StoreFault> {
        self.at = at;
        self.chunk.clear();
        self.chunk_at = at.1;
        self.length = match self.segments.get(at.0 as usize) {
            Some(file) => file.metadata().map_err(unreadable)?.len(),
            None => 0,
        };
        Ok(())
    }

    /// Reads the next frame and moves behind it; stays where it is when there is none.
    pub(super) fn next(&mut self) -> Result<Found, StoreFault> {
        while self.at.1 >= self.length {
            if self.at.0 as usize + 1 >= self.segments.len() {
                return Ok(Found::End);
            }
            self.go((self.at.0 + 1, HEAD_BYTES as u64))?;
        }
        self.fill(HEADER_BYTES)?;
        let Some(header) = Header::parse(self.tag, self.ahead()) else {
            return Ok(Found::Broken);
        };
        let length = header.frame_bytes();
        self.fill(length)?;
        if self.ahead().len() < length {
            return Ok(Found::Broken);
        }
        let start = self.start();
        self.body = start + HEADER_BYTES..start + length;
        let fits = matches!(header.status, Status::Erased { .. }) || header.fits(self.body());
        let (Ok(offset), Ok(bytes)) = (u32::try_from(self.at.1), u32::try_from(length)) else {
            return Ok(Found::Broken);
        };
        let spot = Spot {
            segment: self.at.0,
            offset,
            length: bytes,
        };
        self.at.1 += length as u64;
        Ok(Found::Frame { header, spot, fits })
    }

    /// Goes to the next place, from here on, where a frame stands that `wanted` accepts; says whether there is one.
    pub(super) fn seek(&mut self, wanted: impl Fn(&Header) -> bool) -> Result<bool, StoreFault> {
        loop {
            while self.at.1 + HEADER_BYTES as u64 > self.length {
                if self.at.0 as usize + 1 >= self.segments.len() {
                    return Ok(false);
                }
                self.go((self.at.0 + 1, HEAD_BYTES as u64))?;
            }
            self.fill(HEADER_BYTES)?;
            let ahead = self.ahead();
            if ahead.len() < HEADER_BYTES {
                return Ok(false);
            }
            let hit = (0..=ahead.len() - HEADER_BYTES).find(|&at| {
                ahead[at + 4..at + 4 + TAG_BYTES] == self.tag
                    && Header::parse(self.tag, &ahead[at..]).is_some_and(|header| wanted(&header))
            });
            match hit {
                Some(skip) => {
                    self.at.1 += skip as u64;
                    return Ok(true);
                }
                None => self.at.1 += (ahead.len() - HEADER_BYTES + 1) as u64,
            }
        }
    }

    fn start(&self) -> usize {
        usize::try_from(self.at.1 - self.chunk_at).unwrap_or(usize::MAX)
    }

    /// The bytes from here on that have been read.
    fn ahead(&self) -> &[u8] {
        self.chunk.get(self.start()..).unwrap_or_default()
    }

    /// Reads until at least `wanted` bytes are ahead, or the segment ends.
    fn fill(&mut self, wanted: usize) -> Result<(), StoreFault> {
        if self.ahead().len() >= wanted {
            return Ok(());
        }
        let left = usize::try_from(self.length.saturating_sub(self.at.1)).unwrap_or(usize::MAX);
        self.chunk.resize(left.min(CHUNK_BYTES.max(wanted)), 0);
        self.chunk_at = self.at.1;
        let file = &self.segments[self.at.0 as usize];
        let mut done = 0;
        while done < self.chunk.len() {
            match file.read_at(&mut self.chunk[done..], self.at.1 + done as u64) {
                Ok(0) => break,
                Ok(read) => done += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(error)),
            }
        }
        self.chunk.truncate(done);
        Ok(())
    }
}

fn unreadable(source: std::io::Error) -> StoreFault {
    StoreFault::Io {
        doing: "read",
        path: "a segment".into(),
        source,
    }
}
