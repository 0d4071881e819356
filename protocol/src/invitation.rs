//! Invitations: a link that lets another organisation's node become this one's partner, once.
//!
//! ```text
//! link     = "erikti:" base64url(content), no padding, at most 2 KiB
//! content  = version 01 ‖ node key (32) ‖ signature (64) ‖ JSON
//! signed   = "erikti-invitation/v1\n" ‖ version ‖ node key ‖ JSON
//! JSON     = {"addresses":[…],"expires":"…Z","name":"…","organisation":"urn:erikti:org:z…",
//!             "origin":"erikti/<network>/<node key>","role":"host","secret":"<22 base64url digits>"}
//! words    = six proquints over the first 12 bytes of SHA-256(content)
//! ```
//!
//! The JSON has this order of members, no whitespace and no others (RFC 8785). The signature shows that no character
//! was changed on the way, not that the inviter is who it says: that is what the six words, read out by both
//! sides, are for. Who holds the link can use it, so it is sent to one reader and expires.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::hash::Hash;
use crate::id::{OrgId, Origin};
use crate::key::{PublicKey, SecretKey, Signature};
use crate::kind::Role;
use crate::time::Timestamp;

/// How every link begins.
pub const SCHEME: &str = "erikti:";
/// The most bytes of a link: what one QR code holds with room for damage.
pub const LINK_BYTES_MAX: usize = 2 * 1024;
/// The most addresses.
pub const ADDRESSES_MAX: usize = 8;
/// The most bytes of an address; eight of them at once may not fit the link.
pub const ADDRESS_BYTES_MAX: usize = 256;
/// The most characters of the organisation's name.
pub const NAME_CHARS_MAX: usize = 200;
/// Words that both sides see.
pub const WORDS: usize = 6;

/// The layout of the content described above.
const VERSION: u8 = 1;
/// What stands before the signed bytes, so that nothing else the key signs reads as an invitation.
const DOMAIN: &[u8] = b"erikti-invitation/v1\n";
/// What stands before a secret when it is hashed.
const SECRET_DOMAIN: &[u8] = b"erikti-invitation-secret/v1\n";

/// Why an invitation is refused, or cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvitationFault {
    /// No link of ours: cut off, mistyped at its beginning, or something else.
    #[error("this is no invitation, one looks like `{SCHEME}…`")]
    Malformed,
    /// A link of a version that this software does not read.
    #[error("the invitation is of version {found}, this software reads version {VERSION}")]
    Version {
        /// The version.
        found: u8,
    },
    /// The signature does not fit: a character was changed, lost or added.
    #[error("the invitation was altered after it was made")]
    Altered,
    /// Its time is over.
    #[error("the invitation expired at {expires}")]
    Expired {
        /// When.
        expires: Timestamp,
    },
    /// It is for a network that this node is not of.
    #[error("the invitation is for network `{found}`, this node is of `{allowed}`")]
    OtherNetwork {
        /// The invitation's network.
        found: String,
        /// This node's.
        allowed: String,
    },
    /// What it says is outside the bounds.
    #[error("the invitation's {field} is not as it must be: {allowed}")]
    Field {
        /// Which member.
        field: &'static str,
        /// What it must be.
        allowed: &'static str,
    },
    /// All together is too much for a link.
    #[error("the link has {found} bytes, at most {LINK_BYTES_MAX} are allowed")]
    TooLong {
        /// Bytes of the link.
        found: usize,
    },
}

/// What proves that a node was invited: shown once, kept by the inviter as its hash only.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationSecret([u8; 16]);

impl InvitationSecret {
    /// Takes 16 bytes from a source of randomness.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The secret's bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// What the inviter keeps and compares.
    pub fn hash(&self) -> Hash {
        Hash::of_parts(&[SECRET_DOMAIN, &self.0])
    }
}

impl fmt::Debug for InvitationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationSecret(…)")
    }
}

/// What an invitation says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invitation {
    /// Where the inviter listens: 1 to 8 multiaddresses.
    pub addresses: Vec<String>,
    /// The first moment at which it is no longer good.
    pub expires: Timestamp,
    /// What the inviting organisation calls itself.
    pub name: String,
    /// The inviting organisation.
    pub organisation: OrgId,
    /// Its open log: names the network and the node's key.
    pub origin: Origin,
    /// What the invited organisation will be for the inviter.
    pub role: Role,
    /// Proves the invitation when it is accepted.
    pub secret: InvitationSecret,
}

/// The JSON of a link, members in the order of RFC 8785.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    addresses: Vec<String>,
    expires: Timestamp,
    name: String,
    organisation: OrgId,
    origin: Origin,
    role: String,
    secret: String,
}

impl Invitation {
    /// Signs with the node's key.
    ///
    /// Errors   [`InvitationFault::Field`] (also when the origin names another key), [`InvitationFault::TooLong`]
    pub fn sign(self, key: &SecretKey) -> Result<Link, InvitationFault> {
        self.check()?;
        if key.public() != self.origin.node_key() {
            return Err(ORIGIN_FAULT);
        }
        let json = self.json();
        let node_key = key.public();
        let signature = key.sign(&signed_bytes(&node_key, &json));
        let content = [
            &[VERSION],
            node_key.as_bytes().as_slice(),
            signature.as_bytes(),
            &json,
        ]
        .concat();
        let link = Link {
            invitation: self,
            content,
        };
        match link.to_string().len() {
            0..=LINK_BYTES_MAX => Ok(link),
            found => Err(InvitationFault::TooLong { found }),
        }
    }

    fn json(&self) -> Vec<u8> {
        let json = Json {
            addresses: self.addresses.clone(),
            expires: self.expires,
            name: self.name.clone(),
            organisation: self.organisation,
            origin: self.origin.clone(),
            role: self.role.as_str().to_owned(),
            secret: URL_SAFE_NO_PAD.encode(self.secret.0),
        };
        serde_json::to_vec(&json).expect("texts and lists of texts always serialise")
    }

    fn from_json(bytes: &[u8]) -> Result<Self, InvitationFault> {
        let json: Json = serde_json::from_slice(bytes).map_err(|_| InvitationFault::Malformed)?;
        let secret = URL_SAFE_NO_PAD.decode(&json.secret).ok();
        let secret = secret.and_then(|secret| secret.try_into().ok());
        let invitation = Self {
            addresses: json.addresses,
            expires: json.expires,
            name: json.name,
            organisation: json.organisation,
            origin: json.origin,
            role: Role::parse(&json.role).ok_or(InvitationFault::Malformed)?,
            secret: InvitationSecret(secret.ok_or(InvitationFault::Malformed)?),
        };
        // One spelling: no other order, whitespace, escapes or repeated members.
        match invitation.json() == bytes {
            true => invitation.check().map(|()| invitation),
            false => Err(InvitationFault::Malformed),
        }
    }

    fn check(&self) -> Result<(), InvitationFault> {
        let fault = |field, allowed| Err(InvitationFault::Field { field, allowed });
        if !(1..=ADDRESSES_MAX).contains(&self.addresses.len()) {
            return fault("addresses", "1 to 8 of them");
        }
        let address = |text: &String| {
            text.starts_with('/')
                && text.len() <= ADDRESS_BYTES_MAX
                && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if !self.addresses.iter().all(address) {
            return fault("addresses", "multiaddresses of at most 256 bytes");
        }
        let chars = self.name.chars().count();
        if !(1..=NAME_CHARS_MAX).contains(&chars) || self.name.contains(char::is_control) {
            return fault(
                "name",
                "1 to 200 characters, none of them control characters",
            );
        }
        Ok(())
    }
}

const ORIGIN_FAULT: InvitationFault = InvitationFault::Field {
    field: "origin",
    allowed: "the log of the key that signs",
};

/// An invitation as it is handed over. Exists only verified; displayed, it is the link.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    invitation: Invitation,
    content: Vec<u8>,
}

impl Link {
    /// Reads a link and verifies it under the key that it names.
    ///
    /// Errors   [`InvitationFault::Malformed`], [`InvitationFault::Version`], [`InvitationFault::Altered`],
    /// [`InvitationFault::Field`], [`InvitationFault::TooLong`]
    pub fn parse(text: &str) -> Result<Self, InvitationFault> {
        if text.len() > LINK_BYTES_MAX {
            return Err(InvitationFault::TooLong { found: text.len() });
        }
        let digits = text.strip_prefix(SCHEME);
        let digits = digits.ok_or(InvitationFault::Malformed)?;
        let content = URL_SAFE_NO_PAD.decode(digits);
        let content = content.map_err(|_| InvitationFault::Malformed)?;
        let (version, rest) = content.split_first().ok_or(InvitationFault::Malformed)?;
        if *version != VERSION {
            return Err(InvitationFault::Version { found: *version });
        }
        let (key, rest) = rest.split_first_chunk().ok_or(InvitationFault::Malformed)?;
        let (signature, json) = rest.split_first_chunk().ok_or(InvitationFault::Malformed)?;
        let key = PublicKey::from_bytes(*key);
        key.verify(
            &signed_bytes(&key, json),
            &Signature::from_bytes(*signature),
        )
        .map_err(|_| InvitationFault::Altered)?;
        let invitation = Invitation::from_json(json)?;
        if invitation.origin.node_key() != key {
            return Err(ORIGIN_FAULT);
        }
        Ok(Self {
            invitation,
            content,
        })
    }

    /// What it says, if it is for a node of `network` and still good at `now`.
    ///
    /// Errors   [`InvitationFault::OtherNetwork`], [`InvitationFault::Expired`]
    pub fn open(&self, network: &str, now: Timestamp) -> Result<&Invitation, InvitationFault> {
        let found = self.invitation.origin.network();
        if found != network {
            return Err(InvitationFault::OtherNetwork {
                found: found.to_owned(),
                allowed: network.to_owned(),
            });
        }
        let expires = self.invitation.expires;
        if now >= expires {
            return Err(InvitationFault::Expired { expires });
        }
        Ok(&self.invitation)
    }

    /// What it says, good or not.
    pub const fn invitation(&self) -> &Invitation {
        &self.invitation
    }

    /// Six words that both sides see: 96 bits, so that nobody finds a second link with the same.
    pub fn words(&self) -> [String; WORDS] {
        let digest = Hash::of(&self.content);
        let (pairs, _) = digest.as_bytes().as_chunks::<2>();
        std::array::from_fn(|at| proquint(u16::from_be_bytes(pairs[at])))
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SCHEME)?;
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.content))
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Link").field(&self.invitation).finish()
    }
}

fn signed_bytes(key: &PublicKey, json: &[u8]) -> Vec<u8> {
    [DOMAIN, &[VERSION], key.as_bytes(), json].concat()
}

/// A number as a word that people can say: consonant, vowel, consonant, vowel, consonant, from the highest bits down.
fn proquint(number: u16) -> String {
    const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
    const VOWELS: &[u8; 4] = b"aiou";
    let consonant = |shift: u16| CONSONANTS[usize::from(number >> shift & 0xf)];
    let vowel = |shift: u16| VOWELS[usize::from(number >> shift & 0x3)];
    let letters = [
        consonant(12),
        vowel(10),
        consonant(6),
        vowel(4),
        consonant(0),
    ];
    letters.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_proquints_as_published() {
        // 127.0.0.1 and 63.84.220.193, the first examples of the proposal.
        assert_eq!(proquint(0x7f00), "lusab");
        assert_eq!(proquint(0x0001), "babad");
        assert_eq!(proquint(0x3f54), "gutih");
        assert_eq!(proquint(0xdcc1), "tugad");
    }
}
