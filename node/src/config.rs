//! The settings of one node: `erikti.toml`, the environment, the command line.
//!
//! A setting is looked for on the command line, then in the environment, then in the file, then among the defaults;
//! the first place that has it decides. In the environment `trust.roots` is `ERIKTI_TRUST__ROOTS`, and a list is
//! written with commas. A name that is no setting is refused wherever it stands, with the name that was probably meant.
//! [`KEYS`] is the manual: the first file, the checks of names and the error texts all read it.
//!
//! Reading is pure ([`read`]); only [`load`] and [`write_first_file`] touch the disk and the environment.

mod layers;

use std::{
    collections::BTreeSet,
    fmt, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use erikti_protocol::id::OrgId;

use crate::toml_text::{self, TomlFault};
pub use layers::read;

/// The settings' file in the data folder.
pub const FILE_NAME: &str = "erikti.toml";
/// How the environment's settings begin.
const ENVIRONMENT_PREFIX: &str = "ERIKTI_";
/// The largest settings file: the longest sensible one (64 roots, 16 addresses, all comments) has 16 KiB.
const FILE_BYTES_MAX: usize = 64 * 1024;

/// The licence of feeds unless the organisation chooses another: the one that this field of work uses.
const FEED_LICENSE: &str = "https://creativecommons.org/licenses/by/4.0/";

/// How a node is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The network's name, `[a-z0-9-]{1,32}`.
    pub network: String,
    /// The organisation's name, as people read it.
    pub name: String,
    /// The organisation's country, ISO 3166-1 alpha-2.
    pub country: String,
    /// Multiaddrs to listen on for other nodes; port 0 lets the system choose.
    pub listen: Vec<String>,
    /// Multiaddrs under which others reach this node, when they are not those it listens on.
    pub announce: Vec<String>,
    /// The door for browsers and programs.
    pub http: Http,
    /// Whom this node trusts to say who belongs.
    pub trust: Trust,
    /// What this machine gives.
    pub limits: Limits,
}

/// The door for browsers and programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Http {
    /// Addresses and ports to listen on; port 0 lets the system choose; empty for no such door.
    pub listen: Vec<String>,
    /// Under which address the world reaches the node, when a proxy stands before it; empty when none does.
    pub public_url: String,
    /// Proxies whose word on who asks is taken: IP addresses.
    pub trusted_proxies: Vec<String>,
    /// Where figures for Prometheus are served; empty for nowhere.
    pub metrics_listen: Vec<String>,
    /// Under which licence the public feeds are published, unless an item says otherwise: its address.
    pub feed_license: String,
}

/// Whom a node trusts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trust {
    /// Organisations whose accreditations count, named by the operator.
    pub roots: BTreeSet<OrgId>,
}

/// What a machine gives to its node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections with other nodes at a time, both directions together.
    pub connections: u32,
    /// Memory of the process above which new connections are refused, in MiB.
    pub memory_mib: u32,
    /// Requests of pages and of the API from one address elsewhere in a minute; five minutes' may come at once.
    pub requests_per_minute: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            network: "erikti".to_owned(),
            name: String::new(),
            country: String::new(),
            listen: vec![
                "/ip4/0.0.0.0/tcp/7450".to_owned(),
                "/ip6/::/tcp/7450".to_owned(),
            ],
            announce: Vec::new(),
            http: Http {
                listen: vec!["127.0.0.1:7451".to_owned()],
                public_url: String::new(),
                trusted_proxies: Vec::new(),
                metrics_listen: vec!["127.0.0.1:7452".to_owned()],
                feed_license: FEED_LICENSE.to_owned(),
            },
            trust: Trust::default(),
            limits: Limits {
                connections: 128,
                memory_mib: 512,
                requests_per_minute: 60,
            },
        }
    }
}

/// One setting, described once.
#[derive(Debug)]
pub struct Key {
    /// Its name, with dots.
    pub name: &'static str,
    /// What values it takes.
    pub shape: Shape,
    /// What it is for; these lines stand above it in the first file.
    pub help: &'static [&'static str],
}

/// What values a setting takes.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// One text.
    Text,
    /// A list of texts.
    Texts,
    /// A whole number between two bounds, both included.
    Integer(u32, u32),
}

/// Every setting, in the order of the file.
pub const KEYS: &[Key] = &[
    Key {
        name: "network",
        shape: Shape::Text,
        help: &[
            "The network this node belongs to: 1 to 32 of a-z, 0-9 and '-'. It is part of the log's name,",
            "so it cannot be changed after the first start.",
        ],
    },
    Key {
        name: "name",
        shape: Shape::Text,
        help: &["The organisation's name, as people read it."],
    },
    Key {
        name: "country",
        shape: Shape::Text,
        help: &["The organisation's country: two letters of ISO 3166-1, such as KZ."],
    },
    Key {
        name: "listen",
        shape: Shape::Texts,
        help: &["Where to listen for other nodes (multiaddrs). Port 0 lets the system choose."],
    },
    Key {
        name: "announce",
        shape: Shape::Texts,
        help: &[
            "Under which addresses others reach this node, when they differ from those above: behind a router,",
            "or by a host name such as /dns4/node.example.org/tcp/7450. Invitations carry them.",
        ],
    },
    Key {
        name: "http.listen",
        shape: Shape::Texts,
        help: &[
            "Where to listen for browsers and programs: IP address and port; port 0 lets the system choose, [] is",
            "no such door. To be reached from elsewhere, put a proxy with a certificate before it.",
        ],
    },
    Key {
        name: "http.public_url",
        shape: Shape::Text,
        help: &[
            "Under which address the world reaches it, such as https://volunteers.example.org.",
        ],
    },
    Key {
        name: "http.trusted_proxies",
        shape: Shape::Texts,
        help: &["IP addresses of proxies whose X-Forwarded-For says who asks."],
    },
    Key {
        name: "http.metrics_listen",
        shape: Shape::Texts,
        help: &["Where to serve figures for Prometheus, at /metrics; [] is nowhere."],
    },
    Key {
        name: "http.feed_license",
        shape: Shape::Text,
        help: &[
            "Address of the licence under which others may use the public feeds; a record that names its own keeps it.",
        ],
    },
    Key {
        name: "trust.roots",
        shape: Shape::Texts,
        help: &[
            "Organisations (urn:erikti:org:z…) whose accreditations say who belongs, beside those",
            "named with `erikti org trust`.",
        ],
    },
    Key {
        name: "limits.connections",
        shape: Shape::Integer(1, 4_096),
        help: &["Connections with other nodes at a time, both directions together."],
    },
    Key {
        name: "limits.memory_mib",
        shape: Shape::Integer(64, 1_048_576),
        help: &[
            "When the process uses more memory than this, in MiB, new connections are refused.",
        ],
    },
    Key {
        name: "limits.requests_per_minute",
        shape: Shape::Integer(1, 100_000),
        help: &[
            "Requests of pages and of the API from one address in a minute, of somebody who is not signed in; those of",
            "five minutes may come at once. Accounts have ten times as many, feeds and logs twenty times.",
        ],
    },
];

/// Where a setting was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In `erikti.toml`.
    File,
    /// In this variable of the environment.
    Environment(String),
    /// On the command line.
    Flag(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str(FILE_NAME),
            Self::Environment(variable) => write!(f, "the environment's {variable}"),
            Self::Flag(flag) => write!(f, "--{flag}"),
        }
    }
}

/// Why a node cannot be set up as asked.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFault {
    /// A name that is no setting.
    #[error("{place}: `{key}` is not a setting{}", hint(.nearest))]
    UnknownKey {
        /// The name found.
        key: String,
        /// Where.
        place: Place,
        /// The setting that was probably meant.
        nearest: Option<&'static str>,
    },
    /// A value that its setting does not take.
    #[error("{place}: `{key}` is `{found}`, expected {allowed}")]
    Value {
        /// The setting.
        key: &'static str,
        /// Where.
        place: Place,
        /// The value found, shortened.
        found: String,
        /// What it takes.
        allowed: String,
    },
    /// A setting that has no default and stands nowhere.
    #[error("`{key}` is set nowhere: add it to {FILE_NAME} or set {}", variable(.key))]
    Missing {
        /// The setting.
        key: &'static str,
    },
    /// The file is not TOML.
    #[error("{FILE_NAME}: {0}")]
    Syntax(#[from] TomlFault),
    /// The file is larger than any settings file needs to be.
    #[error("{FILE_NAME} has {found} bytes, expected at most {FILE_BYTES_MAX}")]
    TooLarge {
        /// Bytes found.
        found: usize,
    },
    /// The file cannot be read or written.
    #[error("{}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

fn hint(nearest: &Option<&'static str>) -> String {
    nearest.map_or(String::new(), |name| format!(", did you mean `{name}`?"))
}

/// The environment's name of a setting: `ERIKTI_TRUST__ROOTS` of `trust.roots`.
pub fn variable(key: &str) -> String {
    format!(
        "{ENVIRONMENT_PREFIX}{}",
        key.replace('.', "__").to_uppercase()
    )
}

/// Reads the settings of the node in `folder`: the flags given, this process's environment, `folder/erikti.toml`.
pub fn load(folder: &Path, flags: &[(&str, Vec<String>)]) -> Result<Settings, SettingsFault> {
    let path = folder.join(FILE_NAME);
    let text = fs::read_to_string(&path).map_err(|source| SettingsFault::File { path, source })?;
    read(&text, environment(), flags)
}

/// Settings for a node that is about to be made: as [`load`], without a file.
pub fn load_without_file(flags: &[(&str, Vec<String>)]) -> Result<Settings, SettingsFault> {
    read("", environment(), flags)
}

/// Where a setting of the node in `folder` comes from now: the file may have been changed since the node was started.
pub fn place_of(folder: &Path, key: &'static Key) -> Option<Place> {
    let variable = variable(key.name);
    if std::env::var_os(&variable).is_some_and(|value| !value.is_empty()) {
        return Some(Place::Environment(variable));
    }
    let text = fs::read_to_string(folder.join(FILE_NAME)).ok()?;
    let table = toml_text::parse(&text).ok()?;
    let mut names = key.name.split('.');
    let first = table.get(names.next()?)?;
    names
        .try_fold(first, |at, name| at.get(name))
        .map(|_| Place::File)
}

fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| {
        // A name that is not UTF-8 is none of ours; such a value is kept, so that it is refused rather than overlooked.
        let name = name.into_string().ok()?;
        Some((name, value.to_string_lossy().into_owned()))
    })
}

/// The settings' file as `init` writes it: every setting with its help, those still at their default as comments.
pub fn first_file(settings: &Settings) -> String {
    let default = Settings::default();
    let mut text = "# Settings of this Erikti node. Each can also be set in the environment (the name in brackets)\n\
                    # or, where the command has such a flag, on the command line; those win over this file.\n"
        .to_owned();
    let mut group = "";
    for key in KEYS {
        let (key_group, name) = key.name.rsplit_once('.').unwrap_or(("", key.name));
        if key_group != group {
            text.push_str(&format!("\n[{key_group}]\n"));
            group = key_group;
        }
        text.push('\n');
        for line in key.help {
            text.push_str(&format!("# {line}\n"));
        }
        let value = written(settings, key);
        let mark = if value == written(&default, key) {
            "# "
        } else {
            ""
        };
        text.push_str(&format!(
            "# [{}]\n{mark}{name} = {value}\n",
            variable(key.name)
        ));
    }
    text
}

/// Writes the first `erikti.toml` into `folder`.
///
/// Errors   when there already is one: it is never overwritten
pub fn write_first_file(folder: &Path, settings: &Settings) -> Result<(), SettingsFault> {
    let path = folder.join(FILE_NAME);
    fs::File::create_new(&path)
        .and_then(|mut file| {
            file.write_all(first_file(settings).as_bytes())?;
            file.sync_all()
        })
        .map_err(|source| SettingsFault::File { path, source })
}

/// A setting's value, as the file would write it.
pub fn written(settings: &Settings, key: &Key) -> String {
    let list = |texts: &[String]| {
        let texts: Vec<_> = texts.iter().map(|text| toml_text::quote(text)).collect();
        format!("[{}]", texts.join(", "))
    };
    match key.name {
        "network" => toml_text::quote(&settings.network),
        "name" => toml_text::quote(&settings.name),
        "country" => toml_text::quote(&settings.country),
        "listen" => list(&settings.listen),
        "announce" => list(&settings.announce),
        "http.listen" => list(&settings.http.listen),
        "http.public_url" => toml_text::quote(&settings.http.public_url),
        "http.trusted_proxies" => list(&settings.http.trusted_proxies),
        "http.metrics_listen" => list(&settings.http.metrics_listen),
        "http.feed_license" => toml_text::quote(&settings.http.feed_license),
        "trust.roots" => {
            let roots: Vec<_> = settings.trust.roots.iter().map(OrgId::to_string).collect();
            list(&roots)
        }
        "limits.connections" => settings.limits.connections.to_string(),
        "limits.memory_mib" => settings.limits.memory_mib.to_string(),
        "limits.requests_per_minute" => settings.limits.requests_per_minute.to_string(),
        name => unreachable!("`{name}` stands in KEYS and not here"),
    }
}
