//! The words of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Erikti: one organisation's node of the volunteer network.
#[derive(Debug, Parser)]
#[command(
    name = "erikti",
    version,
    about,
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub struct Cli {
    /// The folder that holds the node: keys, journal, index.
    #[arg(long, global = true, value_name = "DIR", env = "ERIKTI_DATA")]
    pub data: Option<PathBuf>,
    /// Answers as JSON on stdout, errors as JSON on stderr.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do; without it, says what the next step is.
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Cli {
    /// The data folder: `--data`, `ERIKTI_DATA`, or `erikti` under the user's data folder.
    pub fn data(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| {
            let home = |variable, rest: &str| {
                std::env::var_os(variable).map(|dir| PathBuf::from(dir).join(rest))
            };
            home("XDG_DATA_HOME", "erikti")
                .or_else(|| home("HOME", ".local/share/erikti"))
                .unwrap_or_else(|| PathBuf::from("erikti"))
        })
    }
}

/// What the node can be asked.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a node: keys, configuration, recovery file, the organisation's log.
    ///
    /// Example: erikti init --name "Volunteer Centre" --country KZ
    Init(Init),
    /// Runs the node until it is told to stop (Ctrl-C).
    Run(Run),
    /// Shows the node in a few lines.
    Status,
    /// Looks for what is wrong and names the command that mends it.
    Doctor,
    /// Partners: invite, accept, list, show, block, remove.
    #[command(subcommand)]
    Peer(Peer),
    /// Organisations: list, show, trust, accredit, revoke.
    #[command(subcommand)]
    Org(Org),
    /// Imports files of other systems.
    #[command(subcommand)]
    Import(Import),
    /// Records: new, list, show, history, export.
    #[command(subcommand)]
    Record(Record),
    /// Erases a record of this organisation, here and at every holder.
    Erase {
        /// The record: urn:uuid:…
        id: String,
        /// A reason code, never words about a person: e.g. `consent-withdrawn`, `error`, `retention-ended`.
        #[arg(long)]
        reason: String,
    },
    /// Checks exported records or bundles, without a node or a network.
    Verify(Verify),
    /// Logs: status, checkpoint, prove.
    #[command(subcommand)]
    Log(Log),
    /// The exchange with partners.
    #[command(subcommand)]
    Sync(Sync),
    /// The store: verify, rebuild.
    #[command(subcommand)]
    Store(Store),
    /// Shows three organisations in three countries exchanging records, on this computer.
    Demo(Demo),
}

/// What `init` needs.
#[derive(Debug, Args)]
pub struct Init {
    /// The organisation's name.
    #[arg(long)]
    pub name: String,
    /// The country it is registered in, two letters (ISO 3166-1).
    #[arg(long, value_name = "CC")]
    pub country: String,
    /// The network to belong to.
    #[arg(long, default_value = "erikti")]
    pub network: String,
    /// An organisation whose accreditations count here; may be given again. Without one, this node trusts only itself.
    #[arg(long, value_name = "ORG")]
    pub root: Vec<String>,
    /// Where to listen; may be given again.
    #[arg(long, value_name = "MULTIADDR")]
    pub listen: Vec<String>,
    /// Where to write the recovery file; in the data folder unless given.
    #[arg(long, value_name = "FILE")]
    pub recovery: Option<PathBuf>,
}

/// What `run` takes instead of the configuration.
#[derive(Debug, Args)]
pub struct Run {
    /// Where to listen, instead of what `erikti.toml` says; may be given again.
    #[arg(long, value_name = "MULTIADDR")]
    pub listen: Vec<String>,
    /// Stops when standard input closes: for a program that starts the node and may itself be killed.
    #[arg(long, hide = true)]
    pub until_stdin_closes: bool,
}

impl Run {
    /// The settings given on the command line, by configuration key.
    pub fn overrides(&self) -> Vec<(&'static str, Vec<String>)> {
        if self.listen.is_empty() {
            Vec::new()
        } else {
            vec![("listen", self.listen.clone())]
        }
    }
}

/// Partners.
#[derive(Debug, Subcommand)]
pub enum Peer {
    /// Makes a one-time invitation for another organisation.
    Invite {
        /// What the other may do here on the strength of the invitation: host, issuer, authority, donor, insurer,
        /// auditor, witness.
        #[arg(long, default_value = "host")]
        role: String,
        /// Hours until it expires.
        #[arg(long, default_value_t = 168)]
        valid_hours: u32,
    },
    /// Accepts an invitation.
    Accept {
        /// The link: erikti:…
        link: String,
    },
    /// Lists partners.
    List,
    /// Shows one partner.
    Show {
        /// The organisation: urn:erikti:org:… or the start of what follows the z.
        organisation: String,
    },
    /// Cuts a partner off: nothing is sent to or taken from it.
    Block {
        /// The organisation.
        organisation: String,
    },
    /// Ends a partnership; what was exchanged stays.
    Remove {
        /// The organisation.
        organisation: String,
    },
}

/// Organisations.
#[derive(Debug, Subcommand)]
pub enum Org {
    /// Lists the organisations known here and their standing.
    List,
    /// Shows one organisation and the chain of its accreditations.
    Show {
        /// The organisation: urn:erikti:org:… or the start of what follows the z.
        organisation: String,
    },
    /// Makes an organisation a root: its accreditations count here.
    Trust {
        /// The organisation.
        organisation: String,
    },
    /// Accredits an organisation, in this organisation's name.
    Accredit {
        /// The organisation.
        organisation: String,
        /// What it may do: host, issuer, authority, donor, insurer, auditor, witness; may be given again.
        #[arg(long, default_values_t = ["host".to_owned(), "issuer".to_owned()])]
        role: Vec<String>,
        /// First day, YYYY-MM-DD; today unless given.
        #[arg(long)]
        from: Option<String>,
        /// Last day, YYYY-MM-DD; open unless given.
        #[arg(long)]
        until: Option<String>,
    },
    /// Takes back an accreditation given by this organisation.
    Revoke {
        /// The organisation.
        organisation: String,
        /// How many entries of its log still count; all that are held here unless given.
        #[arg(long)]
        log_size: Option<u64>,
    },
}

/// Imports.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// Imports volunteer opportunities. Importing twice changes nothing; a changed row becomes a new version.
    Opportunities {
        /// The file.
        file: PathBuf,
        /// csv (with --map) or vds (Volunteering Data Standard, JSON-LD).
        #[arg(long, default_value = "csv", value_parser = ["csv", "vds"])]
        format: String,
        /// Which column is which field: TOML with the tables columns, formats and constants.
        #[arg(long, value_name = "FILE.toml")]
        map: Option<PathBuf>,
        /// Only says what would happen.
        #[arg(long)]
        dry_run: bool,
    },
}

/// Records.
#[derive(Debug, Subcommand)]
pub enum Record {
    /// Makes and signs a record, or the next version of one.
    New {
        /// The kind: opportunity, session, service, credential, organisation, …
        kind: String,
        /// A JSON file with the fields.
        #[arg(long, value_name = "FILE.json", conflicts_with = "set")]
        from: Option<PathBuf>,
        /// A field; may be given again.
        #[arg(long, value_name = "field=value")]
        set: Vec<String>,
        /// The record this is the next version of.
        #[arg(long)]
        id: Option<String>,
        /// Who may read it: public, network, or organisations separated by commas; what its kind says unless given.
        #[arg(long)]
        readers: Option<String>,
    },
    /// Lists records, newest first.
    List {
        /// Only this kind.
        #[arg(long)]
        kind: Option<String>,
        /// Only of this organisation.
        #[arg(long, value_name = "ORG")]
        issuer: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Where the page before ended.
        #[arg(long)]
        cursor: Option<String>,
    },
    /// Shows a record's current version, or the one asked for.
    Show {
        /// The record: urn:uuid:…
        id: String,
        /// This version.
        #[arg(long)]
        version: Option<u64>,
    },
    /// Lists a record's versions.
    History {
        /// The record.
        id: String,
    },
    /// Writes records to a file; with --bundle together with the proofs of who issued them and where they are logged.
    Export {
        /// The records.
        #[arg(required = true)]
        ids: Vec<String>,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
        /// Adds the proofs; one record a bundle.
        #[arg(long)]
        bundle: bool,
    },
}

/// What `verify` checks.
#[derive(Debug, Args)]
pub struct Verify {
    /// Records or bundles.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// An organisation whose accreditations count; may be given again.
    #[arg(long, value_name = "ORG")]
    pub root: Vec<String>,
}

/// Logs.
#[derive(Debug, Subcommand)]
pub enum Log {
    /// Lists the logs held here.
    Status,
    /// Prints a log's newest checkpoint.
    Checkpoint {
        /// The log; this node's own unless given.
        #[arg(long)]
        origin: Option<String>,
    },
    /// Prints the proof that a record is in its log.
    Prove {
        /// The record.
        id: String,
    },
}

/// The exchange.
#[derive(Debug, Subcommand)]
pub enum Sync {
    /// Shows for each partner: lag, last contact, refusals, staleness.
    Status,
}

/// The store.
#[derive(Debug, Subcommand)]
pub enum Store {
    /// Reads everything back and checks it.
    Verify,
    /// Makes the index anew from the journal.
    Rebuild,
}

/// The demonstration.
#[derive(Debug, Args)]
pub struct Demo {
    /// Stops when all have converged, and prints a summary.
    #[arg(long)]
    pub exit: bool,
}
