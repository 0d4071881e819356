//! The keys of this organisation's node as a DID document, for programs that look a publisher up by its address.
//!
//! Source   W3C DID Core 1.0; did:web; W3C Controlled Identifiers 1.0 (Multikey)

use serde_json::{Value, json};

use crate::node::Node;
use crate::problem::{Code, Problem};

/// The DID document of `http.public_url`.
///
/// Errors   `address.unknown`
pub fn document(node: &Node) -> Result<Value, Problem> {
    let url = &node.settings().http.public_url;
    let did = did_web(url).ok_or_else(|| {
        Problem::new(
            Code::AddressUnknown,
            "this node has no address of its own on the web",
        )
        .field("http.public_url")
        .found(url)
        .allowed("https:// and a host")
        .hint("set http.public_url in erikti.toml")
    })?;
    let keys = &node.ingest().own().keys;
    let signing = node
        .ingest()
        .ledger()
        .key_at(node.origin(), node.ingest().visible(node.origin()))
        .unwrap_or_else(|| keys.organisation.public());
    let method = |name: &str, key: &erikti_protocol::key::PublicKey| {
        json!({
            "id": format!("{did}#{name}"), "type": "Multikey", "controller": did, "publicKeyMultibase": key.to_string(),
        })
    };
    let (node_key, witness) = (keys.node.public(), keys.witness.public());
    let origin = node.origin();
    Ok(json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "alsoKnownAs": [node.organisation(), signing.did(), node_key.did()],
        "verificationMethod": [method("organisation", &signing), method("node", &node_key), method("witness", &witness)],
        "assertionMethod": [format!("{did}#organisation")],
        "authentication": [format!("{did}#node")],
        "service": [
            {"id": format!("{did}#log"), "type": "TransparencyLog", "serviceEndpoint": format!("{}/logs/{}", url.trim_end_matches('/'), origin.node_key())},
            {"id": format!("{did}#api"), "type": "OpenApi", "serviceEndpoint": format!("{}/openapi.json", url.trim_end_matches('/'))},
        ],
    }))
}

/// `https://example.org:8443/a` as `did:web:example.org%3A8443:a`.
fn did_web(url: &str) -> Option<String> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let mut parts = rest.trim_end_matches('/').split('/');
    let host = parts.next().filter(|host| !host.is_empty())?;
    let mut did = format!("did:web:{}", host.replace(':', "%3A"));
    for part in parts {
        did.push(':');
        did.push_str(part);
    }
    Some(did)
}

#[cfg(test)]
mod tests {
    use super::did_web;

    #[test]
    fn an_address_is_a_did() {
        let cases = [
            ("https://example.org", Some("did:web:example.org")),
            ("https://example.org/", Some("did:web:example.org")),
            (
                "https://example.org:8443/a/b",
                Some("did:web:example.org%3A8443:a:b"),
            ),
            ("", None),
            ("ftp://example.org", None),
            ("https://", None),
        ];
        for (url, did) in cases {
            assert_eq!(did_web(url).as_deref(), did, "{url}");
        }
    }
}
