//! Pages of coordinators and administrators, used as a browser without scripts does: forms as they stand on the page.

mod edits;
mod forms;
mod imports;
mod partners;
mod tables;

use erikti_node::desk::form::Form as Entries;
use erikti_protocol::kind::{self, Kind};
use erikti_tests::http::{Answer, Browser, Form};
use erikti_tests::process::{Member, until};
use serde_json::{Map, Value};

/// A running node.
fn member(name: &str) -> Member {
    let mut member = Member::init(name, &[]);
    member.start();
    // Founding, card, and the card with its addresses, which is written behind the start.
    until("the addresses are announced", || log_size(&member) == 3);
    member
}

/// Names and texts of a record's form.
fn pairs(
    kind: &Kind,
    subject: &Map<String, Value>,
    extra: &Map<String, Value>,
) -> Vec<(String, String)> {
    Entries::of(kind, subject, extra).inputs()
}

/// The form for a new record, with these fields filled in and the button pressed; for this organisation's card, which
/// there is one of, the form that changes it.
fn filled(browser: &mut Browser, kind: &str, fields: &[(&str, &str)]) -> Form {
    let mut to = format!("/manage/records/new/{kind}");
    let mut page = browser.get(&to);
    if kind == kind::organisation::KIND.name {
        to = format!("/manage/records/{}/edit", id_in_edit(&page));
        page = browser.get(&to);
    }
    assert_eq!(page.status, 200, "{}", page.text());
    let mut form = page.form(&to);
    for (name, text) in fields {
        form = form.fill(name, text);
    }
    form.fill("do", "publish")
}

/// The id in the address of a form that an answer leads to.
#[track_caller]
fn id_in_edit(answer: &Answer) -> String {
    let to = answer.header("location").expect("a redirect says where to");
    let id = to.strip_prefix("/manage/records/");
    let id = id.and_then(|rest| rest.strip_suffix("/edit"));
    id.expect("a form for a change").to_owned()
}

/// The id at the end of where an answer leads.
#[track_caller]
fn led_to(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let to = answer.header("location").expect("a redirect says where to");
    let path = to.split('?').next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Publishes an opportunity for everybody and returns its id.
fn publish(browser: &mut Browser, title: &str) -> String {
    let form = filled(
        browser,
        "opportunity",
        &[("f.title.en", title), ("readers", "public")],
    );
    led_to(&browser.submit(&form))
}

fn show(member: &Member, id: &str) -> Value {
    member.ask(&["record", "show", id])["record"].clone()
}

fn log_size(member: &Member) -> u64 {
    let roots = member.roots();
    let own = roots.iter().find(|(origin, ..)| *origin == member.origin);
    own.expect("a node has a log of its own").1
}
