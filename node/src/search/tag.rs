//! Values that records are filtered and counted by, each as one number.
//!
//! Shape    which list 1 byte ‖ the code's ASCII, filled up with zeros 7; a hash of 7 bytes where codes are longer

use erikti_protocol::hash::Hash;
use erikti_protocol::id::OrgId;

/// Bytes of a code beside the list's.
const CODE_BYTES: usize = 7;

/// A list of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum List {
    /// Kinds of records; hashed.
    Kind = 1,
    /// Organisations; hashed.
    Organisation = 2,
    /// ISO 3166-1 alpha-2.
    Country = 3,
    /// ICNP/TSO: a section's letter, a group, a sub-group.
    Sector = 4,
    /// Goals, 1 to 17, and their targets.
    Sdg = 5,
    /// Languages, first part of BCP 47.
    Language = 6,
    /// Whether one can take part from anywhere.
    Remote = 7,
    /// States of an opportunity; hashed.
    Status = 8,
}

/// A value of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag(u64);

impl Tag {
    /// A kind of records.
    pub fn kind(name: &str) -> Self {
        Self::hashed(List::Kind, name.as_bytes())
    }

    /// An organisation.
    pub fn organisation(organisation: &OrgId) -> Self {
        Self::hashed(List::Organisation, organisation.to_string().as_bytes())
    }

    /// A state of an opportunity.
    pub fn status(status: &str) -> Self {
        Self::hashed(List::Status, status.as_bytes())
    }

    /// Whether one can take part from anywhere.
    pub fn remote(remote: bool) -> Self {
        Self::code(List::Remote, if remote { "true" } else { "false" })
    }

    /// A country.
    pub fn country(code: &str) -> Self {
        Self::code(List::Country, code)
    }

    /// A section, group or sub-group.
    pub fn sector(code: &str) -> Self {
        Self::code(List::Sector, code)
    }

    /// A goal or a target.
    pub fn sdg(code: &str) -> Self {
        Self::code(List::Sdg, code)
    }

    /// The language that begins a tag.
    pub fn language(tag: &str) -> Self {
        Self::code(List::Language, tag.split('-').next().unwrap_or(tag))
    }

    /// A code of at most seven characters; of longer ones the beginning.
    fn code(list: List, code: &str) -> Self {
        let mut bytes = [0; 8];
        bytes[0] = list as u8;
        for (byte, at) in code.bytes().take(CODE_BYTES).zip(&mut bytes[1..]) {
            *at = byte;
        }
        Self(u64::from_be_bytes(bytes))
    }

    fn hashed(list: List, text: &[u8]) -> Self {
        let digest = Hash::of(text);
        let mut bytes = *digest
            .as_bytes()
            .first_chunk()
            .expect("a digest has 32 bytes");
        bytes[0] = list as u8;
        Self(u64::from_be_bytes(bytes))
    }

    /// As the index keeps it.
    pub(super) const fn number(self) -> u64 {
        self.0
    }

    pub(super) const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// Whether it is a value of this list.
    pub fn is_of(self, list: List) -> bool {
        self.0.to_be_bytes()[0] == list as u8
    }

    /// The code; only of lists whose codes are not hashed.
    pub fn text(self) -> String {
        let bytes = self.0.to_be_bytes();
        let code = bytes[1..].iter().take_while(|byte| **byte != 0);
        code.map(|byte| char::from(*byte)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_and_lists_do_not_mix() {
        assert_eq!(Tag::country("KZ").text(), "KZ");
        assert_eq!(Tag::sdg("13.3").text(), "13.3");
        assert_eq!(Tag::language("zh-Hant"), Tag::language("zh"));
        assert_ne!(Tag::kind("session"), Tag::status("session"));
        assert_ne!(Tag::status("open"), Tag::status("cancelled"));
        assert!(Tag::remote(true).is_of(List::Remote) && !Tag::remote(true).is_of(List::Sdg));
    }
}
