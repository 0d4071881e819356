//! The people of this organisation who may sign in here, and the programs that act for them.

use serde::{Deserialize, Serialize};

/// What a person may do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks after the node: everything, accounts and settings included.
    Administrator,
    /// Works with records.
    Coordinator,
    /// Reads everything and writes nothing.
    Auditor,
    /// Has an account, and reads what everybody reads.
    Volunteer,
}

impl Role {
    /// Every role, the most powerful first.
    pub const ALL: [Self; 4] = [
        Self::Administrator,
        Self::Coordinator,
        Self::Auditor,
        Self::Volunteer,
    ];

    /// Its name for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Coordinator => "coordinator",
            Self::Auditor => "auditor",
            Self::Volunteer => "volunteer",
        }
    }

    /// The role of a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// What a program may do for a person of this role.
    pub const fn scopes(self) -> &'static [Scope] {
        match self {
            Self::Administrator => &[Scope::Read, Scope::Publish, Scope::Manage],
            Self::Coordinator => &[Scope::Read, Scope::Publish],
            Self::Auditor => &[Scope::Read],
            Self::Volunteer => &[],
        }
    }
}

/// What a program may do for the person who gave it a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Read what the person may read.
    Read,
    /// Make, change and erase records.
    Publish,
    /// What administrators do.
    Manage,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Read, Self::Publish, Self::Manage];

    /// Its name for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Publish => "publish",
            Self::Manage => "manage",
        }
    }

    /// The scope of a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}
