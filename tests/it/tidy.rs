//! The house stays as it is drawn: floors, homes of outside packages, purity of the protocol, sizes, names, texts.
//!
//! Every check is a function from sources to complaints, and every complaint says what to do. The tests here run them
//! over the project; those in the files below this one show that each can fail.

mod kinds;
mod rules;
mod source;
mod texts;

use std::{collections::BTreeSet, fs, sync::OnceLock};

use erikti_protocol::kind;
use rules::{Ban, Home};
use source::Source;

/// Modules of `protocol/src`, from the ground up: each may name only those that stand before it.
const PROTOCOL: &[&str] = &[
    "spelling",
    "hash",
    "time",
    "text",
    "json",
    "key",
    "suite",
    "id",
    "log",
    "field",
    "kind",
    "codec",
    "record",
    "trust",
    "invitation",
    "bundle",
    "exchange",
];

/// Modules of `node/src`, from the ground up: each may name only those that stand before it.
const NODE: &[&str] = &[
    "clock",
    "figures",
    "files",
    "nearest",
    "toml_text",
    "codes",
    "text",
    "config",
    "problem",
    "keys",
    "members",
    "accounts",
    "deeds",
    "replies",
    "jobs",
    "store",
    "search",
    "formats",
    "feed",
    "ingest",
    "audit",
    "net",
    "fetch",
    "hooks",
    "door",
    "node",
    "desk",
    "courier",
    "exchange",
    "front",
    "http",
    "web",
    "run",
    "cli",
    "main",
];

/// Doors of the node, each with its modules: they never name each other, whatever their order.
const DOORS: &[&[&str]] = &[&["net", "exchange"], &["http"], &["web"]];

const fn everywhere(package: &'static str, why: &'static str) -> Home {
    Home {
        package,
        places: &[],
        why,
    }
}

const fn home(package: &'static str, places: &'static [&'static str], why: &'static str) -> Home {
    Home {
        package,
        places,
        why,
    }
}

/// Where each outside package is named, and only there.
const HOMES: &[Home] = &[
    everywhere("erikti-protocol", "the house itself"),
    everywhere("erikti-node", "the house itself"),
    everywhere(
        "serde",
        "what a value is called in text is said where it is declared",
    ),
    everywhere("serde_json", "records are JSON"),
    everywhere("thiserror", "each module has an error of its own"),
    everywhere("tracing", "whoever notices something tells the operator"),
    home(
        "axum",
        &[
            "node/src/cli/control.rs",
            "node/src/front",
            "node/src/http",
            "node/src/web",
        ],
        "doors for programs and for people; without a running node the command line calls the router itself",
    ),
    home("argon2", &["node/src/accounts"], ""),
    home(
        "askama",
        &["node/src/http", "node/src/web"],
        "pages, and the documentation of the API",
    ),
    home(
        "base64",
        &[
            "node/src/accounts",
            "node/src/exchange/join.rs",
            "protocol/src/invitation.rs",
            "protocol/src/log",
            "protocol/src/record",
            "tests/it",
            "tests/src/browser",
        ],
        "notes, nonces and links are texts of their own standards",
    ),
    home(
        "bs58",
        &[
            "protocol/src/id.rs",
            "protocol/src/key.rs",
            "protocol/src/record",
        ],
        "organisations, keys and signatures are texts of their own standards",
    ),
    home("clap", &["node/src/cli"], ""),
    home(
        "rustix",
        &["node/src/run.rs", "node/src/store/folder.rs"],
        "the space that is left on the disk; how many sockets there may be",
    ),
    home(
        "crc32c",
        &["node/src/feed", "node/src/store", "tests/src/targets"],
        "checksums of frames, and hostile frames that get past them",
    ),
    home("csv", &["node/src/formats"], ""),
    home("ed25519-dalek", &["protocol/src/key.rs"], ""),
    home("fantoccini", &["tests"], ""),
    home(
        "flate2",
        &["node/src/front/packed.rs", "tests/it/feed"],
        "what is answered again and again is packed once",
    ),
    home("fluent-bundle", &["node/src/text.rs"], ""),
    home(
        "futures",
        &[
            "node/src/front/download.rs",
            "node/src/http/events.rs",
            "node/src/net",
            "tests/it",
        ],
        "streams of libp2p, and tests of them; a stream of events; a table in pages",
    ),
    home("getrandom", &["node/src/clock.rs"], ""),
    home("governor", &["node/src/front"], ""),
    home("hmac", &["node/src/hooks"], ""),
    home("html-escape", &["node/src/formats/vds"], ""),
    home(
        "http-body-util",
        &["node/src/cli", "node/src/front", "node/src/http"],
        "requests of the command line; bodies that are too large",
    ),
    home(
        "hyper",
        &["node/src/cli", "node/src/front", "tests"],
        "requests of the command line and of tests; answers with a bound on time",
    ),
    home(
        "hyper-util",
        &["node/src/cli", "node/src/front", "tests"],
        "requests of the command line and of tests; answers with a bound on time",
    ),
    home("indicatif", &["node/src/cli"], ""),
    home(
        "jiff",
        &["node/src/formats/cell.rs", "protocol/src/time.rs"],
        "what a time is, and how tables of others write one",
    ),
    home("jsonschema", &["tests"], ""),
    home("libfuzzer-sys", &["tests/fuzz"], ""),
    home(
        "libp2p",
        &["node/src/net", "tests/it/net"],
        "tests speak to a node as a stranger would",
    ),
    home(
        "prometheus-client",
        &["node/src/http", "node/src/net"],
        "one registry, libp2p's figures included",
    ),
    home("qrcode", &["node/src/desk"], ""),
    home("ryu-js", &["protocol/src/json.rs"], ""),
    home("scraper", &["tests"], ""),
    home(
        "sha2",
        &["node/src/hooks", "protocol/src/hash.rs"],
        "hashes, and what messages to webhooks are signed with",
    ),
    home("sled", &["node/src/store"], ""),
    home("strsim", &["node/src/nearest.rs"], ""),
    home(
        "tantivy",
        &["node/src/search.rs", "node/src/search"],
        "one module: its file, and the folder below it",
    ),
    home("tempfile", &["tests"], ""),
    home(
        "tokio",
        &[
            "node/src/cli",
            "node/src/exchange",
            "node/src/front",
            "node/src/http",
            "node/src/net",
            "node/src/run.rs",
            "tests",
        ],
        "whatever waits for others; neither the store nor what lies below it waits",
    ),
    home("toml", &["node/src/toml_text.rs"], ""),
    home(
        "tower",
        &["node/src/cli", "node/src/front", "node/src/http"],
        "a router is asked by the command line, by connections and by what all operations have in common",
    ),
    home("tower-http", &["node/src/front"], ""),
    home("tracing-subscriber", &["node/src/run.rs"], ""),
    home(
        "ureq",
        &["node/src/fetch.rs"],
        "what the node asks of others over HTTP",
    ),
    home(
        "url",
        &["tests/src/browser"],
        "commands of WebDriver have addresses",
    ),
    home("uuid", &["protocol/src/id.rs"], ""),
    home(
        "zstd",
        &["protocol/src/codec.rs", "tests/src/bin/dictionary.rs"],
        "use and training of one dictionary",
    ),
];

/// What the protocol never does: it is handed time and random bytes, and hands back what to do.
const IMPURE: &[Ban] = &[
    ban(
        "std::fs::*",
        "the protocol has no disk: take bytes as an argument",
    ),
    ban(
        "std::net::*",
        "the protocol has no sockets: return what is to be sent",
    ),
    ban(
        "std::env::*",
        "the protocol has no environment: take the value as an argument",
    ),
    ban("std::process::*", "the protocol runs nothing"),
    ban(
        "std::thread::*",
        "the protocol has no threads: the caller decides what runs beside what",
    ),
    ban("SystemTime", "take the time as an argument"),
    ban("Instant", "take the time as an argument"),
    ban("Zoned::now", "take the time as an argument"),
    ban("Timestamp::now", "take the time as an argument"),
    ban("getrandom", "take random bytes as an argument"),
    ban("rand", "take random bytes as an argument"),
    ban("OsRng", "take random bytes as an argument"),
    ban("async", "the protocol is a machine: inputs in, outputs out"),
    ban("await", "the protocol is a machine: inputs in, outputs out"),
    ban("HashMap", "its order differs from run to run: use BTreeMap"),
    ban("HashSet", "its order differs from run to run: use BTreeSet"),
    ban("println", "the protocol prints nothing"),
    ban("eprintln", "the protocol prints nothing"),
];

/// What only `clock.rs` does in the node.
const CLOCK: &[Ban] = &[
    ban("SystemTime", "ask node/src/clock.rs"),
    ban("Zoned::now", "ask node/src/clock.rs"),
    ban("Timestamp::now", "ask node/src/clock.rs"),
    ban("OsRng", "ask node/src/clock.rs"),
    ban("getrandom", "ask node/src/clock.rs"),
    Ban {
        word: "Instant",
        instead: "ask node/src/clock.rs, or list the place with the reason",
        except: &[
            (
                "node/src/cli",
                "how long something takes is shown to whoever waits",
            ),
            (
                "node/src/exchange",
                "the machine is told milliseconds since it began",
            ),
            (
                "node/src/front",
                "how long others may be silent or slow, and how long an answer took",
            ),
            (
                "node/src/front",
                "how long a connection has been silent, and how often somebody asks",
            ),
            (
                "node/src/ingest/seal.rs",
                "what comes within a few milliseconds is sealed together",
            ),
            (
                "node/src/search/follow.rs",
                "what comes within a tenth of a second is committed together",
            ),
            (
                "node/src/ingest/twin.rs",
                "a start waits a few seconds for a partner's word",
            ),
            (
                "node/src/net",
                "deadlines of the wire: spans of time, never a date",
            ),
        ],
    },
];

const fn ban(word: &'static str, instead: &'static str) -> Ban {
    Ban {
        word,
        instead,
        except: &[],
    }
}

/// Texts of kinds that are the same in two languages, each with the reason.
const SAME_TEXTS: kinds::Same<'static> = &[
    ("Валюта", "one word in Kazakh and Russian"),
    ("Виза", "one word in Kazakh and Russian"),
    ("Курс", "one word in Kazakh and Russian"),
    ("Сертификат", "one word in Kazakh and Russian"),
];

/// What may stand at the top of the project.
const TOP: &[&str] = &[
    ".cargo",
    ".ci",
    ".gitignore",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "node",
    "protocol",
    "tests",
];
/// What must.
const TOP_REQUIRED: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "node",
    "protocol",
    "tests",
];

/// Longest file of Rust, in lines.
const LINES_MAX: usize = 600;

/// Names that say nothing about what a file holds.
const MISNOMERS: &[&str] = &[
    "utils", "util", "helpers", "helper", "manager", "common", "misc", "types",
];

fn everything() -> &'static [Source] {
    static FILES: OnceLock<Vec<Source>> = OnceLock::new();
    FILES.get_or_init(source::all)
}

fn sources(place: &str) -> Vec<Source> {
    let files: Vec<_> = everything()
        .iter()
        .filter(|file| file.is_in(place))
        .cloned()
        .collect();
    assert!(!files.is_empty(), "{place} has files");
    files
}

fn agree(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn imports_go_strictly_downward() {
    agree(&rules::floors(
        &sources("protocol"),
        "protocol/src",
        PROTOCOL,
    ));
    agree(&rules::floors(&sources("node"), "node/src", NODE));
}

#[test]
fn doors_do_not_name_each_other() {
    agree(&rules::doors(&sources("node"), "node/src", DOORS));
}

#[test]
fn every_outside_package_has_a_home_and_stays_there() {
    let files = everything();
    let manifests: Vec<_> = files
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml"))
        .cloned()
        .collect();
    agree(&rules::manifests(&manifests, HOMES));
    agree(&rules::homes(files, HOMES));
}

#[test]
fn the_protocol_has_no_disk_socket_clock_or_chance() {
    agree(&rules::forbidden(&sources("protocol/src"), IMPURE));
}

#[test]
fn only_the_clock_reads_time_and_chance() {
    let mut files = sources("node/src");
    files.retain(|file| !file.is_in("node/src/clock.rs"));
    agree(&rules::forbidden(&files, CLOCK));
}

#[test]
fn shipped_code_never_unwraps() {
    let bans = [ban(
        ".unwrap()",
        "return the fault, or `expect` why there is none",
    )];
    for place in ["protocol/src", "node/src", "tests/src"] {
        agree(&rules::forbidden(&sources(place), &bans));
    }
}

#[test]
fn tests_neither_sleep_nor_hide() {
    let bans = [
        ban(
            "thread::sleep",
            "wait for what is to happen, with a deadline",
        ),
        ban("time::sleep", "wait for what is to happen, with a deadline"),
        ban(
            "#[ignore",
            "a known wrong result is asserted, with the reason",
        ),
    ];
    agree(&rules::forbidden_in_tests(everything(), &bans));
}

#[test]
fn files_are_short_and_named_after_what_they_hold() {
    let files = everything();
    agree(&rules::long_files(files, LINES_MAX));
    agree(&rules::misnamed(files, MISNOMERS));
}

#[test]
fn nothing_is_true_on_one_machine_only() {
    // Put together here, so that this file does not hold what it looks for.
    let needles = [
        "/wo_rk/",
        "/ro_ot/",
        "/ho_me/",
        "/Us_ers/",
        "index.cra_tes.io",
        "static.cra_tes.io",
        "registry.np_mjs.org",
        "files.pythonho_sted.org",
    ]
    .map(|needle| needle.replace('_', ""));
    agree(&rules::needles(everything(), &needles, &[]));
}

#[test]
fn the_top_holds_what_was_agreed() {
    let workspace = source::workspace();
    let ignored = source::ignored(&workspace);
    let names: BTreeSet<String> = fs::read_dir(&workspace)
        .expect("the workspace can be read")
        .map(|entry| {
            entry
                .expect("an entry can be read")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| !ignored.contains(name))
        .collect();
    agree(&rules::strangers(&names, TOP, TOP_REQUIRED));
}

#[test]
fn every_kind_speaks_three_languages() {
    let texts: Vec<_> = kind::all()
        .iter()
        .flat_map(|kind| kinds::texts(kind))
        .collect();
    agree(&kinds::untranslated(&texts, SAME_TEXTS));
}

#[test]
fn the_pages_say_the_same_in_three_languages() {
    let [kk, ru, en] = erikti_node::text::sources();
    let files = [("en.ftl", en), ("ru.ftl", ru), ("kk.ftl", kk)];
    agree(&texts::apart(&files));
    let keys: BTreeSet<String> = texts::messages(en)
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    let mut said = String::new();
    for place in ["node/src", "node/templates"] {
        let read = sources(place).into_iter().map(|file| file.text);
        said.extend(read);
    }
    agree(&texts::unsaid(&keys, &said));
    agree(&texts::unknown(&keys, &said));
}

#[test]
fn every_kind_shows_a_sample_that_passes_its_check() {
    for kind in kind::all() {
        assert_eq!(
            kind.check_subject(&(kind.sample)()),
            Ok(()),
            "{}",
            kind.name
        );
        assert_eq!(
            kind.check_extra(&(kind.sample_extra)()),
            Ok(()),
            "{}",
            kind.name
        );
    }
}

#[test]
fn every_kind_has_a_frozen_vector() {
    let kinds = kind::all()
        .iter()
        .map(|kind| kind.name.to_owned())
        .collect();
    let vectors = everything()
        .iter()
        .filter_map(|file| {
            file.path
                .strip_prefix("tests/vectors/kinds/")?
                .strip_suffix(".json")
        })
        .map(str::to_owned)
        .collect();
    agree(&kinds::unfrozen(&kinds, &vectors));
}
