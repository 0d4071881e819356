//! How long people wait for pages while the node is busy: while another node's records pour in, while the search reads
//! them, while a table is imported.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use erikti_node::text::Language;
use erikti_tests::http::{self, Browser};
use erikti_tests::process::{Member, partner};
use serde_json::{Value, json};

use crate::events::{Events, FILTER};
use crate::pages::{fill, get, link, until_whole};
use crate::{machine, median, rounded};

/// Rows of the imported table: as many as the real one that tests import.
const ROWS: usize = 665;
/// How long pages are asked for while nothing else goes on.
const QUIET: Duration = Duration::from_secs(5);
/// Between two pages: somebody clicks.
const PAUSE: Duration = Duration::from_millis(20);

/// Runs the benchmark: a node that has so many records gets as many again.
pub(crate) fn run(records: u64) -> Value {
    let mut full = Member::init("Full", &[]);
    let mut busy = Member::init("Busy", &[]);
    fill(&full, records);
    fill(&busy, records);
    full.start();
    busy.say(FILTER).start();
    let base = busy.pages.trim_end_matches('/').to_owned();
    until_whole(&base);
    let mut paths = vec![
        "/".to_owned(),
        "/?q=lake".to_owned(),
        "/network".to_owned(),
        "/rpde/sessions".to_owned(),
    ];
    paths.extend(link(&base, "/", "/opportunities/"));
    let origin = full.origin.clone();
    let mut told = Events::of(&busy);
    let mut browser = http::person(&busy, "aigerim", "coordinator");
    let mut figures = json!({"pages": paths});
    let mut phase = |name: &str, work: &mut dyn FnMut()| {
        let begun = Instant::now();
        let waited = beside(&base, &paths, work);
        figures[name] =
            json!({"seconds": rounded(begun.elapsed().as_secs_f64()), "pages_ms": waited});
    };
    phase("quiet", &mut || thread::park_timeout(QUIET));
    phase("pull", &mut || {
        partner(&full, &busy);
        told.wait(|now| now.what == "adopted" && now.origin == origin && now.size > records);
    });
    phase("search", &mut || until_found(&base, records * 9 / 10 * 2));
    let mut preview = None;
    phase("preview", &mut || preview = Some(bring(&mut browser)));
    let preview = preview.expect("the table was brought");
    phase("import", &mut || confirm(&mut browser, &preview));
    let process = busy.process().unwrap_or(0);
    figures["peak_rss_mb"] = json!(rounded(machine::peak_rss_mb(process)));
    figures["own_memory_mb"] = json!(rounded(machine::own_memory_mb(process)));
    figures["load"] = json!(machine::load());
    figures
}

/// Milliseconds to the first byte of pages that are asked for, one after the other, while something else goes on.
fn beside(base: &str, paths: &[String], work: &mut dyn FnMut()) -> Value {
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut waited = Vec::new();
            for path in paths.iter().cycle() {
                waited.push(first_byte_ms(base, path));
                if ended.load(Ordering::Acquire) {
                    return waited;
                }
                thread::park_timeout(PAUSE);
            }
            waited
        });
        work();
        ended.store(true, Ordering::Release);
        let mut waited = asking.join().expect("asking does not fail");
        waited.sort_by(f64::total_cmp);
        let worst = waited.last().copied().unwrap_or(0.0);
        let p95 = waited
            .get(waited.len() * 95 / 100)
            .copied()
            .unwrap_or(worst);
        json!({
            "asked": waited.len(), "median": rounded(median(waited)), "p95": rounded(p95), "worst": rounded(worst),
        })
    })
}

fn first_byte_ms(base: &str, path: &str) -> f64 {
    let host = base.trim_start_matches("http://");
    let begun = Instant::now();
    let mut stream = TcpStream::connect(host).expect("the node listens");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("written");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("an answer");
    let waited = begun.elapsed().as_secs_f64() * 1e3;
    assert_eq!(&answer[9..], b"200", "{path}");
    let _ = stream.read_to_end(&mut Vec::new());
    waited
}

/// Waits until the first page says that so many can be found.
fn until_found(base: &str, count: u64) {
    /// Between two looks.
    const LOOK_EVERY: Duration = Duration::from_millis(100);
    /// How long it may take before the run is given up.
    const WAIT_MAX: Duration = Duration::from_secs(300);
    let (begun, count) = (Instant::now(), Language::Kazakh.number(count));
    while !String::from_utf8_lossy(&get(base, "/", "identity").1).contains(&count) {
        assert!(begun.elapsed() < WAIT_MAX, "not found: {count}");
        thread::park_timeout(LOOK_EVERY);
    }
}

/// Brings a table; returns the address of its preview.
fn bring(browser: &mut Browser) -> String {
    const MAP: &str = "source = \"bench\"\nid = \"id\"\n[columns]\n\"title.ru\" = \"title\"\n\"description.ru\" = \"text\"\n\
         startDate = \"from\"\n[formats]\nstartDate = \"%d.%m.%Y\"\n[constants]\n\"place.country\" = \"KZ\"\n";
    let mut rows = "id,title,text,from\n".to_owned();
    for row in 0..ROWS {
        let text = "Помогаем встретить гостей и раздать карты. ".repeat(5);
        rows += &format!("{row},Праздник двора {row},{text},01.05.2027\n");
    }
    let form = browser.get("/manage/import").form("/manage/import");
    let files = [
        ("file", "table.csv", rows.as_bytes()),
        ("map", "map.toml", MAP.as_bytes()),
    ];
    let answer = browser.submit_files(&form, &files);
    let page = browser.follow(answer);
    assert_eq!(page.status, 200, "{}", page.text());
    page.path.split('?').next().unwrap_or_default().to_owned()
}

/// Confirms a preview, and waits until the import has ended.
fn confirm(browser: &mut Browser, preview: &str) {
    let form = browser.get(preview).form(&format!("{preview}/confirm"));
    let answer = browser.submit(&form);
    browser.follow(answer);
    while browser.get(preview).header("refresh").is_some() {}
}
