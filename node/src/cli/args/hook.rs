//! Webhooks on the command line.

use clap::Subcommand;

/// Webhooks.
#[derive(Debug, Subcommand)]
pub enum Hook {
    /// Adds an address that is told what changes. Prints the secret that its messages are signed with, once.
    #[command(
        after_help = "Example:\n  erikti hook add https://hooks.example.org/erikti --kind opportunity --kind session"
    )]
    Add {
        /// The address: https://…
        url: String,
        /// Only records of this kind; may be given several times.
        #[arg(long = "kind")]
        kinds: Vec<String>,
        /// Only records of this organisation.
        #[arg(long)]
        organisation: Option<String>,
        /// Lets the address be on this machine.
        #[arg(long)]
        loopback: bool,
    },
    /// Lists webhooks.
    #[command(after_help = "Example:\n  erikti hook list")]
    List,
    /// Sends a test, at once.
    #[command(after_help = "Example:\n  erikti hook test 5f0c1a2b3c4d")]
    Test {
        /// The webhook.
        id: String,
    },
    /// Shows what was told, and what came of it.
    #[command(after_help = "Example:\n  erikti hook log 5f0c1a2b3c4d")]
    Log {
        /// The webhook.
        id: String,
    },
    /// Tells something again.
    #[command(
        after_help = "Example:\n  erikti hook redeliver 5f0c1a2b3c4d 5f0c1a2b3c4d-1843200000000000"
    )]
    Redeliver {
        /// The webhook.
        id: String,
        /// The delivery, as its log names it.
        delivery: String,
    },
    /// Removes a webhook.
    #[command(after_help = "Example:\n  erikti hook remove 5f0c1a2b3c4d")]
    Remove {
        /// The webhook.
        id: String,
    },
}
