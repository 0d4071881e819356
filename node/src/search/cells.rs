//! Spots of a map: what lies near each other is counted together, so that a map of a hundred thousand has two hundred.

use std::cmp::Reverse;

/// Spots, at most: as many as an eye tells apart on a map of a screen's width.
pub const CELLS_MAX: usize = 200;
/// Side of the smallest cell, in millionths of a degree: a kilometre.
const FINEST: i64 = 10_000;
/// Bits of a cell's row, and of its column: 36,000 kilometres of a degree's hundredth go around the Earth.
const BITS: u32 = 16;

/// Points, each in its smallest cell: 12 bytes, so 12 MB for a million while they are gathered.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells(Vec<Point>);

#[derive(Clone, Copy, Debug)]
struct Point {
    /// Bits of row and column in turn: cells of a larger one stand beside each other.
    cell: u32,
    latitude: i32,
    longitude: i32,
}

/// A spot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Degrees north of the middle of those counted.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// How many.
    pub count: u64,
}

impl Cells {
    /// Adds a point, in millionths of a degree.
    pub(super) fn add(&mut self, latitude: i64, longitude: i64) {
        let degrees = |degrees: i64| i32::try_from(degrees).unwrap_or(0);
        self.0.push(Point {
            cell: apart(row(latitude)) << 1 | apart(row(longitude)),
            latitude: degrees(latitude),
            longitude: degrees(longitude),
        });
    }

    pub(super) fn add_all(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The spots, larger cells taken until they are few enough; the fullest first.
    pub(super) fn spots(self) -> Vec<Cell> {
        let mut points = self.0;
        points.sort_unstable_by_key(|point| point.cell);
        let halvings = halvings(&points);
        let larger = |point: &Point| u64::from(point.cell) >> (2 * halvings);
        let heaps = points.chunk_by(|a, b| larger(a) == larger(b));
        let mut spots: Vec<Cell> = heaps.map(spot).collect();
        let place = |cell: &Cell| ((cell.latitude * 1e6) as i64, (cell.longitude * 1e6) as i64);
        spots.sort_by_key(|cell| (Reverse(cell.count), place(cell)));
        spots
    }
}

/// How often cells must double their sides until there are few enough of them.
fn halvings(points: &[Point]) -> u32 {
    // Two neighbours fall together once the sides have doubled as often as their cells have bits from the first
    // that differs.
    let mut apart_until = [0_usize; BITS as usize + 1];
    for pair in points.windows(2) {
        let differing = (pair[0].cell ^ pair[1].cell)
            .checked_ilog2()
            .map_or(0, |bit| bit / 2 + 1);
        apart_until[differing as usize] += 1;
    }
    let mut cells = points.len();
    for (halvings, together) in (0..).zip(apart_until) {
        cells -= together;
        if cells <= CELLS_MAX {
            return halvings;
        }
    }
    BITS
}

fn row(degrees: i64) -> u32 {
    let row = degrees.div_euclid(FINEST) + (1 << (BITS - 1));
    u32::try_from(row.clamp(0, (1 << BITS) - 1)).unwrap_or(0)
}

/// Sixteen bits, each followed by an empty one.
fn apart(bits: u32) -> u32 {
    let mut bits = bits & 0xffff;
    for (by, mask) in [
        (8, 0x00ff_00ff),
        (4, 0x0f0f_0f0f),
        (2, 0x3333_3333),
        (1, 0x5555_5555),
    ] {
        bits = (bits | bits << by) & mask;
    }
    bits
}

fn spot(heap: &[Point]) -> Cell {
    let middle = |degrees: fn(&Point) -> i32| {
        let sum: i64 = heap.iter().map(|point| i64::from(degrees(point))).sum();
        sum as f64 / heap.len() as f64 / 1e6
    };
    Cell {
        latitude: middle(|point| point.latitude),
        longitude: middle(|point| point.longitude),
        count: heap.len() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_points_become_few_spots_and_none_is_lost() {
        let mut cells = Cells::default();
        for n in 0..10_000_i64 {
            cells.add(
                n * 7_919 % 90_000_000,
                n * 104_729 % 180_000_000 - 90_000_000,
            );
        }
        let spots = cells.spots();
        assert!((20..=CELLS_MAX).contains(&spots.len()), "{}", spots.len());
        assert_eq!(spots.iter().map(|spot| spot.count).sum::<u64>(), 10_000);
    }

    #[test]
    fn cells_grow_no_further_than_they_must() {
        // 14 by 14 kilometres fit, 15 by 15 do not.
        for (side, spots) in [(14, 14 * 14), (15, 8 * 8)] {
            let mut cells = Cells::default();
            for n in 0..side * side {
                cells.add(n / side * FINEST, n % side * FINEST);
            }
            assert_eq!(cells.spots().len(), spots, "{side}");
        }
        assert_eq!(Cells::default().spots(), []);
    }

    #[test]
    fn a_spot_stands_in_the_middle_of_what_it_counts() {
        let mut cells = Cells::default();
        cells.add(-43_238_000, 76_945_000);
        cells.add(-43_239_000, 76_947_000);
        let spots = cells.spots();
        assert_eq!(
            spots,
            [Cell {
                latitude: -43.2385,
                longitude: 76.946,
                count: 2
            }]
        );
    }
}
