//! Files of others become records, or are told row by row why not.
//!
//! The real files lie beside the project and are not part of it; what is pinned here are their counts. The rows in
//! `dirty` are made up, one for each way in which a row can be wrong.

mod dirty_activities;
mod dirty_table;
mod mapping_file;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use erikti_node::formats::{FILE_BYTES_MAX, FormatFault, Import, Mapping, csv, vds};
use erikti_protocol::{
    hash::Hash,
    id::{OrgId, RecordId},
    key::SecretKey,
    record::{Draft, Issuer, Readers},
    time::Timestamp,
};
use erikti_tests::shared;
use serde_json::{Map, Value};

/// The organisation that imports.
fn organisation() -> OrgId {
    OrgId::from_founding(Hash::of(b"importer"))
}

fn nyc_mapping() -> Mapping {
    Mapping::parse(include_str!("../fixtures/nyc.toml")).expect("the mapping is right")
}

fn nyc() -> Option<Vec<u8>> {
    let path = shared::path("data/opportunities/nyc-service-volunteer-opportunities.csv")?;
    Some(fs::read(path).expect("the table can be read"))
}

fn teamkinetic() -> Option<Vec<u8>> {
    let path = shared::path("data/opportunities/teamkinetic-activities.jsonld")?;
    Some(fs::read(path).expect("the activities can be read"))
}

/// Every row is a thing or a rejection, and no two things are one.
fn account(import: &Import) {
    assert_eq!(import.read, import.things.len() + import.rejected.len());
    let ids: BTreeSet<_> = import.things.iter().map(|thing| thing.id).collect();
    assert_eq!(
        ids.len(),
        import.things.len(),
        "every thing has an id of its own"
    );
}

/// Row, field, found and reason of every rejection.
fn rejections(import: &Import) -> Vec<(usize, &str, &str, &str)> {
    import
        .rejected
        .iter()
        .map(|r| (r.row, r.field.as_str(), r.found.as_str(), r.reason.as_str()))
        .collect()
}

fn fingerprints(import: &Import) -> BTreeMap<RecordId, Hash> {
    import
        .things
        .iter()
        .map(|thing| (thing.id, thing.fingerprint()))
        .collect()
}

/// How many things say something else in the second import; all of the first are in it.
fn changed(first: &Import, second: &Import) -> usize {
    let (first, second) = (fingerprints(first), fingerprints(second));
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        second.keys().collect::<Vec<_>>()
    );
    first
        .iter()
        .filter(|(id, hash)| second[*id] != **hash)
        .count()
}

/// Every thing of an import can be signed as it is.
fn sign(import: Import) {
    let key = SecretKey::from_seed(&[9; 32]);
    let issuer = Issuer {
        key: &key,
        name: "Importer",
        organisation: Some(organisation()),
    };
    let now = Timestamp::from_seconds(1_795_000_000).expect("2026 is a year");
    for thing in import.things {
        let draft = Draft {
            kind: thing.kind.to_owned(),
            id: thing.id,
            version: 1,
            valid_from: now,
            readers: Readers::Public,
            subject: thing.subject.clone(),
            extra: Map::new(),
        };
        let record = draft
            .sign(&issuer, now, [1; 16])
            .expect("the subject fits into a record");
        assert_eq!(record.subject(), Value::Object(thing.subject));
    }
}

fn number(import: &Import, is: impl Fn(&Map<String, Value>) -> bool) -> usize {
    import
        .things
        .iter()
        .filter(|thing| is(&thing.subject))
        .count()
}

#[test]
fn the_citys_table_is_imported_whole() {
    let Some(bytes) = nyc() else { return };
    let import = csv::read(&bytes, &nyc_mapping(), &organisation()).expect("the table is read");
    account(&import);
    assert_eq!((import.read, import.things.len()), (665, 665));
    assert_eq!(rejections(&import), []);
    let capacity: i64 = import
        .things
        .iter()
        .filter_map(|thing| thing.subject["capacity"].as_i64())
        .sum();
    assert_eq!(capacity, 52_388);
    let organisers: BTreeSet<_> = import
        .things
        .iter()
        .filter_map(|thing| thing.subject["organiser"]["sourceId"].as_str())
        .collect();
    assert_eq!(organisers.len(), 261);
    assert_eq!(
        number(&import, |subject| subject
            .get("recurrence")
            .is_some_and(|how| how == "ongoing")),
        510
    );
    assert_eq!(
        number(&import, |subject| subject
            .get("recurrence")
            .is_some_and(|how| how == "onetime")),
        155
    );
    assert_eq!(
        number(&import, |subject| subject.get("priority")
            == Some(&Value::Bool(true))),
        62
    );
    assert_eq!(
        number(&import, |subject| !subject.contains_key("topics")),
        48
    );
    assert_eq!(
        number(&import, |subject| subject["place"].get("address").is_some()),
        595
    );
    assert_eq!(
        number(&import, |subject| subject["place"]["postalCode"] == "02114"),
        1
    );
    let first = &import.things[0];
    assert_eq!((first.row, first.source_id.as_str()), (2, "4996"));
    assert_eq!(first.subject["startDate"], "2011-07-30");
    assert_eq!(first.subject["source"]["created"], "2011-01-13");
    sign(import);
}

#[test]
fn every_column_of_the_citys_table_is_mapped_or_listed() {
    let Some(bytes) = nyc() else { return };
    let import = csv::read(&bytes, &nyc_mapping(), &organisation()).expect("the table is read");
    assert_eq!(
        import.ignored_columns,
        [
            "content_id",
            "event_time",
            "hits",
            "category_id",
            "amsl",
            "amsl_unit",
            "addresses_count",
            "region",
            "primary_loc",
            "display_url",
            "hours",
            "status",
            "Latitude",
            "Longitude",
            "Community Board",
            "Community Council",
            "Census Tract",
            "BIN",
            "BBL",
            "NTA"
        ]
    );
    // 35 columns: these 20, the id, and the 14 of [columns].
    let text = String::from_utf8(bytes).expect("the table is UTF-8");
    let header = text.lines().next().expect("the table has a header");
    assert_eq!(
        header.split(',').count(),
        import.ignored_columns.len() + 1 + 14
    );
}

#[test]
fn importing_the_table_again_changes_nothing_and_an_edited_row_changes_one() {
    let Some(bytes) = nyc() else { return };
    let read = |bytes: &[u8]| {
        csv::read(bytes, &nyc_mapping(), &organisation()).expect("the table is read")
    };
    let first = read(&bytes);
    assert_eq!(first, read(&bytes));
    let text = String::from_utf8(bytes).expect("the table is UTF-8");
    let edited = text.replacen(",Web designer,", ",Web designers,", 1);
    assert_ne!(edited, text);
    assert_eq!(changed(&first, &read(edited.as_bytes())), 1);
    // Another organisation's import of the same table is other things.
    let other = OrgId::from_founding(Hash::of(b"other"));
    let others = csv::read(text.as_bytes(), &nyc_mapping(), &other).expect("the table is read");
    let first = fingerprints(&first);
    assert!(
        fingerprints(&others)
            .keys()
            .all(|id| !first.contains_key(id))
    );
}

#[test]
fn the_activities_are_imported_with_every_session() {
    let Some(bytes) = teamkinetic() else { return };
    let import = vds::read(&bytes, &organisation()).expect("the activities are read");
    account(&import);
    let of_kind = |kind: &str| {
        import
            .things
            .iter()
            .filter(|thing| thing.kind == kind)
            .count()
    };
    assert_eq!(
        (import.read, of_kind("opportunity"), of_kind("session")),
        (3_818, 250, 3_568)
    );
    assert_eq!(rejections(&import), []);
    assert_eq!(
        import.ignored_columns,
        [
            "session.location.id",
            "session.location.latitude and longitude 0",
            "session.time.id"
        ]
    );
    assert_eq!(
        number(&import, |subject| subject.get("allowsRemoteParticipation")
            == Some(&Value::Bool(true))),
        30
    );
    assert_eq!(
        number(&import, |subject| subject
            .get("attendance")
            .is_some_and(|how| how == "remote")),
        28
    );
    let placed = |subject: &Map<String, Value>| {
        subject
            .get("place")
            .is_some_and(|place| place.get("latitude").is_some())
    };
    assert_eq!(number(&import, placed), 3_568 - 16);
    let mut sessions: BTreeMap<&str, usize> = BTreeMap::new();
    let opportunities: BTreeMap<String, usize> = import
        .things
        .iter()
        .filter(|thing| thing.kind == "opportunity")
        .map(|thing| (thing.id.to_string(), thing.row))
        .collect();
    for session in import.things.iter().filter(|thing| thing.kind == "session") {
        let opportunity = session.subject["opportunity"]
            .as_str()
            .expect("a session has one");
        assert_eq!(opportunities[opportunity], session.row);
        *sessions.entry(opportunity).or_default() += 1;
    }
    assert_eq!(
        (sessions.len(), sessions.values().max()),
        (250 - 16, Some(&945))
    );
    sign(import);
}

#[test]
fn texts_of_the_activities_are_clean() {
    let Some(bytes) = teamkinetic() else { return };
    let import = vds::read(&bytes, &organisation()).expect("the activities are read");
    let words: Vec<&str> = import
        .things
        .iter()
        .filter(|thing| thing.kind == "opportunity")
        .filter_map(|thing| thing.subject["description"]["und"].as_str())
        .collect();
    assert_eq!(words.len(), 250);
    for text in &words {
        assert!(!text.contains('\r') && text.trim() == *text);
        for entity in [
            "&nbsp;", "&rsquo;", "&#39;", "&bull;", "&amp;", "&quot;", "&pound;", "&hellip;",
        ] {
            assert!(!text.contains(entity), "{entity}");
        }
    }
    assert!(
        words.iter().any(|text| text.contains('’')) && words.iter().any(|text| text.contains('•'))
    );
}

#[test]
fn importing_the_activities_again_changes_nothing_and_an_edited_one_changes_one() {
    let Some(bytes) = teamkinetic() else { return };
    let read = |bytes: &[u8]| vds::read(bytes, &organisation()).expect("the activities are read");
    let first = read(&bytes);
    assert_eq!(first, read(&bytes));
    let text = String::from_utf8(bytes).expect("the file is UTF-8");
    for (old, new) in [
        ("BELIEF IN THE NORTH-EAST", "Belief in the North-East"),
        ("9 Glen Clunie Place", "10 Glen Clunie Place"),
    ] {
        assert_eq!(text.matches(old).count(), 1);
        assert_eq!(changed(&first, &read(text.replace(old, new).as_bytes())), 1);
    }
}

#[test]
fn a_file_that_is_too_large_or_not_utf_8_is_refused_as_a_whole() {
    let mapping = dirty_table::mapping();
    let latin_1 = b"id,title\n1,caf\xe9\n";
    assert_eq!(
        csv::read(latin_1, &mapping, &organisation())
            .expect_err("not UTF-8")
            .to_string(),
        "byte 14 is 0xe9, which is not UTF-8: save the file as UTF-8"
    );
    assert_eq!(
        vds::read(b"{\"@graph\": [\"\xe9\"]}", &organisation())
            .expect_err("not UTF-8")
            .to_string(),
        "byte 13 is 0xe9, which is not UTF-8: save the file as UTF-8"
    );
    let large = vec![0; FILE_BYTES_MAX + 1];
    let fault = FormatFault::TooLarge {
        found: FILE_BYTES_MAX + 1,
    };
    assert_eq!(
        csv::read(&large, &mapping, &organisation()),
        Err(fault.clone())
    );
    assert_eq!(vds::read(&large, &organisation()), Err(fault));
}
