//! What the system counted: memory, bytes on the wire, bytes on the disk.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The most memory that a process held, in MB of 1,000,000 bytes; 0 where the system does not say.
pub(crate) fn peak_rss_mb(process: u32) -> f64 {
    status_mb(process, "VmHWM:")
}

/// The memory that a process holds for itself now, in MB of 1,000,000 bytes: without pages of files, which the system
/// takes away when it needs the room.
pub(crate) fn own_memory_mb(process: u32) -> f64 {
    status_mb(process, "RssAnon:")
}

fn status_mb(process: u32, name: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let figure = status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    figure.unwrap_or(0.0) * 1024.0 / 1e6
}

/// Milliseconds of processor that this thread has used; 0 where the system does not say.
pub(crate) fn thread_ms() -> f64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat.split_whitespace().next();
    nanoseconds
        .and_then(|text| text.parse::<f64>().ok())
        .unwrap_or(0.0)
        / 1e6
}

/// How many processes wanted a processor in the last minute, on average: what else the machine did.
pub(crate) fn load() -> f64 {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace()
        .next()
        .and_then(|load| load.parse().ok())
        .unwrap_or(0.0)
}

/// Seconds of processor that a process has used; 0 where the system does not say.
///
/// On a machine that does other work meanwhile this says more than the clock.
pub(crate) fn cpu_s(process: u32) -> f64 {
    /// What the kernel counts in, on every machine that Rust knows.
    const TICKS_PER_S: f64 = 100.0;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name stands in brackets and may hold anything; user and system time are the 12th and 13th after it.
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / TICKS_PER_S
}

/// Bytes that the loopback device has carried: with the headers of TCP and IP, in both directions.
///
/// It counts every process of the machine: nothing else may talk over loopback meanwhile.
pub(crate) fn loopback_bytes() -> u64 {
    let devices = fs::read_to_string("/proc/net/dev").unwrap_or_default();
    let received = devices
        .lines()
        .find_map(|line| line.trim().strip_prefix("lo:"))
        .and_then(|counts| counts.split_whitespace().next()?.parse().ok());
    received.unwrap_or(0)
}

/// Bytes that a folder takes on the disk, in whole blocks.
pub(crate) fn disk_bytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(found) if found.is_dir() => disk_bytes(&entry.path()),
            // The system counts blocks of 512 bytes, whatever the disk's own are.
            Ok(found) => found.blocks() * 512,
            Err(_) => 0,
        })
        .sum()
}
