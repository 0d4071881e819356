//! What is told once is told once, and lies on no disk.

use std::fs;
use std::path::Path;

use erikti_tests::process::Member;
use serde_json::json;

use super::wire::{Answer, Door};

/// Every file of a folder that has these bytes.
fn files_with(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(content) = fs::read(&path)
                && content.windows(bytes.len()).any(|window| window == bytes)
            {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

/// The same request under a key three times, once after the node was killed: done once, told once.
fn told_once(member: &mut Member, target: &str, body: &serde_json::Value) -> Answer {
    let key = [("Idempotency-Key", target)];
    let send = |member: &Member| Door::operator(member).send("POST", target, &key, body);
    let first = send(member);
    assert_eq!(first.status, 200, "{target}: {}", first.text());
    for again in 0..2 {
        if again == 1 {
            member.kill();
            member.start();
        }
        let second = send(member);
        assert_eq!(
            (second.status, second.problem().as_str()),
            (409, "idempotency.told"),
            "{target}"
        );
        assert_eq!(second.header("idempotency-replayed"), Some("true"));
    }
    first
}

#[test]
fn the_secret_of_a_link_answered_under_a_key_is_in_no_file() {
    let mut member = Member::init("Discreet", &[]);
    let (_, own, _) = super::wire::administrator(&member);
    member.start();
    let inviting = json!({"name": "dana", "role": "coordinator", "shown": "Dana"});
    let invited = told_once(&mut member, "/v1/accounts", &inviting);
    let reset = told_once(
        &mut member,
        &format!("/v1/accounts/{own}/reset"),
        &json!({}),
    );
    let invitation = json!({"role": "host", "valid_hours": 24});
    let invitation = told_once(&mut member, "/v1/invitations", &invitation);
    for answer in [&invited, &reset] {
        let link = answer.json()["link"].as_str().expect("a link").to_owned();
        let secret = link.rsplit('/').next().expect("its end");
        assert!(secret.len() > 16, "{link}");
        assert_eq!(
            files_with(&member.data(), secret.as_bytes()),
            Vec::<String>::new()
        );
    }
    let link = invitation.json()["link"]
        .as_str()
        .expect("a link")
        .to_owned();
    assert_eq!(
        files_with(&member.data(), link.as_bytes()),
        Vec::<String>::new()
    );
    // It was done, and once: the one invitation is there, and its link works.
    let accounts = Door::operator(&member).get("/v1/accounts").good();
    assert_eq!(accounts["invited"].as_array().map(Vec::len), Some(1));
    let link = invited.json()["link"].as_str().expect("a link").to_owned();
    let path = link.split("/link/").nth(1).expect("a path");
    let page = Door::world(&member).get(&format!("/link/{path}"));
    assert_eq!(page.status, 200, "{}", page.text());
    // What names no secret is kept, and found by the same search.
    let door = Door::operator(&member);
    let role = json!({"role": "auditor"});
    let key = [("Idempotency-Key", "kept")];
    let changed = door.send("POST", "/v1/accounts/erlan/role", &key, &role);
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert!(!files_with(&member.data().join("replies"), b"erlan").is_empty());
}

#[test]
fn the_secret_of_a_webhook_is_in_no_kept_answer() {
    let mut member = Member::init("Hooked", &[]);
    member.start();
    let hook = json!({"url": "https://hooks.example.org/erikti"});
    let added = told_once(&mut member, "/v1/hooks", &hook);
    let secret = added.json()["secret"].as_str().expect("one").to_owned();
    // Messages are signed with it, so one file has it: never the kept answers.
    let found = files_with(&member.data(), secret.as_bytes());
    assert!(
        found.len() == 1 && found[0].ends_with("hooks.json"),
        "{found:?}"
    );
    let listed = Door::operator(&member).get("/v1/hooks").good();
    assert_eq!(listed["hooks"].as_array().map(Vec::len), Some(1));
}
