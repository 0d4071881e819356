//! Going through what fits: which of it is shown, how much there is, what of it is counted.

use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, ColumnValues};
use tantivy::fastfield::FastFieldReaders;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::ask::{Ask, Near, Order};
use super::cells::{Cell, Cells};
use super::schema::column;
use super::tag::Tag;

/// Where a row stands in an order: rows are shown in ascending order of this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// What the order is about.
    pub(super) first: i64,
    /// The newest first.
    pub(super) second: i64,
    /// No two documents have the same.
    pub(super) tie: u64,
}

impl Cursor {
    /// Reads a cursor, or `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let mut part = || {
            let digits = parts
                .next()
                .filter(|digits| (1..=16).contains(&digits.len()))?;
            u64::from_str_radix(digits, 16).ok()
        };
        let (first, second, tie) = (part()?, part()?, part()?);
        let cursor = Self {
            first: first.cast_signed(),
            second: second.cast_signed(),
            tie,
        };
        (cursor.to_string() == text).then_some(cursor)
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (first, second) = (self.first.cast_unsigned(), self.second.cast_unsigned());
        write!(f, "{first:x}.{second:x}.{:x}", self.tie)
    }
}

/// A row: its place in the order, its log and its entry.
pub(super) type Row = (Cursor, u64, u64);

/// What is to be said of everything that fits.
#[derive(Clone, Debug, Default)]
pub(super) struct Summary {
    pub(super) total: u64,
    pub(super) counts: BTreeMap<Tag, u64>,
    /// Where they are: few however many they are, since summaries are kept.
    pub(super) spots: Vec<Cell>,
}

/// What was gone through.
#[derive(Debug, Default)]
pub(super) struct Gone {
    /// One more than asked for when there are more.
    pub(super) rows: Vec<Row>,
    total: u64,
    counts: BTreeMap<Tag, u64>,
    cells: Cells,
}

impl Gone {
    /// What is to be said of all of it.
    pub(super) fn summary(&mut self) -> Summary {
        Summary {
            total: self.total,
            counts: std::mem::take(&mut self.counts),
            spots: std::mem::take(&mut self.cells).spots(),
        }
    }
}

/// Goes through what fits.
#[derive(Clone, Debug)]
pub(super) struct Through {
    order: Order,
    near: Option<Near>,
    from: i64,
    until: i64,
    after: Option<Cursor>,
    keep: usize,
    scored: bool,
    summed: bool,
}

impl Through {
    /// `scored` when words were asked for; `summed` unless the summary is known.
    pub(super) fn new(ask: &Ask, scored: bool, summed: bool) -> Self {
        Self {
            order: ask.order,
            near: ask.near,
            from: ask.from.unwrap_or(i64::MIN),
            until: ask.until.unwrap_or(i64::MAX),
            after: ask.after,
            keep: ask.limit + 1,
            scored: scored && ask.order == Order::Fit,
            summed,
        }
    }
}

/// One segment's part of it.
pub(super) struct Segment {
    through: Through,
    columns: Columns,
    best: BinaryHeap<Row>,
    total: u64,
    counts: Counts,
    cells: Cells,
}

struct Columns {
    log: Arc<dyn ColumnValues<u64>>,
    index: Arc<dyn ColumnValues<u64>>,
    created: Arc<dyn ColumnValues<i64>>,
    tie: Arc<dyn ColumnValues<u64>>,
    first: Column<i64>,
    last: Column<i64>,
    latitude: Column<i64>,
    longitude: Column<i64>,
    counted: Column<u64>,
}

impl Columns {
    fn open(fast: &FastFieldReaders) -> tantivy::Result<Self> {
        Ok(Self {
            log: fast.column_first_or_default(column::LOG)?,
            index: fast.column_first_or_default(column::INDEX)?,
            created: fast.column_first_or_default(column::CREATED)?,
            tie: fast.column_first_or_default(column::TIE)?,
            first: fast.i64(column::FIRST)?,
            last: fast.i64(column::LAST)?,
            latitude: fast.i64(column::LATITUDE)?,
            longitude: fast.i64(column::LONGITUDE)?,
            counted: fast.u64(column::COUNTED)?,
        })
    }

    fn point(&self, document: DocId) -> Option<(i64, i64)> {
        Some((
            self.latitude.first(document)?,
            self.longitude.first(document)?,
        ))
    }
}

/// How many have which number of a tag.
type Counts = HashMap<u64, u64, BuildHasherDefault<Mixed>>;

/// Numbers of tags, mixed. Each document has some, and few are different: what is counted are codes that their kinds
/// allow, so there is no need for a hash that withstands whoever chooses its input.
#[derive(Clone, Copy, Debug, Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        /// 2^64 over the golden ratio: neighbours land far apart.
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
        self.0 = (self.0 ^ number).wrapping_mul(GOLDEN).rotate_left(32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Collector for Through {
    type Fruit = Gone;
    type Child = Segment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<Segment> {
        Ok(Segment {
            through: self.clone(),
            columns: Columns::open(segment.fast_fields())?,
            best: BinaryHeap::with_capacity(self.keep + 1),
            total: 0,
            counts: Counts::default(),
            cells: Cells::default(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.scored
    }

    fn merge_fruits(&self, segments: Vec<Gone>) -> tantivy::Result<Gone> {
        let mut gone = Gone::default();
        for segment in segments {
            gone.rows.extend(segment.rows);
            gone.total += segment.total;
            for (tag, count) in segment.counts {
                *gone.counts.entry(tag).or_default() += count;
            }
            gone.cells.add_all(segment.cells);
        }
        gone.rows.sort_unstable();
        gone.rows.truncate(self.keep);
        Ok(gone)
    }
}

impl SegmentCollector for Segment {
    type Fruit = Gone;

    fn collect(&mut self, document: DocId, score: Score) {
        let Some(distance) = self.fits(document) else {
            return;
        };
        if self.through.summed {
            self.total += 1;
            for value in self.columns.counted.values_for_doc(document) {
                *self.counts.entry(value).or_default() += 1;
            }
            if let Some((latitude, longitude)) = self.columns.point(document) {
                self.cells.add(latitude, longitude);
            }
        }
        let cursor = self.cursor(document, score, distance);
        if self.through.after.is_some_and(|after| cursor <= after) {
            return;
        }
        let full = self.best.len() >= self.through.keep;
        if full && self.best.peek().is_some_and(|worst| cursor >= worst.0) {
            return;
        }
        let row = (
            cursor,
            self.columns.log.get_val(document),
            self.columns.index.get_val(document),
        );
        self.best.push(row);
        if full {
            self.best.pop();
        }
    }

    fn harvest(self) -> Gone {
        let counts = self.counts.into_iter();
        Gone {
            rows: self.best.into_vec(),
            total: self.total,
            counts: counts
                .map(|(number, count)| (Tag::from_number(number), count))
                .collect(),
            cells: self.cells,
        }
    }
}

impl Segment {
    /// Whether days and place fit, and the distance in metres, as far as one is asked for.
    fn fits(&self, document: DocId) -> Option<i64> {
        let through = &self.through;
        if through.until != i64::MAX
            && self
                .columns
                .first
                .first(document)
                .is_some_and(|first| first > through.until)
        {
            return None;
        }
        if through.from != i64::MIN
            && self
                .columns
                .last
                .first(document)
                .is_some_and(|last| last < through.from)
        {
            return None;
        }
        let Some(near) = through.near else {
            return Some(0);
        };
        let Some((latitude, longitude)) = self.columns.point(document) else {
            return near.radius_m.is_none().then_some(i64::MAX);
        };
        let radius = near.radius_m.map_or(i64::MAX, i64::from);
        // A degree north is 111 km wherever it is: what is too far north or south needs no sines.
        let north = (latitude as f64 / 1e6 - near.latitude).abs() * METRES_PER_DEGREE;
        if near.radius_m.is_some() && north > radius as f64 {
            return None;
        }
        let metres = metres(
            near.latitude,
            near.longitude,
            latitude as f64 / 1e6,
            longitude as f64 / 1e6,
        );
        (metres <= radius).then_some(metres)
    }

    fn cursor(&self, document: DocId, score: Score, distance: i64) -> Cursor {
        let second = -self.columns.created.get_val(document);
        let tie = self.columns.tie.get_val(document);
        let first = match self.through.order {
            // Sums of a few small whole numbers: the same in every index, whatever else it holds.
            Order::Fit => -(score.round() as i64),
            Order::New => 0,
            Order::Near => distance,
            Order::Start(today) => self.start(document, today),
        };
        Cursor { first, second, tie }
    }

    /// Days until it begins; what goes on already begins today, what has no day comes after that, what is over last.
    fn start(&self, document: DocId, today: i64) -> i64 {
        /// Behind all that begins some day: 2,700 years.
        const LATER: i64 = 1_000_000;
        let first = self.columns.first.first(document);
        match (first, self.columns.last.first(document)) {
            (_, Some(last)) if last < today => {
                (2 * LATER).saturating_add(today.saturating_sub(last))
            }
            (Some(first), _) => first.saturating_sub(today).clamp(0, LATER - 1),
            (None, _) => LATER,
        }
    }
}

/// Metres of a degree north: a quarter of the Earth's girth over 90, less than anywhere so that nothing is lost.
const METRES_PER_DEGREE: f64 = 110_500.0;
/// The Earth's mean radius.
///
/// Source   IUGG, R1
const EARTH_M: f64 = 6_371_008.8;

/// Metres between two points, along a great circle.
pub(super) fn metres(
    latitude: f64,
    longitude: f64,
    other_latitude: f64,
    other_longitude: f64,
) -> i64 {
    let (a, b) = (latitude.to_radians(), other_latitude.to_radians());
    let half = |difference: f64| (difference / 2.0).sin().powi(2);
    let turn = half((other_longitude - longitude).to_radians());
    let chord = half(b - a) + a.cos() * b.cos() * turn;
    (2.0 * EARTH_M * chord.sqrt().min(1.0).asin()).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_map() {
        let almaty_astana = metres(43.238, 76.945, 51.1605, 71.4704);
        assert!(
            (965_000..980_000).contains(&almaty_astana),
            "{almaty_astana}"
        );
        assert_eq!(metres(10.0, 20.0, 10.0, 20.0), 0);
        let across = metres(0.0, 179.9, 0.0, -179.9);
        assert!((22_000..22_500).contains(&across), "{across}");
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_no_other_way() {
        let cursor = Cursor {
            first: -12,
            second: -1_700_000_000,
            tie: u64::MAX,
        };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        for text in [
            "",
            "1.2",
            "1.2.3.4",
            "x.1.2",
            "01.2.3",
            "+1.2.3",
            "1..3",
            "11111111111111111.2.3",
        ] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }
}
