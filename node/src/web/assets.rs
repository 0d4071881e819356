//! The stylesheet, the script and the picture, as they stand in the program. Nothing is read from a disk.

use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use erikti_protocol::hash::Hash;

use crate::front::Packed;
use crate::problem::{Code, Problem};

/// One file that pages ask for.
struct Asset {
    name: &'static str,
    ending: &'static str,
    kind: &'static str,
    text: &'static str,
}

const ASSETS: &[Asset] = &[
    Asset {
        name: "style",
        ending: "css",
        kind: "text/css; charset=utf-8",
        text: include_str!("../../assets/style.css"),
    },
    Asset {
        name: "live",
        ending: "js",
        kind: "text/javascript; charset=utf-8",
        text: include_str!("../../assets/live.js"),
    },
    Asset {
        name: "favicon",
        ending: "svg",
        kind: "image/svg+xml",
        text: include_str!("../../assets/favicon.svg"),
    },
];

/// Hexadecimal digits of a content's hash in its address: 2^32 versions before two are likely to share one.
const HASH_DIGITS: usize = 16;
/// A year: whoever has the address has the content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// An hour: under its plain name the content changes with the program.
const FOR_NOW: &str = "public, max-age=3600";

impl Asset {
    /// The name without the hash, for pages that are not made by this door.
    fn plain(&self) -> String {
        format!("{}.{}", self.name, self.ending)
    }

    fn file(&self) -> String {
        let hash = Hash::of(self.text.as_bytes()).to_string();
        let hash = hash.get(..HASH_DIGITS).unwrap_or(&hash);
        format!("{}-{hash}.{}", self.name, self.ending)
    }
}

/// The addresses of all assets, made once.
fn files() -> &'static [String] {
    static FILES: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
    FILES.get_or_init(|| ASSETS.iter().map(Asset::file).collect())
}

/// The address of `style.css` and the like: it changes with the content.
pub(super) fn address(name: &str) -> String {
    let known = ASSETS.iter().zip(files());
    let mut matching =
        known.filter(|(asset, _)| name == format!("{}.{}", asset.name, asset.ending));
    let file = matching.next().map_or(name, |(_, file)| file);
    format!("/assets/{file}")
}

/// All of them as they are sent, plain and packed, made once.
fn shapes() -> &'static [[Packed; 2]] {
    static SHAPES: std::sync::OnceLock<Vec<[Packed; 2]>> = std::sync::OnceLock::new();
    SHAPES.get_or_init(|| {
        let shapes = |asset: &Asset| [false, true].map(|gzip| Packed::new(asset.text, gzip));
        ASSETS.iter().map(shapes).collect()
    })
}

/// One of them.
pub(super) async fn show(Path(name): Path<String>, asked: HeaderMap) -> Result<Response, Problem> {
    let ((asset, file), [plain, packed]) = ASSETS
        .iter()
        .zip(files())
        .zip(shapes())
        .find(|((asset, file), _)| **file == name || name == asset.plain())
        .ok_or_else(|| Problem::new(Code::UnknownRoute, "there is no such file"))?;
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (
            header::CACHE_CONTROL,
            if *file == name { FOR_EVER } else { FOR_NOW },
        ),
    ];
    let text = if Packed::wanted(&asked) {
        packed
    } else {
        plain
    };
    Ok((headers, text.clone()).into_response())
}
