//! `/erikti/fetch/1`: tiles and packages, asked for and announced.

use serde::{Deserialize, Serialize};

use super::message::{CODEC_CHARS_MAX, Message, MessageFault, NUMBER_MAX, bounds};
use crate::hash::Hash;
use crate::id::Origin;
use crate::log::PACKAGE_ENTRIES;
use crate::log::tile::Tile;

/// Bytes of a package's body in one answer, at most.
///
/// 16 requests in flight make 16 MiB of unverified bytes a peer, 64 make 64 MiB in all. A package of ordinary records
/// is 100 KiB; the largest possible one, 256 × 64 KiB, comes in 17 answers.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of a tile, at most: 256 hashes.
pub const TILE_BYTES_MAX: usize = PACKAGE_ENTRIES as usize * Hash::LEN;

/// Which tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TileRequest {
    /// 0 for leaf hashes, 1 for hashes of packages, and so on.
    pub level: u8,
    /// Which tile of the level.
    pub index: u64,
    /// How many hashes: 256, or fewer at the right edge.
    pub width: u16,
}

/// The question: one tile or one package of a log, as it was at `size`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchRequest {
    /// The log.
    pub origin: Origin,
    /// The size of a checkpoint of it.
    pub size: u64,
    /// The tile, and then nothing below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tile: Option<TileRequest>,
    /// The package: entries `package × 256` to `package × 256 + 255`, or to the size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<u64>,
    /// Which entry of the package (0 to 255) is the first that is wanted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub from: u16,
    /// Instead of `from`: exactly these entries of the package, in ascending order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<u16>,
    /// The codec that records may be packed with: one that the server offered, `none` when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codec: Option<String>,
}

fn is_zero(number: &u16) -> bool {
    *number == 0
}

impl FetchRequest {
    /// Asks for a tile.
    pub fn tile(origin: Origin, size: u64, tile: TileRequest) -> Self {
        Self {
            origin,
            size,
            tile: Some(tile),
            package: None,
            from: 0,
            only: Vec::new(),
            codec: None,
        }
    }

    /// Asks for a package from one of its entries on.
    pub fn package(origin: Origin, size: u64, package: u64, from: u16) -> Self {
        Self {
            origin,
            size,
            tile: None,
            package: Some(package),
            from,
            only: Vec::new(),
            codec: None,
        }
    }

    /// The entries that an answer has, as places in the package, in order. Empty for a tile.
    pub fn places(&self) -> Vec<u16> {
        let Some(package) = self.package else {
            return Vec::new();
        };
        if !self.only.is_empty() {
            return self.only.clone();
        }
        let width = self
            .size
            .saturating_sub(package.saturating_mul(PACKAGE_ENTRIES))
            .min(PACKAGE_ENTRIES);
        (self.from..width as u16).collect()
    }
}

impl Message for FetchRequest {
    const NAME: &'static str = "fetch request";

    fn check(&self) -> Result<(), MessageFault> {
        bounds::<Self>(
            (1..=NUMBER_MAX).contains(&self.size),
            "size",
            "between 1 and 2^53 - 1",
        )?;
        bounds::<Self>(
            self.tile.is_some() != self.package.is_some(),
            "package",
            "there exactly when `tile` is not",
        )?;
        if let Some(TileRequest {
            level,
            index,
            width,
        }) = self.tile
        {
            let tile = Tile {
                level,
                index,
                width,
            };
            bounds::<Self>(
                tile.width > 0 && tile.is_in(self.size),
                "tile",
                "within the tree of this size",
            )?;
        }
        if let Some(package) = self.package {
            let start = package.checked_mul(PACKAGE_ENTRIES);
            let width = start
                .and_then(|start| self.size.checked_sub(start))
                .map_or(0, |rest| rest.min(PACKAGE_ENTRIES));
            bounds::<Self>(width > 0, "package", "within the tree of this size")?;
            bounds::<Self>(
                u64::from(self.from) < width,
                "from",
                "an entry of the package",
            )?;
            bounds::<Self>(
                self.only.windows(2).all(|pair| pair[0] < pair[1])
                    && self.only.iter().all(|place| u64::from(*place) < width)
                    && (self.only.is_empty() || self.from == 0),
                "only",
                "ascending entries of the package, without `from`",
            )?;
        }
        bounds::<Self>(
            self.codec
                .as_ref()
                .is_none_or(|codec| codec.len() <= CODEC_CHARS_MAX),
            "codec",
            "at most 32 characters",
        )
    }
}

/// The first frame of a tile's answer; the tile's bytes follow in further frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TileHeader {
    /// How many bytes follow: 32 × width.
    pub bytes: u64,
}

impl Message for TileHeader {
    const NAME: &'static str = "tile header";

    fn check(&self) -> Result<(), MessageFault> {
        bounds::<Self>(
            (Hash::LEN as u64..=TILE_BYTES_MAX as u64).contains(&self.bytes)
                && self.bytes.is_multiple_of(Hash::LEN as u64),
            "bytes",
            "32 × 1 to 256",
        )
    }
}

/// The first frame of a package's answer; its body follows in further frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageHeader {
    /// How many entries the body has: as many as were asked for.
    pub count: u64,
    /// How many bytes follow.
    pub bytes: u64,
}

impl Message for PackageHeader {
    const NAME: &'static str = "package header";

    fn check(&self) -> Result<(), MessageFault> {
        bounds::<Self>(
            (1..=PACKAGE_ENTRIES).contains(&self.count),
            "count",
            "between 1 and 256",
        )?;
        bounds::<Self>(
            (self.count..=BODY_BYTES_MAX as u64).contains(&self.bytes),
            "bytes",
            "at least one an entry and at most 1 MiB",
        )
    }
}
