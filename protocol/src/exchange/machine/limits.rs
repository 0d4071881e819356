//! Every bound of the machine, with its arithmetic.

use super::super::fetch::BODY_BYTES_MAX;

/// Entries that a small pull fetches before it compares the root: at most five packages, 5 MiB.
pub const SMALL_ENTRIES_MAX: u64 = 1_024;
/// Requests in flight to one peer: 16 × 1 MiB of body are the 16 MiB of unverified bytes a peer.
pub const IN_FLIGHT_PEER_MAX: usize = 16;
/// Of these, for bulk: the rest stays free for what is new.
pub const IN_FLIGHT_PEER_BULK_MAX: usize = 12;
/// Requests in flight in all: 64 × 1 MiB are the 64 MiB of unverified bytes.
pub const IN_FLIGHT_MAX: usize = 64;
/// Packages of one log that are asked for or wait for the writer: 64 × 100 KiB are 6.4 MiB, 64 MiB at worst.
pub const AHEAD_PACKAGES_MAX: u64 = 64;
/// Entries that one pull can be behind: 2^27 entries are 2^19 hashes of packages, 16 MiB held until the pull ends.
pub const PULL_ENTRIES_MAX: u64 = 1 << 27;
/// Logs followed: 140 organisations with thirty logs each; a log costs about 2 KiB here.
pub const LOGS_MAX: usize = 4_096;
/// Logs of one organisation whose first entry nobody has judged yet.
pub const OPENINGS_PER_ORGANISATION_MAX: usize = 4;
/// Origins remembered as rejected; more push out the first.
pub const REJECTED_MAX: usize = 1_024;
/// Peers known at once: partners and whoever is connected.
pub const PEERS_MAX: usize = 1_024;
/// Different checkpoints of one log that wait to be pulled: one a peer is usual, all the same; 64 × 600 bytes.
pub const CANDIDATES_MAX: usize = 64;
/// Sizes of one log that are remembered as agreeing with what is held: 32 × 40 bytes.
pub const AGREED_MAX: usize = 32;
/// Checkpoints of one log that are being compared with what is held.
pub const SUSPECTS_MAX: usize = 8;
/// Organisations without standing that are listed: name, origin, size; 256 × 200 bytes.
pub const UNKNOWN_MAX: usize = 256;
/// Refusals remembered of one peer: 8 × 300 bytes.
pub const REFUSALS_MAX: usize = 8;
/// Missing records that are asked for in one go: 1,024 digests.
pub const MISSING_MAX: usize = 1_024;

/// How long an answer may take: 1 MiB at 35 KB/s.
pub const REQUEST_TIMEOUT_MS: u64 = 30_000;
/// Heads that change within this time are announced together.
pub const ANNOUNCE_EVERY_MS: u64 = 50;
/// First pause after a failure; doubles with each further one.
pub const PAUSE_FIRST_MS: u64 = 200;
/// Longest pause after failures.
pub const PAUSE_MAX_MS: u64 = 60_000;
/// Pause when a peer says `busy` without a time.
pub const PAUSE_BUSY_MS: u64 = 1_000;
/// A peer that may be asked again within this time keeps its pull; after that another one begins anew.
pub const PATIENCE_MS: u64 = 2_000;
/// How long a log is not asked of a peer that has not yet what it announced.
pub const PAUSE_NOT_FOUND_MS: u64 = 2_000;
/// How long a log is not asked of a peer that may not give it, or gave something else.
pub const PAUSE_LOG_MS: u64 = 60_000;
/// How long a peer that sent something false is not asked; four times as long with each further time.
pub const SHUN_FIRST_MS: u64 = 60_000;
/// Longest time that a peer is not asked.
pub const SHUN_MAX_MS: u64 = 60 * 60_000;
/// False answers after which the connection is to be closed.
pub const STRIKES_MAX: u32 = 3;
/// Records that are missing are asked for again of the issuer's own node after this time.
pub const MISSING_EVERY_MS: u64 = 24 * 60 * 60_000;
/// A partner that was not heard of for this time is stale.
pub const STALE_AFTER_MS: u64 = 24 * 60 * 60_000;

const _: () = {
    assert!(IN_FLIGHT_PEER_MAX * BODY_BYTES_MAX <= 16 << 20);
    assert!(IN_FLIGHT_MAX * BODY_BYTES_MAX <= 64 << 20);
    assert!(PULL_ENTRIES_MAX / 256 * 32 <= 16 << 20);
};
