//! Power cuts: nodes are killed at any moment of importing, pulling and erasing, and nothing acknowledged is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use erikti_tests::chance::Chance;
use erikti_tests::process::{Member, converge};
use serde_json::Value;

use super::{Table, all, line, text};

const KILLS: usize = 20;
/// The latest moment of a kill after a command was given.
const MOMENT_MS: u64 = 400;
/// How long a killed node may take to be ready again on a slow, shared machine; the goal is 5 s.
const READY_MAX: Duration = Duration::from_secs(30);
const ROWS: u64 = 150;

#[test]
fn nodes_killed_at_any_moment_come_back_and_converge() {
    let seed = std::env::var("ERIKTI_SEED").ok();
    let seed = seed
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_261_122);
    eprintln!("ERIKTI_SEED={seed} replays these kills");
    let mut story = Story {
        members: line(&["Astana", "Bern", "Cebu", "Dakar"]),
        chance: Chance::new(seed),
        tables: Vec::new(),
        acknowledged: BTreeMap::new(),
        erased: BTreeSet::new(),
        slowest: Duration::ZERO,
    };
    for kill in 0..KILLS {
        story.act_and_kill(kill);
    }
    eprintln!("the slowest start after a kill took {:?}", story.slowest);
    story.nothing_acknowledged_is_lost();
}

struct Story {
    members: Vec<Member>,
    chance: Chance,
    /// Tables whose import was acknowledged, and by whom.
    tables: Vec<(usize, Table)>,
    /// Digests of records that were acknowledged, by id, and whose they are.
    acknowledged: BTreeMap<String, (usize, String)>,
    /// Erasures that were acknowledged.
    erased: BTreeSet<String>,
    slowest: Duration,
}

impl Story {
    fn number(&mut self, below: usize) -> usize {
        usize::try_from(self.chance.number()).unwrap_or(0) % below
    }

    fn act_and_kill(&mut self, kill: usize) {
        let actor = self.number(self.members.len());
        let victim = self.number(self.members.len());
        let own = self
            .acknowledged
            .iter()
            .find(|(id, (whose, _))| *whose == actor && !self.erased.contains(*id));
        let own = own.map(|(id, _)| id.clone());
        match (self.number(4), own) {
            (0 | 1, _) => {
                let first = kill as u64 * ROWS;
                let table = Table::new(first..first + ROWS);
                if let Some(answer) = self.cut_short(actor, victim, &table.import()) {
                    assert_eq!(answer["created"], ROWS);
                    self.tables.push((actor, table));
                }
            }
            (2, Some(id)) => {
                // Whether it is acknowledged or not: from now on nobody can rely on this record.
                self.acknowledged.remove(&id);
                let erase = ["erase", &id, "--reason", "mistake"].map(str::to_owned);
                if self.cut_short(actor, victim, &erase).is_some() {
                    self.erased.insert(id);
                }
            }
            _ => {
                let title = format!("title.en=Help number {kill}");
                let new = ["record", "new", "opportunity", "--set", &title].map(str::to_owned);
                if let Some(receipt) = self.cut_short(actor, victim, &new) {
                    self.acknowledged
                        .insert(text(&receipt["id"]), (actor, text(&receipt["digest"])));
                }
            }
        }
    }

    /// Gives a command to one node, kills another or the same at some moment, and starts that again. What the command
    /// answered, if it did.
    fn cut_short(&mut self, actor: usize, victim: usize, words: &[String]) -> Option<Value> {
        let moment = Duration::from_millis(self.chance.between(0, MOMENT_MS));
        let command = self.members[actor]
            .command(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("`erikti` starts");
        let (ended, ends) = mpsc::channel();
        let waiting = std::thread::spawn(move || {
            let output = command.wait_with_output().expect("a command ends");
            // The story goes on without an answer once the moment has come.
            let _ = ended.send(());
            output
        });
        // The moment of the kill, or the end of the command, whichever comes first.
        let _ = ends.recv_timeout(moment);
        self.members[victim].kill();
        let output = waiting.join().expect("a command is waited for");
        let begun = Instant::now();
        self.members[victim].start();
        let took = begun.elapsed();
        self.slowest = self.slowest.max(took);
        assert!(
            took < READY_MAX,
            "{} took {took:?}",
            self.members[victim].name
        );
        answered(&output)
    }

    fn nothing_acknowledged_is_lost(mut self) {
        converge(&all(&self.members), 4);
        for (id, (_, digest)) in &self.acknowledged {
            for member in &self.members {
                let shown = member.ask(&["record", "show", id]);
                assert_eq!(shown["digest"], digest.as_str(), "{}", member.name);
            }
        }
        for id in &self.erased {
            for member in &self.members {
                let (_, problem) = member.refused(&["record", "show", id]);
                assert_eq!(problem["code"], "record.erased", "{}", member.name);
            }
        }
        for (member, table) in &self.tables {
            let again = self.members[*member].ask(&table.import());
            assert_eq!(again["unchanged"], ROWS);
        }
        for member in &mut self.members {
            let verified = member.ask(&["store", "verify"]);
            assert_eq!(verified["ok"], true, "{verified}");
            member.stop();
        }
    }
}

/// What a command answered, or `None` when the node was killed before it could.
fn answered(output: &Output) -> Option<Value> {
    if output.status.success() {
        return serde_json::from_slice(&output.stdout).ok();
    }
    let problem: Value = serde_json::from_slice(&output.stderr).unwrap_or(Value::Null);
    assert_eq!(
        problem["code"],
        "node.unreachable",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    None
}
