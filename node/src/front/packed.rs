//! Texts that are answered again and again, kept in the shape in which they are sent: packed once, not for each who asks.

use std::io::Write;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

/// A text, in one of its two shapes.
#[derive(Clone, Debug)]
pub struct Packed {
    bytes: Bytes,
    gzip: bool,
}

impl Packed {
    /// Whether whoever asks takes the packed shape.
    ///
    /// Source   RFC 9110 section 12.5.3
    pub fn wanted(asked: &HeaderMap) -> bool {
        let lines = asked.get_all(header::ACCEPT_ENCODING).iter();
        let mut codings = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .map(|coding| coding.split_once(';').unwrap_or((coding, "")));
        codings.any(|(name, weight)| {
            let weight = weight.trim().strip_prefix("q=").map(str::parse::<f32>);
            name.trim().eq_ignore_ascii_case("gzip")
                && weight.is_none_or(|weight| weight.is_ok_and(|weight| weight > 0.0))
        })
    }

    /// A text in the shape that is wanted.
    pub fn new(text: impl Into<Bytes>, gzip: bool) -> Self {
        let text = text.into();
        let packed = gzip.then(|| pack(&text)).flatten();
        Self {
            gzip: packed.is_some(),
            bytes: packed.map_or(text, Bytes::from),
        }
    }

    /// The bytes that are sent.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

fn pack(text: &[u8]) -> Option<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::with_capacity(text.len() / 4), Compression::default());
    packer.write_all(text).ok()?;
    packer.finish().ok()
}

impl IntoResponse for Packed {
    fn into_response(self) -> Response {
        let mut answer = self.bytes.into_response();
        let headers = answer.headers_mut();
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if self.gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_takes_the_packed_shape_gets_it() {
        let takes = |line: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
            Packed::wanted(&headers)
        };
        assert!(
            ["gzip", "br, GZIP", "deflate, gzip;q=0.5, *;q=0"]
                .iter()
                .all(|line| takes(line))
        );
        assert!(
            !["", "identity", "gzip;q=0", "br, gzip; q=0.0", "xgzip"]
                .iter()
                .any(|line| takes(line))
        );
        assert!(!Packed::wanted(&HeaderMap::new()));
    }
}
