//! The store: nothing acknowledged is lost, nothing is invented, whatever happens to the process or to the disk.

mod conformance;
mod crash;
mod folder;
mod index;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use erikti_node::store::journal::{Journal, OpeningReport, Options};
use erikti_node::store::{Frame, Status, Store};
use erikti_protocol::codec::Codec;
use erikti_protocol::hash::Hash;
use erikti_protocol::id::Origin;
use erikti_protocol::key::SecretKey;
use erikti_protocol::log::{Checkpoint, Class};
use erikti_protocol::record::ReadersClass;

/// The node key of log `seed`.
fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

fn origin(seed: u8) -> Origin {
    Origin::new("test", &key(seed).public()).expect("`test` names a network")
}

/// A body of `bytes` bytes that no other index has.
fn body(index: u64, bytes: usize) -> Vec<u8> {
    let word = Hash::of(&index.to_le_bytes());
    word.as_bytes()
        .iter()
        .copied()
        .cycle()
        .take(bytes)
        .collect()
}

fn frame(class: Class, body: &[u8]) -> Frame<'_> {
    Frame::present(
        class,
        Hash::of(body),
        ReadersClass::Public,
        Codec::None,
        u32::try_from(body.len()).expect("a test's body is short"),
        body,
    )
}

fn absent(body: &[u8]) -> Frame<'static> {
    Frame::without_record(Class::Record, Hash::of(body), Status::Absent)
}

fn open(path: &Path) -> (Journal, OpeningReport) {
    Journal::open(path, Options::default()).expect("the journal opens")
}

/// Small segments, so that a few frames cross from one to the next.
fn open_small(path: &Path) -> (Journal, OpeningReport) {
    let options = Options {
        segment_bytes_max: 4096,
        ..Options::default()
    };
    Journal::open(path, options).expect("the journal opens")
}

/// Appends bodies `from..to`, every seventh a control entry, and syncs.
fn append(store: &dyn Store, origin: &Origin, from: u64, to: u64) {
    let bodies: Vec<_> = (from..to)
        .map(|index| body(index, size_of_body(index)))
        .collect();
    let frames: Vec<_> = (from..)
        .zip(&bodies)
        .map(|(index, body)| frame(class(index), body))
        .collect();
    assert_eq!(store.append(origin, &frames).expect("room"), from..to);
    store.sync(origin).expect("synced");
}

fn class(index: u64) -> Class {
    match index % 7 {
        0 => Class::Control,
        _ => Class::Record,
    }
}

fn size_of_body(index: u64) -> usize {
    usize::try_from(index * 37 % 300).expect("small") + 1
}

/// Every record from `from` to `to` is there, as it was appended.
fn holds(store: &dyn Store, origin: &Origin, from: u64, to: u64) {
    for index in from..to {
        let record = store
            .record(origin, index)
            .expect("readable")
            .expect("held");
        assert_eq!(
            record.bytes,
            body(index, size_of_body(index)),
            "entry {index}"
        );
        assert_eq!(record.class, class(index));
    }
}

/// Files by name.
type Files = BTreeMap<String, Vec<u8>>;

fn files(folder: &Path) -> Files {
    std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path
                .file_name()
                .expect("named")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read(path).expect("readable"))
        })
        .collect()
}

fn put_files(folder: &Path, files: &Files) {
    std::fs::create_dir_all(folder).expect("made");
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).expect("written");
    }
}

fn log_folder(data: &Path, origin: &Origin) -> std::path::PathBuf {
    data.join("log").join(origin.hash().to_string())
}

fn checkpoint(seed: u8, size: u64, root: Hash) -> Vec<u8> {
    let signed = Checkpoint {
        origin: origin(seed),
        size,
        root,
    }
    .sign(&key(seed))
    .expect("its own key");
    signed.note().to_string().into_bytes()
}

fn journal(path: &Path) -> Arc<dyn Store> {
    Arc::new(open(path).0)
}
