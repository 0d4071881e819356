//! Words of another organisation's node stay words, whatever they are.
//!
//! Two worlds are alike but for the words: in one the other organisation means harm with every text of every record, in
//! the other each of its texts has the same shape and means nothing. Page by page both must be made of the same elements
//! with the same attributes.

use std::path::PathBuf;

use erikti_node::text::Language;
use erikti_protocol::kind;
use erikti_tests::browser::{self, Browser, Hand};
use erikti_tests::hostile::{self, Filler};
use erikti_tests::http::encoded;
use erikti_tests::process::{Member, converge};
use serde_json::{Map, Value};

use super::world;

/// The name that the other organisation gives itself, and one of the same shape.
const NAME: &str = "\"><img src=x onerror=alert(1)>'<script>alert(2)</script>{{7*7}}";
const NAME_HARMLESS: &str = "aaaaaaa aaaaa aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// What an organisation makes of its own accord; other kinds follow from what happens, and hold no free text.
const KINDS: [&str; 5] = [
    "opportunity",
    "session",
    "organisation",
    "service",
    "credential",
];
/// Pages that show records of others beside each other, or the organisation's name; the same in both worlds.
const ALIKE: [&str; 9] = [
    "/",
    "/?view=map",
    "/organisations",
    "/network",
    "/logs",
    "/manage/records",
    "/manage/records/new/opportunity",
    "/manage/records/new/service",
    "/admin/accreditations",
];
/// Pages that show them, and tell of what differs from one minute to the next.
const CHANGING: [&str; 5] = [
    "/today",
    "/admin/partners",
    "/admin/health",
    "/admin/deeds",
    "/admin/settings",
];
/// Strings that are asked for together.
const TOGETHER: usize = 24;
/// Characters of a question, at most.
const QUESTION_CHARS: usize = 180;

/// What a page is made of: how many elements there are of each name with these attributes; and what does not belong
/// into any page of ours.
const MADE_OF: &str = r#"
const made = {}, faults = [];
const never = 'iframe, frame, frameset, object, embed, applet, base, audio, video, img, image, math, marquee, style, template, foreignObject, animate, set, use, portal';
for (const element of document.querySelectorAll(never)) faults.push(element.outerHTML.slice(0, 300));
for (const element of document.querySelectorAll('*')) {
  const names = [...element.attributes].map(attribute => attribute.name).sort();
  const key = `${element.localName} ${names.join(' ')}`;
  made[key] = (made[key] || 0) + 1;
  for (const name of names) {
    if (/^on/i.test(name) || ['style', 'srcdoc', 'formaction', 'background', 'ping', 'srcset'].includes(name)) faults.push(element.outerHTML.slice(0, 300));
    if (/^(href|src|action|data|poster|xlink:href)$/i.test(name)) {
      const to = new URL(element.getAttribute(name), document.baseURI);
      if (!['http:', 'https:', 'mailto:'].includes(to.protocol)) faults.push(element.outerHTML.slice(0, 300));
      if (element.localName === 'script' && (to.origin !== location.origin || !to.pathname.startsWith('/assets/'))) faults.push(element.outerHTML.slice(0, 300));
      if (to.origin !== location.origin && !/noopener/.test(element.rel || '')) faults.push(element.outerHTML.slice(0, 300));
    }
  }
  if (element.localName === 'script' && !element.src) faults.push(element.outerHTML.slice(0, 300));
}
return {made, faults};
"#;

/// A node of ours with its administrator's browser, its partner, and what that published.
struct World {
    ours: Member,
    theirs: Member,
    browser: Browser,
    records: Vec<(&'static str, String)>,
}

impl World {
    fn start(name: &str, mut words: Filler) -> Self {
        let (ours, theirs) = world::partners("Steppe Centre", name);
        let records = publish(&theirs, &mut words);
        converge(&[&ours, &theirs], 2);
        let browser = Browser::start(&ours.pages, Language::English, Hand::Mouse);
        world::become_administrator(&browser, &ours);
        Self {
            ours,
            theirs,
            browser,
            records,
        }
    }

    /// Opens a page and says what it is made of.
    #[track_caller]
    fn open(&self, page: &str) -> Value {
        self.browser.open(page);
        self.look(page)
    }

    /// What the page before the browser is made of.
    #[track_caller]
    fn look(&self, page: &str) -> Value {
        let mut found = self.browser.evaluate(MADE_OF, &[]);
        assert_eq!(found["faults"], Value::Array(Vec::new()), "{page}");
        assert_eq!(self.browser.complaints(), Vec::<String>::new(), "{page}");
        found["made"].take()
    }

    /// The page before the browser allows no script and no style but those of files of ours.
    #[track_caller]
    fn assert_strict(&self, page: &str) {
        let script = "return fetch(location.href).then(answer => answer.headers.get('content-security-policy'))";
        let policy = self.browser.evaluate(script, &[]);
        let policy = policy.as_str().unwrap_or_default();
        let parts: Vec<&str> = policy.split(';').map(str::trim).collect();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
        ] {
            assert!(parts.contains(&part), "{page}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{page}: {policy}");
    }

    /// Pages of the world's records, and of its organisation.
    fn pages(&self) -> Vec<String> {
        let mut pages: Vec<String> = ALIKE.map(str::to_owned).into();
        pages.push(format!("/organisations/{}", self.theirs.organisation));
        pages.push(format!("/?organisation={}", self.theirs.organisation));
        for (kind, id) in &self.records {
            if *kind == "opportunity" {
                pages.push(format!("/opportunities/{id}"));
            }
            pages.push(format!("/records/{id}"));
            pages.push(format!("/records/{id}/proof"));
        }
        pages
    }

    /// A file beside the folder of the node of theirs.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.theirs.data().with_file_name(name);
        std::fs::write(&file, text).expect("a file beside the node's folder");
        file
    }
}

#[test]
fn hostile_words_of_another_organisation_stay_words() {
    let Some(strings) = hostile::strings().filter(|_| browser::available()) else {
        return;
    };
    let words = Filler::new(&strings);
    let harmless = World::start(NAME_HARMLESS, words.harmless());
    let harmful = World::start(NAME, words);
    let (like, unlike) = (harmless.pages(), harmful.pages());
    assert_eq!(like.len(), unlike.len());
    for (like, unlike) in like.iter().zip(&unlike) {
        assert_eq!(harmful.open(unlike), harmless.open(like), "{unlike}");
        harmful.assert_strict(unlike);
    }
    for page in CHANGING {
        harmful.open(page);
    }
    harmful.open(&format!("/admin/partners/{}", harmful.theirs.organisation));
    ask(&harmful, &strings);
    bring(&harmful, &strings);
    disagree(&harmful, &strings);
    be_handed(&harmful);
    world::assert_logs_are_lines(&[&harmful.ours, &harmful.theirs]);
}

/// Words that a stranger puts into an address.
fn ask(world: &World, strings: &[String]) {
    world.browser.expect_status(400);
    for words in strings.chunks(TOGETHER) {
        let question: String = words.concat().chars().take(QUESTION_CHARS).collect();
        world.open(&format!("/?q={}", encoded(&question)));
    }
}

/// A table that somebody else wrote: names of columns, cells, and what is said of those that do not fit.
fn bring(world: &World, strings: &[String]) {
    let cell = |text: &str| {
        format!(
            "\"{}\"",
            text.replace('"', "\"\"").replace(['\r', '\n', '\0'], " ")
        )
    };
    let mut table = format!("id,title,start,{}\n", cell(NAME));
    for (number, text) in strings.iter().enumerate() {
        let text = cell(text);
        table.push_str(&format!("{number},{text},{text},{text}\n"));
    }
    let browser = &world.browser;
    browser.open("/manage/import");
    let file = world.file("\"><img src=x onerror=alert(4)>.csv", &table);
    browser.attach(&browser.say("import-file"), &file);
    browser.press(&browser.say("import-bring"));
    browser.sees(&browser.say("columns-title"));
    world.look("columns");
    let script = "for (const [name, field] of [['title', 'title.en'], ['start', 'start']])
        document.getElementsByName(`column.${name}`)[0].value = field;";
    browser.evaluate(script, &[]);
    browser.press(&browser.say("columns-preview"));
    browser.sees(&browser.say("preview-title"));
    world.look("preview");
    world.open("/manage/import");
}

/// A form whose fields are wrong, and two who change one record.
fn disagree(world: &World, strings: &[String]) {
    let browser = &world.browser;
    let made = world
        .ours
        .ask(&["record", "new", "opportunity", "--set", "title.kk=Бұрын"]);
    let id = made["id"].as_str().unwrap_or_default().to_owned();
    browser.open(&format!("/manage/records/{id}/edit"));
    let mut words = Filler::new(strings);
    let subject = words.subject(kind::by_name("opportunity").expect("a kind of ours"));
    let file = world.file("theirs.json", &Value::Object(subject).to_string());
    let file = file.to_str().expect("a path in UTF-8");
    world
        .ours
        .ask(&["record", "new", "opportunity", "--from", file, "--id", &id]);
    world::fill_title(browser, NAME);
    browser.expect_status(409);
    browser.press(&browser.say("form-publish"));
    browser.sees(&browser.say("conflict-title"));
    world.look("two who changed one record");
    world.open(&format!("/manage/records/{id}"));
    world.open(&format!("/manage/records/{id}/edit"));
    world.open(&format!("/manage/records/{id}/erase"));
}

/// An invitation and a certificate, as they are handed over.
fn be_handed(world: &World) {
    let browser = &world.browser;
    let invitation = world.theirs.ask(&["peer", "invite"]);
    browser.open("/admin/partners");
    browser.fill(
        &browser.say("accept-link"),
        invitation["link"].as_str().unwrap_or_default(),
    );
    browser.press(&browser.say("accept-look"));
    browser.sees(&browser.say("words-title"));
    world.look("an invitation");

    let certificate = world.records.iter().find(|(kind, _)| *kind == "credential");
    let (_, id) = certificate.expect("a certificate of theirs");
    let file = world.theirs.data().with_file_name("bundle.json");
    let path = file.to_str().expect("a path in UTF-8");
    let id = format!("urn:uuid:{id}");
    world
        .theirs
        .ask(&["record", "export", &id, "--bundle", "--out", path]);
    browser.open("/verify");
    browser.attach(&browser.say("verify-file"), &file);
    browser.press(&browser.say("verify-do"));
    browser.sees(&browser.say("verdict-steps"));
    world.look("a verdict");
}

/// Publishes all strings in records of all kinds, each in two versions.
fn publish(theirs: &Member, words: &mut Filler) -> Vec<(&'static str, String)> {
    let file = theirs.data().with_file_name("subject.json");
    let path = file.to_str().expect("a path in UTF-8");
    let mut records = Vec::new();
    let mut opportunity = String::new();
    while !words.done() {
        for name in KINDS {
            let kind = kind::by_name(name).expect("a kind of ours");
            let mut subject: Map<String, Value> = words.subject(kind);
            if name == "session" {
                subject.insert("opportunity".to_owned(), opportunity.clone().into());
            }
            std::fs::write(&file, Value::Object(subject).to_string())
                .expect("a file beside the node's folder");
            let first = ["record", "new", name, "--from", path, "--readers", "public"];
            let made = theirs.ask(&first);
            let id = made["id"].as_str().unwrap_or_default().to_owned();
            // Said again, so that there is a history.
            theirs.ask(&[&first[..], &["--id", &id]].concat());
            records.push((name, id.trim_start_matches("urn:uuid:").to_owned()));
            if name == "opportunity" {
                opportunity = id;
            }
        }
    }
    records
}
