//! Frames over channels in memory.

use super::*;
use std::collections::VecDeque;

const QUICK: Pace = Pace {
    total: Some(Duration::from_millis(200)),
    progress_every: Duration::from_millis(40),
    progress_bytes: 1_000,
};

/// What a peer sends, in pieces, and then nothing more, or the end.
#[derive(Default)]
struct Script {
    pieces: VecDeque<Vec<u8>>,
    silent: bool,
    written: Vec<u8>,
    writes: usize,
    stuck: bool,
}

impl Script {
    fn says(pieces: &[&[u8]]) -> Self {
        Self {
            pieces: pieces.iter().map(|piece| piece.to_vec()).collect(),
            ..Self::default()
        }
    }
}

impl AsyncRead for Script {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        into: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        match self.pieces.pop_front() {
            Some(mut piece) => {
                let now = piece.len().min(into.len());
                into[..now].copy_from_slice(&piece[..now]);
                if now < piece.len() {
                    self.pieces.push_front(piece.split_off(now));
                }
                Poll::Ready(Ok(now))
            }
            None if self.silent => Poll::Pending,
            None => Poll::Ready(Ok(0)),
        }
    }
}

impl AsyncWrite for Script {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.stuck {
            return Poll::Pending;
        }
        self.writes += 1;
        self.written.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

async fn read_all(script: Script) -> Result<Vec<Vec<u8>>, StreamFault> {
    let mut frames = Frames::new(script, QUICK);
    let (mut all, mut frame) = (Vec::new(), Vec::new());
    while frames.read(&mut frame).await? {
        all.push(frame.clone());
    }
    Ok(all)
}

#[tokio::test]
async fn frames_of_every_size_come_out_as_they_went_in() {
    let sizes = [
        1,
        127,
        128,
        4_095,
        16_383,
        16_384,
        16_385,
        65_537,
        FRAME_BYTES_MAX,
    ];
    let mut frames = Frames::new(Script::default(), QUICK);
    let body: Vec<u8> = (0..FRAME_BYTES_MAX).map(|at| (at % 251) as u8).collect();
    for size in sizes {
        let (head, tail) = body[..size].split_at(size / 3);
        frames.write(&[head, tail]).await.unwrap();
    }
    frames.finish().await.unwrap();
    let written = std::mem::take(&mut frames.channel.written);
    for piece in [1, 7, 4_096, 1 << 20] {
        let pieces: Vec<&[u8]> = written.chunks(piece).collect();
        let read = read_all(Script::says(&pieces)).await.unwrap();
        let expected: Vec<_> = sizes.iter().map(|size| body[..*size].to_vec()).collect();
        assert_eq!(read, expected, "in pieces of {piece}");
    }
}

#[tokio::test]
async fn a_length_never_travels_alone() {
    let mut frames = Frames::new(Script::default(), QUICK);
    frames.send(&[&[1; 300], &[2; 40_000]]).await.unwrap();
    assert_eq!(frames.channel.written.len(), 3 + 40_300);
    assert!(frames.channel.writes <= 3, "{}", frames.channel.writes);
}

#[tokio::test]
async fn lengths_that_lie_are_refused_before_memory_is_taken() {
    let cases: [(&[u8], &str); 6] = [
        (&[0x81, 0x80, 0x10], "a frame of 262145 bytes"),
        (&[0xff, 0xff, 0xff], "not a varint"),
        (&[0x80, 0x00], "not a varint"),
        (&[0x00], "without payload"),
        (&[0x80], "after 1 bytes"),
        (&[0x05, 1, 2], "after 2 bytes"),
    ];
    for (bytes, expected) in cases {
        let fault = read_all(Script::says(&[bytes])).await.expect_err("refused");
        assert!(fault.to_string().contains(expected), "{bytes:x?}: {fault}");
    }
}

#[tokio::test]
async fn a_frame_too_large_is_not_begun() {
    let mut frames = Frames::new(Script::default(), QUICK);
    let body = vec![0; FRAME_BYTES_MAX];
    let fault = frames.write(&[&body, b"x"]).await.expect_err("refused");
    assert!(matches!(
        fault,
        StreamFault::Frame(FrameFault::TooLong { found: 262_145 })
    ));
    frames.send(&[b"still good"]).await.unwrap();
    assert_eq!(frames.channel.written, b"\x0astill good");
}

#[tokio::test]
async fn a_peer_that_stops_is_given_up() {
    let silent = |pieces: &[&[u8]]| Script {
        silent: true,
        ..Script::says(pieces)
    };
    let fault = read_all(silent(&[b"\x7fhalf"])).await.expect_err("slow");
    assert!(matches!(fault, StreamFault::Slow { .. }), "{fault}");

    let patient = Pace {
        progress_bytes: 0,
        ..QUICK
    };
    let mut frames = Frames::new(silent(&[]), patient);
    let fault = frames.read(&mut Vec::new()).await.expect_err("late");
    assert!(matches!(fault, StreamFault::Late), "{fault}");

    let stuck = Script {
        stuck: true,
        ..Script::default()
    };
    let mut frames = Frames::new(stuck, QUICK);
    let fault = frames.send(&[&[0; 50_000]]).await.expect_err("slow");
    assert!(matches!(fault, StreamFault::Slow { .. }), "{fault}");
}

#[tokio::test]
async fn a_standing_stream_waits_for_a_frame_but_not_within_one() {
    let pace = Pace {
        total: None,
        ..QUICK
    };
    let script = Script {
        silent: true,
        ..Script::says(&[b"\x02hi"])
    };
    let mut frames = Frames::new(script, pace);
    let mut frame = Vec::new();
    assert!(frames.read(&mut frame).await.unwrap());
    assert_eq!(frame, b"hi");
    let waiting = tokio::time::timeout(QUICK.progress_every * 3, frames.read(&mut frame)).await;
    assert!(waiting.is_err(), "no frame has begun, so nothing is late");
    frames.channel.pieces.push_back(b"\x09half".to_vec());
    let fault = frames.read(&mut frame).await.expect_err("slow");
    assert!(matches!(fault, StreamFault::Slow { .. }), "{fault}");
}

#[tokio::test]
async fn a_dropped_read_loses_nothing() {
    let script = Script {
        silent: true,
        ..Script::says(&[b"\x05he"])
    };
    let mut frames = Frames::new(script, Pace::REQUEST);
    let mut frame = Vec::new();
    let moment = Duration::from_millis(5);
    assert!(
        tokio::time::timeout(moment, frames.read(&mut frame))
            .await
            .is_err()
    );
    frames.channel.pieces.push_back(b"llo".to_vec());
    assert!(frames.read(&mut frame).await.unwrap());
    assert_eq!(frame, b"hello");
}

#[tokio::test]
async fn a_body_takes_as_many_frames_as_it_needs() {
    let body: Vec<u8> = (0..FRAME_BYTES_MAX * 2 + 77)
        .map(|at| (at % 253) as u8)
        .collect();
    let parts: Vec<&[u8]> = body.chunks(100_003).collect();
    let mut frames = Frames::new(Script::default(), QUICK);
    frames.write_body(&parts).await.unwrap();
    frames.write_body(&[&body[..5]]).await.unwrap();
    frames.write_body(&[]).await.unwrap();
    frames.finish().await.unwrap();
    let written = std::mem::take(&mut frames.channel.written);
    let mut frames = Frames::new(Script::says(&[&written]), QUICK);
    let mut read = Vec::new();
    frames.read_body(body.len(), &mut read).await.unwrap();
    assert_eq!(read, body);
    frames.read_body(0, &mut read).await.unwrap();
    assert_eq!(read, b"");
    let fault = frames.read_body(4, &mut read).await.expect_err("longer");
    assert_eq!(
        fault.to_string(),
        "a body of 5 bytes where 4 were announced"
    );
}
