//! The words of the command line.

mod hook;

use std::path::PathBuf;

use clap::builder::{FalseyValueParser, NonEmptyStringValueParser};
use clap::{Args, Parser, Subcommand};

pub use hook::Hook;

/// What the exit codes mean, below `erikti --help`.
const EXIT_CODES: &str = "Exit codes: 0 ok, 1 failed, 2 degraded, 64 wrong usage, 65 wrong data, \
                          69 unavailable, 73 cannot create, 75 try later, 77 not allowed, 78 wrong configuration";

/// Erikti: one organisation's node of the volunteer network.
#[derive(Debug, Parser)]
#[command(
    name = "erikti",
    version,
    about,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = EXIT_CODES
)]
pub struct Cli {
    /// The folder that holds the node: keys, journal, index.
    #[arg(long, global = true, value_name = "DIR", env = "ERIKTI_DATA")]
    pub data: Option<PathBuf>,
    /// Answers as JSON on stdout, errors as JSON on stderr.
    #[arg(long, global = true, env = "ERIKTI_JSON", value_parser = FalseyValueParser::new())]
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
    #[command(after_help = "Example:\n  erikti init --name \"Volunteer Centre\" --country KZ")]
    Init(Init),
    /// Runs the node until it is told to stop (Ctrl-C).
    #[command(after_help = "Example:\n  erikti run\n  erikti run --listen /ip4/0.0.0.0/tcp/7450")]
    Run(Run),
    /// Shows the node in a few lines.
    #[command(after_help = "Example:\n  erikti status --json")]
    Status,
    /// Looks for what is wrong and names the command that mends it.
    #[command(after_help = "Example:\n  erikti doctor")]
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
    /// Webhooks: add, list, test, log, redeliver, remove.
    #[command(subcommand)]
    Hook(Hook),
    /// Records: new, list, show, history, export.
    #[command(subcommand)]
    Record(Record),
    /// Erases a record of this organisation, here and at every holder.
    #[command(
        after_help = "Example:\n  erikti erase urn:uuid:01a202e6-86e7-7e80-b5b8-4b1be2f13192 --reason mistake"
    )]
    Erase {
        /// The record: urn:uuid:…
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        id: String,
        /// A reason code, never words about a person: subject_request, consent_withdrawn, retention_ended, mistake,
        /// unlawful, legal_order, safety, or one of your own.
        #[arg(long)]
        reason: String,
    },
    /// Checks exported records or bundles, without a node or a network.
    #[command(
        after_help = "Example:\n  erikti verify record.json\n  erikti verify bundle.json --root urn:erikti:org:zQu2pfM8VJvBT1TBLbVXWaa1rAYrEDWFNDwEj7JdfG4y"
    )]
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
    /// Accounts of this organisation's people: add, list, role, reset, remove, sessions.
    #[command(subcommand)]
    User(User),
    /// Shows three organisations in three countries exchanging records, on this computer.
    #[command(after_help = "Example:\n  erikti demo\n  erikti demo --exit")]
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
    /// Where to write the recovery file, whose key alone can continue the organisation when the machine is lost or its
    /// keys are stolen; in the data folder unless given.
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
    #[command(
        after_help = "Example:\n  erikti peer invite\n  erikti peer invite --role issuer --valid-hours 24"
    )]
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
    #[command(after_help = "Example:\n  erikti peer accept erikti:AbC")]
    Accept {
        /// The link: erikti:…
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        link: String,
    },
    /// Lists partners.
    #[command(after_help = "Example:\n  erikti peer list")]
    List,
    /// Shows one partner.
    #[command(after_help = "Example:\n  erikti peer show Qu2pfM8V")]
    Show {
        /// The organisation: urn:erikti:org:… or the start of what follows the z.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        organisation: String,
    },
    /// Cuts a partner off: nothing is sent to or taken from it.
    #[command(after_help = "Example:\n  erikti peer block Qu2pfM8V")]
    Block {
        /// The organisation.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        organisation: String,
    },
    /// Ends a partnership; what was exchanged stays.
    #[command(after_help = "Example:\n  erikti peer remove Qu2pfM8V")]
    Remove {
        /// The organisation.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        organisation: String,
    },
}

/// Organisations.
#[derive(Debug, Subcommand)]
pub enum Org {
    /// Lists the organisations known here and their standing.
    #[command(after_help = "Example:\n  erikti org list")]
    List,
    /// Shows one organisation and the chain of its accreditations.
    #[command(after_help = "Example:\n  erikti org show Qu2pfM8V")]
    Show {
        /// The organisation: urn:erikti:org:… or the start of what follows the z.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        organisation: String,
    },
    /// Makes an organisation a root: its accreditations count here.
    #[command(
        after_help = "Example:\n  erikti org trust urn:erikti:org:zQu2pfM8VJvBT1TBLbVXWaa1rAYrEDWFNDwEj7JdfG4y"
    )]
    Trust {
        /// The organisation.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        organisation: String,
    },
    /// Accredits an organisation, in this organisation's name.
    #[command(
        after_help = "Example:\n  erikti org accredit Qu2pfM8V --role host --role issuer --until 2027-12-31"
    )]
    Accredit {
        /// The organisation.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
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
    #[command(after_help = "Example:\n  erikti org revoke Qu2pfM8V")]
    Revoke {
        /// The organisation.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
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
    #[command(
        after_help = "Example:\n  erikti import opportunities activities.jsonld --format vds\n  erikti import opportunities table.csv --map table.toml --dry-run\n  erikti import opportunities opportunity-2026-11-22.csv\n  erikti import opportunities https://feeds.example.org/rpde/sessions --format rpde"
    )]
    Opportunities {
        /// The file; or the address of a feed, which is read from where the last time ended.
        file: PathBuf,
        /// csv (with --map), vds (Volunteering Data Standard, JSON-LD) or rpde (a feed of activities or sessions).
        #[arg(long, default_value = "csv", value_parser = ["csv", "vds", "rpde"])]
        format: String,
        /// Which column is which field: TOML with the tables columns, formats and constants.
        #[arg(long, value_name = "FILE.toml")]
        map: Option<PathBuf>,
        /// Lets the feed be on this machine.
        #[arg(long)]
        loopback: bool,
        /// Only says what would happen.
        #[arg(long)]
        dry_run: bool,
    },
}

/// Records.
#[derive(Debug, Subcommand)]
pub enum Record {
    /// Makes and signs a record, or the next version of one.
    #[command(
        after_help = "Example:\n  erikti record new opportunity --set \"title.en=Plant trees\" --set status=open\n  erikti record new service --from hours.json\n  erikti record new opportunity --id urn:uuid:01a202e6-86e7-7e80-b5b8-4b1be2f13192 --set status=closed"
    )]
    New {
        /// The kind: opportunity, session, service, credential, organisation, …
        #[arg(value_parser = NonEmptyStringValueParser::new())]
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
    #[command(after_help = "Example:\n  erikti record list --kind opportunity --limit 20")]
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
    #[command(
        after_help = "Example:\n  erikti record show urn:uuid:01a202e6-86e7-7e80-b5b8-4b1be2f13192 --version 1"
    )]
    Show {
        /// The record: urn:uuid:…
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        id: String,
        /// This version.
        #[arg(long)]
        version: Option<u64>,
    },
    /// Lists a record's versions.
    #[command(
        after_help = "Example:\n  erikti record history urn:uuid:01a202e6-86e7-7e80-b5b8-4b1be2f13192"
    )]
    History {
        /// The record.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        id: String,
    },
    /// Writes records to a file; with --bundle together with the proofs of who issued them and where they are logged.
    #[command(
        after_help = "Example:\n  erikti record export urn:uuid:01a202e6-86e7-7e80-b5b8-4b1be2f13192 --bundle --out bundle.json"
    )]
    Export {
        /// The records.
        #[arg(required = true, value_parser = NonEmptyStringValueParser::new())]
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
    #[command(after_help = "Example:\n  erikti log status")]
    Status,
    /// Prints a log's newest checkpoint.
    #[command(after_help = "Example:\n  erikti log checkpoint")]
    Checkpoint {
        /// The log; this node's own unless given.
        #[arg(long)]
        origin: Option<String>,
    },
    /// Prints the proof that a record is in its log.
    #[command(
        after_help = "Example:\n  erikti log prove urn:uuid:01a202e6-86e7-7e80-b5b8-4b1be2f13192"
    )]
    Prove {
        /// The record.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        id: String,
    },
}

/// The exchange.
#[derive(Debug, Subcommand)]
pub enum Sync {
    /// Shows for each partner: lag, last contact, refusals, staleness.
    #[command(after_help = "Example:\n  erikti sync status")]
    Status,
}

/// The store.
#[derive(Debug, Subcommand)]
pub enum Store {
    /// Reads everything back and checks it.
    #[command(after_help = "Example:\n  erikti store verify")]
    Verify,
    /// Makes the index anew from the journal.
    #[command(after_help = "Example:\n  erikti store rebuild")]
    Rebuild,
}

/// Accounts.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Invites somebody: prints a link that is good once, with which they choose a password.
    #[command(
        after_help = "Example:\n  erikti user add aigerim --role coordinator\n  erikti user add dana --role administrator --valid-hours 24"
    )]
    Add {
        /// The name to sign in with: letters, digits and . _ - @
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        name: String,
        /// What they may do: administrator, coordinator, auditor, volunteer.
        #[arg(long)]
        role: String,
        /// What people call them; the name unless given.
        #[arg(long, default_value = "")]
        shown: String,
        /// Hours until the link expires.
        #[arg(long, default_value_t = 72)]
        valid_hours: u32,
    },
    /// Lists accounts and open invitations.
    #[command(after_help = "Example:\n  erikti user list")]
    List,
    /// Gives an account another role.
    #[command(after_help = "Example:\n  erikti user role aigerim auditor")]
    Role {
        /// The account.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        name: String,
        /// administrator, coordinator, auditor or volunteer.
        role: String,
    },
    /// Prints a link with which somebody sets a new password.
    #[command(after_help = "Example:\n  erikti user reset aigerim")]
    Reset {
        /// The account.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        name: String,
    },
    /// Removes an account, its sessions and its tokens.
    #[command(after_help = "Example:\n  erikti user remove aigerim")]
    Remove {
        /// The account.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        name: String,
    },
    /// Lists an account's open sessions, or ends them.
    #[command(
        after_help = "Example:\n  erikti user sessions aigerim\n  erikti user sessions aigerim --end"
    )]
    Sessions {
        /// The account.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        name: String,
        /// Ends all of them.
        #[arg(long)]
        end: bool,
    },
}

/// The demonstration.
#[derive(Debug, Args)]
pub struct Demo {
    /// Stops when all have converged, and prints a summary.
    #[arg(long)]
    pub exit: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Command, CommandFactory};

    /// The words of a line as a shell would split it: spaces, and double quotes around some.
    fn words(line: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut quoted = false;
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ' ' if !quoted => words.push(String::new()),
                c => words
                    .last_mut()
                    .expect("there is always a last word")
                    .push(c),
            }
        }
        words
    }

    fn leaves(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
        for sub in command.get_subcommands() {
            let path = format!("{path} {}", sub.get_name());
            if sub.has_subcommands() {
                leaves(sub, &path, found);
            } else {
                found.push((path, sub.clone()));
            }
        }
    }

    #[test]
    fn the_parser_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_says_what_it_does_and_shows_examples_that_parse() {
        let mut found = Vec::new();
        leaves(&Cli::command(), "erikti", &mut found);
        assert_eq!(found.len(), 42);
        for (path, command) in found {
            assert!(command.get_about().is_some(), "{path} has no help");
            for argument in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
                assert!(
                    argument.get_help().is_some(),
                    "{path}: {} has no help",
                    argument.get_id()
                );
            }
            let help = command
                .get_after_help()
                .unwrap_or_else(|| panic!("{path} has no example"))
                .to_string();
            let mut lines = help.lines();
            assert_eq!(lines.next(), Some("Example:"), "{path}");
            for line in lines {
                let line = line.trim();
                assert!(line.starts_with(&path), "{path}: {line}");
                if let Err(error) = Cli::try_parse_from(words(line)) {
                    panic!("{line}: {error}");
                }
            }
        }
    }
}
