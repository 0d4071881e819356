//! Logs as files: C2SP tlog-tiles, for programs that have never heard of this one.
//!
//! Shape    `checkpoint`, `tile/<level>/<index>[.p/<width>]`, `tile/entries/<index>[.p/<width>]`; an entry is 33 bytes:
//!          class and digest of a record, which lies elsewhere and may be gone
//! Source   c2sp.org/tlog-tiles

use erikti_protocol::id::Origin;
use erikti_protocol::log::tile::{Bundle, Tile, TileFault};

use crate::ingest::store_problem;
use crate::node::Node;
use crate::problem::{Code, Problem};

/// A file of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it never changes.
    pub full: bool,
}

/// The log whose checkpoints this node key signs.
///
/// Errors   `log.unknown`
pub fn log(node: &Node, key: &str) -> Result<Origin, Problem> {
    let logs = node.ingest().store().logs();
    logs.into_iter()
        .find(|origin| origin.node_key().to_string() == key)
        .ok_or_else(|| {
            Problem::new(Code::LogUnknown, "no log of this key is kept here")
                .field("log")
                .found(key)
                .allowed("a node key, z6Mk…")
                .hint("see which logs are kept: GET /v1/logs")
        })
}

/// The newest checkpoint of a log.
///
/// Errors   `log.unknown`
pub fn checkpoint(node: &Node, key: &str) -> Result<String, Problem> {
    let origin = log(node, key)?;
    let signed = node.ingest().checkpoint(&origin)?.ok_or_else(|| {
        Problem::new(
            Code::LogUnknown,
            "no checkpoint of this log has come here yet",
        )
        .field("log")
        .found(key)
    })?;
    Ok(signed.note().to_string())
}

/// A tile of hashes, or of entries, by its path below `tile/`.
///
/// Errors   `log.unknown`, also for a tile that the log does not have (yet) and for what is no path of one
pub fn tile(node: &Node, key: &str, path: &str) -> Result<File, Problem> {
    let origin = log(node, key)?;
    let path = format!("tile/{path}");
    let missing = |why: String| {
        Problem::new(Code::LogUnknown, why)
            .field("path")
            .found(path.as_str())
            .allowed("<level>/<index>[.p/<width>] or entries/<index>[.p/<width>]")
    };
    let refused = |fault: TileFault| missing(fault.to_string());
    // Only what a checkpoint covers: nobody may learn of an entry that could still be taken back.
    let size = node.ingest().visible(&origin);
    if path.starts_with("tile/entries/") {
        let bundle = Bundle::parse(&path).map_err(refused)?;
        let whole = Bundle::at(bundle.index, size)
            .filter(|whole| bundle.width <= whole.width)
            .ok_or_else(|| missing("the log has not so many entries".to_owned()))?;
        let first = whole.index * 256;
        let frames = node
            .ingest()
            .store()
            .entries(&origin, first..first + u64::from(bundle.width))
            .map_err(store_problem)?;
        let entries: Vec<Vec<u8>> = frames
            .iter()
            .map(|(_, frame)| frame.entry().to_bytes().to_vec())
            .collect();
        if entries.len() != usize::from(bundle.width) {
            return Err(missing("the log has not so many entries".to_owned()));
        }
        let bytes = Bundle::write(entries.iter().map(Vec::as_slice))
            .ok_or_else(|| Problem::new(Code::Internal, "an entry is too long"))?;
        return Ok(File {
            bytes,
            full: bundle.width == erikti_protocol::log::tile::WIDTH,
        });
    }
    let tile = Tile::parse(&path).map_err(refused)?;
    if !tile.is_in(size) {
        return Err(missing("the log has no such tile".to_owned()));
    }
    let bytes = tile
        .bytes(|level, index| node.ingest().store().hash_at(&origin, level, index))
        .map_err(store_problem)?;
    Ok(File {
        bytes,
        full: tile.is_full(),
    })
}
