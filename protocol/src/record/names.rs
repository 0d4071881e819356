//! Kinds' names and types' names, and which kinds are control.

use crate::log::Class;

/// What a record needs to know of its kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    pub(super) kind: &'static str,
    pub(super) type_name: &'static str,
    pub(super) class: Class,
    pub(super) context: Option<&'static str>,
}

const OPEN_BADGES: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

const NAMES: [Name; 10] = [
    control("log", "Log"),
    control("key_change", "KeyChange"),
    control("accreditation", "Accreditation"),
    control("erasure", "Erasure"),
    plain("organisation", "Organisation"),
    plain("opportunity", "Opportunity"),
    plain("session", "Session"),
    plain("service", "Service"),
    plain("receipt", "Receipt"),
    Name {
        context: Some(OPEN_BADGES),
        ..plain("credential", "OpenBadgeCredential")
    },
];

const fn control(kind: &'static str, type_name: &'static str) -> Name {
    Name {
        class: Class::Control,
        ..plain(kind, type_name)
    }
}

const fn plain(kind: &'static str, type_name: &'static str) -> Name {
    Name {
        kind,
        type_name,
        class: Class::Record,
        context: None,
    }
}

pub(super) fn by_kind(kind: &str) -> Option<&'static Name> {
    NAMES.iter().find(|name| name.kind == kind)
}

pub(super) fn by_type(type_name: &str) -> Option<&'static Name> {
    NAMES.iter().find(|name| name.type_name == type_name)
}
