//! Every page there is: found as people find them, by following links, and looked at in several languages, sizes and
//! colours by axe-core, by keyboard, and on the smallest of screens.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use erikti_node::front::{ACCESS, Access};
use erikti_node::text::Language;
use erikti_protocol::kind;
use erikti_tests::browser::{self, Axe, Browser, Hand, Scheme};
use erikti_tests::demo::Demo;

use super::world;

/// Pages that no link leads to, each with the reason.
const UNLINKED: &[(&str, &str)] = &[
    ("/language/{tag}", "leads back to where it was chosen"),
    ("/link/{link}", "is passed on from hand to hand"),
    ("/records/{id}/files/{name}", "is a file to keep"),
    (
        "/manage/import/{id}/columns",
        "comes after a file was given",
    ),
    ("/admin/members/link/{id}", "comes after a form was sent"),
    (
        "/admin/partners/invitation/{id}",
        "comes after a form was sent",
    ),
    (
        "/admin/accreditations/{id}/revoke",
        "stands beside what this node gave",
    ),
    ("/admin/hooks/{id}", "stands beside what was made"),
];
/// Beginnings of paths that programs ask for.
const FOR_PROGRAMS: [&str; 9] = [
    "/v1/",
    "/health",
    "/assets/",
    "/rpde",
    "/.well-known/",
    "/openapi.json",
    "/livez",
    "/readyz",
    "/metrics",
];

/// The demonstration, an administrator of its second node, and one address of each kind of page.
struct Tour {
    _demo: Demo,
    browser: Browser,
    pages: BTreeMap<&'static str, String>,
}

impl Tour {
    /// Follows links from the first page and from the day's, until nothing new comes.
    fn start() -> Self {
        let demo = Demo::start();
        let browser = Browser::start(&demo.pages[1], Language::English, Hand::Mouse);
        browser.open(&demo.link);
        let mut pages = BTreeMap::from([("/signin", "/signin".to_owned())]);
        world::fill_in_first(&browser);
        let mut seen = BTreeSet::new();
        let mut queue = VecDeque::from(["/".to_owned(), "/today".to_owned()]);
        while let Some(address) = queue.pop_front() {
            let path = address.split(['?', '#']).next().unwrap_or_default();
            let Some(template) = template_of(path) else {
                panic!("a link leads to {address}, which is no route");
            };
            if pages.contains_key(template)
                || FOR_PROGRAMS.iter().any(|start| path.starts_with(start))
            {
                continue;
            }
            browser.open(&address);
            if browser.evaluate("return document.contentType", &[]) != "text/html" {
                continue;
            }
            if browser.here() != address {
                continue;
            }
            pages.insert(template, address);
            let links = browser.evaluate("return [...document.querySelectorAll('a[href]')].filter(a => a.origin === location.origin && !a.download).map(a => a.pathname + a.search)", &[]);
            for link in links
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|link| link.as_str())
            {
                if seen.insert(link.to_owned()) {
                    queue.push_back(link.to_owned());
                }
            }
        }
        let mut complaints = browser.complaints();
        // A browser asks for a picture of whatever is no page, some time after it was opened.
        complaints.retain(|complaint| !complaint.contains("/favicon.ico "));
        assert_eq!(complaints, Vec::<String>::new());
        Self {
            _demo: demo,
            browser,
            pages,
        }
    }
}

/// The route that a path is answered by.
fn template_of(path: &str) -> Option<&'static str> {
    let fits = |template: &str| {
        let (mut wanted, mut given) = (template.split('/'), path.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return true,
                (Some(part), Some(_)) if part.starts_with("{*") => return true,
                (Some(part), Some(name))
                    if part == name || (part.starts_with('{') && !name.is_empty()) => {}
                _ => return false,
            }
        }
    };
    let rows = ACCESS.iter().filter(|row| row.method == "GET");
    // A fixed path comes before one with names in it.
    let mut all: Vec<_> = rows
        .map(|row| row.path)
        .filter(|template| fits(template))
        .collect();
    all.sort_by_key(|template| template.matches('{').count());
    all.first().copied()
}

#[test]
fn every_page_can_be_found_and_keeps_nobody_out() {
    let Some(axe) = Axe::load().filter(|_| browser::available()) else {
        return;
    };
    let tour = Tour::start();
    let browser = &tour.browser;
    let linked: BTreeSet<&str> = tour.pages.keys().copied().collect();
    let lost: Vec<&str> = ACCESS
        .iter()
        .filter(|row| row.method == "GET" && row.access != Access::Operator)
        .map(|row| row.path)
        .filter(|path| !FOR_PROGRAMS.iter().any(|start| path.starts_with(start)))
        .filter(|path| !path.starts_with("/logs/{log}/"))
        .filter(|path| !linked.contains(path) && !UNLINKED.iter().any(|(page, _)| page == path))
        .collect();
    assert!(lost.is_empty(), "no link leads to {lost:?}");

    let mut findings = Vec::new();
    for (language, width, scheme) in [
        (Language::Kazakh, 360, Scheme::Light),
        (Language::Russian, 1280, Scheme::Dark),
        (Language::English, 360, Scheme::Dark),
        (Language::Mirrored, 1280, Scheme::Light),
    ] {
        browser.open(&format!("/language/{}?to=/about", language.tag()));
        browser.resize(width, 800);
        browser.dress(scheme);
        for page in tour.pages.values() {
            browser.open(page);
            let found = axe
                .findings(browser)
                .into_iter()
                .chain(browser.layout_faults());
            findings
                .extend(found.map(|found| {
                    format!("{page} in {language:?} at {width}, {scheme:?}: {found}")
                }));
        }
    }
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn every_page_fits_the_smallest_screen_and_is_walked_with_tab() {
    if !browser::available() {
        return;
    }
    let tour = Tour::start();
    let browser = &tour.browser;
    let mut findings = Vec::new();
    for language in [Language::Lengthened, Language::Mirrored] {
        browser.open(&format!("/language/{}?to=/about", language.tag()));
        browser.resize(320, 640);
        for page in tour.pages.values() {
            browser.open(page);
            let faults = browser.layout_faults();
            findings.extend(
                faults
                    .into_iter()
                    .map(|fault| format!("{page} in {language:?}: {fault}")),
            );
            if language == Language::Mirrored {
                // The way to the content and the way home are on every page.
                assert!(browser.walk() >= 2, "{page}");
            }
        }
    }
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn the_form_of_every_kind_keeps_nobody_out() {
    let Some(axe) = Axe::load().filter(|_| browser::available()) else {
        return;
    };
    let demo = Demo::start();
    let browser = Browser::start(&demo.pages[1], Language::Kazakh, Hand::Mouse);
    // Some kinds are made elsewhere than in a form.
    browser.expect_status(403);
    browser.open(&demo.link);
    world::fill_in_first(&browser);
    browser.resize(360, 800);
    let mut forms = 0;
    for kind in kind::all() {
        browser.open(&format!("/manage/records/new/{}", kind.name));
        forms += usize::from(browser.offers(&browser.say("form-publish")));
        assert_eq!(
            axe.findings(&browser),
            Vec::<String>::new(),
            "{}",
            kind.name
        );
        assert_eq!(
            browser.layout_faults(),
            Vec::<String>::new(),
            "{}",
            kind.name
        );
    }
    assert!(forms >= 5, "{forms} kinds have a form");
}
