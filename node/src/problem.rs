//! Everything that can go wrong for a caller, in one table: a stable dotted code, an HTTP status, an exit code.
//!
//! Codes are for programs and never change; details are for people and may.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::config::{Place, SettingsFault};
use crate::files;

/// What a code means to the caller of a program, as `sysexits.h` numbers it where it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It failed.
    Failed = 1,
    /// It works, but something needs a person.
    Degraded = 2,
    /// The command was written wrongly.
    Usage = 64,
    /// The data given is not what it must be.
    Data = 65,
    /// Somebody who is needed is not reachable.
    Unavailable = 69,
    /// Something could not be created.
    CannotCreate = 73,
    /// The same call may go through later.
    TryLater = 75,
    /// The caller may not do this.
    NotAllowed = 77,
    /// The configuration is wrong.
    Configuration = 78,
}

impl Exit {
    /// The key of the text that says what whoever gets it should do.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Failed => "advice-failed",
            Self::Degraded => "advice-degraded",
            Self::Usage => "advice-usage",
            Self::Data => "advice-data",
            Self::Unavailable => "advice-unavailable",
            Self::CannotCreate => "advice-cannot-create",
            Self::TryLater => "advice-try-later",
            Self::NotAllowed => "advice-not-allowed",
            Self::Configuration => "advice-configuration",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $code:literal $status:literal $exit:ident $title:literal;)+) => {
        /// A stable code of what went wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $title] $variant,)+
        }

        impl Code {
            /// All codes, for tables and tests.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The code as text.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The HTTP status that carries it.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// The exit code of the command line.
            pub const fn exit(self) -> Exit {
                match self { $(Self::$variant => Exit::$exit,)+ }
            }

            /// What it means, in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }
        }
    };
}

codes! {
    Usage             "usage"                  400 Usage         "the request is written wrongly";
    UnknownRoute      "usage.route"            404 Usage         "there is no such address";
    UsageMethod       "usage.method"           405 Usage         "this address does not take such a request";
    UsageSlow         "usage.slow"             408 TryLater      "the request came too slowly";
    UsageSize         "usage.size"             413 Usage         "the request is too large";
    UsageMediaType    "usage.media_type"       415 Usage         "the request's body is of another kind";
    HostForeign       "host.foreign"           421 Usage         "the request is for another host";
    FormForeign       "form.foreign"           403 NotAllowed    "the form does not come from a page of this node";
    RequestsLimited   "limit.requests"         429 TryLater      "too many requests";
    SignInLimited     "limit.signin"           429 TryLater      "too many wrong passwords";
    SignInNeeded      "signin.needed"          401 NotAllowed    "this is for those who are signed in";
    SignInRefused     "signin.refused"         401 NotAllowed    "name or password is wrong";
    PasswordWeak      "password.weak"          422 Data          "this password would be guessed";
    AccountUnknown    "account.unknown"        404 Failed        "there is no such account";
    AccountExists     "account.exists"         409 Data          "there is such an account already";
    SessionUnknown    "session.unknown"        404 Failed        "there is no such session";
    TokenUnknown      "token.unknown"          404 Failed        "there is no such token";
    TokenInvalid      "token.invalid"          401 NotAllowed    "the token is not good, or not any more";
    LinkUnknown       "link.unknown"           404 Data          "the link is not known here";
    LinkGone          "link.gone"              410 Data          "the link was used or has expired";
    ConfigInvalid     "config.invalid"         500 Configuration "the configuration is wrong";
    DataMissing       "data.missing"           500 Configuration "the data folder is not initialised";
    DataExists        "data.exists"            409 CannotCreate  "the data folder is already in use";
    DataLocked        "data.locked"            503 TryLater      "another process uses the data folder";
    DataVersion       "data.version"           500 Configuration "the data folder was written by another version";
    KeysExposed       "keys.exposed"           500 NotAllowed    "a key can be read by others";
    KeysInvalid       "keys.invalid"           500 Configuration "a key file is not what it must be";
    FileUnreadable    "file.unreadable"        400 Data          "a file cannot be read";
    FileUnwritable    "file.unwritable"        500 CannotCreate  "a file cannot be written";
    RecordMalformed   "record.malformed"       422 Data          "the record is not what its kind asks for";
    RecordUnknown     "record.unknown"         404 Failed        "no such record is held here";
    RecordConflict    "record.conflict"        409 Failed        "the record has changed meanwhile";
    RecordErased      "record.erased"          410 Failed        "the record was erased";
    RecordNotOwn      "record.not_own"         403 NotAllowed    "the record belongs to another organisation";
    KindUnknown       "kind.unknown"           422 Data          "no such kind of record";
    ImportInvalid     "import.invalid"         422 Data          "the file cannot be imported";
    ImportMapping     "import.mapping"         422 Data          "the mapping does not fit the file";
    ImportUnknown     "import.unknown"         404 Failed        "no such import is remembered here";
    ImportUnreachable "import.unreachable"     502 Unavailable   "the feed cannot be read";
    OrganisationUnknown "organisation.unknown" 404 Failed        "no such organisation is known here";
    PeerUnknown       "peer.unknown"           404 Failed        "no such partner";
    PeerUnreachable   "peer.unreachable"       503 Unavailable   "the other node cannot be reached";
    InvitationAltered "invitation.altered"     422 Data          "the invitation was changed on its way";
    InvitationExpired "invitation.expired"     422 Data          "the invitation has expired";
    InvitationUsed    "invitation.used"        409 Data          "the invitation was already used";
    InvitationUnknown "invitation.unknown"     404 Data          "the other node does not know this invitation";
    InvitationInvalid "invitation.invalid"     422 Data          "this is no invitation to this network";
    LogUnknown        "log.unknown"            404 Failed        "no such log is kept here";
    StoreDamaged      "store.damaged"          500 Failed        "the store is damaged";
    SearchUnready     "search.unready"         503 TryLater      "the search is being made anew";
    StoreStopped      "store.stopped"          503 Failed        "the store no longer takes writes";
    PreconditionNeeded "precondition.needed"   428 Usage         "say which version is to be changed";
    PreconditionFailed "precondition.failed"   412 Failed        "it has changed since it was read";
    IdempotencyOther  "idempotency.other"      422 Usage         "the key was used for another request";
    IdempotencyRunning "idempotency.running"   409 TryLater      "a request with this key is being worked on";
    IdempotencyTold   "idempotency.told"       409 Usage         "it was done, and its answer is told once";
    AddressUnknown    "address.unknown"        404 Configuration "the node has no public address";
    HookUnknown       "hook.unknown"           404 Failed        "no such webhook";
    HookAddress       "hook.address"           422 Data          "this address is never asked";
    NotAllowed        "not_allowed"            403 NotAllowed    "this is not allowed";
    NodeUnreachable   "node.unreachable"       503 Unavailable   "the node does not answer";
    NodeStopped       "node.stopped"           503 Unavailable   "this needs a running node";
    Busy              "busy"                   503 TryLater      "too much at once";
    Internal          "internal"               500 Failed        "a fault of this program";
}

impl Code {
    /// The key of the text that says what it means.
    pub fn key(self) -> String {
        format!("problem-{}", self.as_str().replace(['.', '_'], "-"))
    }

    /// Reads a code's text, or `None`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // A newer node may know more codes than this command line: what it says still arrives.
        Ok(Self::parse(&text).unwrap_or(Self::Internal))
    }
}

/// One thing that went wrong, for people and programs.
///
/// Shape    RFC 9457 problem details with the members `code`, `field`, `found`, `allowed`, `hint`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", self.0.detail)]
#[serde(transparent)]
pub struct Problem(Box<Told>);

/// What is told of a [`Problem`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The stable code.
    pub code: Code,
    /// What happened, in a sentence.
    pub detail: String,
    /// The field it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// What stood there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub found: Option<String>,
    /// What may stand there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub allowed: Option<String>,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
    /// After how many seconds the same may go through.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after: Option<u64>,
}

/// Characters of what was found that are repeated, at most.
const FOUND_CHARS_MAX: usize = 2_000;

impl std::ops::Deref for Problem {
    type Target = Told;

    fn deref(&self) -> &Told {
        &self.0
    }
}

impl Problem {
    /// A problem of this code, told in a sentence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Told {
            code,
            detail: detail.into(),
            field: None,
            found: None,
            allowed: None,
            hint: None,
            retry_after: None,
        }))
    }

    /// Names the field it is about.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Says what was found, as much of it as people read.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        let found = found.into();
        self.0.found = Some(found.chars().take(FOUND_CHARS_MAX).collect());
        self
    }

    /// Says what is allowed.
    #[must_use]
    pub fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.0.allowed = Some(allowed.into());
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Says after how many seconds the same may go through.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// A fault of this program or machine: the chain of causes in one sentence.
    pub fn internal(what: &str, cause: impl std::fmt::Display) -> Self {
        Self::new(Code::Internal, format!("{what}: {cause}"))
            .hint("try again; if it happens again, look at what the node logs")
    }

    /// A file or folder that could not be written or made, and why.
    pub fn unwritable(path: &Path, cause: impl std::fmt::Display) -> Self {
        let detail = format!("cannot write `{}`: {cause}", path.display());
        Self::new(Code::FileUnwritable, detail)
    }

    /// The problem as an RFC 9457 document; its type is an anchor of a page that every node has.
    pub fn document(&self) -> Value {
        let mut document = serde_json::to_value(self).unwrap_or_else(|_| json!({}));
        document["type"] = json!(format!("/problems#{}", self.code.as_str()));
        if let Some(field) = &self.field {
            document["errors"] = json!([{"pointer": self.pointer(field), "detail": self.detail}]);
        }
        document["title"] = json!(self.code.title());
        document["status"] = json!(self.code.status());
        document
    }
}

impl Told {
    /// The field as a JSON pointer into the request, where a record's fields stand below `subject`.
    ///
    /// Source   RFC 6901
    fn pointer(&self, field: &str) -> String {
        let outer = match self.code {
            Code::RecordMalformed if !["kind", "id", "readers"].contains(&field) => "/subject",
            _ => "",
        };
        let names = field
            .split('.')
            .map(|name| name.replace('~', "~0").replace('/', "~1"));
        names.fold(outer.to_owned(), |pointer, name| {
            format!("{pointer}/{name}")
        })
    }
}

impl From<erikti_protocol::field::FieldFault> for Problem {
    fn from(fault: erikti_protocol::field::FieldFault) -> Self {
        Self::new(Code::RecordMalformed, fault.to_string())
            .field(fault.field)
            .found(fault.found)
            .allowed(fault.allowed)
    }
}

impl From<files::Fault> for Problem {
    fn from(fault: files::Fault) -> Self {
        Self::new(Code::FileUnwritable, fault.to_string())
    }
}

impl From<SettingsFault> for Problem {
    fn from(fault: SettingsFault) -> Self {
        // What stands on the command line is mended there.
        let code = |place: &Place| match place {
            Place::Flag(_) => Code::Usage,
            Place::File | Place::Environment(_) => Code::ConfigInvalid,
        };
        let detail = fault.to_string();
        match fault {
            SettingsFault::UnknownKey {
                key,
                place,
                nearest,
            } => {
                let problem = Self::new(code(&place), detail).field(&*key).found(&*key);
                match nearest {
                    Some(nearest) => problem.hint(format!("did you mean `{nearest}`?")),
                    None => problem.hint("remove it; the first erikti.toml lists every setting"),
                }
            }
            SettingsFault::Value {
                key,
                place,
                found,
                allowed,
            } => Self::new(code(&place), detail)
                .field(key)
                .found(found)
                .allowed(allowed),
            SettingsFault::Missing { key } => Self::new(Code::ConfigInvalid, detail).field(key),
            SettingsFault::File { .. } => {
                Self::new(Code::ConfigInvalid, detail).hint("restore erikti.toml from your backup")
            }
            SettingsFault::Syntax(_) | SettingsFault::TooLarge { .. } => {
                Self::new(Code::ConfigInvalid, detail).hint("correct the file and try again")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_dotted() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{} stands twice", code.as_str());
            assert!(
                code.as_str()
                    .bytes()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'.' | b'_'))
            );
            assert_eq!(Code::parse(code.as_str()), Some(*code));
            assert!((400..600).contains(&code.status()));
        }
    }
}
