//! Public feeds: pages of Realtime Paged Data Exchange, for other publishers and for search engines.
//!
//! A page that was made is kept until anything at all changes here, so that what was erased is in no page from then on.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use erikti_protocol::hash::Hash;
use serde::Deserialize;
use serde_json::json;

use super::operations::{Operation, Parameter, Part, Reply};
use crate::desk::feeds::{self, PAGE_ITEMS, PAGE_ITEMS_MAX};
use crate::formats::rpde::Feed;
use crate::front::{Packed, blocking};
use crate::node::Node;
use crate::problem::{Code, Problem};

/// The media type of a page.
const PAGE_TYPE: &str = "application/vnd.openactive.rpde+json; version=1";
/// Bytes of pages that are kept: fifty of the largest usual ones, or some four hundred packed ones.
const KEPT_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Bytes that a kept page costs beside its text.
const KEPT_OVERHEAD: usize = 512;
/// How long others may keep a full page: it changes only when something in it does, and then says the same again later.
const FULL_PAGE: &str = "public, max-age=3600";
/// How long others may keep the page that more is about to be added to.
const LAST_PAGE: &str = "public, max-age=8";

const AFTER: Parameter = Parameter::query(
    "afterChangeNumber",
    "Only items whose last change came after this number; `next` of a page has it.",
    || json!({"type": "integer", "minimum": 0}),
);
const LIMIT: Parameter = Parameter::query(
    "limit",
    "Items of a page.",
    || json!({"type": "integer", "minimum": 1, "maximum": PAGE_ITEMS_MAX, "default": PAGE_ITEMS}),
)
.example("10");
const PAGE: Reply = Reply::media(
    PAGE_TYPE,
    "A page: its items in the order of their last change, the address of the next one, the licence. The last page has \
     no items and is its own next.",
);

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        "GET",
        "/rpde/opportunities",
        "followOpportunities",
        Part::Feeds,
        "Opportunities as a feed of OpenActive RPDE, in the words of the Volunteering Data Standard.",
        || get(opportunities),
    )
    .takes(&[AFTER, LIMIT])
    .answers(&[PAGE]),
    Operation::new(
        "GET",
        "/rpde/sessions",
        "followSessions",
        Part::Feeds,
        "Sessions as a feed of OpenActive RPDE: scheduled sessions.",
        || get(sessions),
    )
    .takes(&[AFTER, LIMIT])
    .answers(&[PAGE]),
];

/// What is asked for: feed, after which number, how many items, under which address, and whether packed.
type Key = (Feed, Option<u64>, usize, String, bool);

/// Pages that were made.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    /// Where the order of arrival stood when they were made.
    head: u64,
    bytes: usize,
    pages: BTreeMap<Key, Made>,
}

#[derive(Clone, Debug)]
struct Made {
    text: Packed,
    tag: HeaderValue,
    full: bool,
    /// Everything that had come has a part in it.
    whole: bool,
}

impl Kept {
    fn get(&self, head: u64, key: &Key) -> Option<Made> {
        let pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let page = pages.pages.get(key).filter(|_| pages.head == head);
        page.cloned()
    }

    fn put(&self, head: u64, key: Key, made: Made) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = made.text.bytes().len() + KEPT_OVERHEAD;
        if pages.head != head || pages.bytes + bytes > KEPT_BYTES_MAX {
            *pages = Pages {
                head,
                ..Pages::default()
            };
        }
        if bytes <= KEPT_BYTES_MAX && pages.pages.insert(key, made).is_none() {
            pages.bytes += bytes;
        }
    }
}

/// What the address says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(rename = "afterChangeNumber")]
    after: Option<u64>,
    limit: Option<usize>,
}

async fn opportunities(
    state: State<Node>,
    query: Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(state, query, &headers, Feed::Opportunities).await
}

async fn sessions(
    state: State<Node>,
    query: Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(state, query, &headers, Feed::Sessions).await
}

async fn page(
    State(node): State<Node>,
    Query(wanted): Query<Wanted>,
    headers: &HeaderMap,
    feed: Feed,
) -> Result<Response, Problem> {
    let limit = wanted.limit.unwrap_or(PAGE_ITEMS);
    if !(1..=PAGE_ITEMS_MAX).contains(&limit) {
        return Err(Problem::new(Code::Usage, "a page has no such length")
            .field("limit")
            .found(limit.to_string())
            .allowed(format!("1 to {PAGE_ITEMS_MAX}")));
    }
    let after = wanted.after;
    let packed = Packed::wanted(headers);
    let key = (feed, after, limit, base(&node, headers), packed);
    let kept = node.kept::<Kept>();
    // Before the page is made: what comes meanwhile makes it old.
    let head = node.ingest().feed().head();
    let made = match kept.get(head, &key) {
        Some(made) => made,
        None => {
            let base = key.3.clone();
            let made = blocking(&node, move |node| {
                let page = feeds::page(node, feed, after.unwrap_or(0), limit)?;
                let license = &node.settings().http.feed_license;
                let text = |base: &str| feeds::text(&page, license, base, feed, after, limit);
                Ok(Made {
                    // Under whatever address it is asked for, the same page has the same name.
                    tag: tag(&text(""), packed)?,
                    text: Packed::new(text(&base), packed),
                    full: page.full,
                    whole: page.upto >= head,
                })
            })
            .await?;
            if made.whole {
                kept.put(head, key, made.clone());
            }
            made
        }
    };
    let caching = if made.full { FULL_PAGE } else { LAST_PAGE };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(PAGE_TYPE)),
        (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
        (header::ETAG, made.tag),
    ];
    Ok((headers, made.text).into_response())
}

/// What followers name a page by when they ask whether it is still the same; its two shapes have different names.
fn tag(text: &str, packed: bool) -> Result<HeaderValue, Problem> {
    let shape = if packed { "-gzip" } else { "" };
    HeaderValue::try_from(format!("\"{}{shape}\"", Hash::of(text.as_bytes())))
        .map_err(|e| Problem::internal("a page cannot be named", e))
}

/// Under which address whoever asks reaches this node.
fn base(node: &Node, headers: &HeaderMap) -> String {
    let public = node.settings().http.public_url.trim_end_matches('/');
    if !public.is_empty() {
        return public.to_owned();
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let is_plain = |host: &&str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte);
        host.len() <= 255 && host.bytes().all(plain)
    };
    format!("http://{}", host.filter(is_plain).unwrap_or("localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(after: u64) -> Key {
        (Feed::Sessions, Some(after), 10, String::new(), false)
    }

    fn made(bytes: usize) -> Made {
        Made {
            text: Packed::new(" ".repeat(bytes), false),
            tag: HeaderValue::from_static("\"a page\""),
            full: true,
            whole: true,
        }
    }

    #[test]
    fn a_page_is_kept_until_anything_changes() {
        let kept = Kept::default();
        kept.put(7, key(1), made(10));
        assert!(kept.get(7, &key(1)).is_some());
        assert!(kept.get(8, &key(1)).is_none(), "something changed since");
        assert!(kept.get(7, &key(2)).is_none());
        kept.put(8, key(2), made(10));
        assert!(kept.get(8, &key(2)).is_some());
        assert!(kept.get(7, &key(1)).is_none(), "what is old is gone");
        assert_eq!(kept.0.lock().expect("whole").pages.len(), 1);
    }

    #[test]
    fn the_pages_kept_have_a_bound() {
        let kept = Kept::default();
        let bytes = || {
            let pages = kept.0.lock().expect("whole");
            let held: usize = pages
                .pages
                .values()
                .map(|made| made.text.bytes().len())
                .sum();
            assert!(held <= pages.bytes, "no byte is left uncounted");
            (pages.bytes, pages.pages.len())
        };
        let page = KEPT_BYTES_MAX / 8;
        for after in 0..100 {
            kept.put(7, key(after), made(page));
            assert!(bytes().0 <= KEPT_BYTES_MAX, "{:?}", bytes());
            assert!(kept.get(7, &key(after)).is_some(), "the newest is kept");
        }
        kept.put(7, key(1_000), made(KEPT_BYTES_MAX + 1));
        assert!(kept.get(7, &key(1_000)).is_none());
        assert!(bytes().0 <= KEPT_BYTES_MAX);
        // The same page again takes no more room.
        let kept = Kept::default();
        for _ in 0..100 {
            kept.put(7, key(1), made(page));
        }
        let pages = kept.0.lock().expect("whole");
        assert_eq!((pages.bytes, pages.pages.len()), (page + KEPT_OVERHEAD, 1));
    }
}
