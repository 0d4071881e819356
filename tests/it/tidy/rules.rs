//! The checks themselves: sources in, complaints out.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, line_of, names_below, words};

/// Where an outside package may be named.
#[derive(Debug)]
pub(super) struct Home {
    /// Its name in Cargo.toml.
    pub(super) package: &'static str,
    /// Files, folders or modules; empty when everyone may.
    pub(super) places: &'static [&'static str],
    /// Why it has more than one place, or none in particular.
    pub(super) why: &'static str,
}

impl Home {
    fn word(&self) -> String {
        self.package.replace('-', "_")
    }
}

/// Imports that do not go strictly downward. `order` lists the modules of the crate at `root` from the ground up.
pub(super) fn floors(files: &[Source], root: &str, order: &[&str]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| file.is_in(root)) {
        let module = module_of(&file.path, root);
        let Some(own) = module.first() else { continue };
        if own == "lib" {
            continue;
        }
        let Some(floor) = order.iter().position(|name| name == own) else {
            complaints.push(format!(
                "{}: `{own}` has no floor: put it into the list of its crate's modules",
                file.path
            ));
            continue;
        };
        for (line, name) in siblings(file, module.len()) {
            let other = order.iter().position(|module| *module == name);
            if name != *own && other.is_some_and(|other| other >= floor) {
                complaints.push(format!(
                    "{}:{line}: `{own}` names `{name}`, which is not below it: move what both need down, or hand it over as an argument",
                    file.path
                ));
            }
        }
    }
    complaints
}

/// Doors that name each other; each door is its modules.
pub(super) fn doors(files: &[Source], root: &str, doors: &[&[&str]]) -> Vec<String> {
    let door_of = |module: &str| doors.iter().position(|modules| modules.contains(&module));
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| file.is_in(root)) {
        let module = module_of(&file.path, root);
        let Some((own, door)) = module.first().and_then(|own| Some((own, door_of(own)?))) else {
            continue;
        };
        for (line, name) in siblings(file, module.len()) {
            if door_of(&name).is_some_and(|other| other != door) {
                complaints.push(format!(
                    "{}:{line}: the door `{own}` names the door `{name}`: let both call what lies below them",
                    file.path
                ));
            }
        }
    }
    complaints
}

/// `[net, dial]` of `node/src/net/dial.rs`.
fn module_of(path: &str, root: &str) -> Vec<String> {
    let path = path.strip_prefix(root).unwrap_or(path).trim_matches('/');
    path.trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect()
}

/// Modules at the top of the crate that a file at this depth names, by `crate::` or by as many `super::` as lead there.
fn siblings(file: &Source, depth: usize) -> Vec<(usize, String)> {
    let mut found = names_below(&file.shipped, "crate");
    found.extend(names_below(&file.shipped, &vec!["super"; depth].join("::")));
    found
}

/// Outside packages named away from home, without a home, or at home nowhere.
pub(super) fn homes(files: &[Source], homes: &[Home]) -> Vec<String> {
    let mut complaints = Vec::new();
    for home in homes.iter().filter(|home| !home.places.is_empty()) {
        let mut used = BTreeSet::new();
        for file in files.iter().filter(|file| file.is_rust()) {
            let word = home.word();
            let named = words(&file.code, &word);
            let Some(at) = named.into_iter().find(|at| is_path(&file.code, *at, &word)) else {
                continue;
            };
            if is_ours(&file.code, &word) {
                continue;
            }
            match home.places.iter().find(|place| file.is_in(place)) {
                Some(place) => {
                    used.insert(*place);
                }
                None => complaints.push(format!(
                    "{}:{}: `{}` is at home in {}: call what stands there, or give it this home too, with the reason",
                    file.path,
                    line_of(&file.code, at),
                    home.package,
                    home.places.join(", ")
                )),
            }
        }
        // A place that does not exist needs no complaint: nothing can be named there.
        let exists = |place: &&&str| files.iter().any(|file| file.is_in(place));
        for place in home
            .places
            .iter()
            .filter(exists)
            .filter(|place| !used.contains(*place))
        {
            complaints.push(format!(
                "`{}` is not named in {place}: take that home out of the list",
                home.package
            ));
        }
        if home.places.len() > 1 && home.why.is_empty() {
            complaints.push(format!(
                "`{}` has several homes and no reason: say why",
                home.package
            ));
        }
    }
    for home in homes
        .iter()
        .filter(|home| home.places.is_empty() && home.why.is_empty())
    {
        complaints.push(format!(
            "`{}` is at home everywhere and no reason says why",
            home.package
        ));
    }
    complaints
}

/// Whether the name at `at` begins a path or is imported whole: `name::…`, `use name;`, `use name as …`.
fn is_path(code: &str, at: usize, name: &str) -> bool {
    let after = code[at + name.len()..].trim_start();
    let imported = code[..at]
        .trim_end_matches("::")
        .trim_end()
        .ends_with("use");
    after.starts_with("::") || (imported && (after.starts_with(';') || after.starts_with("as ")))
}

/// Whether the name is imported from somewhere else, as a module of ours that is called like the package.
fn is_ours(code: &str, name: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    code.split(';').any(|statement| {
        let Some((_, tree)) = statement.rsplit_once("use ") else {
            return false;
        };
        tree.match_indices(name).any(|(at, _)| {
            let before = tree[..at].trim_end();
            let inside = before.ends_with(['{', ',']) || (before.ends_with("::") && before != "::");
            let after = &tree[at + name.len()..];
            inside && !after.starts_with(is_name) && !after.starts_with("::")
        })
    })
}

/// Packages of the manifests that the list does not know, and the other way round.
pub(super) fn manifests(manifests: &[Source], homes: &[Home]) -> Vec<String> {
    let mut used: BTreeMap<&str, &str> = BTreeMap::new();
    for manifest in manifests {
        let mut in_dependencies = false;
        for line in manifest.text.lines() {
            if let Some(table) = line.strip_prefix('[') {
                in_dependencies = table.trim_end_matches(']').ends_with("dependencies")
                    && !table.starts_with("workspace");
                continue;
            }
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            if in_dependencies && !name.is_empty() && !name.starts_with('#') {
                used.insert(name, &manifest.path);
            }
        }
    }
    let known: BTreeSet<&str> = homes.iter().map(|home| home.package).collect();
    let homeless = used
        .iter()
        .filter(|(name, _)| !known.contains(*name))
        .map(|(name, path)| {
            format!("{path}: `{name}` has no home: say in the list where it is named, and what for")
        });
    let gone = known
        .iter()
        .filter(|name| !used.contains_key(*name))
        .map(|name| format!("no Cargo.toml depends on `{name}`: take it out of the list"));
    homeless.chain(gone).collect()
}

/// What must not be named, and what to do instead.
#[derive(Debug)]
pub(super) struct Ban {
    /// A word or a path.
    pub(super) word: &'static str,
    /// What to do instead.
    pub(super) instead: &'static str,
    /// Files that may, each with its reason.
    pub(super) except: &'static [(&'static str, &'static str)],
}

/// Banned words in shipped code.
pub(super) fn forbidden(files: &[Source], bans: &[Ban]) -> Vec<String> {
    forbidden_in(files, bans, |file| &file.shipped)
}

/// Banned words anywhere in code, tests included.
pub(super) fn forbidden_in_tests(files: &[Source], bans: &[Ban]) -> Vec<String> {
    forbidden_in(files, bans, |file| &file.code)
}

fn forbidden_in(files: &[Source], bans: &[Ban], code: impl Fn(&Source) -> &String) -> Vec<String> {
    let mut complaints = Vec::new();
    for ban in bans {
        for file in files.iter().filter(|file| file.is_rust()) {
            if ban.except.iter().any(|(place, _)| file.is_in(place)) {
                continue;
            }
            let code = code(file);
            let lines = match ban.word.strip_suffix("::*") {
                // `std::fs::*`: `fs` named below `std`, in a group too.
                Some(path) => {
                    let (root, name) = path.rsplit_once("::").expect("a banned path has two parts");
                    let named = names_below(code, root);
                    named
                        .into_iter()
                        .filter(|(_, found)| found == name)
                        .map(|(line, _)| line)
                        .collect()
                }
                None => words(code, ban.word)
                    .into_iter()
                    .map(|at| line_of(code, at))
                    .collect::<Vec<_>>(),
            };
            complaints.extend(
                lines
                    .into_iter()
                    .map(|line| format!("{}:{line}: `{}`: {}", file.path, ban.word, ban.instead)),
            );
        }
        for (place, why) in ban.except {
            if why.is_empty() {
                complaints.push(format!(
                    "{place} may name `{}` and no reason says why",
                    ban.word
                ));
            }
            let there: Vec<_> = files.iter().filter(|file| file.is_in(place)).collect();
            let names = |file: &&Source| !words(code(file), ban.word).is_empty();
            if !there.is_empty() && !there.iter().any(names) {
                complaints.push(format!(
                    "{place} may name `{}` and does not: take it out of the list",
                    ban.word
                ));
            }
        }
    }
    complaints
}

/// Files longer than they may be.
pub(super) fn long_files(files: &[Source], lines_max: usize) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.is_rust())
        .filter_map(|file| {
            let lines = file.text.lines().count();
            (lines > lines_max).then(|| {
                format!("{}: {lines} lines, at most {lines_max}: give its second noun a file of its own", file.path)
            })
        })
        .collect()
}

/// Files whose name says nothing about what they hold.
pub(super) fn misnamed(files: &[Source], names: &[&str]) -> Vec<String> {
    files
        .iter()
        .filter(|file| {
            file.path
                .split('/')
                .any(|part| names.contains(&part.split('.').next().unwrap_or_default()))
        })
        .map(|file| format!("{}: name it after what it holds", file.path))
        .collect()
}

/// Texts that belong to one machine or one way of fetching packages.
pub(super) fn needles(files: &[Source], needles: &[String], except: &[&str]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files
        .iter()
        .filter(|file| !except.contains(&file.path.as_str()))
    {
        for needle in needles {
            if let Some(at) = file.text.find(needle.as_str()) {
                complaints.push(format!(
                    "{}:{}: `{needle}` is true on one machine only: take it out",
                    file.path,
                    line_of(&file.text, at)
                ));
            }
        }
    }
    complaints
}

/// Names at the top that nobody agreed to.
pub(super) fn strangers(
    names: &BTreeSet<String>,
    allowed: &[&str],
    required: &[&str],
) -> Vec<String> {
    let strangers = names
        .iter()
        .filter(|name| !allowed.contains(&name.as_str()))
        .map(|name| format!("`{name}` at the top: put it into one of the folders, or into the list of what may stand there"));
    let missing = required
        .iter()
        .filter(|name| !names.contains(**name))
        .map(|name| format!("`{name}` is missing at the top"));
    strangers.chain(missing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: &[&str] = &["ground", "store", "net", "http"];

    fn file(path: &str, text: &str) -> Source {
        Source::new(path, text)
    }

    fn check(complaints: &[String], wanted: &[&str]) {
        assert_eq!(complaints.len(), wanted.len(), "{complaints:#?}");
        for (complaint, wanted) in complaints.iter().zip(wanted) {
            assert!(
                complaint.starts_with(wanted),
                "{complaint}\nshould begin with\n{wanted}"
            );
        }
    }

    #[test]
    fn an_import_upward_or_across_is_noticed() {
        let complaints = |path: &str, text: &str| floors(&[file(path, text)], "node/src", ORDER);
        check(
            &complaints(
                "node/src/store.rs",
                "use crate::ground::A; use crate::store::B;",
            ),
            &[],
        );
        check(
            &complaints(
                "node/src/store.rs",
                "// crate::net\nconst A: &str = \"crate::net\";",
            ),
            &[],
        );
        check(
            &complaints(
                "node/src/store.rs",
                "#[cfg(test)]\nmod tests { use crate::net::A; }",
            ),
            &[],
        );
        check(
            &complaints("node/src/store/a.rs", "\nuse crate::{ground, net::{A, B}};"),
            &["node/src/store/a.rs:2: `store` names `net`, which is not below it"],
        );
        check(
            &complaints(
                "node/src/store/a.rs",
                "use super::net; use super::super::http::A;",
            ),
            &["node/src/store/a.rs:1: `store` names `http`"],
        );
        check(
            &complaints("node/src/new.rs", ""),
            &["node/src/new.rs: `new` has no floor"],
        );
        check(&complaints("node/src/lib.rs", "use crate::http;"), &[]);
    }

    #[test]
    fn a_door_that_names_a_door_is_noticed() {
        let files = [
            file("node/src/http/a.rs", "use crate::net::A;"),
            file("node/src/net.rs", "use crate::store::B;"),
        ];
        check(
            &doors(&files, "node/src", &[&["net", "exchange"], &["http"]]),
            &["node/src/http/a.rs:1: the door `http` names the door `net`"],
        );
    }

    #[test]
    fn a_package_away_from_home_is_noticed() {
        let list = [Home {
            package: "html-escape",
            places: &["node/src/formats"],
            why: "",
        }];
        let at_home = file("node/src/formats/a.rs", "use html_escape::decode;");
        check(&homes(std::slice::from_ref(&at_home), &list), &[]);
        let away = file("node/src/net.rs", "\nfn a() { html_escape::decode(b) }");
        check(
            &homes(&[at_home, away], &list),
            &["node/src/net.rs:2: `html-escape` is at home in node/src/formats"],
        );
        check(
            &homes(&[file("node/src/formats/b.rs", "fn b() {}")], &list),
            &["`html-escape` is not named in node/src/formats"],
        );
        let ours = "use ours::{b::{c, html_escape}, d};\nfn e() { html_escape::f() }";
        check(&homes(&[file("tests/it/a.rs", ours)], &list), &[]);
        let list = [
            Home {
                package: "a",
                places: &["x.rs", "y.rs"],
                why: "",
            },
            Home {
                package: "b",
                places: &[],
                why: "",
            },
        ];
        let files = [file("x.rs", "a::b"), file("y.rs", "use a;")];
        check(
            &homes(&files, &list),
            &["`a` has several homes", "`b` is at home everywhere"],
        );
    }

    #[test]
    fn a_package_without_a_home_and_a_home_without_a_package_are_noticed() {
        let list = [
            Home {
                package: "known",
                places: &[],
                why: "w",
            },
            Home {
                package: "gone",
                places: &[],
                why: "w",
            },
        ];
        let manifest = file(
            "node/Cargo.toml",
            "[package]\nname = \"n\"\n[dependencies]\nknown.workspace = true\n[dev-dependencies]\nnew = \"1\"\n[lints]\nworkspace = true\n",
        );
        check(
            &manifests(&[manifest], &list),
            &[
                "node/Cargo.toml: `new` has no home",
                "no Cargo.toml depends on `gone`",
            ],
        );
    }

    #[test]
    fn a_banned_word_is_noticed_in_every_spelling() {
        const BANS: &[Ban] = &[
            Ban {
                word: "std::fs::*",
                instead: "no",
                except: &[],
            },
            Ban {
                word: ".unwrap()",
                instead: "no",
                except: &[],
            },
            Ban {
                word: "Instant",
                instead: "no",
                except: &[("a/ok.rs", "it may"), ("a/calm.rs", "")],
            },
            Ban {
                word: "#[ignore",
                instead: "no",
                except: &[],
            },
        ];
        let text = "use std::{io, fs as f};\nstd::fs::read(a).unwrap();\nb.unwrap_or(c);\nuse std::time::Instant;\nlet a: Instant;";
        let files = [
            file("a/b.rs", text),
            file("a/ok.rs", "let a: Instant;"),
            file("a/calm.rs", ""),
        ];
        check(
            &forbidden(&files, BANS),
            &[
                "a/b.rs:1: `std::fs::*`",
                "a/b.rs:2: `std::fs::*`",
                "a/b.rs:2: `.unwrap()`",
                "a/b.rs:5: `Instant`",
                "a/calm.rs may name `Instant` and no reason",
                "a/calm.rs may name `Instant` and does not:",
            ],
        );
        let tests = [
            file(
                "a/b.rs",
                "#[cfg(test)]\nmod tests {\n#[ignore = \"slow\"]\nfn a() {} }",
            ),
            file("a/ok.rs", "x"),
        ];
        assert!(forbidden(&tests, &BANS[3..]).is_empty());
        check(
            &forbidden_in_tests(&tests, &BANS[3..]),
            &["a/b.rs:3: `#[ignore`"],
        );
    }

    #[test]
    fn size_names_needles_and_strangers_are_noticed() {
        let files = [
            file("a/utils.rs", "1\n2\n3\n"),
            file("common/b.rs", "1\n2\nsee /here/x\n"),
            file("c.txt", "1\n2\n3\n4\n"),
        ];
        check(
            &long_files(&files, 2),
            &["a/utils.rs: 3 lines", "common/b.rs: 3 lines"],
        );
        check(&long_files(&files, 3), &[]);
        check(
            &misnamed(&files, &["utils", "common"]),
            &["a/utils.rs", "common/b.rs"],
        );
        check(
            &needles(&files, &["/here/".to_owned()], &[]),
            &["common/b.rs:3: `/here/`"],
        );
        check(
            &needles(&files, &["/here/".to_owned()], &["common/b.rs"]),
            &[],
        );
        let names = BTreeSet::from(["a".to_owned(), "x".to_owned()]);
        check(
            &strangers(&names, &["a", "b"], &["b"]),
            &["`x` at the top", "`b` is missing"],
        );
    }
}
