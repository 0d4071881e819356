//! Maps, drawn here: countries, dots and lines, as a picture beside a table that says the same.
//!
//! Source   outlines of Natural Earth 1:110m (public domain), without Antarctica, thinned to a tenth of a degree:
//!          `assets/world.tsv`, a country a line, ISO 3166-1 alpha-2 (`-` for none), TAB, a path whose numbers are tenths of
//!          a degree east and north. They say nothing about whose a territory is.
//! Shape    the world in the Equal Earth projection (Šavrič, Patterson, Jenny 2018), where areas compare; a region in
//!          plain degrees, narrowed by the cosine of its middle

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::OnceLock;

use askama::Template;
use askama::filters::HtmlSafe;

/// Width of a picture in its own units; the page makes it as wide as there is room.
const WIDTH: f64 = 1_000.0;
/// The world is shown up to here: north of it there is ice, south of it what was left out.
const NORTH: f64 = 84.0;
const SOUTH: f64 = -57.0;
/// Degrees of latitude that a region shows, at least: the outlines are too coarse for less.
const REGION_DEGREES_MIN: f64 = 12.0;
/// A region wider than this is better seen on the whole world.
const REGION_DEGREES_MAX: f64 = 60.0;
/// Largest and smallest radius of a dot.
const DOT_MAX: f64 = 26.0;
const DOT_MIN: f64 = 7.0;

/// Longitude and latitude, degrees.
type Spot = (f64, f64);

/// A country's outline.
struct Country {
    code: &'static str,
    rings: Vec<Vec<Spot>>,
}

fn countries() -> &'static [Country] {
    static COUNTRIES: OnceLock<Vec<Country>> = OnceLock::new();
    COUNTRIES.get_or_init(|| {
        include_str!("../../assets/world.tsv")
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(code, path)| Country {
                code,
                rings: path
                    .split_terminator('z')
                    .filter_map(|ring| read_ring(ring.strip_prefix('M')?))
                    .collect(),
            })
            .collect()
    })
}

/// Reads `first l steps`: pairs of tenths of a degree, a minus sign being a separator too.
fn read_ring(text: &str) -> Option<Vec<Spot>> {
    let (first, steps) = text.split_once('l')?;
    let numbers: Vec<f64> = [first, steps]
        .iter()
        .flat_map(|text| numbers(text))
        .collect();
    let mut at = (0.0, 0.0);
    let spots = numbers.chunks_exact(2).map(|step| {
        at = (at.0 + step[0] / 10.0, at.1 + step[1] / 10.0);
        at
    });
    Some(spots.collect())
}

fn numbers(text: &str) -> Vec<f64> {
    let spaced = text.replace('-', " -");
    spaced
        .split([' ', ','])
        .filter_map(|number| number.parse().ok())
        .collect()
}

/// Something to be seen on a map.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Dot {
    /// Degrees east.
    pub(super) longitude: f64,
    /// Degrees north.
    pub(super) latitude: f64,
    /// How many are there.
    pub(super) count: u64,
}

/// A map as SVG.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/map.svg", escape = "html")]
pub(super) struct Map {
    id: &'static str,
    title: String,
    says: String,
    width: i64,
    height: i64,
    land: String,
    members: String,
    ties: Vec<String>,
    dots: Vec<Drawn>,
}

impl HtmlSafe for Map {}

#[derive(Clone, Debug)]
struct Drawn {
    x: i64,
    y: i64,
    r: i64,
    count: Option<u64>,
}

/// How degrees become places of a picture.
#[derive(Clone, Copy)]
enum View {
    World,
    Region {
        west: f64,
        north: f64,
        narrow: f64,
        scale: f64,
    },
}

impl View {
    fn place(self, (longitude, latitude): Spot) -> (f64, f64) {
        match self {
            Self::World => {
                let (x, y) = equal_earth(longitude, latitude);
                let (widest, _) = equal_earth(180.0, 0.0);
                let (_, top) = equal_earth(0.0, NORTH);
                let scale = WIDTH / (2.0 * widest);
                ((x + widest) * scale, (top - y) * scale)
            }
            Self::Region {
                west,
                north,
                narrow,
                scale,
            } => (
                (longitude - west) * narrow * scale,
                (north - latitude) * scale,
            ),
        }
    }
}

/// The Equal Earth projection of degrees, on a sphere of radius 1.
fn equal_earth(longitude: f64, latitude: f64) -> (f64, f64) {
    const A: [f64; 4] = [1.340_264, -0.081_106, 0.000_893, 0.003_796];
    let half_root = 3.0_f64.sqrt() / 2.0;
    let t = (half_root * latitude.to_radians().sin()).asin();
    let (t2, t6) = (t * t, t.powi(6));
    let x = longitude.to_radians() * t.cos()
        / (half_root * (A[0] + 3.0 * A[1] * t2 + t6 * (7.0 * A[2] + 9.0 * A[3] * t2)));
    (x, t * (A[0] + A[1] * t2 + t6 * (A[2] + A[3] * t2)))
}

/// The whole world: members hatched, lines between the countries of those who exchange.
pub(super) fn world(
    id: &'static str,
    title: String,
    says: String,
    members: &BTreeSet<String>,
    ties: &[(String, String)],
    dots: &[Dot],
) -> Map {
    let view = View::World;
    let (mut land, mut ours) = (String::new(), String::new());
    for country in countries() {
        let path = if members.contains(country.code) {
            &mut ours
        } else {
            &mut land
        };
        for ring in &country.rings {
            draw(path, view, ring);
        }
    }
    let ties = ties.iter().filter_map(|(from, to)| {
        let (from, to) = (view.place(middle(from)?), view.place(middle(to)?));
        Some(arc(from, to))
    });
    let height = view.place((0.0, SOUTH)).1;
    Map {
        id,
        title,
        says,
        width: whole(WIDTH),
        height: whole(height),
        land,
        members: ours,
        ties: ties.collect(),
        dots: dots.iter().map(|dot| drawn(view, dot)).collect(),
    }
}

/// Where one place is, for a corner of a page: its dot is large, since the picture is small.
pub(super) fn spot(id: &'static str, title: String, says: String, dot: &Dot) -> Map {
    let mut map = around(id, title, says, std::slice::from_ref(dot));
    for drawn in &mut map.dots {
        drawn.r = whole(DOT_MAX);
    }
    map
}

/// Where these dots are: their region, or the whole world when they are far apart.
pub(super) fn around(id: &'static str, title: String, says: String, dots: &[Dot]) -> Map {
    let bound = |pick: fn(&Dot) -> f64| {
        let (least, most) = (
            dots.iter().map(pick).fold(f64::INFINITY, f64::min),
            dots.iter().map(pick).fold(f64::NEG_INFINITY, f64::max),
        );
        (least, most)
    };
    let (south, north) = bound(|dot| dot.latitude);
    let (west, east) = bound(|dot| dot.longitude);
    let middle = f64::midpoint(south, north);
    let narrow = middle.to_radians().cos().max(0.2);
    // A tenth of room on each side; half as high as wide.
    let high = ((north - south) * 1.2)
        .max((east - west) * narrow * 0.6)
        .max(REGION_DEGREES_MIN);
    if dots.is_empty() || high > REGION_DEGREES_MAX {
        return world(id, title, says, &BTreeSet::new(), &[], dots);
    }
    let wide = high * 2.0 / narrow;
    let view = View::Region {
        west: f64::midpoint(west, east) - wide / 2.0,
        north: middle + high / 2.0,
        narrow,
        scale: WIDTH / (high * 2.0),
    };
    let mut land = String::new();
    for country in countries() {
        let near = country.rings.iter().filter(|ring| {
            ring.iter().any(|spot| {
                let (x, y) = view.place(*spot);
                (-WIDTH..2.0 * WIDTH).contains(&x) && (-WIDTH..1.5 * WIDTH).contains(&y)
            })
        });
        for ring in near {
            draw(&mut land, view, ring);
        }
    }
    Map {
        id,
        title,
        says,
        width: whole(WIDTH),
        height: whole(WIDTH / 2.0),
        land,
        members: String::new(),
        ties: Vec::new(),
        dots: dots.iter().map(|dot| drawn(view, dot)).collect(),
    }
}

/// Whether the outlines have this country.
pub(super) fn has(code: &str) -> bool {
    countries().iter().any(|country| country.code == code)
}

/// Places of a picture are small.
fn whole(number: f64) -> i64 {
    number.round() as i64
}

fn draw(path: &mut String, view: View, ring: &[Spot]) {
    let mut last: Option<(i64, i64)> = None;
    for spot in ring {
        let (x, y) = view.place(*spot);
        let here = (whole(x), whole(y));
        // Writing into a string does not fail.
        let _ = match last {
            None => write!(path, "M{},{}l", here.0, here.1),
            Some(before) if before == here => continue,
            Some((x, y)) => write!(path, "{},{} ", here.0 - x, here.1 - y),
        };
        last = Some(here);
    }
    path.truncate(path.trim_end_matches([' ', 'l']).len());
    path.push('z');
}

fn drawn(view: View, dot: &Dot) -> Drawn {
    let (x, y) = view.place((dot.longitude, dot.latitude));
    let r = (DOT_MIN + 3.5 * (dot.count as f64).sqrt()).min(DOT_MAX);
    let several = dot.count > 1;
    Drawn {
        x: whole(x),
        y: whole(y),
        r: whole(if several { r.max(13.0) } else { r }),
        count: several.then_some(dot.count),
    }
}

/// A line that bends, so that lines between three countries are not one.
fn arc((x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> String {
    let (mx, my) = (f64::midpoint(x1, x2), f64::midpoint(y1, y2));
    let (bx, by) = (mx + (y2 - y1) * 0.2, my - (x2 - x1).abs() * 0.2 - 6.0);
    format!(
        "M{},{}Q{},{} {},{}",
        whole(x1),
        whole(y1),
        whole(bx),
        whole(by),
        whole(x2),
        whole(y2)
    )
}

/// The middle of a country's largest piece of land.
fn middle(code: &str) -> Option<Spot> {
    let country = countries().iter().find(|country| country.code == code)?;
    let area = |ring: &[Spot]| -> f64 {
        let next = ring.iter().cycle().skip(1);
        ring.iter()
            .zip(next)
            .map(|(a, b)| a.0 * b.1 - b.0 * a.1)
            .sum::<f64>()
            / 2.0
    };
    let largest = country
        .rings
        .iter()
        .max_by(|a, b| area(a).abs().total_cmp(&area(b).abs()))?;
    let whole = area(largest);
    let (mut x, mut y) = (0.0, 0.0);
    for (a, b) in largest.iter().zip(largest.iter().cycle().skip(1)) {
        let cross = a.0 * b.1 - b.0 * a.1;
        x += (a.0 + b.0) * cross;
        y += (a.1 + b.1) * cross;
    }
    (whole != 0.0).then(|| (x / (6.0 * whole), y / (6.0 * whole)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlines_are_read_whole() {
        assert!(countries().len() > 150);
        assert!(countries().iter().all(|country| !country.rings.is_empty()));
        for code in ["KZ", "KG", "UZ", "RU", "BR", "CH", "NZ"] {
            assert!(has(code), "{code}");
        }
        let (longitude, latitude) = middle("KZ").expect("Kazakhstan has a middle");
        assert!((60.0..75.0).contains(&longitude) && (45.0..52.0).contains(&latitude));
    }

    #[test]
    fn the_world_fits_its_picture() {
        let says = String::new;
        let map = world("m", says(), says(), &BTreeSet::new(), &[], &[]);
        let (x, y) = View::World.place((180.0, 0.0));
        assert!((x - WIDTH).abs() < 0.5 && y > 0.0 && whole(y) < map.height);
        assert_eq!(whole(View::World.place((0.0, NORTH)).1), 0);
    }

    #[test]
    fn dots_near_each_other_are_shown_in_their_region() {
        let dot = |longitude, latitude| Dot {
            longitude,
            latitude,
            count: 1,
        };
        let near = around(
            "m",
            String::new(),
            String::new(),
            &[dot(76.9, 43.2), dot(71.4, 51.1)],
        );
        let inside = |drawn: &Drawn| (0..=1_000).contains(&drawn.x) && (0..=500).contains(&drawn.y);
        assert!(near.dots.iter().all(inside));
        assert!((near.dots[0].x - near.dots[1].x).abs() > 100);
        let far = around(
            "m",
            String::new(),
            String::new(),
            &[dot(76.9, 43.2), dot(-74.0, 40.7)],
        );
        assert!(far.height < 500);
    }
}
