//! A peer that speaks by hand: bytes on a stream of a real connection, with none of our code on this side.

use std::{future::poll_fn, task::Poll, time::Duration};

use erikti_node::net::Event;
use erikti_protocol::{
    exchange::{Refusal, message},
    key::SecretKey,
};
use futures::{AsyncReadExt, AsyncWriteExt};
use libp2p::{
    Multiaddr, Transport,
    core::{
        Endpoint,
        muxing::{StreamMuxer, StreamMuxerBox, StreamMuxerExt, SubstreamBox},
        transport::{DialOpts, PortUse},
        upgrade::Version,
    },
    identity::Keypair,
    noise, tcp, yamux,
};
use tokio::time::timeout;

use super::{ENOUGH, Node, SHORT};

/// What both sides say before a stream's protocol.
const MULTISTREAM: &[u8] = b"\x13/multistream/1.0.0\n";

/// Of the peer's key.
const SEED: [u8; 32] = [77; 32];

struct Peer {
    muxer: StreamMuxerBox,
}

impl Peer {
    async fn connect(node: &Node) -> Self {
        let key = Keypair::ed25519_from_bytes(SEED).expect("a seed");
        let mut transport = tcp::tokio::Transport::new(tcp::Config::new())
            .upgrade(Version::V1)
            .authenticate(noise::Config::new(&key).expect("a key"))
            .multiplex(yamux::Config::default())
            .boxed();
        let text = node.address.to_string();
        let address: Multiaddr = text
            .split("/p2p/")
            .next()
            .expect("an address")
            .parse()
            .expect("an address");
        let options = DialOpts {
            role: Endpoint::Dialer,
            port_use: PortUse::New,
        };
        let (_, muxer) = transport
            .dial(address, options)
            .expect("the transport dials TCP")
            .await
            .expect("the node listens");
        Self { muxer }
    }

    /// A stream on which nothing has been said.
    async fn stream(&mut self) -> SubstreamBox {
        poll_fn(|cx| {
            let _ = self.muxer.poll_unpin(cx);
            self.muxer.poll_outbound_unpin(cx)
        })
        .await
        .expect("the connection is open")
    }

    /// Does something while the connection is kept going.
    async fn during<T>(&mut self, action: impl Future<Output = T>) -> T {
        let mut action = std::pin::pin!(action);
        let done = poll_fn(|cx| {
            if let Poll::Ready(done) = action.as_mut().poll(cx) {
                return Poll::Ready(done);
            }
            // What the node opens (identify, ping) is let go: this peer answers nothing.
            while let Poll::Ready(Ok(stream)) = self.muxer.poll_inbound_unpin(cx) {
                drop(stream);
            }
            let _ = std::pin::Pin::new(&mut self.muxer).poll(cx);
            Poll::Pending
        });
        timeout(ENOUGH, done).await.expect("in time")
    }

    /// Says these bytes and reads the answer: `length` bytes of it, or all there are.
    async fn answer_to(&mut self, said: &[u8], length: usize) -> Vec<u8> {
        let stream = self.stream().await;
        let said = said.to_vec();
        self.during(async move {
            let mut answer = Vec::new();
            let mut stream = stream.take(length as u64);
            stream.get_mut().write_all(&said).await.expect("open");
            stream.get_mut().flush().await.expect("open");
            stream.read_to_end(&mut answer).await.expect("open");
            answer
        })
        .await
    }

    async fn is_still_served(&mut self) {
        let expected = chosen("/erikti/hello/1");
        let answer = self
            .answer_to(&wish("/erikti/hello/1"), expected.len())
            .await;
        assert_eq!(answer, expected);
    }
}

/// How a node answers a wish that it grants.
fn chosen(protocol: &str) -> Vec<u8> {
    wish(protocol)
}

fn wish(protocol: &str) -> Vec<u8> {
    let mut said = MULTISTREAM.to_vec();
    said.push(protocol.len() as u8 + 1);
    said.extend_from_slice(protocol.as_bytes());
    said.push(b'\n');
    said
}

#[tokio::test]
async fn an_unknown_protocol_is_refused_and_a_known_one_is_not() {
    let node = Node::start(2, |_| {}).await;
    let mut peer = Peer::connect(&node).await;
    let expected = [MULTISTREAM, b"\x03na\n"].concat();
    let answer = peer
        .answer_to(&wish("/erikti/nothing/1"), expected.len())
        .await;
    assert_eq!(answer, expected);
    peer.is_still_served().await;
}

#[tokio::test]
async fn a_length_beyond_the_bound_ends_the_stream_and_not_the_connection() {
    let mut node = Node::start(2, |_| {}).await;
    let mut peer = Peer::connect(&node).await;
    for (length, expected) in [
        (&b"\x81\x80\x10"[..], "a frame of 262145 bytes"),
        (b"\xff\xff\xff\xff\xff\xff", "not a varint"),
        (b"\x80\x00", "not a varint"),
        (b"\x00", "without payload"),
    ] {
        let said = [&wish("/erikti/fetch/1")[..], length].concat();
        let mut stream = peer.stream().await;
        let fault = peer
            .during(async {
                stream.write_all(&said).await.expect("open");
                stream.flush().await.expect("open");
                let mut asked = node.inbound().await;
                asked
                    .stream
                    .read(&mut Vec::new())
                    .await
                    .expect_err("refused")
            })
            .await;
        assert!(fault.to_string().contains(expected), "{fault}");
    }
    peer.is_still_served().await;
}

#[tokio::test]
async fn a_peer_that_drips_is_given_up() {
    let mut node = Node::start(2, |_| {}).await;
    let mut peer = Peer::connect(&node).await;
    let mut stream = peer.stream().await;
    let said = [&wish("/erikti/fetch/1")[..], b"\x80\x80\x04"].concat();
    let fault = peer
        .during(async {
            stream.write_all(&said).await.expect("open");
            stream.flush().await.expect("open");
            let mut asked = node.inbound().await;
            asked.stream.set_pace(SHORT);
            let drip = async {
                let mut moment = tokio::time::interval(Duration::from_millis(10));
                while stream.write_all(b"x").await.is_ok() && stream.flush().await.is_ok() {
                    moment.tick().await;
                }
            };
            let mut frame = Vec::new();
            tokio::select! {
                read = asked.stream.read(&mut frame) => read.expect_err("too slow"),
                () = drip => unreachable!("the stream stays open while it is read"),
            }
        })
        .await;
    assert!(fault.to_string().contains("16384 are the least"), "{fault}");
}

#[tokio::test]
async fn a_busy_answer_is_read_whole_although_nobody_reads_the_question() {
    let mut node = Node::start(2, |config| config.limits.streams_per_peer = 0).await;
    let mut peer = Peer::connect(&node).await;
    let said = [&wish("/erikti/fetch/1")[..], b"\x02{}"].concat();
    let answer = peer.answer_to(&said, usize::MAX).await;
    let expected = chosen("/erikti/fetch/1");
    let frame = answer.strip_prefix(&expected[..]).expect("negotiated");
    let (length, refusal) = frame.split_first().expect("a frame");
    assert_eq!(usize::from(*length), refusal.len());
    let refusal: Refusal = message::read(refusal).expect("a refusal");
    assert_eq!(refusal.code.as_str(), "busy");
    node.wait_for(|event| matches!(event, Event::Connected { .. }).then_some(()))
        .await;
}

#[tokio::test]
async fn streams_that_say_nothing_cost_the_connection_when_they_are_many() {
    let mut node = Node::start(2, |_| {}).await;
    let mut peer = Peer::connect(&node).await;
    let mut streams = Vec::new();
    // A stream is opened by its first bytes; these never say what it is for.
    for _ in 0..150 {
        let mut stream = peer.stream().await;
        let half = &MULTISTREAM[..7];
        let opened = peer.during(async {
            stream.write_all(half).await?;
            stream.flush().await
        });
        if opened.await.is_err() {
            break;
        }
        streams.push(stream);
    }
    let closed = peer.during(node.disconnected()).await;
    assert_eq!(closed, SecretKey::from_seed(&SEED).public());
}

#[tokio::test]
async fn random_bytes_on_every_protocol_are_faults_and_nothing_else() {
    let mut node = Node::start(2, |config| config.limits.streams_per_peer = 1_000).await;
    let mut peer = Peer::connect(&node).await;
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 0..140 {
        let protocol = erikti_node::net::Protocol::ALL[round % 7];
        let mut said = wish(protocol.id());
        for _ in 0..round * 3 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            said.push(random as u8);
        }
        let mut stream = peer.stream().await;
        peer.during(async {
            stream.write_all(&said).await.expect("open");
            stream.close().await.expect("open");
            let mut asked = node.inbound().await;
            assert_eq!(asked.protocol, protocol);
            let mut frame = Vec::new();
            // Frames by chance, then the end or a fault: whatever it is, it comes at once.
            while let Ok(true) = asked.stream.read(&mut frame).await {}
        })
        .await;
    }
    peer.is_still_served().await;
}
