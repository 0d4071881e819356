//! The command line, word by word, through the real program: answers, refusals, exit codes, and what a person sees.

mod codes;
mod demo;
mod folder;
mod imports;
mod logs;
mod organisations;
mod partners;
mod records;
mod terminal;
mod upkeep;
mod verify;
mod words;

use std::process::{Command, Output, Stdio};

use erikti_node::problem::Code;
use erikti_tests::process::{Member, binary};
use serde_json::Value;

/// Runs the program as a person does: no `--json`, no terminal.
fn erikti(args: &[&str]) -> Output {
    Command::new(binary())
        .args(args)
        .stdin(Stdio::null())
        .output()
        .expect("`erikti` starts")
}

/// The same on a member's folder.
fn plainly(member: &Member, args: &[&str]) -> Output {
    let data = member.data();
    let data = data.to_str().expect("a temporary folder's name is UTF-8");
    let mut all = vec!["--data", data];
    all.extend(args);
    erikti(&all)
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("the program writes UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("the program writes UTF-8")
}

fn exit(output: &Output) -> i32 {
    output.status.code().expect("a command ends by itself")
}

/// Checks an error document: its code, that the exit code fits, and that a person can do something with it.
#[track_caller]
fn check_problem(output: &Output, code: &str) -> Value {
    let text = stderr(output);
    let problem: Value =
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("stderr is no JSON ({e}): {text}"));
    assert_eq!(problem["code"], code, "{text}");
    let known = Code::parse(code).expect("a code of the table");
    assert_eq!(exit(output), known.exit() as i32, "{text}");
    assert_eq!(problem["status"], known.status(), "{text}");
    assert_eq!(problem["title"], known.title(), "{text}");
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|detail| !detail.is_empty())
    );
    assert!(
        problem["hint"].is_string() || problem["allowed"].is_string(),
        "neither hint nor allowed: {text}"
    );
    assert!(output.stdout.is_empty(), "{}", stdout(output));
    problem
}

/// Runs a command that must be refused with this code, and returns the error document.
#[track_caller]
fn refused(member: &Member, args: &[&str], code: &str) -> Value {
    check_problem(&member.run(args), code)
}

/// A member that does not run, and one that does, for what must be the same in both.
fn both(name: &str) -> [Member; 2] {
    let stopped = Member::init(name, &[]);
    let mut running = Member::init(name, &[]);
    running.start();
    [stopped, running]
}

/// Publishes an opportunity and returns its id.
fn opportunity(member: &Member, title: &str) -> String {
    let title = format!("title.en={title}");
    let answer = member.ask(&[
        "record",
        "new",
        "opportunity",
        "--set",
        &title,
        "--set",
        "status=open",
    ]);
    answer["id"]
        .as_str()
        .expect("a receipt names the id")
        .to_owned()
}

/// The names of an object's members.
fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names
}

/// An organisation that nobody knows.
const STRANGER: &str = "urn:erikti:org:zQu2pfM8VJvBT1TBLbVXWaa1rAYrEDWFNDwEj7JdfG4y";
/// A record that nobody holds.
const NOWHERE: &str = "urn:uuid:01a202e6-86e7-7e80-b5b8-4b1be2f13192";
