//! The form of a bundle: reading it strictly and writing it.

use serde_json::{Map, Value, json};

use super::{BUNDLE_BYTES_MAX, BUNDLE_DEPTH_MAX, BundleFault, ENTRIES_MAX, LOGS_MAX};
use crate::hash::Hash;
use crate::id::Origin;
use crate::json;
use crate::log::{PROOF_HASHES_MAX, SIZE_MAX};
use crate::record::Record;

/// The form and its version.
const FORMAT: &str = "bundle/1";
/// How the text of every bundle begins.
pub(super) const BEGINS: &[u8] = br#"{"erikti":"#;

/// A bundle's parts. Nothing is judged but the form.
#[derive(Debug)]
pub(super) struct File {
    pub(super) logs: Vec<LogPart>,
    pub(super) proof: String,
    pub(super) record: Record,
}

/// What a bundle holds of one log.
#[derive(Debug)]
pub(super) struct LogPart {
    pub(super) head: Head,
    pub(super) entries: Vec<EntryPart>,
}

/// What says up to where a log is proved.
#[derive(Debug)]
pub(super) enum Head {
    /// The text of a signed note.
    Checkpoint(String),
    /// Entry 0 of the log's successor, elsewhere in the file.
    Pinned(Origin),
}

/// A control entry.
#[derive(Debug)]
pub(super) struct EntryPart {
    pub(super) index: u64,
    pub(super) path: Vec<Hash>,
    pub(super) record: Record,
}

impl File {
    /// The one text of this bundle.
    pub(super) fn write(&self) -> Vec<u8> {
        let logs: Vec<Value> = self.logs.iter().map(LogPart::to_value).collect();
        json::canonical(&json!({
            "erikti": FORMAT,
            "logs": logs,
            "proof": self.proof,
            "record": self.record.value(),
        }))
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, BundleFault> {
        let value = json::parse_within(bytes, BUNDLE_DEPTH_MAX, BUNDLE_BYTES_MAX)?;
        if json::canonical(&value) != bytes {
            return Err(BundleFault::Canonical);
        }
        let root = At::root(&value);
        let file = root.members(&["erikti", "logs", "proof", "record"])?;
        if file.text("erikti")? != FORMAT {
            return Err(root.fault("erikti", "`bundle/1`"));
        }
        let parts = file.list("logs")?;
        within("logs", parts.len(), LOGS_MAX)?;
        let mut entries = 0;
        let mut logs = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let part = LogPart::read(part, number)?;
            entries += part.entries.len();
            within("control entries", entries, ENTRIES_MAX)?;
            logs.push(part);
        }
        Ok(Self {
            logs,
            proof: file.text("proof")?.to_owned(),
            record: Record::parse(file.canonical("record")?)?,
        })
    }
}

impl LogPart {
    fn to_value(&self) -> Value {
        let entries: Vec<Value> = self.entries.iter().map(EntryPart::to_value).collect();
        match &self.head {
            Head::Checkpoint(note) => json!({"checkpoint": note, "entries": entries}),
            Head::Pinned(origin) => json!({"entries": entries, "pinned": origin.as_str()}),
        }
    }

    fn read(value: &Value, number: usize) -> Result<Self, BundleFault> {
        let at = At {
            value,
            path: format!("logs.{number}"),
        };
        let (members, head) = match at.members(&["checkpoint", "entries"]) {
            Ok(members) => {
                let note = members.text("checkpoint")?.to_owned();
                (members, Head::Checkpoint(note))
            }
            Err(_) => {
                let members = at.members(&["entries", "pinned"])?;
                let origin = Origin::parse(members.text("pinned")?)
                    .ok_or_else(|| at.fault("pinned", "the origin of a log"))?;
                (members, Head::Pinned(origin))
            }
        };
        let mut entries: Vec<EntryPart> = Vec::new();
        for (place, value) in members.list("entries")?.iter().enumerate() {
            let at = At {
                value,
                path: format!("logs.{number}.entries.{place}"),
            };
            let entry = EntryPart::read(&at)?;
            let follows = match entries.last() {
                None => entry.index == 0,
                Some(last) => last.index < entry.index,
            };
            if !follows {
                return Err(at.fault("index", "0 first, then each index once and in order"));
            }
            entries.push(entry);
        }
        if entries.is_empty() {
            return Err(at.fault("entries", "entry 0 and what follows"));
        }
        Ok(Self { head, entries })
    }
}

impl EntryPart {
    fn to_value(&self) -> Value {
        let path: Vec<String> = self.path.iter().map(Hash::to_string).collect();
        json!({"index": self.index, "path": path, "record": self.record.value()})
    }

    fn read(at: &At<'_>) -> Result<Self, BundleFault> {
        let entry = at.members(&["index", "path", "record"])?;
        let index = entry.0["index"]
            .as_u64()
            .filter(|index| *index < SIZE_MAX)
            .ok_or_else(|| at.fault("index", "the index of an entry"))?;
        let hashes = entry.list("path")?;
        within("hashes of a path", hashes.len(), PROOF_HASHES_MAX)?;
        let path: Option<Vec<Hash>> = hashes
            .iter()
            .map(|hash| Hash::parse(hash.as_str()?))
            .collect();
        Ok(Self {
            index,
            path: path.ok_or_else(|| at.fault("path", "digests in hexadecimal"))?,
            record: Record::parse(entry.canonical("record")?).map_err(|fault| {
                let at = at.path.clone();
                BundleFault::Control { at, fault }
            })?,
        })
    }
}

/// A value and where it stands.
struct At<'a> {
    value: &'a Value,
    path: String,
}

/// An object whose members are known to be the ones that have to be there.
struct Members<'a>(&'a Map<String, Value>, &'a At<'a>);

impl<'a> At<'a> {
    fn root(value: &'a Value) -> Self {
        Self {
            value,
            path: String::new(),
        }
    }

    fn fault(&self, name: &str, allowed: &'static str) -> BundleFault {
        let at = match (self.path.as_str(), name) {
            ("", name) => name.to_owned(),
            (path, "") => path.to_owned(),
            (path, name) => format!("{path}.{name}"),
        };
        BundleFault::Shape { at, allowed }
    }

    fn members(&'a self, names: &[&str]) -> Result<Members<'a>, BundleFault> {
        let object = self
            .value
            .as_object()
            .filter(|object| {
                object.len() == names.len() && names.iter().all(|name| object.contains_key(*name))
            })
            .ok_or_else(|| self.fault("", "the members of a bundle and no others"))?;
        Ok(Members(object, self))
    }
}

impl<'a> Members<'a> {
    fn text(&self, name: &str) -> Result<&'a str, BundleFault> {
        self.0[name]
            .as_str()
            .ok_or_else(|| self.1.fault(name, "a text"))
    }

    fn list(&self, name: &str) -> Result<&'a [Value], BundleFault> {
        self.0[name]
            .as_array()
            .map(Vec::as_slice)
            .ok_or_else(|| self.1.fault(name, "a list"))
    }

    /// The text of an embedded record: what stands in canonical text is canonical itself.
    fn canonical(&self, name: &str) -> Result<Vec<u8>, BundleFault> {
        match &self.0[name] {
            record @ Value::Object(_) => Ok(json::canonical(record)),
            _ => Err(self.1.fault(name, "a record")),
        }
    }
}

fn within(what: &'static str, found: usize, allowed: usize) -> Result<(), BundleFault> {
    if found > allowed {
        return Err(BundleFault::TooMany {
            what,
            found,
            allowed,
        });
    }
    Ok(())
}
