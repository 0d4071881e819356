//! The demonstration: three nodes that converge, come back when killed, and leave nothing.

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use erikti_tests::process::binary;

use super::{exit, stderr, stdout};

struct Demo {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    folder: tempfile::TempDir,
}

impl Demo {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut child = Command::new(binary())
            .arg("demo")
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("`erikti` starts");
        let lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        Self {
            child,
            lines,
            folder,
        }
    }

    /// Reads what it prints until a line holds all of these.
    fn read_until(&mut self, parts: &[&str]) -> String {
        let mut read = String::new();
        for line in self.lines.by_ref() {
            let line = line.expect("the program writes UTF-8");
            if parts.iter().all(|part| line.contains(part)) {
                return line;
            }
            read.push_str(&line);
            read.push('\n');
        }
        panic!("it ended before it printed {parts:?}: {read}");
    }

    /// Sends a signal to the demonstration alone, and waits until it has ended.
    fn interrupt(mut self, signal: &str) {
        send(signal, self.child.id());
        for line in self.lines.by_ref() {
            line.expect("the program writes UTF-8");
        }
        let status = self.child.wait().expect("a child of the test");
        assert_eq!(status.code(), Some(0));
        assert_empty(self.folder.path());
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Its nodes end with it: they read from it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn send(signal: &str, process: u32) {
    let status = Command::new("kill")
        .args([signal, &process.to_string()])
        .status()
        .expect("`kill` starts");
    assert!(status.success(), "process {process} is gone");
}

fn lives(process: &str) -> bool {
    let output = Command::new("kill")
        .args(["-0", process])
        .stderr(Stdio::null())
        .status();
    output.expect("`kill` starts").success()
}

#[track_caller]
fn assert_empty(folder: &Path) {
    let left: Vec<_> = std::fs::read_dir(folder)
        .expect("the test's folder")
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn demo_exit_shows_equal_roots_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(binary())
        .args(["demo", "--exit"])
        .env("TMPDIR", folder.path())
        .stdin(Stdio::null())
        .output()
        .expect("`erikti` starts");
    let (told, talked) = (stdout(&output), stderr(&output));
    assert_eq!(exit(&output), 0, "{told}{talked}");
    assert!(
        told.contains("all three nodes hold 3 logs with equal roots"),
        "{told}"
    );
    assert!(
        told.lines().all(|line| line.chars().count() <= 80),
        "{told}"
    );
    assert_empty(folder.path());
    let processes: Vec<&str> = talked
        .lines()
        .filter_map(|line| line.split(" process ").nth(1))
        .collect();
    assert_eq!(processes.len(), 3, "{talked}");
    for process in processes {
        assert!(!lives(process), "process {process} was left behind");
    }
}

#[test]
fn a_killed_node_is_shown_comes_back_and_ctrl_c_leaves_nothing() {
    let mut demo = Demo::start();
    let line = demo.read_until(&["kill -9 "]);
    let process = line.split_whitespace().nth(2).expect("a process");
    demo.read_until(&["Ctrl-C ends"]);
    send("-9", process.parse().expect("a number"));
    demo.read_until(&["Mountain Rescue Friends (KG)", "stopped"]);
    demo.read_until(&["Mountain Rescue Friends runs again"]);
    demo.read_until(&["Mountain Rescue Friends (KG)", "running"]);
    demo.interrupt("-INT");
}

#[test]
fn ctrl_c_in_the_middle_of_the_story_leaves_nothing_either() {
    let mut demo = Demo::start();
    let talk = demo.child.stderr.take().expect("stderr is piped");
    let mut talk = BufReader::new(talk).lines();
    let first = talk
        .by_ref()
        .map_while(Result::ok)
        .find(|line| line.contains(" process "));
    assert!(first.is_some(), "no node started");
    send("-INT", demo.child.id());
    let rest: Vec<String> = talk.map_while(Result::ok).collect();
    assert!(
        rest.iter().any(|line| line.contains("stopped the nodes")),
        "{rest:?}"
    );
    let status = demo.child.wait().expect("a child of the test");
    assert_eq!(status.code(), Some(0));
    assert_empty(demo.folder.path());
}
