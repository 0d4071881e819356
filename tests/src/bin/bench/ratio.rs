//! How far real files shrink with the dictionary, which was trained on invented records only.

use std::fs;

use erikti_node::formats::mapping::Mapping;
use erikti_node::formats::{Import, csv, vds};
use erikti_protocol::codec::Encoder;
use erikti_protocol::hash::Hash;
use erikti_protocol::id::OrgId;
use erikti_protocol::key::SecretKey;
use erikti_protocol::record::{Draft, Issuer, Readers};
use erikti_protocol::time::Timestamp;
use erikti_tests::shared;
use serde_json::{Map, Value, json};

use crate::rounded;

const TABLE: &str = "data/opportunities/nyc-service-volunteer-opportunities.csv";
const ACTIVITIES: &str = "data/opportunities/teamkinetic-activities.jsonld";

/// Stored bytes ÷ JSON, file by file; what is not beside this checkout is left out.
pub(crate) fn figures() -> Value {
    let organisation = OrgId::from_founding(Hash::of(b"bench"));
    let mut figures = Map::new();
    if let Some(path) = shared::path(TABLE) {
        let text = fs::read(path).expect("the table can be read");
        let mapping = Mapping::parse(include_str!("../../../fixtures/nyc.toml"));
        let import = csv::read(
            &text,
            &mapping.expect("the mapping is right"),
            &organisation,
        );
        let import = import.expect("the table is a table");
        figures.insert("nyc_table".to_owned(), of(import, organisation));
    }
    if let Some(path) = shared::path(ACTIVITIES) {
        let text = fs::read(path).expect("the activities can be read");
        let import = vds::read(&text, &organisation).expect("the activities are activities");
        figures.insert("teamkinetic".to_owned(), of(import, organisation));
    }
    Value::Object(figures)
}

fn of(import: Import, organisation: OrgId) -> Value {
    let key = SecretKey::from_seed(&[7; 32]);
    let issuer = Issuer {
        key: &key,
        name: "Bench",
        organisation: Some(organisation),
    };
    let at = Timestamp::from_seconds(1_780_000_000).expect("a time in 2026");
    let mut encoder = Encoder::new();
    let (mut plain, mut stored, mut records) = (0, Vec::new(), 0);
    for (thing, nonce) in import.things.into_iter().zip(0_u128..) {
        let draft = Draft {
            kind: thing.kind.to_owned(),
            id: thing.id,
            version: 1,
            valid_from: at,
            readers: Readers::Public,
            subject: thing.subject,
            extra: Map::new(),
        };
        let nonce = Hash::of(&nonce.to_be_bytes());
        let nonce = nonce.as_bytes().first_chunk().expect("32 bytes");
        let record = draft
            .sign(&issuer, at, *nonce)
            .expect("imports keep the profile");
        plain += record.bytes().len();
        encoder.encode(record.bytes(), &mut stored);
        records += 1;
    }
    json!({
        "records": records,
        "bytes_a_record": plain / records.max(1),
        "zstd_ratio": rounded(stored.len() as f64 / plain.max(1) as f64),
    })
}
