//! Drawings made here.

/// A QR code: modules on a side, quiet zone included, and the path of the dark ones. Nothing in it comes from others.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    /// Modules on a side.
    pub(super) size: usize,
    /// What an SVG path draws.
    pub(super) path: String,
}
