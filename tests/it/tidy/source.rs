//! The project's files as the checks see them, and just enough of Rust's lexis to tell code from comments, texts and tests.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// One file.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// From the workspace's folder, with `/`.
    pub(super) path: String,
    /// What it says; empty for files that are not text.
    pub(super) text: String,
    /// In Rust files: the text with comments and the inside of string literals blanked, lines kept.
    pub(super) code: String,
    /// As `code`, with whatever is compiled for tests only blanked too.
    pub(super) shipped: String,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let code = if path.ends_with(".rs") {
            code_of(text)
        } else {
            String::new()
        };
        let shipped = without_tests(&code);
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code,
            shipped,
        }
    }

    /// Whether it lies at `place`: that file, or anywhere in that folder or module.
    pub(super) fn is_in(&self, place: &str) -> bool {
        let place = place.trim_end_matches('/');
        self.path == place
            || self
                .path
                .strip_prefix(place)
                .is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
    }

    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }
}

/// The workspace's folder.
pub(super) fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("the tests' package lies in the workspace")
        .to_owned()
}

/// Every file of the project: what lies in the workspace and is not in `.gitignore`.
pub(super) fn all() -> Vec<Source> {
    let workspace = workspace();
    let mut files = Vec::new();
    collect(&workspace, &workspace, &ignored(&workspace), &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    blank_test_files(&mut files);
    files
}

/// Files that are modules under `#[cfg(test)]` are not shipped either.
pub(super) fn blank_test_files(files: &mut [Source]) {
    let tests: BTreeSet<String> = files
        .iter()
        .flat_map(|file| {
            let stem = file.path.trim_end_matches(".rs");
            let folder = stem
                .strip_suffix("/lib")
                .or(stem.strip_suffix("/main"))
                .unwrap_or(stem);
            test_modules(&file.code)
                .into_iter()
                .map(move |name| format!("{folder}/{name}"))
        })
        .collect();
    for file in files {
        if tests.iter().any(|module| file.is_in(module)) {
            file.shipped = String::new();
        }
    }
}

/// Names of modules that stand in files of their own and are compiled for tests only.
fn test_modules(code: &str) -> Vec<String> {
    code.split(MARK)
        .skip(1)
        .filter_map(|item| item.trim_start().split_once(';')?.0.strip_prefix("mod "))
        .filter(|name| !name.contains(['{', ' ']))
        .map(str::to_owned)
        .collect()
}

/// How an item says that it is compiled for tests only.
const MARK: &str = "#[cfg(test)]";

/// Names that git does not keep.
pub(super) fn ignored(workspace: &Path) -> Vec<String> {
    let text =
        fs::read_to_string(workspace.join(".gitignore")).expect("the workspace has a .gitignore");
    text.lines()
        .map(|line| line.trim().trim_matches('/').to_owned())
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .chain([".git".to_owned()])
        .collect()
}

fn collect(workspace: &Path, folder: &Path, ignored: &[String], files: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("a folder of the workspace can be read") {
        let entry = entry.expect("an entry of a folder can be read");
        let name = entry.file_name().to_string_lossy().into_owned();
        if ignored.contains(&name) {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            collect(workspace, &path, ignored, files);
        } else {
            let relative = path
                .strip_prefix(workspace)
                .expect("it lies in the workspace");
            let relative = relative.to_string_lossy().replace('\\', "/");
            let text =
                String::from_utf8(fs::read(&path).expect("a file of the workspace can be read"));
            files.push(Source::new(&relative, &text.unwrap_or_default()));
        }
    }
}

/// The text with comments and the inside of string and character literals blanked, lines kept.
pub(super) fn code_of(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = skip(&chars, at);
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(
                chars[at..end]
                    .iter()
                    .map(|c| if *c == '\n' { '\n' } else { ' ' }),
            );
            at = end;
        }
    }
    out
}

/// Where the comment or literal that begins at `at` ends; `at` when none does.
fn skip(chars: &[char], at: usize) -> usize {
    let is = |offset: usize, wanted: char| chars.get(at + offset) == Some(&wanted);
    let in_name = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match chars[at] {
        '/' if is(1, '/') => find(chars, at, |rest| rest[0] == '\n'),
        '/' if is(1, '*') => block_comment(chars, at),
        '"' => quoted(chars, at + 1),
        'r' | 'b' | 'c' if !in_name => {
            let prefix = chars[at..]
                .iter()
                .take_while(|c| matches!(c, 'r' | 'b' | 'c'))
                .count();
            let hashes = chars[at + prefix..]
                .iter()
                .take_while(|c| **c == '#')
                .count();
            let raw = chars[at..at + prefix].contains(&'r');
            match chars.get(at + prefix + hashes) {
                Some('"') if raw && prefix <= 2 => {
                    raw_string(chars, at + prefix + hashes + 1, hashes)
                }
                Some('"') if prefix == 1 && hashes == 0 => quoted(chars, at + 2),
                _ => at,
            }
        }
        '\'' if is(1, '\\') => find(chars, at + 3, |rest| rest[0] == '\'') + 1,
        '\'' if is(2, '\'') => at + 3,
        _ => at,
    }
    .min(chars.len())
}

fn find(chars: &[char], from: usize, is_end: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len())
        .find(|at| is_end(&chars[*at..]))
        .unwrap_or(chars.len())
}

fn block_comment(chars: &[char], at: usize) -> usize {
    let (mut at, mut depth) = (at + 2, 1);
    while at < chars.len() && depth > 0 {
        match chars[at..] {
            ['/', '*', ..] => (at, depth) = (at + 2, depth + 1),
            ['*', '/', ..] => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
    }
    at
}

fn quoted(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

fn raw_string(chars: &[char], from: usize, hashes: usize) -> usize {
    find(chars, from, |rest| {
        rest[0] == '"' && rest[1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
    }) + 1
        + hashes
}

/// The code with every item under `#[cfg(test)]` blanked, lines kept.
pub(super) fn without_tests(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(MARK) {
        out.push_str(&rest[..at]);
        let item = &rest[at..];
        let end = item_end(&item[MARK.len()..]) + MARK.len();
        out.extend(
            item[..end]
                .chars()
                .map(|c| if c == '\n' { '\n' } else { ' ' }),
        );
        rest = &item[end..];
    }
    out.push_str(rest);
    out
}

/// Where an item ends: at its `;`, or at the brace that closes its first one.
fn item_end(item: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in item.char_indices() {
        match c {
            ';' if depth == 0 => return at + 1,
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    item.len()
}

/// What is named directly below `root` (`std`, `crate`, a package), as (line from 1, name):
/// `use root::{a, b::c}` names `a` and `b`, `root::a::B` names `a`.
pub(super) fn names_below(code: &str, root: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for at in words(code, root) {
        let line = line_of(code, at);
        let Some(rest) = code[at + root.len()..].trim_start().strip_prefix("::") else {
            continue;
        };
        let rest = rest.trim_start();
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group_heads(group).into_iter().map(|name| (line, name))),
            None => found.push((line, head(rest))),
        }
    }
    found
}

/// The first names of a group's members: `a` and `b` of `a, b::{c, d}}`.
fn group_heads(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut heads) = (0_usize, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                heads.push(head(group[start..at].trim_start()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    heads.retain(|name| !name.is_empty());
    heads
}

fn head(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '*'))
        .collect()
}

/// Where `word` stands by itself: not as a part of a longer name, and not below another path (`other::word`),
/// though `::word` counts.
pub(super) fn words(code: &str, word: &str) -> Vec<usize> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .map(|(at, _)| at)
        .filter(|at| {
            let before = code[..*at].trim_end_matches("::");
            let below = before.len() < *at && before.ends_with(|c| is_name(c) || c == '>');
            let joined = code[..*at].ends_with(is_name) && word.starts_with(is_name);
            let longer = code[*at + word.len()..].starts_with(is_name) && word.ends_with(is_name);
            !below && !joined && !longer
        })
        .collect()
}

/// The line, from 1, that a place in a text is on.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked_and_lines_stay() {
        let text = "a(\"x { \\\" y\", 'z', '\\'', b\"q\", r#\"w\" w\"#); // c\n/* d /* e */ f */ let g: &'h str = i;\n";
        let code = code_of(text);
        assert_eq!(code.lines().count(), 2);
        let kept: String = code.split_whitespace().collect();
        assert_eq!(kept, "a(,,,,);letg:&'hstr=i;");
    }

    #[test]
    fn what_is_compiled_for_tests_is_blanked() {
        let code = "fn a() {}\n#[cfg(test)]\nuse b;\nfn c() {}\n#[cfg(test)]\nmod tests { fn d() { if e {} } }\nfn f() {}";
        let kept: String = without_tests(code)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert_eq!(kept, "fn a() {} fn c() {} fn f() {}");
    }

    #[test]
    fn a_file_that_is_a_module_for_tests_is_not_shipped() {
        let mut files = [
            Source::new("a/frame.rs", "mod b;\n#[cfg(test)]\nmod tests;"),
            Source::new("a/frame/tests.rs", "c"),
            Source::new("a/frame/tests/d.rs", "e"),
            Source::new("a/frame/b.rs", "f"),
        ];
        blank_test_files(&mut files);
        let shipped: Vec<_> = files
            .iter()
            .map(|file| !file.shipped.trim().is_empty())
            .collect();
        assert_eq!(shipped, [true, false, false, true]);
    }

    #[test]
    fn names_below_a_root_are_found_in_groups_and_paths() {
        let code = "use std::{fs, io::{self, Read}};\nlet a = std::env::var(b);\nuse mystd::c; use d::std::e;\nuse ::std::f;";
        let found: Vec<_> = names_below(code, "std");
        let found: Vec<_> = found
            .iter()
            .map(|(line, name)| (*line, name.as_str()))
            .collect();
        assert_eq!(found, [(1, "fs"), (1, "io"), (2, "env"), (4, "f")]);
    }

    #[test]
    fn a_place_is_a_file_a_folder_or_a_module() {
        let file = Source::new("node/src/net/dial.rs", "");
        assert!(file.is_in("node/src/net") && file.is_in("node/src/net/dial.rs"));
        assert!(!file.is_in("node/src/ne") && !file.is_in("node/src/net/dialer"));
        assert!(Source::new("node/src/net.rs", "").is_in("node/src/net"));
    }
}
