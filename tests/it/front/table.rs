//! The access table: a row for each route and a route for each row, and what each row means for each kind of caller.

use std::collections::BTreeSet;

use erikti_node::front::{ACCESS, Access};
use erikti_node::{http, web};
use erikti_tests::http::{Browser, administrator, person, token};

use super::node;

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let routes: Vec<_> = [http::routes().list(), web::routes().list()].concat();
    let added: BTreeSet<_> = routes.iter().copied().collect();
    assert_eq!(added.len(), routes.len(), "a route was added twice");
    let rows: BTreeSet<_> = ACCESS.iter().map(|row| (row.method, row.path)).collect();
    assert_eq!(rows.len(), ACCESS.len(), "a route has two rows");
    let without_row: Vec<_> = added.difference(&rows).collect();
    let without_route: Vec<_> = rows.difference(&added).collect();
    assert!(
        without_row.is_empty(),
        "say in front/access.rs who may: {without_row:#?}"
    );
    assert!(
        without_route.is_empty(),
        "no such route: {without_route:#?}"
    );
}

#[test]
fn what_everybody_may_change_is_little_and_written_here() {
    let open: Vec<_> = ACCESS
        .iter()
        .filter(|row| row.method != "GET" && row.access == Access::Everybody)
        .map(|row| (row.method, row.path))
        .collect();
    for (method, path) in open {
        let known = [
            "/signin",
            "/signout",
            "/link/{link}",
            "/verify",
            "/v1/verify",
        ];
        assert!(
            known.contains(&path),
            "{method} {path} is for everybody: is that meant?"
        );
    }
    for row in ACCESS {
        let staff = [
            "/accounts",
            "/settings",
            "/members",
            "/staff",
            "/v1/accounts",
            "/v1/store",
            "/v1/peers",
            "/v1/hooks",
        ];
        if staff
            .iter()
            .any(|start| row.path == *start || row.path.starts_with(&format!("{start}/")))
        {
            assert!(
                !matches!(row.access, Access::Everybody | Access::SignedIn),
                "{} {}",
                row.method,
                row.path
            );
        }
    }
}

/// Who asks in the tests below, in the order of the columns.
const BROWSERS: [&str; 5] = [
    "stranger",
    "volunteer",
    "auditor",
    "coordinator",
    "administrator",
];
/// The same with tokens: none, `read` of an auditor, `publish` alone and both of a coordinator, all of an administrator.
const PROGRAMS: [&str; 5] = [
    "nothing",
    "read",
    "publish",
    "read and publish",
    "everything",
];

/// Which of [`BROWSERS`] a page lets in.
fn people(access: Access) -> [bool; 5] {
    match access {
        Access::Everybody => [true, true, true, true, true],
        Access::SignedIn => [false, true, true, true, true],
        Access::Auditors => [false, false, true, true, true],
        Access::Coordinators => [false, false, false, true, true],
        Access::Administrators => [false, false, false, false, true],
        Access::Operator => [false; 5],
    }
}

/// Which of [`PROGRAMS`] a route of the API lets in.
fn programs(access: Access, changes: bool) -> [bool; 5] {
    match (access, changes) {
        (Access::Everybody, _) => [true; 5],
        (Access::SignedIn | Access::Auditors, false) => [false, true, false, true, true],
        (Access::SignedIn | Access::Auditors, true) => [false, false, true, true, true],
        (Access::Coordinators, false) => [false, false, false, true, true],
        (Access::Coordinators, true) => [false, false, true, true, true],
        (Access::Administrators, _) => [false, false, false, false, true],
        (Access::Operator, _) => [false; 5],
    }
}

/// A path with something in each place.
fn filled(path: &str) -> String {
    let parts: Vec<_> = path
        .split('/')
        .map(|part| if part.starts_with('{') { "x" } else { part })
        .collect();
    parts.join("/")
}

#[test]
fn every_route_lets_in_whom_its_row_says_and_nobody_else() {
    let member = node("Matrix");
    let mut admin = administrator(&member);
    let mut auditor = person(&member, "auditor", "auditor");
    let mut coordinator = person(&member, "coordinator", "coordinator");
    let everything = token(&mut admin, &["read", "publish", "manage"]);
    let tokens = [
        None,
        Some(token(&mut auditor, &["read"])),
        Some(token(&mut coordinator, &["publish"])),
        Some(token(&mut coordinator, &["read", "publish"])),
        Some(everything),
    ];
    let volunteer = person(&member, "volunteer", "volunteer");
    let stranger = Browser::new(&member.pages);
    let mut browsers = [stranger, volunteer, auditor, coordinator, admin]
        .map(|browser| browser.with("accept", "application/json"));
    let mut with_tokens = tokens.map(|token| Browser::program(&member.pages, token.as_deref()));
    let of_pages: BTreeSet<_> = web::routes().list().iter().copied().collect();
    let mut wrong = Vec::new();
    for row in ACCESS {
        let (path, changes) = (filled(row.path), row.method != "GET");
        let is_page = of_pages.contains(&(row.method, row.path));
        for place in 0..5 {
            let (who, expected, caller) = if is_page {
                (
                    BROWSERS[place],
                    people(row.access)[place],
                    &mut browsers[place],
                )
            } else {
                (
                    PROGRAMS[place],
                    programs(row.access, changes)[place],
                    &mut with_tokens[place],
                )
            };
            // A question is asked without its answer's body: some have no end.
            let method = if changes { row.method } else { "HEAD" };
            let cookies = caller.cookies.clone();
            let answer = caller.send(method, &path, &[], b"");
            caller.cookies = cookies;
            let let_in = if is_page && changes {
                // Whoever is let in gets as far as the form, which is none.
                let code = answer.json()["code"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                !["not_allowed", "signin.needed"].contains(&code.as_str())
            } else if is_page {
                let to_sign_in = answer
                    .header("location")
                    .is_some_and(|to| to.starts_with("/signin?to="));
                answer.status != 403 && !(answer.status == 303 && to_sign_in)
            } else {
                ![401, 403].contains(&answer.status)
            };
            if let_in != expected {
                wrong.push(format!(
                    "{} {} for {who}: {}",
                    row.method, row.path, answer.status
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn cookies_mean_nothing_to_the_api_and_tokens_nothing_to_pages() {
    let member = node("Realms");
    let mut admin = administrator(&member);
    let all = token(&mut admin, &["read", "publish", "manage"]);
    let mut codes = admin.clone().with("accept", "application/json");
    assert_eq!(codes.get("/v1/accounts").status, 401);
    let mut program = Browser::program(&member.pages, Some(&all));
    assert_eq!(program.get("/v1/accounts").status, 200);
    assert_eq!(
        program.get("/account").status,
        303,
        "a page asks to sign in"
    );
    let mut wrong = Browser::program(&member.pages, Some("erikti_wrong"));
    let refused = wrong.get("/v1/records");
    assert_eq!(
        (refused.status, super::code(&refused).as_str()),
        (401, "token.invalid")
    );
    assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
}
