//! What somebody looks for is found, in three languages, and nothing that is not to be shown is.

mod filters;
mod folder;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use erikti_node::config::{self, Settings};
use erikti_node::desk::opportunities::{self, Found, Wanted};
use erikti_node::desk::reader::Reader;
use erikti_node::desk::records;
use erikti_node::keys::Keys;
use erikti_node::node::Node;
use erikti_protocol::id::RecordId;
use erikti_protocol::kind;
use erikti_protocol::record::{Draft, Readers};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A node in this process, without doors: the search is brought up to the journal whenever something is looked for.
struct Desk {
    node: Node,
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let settings = Settings {
            network: "test".to_owned(),
            name: "Ақ Бұлақ".to_owned(),
            country: "KZ".to_owned(),
            listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()],
            ..Settings::default()
        };
        let data = folder.path().join("node");
        Keys::generate().write(&data.join("keys")).expect("keys");
        config::write_first_file(&data, &settings).expect("settings");
        let next = erikti_node::clock::secret_key().public();
        let node = Node::found(&data, &next).expect("a node");
        Self { node, folder }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("node")
    }

    /// Closes the node and opens it again, whatever happened to its folder in between.
    fn reopened(self, between: impl FnOnce(&Path)) -> Self {
        let Self { node, folder } = self;
        node.close();
        drop(node);
        let data = folder.path().join("node");
        between(&data);
        let node = Node::open(&data, &[]).expect("the node opens");
        Self { node, folder }
    }

    /// Publishes opportunities with these subjects, and returns their ids.
    fn publish(&self, subjects: &[Value]) -> Vec<RecordId> {
        let drafts: Vec<Draft> = subjects.iter().map(|subject| self.draft(subject)).collect();
        let ids = drafts.iter().map(|draft| draft.id).collect();
        self.node.ingest().publish(drafts).expect("published");
        self.node.ingest().seal().expect("sealed");
        ids
    }

    fn draft(&self, subject: &Value) -> Draft {
        let subject = subject.as_object().cloned().expect("an object");
        records::new_draft(&self.node, &kind::opportunity::KIND, subject).expect("a draft")
    }

    /// Publishes another version of a thing.
    fn supersede(&self, id: RecordId, version: u64, readers: Readers, subject: &Value) {
        let draft = Draft {
            id,
            version,
            readers,
            ..self.draft(subject)
        };
        self.node.ingest().publish(vec![draft]).expect("published");
        self.node.ingest().seal().expect("sealed");
    }

    fn ask(&self, query: &[(&str, &str)]) -> Found {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let query: BTreeMap<String, String> = query.iter().map(own).collect();
        let wanted = Wanted::read(&query).expect("every filter is one");
        opportunities::search(&self.node, Reader::Everybody, &wanted).expect("an answer")
    }

    /// Titles of what is found, in order.
    fn titles(&self, query: &[(&str, &str)]) -> Vec<String> {
        titles(&self.ask(query))
    }

    /// Titles of what is found for these words, in the order of the alphabet.
    fn find(&self, words: &str) -> Vec<String> {
        let mut titles = self.titles(&[("q", words)]);
        titles.sort();
        titles
    }
}

fn titles(found: &Found) -> Vec<String> {
    let titles = found.rows.iter().map(|row| row.title_in("und").to_owned());
    titles.collect()
}

/// An opportunity of this title in one language.
fn titled(language: &str, title: &str) -> Value {
    json!({"title": {language: title}, "status": "open"})
}
