//! Who belongs, as this node's operator decided: roots, partners, blocked organisations, invitations given out.
//!
//! One small JSON file, replaced whole. It is what a person decided and no log says, so nothing in it is guessed:
//! an unknown name or a broken text is an error that names the place.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::key::PublicKey;
use erikti_protocol::kind::Role;
use erikti_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::folder::replace;
use super::{StoreFault, fault};

/// The version of the file's format.
const FORMAT: u32 = 1;
/// Partners at most: a thirtieth of all organisations at a first meeting would be 5; this is room for every
/// organisation of a large network, at 1 KiB each 4 MiB.
pub const PARTNERS_MAX: usize = 4096;
/// Roots, and blocked organisations, at most.
pub const ORGANISATIONS_MAX: usize = 4096;
/// Invitations kept, used and expired ones included, at most.
pub const INVITATIONS_MAX: usize = 4096;
/// Addresses of a partner at most: four interfaces, two protocols, two families.
pub const ADDRESSES_MAX: usize = 16;
/// Characters of a partner's name at most.
pub const NAME_CHARS_MAX: usize = 256;
/// Bytes of the file at most: [`PARTNERS_MAX`] times 16 addresses of 128 bytes, and as much again.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Why the members' file is refused.
#[derive(Debug, thiserror::Error)]
pub enum MembersFault {
    /// It cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// It is no JSON of this form.
    #[error("`{}` is refused: {why}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// Line, column and reason.
        why: String,
    },
    /// A newer program wrote it.
    #[error("`{}` is of version {found}, allowed {allowed}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// The version it names.
        found: u32,
        /// The version this program reads.
        allowed: u32,
    },
    /// A list or a text is longer than it may be.
    #[error("`{field}` has {found} items, allowed {allowed}")]
    TooMany {
        /// Which one.
        field: &'static str,
        /// How many there are.
        found: usize,
        /// The bound.
        allowed: usize,
    },
    /// A partner's log is not the one of its node key.
    #[error("the partner `{organisation}` has the log `{origin}`, which is not its node key's")]
    OtherKey {
        /// Which partner.
        organisation: OrgId,
        /// The log.
        origin: Origin,
    },
}

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Members {
    version: Format,
    /// Organisations whose accreditations count.
    pub roots: BTreeSet<OrgId>,
    /// Organisations whose nodes are connected to.
    pub partners: Vec<Partner>,
    /// Organisations that are refused, whatever their standing.
    pub blocked: BTreeSet<OrgId>,
    /// Invitations this node gave out.
    pub invitations: Vec<Issued>,
}

/// The version that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Format(u32);

impl Default for Format {
    fn default() -> Self {
        Self(FORMAT)
    }
}

/// An organisation whose node is connected to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// Which organisation.
    pub organisation: OrgId,
    /// Its open log when it became a partner.
    pub origin: Origin,
    /// Its node's key.
    pub node_key: PublicKey,
    /// Multiaddresses to dial.
    pub addresses: Vec<String>,
    /// What it calls itself: outside text.
    pub name: String,
    /// The role it was invited for.
    #[serde(with = "role")]
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
}

/// An invitation that was given out; its secret is known only to the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issued {
    /// SHA-256 of the one-time secret.
    pub secret_hash: Hash,
    /// Until when it may be accepted.
    pub expires: Timestamp,
    /// The role it is for.
    #[serde(with = "role")]
    pub role: Role,
    /// Who accepted it.
    pub used_by: Option<OrgId>,
}

impl Members {
    /// Reads `members.json` of a data folder; a folder without one has no members yet.
    ///
    /// Errors   [`MembersFault`], naming the place
    pub fn load(folder: &Path) -> Result<Self, MembersFault> {
        let path = folder.join("members.json");
        let length = match std::fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(fault("read", &path)(error).into()),
        };
        if length > FILE_BYTES_MAX {
            return Err(MembersFault::Form {
                path,
                why: format!("it has {length} bytes, allowed {FILE_BYTES_MAX}"),
            });
        }
        let bytes = std::fs::read(&path).map_err(fault("read", &path))?;
        let form = |why: serde_json::Error| MembersFault::Form {
            path: path.clone(),
            why: why.to_string(),
        };
        // The version first: a newer form would otherwise be refused for a name it has since learnt.
        let Version { version } = serde_json::from_slice(&bytes).map_err(form)?;
        if version != FORMAT {
            return Err(MembersFault::Version {
                path,
                found: version,
                allowed: FORMAT,
            });
        }
        let members: Self = serde_json::from_slice(&bytes).map_err(form)?;
        members.check()?;
        Ok(members)
    }

    /// Replaces `members.json` of a data folder; durable on return.
    pub fn save(&self, folder: &Path) -> Result<(), MembersFault> {
        self.check()?;
        let mut bytes = serde_json::to_vec_pretty(self).expect("names and numbers are always JSON");
        bytes.push(b'\n');
        Ok(replace(&folder.join("members.json"), &bytes)?)
    }

    /// The partner that is this organisation.
    pub fn partner(&self, organisation: &OrgId) -> Option<&Partner> {
        self.partners
            .iter()
            .find(|partner| partner.organisation == *organisation)
    }

    fn check(&self) -> Result<(), MembersFault> {
        let bound = |field, found, allowed| match found <= allowed {
            true => Ok(()),
            false => Err(MembersFault::TooMany {
                field,
                found,
                allowed,
            }),
        };
        bound("roots", self.roots.len(), ORGANISATIONS_MAX)?;
        bound("blocked", self.blocked.len(), ORGANISATIONS_MAX)?;
        bound("partners", self.partners.len(), PARTNERS_MAX)?;
        bound("invitations", self.invitations.len(), INVITATIONS_MAX)?;
        for partner in &self.partners {
            bound("addresses", partner.addresses.len(), ADDRESSES_MAX)?;
            bound("name", partner.name.chars().count(), NAME_CHARS_MAX)?;
            if partner.origin.node_key() != partner.node_key {
                return Err(MembersFault::OtherKey {
                    organisation: partner.organisation,
                    origin: partner.origin.clone(),
                });
            }
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

mod role {
    use erikti_protocol::kind::Role;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(role: &Role, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(role.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Role, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Role::parse(&text).ok_or_else(|| {
            let roles = Role::ALL.map(Role::as_str).join(", ");
            serde::de::Error::custom(format!("`{text}` is no role, expected one of {roles}"))
        })
    }
}
