//! Names of organisations and of things, as records spell them.

use std::fmt;

use uuid::Uuid;

use crate::hash::Hash;
use crate::spelling::as_text;

/// An organisation: the digest of the `log` record that founded it.
///
/// Shape    `urn:erikti:org:z…`, base58btc of the 32 bytes
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrgId(Hash);

impl OrgId {
    /// How every organisation's name begins.
    pub const PREFIX: &str = "urn:erikti:org:z";

    /// Names the organisation that the record with this digest founded.
    pub const fn from_founding(digest: Hash) -> Self {
        Self(digest)
    }

    /// The founding record's digest.
    pub const fn founding(&self) -> Hash {
        self.0
    }

    /// Reads the one spelling, or `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text
            .strip_prefix(Self::PREFIX)
            .filter(|digits| digits.len() <= 44)?;
        let mut bytes = [0; Hash::LEN];
        (bs58::decode(digits).onto(&mut bytes).ok()? == Hash::LEN)
            .then_some(Self(Hash::from_bytes(bytes)))
    }

    /// The first eight characters after the prefix: enough for people to tell organisations apart on a screen,
    /// never enough to decide anything.
    pub fn short(&self) -> String {
        bs58::encode(self.0.as_bytes())
            .into_string()
            .chars()
            .take(8)
            .collect()
    }
}

impl fmt::Display for OrgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}",
            Self::PREFIX,
            bs58::encode(self.0.as_bytes()).into_string()
        )
    }
}

impl fmt::Debug for OrgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The thing a record states something about; its states are versions of it.
///
/// Shape    `urn:uuid:` and a lower-case hyphenated UUID
/// Limits   version 7 for what is made here, version 8 for imports of public things, version 4 for people
/// Source   RFC 9562
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId([u8; 16]);

impl RecordId {
    /// How every record's name begins.
    pub const PREFIX: &str = "urn:uuid:";

    /// Takes a UUID's bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The UUID's bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Makes a time-ordered UUID (version 7) from milliseconds since 1970 and ten random bytes.
    pub fn v7(milliseconds: u64, random: [u8; 10]) -> Self {
        Self(
            *uuid::Builder::from_unix_timestamp_millis(milliseconds, &random)
                .as_uuid()
                .as_bytes(),
        )
    }

    /// Makes a random UUID (version 4): for people, so that no one can derive it.
    pub fn v4(random: [u8; 16]) -> Self {
        Self(
            *uuid::Builder::from_random_bytes(random)
                .as_uuid()
                .as_bytes(),
        )
    }

    /// Names an imported public thing: version 8 over organisation, source and the source's own id,
    /// so that importing it again lands on the same thing.
    pub fn imported(organisation: &OrgId, source: &str, source_id: &str) -> Self {
        let length = |text: &str| (text.len() as u64).to_be_bytes();
        let digest = Hash::of_parts(&[
            organisation.founding().as_bytes(),
            &length(source),
            source.as_bytes(),
            &length(source_id),
            source_id.as_bytes(),
        ]);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.as_bytes()[..16]);
        Self(*uuid::Builder::from_custom_bytes(bytes).as_uuid().as_bytes())
    }

    /// Reads the one spelling, or `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(Self::PREFIX)?;
        if digits.len() != 36 || digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        Uuid::try_parse(digits)
            .ok()
            .map(|uuid| Self(*uuid.as_bytes()))
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}",
            Self::PREFIX,
            Uuid::from_bytes(self.0).hyphenated()
        )
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A log's name.
///
/// Shape    `erikti/<network>/<multibase node key>`
/// Limits   network is `[a-z0-9-]{1,32}`
/// Source   C2SP tlog-checkpoint, origin line
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    text: String,
    network_bytes: usize,
}

impl Origin {
    /// The first part of every origin.
    const SCHEME: &str = "erikti/";

    /// Names the log of a node key in a network, or `None` when the network's name is not `[a-z0-9-]{1,32}`.
    pub fn new(network: &str, node_key: &crate::key::PublicKey) -> Option<Self> {
        is_network(network).then(|| Self {
            text: format!("{}{network}/{node_key}", Self::SCHEME),
            network_bytes: network.len(),
        })
    }

    /// Reads the one spelling, or `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let (network, key) = text.strip_prefix(Self::SCHEME)?.split_once('/')?;
        let key = crate::key::PublicKey::parse(key).ok()?;
        Self::new(network, &key).filter(|origin| origin.text == text)
    }

    /// The network's name.
    pub fn network(&self) -> &str {
        let start = Self::SCHEME.len();
        &self.text[start..start + self.network_bytes]
    }

    /// The key that signs this log's checkpoints; also the node's transport identity.
    pub fn node_key(&self) -> crate::key::PublicKey {
        let key = &self.text[Self::SCHEME.len() + self.network_bytes + 1..];
        crate::key::PublicKey::parse(key).expect("an origin is made of a checked key")
    }

    /// The text as it stands in checkpoints.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Digest of the text: the name of the log's folder, and what frames carry of it.
    pub fn hash(&self) -> Hash {
        Hash::of(self.text.as_bytes())
    }
}

/// Whether `text` may name a network: `[a-z0-9-]{1,32}`.
pub fn is_network(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

as_text!(OrgId, "an organisation is spelled urn:erikti:org:z…");
as_text!(RecordId, "a record id is spelled urn:uuid:…");
as_text!(Origin, "an origin is spelled erikti/<network>/<node key>");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;

    #[test]
    fn names_have_one_spelling() {
        let org = OrgId::from_founding(Hash::of(b"founding"));
        assert_eq!(OrgId::parse(&org.to_string()), Some(org));
        let id = RecordId::v7(1_700_000_000_000, [5; 10]);
        assert_eq!(RecordId::parse(&id.to_string()), Some(id));
        assert_eq!(RecordId::parse(&id.to_string().to_uppercase()), None);
        assert_eq!(
            RecordId::parse("urn:uuid:00000000000000000000000000000000"),
            None
        );
        let key = SecretKey::from_seed(&[7; 32]).public();
        let origin = Origin::new("demo", &key).expect("`demo` names a network");
        assert_eq!(Origin::parse(origin.as_str()), Some(origin.clone()));
        assert_eq!((origin.network(), origin.node_key()), ("demo", key));
    }

    #[test]
    fn network_names_are_bounded() {
        let key = SecretKey::from_seed(&[7; 32]).public();
        assert!(Origin::new(&"a".repeat(32), &key).is_some());
        assert!(Origin::new(&"a".repeat(33), &key).is_none());
        for network in ["", "A", "a b", "a/b", "ә"] {
            assert!(Origin::new(network, &key).is_none(), "{network}");
        }
    }

    #[test]
    fn imports_of_one_thing_share_an_id_and_others_do_not() {
        let org = OrgId::from_founding(Hash::of(b"founding"));
        let id = RecordId::imported(&org, "nyc", "4996");
        assert_eq!(id, RecordId::imported(&org, "nyc", "4996"));
        assert_ne!(id, RecordId::imported(&org, "nyc4", "996"));
        assert_ne!(
            id,
            RecordId::imported(&OrgId::from_founding(Hash::of(b"other")), "nyc", "4996")
        );
    }
}
