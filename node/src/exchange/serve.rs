//! Answers to the streams that other nodes open: one request, one answer; only heads may stay open.
//!
//! Whom a record is for is judged here, at the moment of serving, from the journal's own header: the requester is the
//! key that the transport proved, and its organisation the one whose open log names that key, as this node has
//! verified it. What is not held and what is not yours is one answer.

use std::ops::Range;
use std::sync::Arc;

use erikti_protocol::codec::{Codec, Decoder};
use erikti_protocol::exchange::fetch::{FetchRequest, PackageHeader, TileHeader};
use erikti_protocol::exchange::frame::FRAME_BYTES_MAX;
use erikti_protocol::exchange::message::{
    Accepted, Consistency, ConsistencyRequest, CosignRequest, Cosigned, EvidenceReport,
    HeadsRequest, JoinRequest, Message, read, write,
};
use erikti_protocol::exchange::package::{Served, Writer};
use erikti_protocol::exchange::refusal::{Refusal, RefusalCode};
use erikti_protocol::key::PublicKey;
use erikti_protocol::log::{Class, Compact, Entry, PACKAGE_ENTRIES, path};
use erikti_protocol::record::{ReadersClass, Record};

use tokio::sync::broadcast;

use super::driver::Shared;
use crate::door::Requester;
use crate::ingest::TreeAccess;
use crate::net::frame::{Pace, StreamFault};
use crate::net::stream::Stream;
use crate::net::{Inbound, Protocol};
use crate::store::{Frame, Status, StoreFault};

/// When to ask again a node that could not answer for a reason of its own.
const RETRY_MS: u64 = 5_000;

/// Why an answer broke off; nobody is left to be told.
#[derive(Debug, thiserror::Error)]
pub(super) enum ServeFault {
    #[error(transparent)]
    Frame(#[from] StreamFault),
    #[error("the peer finished before it asked")]
    Silent,
}

/// Answers one inbound stream.
pub(super) async fn serve(shared: Arc<Shared>, inbound: Inbound) {
    let Inbound {
        peer,
        protocol,
        mut stream,
        ..
    } = inbound;
    let answered = answer(&shared, peer, protocol, &mut stream).await;
    if let Err(fault) = answered {
        tracing::debug!(%peer, %protocol, %fault, "an answer broke off");
    }
}

async fn answer(
    shared: &Arc<Shared>,
    peer: PublicKey,
    protocol: Protocol,
    stream: &mut Stream,
) -> Result<(), ServeFault> {
    let mut request = Vec::new();
    if !stream.read(&mut request).await? {
        return Err(ServeFault::Silent);
    }
    let requester = shared.node.requester(&peer);
    if requester.blocked {
        return refuse(stream, &Refusal::new(RefusalCode::NotAllowed, "blocked")).await;
    }
    match protocol {
        Protocol::Hello => match read(&request) {
            Ok(hello) => {
                send(stream, &shared.hello()).await?;
                shared.heard(peer, hello).await;
            }
            Err(fault) => refuse(stream, &bad_request(&fault)).await?,
        },
        Protocol::Heads => heads(shared, requester, &request, stream).await?,
        Protocol::Fetch => fetch(shared, requester, request, stream).await?,
        Protocol::Consistency => {
            let shared = Arc::clone(shared);
            reply(
                stream,
                blocking(move || consistency(&shared, &request)).await,
            )
            .await?;
        }
        Protocol::Cosign => {
            let shared = Arc::clone(shared);
            reply(
                stream,
                blocking(move || cosign(&shared, requester, &request)).await,
            )
            .await?;
        }
        Protocol::Evidence => {
            let shared = Arc::clone(shared);
            reply(
                stream,
                blocking(move || evidence(&shared, peer, &request)).await,
            )
            .await?;
        }
        Protocol::Join => {
            let joined = match read::<JoinRequest>(&request) {
                Ok(join) => super::join::admit(shared, peer, join).await,
                Err(fault) => Err(bad_request(&fault)),
            };
            reply(stream, joined).await?;
        }
    }
    stream.finish().await?;
    Ok(())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(Refusal::busy(RETRY_MS)))
}

async fn reply<M: Message>(
    stream: &mut Stream,
    answer: Result<M, Refusal>,
) -> Result<(), ServeFault> {
    match answer {
        Ok(message) => send(stream, &message).await,
        Err(refusal) => refuse(stream, &refusal).await,
    }
}

async fn send<M: Message>(stream: &mut Stream, message: &M) -> Result<(), ServeFault> {
    match write(message) {
        Ok(frame) => Ok(stream.send(&[&frame]).await?),
        Err(fault) => {
            tracing::error!(%fault, "an answer of ours breaks its own bounds");
            refuse(stream, &Refusal::busy(RETRY_MS)).await
        }
    }
}

async fn refuse(stream: &mut Stream, refusal: &Refusal) -> Result<(), ServeFault> {
    if let Ok(frame) = write(refusal) {
        stream.send(&[&frame]).await?;
    }
    Ok(())
}

fn bad_request(fault: &impl std::fmt::Display) -> Refusal {
    let detail: String = fault
        .to_string()
        .chars()
        .take(erikti_protocol::exchange::refusal::DETAIL_CHARS_MAX)
        .collect();
    Refusal::new(RefusalCode::BadRequest, &detail)
}

fn failed(fault: &impl std::fmt::Display) -> Refusal {
    tracing::error!(%fault, "a peer's request cannot be answered");
    Refusal::busy(RETRY_MS)
}

async fn heads(
    shared: &Arc<Shared>,
    requester: Requester,
    request: &[u8],
    stream: &mut Stream,
) -> Result<(), ServeFault> {
    let request: HeadsRequest = match read(request) {
        Ok(request) => request,
        Err(fault) => return refuse(stream, &bad_request(&fault)).await,
    };
    let stay = request.stay && requester.stands;
    // Before the first question, so that nothing new falls between the two.
    let mut announcements = shared.announcements();
    stream.set_pace(Pace::STANDING);
    let mut next = request;
    loop {
        let Some(heads) = shared.heads_after(next).await else {
            return Ok(());
        };
        next = HeadsRequest {
            table: heads.table,
            cursor: heads.cursor,
            stay,
        };
        send(stream, &heads).await?;
        if heads.more {
            continue;
        }
        if !stay {
            return Ok(());
        }
        loop {
            match announcements.recv().await {
                Ok(heads) if heads.cursor > next.cursor => {
                    next.cursor = heads.cursor;
                    send(stream, &heads).await?;
                }
                Ok(_) => {}
                // Fell behind: start over from the cursor.
                Err(broadcast::error::RecvError::Lagged(_)) => break,
                Err(broadcast::error::RecvError::Closed) => return Ok(()),
            }
        }
    }
}

async fn fetch(
    shared: &Arc<Shared>,
    requester: Requester,
    request: Vec<u8>,
    stream: &mut Stream,
) -> Result<(), ServeFault> {
    let work = Arc::clone(shared);
    match blocking(move || fetched(&work, requester, &request)).await {
        Ok((header, body)) => {
            stream.write(&[&header]).await?;
            for frame in body.chunks(FRAME_BYTES_MAX) {
                stream.write(&[frame]).await?;
            }
            Ok(stream.flush().await?)
        }
        Err(refusal) => refuse(stream, &refusal).await,
    }
}

fn fetched(
    shared: &Shared,
    requester: Requester,
    request: &[u8],
) -> Result<(Vec<u8>, Vec<u8>), Refusal> {
    let request: FetchRequest = read(request).map_err(|fault| bad_request(&fault))?;
    let visible = shared.node.ingest().visible(&request.origin);
    if visible == 0 {
        return Err(Refusal::new(
            RefusalCode::NotFound,
            "no such log is held here",
        ));
    }
    if request.size > visible {
        let mut refusal = Refusal::new(RefusalCode::NotFound, "this size is not held here yet");
        refusal.size = Some(visible);
        return Err(refusal);
    }
    match request.tile {
        Some(tile) => {
            let store = shared.node.ingest().store();
            let hashes = store
                .tile(&request.origin, tile.level, tile.index, tile.width)
                .map_err(|fault| failed(&fault))?;
            let body: Vec<u8> = hashes.iter().flat_map(|hash| *hash.as_bytes()).collect();
            let header = TileHeader {
                bytes: body.len() as u64,
            };
            Ok((write(&header).map_err(|fault| failed(&fault))?, body))
        }
        None => {
            let (count, body) =
                package(shared, requester, &request).map_err(|fault| failed(&fault))?;
            let header = PackageHeader {
                count,
                bytes: body.len() as u64,
            };
            Ok((write(&header).map_err(|fault| failed(&fault))?, body))
        }
    }
}

fn package(
    shared: &Shared,
    requester: Requester,
    request: &FetchRequest,
) -> Result<(u64, Vec<u8>), StoreFault> {
    let places = request.places();
    let first = request.package.unwrap_or(0) * PACKAGE_ENTRIES;
    let (Some(from), Some(last)) = (places.first(), places.last()) else {
        return Ok((0, Vec::new()));
    };
    let range: Range<u64> = first + u64::from(*from)..first + u64::from(*last) + 1;
    let frames = shared
        .node
        .ingest()
        .store()
        .entries(&request.origin, range)?;
    let audited = shared
        .node
        .ingest()
        .store()
        .frontier(&request.origin)?
        .audited;
    let codec = request
        .codec
        .as_deref()
        .and_then(Codec::by_name)
        .unwrap_or(Codec::None);
    let mut writer = Writer::new(places.len());
    let mut unpacked = Unpacked::default();
    let mut wanted = places.iter().peekable();
    for (index, frame) in frames.iter() {
        if wanted
            .next_if(|place| first + u64::from(**place) == index)
            .is_none()
        {
            continue;
        }
        let entry = Entry {
            class: frame.class,
            digest: frame.digest,
        };
        // What nobody has audited yet does not leave the network.
        let for_peer =
            requester.stands || index < audited || frame.readers == ReadersClass::Control;
        let served = match frame.status {
            Status::Present if for_peer && may_read(requester, &frame, &mut unpacked) => {
                unpacked.served(codec, &frame)
            }
            Status::Erased { by } => Served::Erased { by: Some(by) },
            // Control entries are never withheld, not even bad ones.
            Status::Bad if frame.class == Class::Control && !frame.stored.is_empty() => {
                unpacked.served(codec, &frame)
            }
            Status::Bad => Served::Bad,
            Status::Present | Status::Absent | Status::Foreign | Status::Damaged => Served::Absent,
        };
        writer.entry(&entry, served);
    }
    Ok((places.len() as u64, writer.finish()))
}

/// Whether the frame's record is for this requester.
fn may_read(requester: Requester, frame: &Frame<'_>, unpacked: &mut Unpacked) -> bool {
    match frame.readers {
        ReadersClass::Control | ReadersClass::Public => true,
        ReadersClass::Network => requester.stands,
        ReadersClass::Listed => requester.organisation.is_some_and(|organisation| {
            let plain = unpacked.plain(frame);
            plain
                .and_then(|plain| Record::view(plain).ok())
                .is_some_and(|record| record.lists(&organisation))
        }),
    }
}

/// Unpacks records for those who are listed in them, and for peers that do not speak our codec.
#[derive(Default)]
struct Unpacked {
    decoder: Option<Decoder>,
    plain: Vec<u8>,
}

impl Unpacked {
    fn plain<'a>(&'a mut self, frame: &Frame<'a>) -> Option<&'a [u8]> {
        match frame.codec {
            Codec::None => Some(frame.stored),
            Codec::Zstd1 => {
                self.plain.clear();
                frame
                    .unpack(
                        self.decoder.get_or_insert_with(Decoder::new),
                        &mut self.plain,
                    )
                    .then_some(self.plain.as_slice())
            }
        }
    }

    fn served<'a>(&'a mut self, codec: Codec, frame: &Frame<'a>) -> Served<'a> {
        if frame.codec == codec || frame.codec == Codec::None {
            return Served::Present {
                codec: frame.codec,
                stored: frame.stored,
            };
        }
        self.plain(frame)
            .map_or(Served::Absent, |stored| Served::Present {
                codec: Codec::None,
                stored,
            })
    }
}

fn consistency(shared: &Shared, request: &[u8]) -> Result<Consistency, Refusal> {
    let request: ConsistencyRequest = read(request).map_err(|fault| bad_request(&fault))?;
    let store = shared.node.ingest().store();
    if request.to > shared.node.ingest().visible(&request.origin) {
        return Err(Refusal::new(
            RefusalCode::NotFound,
            "this size is not held here",
        ));
    }
    let hash_at = |level, index| {
        store
            .hash_at(&request.origin, level, index)
            .map_err(TreeAccess::from)
    };
    let hashes = path::consistency_proof(request.from, request.to, hash_at)
        .map_err(|fault| failed(&fault))?;
    let root = Compact::at(request.from, hash_at)
        .map_err(|fault| failed(&fault))?
        .root();
    Ok(Consistency { root, hashes })
}

/// Cosigns a checkpoint that agrees with the copy of the log held here: the copy is the witness's memory, so two
/// cosignatures of one log never contradict each other.
fn cosign(shared: &Shared, requester: Requester, request: &[u8]) -> Result<Cosigned, Refusal> {
    let request: CosignRequest = read(request).map_err(|fault| bad_request(&fault))?;
    if !requester.stands {
        return Err(Refusal::new(
            RefusalCode::NotAllowed,
            "only organisations with standing are cosigned",
        ));
    }
    let line = shared
        .node
        .ingest()
        .cosign(&request.add_checkpoint)
        .map_err(|fault| bad_request(&fault))?;
    Ok(Cosigned {
        cosignatures: vec![line],
    })
}

fn evidence(shared: &Arc<Shared>, peer: PublicKey, request: &[u8]) -> Result<Accepted, Refusal> {
    let report: EvidenceReport = read(request).map_err(|fault| bad_request(&fault))?;
    shared
        .take_evidence(peer, &report.evidence)
        .map_err(|fault| bad_request(&fault))?;
    Ok(Accepted { accepted: true })
}
