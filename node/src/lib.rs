//! One organisation's node of the Erikti volunteer network: store, exchange, command line. This page is the map.
//!
//! What all nodes must agree on, byte for byte, is in [`erikti_protocol`]; what is decided here another program may
//! decide otherwise, and the network still works.
//!
//! # Floors
//!
//! From the ground up. A module names only modules above it in this list, and no door names another; a test
//! (`tests/it/tidy.rs`) reads the sources and says so.
//!
//! | module | what it is |
//! |---|---|
//! | [`clock`] | the only file that reads time or randomness |
//! | [`figures`] | what happened since the node was opened, counted |
//! | [`files`] | files and folders that only their owner reads, and that no crash leaves half written |
//! | [`nearest`], [`toml_text`] | what a person may have meant; TOML as plain values |
//! | [`codes`] | names of countries, languages, sectors, goals and causes |
//! | [`text`] | interface texts in Kazakh, Russian and English; dates and numbers |
//! | [`config`] | `erikti.toml`, environment, flags: one table of keys |
//! | [`problem`] | everything that can go wrong for a caller: code, HTTP status, exit code |
//! | [`keys`] | the secret keys, in files that only their user reads |
//! | [`members`] | what the operator decided: roots, partners, blocked, invitations |
//! | [`accounts`] | who may sign in here: passwords, sessions, tokens, one-time links |
//! | [`deeds`] | who at this node did what, and when |
//! | [`replies`] | answers kept for those who ask the same again |
//! | [`jobs`] | what runs in the background, and how far it is |
//! | [`store`] | the journal (the truth), and [`store::index`] (made again from it) |
//! | [`search`] | words and values of public records, made again from the journal |
//! | [`formats`] | files of others, read into records to be: bytes in, rows out |
//! | [`feed`] | the order of arrival: one growing number for each entry that came or changed, across all logs |
//! | [`ingest`] | the data path, the only writer: publish, seal, admit, adopt, erase, witness |
//! | [`audit`] | each record's own proof, checked behind the exchange |
//! | [`net`] | libp2p, named nowhere else: streams, limits, who is dialled |
//! | [`fetch`] | what the node asks of others over HTTP, and where it must not go |
//! | [`hooks`] | webhooks: whom this node tells what changes, and how far each was told |
//! | [`door`] | what a node may ask of its open door |
//! | [`node`] | all of the above for one data folder; who stands, who asks |
//! | [`desk`] | each question of people and programs, one function: words in, JSON out |
//! | [`courier`] | tells webhooks what changes |
//! | [`exchange`] | door: the protocol's machine decides, tasks and threads perform |
//! | [`front`] | what every request passes: who asks, whether that may, within which bounds |
//! | [`http`] | door: the API for programs, on TCP, on `control.sock` and in this process |
//! | [`web`] | door: pages for people |
//! | [`run`] | opens the doors, closes them in order |
//! | [`cli`] | the command line: one request to the router, an answer for people or programs |
//!
//! # What does not happen
//!
//! - Nothing is written to a log but by [`ingest`], and nothing is acknowledged before `fdatasync`.
//! - Nobody hears of a checkpoint that is not on the disk, and no checkpoint covers bytes that were not read back.
//! - No byte of a peer reaches the journal before its hash is proved by a signed checkpoint.
//! - No record that its reader may not read leaves the node: the journal's own header decides, not the index.
//! - Nothing that stays proves what an erased record said; nothing erased comes back, on no way in.
//! - The index decides nothing: losing it costs time only.
//! - No queue, cache, list or request is without a bound; the bound stands beside it with its arithmetic.
//! - A failed sync is never tried again: the writer stops, and the journal is read anew at the next start.
//!
//! # The life of one record
//!
//! An organisation's node A publishes, B is its partner, C is B's. Each step is a function.
//!
//! **On A, from words to a durable record**
//!
//! 1. [`cli::main`]: `erikti record new opportunity --set …` becomes one request, sent to `control.sock`; when no node
//!    runs, [`node::Node::open`] takes the folder's lock, and the same [`http::router`] answers in this process.
//! 2. [`desk::records::create`]: words become a [`Draft`], each field read by its kind's one description.
//! 3. [`ingest::Ingest::publish`]: the kind's check, then [`Draft::sign`], the only way to make a record here. A
//!    [`Verified`] is bytes, never changed again: canonical, within the profile, signed by the key it names.
//! 4. [`store::Store::publish`]: callers that come together share one write and one `fdatasync`. Only now there is an
//!    index in the log, and the caller gets a [`ingest::Receipt`]: *durable*. Killed before: nothing was promised. Killed
//!    after: the record is there at the next start, acknowledged or not.
//! 5. Index and [`Ledger`] follow in the order of the log. Killed here: both are made again from the journal.
//! 6. [`ingest::Ingest::seal`]: [`store::Store::read_back`] hashes what the disk gives back, [`Checkpoint::sign`] signs size
//!    and root, [`store::Store::swap_checkpoint`] replaces the older one, flushed, only if it is still the one expected.
//!    Killed before the swap: the next seal covers the same entries. Killed after it: partners learn it on connecting.
//! 7. The listener of [`ingest::Ingest::on_sealed`] tells the exchange's machine ([`Input::Sealed`]), which answers
//!    [`Output::Announce`]: whoever keeps a heads stream open gets the new head.
//!
//! **On B, one hop away**
//!
//! 8. [`exchange::driver`] hands the frame to the machine as [`Input::Heads`]: the checkpoint's signature is verified under
//!    the key in its origin, and it must not contradict the one held. [`Output::Pursue`] has [`ingest::Ingest::pursue`]
//!    note what the entries to come are fetched for; [`Output::Request`] asks for packages (and tiles, when many).
//! 9. A's [`exchange`] answers from [`store::Store::entries`]: what stands in the journal, packed as it lies there. A
//!    restricted record goes only to its readers; everybody else gets its digest.
//! 10. [`Opener::open`], on a thread of its own: unpack, hash, scan. The leaves must lead to the checkpoint's root, else
//!     the *server* is blamed and another one asked. What passes is a [`Record`]: the form holds, the log holds it.
//! 11. [`ingest::Ingest::admit`]: in the log's order; control entries are verified and applied first, then the key in force
//!     at each position and the erased set decide what is kept. Appended, not yet durable. Killed here: the tail is cut
//!     at the next start, and fetched again.
//! 12. [`ingest::Ingest::settle`]: one sync for many packages; the frontier moves; erasures among them are carried out.
//! 13. [`ingest::Ingest::adopt`]: everything below the checkpoint is durable and applied, so it is swapped in. From here
//!     on the records are *visible* on B, and B announces the same checkpoint to its own partners. Killed between 12 and
//!     13: what is durable is not fetched again, and the exchange goes on towards the pursued checkpoint.
//! 14. [`audit::run`]: the record's own signature, checked inline for small pulls and behind for bulk. A wrong one is
//!     marked bad for good, and blames the *author*. Until then the record shows as not audited.
//!
//! **On C, two hops away**
//!
//! 15. Steps 8 to 14 again, with B as the server. C needs to trust nobody on the way: the checkpoint is A's, and every
//!     byte hashes to it. Restricted records that B was not given, C asks A for, if C is their reader.
//! 16. [`desk::records::show`] finds the thing's current version, [`ingest::Ingest::record`] unpacks it and compares its
//!     digest; [`node::Node::standings`] says whether its organisation stands, for C's own roots, today.
//!
//! # The data folder
//!
//! Made with folders 0700 and files 0600; a node whose keys others may read refuses to start.
//!
//! ```text
//! VERSION               "erikti data 1"; a newer one is refused
//! lock                  held by the one process that has the folder open; released however it ends
//! erikti.toml           settings
//! keys/*.key            organisation (signs records), node (checkpoints, transport), witness (cosignatures)
//! members.json          roots, partners, blocked, invitations, proofs against logs; replaced whole
//! feed                  in which order entries came or changed here; not synced, made anew from the logs
//! accounts.json         who may sign in: hashes of passwords, digests of sessions, tokens, links; replaced whole
//! deeds.jsonl           who did what, a line each; only ever longer
//! replies/              answers kept for a day under an Idempotency-Key, a file each
//! control.sock          where the command line finds a running node
//! log/<origin hash>/    one folder a log, own and followed alike
//!   origin              the log's name
//!   00000000.seg …      head 64 bytes, then frames: header 64 bytes ‖ the record as packed (≤ 66,560); ≤ 64 MiB a file
//!   frontier            two slots of 4 KiB, written in turn: how far everything is durable, and the tree up to there
//!   offsets             8 bytes an entry: where its frame lies
//!   packages            32 bytes a package of 256 entries: its hash
//!   control fills       8 bytes each: which entries are control entries; which were filled in later
//!   marks               144 bytes each: erasures and verdicts, written before the frame they change
//!   checkpoint          the newest checkpoint; pursued: the one being fetched for; cosignatures: of the newest
//! hooks.json            webhooks: addresses and secrets; replaced whole
//! hooks/                how far each webhook was told, and its last tries; losing one tells it again
//! imports/              files brought in: <id>.json what became of one, .file until it is done, .plan which versions it
//!                       makes, written before they are; rpde-…: how far each feed of another publisher was read
//! index/                sled: sorted blocks of numbers and digests; may be deleted at any time
//! search/               tantivy: words of public records, never their text; may be deleted at any time
//! vault/                kept for what never leaves the node; nothing is written there yet
//! ```
//!
//! Every file but the texts begins with a magic, a version and a checksum; every frame has one for its header and one
//! for its body. `offsets`, `packages`, `control` and `fills` can be made again from the segments.
//!
//! # At start
//!
//! 1. [`store::journal::Journal::open`] takes the lock and opens each log: marks that were not carried out are redone; bytes
//!    after the frontier are read frame by frame, whole frames kept, a torn tail cut; a fault *before* the frontier is
//!    damage: named, never served, fetched again, never cut.
//! 2. A checkpoint that promises more entries than there are, or a partner who holds more of this node's log than the
//!    node itself, means an old backup or a second machine: the own log is not written any more, since every entry
//!    would fork it. Publications wait up to 5 seconds after the start for a partner's word on that.
//! 3. [`ingest::Ingest::open`] reads every control entry into the [`Ledger`] and finishes erasures.
//! 4. [`store::index::Index::open`] keeps an index that fits and throws away one that does not;
//!    [`ingest::Ingest::catch_up_index`] brings it up to the journal, and [`feed`] is told what it missed.
//! 5. [`run::run`] opens the doors, and says where it listens.
//!
//! **At SIGKILL** nothing runs, so nothing needs to: 1 to 5 are the only recovery there is, and an ordinary start runs
//! the same code.
//!
//! # At erasure
//!
//! [`ingest::Ingest::erase`] publishes an `erasure` that names `{origin, index, digest}` and a reason code. Once it is
//! durable, here and wherever it is admitted, [`store::Store::erase`] writes a mark, syncs, overwrites the body, syncs;
//! [`store::index::Index::forget`] removes the rows, [`search::Search::forget`] the words and every file that held them.
//! Only then holders elsewhere publish a `receipt` that only the issuer may read. The entry, its digest and the erasure
//! stay: the tree needs them, and without proof and nonce a digest is no evidence for a guess. Killed in between: the
//! mark is redone, or the order itself, at the next start.
//!
//! [`Draft`]: erikti_protocol::record::Draft
//! [`Draft::sign`]: erikti_protocol::record::Draft::sign
//! [`Record`]: erikti_protocol::record::Record
//! [`Verified`]: erikti_protocol::record::Verified
//! [`Ledger`]: erikti_protocol::trust::Ledger
//! [`Checkpoint::sign`]: erikti_protocol::log::Checkpoint::sign
//! [`Opener::open`]: erikti_protocol::exchange::package::Opener::open
//! [`Input::Sealed`]: erikti_protocol::exchange::Input::Sealed
//! [`Input::Heads`]: erikti_protocol::exchange::Input::Heads
//! [`Output::Announce`]: erikti_protocol::exchange::Output::Announce
//! [`Output::Pursue`]: erikti_protocol::exchange::Output::Pursue
//! [`Output::Request`]: erikti_protocol::exchange::Output::Request

#![allow(
    rustdoc::private_intra_doc_links,
    reason = "pages of this crate are read by those who change it; links to what is private are checked all the same"
)]

pub mod accounts;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod codes;
pub mod config;
pub mod courier;
pub mod deeds;
pub mod desk;
pub mod door;
pub mod exchange;
pub mod feed;
pub mod fetch;
pub mod figures;
pub mod files;
pub mod formats;
pub mod front;
pub mod hooks;
pub mod http;
pub mod ingest;
pub mod jobs;
pub mod keys;
pub mod members;
pub mod nearest;
pub mod net;
pub mod node;
pub mod problem;
pub mod replies;
pub mod run;
pub mod search;
pub mod store;
pub mod text;
pub mod toml_text;
pub mod web;
