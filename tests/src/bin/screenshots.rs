//! Writes pictures of the main pages into a folder, for people to look at.
//!
//! ```text
//! cargo run -p erikti-tests --bin screenshots -- --out pictures
//! ```
//!
//! Three nodes of the demonstration are started, an administrator signs in at the second, and every page is taken at
//! 360 and 1280 pixels, light and dark, in Kazakh, and from right to left. `--readme FILE` writes the one small picture
//! of the README instead.

use std::path::PathBuf;
use std::process::ExitCode;

use erikti_node::text::Language;
use erikti_tests::browser::{self, Browser, Hand, Scheme};
use erikti_tests::demo::Demo;
use serde_json::json;

/// Whose eyes see a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Eyes {
    /// Anybody's.
    Everybody,
    /// An administrator's.
    Administrator,
}

/// A page: its picture's name, its address, and, when that is not fixed, what the links that lead from there to it begin
/// with.
struct Page {
    name: &'static str,
    at: &'static str,
    links: [Option<&'static str>; 2],
    eyes: Eyes,
}

const fn page(name: &'static str, at: &'static str) -> Page {
    Page {
        name,
        at,
        links: [None; 2],
        eyes: Eyes::Everybody,
    }
}

impl Page {
    /// The first page whose address begins like this and that this page links to.
    const fn then(mut self, link: &'static str) -> Self {
        self.links[self.links[0].is_some() as usize] = Some(link);
        self
    }

    /// A page that only members of staff see.
    const fn staff(mut self) -> Self {
        self.eyes = Eyes::Administrator;
        self
    }
}

const PAGES: &[Page] = &[
    page("opportunities", "/"),
    page("opportunity", "/").then("/opportunities/"),
    page("proof", "/").then("/opportunities/").then("/records/"),
    page("map", "/?view=map"),
    page("organisations", "/organisations"),
    page("organisation", "/organisations").then("/organisations/"),
    page("network", "/network"),
    page("logs", "/logs"),
    page("log", "/logs").then("/logs/"),
    page("verify", "/verify"),
    page("about", "/about"),
    page("api", "/api"),
    page("signin", "/signin"),
    page("today", "/today").staff(),
    page("records", "/manage/records").staff(),
    page("own-record", "/manage/records?kind=opportunity")
        .then("/manage/records/urn")
        .staff(),
    page("record-form", "/manage/records/new/opportunity").staff(),
    page("import", "/manage/import").staff(),
    page("partners", "/admin/partners").staff(),
    page("partner", "/admin/partners")
        .then("/admin/partners/urn")
        .staff(),
    page("accreditations", "/admin/accreditations").staff(),
    page("members", "/admin/members").staff(),
    page("settings", "/admin/settings").staff(),
    page("health", "/admin/health").staff(),
    page("hooks", "/admin/hooks").staff(),
    page("deeds", "/admin/deeds").staff(),
    page("account", "/account").staff(),
];

/// Ways to look at each page: picture's ending, language, width, colours.
const LOOKS: [(&str, Language, u32, Scheme); 5] = [
    ("360-light-kk", Language::Kazakh, 360, Scheme::Light),
    ("360-dark-ru", Language::Russian, 360, Scheme::Dark),
    ("1280-light-en", Language::English, 1280, Scheme::Light),
    ("1280-dark-kk", Language::Kazakh, 1280, Scheme::Dark),
    ("360-light-rtl", Language::Mirrored, 360, Scheme::Light),
];

/// The README's picture: CSS pixels it shows, how much of their size it keeps, quality of the WebP.
const README: (u32, u32, f64, u32) = (1280, 820, 0.75, 60);

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut out, mut readme, mut only) = (PathBuf::from("screenshots"), None, None);
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.next()) {
            ("--out", Some(folder)) => out = folder.into(),
            ("--readme", Some(file)) => readme = Some(PathBuf::from(file)),
            ("--only", Some(names)) => only = Some(names),
            _ => {
                eprintln!("usage: screenshots [--out DIR] [--only PAGE,PAGE…] [--readme FILE]");
                return ExitCode::from(64);
            }
        }
    }
    if !browser::available() {
        return ExitCode::from(69);
    }
    let demo = Demo::start();
    let browser = Browser::start(&demo.pages[1], Language::English, Hand::Mouse);
    browser.expect_status(404);
    if let Some(file) = readme {
        for_readme(&browser, &file);
    } else {
        std::fs::create_dir_all(&out).expect("the folder can be made");
        for eyes in [Eyes::Everybody, Eyes::Administrator] {
            if eyes == Eyes::Administrator {
                sign_in(&browser, &demo.link);
            }
            let wanted = |page: &&Page| {
                let mut names = only.iter().flat_map(|names| names.split(','));
                page.eyes == eyes && (only.is_none() || names.any(|name| name == page.name))
            };
            for page in PAGES.iter().filter(wanted) {
                take(&browser, page, &out);
            }
        }
        if only.is_none() {
            bring(&browser);
            look(&browser, "preview", &browser.here(), &out);
        }
    }
    for complaint in browser.complaints() {
        eprintln!("the browser complains: {complaint}");
    }
    ExitCode::SUCCESS
}

/// Makes an administrator with the one-time link.
fn sign_in(browser: &Browser, link: &str) {
    browser.open(link);
    browser.fill(&browser.say("account-field-name"), "aigerim");
    browser.fill(&browser.say("account-field-shown"), "Әйгерім");
    let password = "a long and quiet sentence";
    browser.fill(&browser.say("account-field-new-password"), password);
    browser.press(&browser.say("link-do"));
    browser.sees(&browser.say("sign-out"));
}

fn take(browser: &Browser, page: &Page, out: &std::path::Path) {
    browser.open(page.at);
    let mut at = page.at.to_owned();
    for link in page.links.into_iter().flatten() {
        let script = "const link = [...document.querySelectorAll('main a[href]')].map(a => a.getAttribute('href'))
            .find(href => href.startsWith(arguments[0]) && href.length > arguments[0].length); return link || null";
        let found = browser.evaluate(script, &[json!(link)]);
        let Some(found) = found.as_str() else {
            eprintln!("{}: no link that begins with {link}", page.name);
            return;
        };
        at = found.to_owned();
        browser.open(&at);
    }
    look(browser, page.name, &at, out);
}

/// Brings a table of which one row is good and one is not, as far as its preview.
fn bring(browser: &Browser) {
    let folder = tempfile::tempdir().expect("a folder");
    let table = folder.path().join("Спартакиада.csv");
    let rows = "title.kk,title.en,startDate,capacity\nМараға су беру,Water for runners,2027-05-01,12\nТұсаукесер,Opening,soon,40\n";
    std::fs::write(&table, rows).expect("a table");
    browser.read_in(Language::English);
    browser.open("/manage/import");
    browser.attach(&browser.say("import-file"), &table);
    browser.press(&browser.say("import-bring"));
    browser.sees(&browser.say("preview-title"));
}

/// Takes a page in every way that it is looked at.
fn look(browser: &Browser, name: &str, at: &str, out: &std::path::Path) {
    for (ending, language, width, scheme) in LOOKS {
        browser.open(&format!("/language/{}?to=/about", language.tag()));
        browser.resize(width, 800);
        browser.dress(scheme);
        browser.open(at);
        let file = out.join(format!("{name}-{ending}.png"));
        std::fs::write(&file, browser.picture()).expect("the picture can be written");
    }
    println!("{name}");
}

fn for_readme(browser: &Browser, file: &std::path::Path) {
    let (width, height, scale, quality) = README;
    browser.resize(width, height);
    browser.dress(Scheme::Light);
    browser.open("/");
    let picture = browser.small_picture(height, scale, quality);
    std::fs::write(file, &picture).expect("the picture can be written");
    println!("{}: {} bytes", file.display(), picture.len());
}
