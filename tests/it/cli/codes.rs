//! The table of codes: each is given by some part of the program, and every exit code is one that the help names.

use std::fs;
use std::path::Path;

use erikti_node::problem::{Code, Exit};

fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("the node's sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, text);
        } else if !path.ends_with("problem.rs") {
            text.push_str(&fs::read_to_string(&path).expect("a source"));
        }
    }
}

#[test]
fn every_code_of_the_table_is_given_somewhere() {
    let mut text = String::new();
    sources(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../node/src")),
        &mut text,
    );
    for code in Code::ALL {
        let name = format!("Code::{code:?}");
        let given = text.match_indices(&name).any(|(at, _)| {
            !text[at + name.len()..].starts_with(|next: char| next.is_alphanumeric())
        });
        assert!(
            given,
            "`{}` is in the table and given nowhere",
            code.as_str()
        );
    }
}

#[test]
fn exit_codes_are_those_of_the_help() {
    for code in Code::ALL {
        assert!(
            [1, 64, 65, 69, 73, 75, 77, 78].contains(&(code.exit() as i32)),
            "{}",
            code.as_str()
        );
    }
    assert_eq!(Exit::Degraded as i32, 2);
}
