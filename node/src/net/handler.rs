//! One connection's streams: hands inbound ones on or answers them `busy`, opens outbound ones.

use std::{
    collections::VecDeque,
    convert::Infallible,
    future::{Future, Ready, ready},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use erikti_protocol::exchange::{Refusal, frame::FRAME_BYTES_MAX, message};
use futures::{StreamExt, stream::FuturesUnordered};
use libp2p::{
    core::upgrade::{InboundUpgrade, OutboundUpgrade, UpgradeInfo},
    swarm::{
        ConnectionHandler, ConnectionHandlerEvent, StreamUpgradeError, SubstreamProtocol,
        handler::{
            ConnectionEvent, DialUpgradeError, FullyNegotiatedInbound, FullyNegotiatedOutbound,
        },
    },
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::{
    OpenError, Protocol,
    frame::{Frames, Pace},
    stream::{self, Moved, Seats, Stream},
};

/// Refusals being written on one connection at a time. A peer that opens more while so many of its streams
/// are being refused is flooding, and loses the connection.
const REFUSING_MAX: usize = 32;
/// What is read of a refused request, so that the refusal is not overtaken by a reset: one frame.
const REFUSED_BYTES_MAX: usize = FRAME_BYTES_MAX;
/// Long enough to read one frame, short enough not to keep a refused stream around.
const REFUSING_PACE: Pace = Pace::HELLO;
/// When a peer that found no room may try again: streams are served in milliseconds.
const BUSY_RETRY_MS: u64 = 200;

/// What the behaviour asks of a connection.
#[derive(Debug)]
pub(super) enum Order {
    Open(Opening),
    /// Whether the connection stays open without streams.
    Keep(bool),
    /// A ping was answered, or was not in time.
    Pinged {
        answered: bool,
    },
}

/// A stream that somebody waits for.
#[derive(Debug)]
pub(super) struct Opening {
    pub(super) protocol: Protocol,
    pub(super) reply: oneshot::Sender<Result<Stream, OpenError>>,
}

/// What a connection reports.
#[derive(Debug)]
pub(super) enum Report {
    Inbound {
        protocol: Protocol,
        stream: Box<Stream>,
        /// Its place in the queue towards the application.
        place: OwnedSemaphorePermit,
    },
    /// The connection is to be closed.
    Unfit { reason: &'static str },
}

pub(super) struct Handler {
    keep: bool,
    open_within: Duration,
    seats: Seats,
    moved: Moved,
    places: Arc<Semaphore>,
    openings: VecDeque<Opening>,
    reports: VecDeque<Report>,
    refusing: FuturesUnordered<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Handler {
    pub(super) fn new(
        keep: bool,
        open_within: Duration,
        seats: Seats,
        places: Arc<Semaphore>,
    ) -> Self {
        Self {
            keep,
            open_within,
            seats,
            moved: Moved::default(),
            places,
            openings: VecDeque::new(),
            reports: VecDeque::new(),
            refusing: FuturesUnordered::new(),
        }
    }

    fn take_in(&mut self, protocol: Protocol, io: libp2p::Stream) {
        let seat = self.seats.take();
        let place = Arc::clone(&self.places).try_acquire_owned().ok();
        match (seat, place) {
            (Some(seat), Some(place)) => self.reports.push_back(Report::Inbound {
                protocol,
                stream: Box::new(stream::inbound(io, seat, self.moved.clone())),
                place,
            }),
            _ if self.refusing.len() < REFUSING_MAX => self.refusing.push(Box::pin(refuse(io))),
            _ => self.unfit("the peer floods us with streams"),
        }
    }

    fn unfit(&mut self, reason: &'static str) {
        // Once is enough.
        if !matches!(self.reports.back(), Some(Report::Unfit { .. })) {
            self.reports.push_back(Report::Unfit { reason });
        }
    }
}

/// Writes the refusal and reads what the peer still says; a reset right away could overtake the refusal.
async fn refuse(io: libp2p::Stream) {
    let mut frames = Frames::new(io, REFUSING_PACE);
    let busy = message::write(&Refusal::busy(BUSY_RETRY_MS)).expect("a refusal fits into a frame");
    let refused = async {
        frames.write(&[&busy]).await?;
        frames.finish().await?;
        frames.drain(REFUSED_BYTES_MAX).await
    };
    if let Err(fault) = refused.await {
        tracing::debug!(%fault, "a refusal did not reach its peer");
    }
}

impl ConnectionHandler for Handler {
    type FromBehaviour = Order;
    type ToBehaviour = Report;
    type InboundProtocol = Offer;
    type OutboundProtocol = Wish;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = Opening;

    fn listen_protocol(&self) -> SubstreamProtocol<Offer> {
        SubstreamProtocol::new(Offer, ()).with_timeout(self.open_within)
    }

    fn connection_keep_alive(&self) -> bool {
        self.keep
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<ConnectionHandlerEvent<Wish, Opening, Report>> {
        if let Some(report) = self.reports.pop_front() {
            return Poll::Ready(ConnectionHandlerEvent::NotifyBehaviour(report));
        }
        while let Some(opening) = self.openings.pop_front() {
            if !opening.reply.is_closed() {
                let protocol = SubstreamProtocol::new(Wish(opening.protocol), opening)
                    .with_timeout(self.open_within);
                return Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest { protocol });
            }
        }
        while let Poll::Ready(Some(())) = self.refusing.poll_next_unpin(cx) {}
        Poll::Pending
    }

    fn on_behaviour_event(&mut self, order: Order) {
        match order {
            Order::Open(opening) => self.openings.push_back(opening),
            Order::Keep(keep) => self.keep = keep,
            Order::Pinged { answered } => {
                if !self.moved.take() && !answered {
                    self.unfit("the peer has fallen silent");
                }
            }
        }
    }

    fn on_connection_event(&mut self, event: ConnectionEvent<'_, Offer, Wish, (), Opening>) {
        match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound {
                protocol: (io, protocol),
                ..
            }) => self.take_in(protocol, io),
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound {
                protocol: io,
                info: Opening { reply, .. },
            }) => {
                // Whoever waited may have gone: the stream is dropped and so reset.
                drop(reply.send(Ok(stream::outbound(io, self.moved.clone()))));
            }
            ConnectionEvent::DialUpgradeError(DialUpgradeError {
                info: Opening { reply, protocol },
                error,
            }) => drop(reply.send(Err(open_error(protocol, error)))),
            _ => {}
        }
    }
}

fn open_error(protocol: Protocol, error: StreamUpgradeError<Infallible>) -> OpenError {
    match error {
        StreamUpgradeError::Timeout => OpenError::Late,
        StreamUpgradeError::NegotiationFailed => OpenError::Unknown { protocol },
        StreamUpgradeError::Io(error) => OpenError::Io(error),
        StreamUpgradeError::Apply(never) => match never {},
    }
}

/// Every protocol that is served.
#[derive(Debug)]
pub(super) struct Offer;

impl UpgradeInfo for Offer {
    type Info = Protocol;
    type InfoIter = std::array::IntoIter<Protocol, { Protocol::ALL.len() }>;

    fn protocol_info(&self) -> Self::InfoIter {
        Protocol::ALL.into_iter()
    }
}

impl InboundUpgrade<libp2p::Stream> for Offer {
    type Output = (libp2p::Stream, Protocol);
    type Error = Infallible;
    type Future = Ready<Result<Self::Output, Infallible>>;

    fn upgrade_inbound(self, io: libp2p::Stream, protocol: Protocol) -> Self::Future {
        ready(Ok((io, protocol)))
    }
}

/// The one protocol that an outbound stream is for.
#[derive(Debug)]
pub(super) struct Wish(Protocol);

impl UpgradeInfo for Wish {
    type Info = Protocol;
    type InfoIter = std::iter::Once<Protocol>;

    fn protocol_info(&self) -> Self::InfoIter {
        std::iter::once(self.0)
    }
}

impl OutboundUpgrade<libp2p::Stream> for Wish {
    type Output = libp2p::Stream;
    type Error = Infallible;
    type Future = Ready<Result<libp2p::Stream, Infallible>>;

    fn upgrade_outbound(self, io: libp2p::Stream, _: Protocol) -> Self::Future {
        ready(Ok(io))
    }
}
