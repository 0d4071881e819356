//! libp2p's peer ids and our keys: two spellings of one thing, for Ed25519 only.

use erikti_protocol::key::PublicKey;
use libp2p::PeerId;

/// How the peer id of an Ed25519 key begins: identity multihash of 36 bytes, then the key as protobuf
/// (field 1, type 1 = Ed25519; field 2, 32 bytes).
///
/// Source   libp2p peer ids specification
const ED25519: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

/// The key behind a peer id, or `None` if it is of another kind or only a hash.
pub(super) fn key(id: &PeerId) -> Option<PublicKey> {
    let bytes = id.to_bytes();
    let key = bytes.strip_prefix(&ED25519)?;
    key.try_into().ok().map(PublicKey::from_bytes)
}

/// The peer id of a key.
pub(super) fn id(key: &PublicKey) -> PeerId {
    let mut bytes = Vec::with_capacity(38);
    bytes.extend_from_slice(&ED25519);
    bytes.extend_from_slice(key.as_bytes());
    PeerId::from_bytes(&bytes).expect("an identity multihash of 36 bytes is a peer id")
}

#[cfg(test)]
mod tests {
    use super::*;
    use erikti_protocol::key::SecretKey;

    #[test]
    fn one_seed_is_one_node_in_both_spellings() {
        let secret = SecretKey::from_seed(&[3; 32]);
        let keypair = libp2p::identity::Keypair::ed25519_from_bytes(secret.seed()).unwrap();
        let peer = keypair.public().to_peer_id();
        assert_eq!(key(&peer), Some(secret.public()));
        assert_eq!(id(&secret.public()), peer);
    }

    #[test]
    fn keys_of_other_kinds_are_refused() {
        // A secp256k1 key: protobuf type 2, 33 bytes, still short enough to stand in the id itself.
        let mut secp256k1 = vec![0x00, 0x25, 0x08, 0x02, 0x12, 0x21];
        secp256k1.extend([2; 33]);
        // An RSA key is named by its SHA-256.
        let mut rsa = vec![0x12, 0x20];
        rsa.extend([9; 32]);
        for bytes in [secp256k1, rsa] {
            let peer = PeerId::from_bytes(&bytes).unwrap();
            assert_eq!(key(&peer), None);
        }
    }
}
