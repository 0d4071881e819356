//! What is not to be shown is found nowhere, not even in the files; and what is lost is made again.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use erikti_node::desk::opportunities::{self, Wanted};
use erikti_node::desk::reader::Reader;
use erikti_node::desk::thing::Thing;
use erikti_node::store::index::{Query, Term};
use erikti_protocol::id::RecordId;
use erikti_protocol::record::Readers;
use erikti_tests::network::{self, Network};
use serde_json::json;

use super::{Desk, titled};

fn erase(desk: &Desk, id: &RecordId) {
    let thing = Thing::find(&desk.node, Reader::Staff, &id.to_string()).expect("it is there");
    let places: Vec<_> = thing
        .versions
        .into_iter()
        .map(|version| (version.origin, version.index))
        .collect();
    desk.node
        .ingest()
        .erase(id, &places, "subject_request")
        .expect("erased");
    desk.node.ingest().seal().expect("sealed");
}

#[test]
fn only_the_current_public_version_is_found() {
    let desk = Desk::new();
    let ids = desk.publish(&[titled("en", "First apricot"), titled("en", "Second walnut")]);
    assert_eq!(desk.find("apricot"), ["First apricot"]);
    desk.supersede(ids[0], 2, Readers::Public, &titled("en", "First cherry"));
    assert_eq!(desk.find("apricot"), Vec::<String>::new());
    assert_eq!(desk.find("cherry"), ["First cherry"]);
    assert_eq!(desk.ask(&[]).total, 2);

    let mut hidden = desk.draft(&titled("en", "Hidden quince"));
    hidden.readers = Readers::Network;
    desk.node.ingest().publish(vec![hidden]).expect("published");
    desk.node.ingest().seal().expect("sealed");
    assert_eq!(desk.find("quince"), Vec::<String>::new());
    assert!(
        !desk
            .node
            .ingest()
            .search()
            .keeps("quince")
            .expect("readable")
    );

    erase(&desk, &ids[0]);
    assert_eq!(desk.find("cherry"), Vec::<String>::new());
    assert_eq!(desk.find("apricot"), Vec::<String>::new());
    assert_eq!(desk.ask(&[]).total, 1);
}

#[test]
fn words_of_an_erased_record_are_in_no_file_of_the_search() {
    let desk = Desk::new();
    let many: Vec<_> = (0..300)
        .map(|n| titled("en", &format!("Common work {n}")))
        .collect();
    desk.publish(&many);
    assert_eq!(desk.ask(&[]).total, 300);
    let before = files(&desk);
    let ids = desk.publish(&[json!({
        "title": {"en": "A canary named Quillivant", "kk": "Құстыңақыры"},
        "description": {"ru": "Неповторимовая птица"},
    })]);
    assert_eq!(desk.find("quillivant"), ["A canary named Quillivant"]);
    let held = files(&desk);
    // More segments, so that what is rewritten is one of several.
    desk.publish(&[titled("en", "Another day")]);
    assert_eq!(desk.find("another"), ["Another day"]);
    // The engine keeps words letter by letter, so their files cannot be searched for bytes: it is asked itself which
    // words are in any file, and the files that had them must be gone.
    let keeps = |desk: &Desk, word| desk.node.ingest().search().keeps(word).expect("readable");
    let canaries = ["quillivant", "құстыңақыры", "кустынакыры", "неповторимовая"];
    for canary in canaries {
        assert!(keeps(&desk, canary), "{canary} before");
    }
    erase(&desk, &ids[0]);
    for canary in canaries {
        assert!(!keeps(&desk, canary), "{canary} after");
    }
    let still: Vec<_> = held
        .difference(&before)
        .filter(|name| files(&desk).contains(*name))
        .collect();
    assert!(held.len() > before.len() && still.is_empty(), "{still:?}");
    assert_eq!(desk.find("quillivant"), Vec::<String>::new());
    assert_eq!(desk.ask(&[("q", "common")]).total, 300);
    let desk = desk.reopened(|_| {});
    assert_eq!(desk.ask(&[("q", "common")]).total, 300);
    assert!(canaries.iter().all(|canary| !keeps(&desk, canary)));
}

/// The files of segments.
fn files(desk: &Desk) -> BTreeSet<String> {
    let entries = fs::read_dir(desk.data().join("search")).expect("the folder can be read");
    let names = entries.map(|entry| {
        entry
            .expect("readable")
            .file_name()
            .to_string_lossy()
            .into_owned()
    });
    names.filter(|name| name.len() > 32).collect()
}

#[test]
fn an_erasure_while_the_search_is_lost_leaves_no_words_either() {
    let desk = Desk::new();
    let ids = desk.publish(&[
        titled("en", "A canary named Quillivant"),
        titled("en", "Stays"),
    ]);
    assert_eq!(desk.ask(&[]).total, 2);
    let desk = desk.reopened(|data| damage(&data.join("search")));
    erase(&desk, &ids[0]);
    assert!(
        !desk
            .node
            .ingest()
            .search()
            .keeps("quillivant")
            .expect("readable")
    );
    assert_eq!(desk.titles(&[]), ["Stays"]);
}

#[test]
fn a_search_from_before_an_erasure_is_cleaned_before_it_answers() {
    let desk = Desk::new();
    let ids = desk.publish(&[
        titled("en", "A canary named Quillivant"),
        titled("en", "Stays"),
    ]);
    assert_eq!(desk.ask(&[]).total, 2);
    let old = tempfile::TempDir::new().expect("a temporary folder");
    let copy = |from: &Path, to: &Path| {
        fs::create_dir_all(to).expect("made");
        for entry in fs::read_dir(from).expect("readable") {
            let entry = entry.expect("readable");
            fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
        }
    };
    // As when the process was killed between the journal's mark and the rewriting, or the folder was restored.
    let desk = desk.reopened(|data| copy(&data.join("search"), old.path()));
    erase(&desk, &ids[0]);
    let desk = desk.reopened(|data| {
        fs::remove_dir_all(data.join("search")).expect("removed");
        copy(old.path(), &data.join("search"));
    });
    assert_eq!(desk.titles(&[]), ["Stays"]);
    assert!(
        !desk
            .node
            .ingest()
            .search()
            .keeps("quillivant")
            .expect("readable")
    );
}

#[test]
fn what_is_lost_is_made_again_from_the_journal() {
    let mut desk = Desk::new();
    desk.publish(&[titled("en", "Lost and found"), titled("kk", "Жоғалған зат")]);
    assert_eq!(desk.find("lost"), ["Lost and found"]);
    let losses: [fn(&Path); 5] = [
        |search| fs::remove_dir_all(search).expect("removed"),
        |search| fs::write(search.join("meta.json"), b"{").expect("written"),
        |search| {
            let meta = fs::read_to_string(search.join("meta.json")).expect("read");
            let other = meta.replace("\\\"version\\\":1", "\\\"version\\\":0");
            assert_ne!(meta, other, "the version stands in what is committed");
            fs::write(search.join("meta.json"), other).expect("written");
        },
        damage,
        |search| {
            fs::remove_file(search.join("clean")).expect("it was closed in order");
            damage(search);
        },
    ];
    for (number, loss) in losses.into_iter().enumerate() {
        desk = desk.reopened(|data| loss(&data.join("search")));
        // Damage may show only when something is looked for; the next question is answered then.
        let found = (0..2).any(|_| {
            let wanted = Wanted {
                q: "lost".to_owned(),
                ..Default::default()
            };
            let found = opportunities::search(&desk.node, Reader::Everybody, &wanted);
            found.is_ok_and(|found| found.total == 1)
        });
        assert!(found, "after loss {number}");
        assert_eq!(desk.find("жоғал"), ["Жоғалған зат"], "after loss {number}");
    }
}

/// Overwrites the middle of every file of words.
fn damage(search: &Path) {
    for entry in fs::read_dir(search).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let name = path
            .extension()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if ["term", "idx", "fast", "pos"].contains(&name) {
            let length = fs::metadata(&path).expect("a file").len() as usize;
            fs::write(&path, vec![0xa5; length]).expect("written");
        }
    }
}

#[test]
fn a_rebuild_finds_what_was_found_before() {
    let desk = Desk::new();
    desk.publish(
        &(0..300)
            .map(|n| titled("en", &format!("Work {n}")))
            .collect::<Vec<_>>(),
    );
    let before = desk.ask(&[("limit", "200")]);
    desk.node.rebuild_index().expect("rebuilt");
    let after = desk.ask(&[("limit", "200")]);
    assert_eq!(super::titles(&before), super::titles(&after));
    assert_eq!((before.total, after.total), (300, 300));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_publishes_is_found_on_the_other() {
    let network = Network::line(2).await;
    network[0].publish("Lighthouse", 3);
    network::converge(&network, 2).await;
    let begun = Instant::now();
    let total = || {
        let wanted = Wanted {
            q: "lighthouse".to_owned(),
            ..Default::default()
        };
        let found = opportunities::search(&network[1].node, Reader::Everybody, &wanted);
        found.expect("an answer").total
    };
    while total() < 3 {
        assert!(begun.elapsed() < Duration::from_secs(60), "found in vain");
        tokio::task::yield_now().await;
    }
    network.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_answers_an_erasure_when_its_words_are_gone() {
    let network = Network::line(2).await;
    network[0].publish("Quillivant", 1);
    network[0].publish("Ordinary", 40);
    network::converge(&network, 2).await;
    let search = |node: usize, q: &str| {
        let wanted = Wanted {
            q: q.to_owned(),
            ..Wanted::default()
        };
        opportunities::search(&network[node].node, Reader::Everybody, &wanted).expect("an answer")
    };
    let begun = Instant::now();
    let patient = || assert!(begun.elapsed() < Duration::from_secs(60), "waited in vain");
    while search(1, "quillivant").total == 0 {
        patient();
        tokio::task::yield_now().await;
    }
    let id = search(1, "quillivant").rows[0].id;
    let thing = Thing::find(&network[0].node, Reader::Staff, &id.to_string()).expect("it is there");
    let places: Vec<_> = thing
        .versions
        .into_iter()
        .map(|version| (version.origin, version.index))
        .collect();
    network[0]
        .ingest()
        .erase(&id, &places, "subject_request")
        .expect("erased");
    let answered = || {
        let query = Query::default().with(Term::kind("receipt"));
        let page = network[0]
            .ingest()
            .index()
            .list(&query, None, 10)
            .expect("readable");
        page.places
            .iter()
            .any(|place| place.origin != *network[0].origin())
    };
    while !answered() {
        patient();
        tokio::task::yield_now().await;
    }
    assert!(
        !network[1]
            .ingest()
            .search()
            .keeps("quillivant")
            .expect("readable")
    );
    assert!(
        !network[0]
            .ingest()
            .search()
            .keeps("quillivant")
            .expect("readable")
    );
    assert_eq!(search(1, "quillivant").total, 0);
    network.close().await;
}
