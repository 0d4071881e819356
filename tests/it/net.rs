//! Streams between real swarms on loopback, on ports chosen by the system.

mod raw;

use std::time::Duration;

use erikti_node::net::{
    self, Config, Event, Events, Handle, Inbound, NetError, OpenError, Protocol,
    addresses::{Address, AddressFault, Reach, Source},
    dial::Backoff,
    frame::{Pace, StreamFault},
    stream::Stream,
};
use erikti_protocol::{
    exchange::{Refusal, RefusalCode, frame::FRAME_BYTES_MAX, message},
    key::{PublicKey, SecretKey},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};

/// Far more than anything here takes, so that a failure is a message and not a hang.
const ENOUGH: Duration = Duration::from_secs(20);
/// What a test calls too long.
const SHORT: Pace = Pace {
    total: Some(Duration::from_secs(2)),
    progress_every: Duration::from_millis(100),
    progress_bytes: 16 * 1024,
};

struct Node {
    handle: Handle,
    events: Events,
    address: Address,
}

impl Node {
    async fn start(seed: u8, adjust: impl FnOnce(&mut Config)) -> Self {
        Self::start_at(seed, "/ip4/127.0.0.1/tcp/0", adjust).await
    }

    async fn start_at(seed: u8, listen: &str, adjust: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new(SecretKey::from_seed(&[seed; 32]));
        config.backoff = Backoff {
            first: Duration::from_millis(20),
            most: Duration::from_millis(100),
            steady: Duration::from_secs(1),
        };
        adjust(&mut config);
        let (handle, events) = net::start(&config).expect("the key is good");
        let address = Address::read(listen, Source::Listen).expect("an address");
        let address = handle.listen(address).await.expect("a free port");
        Self {
            handle,
            events,
            address,
        }
    }

    fn key(&self) -> PublicKey {
        self.handle.own()
    }

    async fn dial(&self, other: &Self) -> Result<(), NetError> {
        self.handle
            .dial(other.key(), vec![other.address.clone()])
            .await
    }

    /// Waits for the event that `pick` wants; others are passed over.
    async fn wait_for<T>(&mut self, pick: impl Fn(Event) -> Option<T>) -> T {
        timeout(ENOUGH, async {
            loop {
                let event = self.events.next().await.expect("the network runs");
                if let Some(found) = pick(event) {
                    return found;
                }
            }
        })
        .await
        .expect("the event comes")
    }

    async fn inbound(&mut self) -> Inbound {
        self.wait_for(|event| match event {
            Event::Inbound(inbound) => Some(inbound),
            _ => None,
        })
        .await
    }

    async fn connected(&mut self) -> PublicKey {
        self.wait_for(|event| match event {
            Event::Connected { peer, .. } => Some(peer),
            _ => None,
        })
        .await
    }

    async fn disconnected(&mut self) -> PublicKey {
        self.wait_for(|event| match event {
            Event::Disconnected { peer } => Some(peer),
            _ => None,
        })
        .await
    }

    async fn open(&self, other: &Self, protocol: Protocol) -> Stream {
        self.handle
            .open(other.key(), protocol)
            .await
            .expect("connected")
    }

    /// The socket address to speak TCP with by hand.
    fn socket(&self) -> String {
        let text = self.address.to_string();
        let parts: Vec<&str> = text.split('/').collect();
        format!("{}:{}", parts[2], parts[4])
    }
}

async fn pair() -> (Node, Node) {
    let (a, b) = (Node::start(1, |_| {}).await, Node::start(2, |_| {}).await);
    a.dial(&b).await.expect("b listens");
    (a, b)
}

async fn read(stream: &mut Stream) -> Option<Vec<u8>> {
    let mut frame = Vec::new();
    let found = timeout(ENOUGH, stream.read(&mut frame))
        .await
        .expect("in time")
        .expect("a frame or the end");
    found.then_some(frame)
}

async fn refusal(stream: &mut Stream) -> RefusalCode {
    let frame = read(stream).await.expect("a refusal");
    message::read::<Refusal>(&frame).expect("a refusal").code
}

#[tokio::test]
async fn a_request_and_its_answer_travel_on_every_protocol() {
    let (a, mut b) = pair().await;
    for protocol in Protocol::ALL {
        let mut asking = a.open(&b, protocol).await;
        asking.write(&[b"what ", b"is it"]).await.unwrap();
        asking.finish().await.unwrap();
        let mut asked = b.inbound().await;
        assert_eq!((asked.peer, asked.protocol), (a.key(), protocol));
        assert_eq!(read(&mut asked.stream).await.unwrap(), b"what is it");
        assert_eq!(read(&mut asked.stream).await, None);
        asked
            .stream
            .write(&[protocol.id().as_bytes()])
            .await
            .unwrap();
        asked.stream.finish().await.unwrap();
        assert_eq!(read(&mut asking).await.unwrap(), protocol.id().as_bytes());
        assert_eq!(read(&mut asking).await, None);
    }
}

#[tokio::test]
async fn a_peer_is_announced_before_its_streams() {
    let (a, mut b) = pair().await;
    let mut stream = a.open(&b, Protocol::Hello).await;
    stream.send(&[b"{}"]).await.unwrap();
    let mut seen = Vec::new();
    while seen.last() != Some(&"inbound") {
        match timeout(ENOUGH, b.events.next()).await.unwrap().unwrap() {
            Event::Connected { peer, outbound, .. } => {
                assert_eq!((peer, outbound), (a.key(), false));
                seen.push("connected");
            }
            Event::Inbound(_) => seen.push("inbound"),
            _ => {}
        }
    }
    assert_eq!(seen, ["connected", "inbound"]);
}

#[tokio::test]
async fn a_full_queue_answers_busy_and_then_serves_again() {
    let a = Node::start(1, |_| {}).await;
    let mut b = Node::start(2, |config| config.limits.queue = 2).await;
    a.dial(&b).await.unwrap();
    b.connected().await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        let mut stream = a.open(&b, Protocol::Fetch).await;
        stream.send(&[b"{}"]).await.unwrap();
        streams.push(stream);
    }
    // Two wait in the queue, one is answered.
    let answers = streams.iter_mut().map(|stream| Box::pin(refusal(stream)));
    let (code, _, _) = futures::future::select_all(answers).await;
    assert_eq!(code, RefusalCode::Busy);
    drop(b.inbound().await);
    let mut stream = a.open(&b, Protocol::Fetch).await;
    stream.send(&[b"again"]).await.unwrap();
    drop(b.inbound().await);
    let mut served = b.inbound().await;
    assert_eq!(read(&mut served.stream).await.unwrap(), b"again");
}

#[tokio::test]
async fn a_peer_has_so_many_streams_and_others_have_theirs() {
    let a = Node::start(1, |_| {}).await;
    let mut b = Node::start(2, |config| config.limits.streams_per_peer = 3).await;
    let c = Node::start(3, |_| {}).await;
    a.dial(&b).await.unwrap();
    c.dial(&b).await.unwrap();
    let (mut asking, mut asked) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let mut stream = a.open(&b, Protocol::Fetch).await;
        stream.send(&[b"{}"]).await.unwrap();
        asking.push(stream);
        asked.push(b.inbound().await);
    }
    let mut fourth = a.open(&b, Protocol::Fetch).await;
    fourth.send(&[b"{}"]).await.unwrap();
    assert_eq!(refusal(&mut fourth).await, RefusalCode::Busy);
    let mut of_c = c.open(&b, Protocol::Fetch).await;
    of_c.send(&[b"{}"]).await.unwrap();
    assert_eq!(b.inbound().await.peer, c.key());
    asked.pop();
    let mut fifth = a.open(&b, Protocol::Fetch).await;
    fifth.send(&[b"{}"]).await.unwrap();
    assert_eq!(b.inbound().await.peer, a.key());
}

#[tokio::test]
async fn a_flood_of_streams_costs_the_connection() {
    let a = Node::start(1, |_| {}).await;
    let mut b = Node::start(2, |config| config.limits.streams_per_peer = 1).await;
    a.dial(&b).await.unwrap();
    let mut streams = Vec::new();
    // Every one is refused and none reads its refusal or ends its question.
    for _ in 0..80 {
        let Ok(mut stream) = a.handle.open(b.key(), Protocol::Fetch).await else {
            break;
        };
        drop(stream.send(&[&[7; 1_000]]).await);
        streams.push(stream);
    }
    assert_eq!(b.disconnected().await, a.key());
}

#[tokio::test]
async fn half_a_frame_and_a_lie_about_its_length_are_faults_of_one_stream() {
    let (a, mut b) = pair().await;
    // Half a frame: the peer goes in the middle.
    let mut stream = a.open(&b, Protocol::Fetch).await;
    stream.write(&[b"whole"]).await.unwrap();
    stream.flush().await.unwrap();
    let mut asked = b.inbound().await;
    assert_eq!(read(&mut asked.stream).await.unwrap(), b"whole");
    stream.write(&[&[1; 40_000]]).await.unwrap();
    drop(stream);
    let fault = asked.stream.read(&mut Vec::new()).await.expect_err("cut");
    assert!(
        matches!(fault, StreamFault::Cut { .. } | StreamFault::Io(_)),
        "{fault}"
    );
    // The connection is as good as before.
    let mut stream = a.open(&b, Protocol::Fetch).await;
    stream.send(&[b"next"]).await.unwrap();
    let mut asked = b.inbound().await;
    assert_eq!(read(&mut asked.stream).await.unwrap(), b"next");
}

#[tokio::test]
async fn a_peer_that_does_not_read_is_given_up() {
    let (a, mut b) = pair().await;
    let mut stream = a.open(&b, Protocol::Fetch).await;
    stream.send(&[b"{}"]).await.unwrap();
    let mut asked = b.inbound().await;
    asked.stream.set_pace(SHORT);
    let body = vec![0; FRAME_BYTES_MAX];
    let began = Instant::now();
    let fault = loop {
        if let Err(fault) = asked.stream.send(&[&body]).await {
            break fault;
        }
        assert!(began.elapsed() < ENOUGH, "the writer is never stopped");
    };
    assert!(
        matches!(fault, StreamFault::Slow { .. } | StreamFault::Late),
        "{fault}"
    );
}

#[tokio::test]
async fn a_peer_that_says_nothing_is_given_up() {
    let (a, mut b) = pair().await;
    let mut stream = a.open(&b, Protocol::Hello).await;
    stream.flush().await.unwrap();
    let mut asked = b.inbound().await;
    asked.stream.set_pace(SHORT);
    let fault = asked.stream.read(&mut Vec::new()).await.expect_err("slow");
    assert!(
        matches!(fault, StreamFault::Slow { found: 0, .. }),
        "{fault}"
    );
}

#[tokio::test]
async fn garbage_on_the_socket_harms_nobody() {
    let (a, mut b) = pair().await;
    let mut garbage = Vec::new();
    for (round, start) in [
        &b""[..],
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x13/multistream/1.0.0\n\x07/noise\n",
    ]
    .iter()
    .enumerate()
    {
        let mut socket = TcpStream::connect(b.socket()).await.unwrap();
        garbage.clear();
        garbage.extend_from_slice(start);
        garbage.extend(
            (0..5_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> (16 + round)) as u8),
        );
        // The other side may close at any byte.
        drop(socket.write_all(&garbage).await);
        drop(socket.shutdown().await);
        let mut answer = Vec::new();
        let closed = timeout(ENOUGH, socket.read_to_end(&mut answer)).await;
        assert!(
            closed.is_ok(),
            "the connection stays open after garbage {round}"
        );
    }
    let mut stream = a.open(&b, Protocol::Hello).await;
    stream.send(&[b"still here"]).await.unwrap();
    let mut asked = b.inbound().await;
    assert_eq!(read(&mut asked.stream).await.unwrap(), b"still here");
}

#[tokio::test]
async fn a_partner_is_found_again_after_it_was_lost() {
    let mut a = Node::start(1, |_| {}).await;
    let b = Node::start(2, |_| {}).await;
    let (key, address) = (b.key(), b.address.clone());
    a.handle
        .add_partner(key, vec![address.clone()])
        .await
        .unwrap();
    assert_eq!(a.connected().await, key);
    b.handle.close().await;
    assert_eq!(a.disconnected().await, key);
    let reason = a
        .wait_for(|event| match event {
            Event::Unreachable { peer, reason, .. } if peer == key => Some(reason),
            _ => None,
        })
        .await;
    assert!(reason.contains("refused"), "{reason}");
    let text = address.to_string();
    let listen = text.split("/p2p/").next().unwrap();
    let mut b = Node::start_at(2, listen, |_| {}).await;
    assert_eq!(a.connected().await, key);
    assert_eq!(b.connected().await, a.key());
    // And a hiccup of the connection alone.
    b.handle.disconnect(a.key()).await.unwrap();
    assert_eq!(a.disconnected().await, key);
    assert_eq!(a.connected().await, key);
}

#[tokio::test]
async fn the_key_behind_an_address_is_checked() {
    let (a, b, c) = (
        Node::start(1, |_| {}).await,
        Node::start(2, |_| {}).await,
        Node::start(3, |_| {}).await,
    );
    let fault = a
        .handle
        .dial(c.key(), vec![b.address.clone()])
        .await
        .expect_err("b is not c");
    let text = fault.to_string();
    assert!(
        text.contains("another node") && text.contains(&b.key().to_string()),
        "{text}"
    );
    let fault = a
        .handle
        .dial(c.key(), Vec::new())
        .await
        .expect_err("nowhere");
    assert!(matches!(fault, NetError::NoAddress), "{fault}");
    let fault = a
        .handle
        .open(c.key(), Protocol::Hello)
        .await
        .expect_err("not connected");
    assert!(matches!(fault, OpenError::NotConnected), "{fault}");
}

#[tokio::test]
async fn a_blocked_peer_is_put_out_and_stays_out() {
    let (a, mut b) = pair().await;
    b.connected().await;
    b.handle.block(a.key(), true).await.unwrap();
    assert_eq!(b.disconnected().await, a.key());
    // The dialler's side may see the connection for a moment; it has no use of it.
    let _ = a.dial(&b).await;
    let mut c = Node::start(3, |_| {}).await;
    c.dial(&b).await.unwrap();
    assert_eq!(b.connected().await, c.key());
    b.handle.block(a.key(), false).await.unwrap();
    a.handle
        .add_partner(b.key(), vec![b.address.clone()])
        .await
        .unwrap();
    assert_eq!(b.connected().await, a.key());
    c.handle.close().await;
    assert!(timeout(ENOUGH, c.events.next()).await.is_ok());
}

#[tokio::test]
async fn a_third_connection_replaces_the_oldest() {
    let mut b = Node::start(2, |_| {}).await;
    let mut twins = Vec::new();
    for _ in 0..3 {
        let twin = Node::start(1, |_| {}).await;
        twin.dial(&b).await.unwrap();
        twins.push(twin);
    }
    assert_eq!(b.connected().await, twins[0].key());
    assert_eq!(twins[0].disconnected().await, b.key());
    let mut stream = twins[2].open(&b, Protocol::Hello).await;
    stream.send(&[b"the newest"]).await.unwrap();
    let mut asked = b.inbound().await;
    assert_eq!(read(&mut asked.stream).await.unwrap(), b"the newest");
}

#[tokio::test]
async fn handles_that_are_gone_end_the_network() {
    let (a, mut b) = pair().await;
    b.connected().await;
    let key = a.key();
    drop(a.handle);
    let mut events = a.events;
    while timeout(ENOUGH, events.next())
        .await
        .expect("it ends")
        .is_some()
    {}
    assert_eq!(b.disconnected().await, key);
}

#[tokio::test]
async fn a_node_on_loopback_says_so() {
    let a = Node::start(1, |_| {}).await;
    assert_eq!(a.handle.reach().await.unwrap(), Reach::Loopback);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_megabytes_arrive_whole_through_four_streams() {
    const FRAMES: usize = 100;
    const STREAMS: usize = 4;
    let (a, mut b) = pair().await;
    let mut readers = Vec::new();
    for number in 0..STREAMS {
        let mut asking = a.open(&b, Protocol::Fetch).await;
        asking.send(&[&[number as u8 + 1]]).await.unwrap();
        let mut asked = b.inbound().await;
        tokio::spawn(async move {
            let number = read(&mut asked.stream).await.unwrap()[0];
            let body = vec![number; FRAME_BYTES_MAX - 8];
            for frame in 0..FRAMES as u64 {
                asked
                    .stream
                    .write(&[&frame.to_be_bytes(), &body])
                    .await
                    .unwrap();
            }
            asked.stream.finish().await.unwrap();
        });
        readers.push(tokio::spawn(async move {
            let (mut frame, mut bytes) = (Vec::new(), 0);
            for expected in 0..FRAMES as u64 {
                assert!(asking.read(&mut frame).await.unwrap());
                assert_eq!(frame[..8], expected.to_be_bytes());
                assert!(
                    frame[8..]
                        .iter()
                        .all(|byte| usize::from(*byte) == number + 1)
                );
                bytes += frame.len();
            }
            assert!(!asking.read(&mut frame).await.unwrap());
            bytes
        }));
    }
    let mut bytes = 0;
    for reader in readers {
        bytes += timeout(ENOUGH * 3, reader).await.unwrap().unwrap();
    }
    assert_eq!(bytes, STREAMS * FRAMES * FRAME_BYTES_MAX);
}

#[test]
fn addresses_from_strangers_are_judged_as_the_table_says() {
    let Some(path) = erikti_tests::shared::path("vectors/own/peer-addresses.json") else {
        return;
    };
    let table: serde_json::Value =
        serde_json::from_slice(&std::fs::read(path).expect("readable")).expect("JSON");
    let cases = table["cases"].as_array().expect("cases");
    for case in cases {
        let text = case["addr"].as_str().expect("an address");
        let allowed = Address::read(text, Source::Stranger(Reach::Internet));
        assert_eq!(
            allowed.is_ok(),
            case["expect"] == "allow",
            "{text}: {allowed:?}"
        );
    }
    assert_eq!(cases.len(), 53);
    let long = format!("/dns/{}.org/tcp/4001", "a".repeat(300));
    assert!(matches!(
        Address::read(&long, Source::Operator),
        Err(AddressFault::Long { found: 318 })
    ));
}
