//! Who stands.
