//! Questions to peers, each in a task of its own on a stream of its own.

use std::sync::Arc;

use erikti_protocol::exchange::fetch::{
    BODY_BYTES_MAX, FetchRequest, PackageHeader, TILE_BYTES_MAX, TileHeader,
};
use erikti_protocol::exchange::machine::{Answer, Ask, Blame, Input, RequestId};
use erikti_protocol::exchange::message::{
    Consistency, Heads, HeadsRequest, Hello, Message, MessageFault, read_answer, write,
};
use erikti_protocol::exchange::package::{Check, Want};
use erikti_protocol::key::PublicKey;
use tokio::sync::mpsc;

use super::super::pull::Opening;
use super::{Shared, Work};
use crate::net::Protocol;
use crate::net::frame::Pace;
use crate::net::stream::Stream;

/// Says hello to a peer that was dialled.
pub(super) async fn hello(shared: Arc<Shared>, peer: PublicKey) {
    let said = async {
        let mut stream = shared.handle.open(peer, Protocol::Hello).await.ok()?;
        stream.set_pace(Pace::HELLO);
        let frame = write(&shared.hello()).ok()?;
        stream.send(&[&frame]).await.ok()?;
        let mut answer = Vec::new();
        stream.read(&mut answer).await.ok().filter(|more| *more)?;
        read_answer::<Hello>(&answer).ok()?.ok()
    };
    match said.await {
        Some(hello) => shared.heard(peer, hello).await,
        // Without a hello nothing can be asked; the network dials again.
        None => drop(shared.handle.disconnect(peer).await),
    }
}

/// Listens to a peer's heads for as long as the stream lives.
pub(super) async fn heads(shared: Arc<Shared>, peer: PublicKey, request: HeadsRequest) {
    let blame = subscribed(&shared, peer, &request).await;
    if let Some(blame) = blame {
        shared.tell(Work::Input(Input::Blame { peer, blame })).await;
    }
    shared.tell(Work::Input(Input::HeadsClosed { peer })).await;
}

async fn subscribed(
    shared: &Arc<Shared>,
    peer: PublicKey,
    request: &HeadsRequest,
) -> Option<Blame> {
    let mut stream = shared.handle.open(peer, Protocol::Heads).await.ok()?;
    stream.set_pace(Pace::STANDING);
    let frame = write(request).ok()?;
    stream.send(&[&frame]).await.ok()?;
    let mut answer = Vec::new();
    while stream.read(&mut answer).await.ok()? {
        match read_answer::<Heads>(&answer) {
            Ok(Ok(heads)) => shared.tell(Work::Input(Input::Heads { peer, heads })).await,
            Ok(Err(_)) => return None,
            Err(fault) => return Some(Blame::Message(fault)),
        }
    }
    None
}

/// Asks a question and hands the answer on: packages to the opening threads, everything else to the driver.
pub(super) async fn ask(
    shared: Arc<Shared>,
    opening: mpsc::Sender<Opening>,
    peer: PublicKey,
    request: RequestId,
    ask: Ask,
    want: Option<Want>,
) {
    let answer = match &ask {
        Ask::Fetch(fetch) => match fetched(&shared, peer, fetch).await {
            Ok(body) => match want {
                Some(want) => {
                    // Small pulls have their records' own proofs checked at once; bulk is audited behind.
                    let prove = want.check == Check::Root;
                    if opening
                        .send(Opening {
                            request,
                            body,
                            want,
                            prove,
                        })
                        .await
                        .is_ok()
                    {
                        return;
                    }
                    Answer::Failed
                }
                None => Answer::Tile(body),
            },
            Err(answer) => answer,
        },
        Ask::Consistency(question) => {
            match answered::<_, Consistency>(&shared, peer, Protocol::Consistency, question).await {
                Ok((consistency, _)) => Answer::Consistency(consistency),
                Err(answer) => answer,
            }
        }
    };
    shared
        .tell(Work::Input(Input::Answer { request, answer }))
        .await;
}

async fn answered<Q: Message, A: Message>(
    shared: &Shared,
    peer: PublicKey,
    protocol: Protocol,
    question: &Q,
) -> Result<(A, Stream), Answer> {
    let mut stream = shared
        .handle
        .open(peer, protocol)
        .await
        .map_err(|_| Answer::Failed)?;
    stream.set_pace(Pace::REQUEST);
    let frame = write(question).map_err(|_| Answer::Failed)?;
    stream.send(&[&frame]).await.map_err(|_| Answer::Failed)?;
    let mut answer = Vec::new();
    if !stream.read(&mut answer).await.map_err(|_| Answer::Failed)? {
        return Err(Answer::Failed);
    }
    match read_answer::<A>(&answer) {
        Ok(Ok(message)) => Ok((message, stream)),
        Ok(Err(refusal)) => Err(Answer::Refused(refusal)),
        Err(fault) => Err(Answer::Broken(Blame::Message(fault))),
    }
}

async fn fetched(
    shared: &Shared,
    peer: PublicKey,
    fetch: &FetchRequest,
) -> Result<Vec<u8>, Answer> {
    if fetch.tile.is_some() {
        let (header, stream) =
            answered::<_, TileHeader>(shared, peer, Protocol::Fetch, fetch).await?;
        body(stream, header.bytes, TILE_BYTES_MAX).await
    } else {
        let (header, stream) =
            answered::<_, PackageHeader>(shared, peer, Protocol::Fetch, fetch).await?;
        body(stream, header.bytes, BODY_BYTES_MAX).await
    }
}

/// Reads the frames of a body of a length that was said and is allowed.
async fn body(mut stream: Stream, bytes: u64, bytes_max: usize) -> Result<Vec<u8>, Answer> {
    let broken = || {
        Answer::Broken(Blame::Message(MessageFault::Bounds {
            message: "body",
            member: "bytes",
            allowed: "what its header says",
        }))
    };
    let bytes = usize::try_from(bytes)
        .ok()
        .filter(|bytes| *bytes <= bytes_max)
        .ok_or_else(broken)?;
    let mut body = Vec::with_capacity(bytes);
    let mut frame = Vec::new();
    while body.len() < bytes {
        if !stream.read(&mut frame).await.map_err(|_| Answer::Failed)? {
            return Err(broken());
        }
        if body.len() + frame.len() > bytes {
            return Err(broken());
        }
        if body.is_empty() && frame.len() == bytes {
            // The usual case, one frame: taken as it is.
            return Ok(std::mem::take(&mut frame));
        }
        body.extend_from_slice(&frame);
    }
    Ok(body)
}
