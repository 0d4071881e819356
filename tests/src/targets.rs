//! Every parser that strangers' bytes reach, as a function that any bytes may be given to.
//!
//! `tests/it/fuzz.rs` runs each over its seeds and thousands of changed ones; `tests/fuzz/main.rs` hands the same
//! functions to libFuzzer. A target panics when a promise is broken: what was read is written as it was, what two
//! readers say agrees, nothing is larger than its bound. What a parser answers is otherwise its own affair.

mod read;
mod seeds;

use crate::chance::Chance;

/// A parser, with inputs that reach deep into it.
#[derive(Clone, Copy)]
pub struct Target {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Reads any bytes; panics when a promise is broken.
    pub run: fn(&[u8]),
    /// Inputs that are right, or nearly.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Changed inputs that an ordinary test tries: fewer where one takes long.
    pub rounds: usize,
}

/// All of them.
pub const ALL: &[Target] = &[
    target("address", read::address, seeds::addresses, 4_000),
    target("bundle", read::bundle, seeds::bundles, 400),
    target("checkpoint", read::checkpoint, seeds::notes, 2_000),
    target("codec", read::codec, seeds::packed, 4_000),
    target("compact", read::compact, seeds::compacts, 4_000),
    target("cosign", read::cosign, seeds::notes, 2_000),
    target("csv", read::csv, seeds::tables, 400),
    target("evidence", read::evidence, seeds::notes, 2_000),
    target("field", read::field, seeds::cells, 200),
    target("frame", read::frame, seeds::frames, 4_000),
    target("invitation", read::invitation, seeds::invitations, 2_000),
    target("journal", read::journal, seeds::segments, 150),
    target("json", read::json, seeds::texts, 4_000),
    target("kind", read::kind, seeds::subjects, 1_000),
    target("mapping", read::mapping, seeds::mappings, 1_000),
    target("message", read::message, seeds::messages, 2_000),
    target("name", read::name, seeds::names, 4_000),
    target("note", read::note, seeds::notes, 2_000),
    target("package", read::package, seeds::packages, 1_000),
    target("proof", read::proof, seeds::notes, 2_000),
    target("record", read::record, seeds::records, 4_000),
    target("settings", read::settings, seeds::settings, 1_000),
    target("tile", read::tile, seeds::tiles, 4_000),
    target("vds", read::vds, seeds::activities, 400),
];

const fn target(
    name: &'static str,
    run: fn(&[u8]),
    seeds: fn() -> Vec<Vec<u8>>,
    rounds: usize,
) -> Target {
    Target {
        name,
        run,
        seeds,
        rounds,
    }
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// The target of this name.
pub fn by_name(name: &str) -> Option<&'static Target> {
    ALL.iter().find(|target| target.name == name)
}

/// Pieces of text at which a text changes its meaning.
const PIECES: &[&str] = &[
    "\n",
    "\n\n",
    "— ",
    " ",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    ",",
    ":",
    "{}",
    "[]",
    "{\"a\":0,\"a\":0}",
    "[[[[[[[[[[[[[[[[[",
    "0",
    "-0",
    "1e0",
    "9007199254740992",
    "18446744073709551615",
    "18446744073709551616",
    "=",
    "+",
    "/",
    "z",
    "null",
    "\u{2028}",
    "\u{feff}",
    "😀",
    "\0",
];

/// Changes bytes somewhere: one to four pieces cut, copied, put in, overwritten.
pub fn change(bytes: &mut Vec<u8>, chance: &mut Chance) {
    for _ in 0..=chance.below(4) {
        let at = chance.place(bytes.len() + 1);
        let end = (at + chance.place(40)).min(bytes.len());
        match chance.below(6) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let copy = bytes[at..end].to_vec();
                let to = chance.place(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            2 => drop(bytes.splice(at..at, chance.pick(PIECES).bytes())),
            3 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            4 if at < bytes.len() => bytes[at] = chance.number() as u8,
            // Seldom, because what is cut off early is refused early.
            5 if chance.below(4) == 0 => bytes.truncate(end),
            _ => {}
        }
    }
}
