//! Lists: records that carry all of some terms, newest first, a page at a time.
//!
//! The rows of a term are in one order, so several terms are answered by walking all of them upwards together.

use super::rows::Term;
use super::run::Cursor;
use super::{FIVE_MAX, Index, IndexFault, Place, State, TERM_BYTES, Table, five};

/// Places on one page at most.
pub const LIST_MAX: usize = 1000;
/// Steps taken for one page at most: a rare combination of frequent terms ends a page early, with its cursor.
const STEPS_MAX: usize = 100_000;
/// What orders rows of a term: time, log, index.
const ORDER_BYTES: usize = TERM_BYTES - 8;

type Order = [u8; ORDER_BYTES];

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Of each of these, at least one term. None at all asks for every record.
    pub all_of: Vec<Vec<Term>>,
    /// Only records that everybody may read: no other is looked at, so none has a part in the answer.
    pub public_only: bool,
}

impl Query {
    /// Asks for records with this term too.
    #[must_use]
    pub fn with(mut self, term: Term) -> Self {
        self.all_of.push(vec![term]);
        self
    }

    /// Asks for records with one of these terms too.
    #[must_use]
    pub fn with_any(mut self, terms: Vec<Term>) -> Self {
        self.all_of.push(terms);
        self
    }
}

/// Where the next page begins.
///
/// Shape    28 lower-case hexadecimal digits
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageCursor(Order);

impl PageCursor {
    /// Reads a cursor, or `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != ORDER_BYTES * 2 {
            return None;
        }
        let mut order = [0; ORDER_BYTES];
        for (byte, pair) in order.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).ok()?;
            if pair
                .bytes()
                .any(|digit| !matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
            {
                return None;
            }
            *byte = u8::from_str_radix(pair, 16).ok()?;
        }
        Some(Self(order))
    }
}

impl std::fmt::Display for PageCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Newest first.
    pub places: Vec<Place>,
    /// Where to go on; `None` at the end. A page may be short, or empty, and still have one.
    pub next: Option<PageCursor>,
}

impl Index {
    /// Records that carry all terms asked for.
    ///
    /// Limits   [`LIST_MAX`]
    pub fn list(
        &self,
        query: &Query,
        cursor: Option<PageCursor>,
        limit: usize,
    ) -> Result<Page, IndexFault> {
        let limit = limit.clamp(1, LIST_MAX);
        let state = self.read_sorted();
        let every = [vec![Term::all()]];
        let wanted = match query.all_of.is_empty() {
            true => &every[..],
            false => &query.all_of[..],
        };
        let wanted = wanted.iter().map(|terms| {
            let restricted = terms.iter().filter(|_| !query.public_only);
            let restricted = restricted.map(|term| term.restricted());
            terms.iter().copied().chain(restricted).collect::<Vec<_>>()
        });
        let mut at = cursor.map_or([0; ORDER_BYTES], |cursor| cursor.0);
        let mut unions = wanted
            .map(|terms| Union::new(self, &state, &terms, &at))
            .collect::<Result<Vec<_>, _>>()?;
        let mut places = Vec::new();
        for _ in 0..STEPS_MAX {
            let mut highest = at;
            for union in &mut unions {
                match union.seek(&highest)? {
                    Some(found) => highest = found,
                    None => return Ok(Page { places, next: None }),
                }
            }
            if highest != at {
                at = highest;
                continue;
            }
            if places.len() == limit {
                break;
            }
            let index = FIVE_MAX - five(&at[9..]);
            places.push(state.place(&at[5..9], index)?);
            if !increment(&mut at) {
                return Ok(Page { places, next: None });
            }
        }
        Ok(Page {
            places,
            next: Some(PageCursor(at)),
        })
    }
}

/// The rows of several terms as one ascending walk.
struct Union<'a> {
    runs: Vec<(Term, Cursor<'a>)>,
    /// Sorted rows in memory, each stretch of one term.
    memory: Vec<&'a [[u8; TERM_BYTES]]>,
    /// Unsorted ones, descending, so that the lowest is taken off the end.
    loose: Vec<Order>,
}

impl<'a> Union<'a> {
    fn new(
        index: &'a Index,
        state: &'a State,
        terms: &[Term],
        from: &Order,
    ) -> Result<Self, IndexFault> {
        let mut memory = Vec::with_capacity(terms.len() * 2);
        let mut loose = Vec::new();
        let mut runs = Vec::with_capacity(terms.len() * state.runs.len());
        for term in terms {
            memory.extend(state.terms.sorted(&term.0));
            loose.extend(state.terms.loose(&term.0).map(order_of));
            for run in &state.runs {
                let cursor = Cursor::new(&index.db, Table::Terms, run.number, &row_of(term, from))?;
                runs.push((*term, cursor));
            }
        }
        loose.sort_unstable_by(|a, b| b.cmp(a));
        Ok(Self {
            runs,
            memory,
            loose,
        })
    }

    /// The lowest place that is not below `from`.
    fn seek(&mut self, from: &Order) -> Result<Option<Order>, IndexFault> {
        while self.loose.last().is_some_and(|order| order < from) {
            self.loose.pop();
        }
        let mut least = self.loose.last().copied();
        let mut meet = |found: Order| least = Some(least.map_or(found, |least| least.min(found)));
        for rows in &mut self.memory {
            let below = |row: &[u8; TERM_BYTES]| row[8..] < from[..];
            // Mostly the next row, or the one after it.
            if rows.first().is_some_and(below) {
                let (_, rest) = rows.split_at(1);
                *rows = match rest.first().is_some_and(below) {
                    true => &rest[rest.partition_point(below)..],
                    false => rest,
                };
            }
            rows.first().map(order_of).into_iter().for_each(&mut meet);
        }
        for (term, cursor) in &mut self.runs {
            cursor.seek_up(&row_of(term, from))?;
            let found = cursor.row().filter(|row| row[..8] == term.0).map(order_of);
            found.into_iter().for_each(&mut meet);
        }
        Ok(least)
    }
}

fn order_of(row: impl AsRef<[u8]>) -> Order {
    *row.as_ref()
        .last_chunk()
        .expect("a row is a term and its order")
}

fn row_of(term: &Term, order: &Order) -> [u8; TERM_BYTES] {
    let mut row = [0; TERM_BYTES];
    row[..8].copy_from_slice(&term.0);
    row[8..].copy_from_slice(order);
    row
}

/// The next number; `false` when there is none.
fn increment(order: &mut Order) -> bool {
    for byte in order.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            return true;
        }
    }
    false
}
