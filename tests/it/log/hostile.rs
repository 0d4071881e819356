//! Bytes from strangers: whatever they are, a parser answers and never gives way.

use erikti_protocol::invitation::{LINK_BYTES_MAX, Link};
use erikti_protocol::log::note::{SignatureLine, SignedNote, VerifierKey};
use erikti_protocol::log::tile::{Bundle, Tile};
use erikti_protocol::log::witness::{AddCheckpoint, Known, parse_answer};
use erikti_protocol::log::{Compact, Contradiction, LogProof, SignedCheckpoint};

use super::Numbers;

/// Our own texts: what is nearly right reaches deepest.
const SEEDS: [&str; 8] = [
    include_str!("../../vectors/log/add-checkpoint.txt"),
    include_str!("../../vectors/log/checkpoint-cosigned.txt"),
    include_str!("../../vectors/log/checkpoint.txt"),
    include_str!("../../vectors/log/contradiction-equal.txt"),
    include_str!("../../vectors/log/contradiction-prefix.txt"),
    include_str!("../../vectors/log/invitation.txt"),
    include_str!("../../vectors/log/tlog-proof-extra.txt"),
    include_str!("../../vectors/log/tlog-proof.txt"),
];
/// Pieces that stand where a text changes its meaning.
const PIECES: [&str; 12] = [
    "\n",
    "\n\n",
    "— ",
    " ",
    "+",
    "0",
    "18446744073709551615",
    "18446744073709551616",
    "=",
    "/",
    "erikti:",
    "\u{2028}",
];

#[test]
fn no_bytes_make_a_parser_give_way() {
    let mut numbers = Numbers(0x7e57);
    let mut accepted = 0;
    for round in 0..8_000 {
        let mut bytes = SEEDS[round % SEEDS.len()].as_bytes().to_vec();
        for _ in 0..=numbers.below(4) {
            splice(&mut bytes, &mut numbers);
        }
        accepted += usize::from(read_as_everything(&bytes));
    }
    assert!(accepted > 0, "some of them were harmless");
    for length in 0..200 {
        for byte in [0, b'\n', b'0', b'/', 0xff] {
            assert!(!read_as_everything(&vec![byte; length]));
        }
    }
}

fn splice(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    let at = numbers.below(bytes.len() as u64 + 1) as usize;
    let end = (at + numbers.below(60) as usize).min(bytes.len());
    match numbers.below(5) {
        0 => drop(bytes.drain(at..end)),
        1 => {
            let copy = bytes[at..end].to_vec();
            let to = numbers.below(bytes.len() as u64 + 1) as usize;
            bytes.splice(to..to, copy);
        }
        2 => {
            let piece = PIECES[numbers.below(PIECES.len() as u64) as usize];
            bytes.splice(at..at, piece.bytes());
        }
        3 if at < bytes.len() => bytes[at] = numbers.next() as u8,
        _ => bytes.truncate(end.max(at)),
    }
}

/// Whether any parser of texts that carry a signature accepts the bytes.
fn read_as_everything(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().next().unwrap_or_default();
    let mut accepted = false;
    accepted |= SignedCheckpoint::parse(bytes).is_ok_and(|it| it.cosigners().len() < 32);
    accepted |= Contradiction::parse(bytes).is_ok();
    accepted |= LogProof::parse(bytes).is_ok();
    accepted |= AddCheckpoint::parse(bytes).is_ok_and(|it| it.judge(|_| Known::Never).is_ok());
    accepted |= Link::parse(line).is_ok_and(|it| it.to_string().len() <= LINK_BYTES_MAX);
    if let Ok(note) = SignedNote::parse(bytes) {
        assert_eq!(
            note.to_string().as_bytes(),
            bytes,
            "notes have one spelling"
        );
    }
    if let Ok(line) = SignatureLine::parse(line) {
        assert!(SignatureLine::parse(&line.to_string()).is_ok_and(|again| again == line));
    }
    let _ = (parse_answer(&text), VerifierKey::parse(line));
    let _ = (Tile::parse(line), Bundle::parse(line));
    if let Ok(compact) = Compact::from_bytes(bytes) {
        assert_eq!(compact.to_bytes(), bytes);
    }
    let width = (bytes.len() % 256 + 1) as u16;
    let _ = Bundle { index: 0, width }.read(bytes);
    accepted
}
