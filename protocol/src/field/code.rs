//! Shapes of codes. Whether a code is on its list is advice that a node gives, not something nodes must agree on.

/// The shape of a code.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// The list it comes from.
    pub name: &'static str,
    /// The shape as an ECMA regular expression, for OpenAPI and forms.
    pub pattern: &'static str,
    /// The shape in words, for a fault.
    pub allowed: &'static str,
    /// A code of this shape.
    pub example: &'static str,
    test: fn(&str) -> bool,
}

impl Code {
    /// Describes a shape; `test` decides, the rest says so to people and programs.
    pub const fn new(
        name: &'static str,
        pattern: &'static str,
        allowed: &'static str,
        example: &'static str,
        test: fn(&str) -> bool,
    ) -> Self {
        Self {
            name,
            pattern,
            allowed,
            example,
            test,
        }
    }

    /// Whether `text` has this shape.
    pub fn matches(&self, text: &str) -> bool {
        text.len() <= CODE_BYTES_MAX && (self.test)(text)
    }
}

/// Bytes of a code, at most: an index term must stay small.
pub const CODE_BYTES_MAX: usize = 128;

/// A term of a list that may grow.
pub static TERM: Code = Code {
    name: "term",
    pattern: "^[A-Za-z][A-Za-z0-9_-]{0,63}$",
    allowed: "a letter and at most 63 letters, digits, `_` or `-`",
    example: "holder_request",
    test: |text| {
        text.len() <= 64
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    },
};

/// ISO 3166-1 alpha-2.
pub static COUNTRY: Code = Code {
    name: "ISO 3166-1 alpha-2",
    pattern: "^[A-Z]{2}$",
    allowed: "a country code of two capital letters, such as KZ",
    example: "KZ",
    test: |text| text.len() == 2 && upper(text),
};

/// ISO 3166-2.
pub static REGION: Code = Code {
    name: "ISO 3166-2",
    pattern: "^[A-Z]{2}-[A-Z0-9]{1,3}$",
    allowed: "a region code such as KZ-75",
    example: "KZ-75",
    test: |text| {
        text.split_once('-').is_some_and(|(country, region)| {
            country.len() == 2
                && upper(country)
                && (1..=3).contains(&region.len())
                && region
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        })
    },
};

/// A country or a region of one: ISO 3166-1 alpha-2 or ISO 3166-2.
pub static TERRITORY: Code = Code {
    name: "ISO 3166",
    pattern: "^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
    allowed: "a country code such as KZ or a region code such as KZ-75",
    example: "KZ-75",
    test: |text| COUNTRY.matches(text) || REGION.matches(text),
};

/// BCP 47 language tag: what stands before a text in a multilingual field. The language itself is in lower case, so that
/// one language is not given twice; 35 characters are what RFC 5646 section 4.4.1 asks readers for.
pub static LANGUAGE: Code = Code {
    name: "BCP 47",
    pattern: "^(?=.{2,35}$)[a-z]{2,8}(-[A-Za-z0-9]{1,8})*$",
    allowed: "a language tag such as kk, ru or zh-Hant",
    example: "kk",
    test: |text| {
        let mut parts = text.split('-');
        text.len() <= 35
            && parts.next().is_some_and(|language| {
                (2..=8).contains(&language.len())
                    && language.bytes().all(|byte| byte.is_ascii_lowercase())
            })
            && parts.all(|part| (1..=8).contains(&part.len()) && alphanumeric(part))
    },
};

/// ISO 4217.
pub static CURRENCY: Code = Code {
    name: "ISO 4217",
    pattern: "^[A-Z]{3}$",
    allowed: "a currency code of three capital letters, such as KZT",
    example: "KZT",
    test: |text| text.len() == 3 && upper(text),
};

/// An organisation's identifier with its register's prefix.
pub static ORG_ID: Code = Code {
    name: "org-id",
    pattern: "^[A-Z]{2,3}-[A-Z0-9_]{1,16}-[A-Za-z0-9._:/-]{1,64}$",
    allowed: "a register's prefix and a number, such as KZ-BIN-123456789012",
    example: "KZ-BIN-123456789012",
    test: |text| {
        let mut parts = text.splitn(3, '-');
        let (Some(place), Some(register), Some(number)) =
            (parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        (2..=3).contains(&place.len())
            && upper(place)
            && (1..=16).contains(&register.len())
            && register
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
            && (1..=64).contains(&number.len())
            && number.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'/' | b'-')
            })
    },
};

/// ICNP/TSO: a section's letter, with up to two digits of a group.
pub static SECTOR: Code = Code {
    name: "ICNP/TSO",
    pattern: "^[A-L][0-9]{0,3}$",
    allowed: "an ICNP/TSO code: a letter from A to L and at most three digits, such as D or E10",
    example: "E10",
    test: |text| {
        text.starts_with(|c| ('A'..='L').contains(&c)) && text.len() <= 4 && digits(&text[1..])
    },
};

/// ISCO-08, one to four digits.
pub static OCCUPATION: Code = Code {
    name: "ISCO-08",
    pattern: "^[0-9]{1,4}$",
    allowed: "an ISCO-08 code of one to four digits, such as 5311",
    example: "5311",
    test: |text| (1..=4).contains(&text.len()) && digits(text),
};

/// ISIC Rev. 4: a section's letter, or two to four digits.
pub static INDUSTRY: Code = Code {
    name: "ISIC Rev. 4",
    pattern: "^([A-U]|[0-9]{2,4})$",
    allowed: "an ISIC code: a letter from A to U or two to four digits, such as Q or 8810",
    example: "8810",
    test: |text| match text.len() {
        1 => text.starts_with(|c| ('A'..='U').contains(&c)),
        2..=4 => digits(text),
        _ => false,
    },
};

/// A goal (`13`) or a target (`13.3`, `17.b`) of the Sustainable Development Goals.
pub static SDG: Code = Code {
    name: "SDG",
    pattern: "^([1-9]|1[0-7])(\\.([1-9][0-9]?|[a-d]))?$",
    allowed: "a goal from 1 to 17 or a target such as 13.3",
    example: "13.3",
    test: |text| {
        let (goal, target) = text
            .split_once('.')
            .map_or((text, None), |(goal, target)| (goal, Some(target)));
        let number = |text: &str, most: u8| {
            !text.starts_with('0')
                && digits(text)
                && text.parse::<u8>().is_ok_and(|number| number <= most)
        };
        number(goal, 17)
            && target
                .is_none_or(|target| number(target, 99) || matches!(target, "a" | "b" | "c" | "d"))
    },
};

/// A time zone of the IANA database.
pub static TIME_ZONE: Code = Code {
    name: "IANA time zone",
    pattern: "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$",
    allowed: "a time zone such as Asia/Almaty",
    example: "Asia/Almaty",
    test: |text| {
        text.len() <= 64
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.split('/').count() <= 3
            && text.split('/').all(|part| {
                !part.is_empty()
                    && part.bytes().all(|byte| {
                        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-')
                    })
            })
    },
};

/// A code with the list it comes from: `scheme:code`.
pub static SCHEMED: Code = Code {
    name: "scheme:code",
    pattern: "^[a-z][a-z0-9-]{0,31}:[\\x21-\\x7e]{1,95}$",
    allowed: "a list's name, a colon and a code, such as vds:Health",
    example: "vds:Health",
    test: |text| {
        text.split_once(':').is_some_and(|(scheme, code)| {
            scheme.len() <= 32
                && scheme.starts_with(|c: char| c.is_ascii_lowercase())
                && scheme
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
                && (1..=95).contains(&code.len())
                && code.bytes().all(|byte| byte.is_ascii_graphic())
        })
    },
};

/// A network's name.
pub static NETWORK: Code = Code {
    name: "network",
    pattern: "^[a-z0-9-]{1,32}$",
    allowed: "a network's name: 1 to 32 of a-z, 0-9 and `-`",
    example: "erikti",
    test: crate::id::is_network,
};

/// Every shape of code.
pub static ALL: [&Code; 14] = [
    &TERM,
    &COUNTRY,
    &REGION,
    &TERRITORY,
    &LANGUAGE,
    &CURRENCY,
    &ORG_ID,
    &SECTOR,
    &OCCUPATION,
    &INDUSTRY,
    &SDG,
    &TIME_ZONE,
    &SCHEMED,
    &NETWORK,
];

fn upper(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn alphanumeric(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
