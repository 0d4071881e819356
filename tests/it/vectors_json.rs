//! JSON and RFC 8785 vectors that nobody here wrote, each pinned to the layer that accepts or refuses it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use erikti_protocol::hash::Hash;
use erikti_protocol::json::{self, JsonFault, ProfileFault};
use erikti_tests::shared;
use serde_json::{Number, Value};

/// How far a text gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    /// Refused as JSON.
    Json,
    /// JSON that no record may hold.
    Profile,
    /// A record may hold the value, but not in this spelling.
    Spelling,
    /// A record may hold it as it stands.
    Accepted,
}

fn layer(text: &[u8]) -> Layer {
    let Ok(value) = json::parse(text) else {
        return Layer::Json;
    };
    if json::profile(&value).is_err() {
        return Layer::Profile;
    }
    if json::canonical(&value) == text {
        Layer::Accepted
    } else {
        Layer::Spelling
    }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let read = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().expect("names are UTF-8");
        (name, fs::read(entry.path()).expect("the file is readable"))
    };
    entries
        .map(|entry| read(entry.expect("the entry is readable")))
        .collect()
}

/// Documents that every parser has to accept, and ours refuses: two members of one name (RFC 7493 §2.3).
const REFUSED_AS_JSON: [&str; 2] = [
    "y_object_duplicated_key.json",
    "y_object_duplicated_key_and_value.json",
];

/// Documents that are JSON and that no record may hold: fractions, exponents, negative zeros, and a name with a NUL.
const REFUSED_BY_PROFILE: [&str; 18] = [
    "y_number.json",
    "y_number_0e+1.json",
    "y_number_0e1.json",
    "y_number_double_close_to_zero.json",
    "y_number_int_with_exp.json",
    "y_number_minus_zero.json",
    "y_number_negative_zero.json",
    "y_number_real_capital_e.json",
    "y_number_real_capital_e_neg_exp.json",
    "y_number_real_capital_e_pos_exp.json",
    "y_number_real_exponent.json",
    "y_number_real_fraction_exponent.json",
    "y_number_real_neg_exp.json",
    "y_number_real_pos_exponent.json",
    "y_number_simple_real.json",
    "y_object_escaped_null_in_key.json",
    "y_object_extreme_numbers.json",
    "y_structure_lonely_negative_real.json",
];

/// Our choice where the suite leaves it: whether the text is JSON to us.
const CHOICES: [(&str, bool); 35] = [
    // Numbers are read as the nearest double; the profile refuses them later.
    ("i_number_double_huge_neg_exp.json", true),
    ("i_number_real_underflow.json", true),
    ("i_number_too_big_neg_int.json", true),
    ("i_number_too_big_pos_int.json", true),
    ("i_number_very_big_negative_int.json", true),
    // No double holds these.
    ("i_number_huge_exp.json", false),
    ("i_number_neg_int_huge_exp.json", false),
    ("i_number_pos_double_huge_exp.json", false),
    ("i_number_real_neg_overflow.json", false),
    ("i_number_real_pos_overflow.json", false),
    // Lone surrogates and bytes that are no UTF-8.
    ("i_object_key_lone_2nd_surrogate.json", false),
    ("i_string_1st_surrogate_but_2nd_missing.json", false),
    ("i_string_1st_valid_surrogate_2nd_invalid.json", false),
    ("i_string_UTF-16LE_with_BOM.json", false),
    ("i_string_UTF-8_invalid_sequence.json", false),
    ("i_string_UTF8_surrogate_U+D800.json", false),
    ("i_string_incomplete_surrogate_and_escape_valid.json", false),
    ("i_string_incomplete_surrogate_pair.json", false),
    ("i_string_incomplete_surrogates_escape_valid.json", false),
    ("i_string_invalid_lonely_surrogate.json", false),
    ("i_string_invalid_surrogate.json", false),
    ("i_string_invalid_utf-8.json", false),
    ("i_string_inverted_surrogates_U+1D11E.json", false),
    ("i_string_iso_latin_1.json", false),
    ("i_string_lone_second_surrogate.json", false),
    ("i_string_lone_utf8_continuation_byte.json", false),
    ("i_string_not_in_unicode_range.json", false),
    ("i_string_overlong_sequence_2_bytes.json", false),
    ("i_string_overlong_sequence_6_bytes.json", false),
    ("i_string_overlong_sequence_6_bytes_null.json", false),
    ("i_string_truncated-utf-8.json", false),
    ("i_string_utf16BE_no_BOM.json", false),
    ("i_string_utf16LE_no_BOM.json", false),
    // Too deep, and a byte order mark.
    ("i_structure_500_nested_arrays.json", false),
    ("i_structure_UTF-8_BOM_empty_object.json", false),
];

#[test]
fn every_document_of_the_parsing_suite_meets_its_layer() {
    let Some(folder) = shared::path("vectors/json-test-suite/test_parsing") else {
        return;
    };
    let files = files(&folder);
    let count = |prefix| files.keys().filter(|name| name.starts_with(prefix)).count();
    assert_eq!((count("y_"), count("n_"), count("i_")), (95, 188, 35));
    let choices = BTreeMap::from(CHOICES);
    for (name, text) in &files {
        let found = layer(text);
        let accepted = found != Layer::Json;
        match &name[..2] {
            "n_" => assert_eq!(found, Layer::Json, "{name}"),
            "i_" => assert_eq!(Some(&accepted), choices.get(name.as_str()), "{name}"),
            _ => {
                assert_eq!(
                    !accepted,
                    REFUSED_AS_JSON.contains(&name.as_str()),
                    "{name}"
                );
                let profile = REFUSED_BY_PROFILE.contains(&name.as_str());
                assert_eq!(found == Layer::Profile, profile, "{name}");
            }
        }
    }
}

/// Documents whose value differs from parser to parser: the layer, and the canonical text where they are JSON to us.
const TRANSFORMED: [(&str, Layer, &str); 22] = [
    (
        "number_-9223372036854775808.json",
        Layer::Profile,
        "[-9223372036854776000]",
    ),
    (
        "number_-9223372036854775809.json",
        Layer::Profile,
        "[-9223372036854776000]",
    ),
    ("number_1.0.json", Layer::Profile, "[1]"),
    ("number_1.000000000000000005.json", Layer::Profile, "[1]"),
    (
        "number_1000000000000000.json",
        Layer::Spelling,
        "[1000000000000000]",
    ),
    (
        "number_10000000000000000999.json",
        Layer::Profile,
        "[10000000000000000000]",
    ),
    ("number_1e-999.json", Layer::Profile, "[0]"),
    ("number_1e6.json", Layer::Profile, "[1000000]"),
    (
        "number_9223372036854775807.json",
        Layer::Profile,
        "[9223372036854776000]",
    ),
    (
        "number_9223372036854775808.json",
        Layer::Profile,
        "[9223372036854776000]",
    ),
    (
        "object_key_nfc_nfd.json",
        Layer::Profile,
        "{\"e\u{301}\":\"NFD\",\"é\":\"NFC\"}",
    ),
    (
        "object_key_nfd_nfc.json",
        Layer::Profile,
        "{\"e\u{301}\":\"NFD\",\"é\":\"NFC\"}",
    ),
    ("object_same_key_different_values.json", Layer::Json, ""),
    ("object_same_key_same_value.json", Layer::Json, ""),
    ("object_same_key_unclear_values.json", Layer::Json, ""),
    ("string_1_escaped_invalid_codepoint.json", Layer::Json, ""),
    ("string_1_invalid_codepoint.json", Layer::Json, ""),
    ("string_2_escaped_invalid_codepoints.json", Layer::Json, ""),
    ("string_2_invalid_codepoints.json", Layer::Json, ""),
    ("string_3_escaped_invalid_codepoints.json", Layer::Json, ""),
    ("string_3_invalid_codepoints.json", Layer::Json, ""),
    (
        "string_with_escaped_NULL.json",
        Layer::Accepted,
        "[\"A\\u0000B\"]",
    ),
];

#[test]
fn values_that_parsers_disagree_about_are_pinned() {
    let Some(folder) = shared::path("vectors/json-test-suite/test_transform") else {
        return;
    };
    let files = files(&folder);
    assert_eq!((files.len(), TRANSFORMED.len()), (22, 22));
    for (name, wanted, canonical) in TRANSFORMED {
        let text = &files[name];
        assert_eq!(layer(text), wanted, "{name}");
        let found = json::parse(text).map(|value| json::canonical(&value));
        let found = found.unwrap_or_default();
        assert_eq!(String::from_utf8_lossy(&found), canonical, "{name}");
    }
}

/// What a structural case meets, and for recipes the text they make.
const STRUCTURAL: [(&str, Layer); 34] = [
    ("depth-32", Layer::Json),
    ("depth-33", Layer::Json),
    ("depth-128", Layer::Json),
    ("depth-100000", Layer::Json),
    ("obj-depth-100000", Layer::Json),
    ("dup-key-top", Layer::Json),
    ("dup-key-nested", Layer::Json),
    ("dup-key-escaped", Layer::Json),
    ("dup-key-nfd", Layer::Profile),
    ("million-keys", Layer::Json),
    ("hash-flood", Layer::Json),
    ("huge-number", Layer::Json),
    ("exp-400", Layer::Json),
    ("exp-neg-400", Layer::Profile),
    ("neg-zero", Layer::Profile),
    ("float-int", Layer::Profile),
    ("2^53", Layer::Profile),
    ("2^53-1", Layer::Accepted),
    ("2^64", Layer::Profile),
    ("lone-surrogate", Layer::Json),
    ("surrogate-swap", Layer::Json),
    // Fields refuse it; a kind that nobody here knows may hold it, escaped.
    ("nul-escape", Layer::Accepted),
    ("utf8-overlong", Layer::Json),
    ("utf16-bom", Layer::Json),
    ("utf8-bom", Layer::Json),
    ("trailing-garbage", Layer::Json),
    ("trailing-space", Layer::Spelling),
    ("two-docs", Layer::Json),
    ("nan", Layer::Json),
    ("comment", Layer::Json),
    ("single-quote", Layer::Json),
    // A name like any other: nothing here merges objects.
    ("proto-key", Layer::Accepted),
    ("string-1MiB", Layer::Json),
    ("array-1e6", Layer::Json),
];

fn recipe(id: &str) -> Vec<u8> {
    let nested = |depth| [vec![b'['; depth], vec![b']'; depth]].concat();
    let object = |members: usize| {
        let members: Vec<_> = (0..members).map(|n| format!("\"{n}\":0")).collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    };
    match id {
        "depth-32" => nested(32),
        "depth-33" => nested(33),
        "depth-128" => nested(128),
        "depth-100000" => vec![b'['; 100_000],
        "obj-depth-100000" => b"{\"a\":".repeat(100_000),
        "million-keys" => object(1_000_000),
        // Members stand in a tree here, so no names collide; the size is refused before any is read.
        "hash-flood" => object(50_000),
        "huge-number" => vec![b'1'; 1_000_000],
        "string-1MiB" => format!("\"{}\"", "a".repeat(1_048_577)).into_bytes(),
        "array-1e6" => format!("[{}]", vec!["0"; 1_000_000].join(",")).into_bytes(),
        _ => panic!("no recipe makes `{id}`"),
    }
}

#[test]
fn every_structural_case_meets_its_layer() {
    let Some(path) = shared::path("vectors/own/json-structural.json") else {
        return;
    };
    let text = fs::read(path).expect("the file is readable");
    let cases = json::parse(&text).expect("the list is JSON");
    let cases = cases["cases"].as_array().expect("a list of cases").clone();
    assert_eq!(cases.len(), STRUCTURAL.len());
    for (case, (id, wanted)) in cases.iter().zip(STRUCTURAL) {
        assert_eq!(case["id"], id);
        let text = match (case["text"].as_str(), case["hex"].as_str()) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (_, Some(digits)) => shared::hex(digits),
            _ => recipe(id),
        };
        assert_eq!(layer(&text), wanted, "{id}");
    }
    let deep = json::parse(&recipe("depth-32"));
    assert_eq!(deep, Err(JsonFault::Depth { allowed: 16 }));
    let nfd = json::parse("{\"cafe\u{301}\":1}".as_bytes()).expect("JSON");
    assert!(matches!(
        json::profile(&nfd),
        Err(ProfileFault::Name { .. })
    ));
}

#[test]
fn canonical_texts_of_the_rfc_and_its_author_come_out_byte_for_byte() {
    let canonical = |path: &Path| {
        let text = fs::read(path).expect("the file is readable");
        json::canonical(&json::parse(&text).expect("the input is JSON"))
    };
    if let Some(folder) = shared::path("vectors/jcs/testdata") {
        let outputs = files(&folder.join("output"));
        assert_eq!(outputs.len(), 6);
        for (name, wanted) in outputs {
            let found = canonical(&folder.join("input").join(&name));
            assert_eq!(found, wanted, "{name}");
            let digits = name.replace(".json", ".txt");
            let digits = fs::read_to_string(folder.join("outhex").join(&digits));
            let digits = digits
                .expect("each output has its bytes")
                .replace([' ', '\n'], "");
            assert_eq!(found, shared::hex(&digits), "{name}");
        }
    }
    if let Some(folder) = shared::path("vectors/jcs-rfc-text/tests/resources") {
        for name in ["rfc_example", "rfc_sorting"] {
            let found = canonical(&folder.join(format!("{name}.input.json")));
            let wanted = fs::read(folder.join(format!("{name}.expected.json")));
            let wanted = wanted.expect("each input has its output");
            assert_eq!(found, wanted.trim_ascii_end(), "{name}");
        }
    }
}

/// Numbers that the sequence begins with, in `jcs/testdata/README.md`: a case each, worth their length.
fn fixed_numbers(readme: &str) -> Vec<u64> {
    let (_, list) = readme
        .split_once("new BigUint64Array([")
        .expect("the list begins");
    let (list, _) = list.split_once("])").expect("the list ends");
    let number = |text: &str| {
        let digits = text.trim().strip_prefix("0x")?.strip_suffix('n')?;
        u64::from_str_radix(digits, 16).ok()
    };
    list.split(',').filter_map(number).collect()
}

#[test]
fn generated_numbers_hash_to_what_the_author_published() {
    const PUBLISHED: [(usize, &str); 3] = [
        (
            1_000,
            "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687",
        ),
        (
            10_000,
            "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892",
        ),
        (
            100_000,
            "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7",
        ),
    ];
    let Some(path) = shared::path("vectors/jcs/testdata/README.md") else {
        return;
    };
    let fixed = fixed_numbers(&fs::read_to_string(path).expect("the file is readable"));
    let serial = (0..2_000).map(|n| 0x0010_0000_0000_0000 + n);
    let mut block = Hash::from_bytes([0; 32]);
    let random = std::iter::repeat_with(move || {
        block = Hash::of(block.as_bytes());
        let words = block.as_bytes().as_chunks::<8>().0.to_vec();
        words.into_iter().map(u64::from_le_bytes)
    });
    let usable = |bits: &u64| f64::from_bits(*bits) != 0.0 && f64::from_bits(*bits).is_finite();
    let random = random.flatten().filter(usable);
    let mut bits = fixed.into_iter().chain(serial).chain(random);
    let (mut text, mut lines) = (Vec::new(), 0);
    for (count, wanted) in PUBLISHED {
        while lines < count {
            let bits = bits.next().expect("the sequence has no end");
            let number = Number::from_f64(f64::from_bits(bits)).expect("only finite numbers");
            text.extend_from_slice(format!("{bits:x},").as_bytes());
            text.extend_from_slice(&json::canonical(&Value::Number(number)));
            text.push(b'\n');
            lines += 1;
        }
        assert_eq!(Hash::of(&text).to_string(), wanted, "{count} lines");
    }
}
