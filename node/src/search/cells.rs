//! Spots of a map: what lies near each other is counted together, so that a map of a hundred thousand has two hundred.

use std::collections::HashMap;

/// Spots, at most: as many as an eye tells apart on a map of a screen's width.
pub const CELLS_MAX: usize = 200;
/// Side of the smallest cell, in millionths of a degree: a kilometre.
const FINEST: i64 = 10_000;

/// What lies in a cell: how many, and the sums of their degrees.
#[derive(Clone, Copy, Debug, Default)]
struct Heap {
    count: u64,
    latitude: i64,
    longitude: i64,
}

/// Points, gathered by kilometre.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells(HashMap<(i32, i32), Heap>);

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
        let cell = |degrees: i64| i32::try_from(degrees.div_euclid(FINEST)).unwrap_or(0);
        let heap = self.0.entry((cell(latitude), cell(longitude))).or_default();
        heap.add(Heap {
            count: 1,
            latitude,
            longitude,
        });
    }

    pub(super) fn add_all(&mut self, other: &Self) {
        for (cell, heap) in &other.0 {
            self.0.entry(*cell).or_default().add(*heap);
        }
    }

    /// The spots, larger cells taken until they are few enough; the fullest first.
    pub(super) fn spots(self) -> Vec<Cell> {
        let mut heaps = self.0;
        let mut halvings = 0;
        while heaps.len() > CELLS_MAX {
            halvings += 1;
            let mut larger: HashMap<_, Heap> = HashMap::with_capacity(heaps.len());
            for ((latitude, longitude), heap) in heaps {
                larger
                    .entry((latitude >> 1, longitude >> 1))
                    .or_default()
                    .add(heap);
            }
            heaps = larger;
            debug_assert!(halvings < 32, "one cell is the whole Earth");
        }
        let mut spots: Vec<Cell> = heaps.values().map(Heap::spot).collect();
        let place = |cell: &Cell| ((cell.latitude * 1e6) as i64, (cell.longitude * 1e6) as i64);
        spots.sort_by_key(|cell| (std::cmp::Reverse(cell.count), place(cell)));
        spots
    }
}

impl Heap {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.latitude += other.latitude;
        self.longitude += other.longitude;
    }

    fn spot(&self) -> Cell {
        let middle = |sum: i64| sum as f64 / self.count as f64 / 1e6;
        Cell {
            latitude: middle(self.latitude),
            longitude: middle(self.longitude),
            count: self.count,
        }
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
