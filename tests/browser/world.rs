//! Nodes for a browser to look at.

use erikti_node::text::Language;
use erikti_protocol::kind;
use erikti_tests::browser::{Axe, Browser, Hand};
use erikti_tests::process::{Member, partner};
use serde_json::Value;

/// Two running nodes that are partners; the second stands with the first.
pub(super) fn partners(ours: &str, theirs: &str) -> (Member, Member) {
    let mut ours = Member::init(ours, &[]);
    let mut theirs = Member::init(theirs, &[&ours.organisation]);
    ours.start();
    theirs.start();
    partner(&ours, &theirs);
    let roles = ["--role", "host", "--role", "issuer"];
    ours.ask(&[&["org", "accredit", &theirs.organisation], &roles[..]].concat());
    (ours, theirs)
}

/// On the page before the browser axe-core finds nothing, and the page fits the smallest of screens. Looked at once in
/// every language, by whoever works with a mouse.
#[track_caller]
pub(super) fn keeps_nobody_out(browser: &Browser) {
    let Some(axe) = Axe::load().filter(|_| browser.hand() == Hand::Mouse) else {
        return;
    };
    let mut findings = axe.findings(browser);
    browser.resize(320, 640);
    findings.extend(browser.layout_faults());
    browser.resize(1280, 900);
    assert!(findings.is_empty(), "{findings:#?}\n{}", browser.scene());
}

/// Whatever a node says is one line of JSON, without a control character.
#[track_caller]
pub(super) fn assert_logs_are_lines(members: &[&Member]) {
    for member in members {
        let log = member.log();
        for line in log.lines() {
            let event: Result<Value, _> = serde_json::from_str(line);
            assert!(event.is_ok_and(|event| event.is_object()), "{line:?}");
        }
        let control = log.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(control, None, "{log:?}");
    }
}

/// What the first administrator is called, and the password that nobody tries.
const NAME: &str = "aigerim";
const PASSWORD: &str = "Тау басында 7 көк бұлт";

/// Makes the first administrator of a node.
#[track_caller]
pub(super) fn become_administrator(browser: &Browser, member: &Member) {
    browser.open(&member.first_administrator);
    fill_in_first(browser);
}

/// Fills in the form behind the first link.
#[track_caller]
pub(super) fn fill_in_first(browser: &Browser) {
    browser.fill(&browser.say("account-field-name"), NAME);
    browser.fill(&browser.say("account-field-shown"), "Әйгерім");
    browser.fill(&browser.say("account-field-new-password"), PASSWORD);
    browser.press(&browser.say("link-do"));
    browser.sees(&browser.say("sign-out"));
}

/// Signs the first administrator in.
#[track_caller]
pub(super) fn sign_in(browser: &Browser) {
    browser.open("/signin");
    browser.fill(&browser.say("account-field-name"), NAME);
    browser.fill(&browser.say("account-field-password"), PASSWORD);
    browser.press(&browser.say("sign-in"));
    browser.sees(&browser.say("sign-out"));
}

/// Writes an opportunity's title, in Kazakh, into the form for a new one.
#[track_caller]
pub(super) fn fill_title(browser: &Browser, title: &str) {
    let kind = kind::by_name("opportunity").expect("a kind of ours");
    let field = kind.fields.iter().find(|field| field.name == "title");
    let label = field.expect("an opportunity has a title").label;
    let legend = match browser.language {
        Language::Kazakh => label.kk,
        Language::Russian => label.ru,
        _ => label.en,
    };
    browser.fill_near(Language::Kazakh.own_name(), legend, title);
}
