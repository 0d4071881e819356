//! The swarm: TCP, noise, yamux, and what runs on every connection.

use std::{sync::Arc, time::Duration};

use erikti_protocol::key::SecretKey;
use libp2p::{
    PeerId, Swarm, Transport,
    core::{muxing::StreamMuxerBox, upgrade::Version},
    identify,
    identity::Keypair,
    memory_connection_limits, noise, ping, swarm,
    swarm::NetworkBehaviour,
    tcp, yamux,
};
use tokio::sync::Semaphore;

use super::{
    Config,
    behaviour::Streams,
    gate::Gate,
    mux::{Bounded, INBOUND_MAX},
};

/// How the family of protocols is named in identify.
const FAMILY: &str = "/erikti/1";
/// From the first byte of a connection until its peer is known.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// A connection without streams, of a peer that is no partner, is closed after this.
const IDLE: Duration = Duration::from_secs(30);
/// A silent connection is found dead after two failures, within twice the sum of both.
const PING_EVERY: Duration = Duration::from_secs(15);
const PING_WITHIN: Duration = Duration::from_secs(20);
/// Inbound streams of one connection whose protocol is not yet known: as many as may be served.
const NEGOTIATING_MAX: usize = 32;
/// Makes the receive window of every stream stay at 256 KiB, because 4,096 × 256 KiB use up the whole 1 GiB
/// that yamux gives a connection.
///
/// Without it a window grows above 1 MiB, js-libp2p sends a whole window as one frame, and yamux here refuses
/// frames over 1 MiB: the connection breaks in the middle of a transfer. It is no limit on streams:
/// those are counted in [`super::mux`] and [`super::handler`].
const YAMUX_STREAMS: usize = 4_096;

#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    pub(super) gate: Gate,
    memory: memory_connection_limits::Behaviour,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    // The last one, so that nothing denies a connection after it was counted there.
    pub(super) streams: Streams,
}

/// Builds the swarm of a node.
///
/// Errors   when the key cannot be used for noise
pub(super) fn build(
    config: &Config,
    places: Arc<Semaphore>,
) -> Result<Swarm<Behaviour>, noise::Error> {
    let keypair = keypair(&config.secret);
    let mut mux = yamux::Config::default();
    mux.set_max_num_streams(YAMUX_STREAMS);
    let transport = tcp::tokio::Transport::new(tcp::Config::new().nodelay(true))
        .upgrade(Version::V1Lazy)
        .authenticate(noise::Config::new(&keypair)?)
        .multiplex(mux)
        .timeout(HANDSHAKE)
        .map(|(peer, muxer), _| {
            let bounded = Bounded::new(muxer, INBOUND_MAX);
            (peer, StreamMuxerBox::new(bounded))
        });
    let behaviour = Behaviour {
        gate: Gate::new(config.limits.clone()),
        memory: memory_connection_limits::Behaviour::with_max_bytes(config.limits.memory_bytes),
        identify: identify::Behaviour::new(
            identify::Config::new(FAMILY.into(), keypair.public())
                .with_agent_version(format!("erikti/{}", config.version))
                // What peers say about their addresses comes signed in their records, not from here.
                .with_cache_size(0),
        ),
        ping: ping::Behaviour::new(
            ping::Config::new()
                .with_interval(PING_EVERY)
                .with_timeout(PING_WITHIN),
        ),
        streams: Streams::new(places, config.limits.streams_per_peer, config.open_within),
    };
    Ok(Swarm::new(
        transport.boxed(),
        behaviour,
        PeerId::from(keypair.public()),
        swarm::Config::with_tokio_executor()
            .with_idle_connection_timeout(IDLE)
            .with_max_negotiating_inbound_streams(NEGOTIATING_MAX)
            // The protocol's name travels with the first bytes instead of taking a round trip of its own.
            .with_substream_upgrade_protocol_override(Version::V1Lazy),
    ))
}

fn keypair(secret: &SecretKey) -> Keypair {
    Keypair::ed25519_from_bytes(secret.seed()).expect("32 bytes are an Ed25519 seed")
}
