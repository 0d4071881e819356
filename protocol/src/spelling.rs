//! Values that JSON spells as one text, and in no other way.

/// Lets a type with `parse` and `Display` stand in JSON as its text; anything else is refused with `$wanted`.
macro_rules! as_text {
    ($type:ty, $wanted:literal) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text =
                    <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom($wanted))
            }
        }
    };
}

pub(crate) use as_text;
