//! Every page there is: named by the table of routes, found as people find them, by following links.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use erikti_node::front::{ACCESS, Access};
use erikti_node::text::Language;
use erikti_tests::browser::{Browser, Hand};
use erikti_tests::demo::Demo;
use serde_json::Value;

use super::world;

/// Routes that answer with no page, by how their paths begin, each with the reason. Whatever else can be fetched is a
/// page, so a new one that no tour comes to is missed.
const NO_PAGES: &[(&str, &str)] = &[
    ("/v1/", "programs ask for it"),
    ("/openapi.json", "programs ask for it"),
    ("/rpde/", "programs ask for it"),
    ("/.well-known/", "programs ask for it"),
    ("/logs/{log}/", "programs ask for it"),
    ("/livez", "programs ask for it"),
    ("/readyz", "programs ask for it"),
    ("/health", "programs ask for it"),
    ("/assets/", "is a part of pages"),
    ("/language/{tag}", "leads back to where it was chosen"),
    ("/records/{id}/files/{name}", "is a file to keep"),
    ("/manage/records.csv", "is a file to keep"),
];
/// A table that somebody brings, with columns that nobody has named yet.
const TABLE: &str = "code,what,where\n1,Plant trees,Almaty\n2,Read aloud,Astana\n";

/// The demonstration, somebody who administers its second node, and one address of each page.
pub(super) struct Tour {
    demo: Demo,
    /// Their addresses; of forms for records, one a kind.
    pub(super) pages: Vec<String>,
}

/// The one route whose pages are as different as the kinds of records.
const FORM: &str = "/manage/records/new/{kind}";
/// So many kinds have a form, at least; others are made elsewhere.
const FORMS_MIN: usize = 5;

impl Tour {
    /// Goes to the pages that come after something is done, then follows links until nothing new comes.
    ///
    /// Panics   when a page of the table of routes is not met, or a link leads nowhere
    pub(super) fn start() -> (Self, Browser) {
        let demo = Demo::start();
        let browser = Browser::start(&demo.pages[1], Language::English, Hand::Mouse);
        browser.open(&demo.link);
        world::fill_in_first(&browser);
        let mut pages = BTreeMap::new();
        for address in addresses_of_deeds(&browser) {
            note(&mut pages, &address);
        }
        note(&mut pages, "/signin");
        let forms = follow_links(&browser, &mut pages);
        let missed: Vec<&str> = templates()
            .filter(|template| !pages.contains_key(template))
            .collect();
        assert!(missed.is_empty(), "no link and no deed leads to {missed:?}");
        assert!(forms.len() >= FORMS_MIN, "{forms:?}");
        pages.remove(FORM);
        let pages = pages.into_values().chain(forms).collect();
        (Self { demo, pages }, browser)
    }

    /// One more browser of the same administrator.
    pub(super) fn beside(&self, language: Language) -> Browser {
        let browser = Browser::start(&self.demo.pages[1], language, Hand::Mouse);
        world::sign_in(&browser);
        browser
    }
}

/// The routes of pages.
fn templates() -> impl Iterator<Item = &'static str> {
    ACCESS
        .iter()
        .filter(|row| row.method == "GET" && row.access != Access::Operator)
        .map(|row| row.path)
        .filter(|template| !is_no_page(template))
}

fn is_no_page(template: &str) -> bool {
    NO_PAGES
        .iter()
        .any(|(start, _)| template.starts_with(start))
}

fn note(pages: &mut BTreeMap<&'static str, String>, address: &str) {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let Some(template) = template_of(path) else {
        panic!("{address} is no route");
    };
    pages.entry(template).or_insert_with(|| address.to_owned());
}

/// Invites, accredits, brings a table, and says where that led.
fn addresses_of_deeds(browser: &Browser) -> Vec<String> {
    let mut addresses = Vec::new();
    browser.open("/admin/members");
    browser.fill(&browser.say("member-sign-in-name"), "dana");
    browser.press(&browser.say("member-invite-do"));
    browser.arrives("/admin/members/link/");
    addresses.push(browser.here());
    let link = browser.texts("#link").concat();
    let path = link.find("/link/").map(|start| &link[start..]);
    addresses.push(path.expect("an invitation is a link").to_owned());

    browser.open("/admin/partners");
    browser.press(&browser.say("invite-do"));
    browser.arrives("/admin/partners/invitation/");
    addresses.push(browser.here());

    browser.open("/admin/accreditations");
    browser.tick("Host");
    browser.press(&browser.say("give-do"));
    browser.sees(&browser.say("is-given"));

    browser.open("/admin/hooks");
    // Nobody listens there, and nothing is told while the pages are looked at.
    browser.fill(&browser.say("hooks-url"), "http://127.0.0.1:9/");
    browser.unfold(&browser.say("hooks-kinds"));
    browser.tick(&browser.say("hooks-loopback"));
    browser.press(&browser.say("hooks-add"));
    browser.sees(&browser.say("hooks-secret"));

    browser.open("/manage/import");
    browser.unfold(&browser.say("import-paste"));
    browser.fill(&browser.say("import-text"), TABLE);
    browser.press(&browser.say("import-bring"));
    browser.sees(&browser.say("columns-title"));
    addresses.push(browser.here());
    addresses
}

/// Fills in the addresses, and returns those of forms for records.
fn follow_links(browser: &Browser, pages: &mut BTreeMap<&'static str, String>) -> BTreeSet<String> {
    let mut forms = BTreeSet::new();
    let mut followed = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from(["/".to_owned(), "/today".to_owned()]);
    queue.extend(pages.values().cloned());
    while let Some(address) = queue.pop_front() {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let Some(template) = template_of(path) else {
            panic!("a link leads to {address}, which is no route");
        };
        if template == FORM {
            forms.insert(path.to_owned());
        }
        if followed.contains(template) || is_no_page(template) {
            continue;
        }
        browser.open(&address);
        // A page may lead on to another one.
        if browser.here() != address {
            continue;
        }
        followed.insert(template);
        pages.entry(template).or_insert(address);
        let script = "return [...document.querySelectorAll('a[href]')]
            .filter(a => a.origin === location.origin && !a.download).map(a => a.pathname + a.search)";
        let links = browser.evaluate(script, &[]);
        for link in links
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if seen.insert(link.to_owned()) {
                queue.push_back(link.to_owned());
            }
        }
    }
    forms
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
    rows.map(|row| row.path)
        .filter(|template| fits(template))
        .min_by_key(|template| template.matches('{').count())
}
